// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ChangeBase} from "../ChangeBase.t.sol";

/// @notice pause, resume, accelerate, settle, waive, lowerWithholding: what else may change a grant.
contract GrantsChangeTest is ChangeBase {
    // ------------------------------------------------------------------------------------------------- pause, resume

    function test_Pause_StopsTheClock() public {
        begin(plain());
        vm.warp(T0 + YEAR);
        vm.expectEmit(address(grants));
        emit IGrants.Paused(id, T0 + uint40(YEAR));
        vm.prank(company);
        grants.pause(packed);
        vm.assertEq(grants.words(id), OPENED | PAUSED | (T0 + YEAR) << 152);
        vm.warp(T0 + YEAR + 50 days);
        vm.assertEq(vested(), AMOUNT / 4);
        vm.assertEq(grants.claim(packed), AMOUNT / 4); // pays to the stop
        vm.expectEmit(address(grants));
        emit IGrants.Resumed(id, 50 days);
        vm.prank(company);
        grants.resume(packed);
        vm.assertEq(grants.words(id) - released(id), OPENED | uint256(50 days) << 224);
        vm.warp(T0 + 4 * YEAR + 50 days - 1);
        vm.assertLt(vested(), AMOUNT);
        vm.warp(T0 + 4 * YEAR + 50 days);
        vm.assertEq(vested(), AMOUNT);
    }

    function test_Pause_ThatUsedUpItsTime_EndsByItself() public {
        begin(plain());
        vm.warp(T0 + YEAR);
        vm.prank(company);
        grants.pause(packed);
        vm.warp(T0 + 2 * YEAR + 100 days);
        vm.assertEq(vested(), AMOUNT / 2);
        vm.prank(company);
        grants.resume(packed);
        vm.assertEq(vested(), AMOUNT / 2);
        vm.assertEq(grants.words(id) >> 224, 100 days);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.OutOfRange.selector, 100 days, 100 days));
        grants.pause(packed);
    }

    function test_Pause_AfterAnother_HasOnlyTheTimeThatIsLeft() public {
        begin(plain());
        vm.warp(T0 + YEAR);
        vm.prank(company);
        grants.pause(packed);
        vm.warp(T0 + YEAR + 60 days);
        vm.startPrank(company);
        grants.resume(packed);
        grants.pause(packed); // 40 of 100 days are left
        vm.warp(T0 + 2 * YEAR + 100 days);
        vm.assertEq(vested(), AMOUNT / 2);
        grants.resume(packed);
        vm.assertEq(vested(), AMOUNT / 2);
        vm.assertEq(grants.words(id) >> 224, 100 days);
    }

    function test_Pause_NeverTwiceNorDuringNotice() public {
        begin(plain());
        vm.prank(company);
        grants.pause(packed);
        rejectsState(1 | 4);
        grants.pause(packed);
        end(T0 + 100, false);
        rejectsState(1 | 8);
        grants.pause(packed);
        rejectsState(1 | 8);
        grants.resume(packed);
    }

    // ------------------------------------------------------------------------------------------------- accelerate

    function test_Accelerate_AdvancesTheClock() public {
        begin(plain());
        vm.warp(T0 + YEAR);
        vm.expectEmit(address(grants));
        emit IGrants.Accelerated(id, uint32(YEAR), 0);
        vm.prank(company);
        grants.accelerate(packed, uint32(YEAR));
        vm.assertEq(vested(), AMOUNT / 2);
        vm.assertEq(grants.words(id), OPENED | uint256(YEAR) << 192);
        vm.prank(company);
        grants.accelerate(packed, uint32(YEAR));
        vm.assertEq(grants.words(id), OPENED | uint256(2 * YEAR) << 192);
        vm.prank(company);
        grants.accelerate(packed, type(uint32).max);
        vm.assertEq(grants.words(id), OPENED | uint256(type(uint32).max) << 192);
        vm.assertEq(vested(), AMOUNT);
    }

    function test_Accelerate_AnEndedGrant_NeedsFreeMoney() public {
        begin(plain());
        vm.warp(T0 + 2 * YEAR);
        end(uint40(block.timestamp), false);
        vm.prank(company);
        grants.withdrawFree(company, AMOUNT / 4);
        vm.expectEmit(address(grants));
        emit IGrants.Accelerated(id, uint32(YEAR), -int128(uint128(AMOUNT / 4)));
        vm.prank(company);
        grants.accelerate(packed, uint32(YEAR));
        vm.assertEq(vested(), AMOUNT * 3 / 4);
        vm.prank(company);
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, AMOUNT / 4, 0));
        grants.accelerate(packed, uint32(YEAR));
    }

    // ------------------------------------------------------------------------------------------------- settle, waive

    function test_Settle_OnceVestedInFull_FixesTheValue() public {
        IGrants.Terms memory terms = plain();
        terms.withholdBps = 77;
        begin(terms);
        vm.warp(T0 + 4 * YEAR - 1);
        (uint256 timePpb,,,,,) = grants.amounts(packed);
        rejects(abi.encodeWithSelector(IGrants.NotFullyVested.selector, timePpb));
        grants.settle(packed);
        vm.warp(T0 + 4 * YEAR);
        vm.expectEmit(address(grants));
        emit IGrants.Settled(id, AMOUNT, 0);
        vm.prank(stranger);
        grants.settle(packed);
        vm.assertEq(grants.words(id), OPENED | SETTLED | uint256(77) << 120 | uint256(AMOUNT) << 152);
        settledForGood();
        vm.assertEq(grants.claim(packed), AMOUNT);
    }

    function test_Settle_InTheSecondOfAPause_IsNotHindered() public {
        begin(plain());
        vm.warp(T0 + 4 * YEAR);
        vm.prank(company);
        grants.pause(packed);
        grants.settle(packed); // a pause is no end, whose second must be over
        vm.assertEq(grants.words(id), OPENED | SETTLED | uint256(AMOUNT) << 152);
    }

    function settledForGood() private {
        uint256 flags = uint16(grants.words(id) >> 104);
        rejectsState(flags);
        grants.end(packed, uint40(block.timestamp), false);
        rejectsState(flags);
        grants.pause(packed);
        rejectsState(flags);
        grants.resume(packed);
        rejectsState(flags);
        grants.accelerate(packed, 1);
        rejectsState(flags);
        grants.settle(packed);
        rejectsState(flags);
        grants.waive(packed);
    }

    function test_Settle_AnEndedGrant_FreesWhatGatesKeptShut() public {
        IGoals.Goal memory goal = proportion();
        begin(gated(defined(goal), 4e8, 0));
        vm.warp(T0 + 2 * YEAR);
        end(uint40(block.timestamp), false);
        vm.warp(block.timestamp + 1);
        rejects(abi.encodeWithSelector(IGrants.GoalNotFinal.selector, goals.goalId(goal)));
        grants.settle(packed);
        vm.warp(uint256(goal.closes) + 1);
        goals.close(goal);
        uint128 value = uint128(uint256(AMOUNT) * 3 / 10);
        vm.expectEmit(address(grants));
        emit IGrants.Settled(id, value, uint128(AMOUNT / 2) - value);
        grants.settle(packed);
        vm.assertEq(held(), value);
        vm.assertEq(grants.claim(packed), value);
    }

    function test_Settle_BeforeTheSecondOfTheEndIsOver_Reverts() public {
        begin(plain());
        end(T0 + 100, false);
        rejects(abi.encodeWithSelector(IGrants.NotYet.selector, T0 + 101));
        grants.settle(packed);
        vm.warp(T0 + 100); // a result registered in this second would still count
        rejects(abi.encodeWithSelector(IGrants.NotYet.selector, T0 + 101));
        grants.settle(packed);
        vm.warp(T0 + 101);
        grants.settle(packed);
        vm.assertEq(free(), AMOUNT);
    }

    function test_Settle_StillObeysTheUnlockClock() public {
        IGrants.Terms memory terms = plain();
        terms.unlockStart = T0 + uint40(8 * YEAR);
        terms.unlock = new IGrants.Segment[](1);
        terms.unlock[0] = IGrants.Segment(1000, 1e9, 0);
        begin(terms);
        vm.warp(T0 + 4 * YEAR);
        grants.settle(packed);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, AMOUNT, 0, 0));
        grants.claim(packed);
        vm.warp(T0 + 8 * YEAR + 500);
        vm.assertEq(grants.claim(packed), AMOUNT / 2);
    }

    function test_Waive_GivesUpWhatIsNotVested() public {
        begin(plain());
        vm.warp(T0 + YEAR);
        grants.claim(packed);
        vm.warp(T0 + 2 * YEAR);
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, company, holder));
        vm.prank(company);
        grants.waive(packed);
        vm.expectEmit(address(grants));
        emit IGrants.Waived(id, AMOUNT / 2, AMOUNT / 2);
        vm.prank(holder);
        grants.waive(packed);
        vm.assertEq(free(), AMOUNT / 2);
        vm.warp(T0 + 9 * YEAR);
        vm.assertEq(grants.claim(packed), AMOUNT / 4);
        settledForGood();
    }

    function test_Waive_WhilePausedOrDuringNotice_ClearsBoth() public {
        begin(plain());
        vm.warp(T0 + 2 * YEAR);
        vm.prank(company);
        grants.pause(packed);
        vm.prank(holder);
        grants.holdClaims(packed, true);
        vm.prank(holder);
        grants.waive(packed);
        vm.assertEq(grants.words(id), OPENED | SETTLED | HOLDER_ONLY | uint256(AMOUNT / 2) << 152);

        IGrants.Terms memory terms = plain();
        terms.document = "second";
        begin(terms);
        end(T0 + uint40(3 * YEAR), true);
        vm.prank(holder);
        grants.waive(packed);
        vm.assertEq(grants.words(id), OPENED | SETTLED | uint256(AMOUNT / 2) << 152);
        vm.assertEq(free(), AMOUNT);
    }

    // ------------------------------------------------------------------------------------------------- withholding

    function test_LowerWithholding_OnlyLowers() public {
        IGrants.Terms memory terms = plain();
        terms.withholdBps = 4000;
        begin(terms);
        vm.expectEmit(address(grants));
        emit IGrants.WithholdingLowered(id, 3000);
        vm.prank(company);
        grants.lowerWithholding(packed, 3000);
        vm.assertEq(grants.words(id), OPENED | uint256(3000) << 120);
        vm.startPrank(company);
        rejects(abi.encodeWithSelector(IGrants.OutOfRange.selector, 3000, 3000));
        grants.lowerWithholding(packed, 3000);
        vm.stopPrank();
        vm.warp(T0 + 4 * YEAR);
        grants.settle(packed);
        vm.prank(company);
        grants.lowerWithholding(packed, 0);
        grants.claim(packed);
        vm.assertEq(token.balanceOf(holder), AMOUNT);
    }
}
