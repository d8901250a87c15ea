// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {Play} from "./Play.sol";
import {Sentences} from "./Sentences.sol";

/// @notice Goals: a sponsor, a panel, a challenger, an arbiter, and whoever moves things on.
abstract contract GoalCalls is Play {
    string[12] private NAMES = [
        "register",
        "register",
        "seal",
        "propose",
        "propose",
        "expire",
        "challenge",
        "resolve",
        "finalize",
        "close",
        "demand",
        "withdrawBond"
    ];

    function defineAll() internal {
        IGoals.Goal memory goal = proportion();
        goal.closes = T0 + 300 days;
        (goal.attempts, goal.maxVoids, goal.runSeconds) = (16, 8, 20 days);
        add(goal);
        goal = milestone();
        (goal.attempts, goal.runSeconds) = (8, 20 days);
        goal.closes = T0 + 200 days;
        add(goal);
        goal.seedBlocks = 2;
        goal.spec = "sealed";
        add(goal);
    }

    function add(IGoals.Goal memory goal) private {
        goalIds.push(goals.goalId(goal));
        definitions.push(goal);
        act(keeper, address(goals), abi.encodeCall(IGoals.defineGoal, (goal, 2, panel)), "defineGoal");
    }

    function judge(uint256 seed) external {
        uint256 what = (seed >> 16) % 12;
        uint256 which;
        uint16 n;
        (what, which, n) = attemptFor(what, seed);
        if (what == 2) (which, n) = sealable();
        IGoals.Goal memory g = definitions[which];
        bytes32 id = goalIds[which];
        bytes memory data;
        address caller = keeper;
        string memory name = NAMES[what];
        if (what < 2) {
            uint16 known = uint16(goals.stateOf(id) >> 32);
            uint40 until = uint40(block.timestamp);
            uint16 signers = seed >> 250 == 0 ? 3 : 1; // the quorum, by anyone, or one member for the sponsor
            if (signers == 1) caller = sponsor;
            IGoals.Quorum memory q = signed(acceptHash(id, known, "model", until), signers);
            data = abi.encodeCall(IGoals.register, (g, "model", until, q));
        }
        if (what == 2) data = abi.encodeCall(IGoals.seal, (g, n));
        if (what == 3 || what == 4) {
            IGoals.Result memory made = resultOf(g, n, uint128(within(seed >> 32, 0, g.samples)));
            data = abi.encodeCall(IGoals.propose, (g, made, signed(resultHash(id, made), 3)));
        }
        if (what == 5) data = abi.encodeCall(IGoals.expire, (g, n));
        if (what == 6) (data, caller) = (abi.encodeCall(IGoals.challenge, (g, n, "why")), stranger);
        if (what == 7) {
            uint128 x = uint128(within(seed >> 40, 0, g.samples));
            data = abi.encodeCall(IGoals.resolve, (g, n, uint8(within(seed >> 32, 1, 3)), x, 0, g.guards));
            caller = arbiter;
        }
        if (what == 8) data = abi.encodeCall(IGoals.finalize, (id, n));
        if (what == 9) data = abi.encodeCall(IGoals.close, (g));
        if (what == 10) (data, caller, name) = demanding(which, seed);
        if (what == 11) (data, caller) = withdrawing(seed);
        act(caller, address(goals), data, name);
    }

    /// @dev The last attempt at the goal whose items the chain draws, its block's hash made known.
    function sealable() private returns (uint256 which, uint16 n) {
        which = 2;
        uint256 known = uint16(goals.stateOf(goalIds[2]) >> 32);
        n = uint16(known == 0 ? 0 : known - 1);
        uint256 drawnBy = uint40(attemptWord(goalIds[2], n) >> 40) + 2;
        if (drawnBy < block.number && drawnBy + 256 >= block.number) {
            vm.setBlockhash(drawnBy, keccak256(abi.encode(drawnBy)));
        }
    }

    /// @dev Mostly an attempt for which the call is due, from a random goal on, or else what is due for another; now
    /// and then any.
    function attemptFor(uint256 what, uint256 seed) private view returns (uint256, uint256 which, uint16 n) {
        which = seed % GOALS;
        if (what < 3 || what > 8 || seed >> 253 == 0) return (what, which, uint16((seed >> 8) % 4));
        uint256 other;
        for (uint256 k; k < GOALS; ++k) {
            uint256 g = (which + k) % GOALS;
            uint256 known = uint16(goals.stateOf(goalIds[g]) >> 32);
            for (uint16 i; i < known; ++i) {
                uint256 due = dueFor(attemptWord(goalIds[g], i));
                if (due == 0) continue;
                if (due == what || (what == 4 && due == 3)) return (what, g, i);
                (other, which, n) = (due, g, i);
            }
        }
        return (other == 0 ? what : other, which, n);
    }

    function dueFor(uint256 word) private view returns (uint256) {
        uint256 status = (word >> 152) & 0xf;
        bool late = block.timestamp > uint40(word >> 80);
        if (status == 1) return late ? 5 : 3;
        if (status == 2) return late ? 8 : 6;
        if (status == 3) return late ? 8 : 7;
        return 0;
    }

    /// @dev Asks, refuses what was asked for, or extends.
    function demanding(uint256 which, uint256 seed)
        private
        view
        returns (bytes memory, address, string memory)
    {
        uint256 what = (seed >> 32) % 4;
        for (uint256 k; what == 2 && k < GOALS && goals.stateOf(goalIds[which]) >> 73 & 1 == 0; ++k) {
            which = (which + 1) % GOALS;
        }
        IGoals.Goal memory g = definitions[which];
        if (what < 2) return (abi.encodeCall(IGoals.demand, (g, "model")), sponsor, "demand");
        if (what == 2) return (abi.encodeCall(IGoals.refuse, (g)), arbiter, "refuse");
        uint40 closes = g.closes + uint40(within(seed >> 40, 0, 30 days));
        return (abi.encodeCall(IGoals.extend, (g, closes)), arbiter, "extend");
    }

    function withdrawing(uint256 seed) private view returns (bytes memory, address) {
        address caller = seed >> 255 == 0 ? sponsor : stranger;
        return (abi.encodeCall(IGoals.withdrawBond, (address(bondCoin))), caller);
    }

    /// @dev What only the sponsor, the arbiter or a panel may do; and a panel member with one signature.
    function meddle(uint256 seed) external {
        IGoals.Goal memory g = definitions[seed % GOALS];
        bytes32 id = goalIds[seed % GOALS];
        uint16 known = uint16(goals.stateOf(id) >> 32);
        uint16 n = known == 0 ? 0 : uint16((seed >> 8) % known);
        uint40 until = uint40(block.timestamp);
        IGoals.Result memory made = resultOf(g, n, g.samples);
        bytes[7] memory calls = [
            abi.encodeCall(
                IGoals.register, (g, "model", until, signed(acceptHash(id, known, "model", until), 1))
            ),
            abi.encodeCall(IGoals.propose, (g, made, signed(resultHash(id, made), 1))),
            abi.encodeCall(IGoals.resolve, (g, n, 1, 0, 0, 0)),
            abi.encodeCall(IGoals.demand, (g, "model")),
            abi.encodeCall(IGoals.refuse, (g)),
            abi.encodeCall(IGoals.extend, (g, g.closes + 1)),
            abi.encodeCall(IGoals.withdrawBond, (address(bondCoin)))
        ];
        bool ok = act(company, address(goals), calls[(seed >> 16) % 7], "meddle");
        check(!ok, Sentences.COUNTS_ONCE, "meddle");
    }
}
