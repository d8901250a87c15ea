// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {Builders} from "../Builders.sol";
import {SuccessionBase} from "../SuccessionBase.t.sol";
import {Wallet} from "../mocks/Wallet.sol";

/// @notice replace: who must agree, to what, and how long the agreement lasts.
contract SuccessionReplaceTest is SuccessionBase {
    uint256 private constant STRANGER_KEY = 0x57a;
    uint256 private constant CURVE = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;

    function bad(address who) private {
        rejects(abi.encodeWithSelector(ISuccession.BadSignature.selector, who));
    }

    // ------------------------------------------------------------------------------------------------- it works

    function test_GivenTheHoldersSignature_WhenReplaced_TheSuccessorsTakeThePlace() public {
        (bytes memory old, bytes32 id) = opened(plain());
        IGrants.Terms[] memory list = parts(2);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        bytes[] memory all = packed(list);
        vm.expectEmit(address(succession));
        emit ISuccession.Replaced(id, holder, 2);
        vm.expectEmit(address(grants));
        emit IGrants.Succeeded(id, grants.idOf(all[0]), 0, all[0], int128(uint128(AMOUNT / 2)));
        vm.expectEmit(address(grants));
        emit IGrants.Succeeded(id, grants.idOf(all[1]), 1, all[1], -int128(uint128(AMOUNT / 2)));
        replace(old, list, signature);
        vm.assertEq(grants.words(id), OPENED | CLOSED);
        vm.assertEq(grants.words(grants.idOf(all[0])), OPENED);
        vm.assertEq(grants.words(grants.idOf(all[1])), OPENED);
        vm.assertEq(grants.promised(), AMOUNT);
    }

    function test_GivenTheDeadlinesSecond_WhenReplaced_ItIsInTime_AndASecondLaterNot() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        vm.warp(LATER + 1);
        refuses(ISuccession.TooLate.selector, LATER);
        replace(old, list, signature);
        vm.warp(LATER);
        replace(old, list, signature);
    }

    function test_GivenEightSuccessors_WhenReplaced_AllAreOpen() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(8);
        replaceSigned(old, list);
        for (uint256 i; i < 8; ++i) {
            vm.assertEq(grants.words(grants.idOf(Builders.pack(list[i]))), OPENED);
        }
    }

    function test_GivenAPaymentSinceTheSignature_WhenReplaced_ItIsStillGood() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        vm.warp(T0 + 2 * YEAR);
        uint256 gross = grants.claim(old);
        replace(old, list, signature);
        vm.assertEq(released(grants.idOf(packed(list)[0])), gross);
    }

    function test_GivenAMovedGrant_WhenReplaced_ThePresentHolderSigns() public {
        (bytes memory old, bytes32 id) = opened(plain());
        vm.prank(holder);
        succession.move(old, vm.addr(0xe1e));
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        bad(heir);
        replace(old, list, signature);
        signature = agreed(0xe1e, old, list);
        vm.expectEmit(address(succession));
        emit ISuccession.Replaced(id, heir, 1);
        replace(old, list, signature);
        vm.assertEq(grants.holderOf(packed(list)[0]), holder); // as its own terms say
    }

    function test_GivenAStandingRecovery_WhenReplaced_ItIsCancelled() public {
        (bytes memory old, bytes32 id) = opened(plain());
        announce(old, heir);
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        vm.warp(T0 + 40 days);
        vm.expectEmit(address(succession));
        emit ISuccession.RecoveryVetoed(id, T0 + 40 days);
        vm.expectEmit(address(succession));
        emit ISuccession.Replaced(id, holder, 1);
        replace(old, list, signature);
        requireRecovery(id, address(0), 0, T0 + 40 days);
        rejects(abi.encodeWithSelector(ISuccession.NoRecovery.selector, id));
        execute(old, heir);
        bytes memory next = packed(list)[0];
        vm.assertEq(grants.words(grants.idOf(next)), OPENED);
        rejects(abi.encodeWithSelector(ISuccession.NoRecovery.selector, grants.idOf(next)));
        execute(next, heir);
    }

    // ------------------------------------------------------------------------------------------------- refusals

    function test_GivenNoIssuer_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        rejects(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, holder));
        vm.prank(holder);
        succession.replace(old, packed(list), LATER, signature);
    }

    function test_GivenNoneOrNineSuccessors_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(0);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        rejects(abi.encodeWithSelector(ISuccession.OutOfRange.selector, 0, 8));
        replace(old, list, signature);
        list = parts(9);
        signature = agreed(HOLDER_KEY, old, list);
        rejects(abi.encodeWithSelector(ISuccession.OutOfRange.selector, 9, 8));
        replace(old, list, signature);
    }

    function test_GivenAnUnopenedGrant_WhenReplaced_Reverts() public {
        bytes memory old = Builders.pack(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        rejects(abi.encodeWithSelector(IGrants.NotOpened.selector, grants.idOf(old)));
        replace(old, list, signature);
    }

    function test_GivenAReplacedGrant_WhenReplacedAgain_Reverts() public {
        (bytes memory old, bytes32 id) = opened(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        replace(old, list, signature);
        rejects(abi.encodeWithSelector(IGrants.IsClosed.selector, id));
        replace(old, list, signature);
    }

    function test_GivenMalformedSuccessors_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        bytes[] memory all = new bytes[](1);
        all[0] = abi.encodePacked(Builders.pack(plain()), uint8(0));
        rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
        vm.prank(company);
        succession.replace(old, all, LATER, "");
    }

    function test_GivenASuccessorInvalidInItself_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(2);
        list[1].recipient = address(grants);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
        replace(old, list, signature);
    }

    // ------------------------------------------------------------------------------------------------- signatures

    function test_GivenAnothersSignature_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(STRANGER_KEY, old, list);
        bad(holder);
        replace(old, list, signature);
    }

    function test_GivenNoSignature_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        bad(holder);
        replace(old, parts(1), "");
        bad(holder);
        replace(old, parts(1), new bytes(65));
    }

    function test_GivenTheSignatureInAnotherForm_WhenReplaced_Reverts() public {
        (bytes memory old, bytes32 id) = opened(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes32 digest = digestOf(id, grants.words(id), list, LATER);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(HOLDER_KEY, digest);
        bad(holder); // the other s of the same point
        replace(old, list, abi.encodePacked(r, CURVE - uint256(s), uint8(55 - v)));
        bad(holder); // 64 bytes
        replace(old, list, abi.encodePacked(r, bytes32(uint256(s) | uint256(v - 27) << 255)));
        bad(holder); // 66 bytes
        replace(old, list, abi.encodePacked(r, s, v, uint8(0)));
        replace(old, list, abi.encodePacked(r, s, v));
    }

    function test_GivenOtherThingsThanSigned_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms memory t = plain();
        t.document = "another grant";
        (bytes memory other,) = opened(t);
        IGrants.Terms[] memory list = parts(2);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        bad(holder);
        replace(other, list, signature);
        bytes[] memory all = packed(list);
        bad(holder);
        vm.prank(company);
        succession.replace(old, all, LATER + 1, signature);
        (all[0], all[1]) = (all[1], all[0]);
        bad(holder);
        vm.prank(company);
        succession.replace(old, all, LATER, signature);
        list[1].vesting[1].steps = 12;
        bad(holder);
        replace(old, list, signature);
        bad(holder);
        replace(old, parts(1), signature);
    }

    function test_GivenAnotherChain_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        vm.chainId(block.chainid + 1);
        bad(holder);
        replace(old, list, signature);
    }

    /// @dev What the holder signed was a grant in one state; no other state may be given away with it.
    function test_GivenAChangeSinceTheSignature_WhenReplaced_Reverts() public {
        IGrants.Terms memory t = plain();
        t.withholdBps = 4000;
        (bytes memory old,) = opened(t);
        IGrants.Terms[] memory list = parts(1);
        bytes[9] memory calls;
        calls[0] = abi.encodeCall(IGrants.holdClaims, (old, true));
        calls[1] = abi.encodeCall(IGrants.pause, (old));
        calls[2] = abi.encodeCall(IGrants.resume, (old));
        calls[3] = abi.encodeCall(IGrants.accelerate, (old, 1));
        calls[4] = abi.encodeCall(IGrants.lowerWithholding, (old, 3999));
        calls[5] = abi.encodeCall(IGrants.end, (old, T0 + 100 days, true));
        calls[6] = abi.encodeCall(IGrants.end, (old, T0 + 200 days, true));
        calls[7] = abi.encodeCall(IGrants.end, (old, 0, false));
        calls[8] = abi.encodeCall(IGrants.waive, (old));
        for (uint256 i; i < calls.length; ++i) {
            bytes memory signature = agreed(HOLDER_KEY, old, list);
            vm.warp(block.timestamp + 1 days);
            vm.prank(i == 0 || i == 8 ? holder : company);
            (bool ok,) = address(grants).call(calls[i]);
            vm.assertTrue(ok);
            bad(holder);
            replace(old, list, signature);
        }
        replaceSigned(old, list);
    }

    function test_GivenARecoveryOrAMoveSinceTheSignature_WhenReplaced_Reverts() public {
        (bytes memory old,) = opened(plain());
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        announce(old, heir);
        bad(holder);
        replace(old, list, signature);
        vm.prank(holder);
        succession.move(old, heir);
        bad(heir);
        replace(old, list, signature);
        vm.prank(heir);
        succession.move(old, holder); // back, and yet no longer the grant that was signed away
        bad(holder);
        replace(old, list, signature);
    }

    // ------------------------------------------------------------------------------------------------- ERC-1271

    function held(Wallet.Mood mood) private returns (bytes memory old, address wallet) {
        Wallet made = new Wallet();
        made.set(stranger, mood);
        IGrants.Terms memory t = plain();
        t.recipient = address(made);
        (old,) = opened(t);
        return (old, address(made));
    }

    function test_GivenAContractHolder_WhenItsOwnerSigned_ItIsReplaced() public {
        (bytes memory old, address wallet) = held(Wallet.Mood.Good);
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(HOLDER_KEY, old, list);
        bad(wallet);
        replace(old, list, signature);
        signature = agreed(STRANGER_KEY, old, list);
        replace(old, list, signature);
        vm.assertEq(grants.words(grants.idOf(packed(list)[0])), OPENED);
    }

    function test_GivenAContractHolder_WhenItSaysYesToAnySignature_ItIsReplaced() public {
        (bytes memory old,) = held(Wallet.Mood.Yes);
        replace(old, parts(1), "");
        (old,) = held(Wallet.Mood.Long); // what follows the first 32 bytes is never read
        IGrants.Terms[] memory list = one(plain());
        replace(old, list, new bytes(1000));
        vm.assertLt(vm.lastCallGas().gasTotalUsed, 300_000);
    }

    function test_GivenAContractHolder_WhenItsAnswerIsNotExactlyYes_Reverts() public {
        Wallet.Mood[5] memory moods =
            [Wallet.Mood.Dirty, Wallet.Mood.Short, Wallet.Mood.Silent, Wallet.Mood.No, Wallet.Mood.Bomb];
        for (uint256 i; i < moods.length; ++i) {
            (bytes memory old, address wallet) = held(moods[i]);
            bad(wallet);
            replace(old, parts(1), "signature");
        }
    }

    function test_GivenAContractHolder_WhenItBurnsAllGas_OnlyTheCallerPays() public {
        (bytes memory old, address wallet) = held(Wallet.Mood.Hungry);
        bad(wallet);
        vm.prank(company);
        succession.replace{gas: 8_000_000}(old, packed(parts(1)), LATER, "");
        vm.assertEq(grants.words(grants.idOf(old)), OPENED);
    }

    /// @dev The judge is asked by a static call: whatever it tries to change makes its answer a no.
    function test_GivenAContractHolder_WhenItCallsBack_Reverts() public {
        (bytes memory old, address wallet) = held(Wallet.Mood.Calling);
        bytes[3] memory calls;
        calls[0] = abi.encodeCall(IGrants.claim, (old));
        calls[1] = abi.encodeCall(IGrants.waive, (old));
        calls[2] = abi.encodeCall(ISuccession.move, (old, stranger));
        vm.warp(T0 + 2 * YEAR);
        for (uint256 i; i < calls.length; ++i) {
            Wallet(wallet).setCall(i < 2 ? address(grants) : address(succession), calls[i]);
            bad(wallet);
            replace(old, parts(1), "");
        }
        Wallet(wallet).setCall(address(grants), abi.encodeCall(IGrants.amounts, (old)));
        replace(old, parts(1), ""); // reading is harmless
    }

    function test_GivenAContractWithoutThatFunction_WhenReplaced_Reverts() public {
        IGrants.Terms memory t = plain();
        t.recipient = address(goals);
        (bytes memory old,) = opened(t);
        bad(address(goals));
        replace(old, parts(1), "");
    }

    // ------------------------------------------------------------------------------------------------- EIP-7702

    function delegated(Wallet.Mood mood) private returns (bytes memory old) {
        vm.etch(holder, abi.encodePacked(hex"ef0100", address(new Wallet())));
        Wallet(holder).set(stranger, mood);
        (old,) = opened(plain());
    }

    function test_GivenADelegatedAccount_WhenItsKeySigned_ItIsReplaced() public {
        bytes memory old = delegated(Wallet.Mood.No);
        IGrants.Terms[] memory list = parts(1);
        replaceSigned(old, list);
        vm.assertEq(grants.words(grants.idOf(packed(list)[0])), OPENED);
    }

    function test_GivenADelegatedAccount_WhenItsCodeAgrees_ItIsReplaced() public {
        bytes memory old = delegated(Wallet.Mood.Good);
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(0xbe, old, list);
        bad(holder);
        replace(old, list, signature);
        signature = agreed(STRANGER_KEY, old, list);
        replace(old, list, signature);
        vm.assertEq(grants.words(grants.idOf(packed(list)[0])), OPENED);
    }

    function test_GivenADelegatedAccount_WhenNeitherAgrees_Reverts() public {
        bytes memory old = delegated(Wallet.Mood.No);
        IGrants.Terms[] memory list = parts(1);
        bytes memory signature = agreed(STRANGER_KEY, old, list);
        bad(holder);
        replace(old, list, signature);
    }
}
