// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Builders} from "../Builders.sol";
import {SuccessionBase} from "../SuccessionBase.t.sol";
import {OddCoin} from "../mocks/OddCoin.sol";

/// @notice How other vesting contracts lost money, each as it would look here: top-ups, cancellations, leftovers,
/// records claimed twice, pools shared by many, recipients that cannot be paid.
contract MoneyOfOthersTest is SuccessionBase {
    function end(bytes memory terms, uint256 stopAt) private {
        vm.prank(company);
        grants.end(terms, uint40(stopAt), false);
    }

    function vested(bytes memory terms) private view returns (uint256 amount) {
        (,, amount,,,) = grants.amounts(terms);
    }

    function another(bytes32 document, address to) private view returns (IGrants.Terms memory terms) {
        terms = plain();
        (terms.document, terms.recipient) = (document, to);
    }

    // ------------------------------------------------------------------------------------------------- top-ups

    /// @dev Elsewhere a top-up began the accrual anew, and the sender took back what had been earned.
    function test_GivenATopUp_WhenMoreIsFundedAndPromised_WhatIsEarnedStays() public {
        (bytes memory terms,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        pay(5 * AMOUNT);
        vm.assertEq(vested(terms), AMOUNT / 2);
        (bytes memory supplement,) = opened(another("more", holder));
        uint128 rest = uint128(free());
        vm.prank(company);
        grants.withdrawFree(company, rest);
        vm.assertEq(vested(terms), AMOUNT / 2);
        vm.assertEq(grants.claim(terms), AMOUNT / 2);
        grants.claim(supplement);
        vm.assertEq(token.balanceOf(holder), AMOUNT);
    }

    function test_GivenATopUp_WhenItReplacesTheGrantAndRestartsTheClock_ItIsRefused() public {
        (bytes memory terms,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        pay(AMOUNT);
        IGrants.Terms[] memory larger = one(plain());
        (larger[0].amount, larger[0].start) = (2 * AMOUNT, uint40(block.timestamp));
        bytes memory signature = agreed(HOLDER_KEY, terms, larger);
        bytes[] memory list = packed(larger);
        rejects(abi.encodeWithSelector(IGrants.VestedFalls.selector, AMOUNT / 2, 0));
        vm.prank(company);
        succession.replace(terms, list, LATER, signature);
        vm.assertEq(grants.claim(terms), AMOUNT / 2);
    }

    // ------------------------------------------------------------------------------------------------- cancellations

    /// @dev Elsewhere a cancellation computed with what was sent instead of what had arrived.
    function test_GivenAFeeOnDeposit_WhenTheGrantEnds_OnlyWhatArrivedIsShared() public {
        OddCoin coin = new OddCoin();
        grants = newGrants(address(coin));
        coin.mint(company, AMOUNT);
        coin.setMood(OddCoin.Mood.Fee, address(0));
        vm.startPrank(company);
        coin.approve(address(grants), AMOUNT);
        uint128 arrived = grants.fund(AMOUNT);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, AMOUNT, arrived));
        grants.commit("root", AMOUNT, 0, 0);
        vm.stopPrank();
        coin.setMood(OddCoin.Mood.Good, address(0));
        IGrants.Terms memory made = plain();
        made.amount = uint104(arrived);
        bytes memory terms = Builders.pack(made);
        promise_(grants.idOf(terms), arrived);
        grants.open(terms, grants.idOf(terms), 0, "");
        vm.warp(T0 + 2 * YEAR);
        end(terms, block.timestamp);
        grants.claim(terms);
        uint128 rest = uint128(free());
        vm.prank(company);
        grants.withdrawFree(company, rest);
        vm.assertEq(coin.balanceOf(address(grants)), 0);
        vm.assertEq(coin.balanceOf(holder), arrived / 2);
    }

    /// @dev Elsewhere a cancellation paid out more than was left after claims.
    function test_GivenClaimsBefore_WhenTheGrantEnds_BothSidesTogetherGetTheAmount(uint256 seed) public {
        (bytes memory terms,) = opened(plain());
        uint256 before = token.balanceOf(company);
        vm.warp(T0 + YEAR + seed % (2 * YEAR));
        grants.claim(terms);
        vm.warp(block.timestamp + (seed >> 64) % YEAR);
        end(terms, block.timestamp - (seed >> 128) % 30 days);
        uint128 rest = uint128(free());
        vm.prank(company);
        grants.withdrawFree(company, rest);
        bytes[] memory list = new bytes[](1);
        list[0] = terms;
        grants.claimMany(list);
        vm.assertEq(token.balanceOf(holder) + token.balanceOf(company) - before, AMOUNT);
        vm.assertEq(token.balanceOf(address(grants)), 0);
    }

    // ------------------------------------------------------------------------------------------------- leftovers

    /// @dev Elsewhere an allowance left behind by a cancelled campaign let a stranger draw the pool dry.
    function test_GivenARoundTakenBack_WhenItsLeavesAreUsed_NothingIsLeftToUse() public {
        bytes memory terms = Builders.pack(plain());
        bytes32 id = grants.idOf(terms);
        pay(AMOUNT);
        // committed and taken back in one block, and its money withdrawn
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IGrants.commit, (id, AMOUNT, 0, T0 + 1));
        calls[1] = abi.encodeCall(IGrants.rescind, (id));
        calls[2] = abi.encodeCall(IGrants.withdrawFree, (company, AMOUNT));
        vm.prank(company);
        grants.multicall(calls);
        pay(AMOUNT); // somebody else's money now
        vm.warp(T0 + 5 * YEAR);
        rejects(abi.encodeWithSelector(IGrants.RoundNotFound.selector, id));
        grants.claimFirst(terms, id, 0, "");
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.RootUsed.selector, id));
        grants.commit(id, AMOUNT, 0, 0);
        address[5] memory everybody = [company, holder, address(succession), address(goals), stranger];
        for (uint256 i; i < everybody.length; ++i) {
            vm.assertEq(token.allowance(address(grants), everybody[i]), 0);
        }
    }

    function test_GivenMoneyFreedInABlock_WhenItIsWithdrawnTwice_TheSecondIsRefused() public {
        (bytes memory terms,) = opened(plain());
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(IGrants.end, (terms, T0, false));
        calls[1] = abi.encodeCall(IGrants.withdrawFree, (company, AMOUNT));
        calls[2] = calls[1];
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, AMOUNT, 0));
        grants.multicall(calls);
    }

    // ------------------------------------------------------------------------------------------------- twice

    /// @dev Elsewhere a claim's record could be closed, and then the claim was made again.
    function test_GivenARecordThatIsOver_WhenItsLeafIsProvenAgain_NothingIsPaidAgain() public {
        (bytes memory settled, bytes32 settledId) = opened(another("settled", holder));
        (bytes memory waived, bytes32 waivedId) = opened(another("waived", holder));
        (bytes memory replaced, bytes32 replacedId) = opened(another("replaced", holder));
        vm.warp(T0 + 4 * YEAR);
        grants.claim(settled);
        grants.settle(settled);
        grants.claim(waived);
        vm.prank(holder);
        grants.waive(waived);
        grants.claim(replaced);
        replaceSigned(replaced, one(plain()));
        uint256 paid = token.balanceOf(holder);
        vm.assertEq(paid, 3 * AMOUNT);
        pay(3 * AMOUNT);
        grants.open(settled, settledId, 0, "");
        grants.open(waived, waivedId, 0, "");
        vm.assertEq(grants.claimFirst(replaced, replacedId, 0, ""), 0);
        bytes memory no = abi.encodeWithSelector(IGrants.NothingClaimable.selector, AMOUNT, AMOUNT, AMOUNT);
        rejects(no);
        grants.claimFirst(settled, settledId, 0, "");
        rejects(no);
        grants.claimFirst(waived, waivedId, 0, "");
        // nor from another round of the same leaf
        bytes32 root = Builders.node(settledId, AMOUNT, "sibling", 1);
        promise_(root, AMOUNT + 1);
        rejects(no);
        grants.claimFirst(settled, root, 0, abi.encodePacked(bytes32("sibling"), uint128(1)));
        vm.assertEq(token.balanceOf(holder), paid);
    }

    // ------------------------------------------------------------------------------------------------- one pool

    /// @dev Elsewhere an owner who cancelled one grant took what the pool held for the others.
    function test_GivenManyInOnePool_WhenOneIsEnded_TheOthersMoneyStays() public {
        (bytes memory leaver,) = opened(another("leaver", stranger));
        (bytes memory first,) = opened(another("first", holder));
        (bytes memory second,) = opened(another("second", heir));
        vm.warp(T0 + YEAR);
        end(leaver, block.timestamp);
        uint128 freed = AMOUNT * 3 / 4;
        vm.startPrank(company);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, freed + 1, freed));
        grants.withdrawFree(company, freed + 1);
        grants.withdrawFree(company, freed);
        vm.stopPrank();
        vm.warp(T0 + 4 * YEAR);
        grants.claim(first);
        grants.claim(second);
        grants.claim(leaver);
        vm.assertEq(token.balanceOf(holder) + token.balanceOf(heir), 2 * AMOUNT);
        vm.assertEq(token.balanceOf(stranger), AMOUNT / 4);
    }

    // ------------------------------------------------------------------------------------------------- the unpayable

    /// @dev Elsewhere one blocked account stopped a payment to everybody.
    function test_GivenABlockedRecipientAmongMany_WhenAllArePaid_OnlyHeWaits() public {
        OddCoin coin = new OddCoin();
        grants = newGrants(address(coin));
        coin.mint(company, 20 * AMOUNT);
        vm.startPrank(company);
        coin.approve(address(grants), 20 * AMOUNT);
        grants.fund(20 * AMOUNT);
        vm.stopPrank();
        bytes[] memory all = new bytes[](20);
        for (uint160 i; i < 20; ++i) {
            all[i] = Builders.pack(another("one of many", address(1000 + i)));
            promise_(grants.idOf(all[i]), AMOUNT);
            grants.open(all[i], grants.idOf(all[i]), 0, "");
        }
        vm.warp(T0 + YEAR);
        coin.setMood(OddCoin.Mood.Refusing, address(1007));
        vm.assertEq(grants.claimMany(all), 19);
        vm.warp(T0 + 2 * YEAR);
        vm.assertEq(grants.claimMany(all), 19);
        coin.setMood(OddCoin.Mood.Good, address(0));
        vm.assertEq(grants.claimMany(all), 1);
        for (uint160 i; i < 20; ++i) {
            vm.assertEq(IERC20(address(coin)).balanceOf(address(1000 + i)), AMOUNT / 2);
        }
    }
}
