// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../src/interfaces/IGrants.sol";
import {ISuccession} from "../src/interfaces/ISuccession.sol";
import {Base} from "./Base.t.sol";
import {Builders} from "./Builders.sol";

/// @notice Words to replace, move and recover grants with. The typed message is hashed here apart from the contracts.
abstract contract SuccessionBase is Base {
    uint256 internal constant HOLDER_KEY = 0xa1;
    uint256 internal constant LATER = T0 + 10 * YEAR; // a deadline that no test reaches
    address internal immutable heir = vm.addr(0xe1e);

    string private constant GATE = "Gate(bytes32 goal,uint32 sharePpb,uint8 rule)";
    string private constant SEGMENT = "Segment(uint32 end,uint32 cumulative,uint16 steps)";
    string private constant TERMS =
        "Terms(address recipient,uint104 amount,uint40 start,uint16 powers,uint32 graceSeconds,uint32 backdateSeconds,uint32 pauseMax,uint16 withholdBps,bytes32 document,Gate[] gates,uint40 unlockStart,Segment[] unlock,Segment[] vesting)";
    string private constant REPLACE =
        "Replace(bytes32 oldId,uint256 oldWord,Terms[] successors,uint256 deadline)";

    // ------------------------------------------------------------------------------------------------- the message

    function hashOf(IGrants.Segment[] memory segments) private pure returns (bytes32) {
        bytes memory all;
        for (uint256 i; i < segments.length; ++i) {
            all = abi.encodePacked(all, keccak256(abi.encode(keccak256(bytes(SEGMENT)), segments[i])));
        }
        return keccak256(all);
    }

    function hashOf(IGrants.Gate[] memory gates) private pure returns (bytes32) {
        bytes memory all;
        for (uint256 i; i < gates.length; ++i) {
            all = abi.encodePacked(all, keccak256(abi.encode(keccak256(bytes(GATE)), gates[i])));
        }
        return keccak256(all);
    }

    function hashOf(IGrants.Terms memory t) internal pure returns (bytes32) {
        bytes memory head = abi.encode(
            keccak256(abi.encodePacked(TERMS, GATE, SEGMENT)), t.recipient, t.amount, t.start, t.powers
        );
        bytes memory middle =
            abi.encode(t.graceSeconds, t.backdateSeconds, t.pauseMax, t.withholdBps, t.document);
        bytes memory tail = abi.encode(hashOf(t.gates), t.unlockStart, hashOf(t.unlock), hashOf(t.vesting));
        return keccak256(abi.encodePacked(head, middle, tail));
    }

    /// @notice The digest by the words of the interface, for the state that `oldWord` gives.
    function digestOf(bytes32 oldId, uint256 oldWord, IGrants.Terms[] memory successors, uint256 deadline)
        internal
        view
        returns (bytes32)
    {
        bytes memory all;
        for (uint256 i; i < successors.length; ++i) {
            all = abi.encodePacked(all, hashOf(successors[i]));
        }
        bytes32 type_ = keccak256(abi.encodePacked(REPLACE, GATE, SEGMENT, TERMS));
        uint256 word = oldWord - uint104(oldWord);
        bytes32 message = keccak256(abi.encode(type_, oldId, word, keccak256(all), deadline));
        bytes32 domain = domainOf("Guerdon Succession", address(succession));
        return keccak256(abi.encodePacked("\x19\x01", domain, message));
    }

    function sealed_(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    /// @notice Signs by the present state of the grant.
    function agreed(uint256 key, bytes memory old, IGrants.Terms[] memory successors)
        internal
        view
        returns (bytes memory)
    {
        bytes32 id = grants.idOf(old);
        return sealed_(key, digestOf(id, grants.words(id), successors, LATER));
    }

    // ------------------------------------------------------------------------------------------------- successors

    function packed(IGrants.Terms[] memory list) internal pure returns (bytes[] memory all) {
        all = new bytes[](list.length);
        for (uint256 i; i < list.length; ++i) {
            all[i] = Builders.pack(list[i]);
        }
    }

    /// @notice As many grants like the plain one, of equal parts of the amount, each with a document of its own.
    function parts(uint256 count) internal view returns (IGrants.Terms[] memory list) {
        list = new IGrants.Terms[](count);
        for (uint256 i; i < count; ++i) {
            list[i] = plain();
            list[i].amount = uint104(AMOUNT / count);
            list[i].document = keccak256(abi.encode("successor", i));
        }
    }

    function one(IGrants.Terms memory terms) internal pure returns (IGrants.Terms[] memory list) {
        list = new IGrants.Terms[](1);
        list[0] = terms;
        list[0].document = "successor";
    }

    function replace(bytes memory old, IGrants.Terms[] memory list, bytes memory signature) internal {
        vm.prank(company);
        succession.replace(old, packed(list), LATER, signature);
    }

    function replaceSigned(bytes memory old, IGrants.Terms[] memory list) internal {
        replace(old, list, agreed(HOLDER_KEY, old, list));
    }

    /// @notice As Succession does it, without a signature.
    function succeed(bytes memory old, IGrants.Terms[] memory list) internal {
        vm.prank(address(succession));
        grants.succeed(old, packed(list));
    }

    // ------------------------------------------------------------------------------------------------- recoveries

    function announce(bytes memory terms, address to) internal {
        vm.prank(company);
        succession.announceRecovery(terms, to);
    }

    function execute(bytes memory terms, address to) internal {
        vm.prank(company);
        succession.executeRecovery(terms, to);
    }

    function veto(bytes memory terms) internal {
        vm.prank(holder);
        succession.veto(terms);
    }

    function requireRecovery(bytes32 id, address to, uint256 announcedAt, uint256 cancelledAt) internal view {
        (address to_, uint40 announcedAt_, uint40 cancelledAt_) = succession.recoveries(id);
        vm.assertEq(to_, to);
        vm.assertEq(announcedAt_, announcedAt);
        vm.assertEq(cancelledAt_, cancelledAt);
    }

    function refuses(bytes4 kind, uint256 value) internal {
        rejects(abi.encodeWithSelector(kind, value));
    }

    function flagsOf(bytes32 id) internal view returns (uint256) {
        return grants.words(id) & (0xffff << 104);
    }

    function vestedOf(bytes memory terms) internal view returns (uint256 vested) {
        (,, vested,,,) = grants.amounts(terms);
    }

    function heldOf(bytes memory terms) internal view returns (uint256 held) {
        (,,,,, held) = grants.amounts(terms);
    }
}
