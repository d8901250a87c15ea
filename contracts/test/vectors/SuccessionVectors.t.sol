// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Succession} from "../../src/Succession.sol";
import {TableGoals} from "../mocks/TableGoals.sol";
import {Vm} from "../Vm.sol";
import {VectorBase} from "./VectorBase.t.sol";

/// @notice Replays what the oracle says of replacements: the message that a holder signs, and what comes of it.
/// @dev Tables stay in memory: in storage they would slow down every transaction of the test.
contract SuccessionVectorsTest is VectorBase {
    struct Rows {
        bytes[] terms;
        bytes[] successors;
        uint256[] word;
        uint256[] first;
        uint256[] count;
    }

    struct Results {
        bytes32[] id;
        uint256[] fraction;
        uint256[] stopFraction;
        bool[] isFinal;
        bool[] stopPending;
    }

    struct Wanted {
        uint256[] now_;
        uint256[] held;
        uint256[] free;
        uint256[] verdict;
        uint256[] vested;
        int256[] freed;
        uint256[] word;
        int256[] freedEach;
    }

    function rows(string memory text) private pure returns (Rows memory r) {
        r.terms = vm.parseJsonBytesArray(text, ".oldTerms");
        r.successors = vm.parseJsonBytesArray(text, ".successorTerms");
        r.word = vm.parseJsonUintArray(text, ".oldWord");
        r.first = vm.parseJsonUintArray(text, ".first");
        r.count = vm.parseJsonUintArray(text, ".count");
        vm.assertGt(r.terms.length, 0);
    }

    function listOf(Rows memory r, uint256 i) private pure returns (bytes[] memory list) {
        list = new bytes[](r.count[i]);
        for (uint256 k; k < list.length; ++k) {
            list[k] = r.successors[r.first[i] + k];
        }
    }

    // ------------------------------------------------------------------------------------------------- the message

    function test_Messages() public {
        string memory text = vm.readFile("../vectors/replace.json");
        Rows memory r = rows(text);
        address heir = vm.parseJsonAddress(text, ".succession");
        grantsAt(vm.parseJsonAddress(text, ".grants"), vm.parseJsonAddress(text, ".token"), heir);
        createAt(heir, "Succession", abi.encode(address(manager), address(grants)));
        succession = Succession(heir);
        uint256[] memory deadline = vm.parseJsonUintArray(text, ".deadline");
        bytes32[] memory digest = vm.parseJsonBytes32Array(text, ".digest");
        for (uint256 i; i < digest.length; ++i) {
            setWord(grants.idOf(r.terms[i]), r.word[i]);
            bytes32 found = succession.replaceDigest(r.terms[i], listOf(r, i), deadline[i]);
            vm.assertEq(found, digest[i], vm.toString(i));
        }
    }

    // ------------------------------------------------------------------------------------------------- what comes of it

    function results(string memory text) private pure returns (Results memory r) {
        r.id = vm.parseJsonBytes32Array(text, ".goal");
        r.fraction = vm.parseJsonUintArray(text, ".goalFraction");
        r.stopFraction = vm.parseJsonUintArray(text, ".goalStopFraction");
        r.isFinal = vm.parseJsonBoolArray(text, ".goalFinal");
        r.stopPending = vm.parseJsonBoolArray(text, ".goalStopPending");
    }

    function wanted(string memory text) private pure returns (Wanted memory w) {
        w.now_ = vm.parseJsonUintArray(text, ".now");
        w.held = vm.parseJsonUintArray(text, ".held");
        w.free = vm.parseJsonUintArray(text, ".free");
        w.verdict = vm.parseJsonUintArray(text, ".want");
        w.vested = vm.parseJsonUintArray(text, ".after");
        w.freed = vm.parseJsonIntArray(text, ".freed");
        w.word = vm.parseJsonUintArray(text, ".successorWord");
        w.freedEach = vm.parseJsonIntArray(text, ".successorFreed");
    }

    function test_Replacements() public {
        string memory text = vm.readFile("../vectors/succeed.json");
        (Rows memory r, Wanted memory w) = (rows(text), wanted(text));
        Results memory goals_ = results(text);
        uint256[] memory goalFirst = vm.parseJsonUintArray(text, ".goalFirst");
        uint256[] memory goalCount = vm.parseJsonUintArray(text, ".goalCount");
        grantsAt(vm.parseJsonAddress(text, ".grants"), vm.parseJsonAddress(text, ".token"), address(this));
        for (uint256 i; i < r.terms.length; ++i) {
            for (uint256 k = goalFirst[i]; k < goalFirst[i] + goalCount[i]; ++k) {
                table.set(goals_.id[k], answerOf(goals_, k));
            }
            vm.warp(w.now_[i]);
            check(r, w, i);
        }
    }

    function answerOf(Results memory r, uint256 k) private pure returns (TableGoals.Answer memory) {
        return TableGoals.Answer(
            uint32(r.fraction[k]), r.isFinal[k], 0, uint32(r.stopFraction[k]), r.stopPending[k]
        );
    }

    function check(Rows memory r, Wanted memory w, uint256 i) private {
        setWord(grants.idOf(r.terms[i]), r.word[i]);
        uint128 held = uint128(w.held[i]);
        setPool(uint128(w.free[i]) + held, held);
        vm.recordLogs();
        bytes memory data = abi.encodeCall(IGrants.succeed, (r.terms[i], listOf(r, i)));
        (bool ok, bytes memory answer) = address(grants).call(data);
        if (ok) requireSucceeded(r, w, i);
        else requireRefused(r, w, i, bytes4(answer));
    }

    function requireRefused(Rows memory r, Wanted memory w, uint256 i, bytes4 why) private view {
        bytes4[7] memory whys = [
            bytes4(0),
            IGrants.OutOfRange.selector,
            IGrants.VestedFalls.selector,
            IGrants.NotFreeEnough.selector,
            IGrants.BadTerms.selector,
            IGrants.AlreadyOpened.selector,
            IGrants.NotHolder.selector
        ];
        vm.assertEq(bytes32(why), bytes32(whys[w.verdict[i]]), vm.toString(i));
        vm.assertEq(grants.words(grants.idOf(r.terms[i])), r.word[i]);
        vm.assertEq(grants.promised(), w.held[i]);
    }

    function requireSucceeded(Rows memory r, Wanted memory w, uint256 i) private {
        string memory number = vm.toString(i);
        vm.assertEq(w.verdict[i], 0, number);
        vm.assertEq(grants.words(grants.idOf(r.terms[i])), OPENED | CLOSED, number);
        vm.assertEq(int256(w.held[i]) - w.freed[i], int256(uint256(grants.promised())), number);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, r.count[i], number);
        uint256 sum;
        for (uint256 k; k < logs.length; ++k) {
            uint256 at_ = r.first[i] + k;
            bytes memory terms = r.successors[at_];
            bytes32 id = grants.idOf(terms);
            vm.assertEq(grants.words(id), w.word[at_], number);
            (,, uint256 vested,,,) = grants.amounts(terms);
            sum += vested;
            vm.assertEq(logs[k].topics[2], id, number);
            vm.assertEq(logs[k].data, abi.encode(k, terms, w.freedEach[at_]));
        }
        vm.assertEq(sum, w.vested[i], number);
    }
}
