// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Builders} from "../Builders.sol";
import {Vm} from "../Vm.sol";
import {SuccessionBase} from "../SuccessionBase.t.sol";
import {OddCoin} from "../mocks/OddCoin.sol";

/// @notice succeed by any amounts and in any state: the books move by exactly what it says, or not at all.
contract GrantsSucceedFuzzTest is SuccessionBase {
    uint256 private constant MOST = type(uint104).max;

    /// @dev A grant in a state drawn by the seed: running, paused, ended, about to end, settled; paid or not.
    function aged(uint256 seed) private returns (bytes memory old, bytes32 id) {
        IGrants.Terms memory t = plain();
        t.amount = uint104(within(seed, 1, seed % 2 == 0 ? 100 : 1e24));
        t.withholdBps = uint16(within(seed >> 8, 0, 10_000));
        (old, id) = opened(t);
        vm.warp(T0 + within(seed >> 16, 0, 5 * YEAR));
        if ((seed >> 24) % 2 == 0 && vestedOf(old) > 0) grants.claim(old);
        uint256 what = (seed >> 32) % 5;
        uint256 later = block.timestamp + within(seed >> 40, 0, YEAR);
        vm.startPrank(company);
        if (what == 1) grants.pause(old);
        if (what == 2) grants.end(old, uint40(block.timestamp), seed % 3 == 0);
        if (what == 3) grants.end(old, uint40(later), seed % 3 == 0);
        vm.stopPrank();
        vm.prank(holder);
        if (what == 4) grants.waive(old);
        else grants.holdClaims(old, true);
        vm.warp(block.timestamp + within(seed >> 48, 0, 200 days));
    }

    function drawn(uint256 seed, uint256 amount, uint256 count)
        private
        view
        returns (IGrants.Terms[] memory list)
    {
        list = new IGrants.Terms[](count);
        for (uint256 i; i < count; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            list[i] = plain();
            list[i].amount = uint104(within(seed, 1, 2 * amount / count + 2));
            list[i].document = bytes32(seed);
            list[i].withholdBps = uint16(within(seed >> 8, 0, 10_000));
            list[i].vesting[0].end = uint32(within(seed >> 16, 0, YEAR));
            list[i].vesting[1].end = uint32(within(seed >> 48, YEAR + 1, 4 * YEAR));
            if (seed % 4 == 0) list[i].start = T0 - uint40(4 * YEAR);
        }
    }

    function testFuzz_Succeed_VestedNeverFalls_AndPromisedMovesExactly(uint256 seed, uint256 shape) public {
        (bytes memory old, bytes32 id) = aged(seed);
        IGrants.Terms[] memory list = drawn(shape, heldOf(old), within(shape, 1, 8));
        pay(uint128(within(seed >> 56, 1, 1e24)));
        uint256 before = vestedOf(old);
        uint256 paid = released(id);
        (uint256 promised, uint256 held) = (grants.promised(), heldOf(old));
        uint256 word = grants.words(id);
        vm.prank(address(succession));
        (bool ok, bytes memory answer) =
            address(grants).call(abi.encodeCall(IGrants.succeed, (old, packed(list))));
        if (!ok) {
            bytes4 why = bytes4(answer);
            bool known = why == IGrants.VestedFalls.selector || why == IGrants.NotFreeEnough.selector
                || why == IGrants.OutOfRange.selector;
            vm.assertTrue(known);
            vm.assertEq(grants.words(id), word);
            vm.assertEq(grants.promised(), promised);
            return;
        }
        uint256 sum;
        uint256 vested;
        for (uint256 i; i < list.length; ++i) {
            bytes memory terms = Builders.pack(list[i]);
            sum += list[i].amount;
            vested += vestedOf(terms);
            vm.assertEq(heldOf(terms), list[i].amount);
            vm.assertEq(released(grants.idOf(terms)), i == 0 ? paid : 0);
        }
        vm.assertGt(vested + list.length, before); // each after the first may be rounded down by a unit
        vm.assertEq(grants.promised(), promised + sum - held);
        vm.assertLe(grants.promised(), grants.funded());
    }

    function testFuzz_Succeed_FreedOfAllEventsIsWhatPromisedLoses(uint256 seed, uint256 shape) public {
        (bytes memory old,) = aged(seed);
        IGrants.Terms[] memory list = drawn(shape, heldOf(old), within(shape, 1, 8));
        for (uint256 i; i < list.length; ++i) {
            list[i].vesting[0] = IGrants.Segment(0, 1e9, 1);
            list[i].vesting[1] = IGrants.Segment(1, 1e9, 1);
        }
        list[0].amount = uint104(heldOf(old)) + 1;
        pay(1e25);
        uint256 promised = grants.promised();
        vm.recordLogs();
        succeed(old, list);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        vm.assertEq(logs.length, list.length);
        int256 freed;
        for (uint256 i; i < logs.length; ++i) {
            (uint8 place, bytes memory terms, int128 part) = abi.decode(logs[i].data, (uint8, bytes, int128));
            vm.assertEq(place, i);
            vm.assertEq(terms, Builders.pack(list[i]));
            vm.assertEq(logs[i].topics[2], grants.idOf(terms));
            freed += part;
        }
        vm.assertEq(int256(promised) - freed, int256(uint256(grants.promised())));
    }

    /// @dev Eight amounts of 2^104 - 1 sum far below 2^128, and what is not funded is refused and never wraps.
    function test_GivenTheLargestAmounts_WhenSucceeded_SumsAreExact() public {
        OddCoin coin = new OddCoin();
        grants = newGrants(address(coin));
        coin.mint(address(this), 9 * MOST);
        coin.approve(address(grants), 9 * MOST);
        grants.fund(uint128(MOST));
        IGrants.Terms memory t = plain();
        t.amount = uint104(MOST);
        bytes memory old = Builders.pack(t);
        promise_(grants.idOf(old), MOST);
        grants.open(old, grants.idOf(old), 0, "");
        IGrants.Terms[] memory list = parts(8);
        for (uint256 i; i < 8; ++i) {
            list[i].amount = uint104(MOST);
        }
        address heir_ = grants.SUCCESSION();
        bytes[] memory all = packed(list);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, 7 * MOST, 0));
        vm.prank(heir_);
        grants.succeed(old, all);
        grants.fund(uint128(7 * MOST));
        vm.prank(heir_);
        grants.succeed(old, all);
        vm.assertEq(grants.promised(), 8 * MOST);
        vm.assertEq(free(), 0);
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claimMany(all), 8);
        vm.assertEq(coin.balanceOf(holder), 8 * MOST);
    }
}
