// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {GoalBase} from "../GoalBase.t.sol";

/// @notice What a goal answers for a time that is over, in any sequence of calls: a lapsing grant is settled by it.
contract DemandsTest is GoalBase {
    uint256 private constant STEPS = 36;

    /// @dev A demand that was not refused. What decides it is the result that answered it, or the default.
    struct Asked {
        uint256 time;
        uint256 outcome;
        bool isDecided;
    }

    /// @dev What the goal answered for `time` when it was last looked at; `isOver` if the time was over then.
    struct Seen {
        uint256 time;
        uint256 fraction;
        bool pending;
        bool isOver;
    }

    Asked[] private asked;
    Seen[] private seen;
    uint256 private answered;
    uint256 private defaulted;

    function testFuzz_WhatWasDecidedForAPastTime_NeverChanges(uint256 seed) public {
        plays(seed);
    }

    /// @dev The play proves nothing if demands are never answered, or never end in the default.
    function test_ThePlayAnswersDemandsAndPaysDefaults() public {
        for (uint256 seed; seed < 24; ++seed) {
            plays(seed);
        }
        vm.assertGe(answered, 8, "answered");
        vm.assertGe(defaulted, 8, "defaulted");
    }

    /// @dev A goal that opens now, and its whole life.
    function plays(uint256 seed) private {
        delete asked;
        delete seen;
        IGoals.Goal memory made = milestone();
        (made.stretch, made.basePpb, made.defaultPpb) = (1000, 0, 9e8);
        (made.attempts, made.maxVoids, made.spec) = (6, 4, bytes32(seed));
        (made.runSeconds, made.challengeSeconds, made.arbiterSeconds) = (5 days, 2 days, 3 days);
        made.opens = uint40(block.timestamp);
        made.closes = made.opens + 40 days;
        begin(made);
        for (uint256 step; step < STEPS; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            if (seed % 4 > 0) vm.warp(block.timestamp + within(seed >> 8, 0, 2 days));
            acts(seed);
            looks(seed >> 128, 5);
        }
        ends();
        looks(0, type(uint256).max);
    }

    // ------------------------------------------------------------------------------------------------- calls

    function acts(uint256 seed) private {
        uint256 what = (seed >> 16) % 16;
        uint16 count = uint16(goals.stateOf(id) >> 32);
        uint16 n = unfinished(seed >> 32, count);
        uint128 x = uint128(within(seed >> 48, 0, 1000));
        if (what < 3) registers(count);
        else if (what < 6) proposes(n, x);
        else if (what == 6) tries(stranger, abi.encodeCall(IGoals.expire, (goal, n)));
        else if (what == 7) disputes(n);
        else if (what == 8) finishes(n, arbiter, ruling(n, uint8(within(seed >> 40, 1, 3)), x));
        else if (what < 12) finishes(n, stranger, abi.encodeCall(IGoals.finalize, (id, n)));
        else if (what < 14) asks();
        else if (what == 14) others(seed >> 64);
        else closes();
    }

    /// @dev The first attempt from a random one on that is not finished, if there is one.
    function unfinished(uint256 seed, uint16 count) private view returns (uint16 n) {
        for (uint16 i; i < count; ++i) {
            n = uint16((seed + i) % count);
            if (status(n) & 0xf < 4) return n;
        }
    }

    function tries(address caller, bytes memory data) private returns (bool ok) {
        vm.prank(caller);
        (ok,) = address(goals).call(data);
    }

    function registers(uint16 count) private {
        uint40 until = uint40(block.timestamp);
        IGoals.Quorum memory quorum = signed(acceptHash(id, count, "model", until), 1);
        tries(sponsor, abi.encodeCall(IGoals.register, (goal, "model", until, quorum)));
    }

    function proposes(uint16 n, uint128 x) private {
        IGoals.Result memory made = resultOf(goal, n, x);
        tries(stranger, abi.encodeCall(IGoals.propose, (goal, made, signed(resultHash(id, made), 3))));
    }

    function disputes(uint16 n) private {
        vm.prank(stranger);
        bondCoin.approve(address(goals), goal.bond);
        tries(stranger, abi.encodeCall(IGoals.challenge, (goal, n, "why")));
    }

    function ruling(uint16 n, uint8 verdict, uint128 x) private view returns (bytes memory) {
        return abi.encodeCall(IGoals.resolve, (goal, n, verdict, x, 0, goal.guards));
    }

    /// @dev A demand that stood and stands no longer was answered by this attempt.
    function finishes(uint16 n, address caller, bytes memory data) private {
        bool stood = goals.stateOf(id) & DEMANDED != 0;
        if (!tries(caller, data) || !stood || goals.stateOf(id) & DEMANDED != 0) return;
        uint256 word = attemptWord(id, n);
        Asked storage last = asked[asked.length - 1];
        vm.assertGe(uint40(word), last.time, "registered since");
        vm.assertEq((word >> 152) & 0xff, 0x34, "a signed result");
        (last.outcome, last.isDecided) = (uint32(word >> 120), true);
        ++answered;
    }

    function asks() private {
        if (tries(sponsor, abi.encodeCall(IGoals.demand, (goal, "model")))) {
            asked.push(Asked(block.timestamp, 0, false));
        }
    }

    function others(uint256 seed) private {
        if (seed % 2 == 0) {
            tries(arbiter, abi.encodeCall(IGoals.extend, (goal, goal.closes + 10 days)));
        } else if (tries(arbiter, abi.encodeCall(IGoals.refuse, (goal)))) {
            asked.pop();
        }
    }

    function closes() private {
        if (!tries(stranger, abi.encodeCall(IGoals.close, (goal)))) return;
        if (goals.stateOf(id) & DEMANDED == 0) return;
        Asked storage last = asked[asked.length - 1];
        (last.outcome, last.isDecided) = (goal.defaultPpb, true);
        ++defaulted;
    }

    /// @dev Nobody does anything any more, but what anybody may do.
    function ends() private {
        vm.warp(block.timestamp + 100 days);
        uint16 count = uint16(goals.stateOf(id) >> 32);
        for (uint16 n; n < count; ++n) {
            tries(stranger, abi.encodeCall(IGoals.expire, (goal, n)));
        }
        vm.warp(block.timestamp + 100 days);
        for (uint16 n; n < count; ++n) {
            finishes(n, stranger, abi.encodeCall(IGoals.finalize, (id, n)));
        }
        closes();
        vm.assertTrue(goals.stateOf(id) & FINAL != 0);
    }

    // ------------------------------------------------------------------------------------------------- what holds

    /// @dev Looks again at some of the times seen, at every demand, and at now.
    function looks(uint256 seed, uint256 most) private {
        uint256 length = seen.length < most ? seen.length : most;
        for (uint256 i; i < length; ++i) {
            again(seen[most < seen.length ? uint256(keccak256(abi.encode(seed, i))) % seen.length : i]);
        }
        (uint256 now_, bool isFinal, uint256 lapsesFrom) = goals.fractionOf(id);
        for (uint256 i; i < asked.length; ++i) {
            (uint256 fraction, bool pending) = goals.fractionAt(id, uint40(asked[i].time));
            if (asked[i].isDecided) {
                vm.assertGe(fraction, asked[i].outcome, "less than what decided the demand");
            } else {
                vm.assertTrue(pending && asked[i].time <= lapsesFrom);
            }
        }
        (uint256 last, bool unsettled) = goals.fractionAt(id, type(uint40).max);
        vm.assertEq(last, now_, "all that counts");
        vm.assertTrue(!isFinal || !unsettled);
        seen.push(Seen(block.timestamp, 0, true, false));
        again(seen[seen.length - 1]);
    }

    function again(Seen storage before) private {
        (uint256 fraction, bool pending) = goals.fractionAt(id, uint40(before.time));
        vm.assertGe(fraction, before.fraction, "it falls");
        if (before.isOver && !before.pending) {
            vm.assertEq(fraction, before.fraction, "it was decided");
            vm.assertFalse(pending);
        }
        (before.fraction, before.pending) = (fraction, pending);
        before.isOver = block.timestamp > before.time;
    }
}
