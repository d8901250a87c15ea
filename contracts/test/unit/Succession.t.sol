// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {IGrants} from "../../src/interfaces/IGrants.sol";
import {ISuccession} from "../../src/interfaces/ISuccession.sol";
import {Builders} from "../Builders.sol";
import {SuccessionBase} from "../SuccessionBase.t.sol";

/// @notice Succession's deployment, its message, and move.
contract SuccessionTest is SuccessionBase {
    // ------------------------------------------------------------------------------------------------- deployment

    function test_Deployment_NamesItsParts() public view {
        vm.assertEq(succession.GRANTS(), address(grants));
        vm.assertEq(succession.authority(), address(manager));
        vm.assertEq(grants.SUCCESSION(), address(succession));
    }

    function test_GivenNoContract_WhenDeployed_Reverts() public {
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        address made =
            create("Grants", abi.encode(address(manager), address(token), address(goals), next, PAYMENT_GAS));
        refuses(stranger, made);
        refuses(address(manager), stranger);
    }

    function test_GivenGrantsOfAnotherSuccession_WhenDeployed_Reverts() public {
        refuses(address(manager), address(grants));
    }

    function refuses(address manager_, address grants_) private {
        rejects(abi.encodeWithSelector(ISuccession.BadDeployment.selector));
        create("Succession", abi.encode(manager_, grants_));
    }

    // ------------------------------------------------------------------------------------------------- the message

    function test_Domain_IsAsTheInterfaceSays() public view {
        (bytes1 fields, string memory name, string memory version, uint256 chain, address contract_,,) =
            IERC5267(address(succession)).eip712Domain();
        vm.assertEq(bytes32(fields), bytes32(bytes1(0x0f)));
        vm.assertEq(name, "Guerdon Succession");
        vm.assertEq(version, "1");
        vm.assertEq(chain, block.chainid);
        vm.assertEq(contract_, address(succession));
    }

    function everything() private view returns (IGrants.Terms memory t) {
        t = plain();
        t.withholdBps = 1234;
        t.gates = new IGrants.Gate[](3);
        for (uint256 i; i < 3; ++i) {
            t.gates[i] = IGrants.Gate(bytes32(i + 1), 1e8, 1);
        }
        t.gates[2] = IGrants.Gate("trigger", 0, 3);
        t.unlockStart = T0 + 5;
        t.unlock = new IGrants.Segment[](2);
        t.unlock[0] = IGrants.Segment(0, 10, 1);
        t.unlock[1] = IGrants.Segment(99, 1e9, 0);
    }

    function test_ReplaceDigest_IsTheTypedMessage() public {
        (bytes memory old, bytes32 id) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        grants.claim(old);
        vm.prank(company);
        grants.pause(old);
        vm.assertGt(released(id), 0);
        IGrants.Terms[] memory list = parts(3);
        list[1] = everything();
        bytes32 digest = digestOf(id, grants.words(id), list, LATER);
        vm.assertEq(succession.replaceDigest(old, packed(list), LATER), digest);
    }

    function test_ReplaceDigest_IsTheTypedMessage_OfAnyTerms(uint256 seed, uint256 deadline) public view {
        IGrants.Terms[] memory list = new IGrants.Terms[](within(seed, 0, 3));
        for (uint256 i; i < list.length; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            list[i] = drawn(seed);
            vm.assertEq(abi.encode(succession.decode(Builders.pack(list[i]))), abi.encode(list[i]));
        }
        bytes memory old = abi.encode(seed);
        bytes32 digest = digestOf(grants.idOf(old), 0, list, deadline);
        vm.assertEq(succession.replaceDigest(old, packed(list), deadline), digest);
    }

    /// @dev Well formed, and otherwise anything.
    function drawn(uint256 seed) private pure returns (IGrants.Terms memory t) {
        t.recipient = address(uint160(seed));
        t.amount = uint104(seed >> 3);
        t.start = uint40(seed >> 5);
        t.powers = uint16(seed >> 7);
        t.graceSeconds = uint32(seed >> 11);
        t.backdateSeconds = uint32(seed >> 13);
        t.pauseMax = uint32(seed >> 17);
        t.withholdBps = uint16(seed >> 19);
        t.document = bytes32(~seed);
        t.gates = new IGrants.Gate[](within(seed >> 23, 0, 8));
        for (uint256 i; i < t.gates.length; ++i) {
            t.gates[i] = IGrants.Gate(keccak256(abi.encode(seed, i)), uint32(seed >> i), uint8(seed >> i));
        }
        t.unlock = segments(seed, within(seed >> 29, 0, 64));
        if (t.unlock.length > 0) t.unlockStart = uint40(seed >> 31);
        t.vesting = segments(~seed, within(seed >> 37, 1, 256));
    }

    function segments(uint256 seed, uint256 count) private pure returns (IGrants.Segment[] memory list) {
        list = new IGrants.Segment[](count);
        for (uint256 i; i < count; ++i) {
            list[i] = IGrants.Segment(uint32(seed >> i), uint32(seed >> (i / 2)), uint16(seed >> (i / 3)));
        }
    }

    function test_Decode_GivesBackWhatWasPacked() public view {
        IGrants.Terms memory terms = everything();
        vm.assertEq(abi.encode(succession.decode(Builders.pack(terms))), abi.encode(terms));
    }

    function test_DecodeAndDigest_RefuseMalformedBytes() public {
        bytes memory whole = Builders.pack(plain());
        IGrants.Terms[3] memory long = [plain(), plain(), plain()];
        long[0].gates = new IGrants.Gate[](9);
        long[1].unlock = segments(1, 65);
        long[2].vesting = segments(1, 257);
        bytes[9] memory bad = [
            bytes(""),
            cut(whole, 97),
            cut(whole, 107),
            abi.encodePacked(whole, uint8(1)),
            cut(whole, 108),
            cut(whole, 88), // no vesting at all
            Builders.pack(long[0]),
            Builders.pack(long[1]),
            Builders.pack(long[2])
        ];
        bad[4][86] = 0x09;
        for (uint256 i; i < bad.length; ++i) {
            rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
            succession.decode(bad[i]);
            bytes[] memory list = new bytes[](2);
            (list[0], list[1]) = (whole, bad[i]);
            rejects(abi.encodeWithSelector(IGrants.BadTerms.selector));
            succession.replaceDigest(whole, list, LATER);
        }
    }

    function cut(bytes memory whole, uint256 length) private pure returns (bytes memory part) {
        part = new bytes(length);
        for (uint256 i; i < length; ++i) {
            part[i] = whole[i];
        }
    }

    // ------------------------------------------------------------------------------------------------- move

    function test_GivenTheHolder_WhenMoved_TheOtherIsPaid() public {
        (bytes memory terms, bytes32 id) = opened(plain());
        vm.expectEmit(address(succession));
        emit ISuccession.Moved(id, holder, heir);
        vm.expectEmit(address(grants));
        emit IGrants.HolderChanged(id, heir);
        vm.prank(holder);
        succession.move(terms, heir);
        vm.assertEq(grants.words(id), OPENED | MOVED);
        vm.assertEq(grants.holders(id), heir);
        vm.assertEq(grants.holderOf(terms), heir);
        vm.warp(T0 + 2 * YEAR);
        vm.assertEq(grants.claim(terms), token.balanceOf(heir));
        vm.assertEq(token.balanceOf(holder), 0);
    }

    function test_GivenAMovedGrant_WhenTheOldHolderActs_Reverts() public {
        (bytes memory terms,) = opened(plain());
        vm.prank(holder);
        succession.move(terms, heir);
        rejects(abi.encodeWithSelector(ISuccession.NotHolder.selector, holder, heir));
        vm.prank(holder);
        succession.move(terms, holder);
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, holder, heir));
        vm.prank(holder);
        grants.waive(terms);
        vm.prank(heir);
        succession.move(terms, stranger);
        vm.assertEq(grants.holderOf(terms), stranger);
    }

    function test_GivenHeldClaims_WhenMoved_TheNewHolderHoldsThem() public {
        (bytes memory terms, bytes32 id) = opened(plain());
        vm.prank(holder);
        grants.holdClaims(terms, true);
        vm.prank(holder);
        succession.move(terms, heir);
        vm.assertEq(flagsOf(id), OPENED | MOVED | HOLDER_ONLY);
        vm.warp(T0 + 2 * YEAR);
        rejects(abi.encodeWithSelector(IGrants.NotHolder.selector, holder, heir));
        vm.prank(holder);
        grants.claim(terms);
        vm.prank(heir);
        grants.claim(terms);
    }

    function test_GivenASettledGrant_WhenMoved_TheOtherIsPaidTheRest() public {
        (bytes memory terms,) = opened(plain());
        vm.warp(T0 + 2 * YEAR);
        vm.prank(holder);
        grants.waive(terms);
        vm.prank(holder);
        succession.move(terms, heir);
        grants.claim(terms);
        vm.assertEq(token.balanceOf(heir), AMOUNT / 2);
    }

    function test_GivenNotTheHolder_WhenMoved_Reverts() public {
        (bytes memory terms,) = opened(plain());
        rejects(abi.encodeWithSelector(ISuccession.NotHolder.selector, company, holder));
        vm.prank(company);
        succession.move(terms, company);
    }

    function test_GivenNoPower_WhenMoved_Reverts() public {
        IGrants.Terms memory t = plain();
        t.powers = 5;
        (bytes memory terms,) = opened(t);
        rejects(abi.encodeWithSelector(ISuccession.NoPower.selector, 2));
        vm.prank(holder);
        succession.move(terms, heir);
    }

    function test_GivenWhomNobodyCanPay_WhenMovedThere_Reverts() public {
        (bytes memory terms,) = opened(plain());
        address[3] memory nobody = [address(0), address(grants), address(token)];
        for (uint256 i; i < nobody.length; ++i) {
            rejects(abi.encodeWithSelector(ISuccession.NotPayable.selector, nobody[i]));
            vm.prank(holder);
            succession.move(terms, nobody[i]);
        }
    }

    function test_GivenAnUnopenedOrClosedGrant_WhenMoved_Reverts() public {
        bytes memory terms = Builders.pack(plain());
        bytes32 id = grants.idOf(terms);
        rejects(abi.encodeWithSelector(IGrants.NotOpened.selector, id));
        vm.prank(holder);
        succession.move(terms, heir);
        opened(plain());
        succeed(terms, parts(1));
        rejects(abi.encodeWithSelector(IGrants.IsClosed.selector, id));
        vm.prank(holder);
        succession.move(terms, heir);
    }
}
