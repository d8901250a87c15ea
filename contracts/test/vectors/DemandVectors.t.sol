// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {GoalBase} from "../GoalBase.t.sol";

/// @notice Replays the lives of goals that the oracle tells: what each call leaves, and what counts for the past.
contract DemandVectorsTest is GoalBase {
    struct Calls {
        uint256[] life;
        uint256[] kind;
        uint256[] time;
        uint256[] attempt;
        uint256[] value;
        uint256[] verdict;
    }

    struct Wanted {
        bool[] ok;
        uint256[] word;
        uint256[] attemptWord;
        uint256[] lapsesFrom;
        uint256[] time;
        uint256[] fraction;
        bool[] pending;
    }

    function test_Lives() public {
        string memory text = vm.readFile("../vectors/demands.json");
        Calls memory c = callsOf(text);
        Wanted memory w = wantedOf(text);
        IGoals.Goal memory made = goalOf(text);
        vm.assertGt(c.life.length, 500);
        for (uint256 i; i < c.life.length; ++i) {
            if (i == 0 || c.life[i] != c.life[i - 1]) {
                vm.warp(T0);
                made.spec = bytes32(c.life[i]);
                begin(made);
            }
            vm.warp(c.time[i]);
            (address caller, bytes memory data) = callOf(c, i);
            vm.prank(caller);
            (bool ok,) = address(goals).call(data);
            vm.assertTrue(ok == w.ok[i], vm.toString(i));
            check(w, i, uint16(c.attempt[i]));
        }
    }

    function check(Wanted memory w, uint256 i, uint16 attempt) private view {
        vm.assertEq(goals.stateOf(id), w.word[i], "goal word");
        vm.assertEq(attemptWord(id, attempt), w.attemptWord[i], "attempt word");
        (,, uint256 lapsesFrom) = goals.fractionOf(id);
        vm.assertEq(lapsesFrom, w.lapsesFrom[i], "lapses from");
        counts(w.time[i], w.fraction[i], w.pending[i]);
    }

    function callOf(Calls memory c, uint256 i) private view returns (address, bytes memory) {
        (uint256 kind, uint16 n) = (c.kind[i], uint16(c.attempt[i]));
        if (kind == 0) {
            uint40 until = uint40(block.timestamp);
            uint16 next = uint16(goals.stateOf(id) >> 32);
            IGoals.Quorum memory quorum = signed(acceptHash(id, next, "model", until), 1);
            return (sponsor, abi.encodeCall(IGoals.register, (goal, "model", until, quorum)));
        }
        if (kind == 1) {
            IGoals.Result memory made = resultOf(goal, n, uint128(c.value[i]));
            return (stranger, abi.encodeCall(IGoals.propose, (goal, made, signed(resultHash(id, made), 3))));
        }
        if (kind == 2) return (stranger, abi.encodeCall(IGoals.expire, (goal, n)));
        if (kind == 3) return (stranger, abi.encodeCall(IGoals.challenge, (goal, n, "why")));
        if (kind == 4) {
            (uint8 verdict, uint128 x) = (uint8(c.verdict[i]), uint128(c.value[i]));
            return (arbiter, abi.encodeCall(IGoals.resolve, (goal, n, verdict, x, 0, 0)));
        }
        if (kind == 5) return (stranger, abi.encodeCall(IGoals.finalize, (id, n)));
        if (kind == 6) return (sponsor, abi.encodeCall(IGoals.demand, (goal, "model")));
        if (kind == 7) return (arbiter, abi.encodeCall(IGoals.refuse, (goal)));
        if (kind == 8) return (arbiter, abi.encodeCall(IGoals.extend, (goal, uint40(c.value[i]))));
        return (stranger, abi.encodeCall(IGoals.close, (goal)));
    }

    // ------------------------------------------------------------------------------------------------- the table

    function goalOf(string memory text) private view returns (IGoals.Goal memory made) {
        made = milestone();
        made.threshold = int64(uint64(scalar(text, ".threshold")));
        made.stretch = int64(uint64(scalar(text, ".stretch")));
        (made.basePpb, made.defaultPpb) = (0, uint32(scalar(text, ".defaultPpb")));
        (made.attempts, made.maxVoids) = (uint8(scalar(text, ".attempts")), uint8(scalar(text, ".maxVoids")));
        (made.opens, made.closes) = (uint40(scalar(text, ".opens")), uint40(scalar(text, ".closes")));
        made.runSeconds = uint32(scalar(text, ".runSeconds"));
        made.challengeSeconds = uint32(scalar(text, ".challengeSeconds"));
        made.arbiterSeconds = uint32(scalar(text, ".arbiterSeconds"));
        (made.bond, made.bondToken) = (0, address(0));
        require(block.number == scalar(text, ".block"));
    }

    function scalar(string memory text, string memory key) private pure returns (uint256) {
        return vm.parseJsonUint(text, key);
    }

    function callsOf(string memory text) private pure returns (Calls memory c) {
        c.life = vm.parseJsonUintArray(text, ".life");
        c.kind = vm.parseJsonUintArray(text, ".call");
        c.time = vm.parseJsonUintArray(text, ".now");
        c.attempt = vm.parseJsonUintArray(text, ".attempt");
        c.value = vm.parseJsonUintArray(text, ".value");
        c.verdict = vm.parseJsonUintArray(text, ".verdict");
    }

    function wantedOf(string memory text) private pure returns (Wanted memory w) {
        w.ok = vm.parseJsonBoolArray(text, ".ok");
        w.word = vm.parseJsonUintArray(text, ".word");
        w.attemptWord = vm.parseJsonUintArray(text, ".attemptWord");
        w.lapsesFrom = vm.parseJsonUintArray(text, ".lapsesFrom");
        w.time = vm.parseJsonUintArray(text, ".time");
        w.fraction = vm.parseJsonUintArray(text, ".fraction");
        w.pending = vm.parseJsonBoolArray(text, ".pending");
    }
}
