// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {Builders} from "../Builders.sol";
import {SuccessionBase} from "../SuccessionBase.t.sol";

/// @notice Recovery of a lost key: announced, executed, vetoed, lapsed.
contract SuccessionRecoveryTest is SuccessionBase {
    bytes private terms;
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        (terms, id) = opened(plain());
    }

    function noRecovery() private {
        rejects(abi.encodeWithSelector(ISuccession.NoRecovery.selector, id));
    }

    // ------------------------------------------------------------------------------------------------- announce

    function test_GivenTheCompany_WhenItAnnounces_OnlyTheHoldersOwnCallIsPaid() public {
        vm.expectEmit(address(succession));
        emit ISuccession.RecoveryAnnounced(id, heir, T0);
        vm.expectEmit(address(grants));
        emit IGrants.RecoveringSet(id, true);
        announce(terms, heir);
        requireRecovery(id, heir, T0, 0);
        vm.assertEq(grants.words(id), OPENED | RECOVERING);
        vm.warp(T0 + 2 * YEAR);
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, keeper, holder));
        vm.prank(keeper);
        grants.claim(terms);
        bytes[] memory all = new bytes[](1);
        all[0] = terms;
        vm.prank(keeper);
        vm.assertEq(grants.claimMany(all), 0);
        vm.prank(holder);
        vm.assertEq(grants.claim(terms), AMOUNT / 2);
    }

    function test_GivenNoPower_WhenAnnounced_Reverts() public {
        IGrants.Terms memory t = plain();
        t.powers = 3;
        (bytes memory other,) = opened(t);
        refuses(ISuccession.NoPower.selector, 4);
        announce(other, heir);
    }

    function test_GivenWhomNobodyCanPay_WhenAnnounced_Reverts() public {
        address[3] memory nobody = [address(0), address(grants), address(token)];
        for (uint256 i; i < nobody.length; ++i) {
            rejects(abi.encodeWithSelector(ISuccession.NotPayable.selector, nobody[i]));
            announce(terms, nobody[i]);
        }
    }

    function test_GivenNoRole_WhenAnnouncedOrExecuted_Reverts() public {
        rejects(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        succession.announceRecovery(terms, stranger);
        announce(terms, heir);
        vm.warp(T0 + 30 days);
        rejects(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, heir));
        vm.prank(heir);
        succession.executeRecovery(terms, heir);
    }

    function test_GivenAnUnopenedOrClosedGrant_WhenAnnounced_Reverts() public {
        IGrants.Terms memory t = plain();
        t.document = "never opened";
        bytes memory other = Builders.pack(t);
        rejects(abi.encodeWithSelector(IGrants.NotOpened.selector, grants.idOf(other)));
        announce(other, heir);
        succeed(terms, parts(1));
        rejects(abi.encodeWithSelector(IGrants.IsClosed.selector, id));
        announce(terms, heir);
    }

    function test_GivenAStandingRecovery_WhenAnnouncedAgain_Reverts() public {
        announce(terms, heir);
        refuses(ISuccession.RecoveryOpen.selector, T0 + 60 days);
        announce(terms, stranger);
        vm.warp(T0 + 61 days); // lapsed, and yet it stands until it is cleared
        refuses(ISuccession.RecoveryOpen.selector, T0 + 60 days);
        announce(terms, stranger);
        succession.clearRecovery(terms);
        announce(terms, stranger);
        requireRecovery(id, stranger, T0 + 61 days, 0);
    }

    // ------------------------------------------------------------------------------------------------- execute

    function test_GivenThirtyDays_WhenExecuted_TheOtherHoldsIt() public {
        announce(terms, heir);
        vm.warp(T0 + 30 days - 1);
        refuses(ISuccession.NotYet.selector, T0 + 30 days);
        execute(terms, heir);
        vm.warp(T0 + 30 days);
        vm.expectEmit(address(succession));
        emit ISuccession.RecoveryExecuted(id, heir);
        vm.expectEmit(address(grants));
        emit IGrants.HolderChanged(id, heir);
        execute(terms, heir);
        requireRecovery(id, address(0), 0, 0);
        vm.assertEq(grants.words(id), OPENED | MOVED);
        vm.assertEq(grants.holderOf(terms), heir);
        vm.warp(T0 + 2 * YEAR);
        grants.claim(terms);
        vm.assertEq(token.balanceOf(heir), AMOUNT / 2);
        noRecovery();
        execute(terms, heir);
    }

    function test_GivenSixtyDays_WhenExecuted_ItIsTheLastSecond() public {
        announce(terms, heir);
        vm.warp(T0 + 60 days + 1);
        refuses(ISuccession.TooLate.selector, T0 + 60 days);
        execute(terms, heir);
        vm.warp(T0 + 60 days);
        execute(terms, heir);
        vm.assertEq(grants.holderOf(terms), heir);
    }

    function test_GivenAnotherAccount_WhenExecuted_Reverts() public {
        announce(terms, heir);
        vm.warp(T0 + 30 days);
        noRecovery();
        execute(terms, stranger);
        noRecovery();
        execute(terms, address(0));
    }

    function test_GivenNoRecovery_WhenExecuted_Reverts() public {
        noRecovery();
        execute(terms, address(0));
        noRecovery();
        execute(terms, heir);
    }

    function test_GivenHeldClaims_WhenExecuted_TheyStayHeld() public {
        vm.prank(holder);
        grants.holdClaims(terms, true);
        announce(terms, heir);
        vm.assertEq(flagsOf(id), OPENED | HOLDER_ONLY | RECOVERING);
        vm.warp(T0 + 30 days);
        execute(terms, heir);
        vm.assertEq(flagsOf(id), OPENED | HOLDER_ONLY | MOVED);
    }

    /// @dev Neither an end, a pause, a settlement nor a waiver changes who may recover.
    function test_GivenChangesMeanwhile_WhenExecuted_OnlyTheHolderChanges() public {
        announce(terms, heir);
        vm.warp(T0 + 30 days);
        vm.prank(company);
        grants.pause(terms);
        vm.prank(company);
        grants.end(terms, T0 + 31 days, true);
        vm.prank(holder);
        grants.waive(terms);
        uint256 word = grants.words(id);
        execute(terms, heir);
        vm.assertEq(grants.words(id), (word | MOVED) & ~RECOVERING);
        vm.assertEq(grants.words(id) & SETTLED, SETTLED);
    }

    // ------------------------------------------------------------------------------------------------- veto

    function test_GivenTheHolder_WhenHeVetoes_ItIsOver_AndNoneForNinetyDays() public {
        announce(terms, heir);
        vm.warp(T0 + 59 days);
        vm.expectEmit(address(succession));
        emit ISuccession.RecoveryVetoed(id, T0 + 59 days);
        vm.expectEmit(address(grants));
        emit IGrants.RecoveringSet(id, false);
        veto(terms);
        requireRecovery(id, address(0), 0, T0 + 59 days);
        vm.assertEq(grants.words(id), OPENED);
        noRecovery();
        execute(terms, heir);
        vm.warp(T0 + 149 days - 1);
        refuses(ISuccession.NotYet.selector, T0 + 149 days);
        announce(terms, heir);
        vm.warp(T0 + 149 days);
        announce(terms, heir);
        requireRecovery(id, heir, T0 + 149 days, 0);
    }

    function test_GivenALapsedRecovery_WhenTheHolderVetoes_NoneForNinetyDays() public {
        announce(terms, heir);
        vm.warp(T0 + 100 days);
        veto(terms);
        refuses(ISuccession.NotYet.selector, T0 + 190 days);
        announce(terms, heir);
    }

    function test_GivenNotTheHolder_WhenVetoed_Reverts() public {
        announce(terms, heir);
        rejects(abi.encodeWithSelector(ISuccession.NotHolder.selector, heir, holder));
        vm.prank(heir);
        succession.veto(terms);
    }

    function test_GivenNoRecovery_WhenVetoed_Reverts() public {
        noRecovery();
        veto(terms);
        announce(terms, heir);
        veto(terms);
        noRecovery();
        veto(terms);
    }

    function test_GivenAnUnopenedGrant_WhenVetoed_Reverts() public {
        IGrants.Terms memory t = plain();
        t.document = "never opened";
        bytes memory other = Builders.pack(t);
        rejects(abi.encodeWithSelector(IGrants.NotOpened.selector, grants.idOf(other)));
        veto(other);
    }

    function test_GivenARecovery_WhenTheHolderMoves_ItIsOver_AndTheNewHolderIsSafeFromIt() public {
        announce(terms, heir);
        vm.warp(T0 + 29 days);
        vm.expectEmit(address(succession));
        emit ISuccession.RecoveryVetoed(id, T0 + 29 days);
        vm.expectEmit(address(succession));
        emit ISuccession.Moved(id, holder, stranger);
        vm.prank(holder);
        succession.move(terms, stranger);
        vm.assertEq(grants.words(id), OPENED | MOVED);
        requireRecovery(id, address(0), 0, T0 + 29 days);
        vm.warp(T0 + 30 days);
        noRecovery();
        execute(terms, heir);
        refuses(ISuccession.NotYet.selector, T0 + 119 days);
        announce(terms, heir);
    }

    // ------------------------------------------------------------------------------------------------- clear

    function test_GivenALapsedRecovery_WhenAnyoneClears_ItIsAsIfThereHadBeenNone() public {
        announce(terms, heir);
        vm.warp(T0 + 60 days);
        refuses(ISuccession.NotYet.selector, T0 + 60 days + 1);
        succession.clearRecovery(terms);
        vm.warp(T0 + 60 days + 1);
        vm.expectEmit(address(succession));
        emit ISuccession.RecoveryLapsed(id);
        vm.expectEmit(address(grants));
        emit IGrants.RecoveringSet(id, false);
        vm.prank(stranger);
        succession.clearRecovery(terms);
        requireRecovery(id, address(0), 0, 0);
        vm.assertEq(grants.words(id), OPENED);
    }

    function test_GivenNoRecovery_WhenCleared_Reverts() public {
        noRecovery();
        succession.clearRecovery(terms);
        announce(terms, heir);
        veto(terms);
        vm.warp(T0 + 200 days);
        noRecovery();
        succession.clearRecovery(terms);
    }
}
