// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Goals} from "../../src/Goals.sol";
import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {Libraries} from "../mocks/Libraries.sol";
import {TableGoals} from "../mocks/TableGoals.sol";
import {VectorBase} from "./VectorBase.t.sol";

/// @notice Replays vectors/*.json, which an independent oracle wrote; Rust replays the same files.
contract VectorsTest is VectorBase {
    Libraries private lib;

    function setUp() public override {
        super.setUp();
        lib = Libraries(vm.deployCode("Libraries.sol:Libraries"));
    }

    // ------------------------------------------------------------------------------------------------- schedules

    function test_Schedules() public {
        read("schedule");
        bytes[] memory schedules = blobs(".schedules");
        uint256[] memory number = uints(".schedule");
        int256[] memory elapsed = vm.parseJsonIntArray(json, ".elapsed");
        uint256[] memory wanted = uints(".want");
        for (uint256 i; i < wanted.length; ++i) {
            // the contract takes what is not negative
            if (elapsed[i] < 0) {
                vm.assertEq(wanted[i], 0);
            } else {
                vm.assertEq(
                    lib.fraction(schedules[number[i]], uint256(elapsed[i])), wanted[i], vm.toString(i)
                );
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- terms

    function test_Terms() public {
        read("terms");
        grantsAt(vm.parseJsonAddress(json, ".grants"), vm.parseJsonAddress(json, ".token"), address(0));
        vm.assertEq(grants.DOMAIN(), vm.parseJsonBytes32(json, ".domain"));
        bytes[] memory terms = blobs(".terms");
        bytes32[] memory ids = hashes(".id");
        for (uint256 i; i < terms.length; ++i) {
            vm.assertEq(grants.idOf(terms[i]), ids[i]);
            compare(succession.decode(terms[i]), i);
            openAlone(terms[i], ids[i]);
            vm.assertEq(
                grants.words(ids[i]), OPENED | uint256(succession.decode(terms[i]).withholdBps) << 120
            );
        }
    }

    uint256[][9] private numbers;

    function compare(ISuccession.Terms memory t, uint256 i) private {
        if (i == 0) {
            numbers[0] = uints(".amount");
            numbers[1] = uints(".start");
            numbers[2] = uints(".powers");
            numbers[3] = uints(".graceSeconds");
            numbers[4] = uints(".backdateSeconds");
            numbers[5] = uints(".pauseMax");
            numbers[6] = uints(".withholdBps");
            numbers[7] = uints(".unlockStart");
            numbers[8] = uints(".nGates");
        }
        vm.assertEq(t.recipient, vm.parseJsonAddressArray(json, ".recipient")[i]);
        vm.assertEq(t.document, hashes(".document")[i]);
        vm.assertEq(t.amount, numbers[0][i]);
        vm.assertEq(t.start, numbers[1][i]);
        vm.assertEq(t.powers, numbers[2][i]);
        vm.assertEq(t.graceSeconds, numbers[3][i]);
        vm.assertEq(t.backdateSeconds, numbers[4][i]);
        vm.assertEq(t.pauseMax, numbers[5][i]);
        vm.assertEq(t.withholdBps, numbers[6][i]);
        vm.assertEq(t.unlockStart, numbers[7][i]);
        vm.assertEq(t.gates.length, numbers[8][i]);
        vm.assertEq(t.unlock.length, uints(".nUnlock")[i]);
        vm.assertEq(t.vesting.length, uints(".nVesting")[i]);
    }

    function openAlone(bytes memory terms, bytes32 id) private {
        uint256 amount = uint256(bytes32(slice(terms, 20))) >> 152;
        (bytes32 root, bytes memory proof) = (id, "");
        if (amount == 0) {
            // a round of nothing is not committed: a neighbour of one unit
            root = keccak256(abi.encodePacked(id, uint128(0), bytes32("sibling"), uint128(1)));
            proof = abi.encodePacked(bytes32("sibling"), uint128(1));
        }
        promise_(root, amount == 0 ? 1 : amount);
        grants.open(terms, root, 0, proof);
        // leave room for the next
        vm.store(address(grants), bytes32(uint256(1)), bytes32(uint256(type(uint128).max)));
    }

    function slice(bytes memory terms, uint256 offset) private pure returns (bytes32 word) {
        assembly {
            word := mload(add(add(terms, 32), offset))
        }
    }

    function test_RefusedTerms() public {
        read("terms");
        grantsAt(vm.parseJsonAddress(json, ".grants"), vm.parseJsonAddress(json, ".token"), address(0));
        bytes[] memory refused = blobs(".refusedTerms");
        bool[] memory short = bools(".refusedShort");
        for (uint256 i; i < refused.length; ++i) {
            bytes32 id = grants.idOf(refused[i]);
            if (short[i]) {
                promise_(id, 1);
                rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
                grants.open(refused[i], id, 0, "");
            } else {
                openAlone(refused[i], id);
                vm.assertEq(grants.words(id), OPENED | CLOSED, vm.toString(i));
            }
        }
    }

    // ------------------------------------------------------------------------------------------------- trees

    function test_Trees() public {
        read("tree");
        bytes32[] memory root = hashes(".root");
        bytes32[] memory id = hashes(".id");
        bytes[] memory proof = blobs(".proof");
        uint256[] memory total = uints(".total");
        uint256[] memory amount = uints(".amount");
        uint256[] memory index = uints(".index");
        bool[] memory ok = bools(".ok");
        for (uint256 i; i < ok.length; ++i) {
            bool leads = lib.leadsTo(proof[i], index[i], id[i], amount[i], root[i], total[i]);
            vm.assertTrue(leads == ok[i], vm.toString(i));
        }
    }

    // ------------------------------------------------------------------------------------------------- grants

    function test_Grants() public {
        grantsAt(address(0xABCDEF), address(0xFEDCBA), address(0));
        read("grant");
        bytes[] memory terms = blobs(".termsBytes");
        uint256[] memory number = uints(".terms");
        uint256[] memory word = uints(".word");
        uint256[] memory now_ = uints(".now");
        uint256[] memory first = uints(".gateFirst");
        uint256[] memory count = uints(".gateCount");
        loadWants();
        for (uint256 i; i < number.length; ++i) {
            bytes memory t = terms[number[i]];
            bytes32 id = grants.idOf(t);
            setWord(id, word[i]);
            setGates(t, first[i], count[i]);
            vm.warp(now_[i]);
            checkAmounts(t, i);
            checkSettle(t, id, i);
        }
    }

    uint256[][7] private want;
    uint256[][3] private gates;
    bool[][2] private gateFlags;
    bool[] private done;

    function loadWants() private {
        want[0] = uints(".timePpb");
        want[1] = uints(".openPpb");
        want[2] = uints(".vested");
        want[3] = uints(".unlocked");
        want[4] = uints(".released");
        want[5] = uints(".held");
        want[6] = uints(".payable");
        gates[0] = uints(".gateFraction");
        gates[1] = uints(".gateStopFraction");
        gates[2] = uints(".gateLastRegisteredAt");
        gateFlags[0] = bools(".gateFinal");
        gateFlags[1] = bools(".gateStopPending");
        done = bools(".doneAll");
    }

    function setGates(bytes memory terms, uint256 first, uint256 count) private {
        for (uint256 k; k < count; ++k) {
            table.set(
                slice(terms, 88 + 37 * k),
                TableGoals.Answer(
                    uint32(gates[0][first + k]),
                    gateFlags[0][first + k],
                    uint40(gates[2][first + k]),
                    uint32(gates[1][first + k]),
                    gateFlags[1][first + k]
                )
            );
        }
    }

    function checkAmounts(bytes memory terms, uint256 i) private view {
        (uint256 timePpb, uint256 openPpb, uint256 vested, uint256 unlocked, uint256 released, uint256 held) =
            grants.amounts(terms);
        string memory row = vm.toString(i);
        vm.assertEq(timePpb, want[0][i], row);
        vm.assertEq(openPpb, want[1][i], row);
        vm.assertEq(vested, want[2][i], row);
        vm.assertEq(unlocked, want[3][i], row);
        vm.assertEq(released, want[4][i], row);
        vm.assertEq(held, want[5][i], row);
        uint256 least = vested < unlocked ? vested : unlocked;
        vm.assertEq(least > released ? least - released : 0, want[6][i], row);
    }

    /// @dev Time allowing, a grant settles exactly if all its gates are done.
    function checkSettle(bytes memory terms, bytes32 id, uint256 i) private {
        uint256 full = grants.words(id) & (15 << 104) == 1 << 104 ? want[0][i] : 1e9;
        uint256 word = grants.words(id);
        setPool(type(uint128).max, type(uint128).max);
        (bool ok, bytes memory answer) = address(grants).call(abi.encodeCall(IGrants.settle, (terms)));
        if (ok) {
            vm.assertTrue(done[i] && full == 1e9, vm.toString(i));
            vm.assertEq(grants.words(id) >> 152, want[2][i]);
            vm.assertEq(grants.words(id) & (12 << 104), 0);
            setWord(id, word);
        } else if (bytes4(answer) == IGrants.GoalNotFinal.selector) {
            vm.assertFalse(done[i]);
        }
    }

    // ------------------------------------------------------------------------------------------------- goals

    function test_Bounds() public {
        read("bounds");
        uint256[] memory kind = uints(".kind");
        uint256[] memory bound = uints(".bound");
        uint256[] memory samples = uints(".samples");
        uint256[] memory x = uints(".x");
        uint256[] memory y = uints(".y");
        int256[] memory lower = vm.parseJsonIntArray(json, ".lower");
        for (uint256 i; i < lower.length; ++i) {
            vm.assertEq(
                goals.lowerBound(
                    uint8(kind[i]), uint16(bound[i]), uint32(samples[i]), uint128(x[i]), uint128(y[i])
                ),
                lower[i],
                vm.toString(i)
            );
        }
    }

    function test_RefusedCounts() public {
        read("bounds");
        uint256[] memory kind = uints(".refusedKind");
        uint256[] memory samples = uints(".refusedSamples");
        uint256[] memory x = uints(".refusedX");
        uint256[] memory y = uints(".refusedY");
        for (uint256 i; i < kind.length; ++i) {
            (bool ok,) = address(goals)
                .call(
                    abi.encodeCall(
                        IGoals.lowerBound,
                        (uint8(kind[i]), 1645, uint32(samples[i]), uint128(x[i]), uint128(y[i]))
                    )
                );
            vm.assertFalse(ok);
        }
    }

    function test_Payouts() public {
        read("bounds");
        int256[] memory threshold = vm.parseJsonIntArray(json, ".payThreshold");
        int256[] memory stretch = vm.parseJsonIntArray(json, ".payStretch");
        uint256[] memory base = uints(".payBase");
        int256[] memory lower = vm.parseJsonIntArray(json, ".payLower");
        uint256[] memory wanted = uints(".payWant");
        IGoals.Goal memory goal;
        for (uint256 i; i < wanted.length; ++i) {
            goal.threshold = int64(threshold[i]);
            goal.stretch = int64(stretch[i]);
            goal.basePpb = uint32(base[i]);
            vm.assertEq(goals.payout(goal, lower[i]), wanted[i], vm.toString(i));
        }
    }

    function test_Goals() public {
        read("goal");
        address target = vm.parseJsonAddress(json, ".goals");
        createAt(target, "Goals", "");
        bytes[] memory encoded = blobs(".encoded");
        bytes32[] memory ids = hashes(".id");
        bool[] memory valid = bools(".valid");
        for (uint256 i; i < ids.length; ++i) {
            IGoals.Goal memory goal = abi.decode(encoded[i], (IGoals.Goal));
            vm.assertEq(Goals(target).goalId(goal), ids[i]);
            vm.assertTrue(lib.isGoal(goal) == valid[i], vm.toString(i));
        }
    }

    function test_Panels() public {
        read("goal");
        uint256[] memory m = uints(".m");
        bytes[] memory members = blobs(".members");
        bytes32[] memory hash = hashes(".panelHash");
        bool[] memory ok = bools(".panelOk");
        for (uint256 i; i < m.length; ++i) {
            address[] memory list = new address[](members[i].length / 20);
            for (uint256 k; k < list.length; ++k) {
                list[k] = address(bytes20(slice(members[i], 20 * k)));
            }
            vm.assertEq(keccak256(abi.encode(m[i], list)), hash[i]);
            vm.assertTrue(lib.isPanel(hash[i], m[i], list) == ok[i], vm.toString(i));
        }
    }

    /// @dev The digests that these tests sign, and the contract therefore accepts, are those of the tables.
    function test_TypedMessages() public {
        read("goal");
        address target = vm.parseJsonAddress(json, ".goals");
        createAt(target, "Goals", "");
        goals = Goals(target);
        bytes32[] memory ids = hashes(".id");
        uint256[] memory attempt = uints(".attempt");
        uint256[] memory deadline = uints(".deadline");
        bytes32[] memory model = hashes(".model");
        for (uint256 i; i < attempt.length; ++i) {
            vm.assertEq(
                digestOf(acceptHash(ids[0], attempt[i], model[i], deadline[i])), hashes(".acceptDigest")[i]
            );
            vm.assertEq(digestOf(resultHash(ids[0], resultAt(i))), hashes(".resultDigest")[i]);
        }
    }

    function resultAt(uint256 i) private view returns (IGoals.Result memory made) {
        made.attempt = uint16(uints(".resAttempt")[i]);
        made.model = hashes(".resModel")[i];
        made.x = uint128(uints(".resX")[i]);
        made.y = uint128(uints(".resY")[i]);
        made.samples = uint32(uints(".resSamples")[i]);
        made.guards = uint32(uints(".resGuards")[i]);
        made.evidence = hashes(".resEvidence")[i];
    }
}
