// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../interfaces/IGoals.sol";
import {IGrants} from "../interfaces/IGrants.sol";
import {GrantWord} from "./GrantWord.sol";
import {TermsLib} from "./TermsLib.sol";

/// @dev Goals read for the first of the numbers that it answers with: a claim does not pay for decoding the others.
interface IFractions {
    function fractionOf(bytes32 goal) external view returns (uint256 fraction);
}

/// @notice What the goals behind a grant's gates say about it. Terms must be valid: at most 8 gates bound each loop.
/// @dev Goals reverts with GoalNotDefined, whoever asks.
library Gates {
    using TermsLib for bytes;
    using GrantWord for uint256;

    /// @notice The share that the gates let through (ppb).
    function openDown(bytes calldata terms, uint256 word, address goals)
        internal
        view
        returns (uint256 openPpb)
    {
        openPpb = GrantWord.ONE;
        uint256 count = terms.gateCount();
        if (count == 0) return openPpb;
        bool triggers;
        unchecked {
            // shares sum to at most one and no fraction is above one: nothing falls below 0, no product reaches 2^60
            for (uint256 i; i < count; ++i) {
                (bytes32 goal, uint256 share, uint256 rule) = terms.gate(i);
                if (rule & TermsLib.TRIGGER != 0) {
                    triggers = true;
                } else if (share != 0) {
                    openPpb = openPpb - share + share * fraction(goals, goal, rule, word) / GrantWord.ONE;
                }
            }
            if (!triggers) return openPpb;
            for (uint256 i; i < count; ++i) {
                (bytes32 goal,, uint256 rule) = terms.gate(i);
                if (rule & TermsLib.TRIGGER != 0) {
                    openPpb = openPpb * fraction(goals, goal, rule, word) / GrantWord.ONE;
                }
            }
        }
    }

    /// @dev A goal's fraction as it counts for this grant (ppb).
    function fraction(address goals, bytes32 goal, uint256 rule, uint256 word)
        private
        view
        returns (uint256 counted)
    {
        if (rule & TermsLib.LAPSE != 0 && word.hasEnded()) {
            (counted,) = IGoals(goals).fractionAt(goal, word.stopAt());
        } else {
            counted = IFractions(goals).fractionOf(goal);
        }
        if (counted > GrantWord.ONE) return GrantWord.ONE;
    }

    /// @notice Every goal was defined.
    function requireDefined(bytes calldata terms, address goals) internal view {
        uint256 count = terms.gateCount();
        for (uint256 i; i < count; ++i) {
            (bytes32 goal,,) = terms.gate(i);
            IFractions(goals).fractionOf(goal);
        }
    }

    /// @notice A lapsing end takes back no result under way.
    function requireNoResultAfter(bytes calldata terms, uint256 stopAt, address goals) internal view {
        uint256 count = terms.gateCount();
        for (uint256 i; i < count; ++i) {
            (bytes32 goal,, uint256 rule) = terms.gate(i);
            if (rule & TermsLib.LAPSE == 0) continue;
            (,, uint256 lastRegisteredAt) = IGoals(goals).fractionOf(goal);
            require(stopAt >= lastRegisteredAt, IGrants.ResultUnderWay(goal, lastRegisteredAt));
        }
    }

    /// @notice Every gate is done: FINAL, or lapsed with nothing pending.
    function requireDone(bytes calldata terms, uint256 word, address goals) internal view {
        uint256 count = terms.gateCount();
        for (uint256 i; i < count; ++i) {
            (bytes32 goal,, uint256 rule) = terms.gate(i);
            (, bool done,) = IGoals(goals).fractionOf(goal);
            if (!done && rule & TermsLib.LAPSE != 0 && word.hasEnded()) {
                (, bool pending) = IGoals(goals).fractionAt(goal, word.stopAt());
                done = !pending;
            }
            require(done, IGrants.GoalNotFinal(goal));
        }
    }
}
