// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGoals} from "../../src/interfaces/IGoals.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {Builders} from "../Builders.sol";
import {SuccessionBase} from "../SuccessionBase.t.sol";

/// @notice succeed, setHolder and setRecovering: what Grants itself sees to, whatever Succession asks for.
contract GrantsSucceedTest is SuccessionBase {
    function idAt(IGrants.Terms[] memory list, uint256 i) private view returns (bytes32) {
        return grants.idOf(Builders.pack(list[i]));
    }

    // ------------------------------------------------------------------------------------------------- what it does

    function test_GivenAPaidGrant_WhenSucceeded_OnlyTheFirstTakesOverWhatWasReleased() public {
        IGrants.Terms memory t = plain();
        t.withholdBps = 4000;
        (bytes memory old, bytes32 id) = opened(t);
        vm.warp(T0 + 2 * YEAR);
        uint256 gross = grants.claim(old);
        vm.prank(company);
        grants.lowerWithholding(old, 1000);
        vm.prank(holder);
        grants.holdClaims(old, true);
        IGrants.Terms[] memory list = parts(2);
        (list[0].amount, list[1].amount) = (AMOUNT / 4 * 3, AMOUNT / 4);
        list[0].withholdBps = 2000;
        list[1].withholdBps = 10_000;
        list[1].recipient = heir;
        succeed(old, list);
        vm.assertEq(grants.words(id), OPENED | CLOSED);
        vm.assertEq(grants.words(idAt(list, 0)), gross | OPENED | 2000 << 120);
        vm.assertEq(grants.words(idAt(list, 1)), OPENED | 10_000 << 120);
        bytes[] memory all = packed(list);
        vm.assertEq(vestedOf(all[0]), gross);
        vm.assertEq(vestedOf(all[1]), AMOUNT / 8);
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claim(all[0]), AMOUNT / 4);
    }

    function test_GivenAnUnlockClockBehindWhatWasPaid_WhenClaimed_NothingIsClaimable() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        uint256 gross = grants.claim(old);
        IGrants.Terms[] memory list = one(plain());
        list[0].unlockStart = uint40(block.timestamp);
        list[0].unlock = fourYears();
        succeed(old, list);
        bytes memory next = packed(list)[0];
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, gross, 0, gross));
        grants.claim(next);
        vm.assertEq(released(idAt(list, 0)), gross);
        vm.warp(block.timestamp + 4 * YEAR);
        vm.assertEq(grants.claim(next), AMOUNT - gross);
    }

    function test_GivenAnySince_WhenSucceeded_TheSuccessorsInheritIt() public {
        (bytes memory old, bytes32 id) = opened(plain());
        bytes32 slot = keccak256(abi.encode(id, wordsSlot(id)));
        vm.store(address(grants), slot, bytes32(grants.words(id) | 0xabcd << 136));
        IGrants.Terms[] memory list = parts(2);
        succeed(old, list);
        vm.assertEq(grants.words(idAt(list, 0)), OPENED | 0xabcd << 136);
        vm.assertEq(grants.words(idAt(list, 1)), OPENED | 0xabcd << 136);
    }

    /// @dev Where the words lie, found by looking.
    function wordsSlot(bytes32 id) private view returns (uint256 slot) {
        while (uint256(vm.load(address(grants), keccak256(abi.encode(id, slot)))) != grants.words(id)) ++slot;
    }

    function test_GivenSuccessorsOfTheSameAmount_WhenSucceeded_NothingIsFreed() public {
        (bytes memory old, bytes32 id) = opened(plain());
        IGrants.Terms[] memory list = one(plain());
        vm.expectEmit(address(grants));
        emit IGrants.Succeeded(id, idAt(list, 0), 0, packed(list)[0], 0);
        succeed(old, list);
        vm.assertEq(grants.promised(), AMOUNT);
    }

    function test_GivenLess_WhenSucceeded_TheRestIsFree() public {
        (bytes memory old, bytes32 id) = opened(plain());
        IGrants.Terms[] memory list = one(plain());
        list[0].amount = AMOUNT / 3;
        vm.expectEmit(address(grants));
        emit IGrants.Succeeded(
            id, idAt(list, 0), 0, packed(list)[0], int128(uint128(AMOUNT)) - int128(uint128(AMOUNT / 3))
        );
        succeed(old, list);
        vm.assertEq(grants.promised(), AMOUNT / 3);
        vm.assertEq(free(), AMOUNT - AMOUNT / 3);
    }

    function test_GivenMore_WhenSucceeded_ItMustBeFree() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(2);
        list[1].amount = AMOUNT;
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, AMOUNT / 2, 0));
        succeed(old, list);
        pay(uint128(AMOUNT / 2 - 1));
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, AMOUNT / 2, AMOUNT / 2 - 1));
        succeed(old, list);
        pay(1);
        succeed(old, list);
        vm.assertEq(grants.promised(), AMOUNT + AMOUNT / 2);
        vm.assertEq(free(), 0);
    }

    // ------------------------------------------------------------------------------------------------- every state

    function test_GivenAPausedGrant_WhenSucceeded_TheNewOneRuns() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        vm.prank(company);
        grants.pause(old);
        vm.warp(T0 + 2 * YEAR + 50 days);
        IGrants.Terms[] memory list = one(plain());
        list[0].start = T0 + 50 days; // as if the pause were over
        succeed(old, list);
        vm.assertEq(grants.words(idAt(list, 0)), OPENED);
        vm.assertEq(vestedOf(packed(list)[0]), AMOUNT / 2);
    }

    function test_GivenAnAnnouncedEnd_WhenSucceeded_WhatItWouldHaveFreedMustBeFree() public {
        (bytes memory old,) = opened(plain());
        vm.prank(company);
        grants.end(old, T0 + uint40(YEAR), false);
        vm.assertEq(grants.promised(), AMOUNT / 4);
        vm.prank(company);
        grants.withdrawFree(company, uint128(AMOUNT * 3 / 4));
        rejects(abi.encodeWithSelector(IGrants.NotFreeEnough.selector, AMOUNT * 3 / 4, 0));
        succeed(old, one(plain()));
        pay(uint128(AMOUNT * 3 / 4));
        succeed(old, one(plain()));
        vm.assertEq(grants.promised(), AMOUNT);
        vm.assertEq(flagsOf(idAt(one(plain()), 0)), OPENED);
    }

    function test_GivenAnEndedGrant_WhenSucceeded_TheNewOneIsNot() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        vm.prank(company);
        grants.end(old, T0 + 2 * uint40(YEAR), false);
        IGrants.Terms[] memory list = one(plain());
        list[0].amount = AMOUNT / 2;
        rejects(abi.encodeWithSelector(IGrants.VestedFalls.selector, AMOUNT / 2, AMOUNT / 4));
        succeed(old, list);
        list[0].vesting = new IGrants.Segment[](1);
        list[0].vesting[0] = IGrants.Segment(0, 1e9, 1);
        succeed(old, list);
        vm.assertEq(vestedOf(packed(list)[0]), AMOUNT / 2);
        vm.assertEq(grants.promised(), AMOUNT / 2);
    }

    function test_GivenASettledGrant_WhenSucceeded_ItsValueIsWhatMayNotFall() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        vm.prank(holder);
        grants.waive(old);
        vm.assertEq(heldOf(old), AMOUNT / 2);
        pay(uint128(AMOUNT));
        vm.warp(T0 + 3 * YEAR);
        IGrants.Terms[] memory list = parts(4); // each with three quarters of a quarter
        succeed(old, list);
        vm.assertEq(grants.promised(), AMOUNT);
        vm.assertEq(vestedOf(packed(list)[3]), AMOUNT / 16 * 3);
    }

    function test_GivenAMovedOrRecoveringGrant_WhenSucceeded_NeitherIsCarried() public {
        (bytes memory old, bytes32 id) = opened(plain());
        vm.prank(holder);
        succession.move(old, heir);
        announce(old, stranger);
        IGrants.Terms[] memory list = one(plain());
        succeed(old, list);
        vm.assertEq(grants.words(idAt(list, 0)), OPENED);
        vm.assertEq(grants.holderOf(packed(list)[0]), holder);
        vm.assertEq(grants.words(id), OPENED | CLOSED);
    }

    function test_GivenASuccessor_WhenSucceededAgain_TheChainGoesOn() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        uint256 gross = grants.claim(old);
        IGrants.Terms[] memory list = parts(2);
        succeed(old, list);
        bytes memory first = packed(list)[0];
        list = one(plain());
        list[0].amount = AMOUNT / 2;
        succeed(first, list);
        vm.assertEq(grants.words(idAt(list, 0)), gross | OPENED);
        vm.assertEq(grants.promised(), AMOUNT);
        vm.prank(company);
        grants.end(packed(list)[0], T0 + 2 * uint40(YEAR), false);
        vm.assertEq(grants.promised(), AMOUNT);
    }

    // ------------------------------------------------------------------------------------------------- closed for good

    function test_GivenAReplacedGrant_WhenAnythingIsAsked_Reverts() public {
        (bytes memory old, bytes32 id) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        succeed(old, parts(1));
        bytes[8] memory calls;
        calls[0] = abi.encodeCall(IGrants.claim, (old));
        calls[1] = abi.encodeCall(IGrants.end, (old, 0, false));
        calls[2] = abi.encodeCall(IGrants.pause, (old));
        calls[3] = abi.encodeCall(IGrants.accelerate, (old, 1));
        calls[4] = abi.encodeCall(IGrants.settle, (old));
        calls[5] = abi.encodeCall(IGrants.waive, (old));
        calls[6] = abi.encodeCall(IGrants.lowerWithholding, (old, 0));
        calls[7] = abi.encodeCall(IGrants.amounts, (old));
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(company);
            (bool ok, bytes memory answer) = address(grants).call(calls[i]);
            vm.assertFalse(ok);
            vm.assertEq(answer, abi.encodeWithSelector(IGrants.IsClosed.selector, id));
        }
        bytes[] memory all = new bytes[](1);
        all[0] = old;
        vm.assertEq(grants.claimMany(all), 0);
        vm.assertEq(grants.claimFirst(old, id, 0, ""), 0);
        grants.open(old, id, 0, "");
        vm.assertEq(grants.words(id), OPENED | CLOSED);
        vm.assertEq(token.balanceOf(holder), 0);
    }

    // ------------------------------------------------------------------------------------------------- refusals

    function test_GivenNotSuccession_WhenCalled_Reverts() public {
        (bytes memory old,) = opened(plain());
        bytes memory answer = abi.encodeWithSelector(IGrants.NotSuccession.selector, company);
        rejects(answer);
        vm.prank(company);
        grants.succeed(old, packed(parts(1)));
        rejects(answer);
        vm.prank(company);
        grants.setHolder(old, company);
        rejects(answer);
        vm.prank(company);
        grants.setRecovering(old, true);
    }

    function test_GivenAnUnopenedOrClosedGrant_WhenSucceeded_Reverts() public {
        bytes memory old = Builders.pack(plain());
        bytes32 id = grants.idOf(old);
        rejects(abi.encodeWithSelector(IGrants.NotOpened.selector, id));
        succeed(old, parts(1));
        opened(plain());
        succeed(old, parts(1));
        rejects(abi.encodeWithSelector(IGrants.IsClosed.selector, id));
        succeed(old, parts(1));
    }

    function test_GivenTermsThatCannotBeOpened_WhenSucceeded_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms memory t = plain();
        bytes[] memory all = new bytes[](2);
        for (uint256 rule; rule < 8; ++rule) {
            t = plain();
            if (rule == 0) t.recipient = address(0);
            if (rule == 1) t.recipient = address(grants);
            if (rule == 2) t.recipient = address(token);
            if (rule == 3) t.amount = 0;
            if (rule == 4) t.powers = 8;
            if (rule == 5) t.withholdBps = 10_001;
            if (rule == 6) t.backdateSeconds = 366 days + 1;
            if (rule == 7) t.vesting[1].cumulative = 999_999_999;
            (all[0], all[1]) = (Builders.pack(parts(1)[0]), Builders.pack(t));
            vm.assertTrue(succession.isValid(all[0]));
            vm.assertFalse(succession.isValid(all[1]));
            rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
            vm.prank(address(succession));
            grants.succeed(old, all);
        }
        (all[0], all[1]) = ("", "");
        rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
        vm.prank(address(succession));
        grants.succeed(old, all);
    }

    function test_GivenAnUndefinedGoal_WhenSucceeded_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = one(gated("nobody's goal", 1e8, 0));
        rejects(abi.encodeWithSelector(IGrants.GoalNotDefined.selector, bytes32("nobody's goal")));
        succeed(old, list);
        list = one(gated("nobody's goal", 0, 0)); // a share of nothing, of which no payment asks
        rejects(abi.encodeWithSelector(IGrants.GoalNotDefined.selector, bytes32("nobody's goal")));
        succeed(old, list);
        IGoals.Goal memory goal = milestone();
        list = one(gated(defined(goal), 1e8, 0));
        succeed(old, list);
    }

    function test_GivenItselfOrTheSameTwice_WhenSucceeded_Reverts() public {
        (bytes memory old, bytes32 id) = opened(plain());
        IGrants.Terms[] memory list = new IGrants.Terms[](1);
        list[0] = plain();
        rejects(abi.encodeWithSelector(IGrants.AlreadyOpened.selector, id));
        succeed(old, list);
        list = parts(3);
        list[2] = list[0];
        rejects(abi.encodeWithSelector(IGrants.AlreadyOpened.selector, idAt(list, 0)));
        succeed(old, list);
    }

    function test_GivenAnIdThatWasOpenedOrClosed_WhenSucceeded_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = one(plain());
        opened(list[0]);
        rejects(abi.encodeWithSelector(IGrants.AlreadyOpened.selector, idAt(list, 0)));
        succeed(old, list);
        IGrants.Terms[] memory others = parts(1);
        succeed(Builders.pack(list[0]), others); // and now that one is closed
        rejects(abi.encodeWithSelector(IGrants.AlreadyOpened.selector, idAt(list, 0)));
        succeed(old, list);
    }

    /// @dev Said in the interface: a round's promise for an id that is opened as a successor is locked for ever.
    function test_GivenAnIdUnopenedInARound_WhenSucceeded_TheRoundsAmountStaysLocked() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = one(plain());
        bytes32 id = idAt(list, 0);
        pay(AMOUNT);
        promise_(id, AMOUNT);
        succeed(old, list);
        vm.assertEq(grants.promised(), 2 * AMOUNT);
        vm.recordLogs();
        grants.open(packed(list)[0], id, 0, "");
        vm.assertEq(vm.getRecordedLogs().length, 0);
        vm.warp(T0 + 4 * YEAR);
        vm.assertEq(grants.claimFirst(packed(list)[0], id, 0, ""), AMOUNT);
        vm.assertEq(grants.promised(), 2 * AMOUNT);
        vm.assertEq(free(), 0);
        vm.assertEq(token.balanceOf(address(grants)), AMOUNT);
    }

    function test_GivenAFirstAmountBelowTheReleased_WhenSucceeded_Reverts() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        uint256 gross = grants.claim(old);
        IGrants.Terms[] memory list = parts(2);
        list[0].amount = uint104(gross - 1);
        rejects(abi.encodeWithSelector(IGrants.OutOfRange.selector, gross - 1, gross));
        succeed(old, list);
        list[0].amount = uint104(gross);
        list[1].amount = 1; // later ones inherit nothing, so they may be as small as they like
        succeed(old, list);
        rejects(abi.encodeWithSelector(IGrants.NothingClaimable.selector, gross, gross, gross));
        grants.claim(packed(list)[0]);
    }

    function test_GivenLessVested_WhenSucceeded_Reverts() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        IGrants.Terms[] memory list = parts(2);
        list[1].start += 40 days; // a step of a month later
        // 690 days: the cliff's quarter, and 10 of 36 months of the rest
        uint256 less = uint256(AMOUNT) / 4 + uint256(AMOUNT) / 2 * 458_333_333 / 1e9;
        rejects(abi.encodeWithSelector(IGrants.VestedFalls.selector, AMOUNT / 2, less));
        succeed(old, list);
        list[1].start = T0;
        succeed(old, list); // to the unit
    }

    /// @dev Each part is rounded down, so each after the first may cost one unit, and not one more.
    function test_GivenPartsRoundedDown_WhenSucceeded_EachAfterTheFirstMayCostAUnit() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        IGrants.Terms[] memory list = one(plain());
        list[0].amount = AMOUNT - 1; // half of it is half a unit less, and so a whole one
        rejects(abi.encodeWithSelector(IGrants.VestedFalls.selector, AMOUNT / 2, AMOUNT / 2 - 1));
        succeed(old, list);
        list = parts(3);
        list[2].amount -= 5;
        rejects(abi.encodeWithSelector(IGrants.VestedFalls.selector, AMOUNT / 2, AMOUNT / 2 - 3));
        succeed(old, list);
        list[2].amount += 1;
        succeed(old, list);
        vm.assertEq(vestedOf(packed(list)[2]), AMOUNT / 6 - 2);
    }

    // ------------------------------------------------------------------------------------------------- who was paid

    function test_GivenAPaidGrant_WhenTheFirstIsNotTheHolders_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(2);
        list[0].recipient = heir;
        vm.warp(T0 + 2 * YEAR);
        grants.claim(old);
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, heir, holder));
        succeed(old, list);
        (list[0].recipient, list[1].recipient) = (holder, heir);
        succeed(old, list);
        vm.assertEq(released(idAt(list, 0)), AMOUNT / 2);
        vm.assertEq(released(idAt(list, 1)), 0);
    }

    /// @dev Who took the grant over took over what was paid: the first is his, and no longer the first recipient's.
    function test_GivenAPaidAndMovedGrant_WhenSucceeded_TheFirstIsThePresentHolders() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        grants.claim(old);
        vm.prank(address(succession));
        grants.setHolder(old, heir);
        IGrants.Terms[] memory list = one(plain());
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, holder, heir));
        succeed(old, list);
        list[0].recipient = heir;
        succeed(old, list);
        vm.assertEq(released(idAt(list, 0)), AMOUNT / 2);
    }

    function test_GivenNothingPaid_WhenSucceeded_AnyMayBeTheFirst() public {
        (bytes memory old,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        IGrants.Terms[] memory list = one(plain());
        list[0].recipient = heir;
        succeed(old, list);
        grants.claim(packed(list)[0]);
        vm.assertEq(token.balanceOf(heir), AMOUNT / 2);
    }

    /// @dev A gate that is shut for the new, and was open for the old, lowers what is vested.
    function test_GivenAShutGate_WhenSucceeded_WhatItTakesBackIsRefused() public {
        bytes32 goal = defined(milestone());
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = one(gated(goal, 4e8, 0));
        succeed(old, list); // nothing vested yet, nothing lost
        (old,) = opened(plain2());
        vm.warp(T0 + 2 * YEAR);
        list = one(gated(goal, 4e8, 0));
        list[0].document = "third";
        rejects(abi.encodeWithSelector(IGrants.VestedFalls.selector, AMOUNT / 2, AMOUNT / 2 * 6 / 10));
        succeed(old, list);
    }

    function plain2() private view returns (IGrants.Terms memory t) {
        t = plain();
        t.document = "second";
    }
}
