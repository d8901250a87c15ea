// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../src/interfaces/IGoals.sol";
import {Base} from "./Base.t.sol";

/// @notice One goal, and words to bring it on.
abstract contract GoalBase is Base {
    uint256 internal constant DEFINED = 1 << 72;
    uint256 internal constant DEMANDED = 2 << 72;
    uint256 internal constant EXTENDED = 4 << 72;
    uint256 internal constant FINAL = 8 << 72;

    IGoals.Goal internal goal;
    bytes32 internal id;

    function begin(IGoals.Goal memory made) internal {
        goal = made;
        id = defined(made);
    }

    function fraction() internal view returns (uint256 now_) {
        (now_,,) = goals.fractionOf(id);
    }

    function status(uint16 attempt) internal view returns (uint256) {
        return uint8(attemptWord(id, attempt) >> 152);
    }

    function deadline(uint16 attempt) internal view returns (uint256) {
        return uint40(attemptWord(id, attempt) >> 80);
    }

    function rejectsStatus(uint256 low) internal {
        rejects(abi.encodeWithSelector(IGoals.WrongStatus.selector, low));
    }

    function challenged(uint16 attempt) internal {
        vm.startPrank(stranger);
        bondCoin.approve(address(goals), goal.bond);
        goals.challenge(goal, attempt, "reason");
        vm.stopPrank();
    }

    function refuses(IGoals.Result memory made, bytes memory why) internal {
        IGoals.Quorum memory q = signed(resultHash(id, made), 3);
        rejects(why);
        goals.propose(goal, made, q);
    }

    function demanded() internal {
        vm.prank(sponsor);
        goals.demand(goal, "model");
    }

    function finalized(uint16 attempt) internal {
        vm.warp(deadline(attempt) + 1);
        goals.finalize(id, attempt);
    }

    /// @notice What counts for a grant that ended at `time`.
    function counts(uint256 time, uint256 want, bool wantPending) internal view {
        (uint256 found, bool pending) = goals.fractionAt(id, uint40(time));
        vm.assertEq(found, want, "fraction");
        vm.assertTrue(pending == wantPending);
    }
}
