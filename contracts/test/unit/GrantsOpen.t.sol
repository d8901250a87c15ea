// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Base} from "../Base.t.sol";
import {Builders} from "../Builders.sol";

/// @notice open and claimFirst: proofs, validation, what invalid leaves do.
contract GrantsOpenTest is Base {
    // ------------------------------------------------------------------------------------------------- valid leaves

    function test_Open_CreatesTheWord() public {
        IGrants.Terms memory terms = plain();
        terms.withholdBps = 4000;
        bytes memory packed = Builders.pack(terms);
        bytes32 id = grants.idOf(packed);
        pay(AMOUNT);
        promise_(id, AMOUNT);
        vm.expectEmit(address(grants));
        emit IGrants.Opened(id, id, 0, holder, AMOUNT, 4000);
        vm.prank(stranger);
        grants.open(packed, id, 0, "");
        vm.assertEq(grants.words(id), OPENED | 4000 << 120);
        vm.assertEq(grants.promised(), AMOUNT);
        vm.assertEq(grants.holderOf(packed), holder);
        vm.assertEq(grants.holders(id), address(0));
    }

    function test_Open_Again_DoesNothing() public {
        (bytes memory packed, bytes32 id) = opened(plain());
        vm.recordLogs();
        grants.open(packed, id, 0, "");
        grants.open(packed, "any root", 7, "any proof");
        vm.assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_Open_EveryLeafOfARound(uint256 seed) public {
        uint256 count = within(seed, 1, 40);
        bytes[] memory packed = new bytes[](count);
        bytes32[] memory ids = new bytes32[](count);
        uint256[] memory sums = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            IGrants.Terms memory terms = plain();
            terms.recipient = address(uint160(0x10000 + i));
            terms.amount = uint104(within(uint256(keccak256(abi.encode(seed, i))), 1, 1e24));
            packed[i] = Builders.pack(terms);
            (ids[i], sums[i]) = (grants.idOf(packed[i]), terms.amount);
        }
        for (uint256 i; i < count; ++i) {
            (bytes32 root, uint256 total, bytes memory proof) = Builders.tree(
                abi.decode(abi.encode(ids), (bytes32[])), abi.decode(abi.encode(sums), (uint256[])), i
            );
            if (i == 0) {
                pay(uint128(total));
                promise_(root, total);
            } else {
                // an index of another leaf, a longer path, a broken proof: none of them leads to the root
                rejects(abi.encodeWithSelector(IGrants.BadProof.selector));
                grants.open(packed[i], root, uint32(i - 1), proof);
            }
            rejects(abi.encodeWithSelector(IGrants.BadProof.selector));
            grants.open(packed[i], root, uint32(i + (1 << (proof.length / 48))), proof);
            grants.open(packed[i], root, uint32(i), proof);
            vm.assertEq(grants.words(ids[i]), OPENED);
            vm.assertEq(grants.promised(), total);
        }
    }

    // ------------------------------------------------------------------------------------------------- proofs

    function test_Open_RefusesShortTermsBeforeAnyProof() public {
        // 64 bytes, and 97: they could pass for a tree node and free a whole subtree
        bytes memory packed = cut(Builders.pack(plain()), 97);
        bytes32 id = grants.idOf(packed);
        pay(AMOUNT);
        promise_(id, AMOUNT);
        rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
        grants.open(packed, id, 0, "");
        rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
        grants.claimFirst(packed, "no such round", 0, "");
        vm.assertEq(grants.promised(), AMOUNT);
    }

    function test_Open_RefusesAnUnknownRound() public {
        rejects(abi.encodeWithSelector(IGrants.RoundNotFound.selector, bytes32("root")));
        grants.open(Builders.pack(plain()), "root", 0, "");
    }

    function test_Open_WaitsUntilTheRoundBinds() public {
        bytes memory packed = Builders.pack(plain());
        bytes32 id = grants.idOf(packed);
        pay(AMOUNT);
        vm.prank(company);
        grants.commit(id, AMOUNT, 0, T0 + 5);
        vm.warp(T0 + 4);
        rejects(abi.encodeWithSelector(IGrants.NotYet.selector, T0 + 5));
        grants.open(packed, id, 0, "");
        vm.warp(T0 + 5);
        grants.open(packed, id, 0, "");
    }

    function test_Open_RefusesARescindedRound() public {
        bytes memory packed = Builders.pack(plain());
        bytes32 id = grants.idOf(packed);
        pay(AMOUNT);
        vm.startPrank(company);
        grants.commit(id, AMOUNT, 0, T0 + 5);
        grants.rescind(id);
        vm.warp(T0 + 5);
        rejects(abi.encodeWithSelector(IGrants.RoundNotFound.selector, id));
        grants.open(packed, id, 0, "");
    }

    function test_Open_RefusesBadProofs() public {
        bytes memory packed = Builders.pack(plain());
        bytes32 id = grants.idOf(packed);
        bytes32 root = Builders.node(id, AMOUNT, "sibling", 5);
        bytes memory proof = abi.encodePacked(bytes32("sibling"), uint128(5));
        bytes memory no = abi.encodeWithSelector(IGrants.BadProof.selector);
        pay(2 * AMOUNT);
        promise_(root, AMOUNT + 5);
        rejects(no);
        grants.open(packed, root, 1, proof);
        rejects(no);
        grants.open(packed, root, 0, "");
        rejects(no);
        grants.open(packed, root, 0, cut(proof, 47));
        rejects(no);
        grants.open(packed, root, 0, abi.encodePacked(bytes32("sibling"), uint128(6)));
        rejects(no);
        grants.open(packed, root, 0, abi.encodePacked(bytes32("sibl1ng"), uint128(5)));
        rejects(no);
        grants.open(packed, root, 2, proof);
        grants.open(packed, root, 0, proof);
    }

    function test_Open_RefusesATotalThatIsNotTheSum() public {
        bytes memory packed = Builders.pack(plain());
        bytes32 root = Builders.node(grants.idOf(packed), AMOUNT, "sibling", 5);
        pay(2 * AMOUNT);
        promise_(root, AMOUNT + 4);
        rejects(abi.encodeWithSelector(IGrants.BadProof.selector));
        grants.open(packed, root, 0, abi.encodePacked(bytes32("sibling"), uint128(5)));
    }

    function test_Open_RefusesSumsThatWrap() public {
        // the sibling's sum makes the path wrap around 2^128 to a total that is funded
        bytes memory packed = Builders.pack(plain());
        bytes32 id = grants.idOf(packed);
        uint128 sibling = type(uint128).max - AMOUNT + 2; // wraps to 1
        bytes32 root = Builders.node(id, AMOUNT, "sibling", sibling);
        pay(AMOUNT);
        promise_(root, 1);
        rejects(abi.encodeWithSelector(IGrants.BadProof.selector));
        grants.open(packed, root, 0, abi.encodePacked(bytes32("sibling"), sibling));
    }

    function test_Open_RefusesMoreThan32Levels() public {
        bytes memory packed = Builders.pack(plain());
        bytes32 node = grants.idOf(packed);
        bytes memory proof;
        for (uint256 i; i < 33; ++i) {
            node = Builders.node(node, AMOUNT, 0, 0);
            proof = abi.encodePacked(proof, bytes32(0), uint128(0));
            if (i < 31) continue;
            pay(AMOUNT);
            promise_(node, AMOUNT);
            if (i == 32) rejects(abi.encodeWithSelector(IGrants.BadProof.selector));
            grants.open(i == 32 ? other() : packed, node, 0, proof);
        }
    }

    /// @dev Two leaves of the same amount: opening one says nothing about the other.
    function other() private view returns (bytes memory) {
        IGrants.Terms memory terms = plain();
        terms.document = "another";
        return Builders.pack(terms);
    }

    // ------------------------------------------------------------------------------------------------- invalid leaves

    function test_Open_GivenInvalidTerms_ClosesAndFrees() public {
        for (uint256 rule; rule < 26; ++rule) {
            (bytes memory packed, uint256 amount) = spoiled(rule);
            bytes32 id = grants.idOf(packed);
            pay(uint128(amount + 1));
            if (amount == 0) {
                promise_(Builders.node(id, 0, "sibling", 1), 1);
            } else {
                promise_(id, amount);
            }
            uint256 before = free();
            bytes32 root = amount == 0 ? Builders.node(id, 0, "sibling", 1) : id;
            bytes memory proof = amount == 0 ? abi.encodePacked(bytes32("sibling"), uint128(1)) : bytes("");
            vm.expectEmit(address(grants));
            emit IGrants.Invalid(id, root, 0, uint128(amount));
            vm.assertEq(grants.claimFirst(packed, root, 0, proof), 0);
            vm.assertEq(grants.words(id), OPENED | CLOSED, vm.toString(rule));
            vm.assertEq(free(), before + amount);
            closedForEver(packed, id, root, proof);
        }
    }

    function closedForEver(bytes memory packed, bytes32 id, bytes32 root, bytes memory proof) private {
        uint256 before = free();
        grants.open(packed, root, 0, proof);
        vm.assertEq(grants.claimFirst(packed, root, 0, proof), 0);
        bytes[] memory list = new bytes[](1);
        list[0] = packed;
        vm.assertEq(grants.claimMany(list), 0);
        bytes memory no = abi.encodeWithSelector(IGrants.IsClosed.selector, id);
        rejects(no);
        grants.claim(packed);
        rejects(no);
        grants.settle(packed);
        rejects(no);
        grants.amounts(packed);
        vm.startPrank(company);
        rejects(no);
        grants.end(packed, T0, false);
        rejects(no);
        grants.lowerWithholding(packed, 0);
        vm.stopPrank();
        vm.assertEq(free(), before);
    }

    /// @dev Terms that break one rule each.
    function spoiled(uint256 rule) private view returns (bytes memory packed, uint256 amount) {
        IGrants.Terms memory t = everything();
        t.gates = new IGrants.Gate[](0);
        if (rule == 0) t.amount = 0;
        if (rule == 1) t.recipient = address(0);
        if (rule == 2) t.recipient = address(grants);
        if (rule == 3) t.recipient = address(token);
        if (rule == 4) t.powers = 8;
        if (rule == 5) t.backdateSeconds = 366 days + 1;
        if (rule == 6) t.withholdBps = 10_001;
        if (rule == 7) t.vesting[1].end = t.vesting[0].end;
        if (rule == 8) t.vesting[1].end = t.vesting[0].end - 1;
        if (rule == 9) (t.vesting[0].cumulative, t.vesting[1].cumulative) = (3e8, 299_999_999);
        if (rule == 10) t.vesting[2].cumulative = 999_999_999;
        if (rule == 11) t.vesting[2].cumulative = 1_000_000_001;
        if (rule == 12) t.unlock[1].end = t.unlock[0].end;
        if (rule == 13) t.unlock[1].cumulative = 5;
        if (rule == 14) t.gates = gates(9, 1e8, 0);
        if (rule == 15) t.gates = gates(2, 500_000_001, 0);
        if (rule == 16) t.gates = gates(1, 1, 2);
        if (rule == 17) t.gates = gates(1, 0, 4);
        if (rule == 18) t.gates = gates(3, type(uint32).max, 0);
        if (rule == 19) t.vesting = many(257);
        if (rule == 20) t.unlock = many(65);
        if (rule == 21) t.vesting = new IGrants.Segment[](0);
        packed = Builders.pack(t);
        amount = t.amount;
        if (rule == 22) packed = abi.encodePacked(packed, uint8(0));
        if (rule == 23) packed = cut(packed, packed.length - 1);
        if (rule == 24) packed[86] = 0xff; // gates that are not there
        if (rule == 25) packed[87] = 0x40; // unlock segments that are not there
    }

    function test_Open_AcceptsEveryLimit() public {
        IGrants.Terms memory t = everything();
        t.gates = new IGrants.Gate[](0);
        t.backdateSeconds = 366 days;
        t.withholdBps = 10_000;
        t.vesting = many(256);
        t.unlock = many(64);
        (, bytes32 id) = opened(t);
        vm.assertEq(grants.words(id), OPENED | 10_000 << 120);
    }

    function test_Open_GivenGoalNotDefined_RevertsAndClosesNothing() public {
        IGoals.Goal memory goal = proportion();
        bytes32 goalId = goals.goalId(goal);
        bytes memory packed = Builders.pack(gated(goalId, 4e8, 0));
        bytes32 id = grants.idOf(packed);
        pay(AMOUNT);
        promise_(id, AMOUNT);
        rejects(abi.encodeWithSelector(IGoals.GoalNotDefined.selector, goalId));
        grants.open(packed, id, 0, "");
        rejects(abi.encodeWithSelector(IGoals.GoalNotDefined.selector, goalId));
        grants.claimFirst(packed, id, 0, "");
        vm.assertEq(grants.words(id), 0);
        vm.assertEq(grants.promised(), AMOUNT);
        defined(goal);
        grants.open(packed, id, 0, "");
        vm.assertEq(grants.words(id), OPENED);
    }

    function test_Open_GivenInvalidTermsAndGoalNotDefined_Closes() public {
        IGrants.Terms memory terms = gated("never defined", 4e8, 0);
        terms.withholdBps = 10_001;
        bytes memory packed = Builders.pack(terms);
        bytes32 id = grants.idOf(packed);
        pay(AMOUNT);
        promise_(id, AMOUNT);
        grants.open(packed, id, 0, "");
        vm.assertEq(grants.words(id), OPENED | CLOSED);
    }

    function test_UnopenedGrants_RevertEverywhere() public {
        bytes memory packed = Builders.pack(plain());
        bytes memory no = abi.encodeWithSelector(IGrants.NotOpened.selector, grants.idOf(packed));
        rejects(no);
        grants.claim(packed);
        rejects(no);
        grants.settle(packed);
        rejects(no);
        grants.waive(packed);
        rejects(no);
        grants.holdClaims(packed, true);
        rejects(no);
        grants.holderOf(packed);
        vm.startPrank(company);
        rejects(no);
        grants.end(packed, T0, false);
        rejects(no);
        grants.pause(packed);
        rejects(no);
        grants.resume(packed);
        rejects(no);
        grants.accelerate(packed, 1);
        rejects(no);
        grants.lowerWithholding(packed, 0);
    }

    function test_AnIdTwiceInARound_IsPaidOnce() public {
        bytes memory packed = Builders.pack(plain());
        bytes32 id = grants.idOf(packed);
        bytes32 root = Builders.node(id, AMOUNT, id, AMOUNT);
        pay(2 * AMOUNT);
        promise_(root, 2 * AMOUNT);
        bytes memory proof = abi.encodePacked(id, uint128(AMOUNT));
        vm.warp(T0 + 5 * YEAR);
        grants.claimFirst(packed, root, 0, proof);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, AMOUNT, AMOUNT, AMOUNT));
        grants.claimFirst(packed, root, 1, proof);
        vm.assertEq(token.balanceOf(holder), AMOUNT);
    }

    // ------------------------------------------------------------------------------------------------- words

    function everything() private view returns (IGrants.Terms memory t) {
        t = plain();
        t.withholdBps = 1234;
        t.gates = gates(3, 1e8, 1);
        t.gates[2] = IGrants.Gate("trigger", 0, 3);
        t.unlockStart = T0 + 5;
        t.unlock = new IGrants.Segment[](2);
        t.unlock[0] = IGrants.Segment(0, 10, 1);
        t.unlock[1] = IGrants.Segment(99, 1e9, 0);
        t.vesting = many(3);
    }

    function gates(uint256 count, uint32 share, uint8 rule)
        private
        pure
        returns (IGrants.Gate[] memory list)
    {
        list = new IGrants.Gate[](count);
        for (uint256 i; i < count; ++i) {
            list[i] = IGrants.Gate(bytes32(i + 1), share, rule);
        }
    }

    function many(uint256 count) private pure returns (IGrants.Segment[] memory list) {
        list = new IGrants.Segment[](count);
        for (uint256 i; i < count; ++i) {
            list[i] = IGrants.Segment(uint32(10 * (i + 1)), uint32(1e9 * (i + 1) / count), uint16(i));
        }
    }

    function cut(bytes memory whole, uint256 length) private pure returns (bytes memory part) {
        part = new bytes(length);
        for (uint256 i; i < length; ++i) {
            part[i] = whole[i];
        }
    }
}
