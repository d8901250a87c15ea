// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Grants} from "../../src/Grants.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {Builders} from "../Builders.sol";
import {SuccessionBase} from "../SuccessionBase.t.sol";
import {OddCoin} from "../mocks/OddCoin.sol";
import {Wallet} from "../mocks/Wallet.sol";

/// @notice setHolder and setRecovering: the word and `holders`, nothing else.
contract GrantsHolderTest is SuccessionBase {
    function setHolder(bytes memory terms, address to) private {
        vm.prank(address(succession));
        grants.setHolder(terms, to);
    }

    function setRecovering(bytes memory terms, bool on) private {
        vm.prank(address(succession));
        grants.setRecovering(terms, on);
    }

    /// @dev Every other bit of the word stays, in any state.
    function testFuzz_SetHolderAndRecovering_TouchTheirFlagsOnly(uint256 bits, address to) public {
        (bytes memory terms, bytes32 id) = opened(plain());
        uint256 word = (bits | OPENED) & ~CLOSED;
        uint256 slot;
        while (uint256(vm.load(address(grants), keccak256(abi.encode(id, slot)))) != OPENED) ++slot;
        vm.store(address(grants), keccak256(abi.encode(id, slot)), bytes32(word));
        vm.expectEmit(address(grants));
        emit IGrants.RecoveringSet(id, true);
        setRecovering(terms, true);
        vm.assertEq(grants.words(id), word | RECOVERING);
        vm.expectEmit(address(grants));
        emit IGrants.RecoveringSet(id, false);
        setRecovering(terms, false);
        vm.assertEq(grants.words(id), word & ~RECOVERING);
        setRecovering(terms, true);
        vm.expectEmit(address(grants));
        emit IGrants.HolderChanged(id, to);
        setHolder(terms, to);
        vm.assertEq(grants.words(id), (word | MOVED) & ~RECOVERING);
        vm.assertEq(grants.holders(id), to);
        vm.assertEq(grants.promised(), AMOUNT);
    }

    function test_GivenAnUnopenedOrClosedGrant_WhenSet_Reverts() public {
        bytes memory terms = Builders.pack(plain());
        bytes memory answer = abi.encodeWithSelector(IGrants.NotOpened.selector, grants.idOf(terms));
        rejects(answer);
        setHolder(terms, heir);
        rejects(answer);
        setRecovering(terms, true);
        opened(plain());
        succeed(terms, parts(1));
        answer = abi.encodeWithSelector(IGrants.IsClosed.selector, grants.idOf(terms));
        rejects(answer);
        setHolder(terms, heir);
        rejects(answer);
        setRecovering(terms, true);
    }

    /// @dev A coin that calls back while it pays, through the holder: the guard covers what Succession writes, too.
    function test_GivenAPaymentUnderWay_WhenTheHolderMoves_ItDoesNot() public {
        OddCoin coin = new OddCoin();
        coin.mint(company, AMOUNT);
        grants = newGrants(address(coin));
        vm.prank(company);
        coin.approve(address(grants), AMOUNT);
        vm.prank(company);
        grants.fund(uint128(AMOUNT));
        ISuccession mine = ISuccession(grants.SUCCESSION());
        IGrants.Terms memory t = plain();
        t.recipient = address(new Wallet());
        bytes memory terms = Builders.pack(t);
        promise_(grants.idOf(terms), AMOUNT);
        grants.open(terms, grants.idOf(terms), 0, "");
        vm.warp(T0 + 2 * YEAR);
        bytes memory moving = abi.encodeCall(ISuccession.move, (terms, heir));
        coin.setCall(t.recipient, abi.encodeCall(Wallet.run, (address(mine), moving)));
        grants.claim(terms);
        vm.assertFalse(coin.answered());
        vm.assertEq(
            coin.answer(),
            abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
        );
        vm.assertEq(grants.holderOf(terms), t.recipient);
        vm.assertEq(coin.balanceOf(t.recipient), AMOUNT / 2);
    }

    /// @dev A coin that is itself the succession: nobody else could ask for these while a payment is under way.
    function test_GivenAPaymentUnderWay_WhenSuccessionCalls_ItIsRefused() public {
        OddCoin coin = new OddCoin();
        coin.mint(address(this), AMOUNT);
        grants = Grants(
            create(
                "Grants",
                abi.encode(address(manager), address(coin), address(goals), address(coin), PAYMENT_GAS)
            )
        );
        coin.approve(address(grants), AMOUNT);
        grants.fund(AMOUNT);
        vm.prank(company);
        manager.setTargetFunctionRole(address(grants), selectors(IGrants.commit.selector), ISSUER);
        bytes memory terms = Builders.pack(plain());
        promise_(grants.idOf(terms), AMOUNT);
        grants.open(terms, grants.idOf(terms), 0, "");
        bytes[3] memory doors = [
            abi.encodeCall(IGrants.succeed, (terms, packed(parts(1)))),
            abi.encodeCall(IGrants.setHolder, (terms, heir)),
            abi.encodeCall(IGrants.setRecovering, (terms, true))
        ];
        vm.warp(T0 + YEAR);
        for (uint256 i; i < doors.length; ++i) {
            vm.warp(block.timestamp + 60 days);
            coin.setCall(address(grants), doors[i]);
            grants.claim(terms);
            vm.assertFalse(coin.answered());
            vm.assertEq(
                coin.answer(),
                abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector)
            );
        }
    }
}
