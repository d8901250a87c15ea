// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../interfaces/IGrants.sol";
import {ISuccession} from "../interfaces/ISuccession.sol";
import {TermsLib} from "./TermsLib.sol";

/// @notice Packed terms as people see them: the struct hashes (EIP-712) of what a holder signs, and the struct. The
/// types stand in ISuccession.
/// @dev Packed terms and their message determine each other: every field has its width, every list its length.
library TermsMessages {
    using TermsLib for bytes;

    bytes32 private constant REPLACE = keccak256(
        "Replace(bytes32 oldId,uint256 oldWord,Terms[] successors,uint256 deadline)"
        "Gate(bytes32 goal,uint32 sharePpb,uint8 rule)" "Segment(uint32 end,uint32 cumulative,uint16 steps)"
        "Terms(address recipient,uint104 amount,uint40 start,uint16 powers,uint32 graceSeconds,"
        "uint32 backdateSeconds,uint32 pauseMax,uint16 withholdBps,bytes32 document,Gate[] gates,"
        "uint40 unlockStart,Segment[] unlock,Segment[] vesting)"
    );
    bytes32 private constant TERMS = keccak256(
        "Terms(address recipient,uint104 amount,uint40 start,uint16 powers,uint32 graceSeconds,"
        "uint32 backdateSeconds,uint32 pauseMax,uint16 withholdBps,bytes32 document,Gate[] gates,"
        "uint40 unlockStart,Segment[] unlock,Segment[] vesting)"
        "Gate(bytes32 goal,uint32 sharePpb,uint8 rule)" "Segment(uint32 end,uint32 cumulative,uint16 steps)"
    );
    bytes32 private constant GATE = keccak256("Gate(bytes32 goal,uint32 sharePpb,uint8 rule)");
    bytes32 private constant SEGMENT = keccak256("Segment(uint32 end,uint32 cumulative,uint16 steps)");

    /// @notice Reverts with BadTerms if the bytes of a successor are not well formed.
    function replace(bytes32 oldId, uint256 oldWord, bytes[] calldata successors, uint256 deadline)
        internal
        pure
        returns (bytes32)
    {
        bytes32[] memory hashes = new bytes32[](successors.length);
        for (uint256 i; i < hashes.length; ++i) {
            hashes[i] = terms(successors[i]);
        }
        return keccak256(abi.encode(REPLACE, oldId, oldWord, list(hashes), deadline));
    }

    function terms(bytes calldata packed) private pure returns (bytes32) {
        require(packed.isFormed(), IGrants.BadTerms());
        uint256[14] memory fields;
        fields[0] = uint256(TERMS);
        fields[1] = uint160(packed.recipient());
        fields[2] = packed.amount();
        fields[3] = packed.startOf();
        fields[4] = packed.powers();
        fields[5] = packed.graceSeconds();
        fields[6] = packed.backdateSeconds();
        fields[7] = packed.pauseMax();
        fields[8] = packed.withholdBps();
        fields[9] = uint256(packed.document());
        fields[10] = uint256(gates(packed));
        if (packed.unlockCount() != 0) fields[11] = packed.unlockStart();
        fields[12] = uint256(segments(packed.unlock()));
        fields[13] = uint256(segments(packed.vesting()));
        return keccak256(abi.encode(fields));
    }

    /// @dev At most 8 gates.
    function gates(bytes calldata packed) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](packed.gateCount());
        for (uint256 i; i < hashes.length; ++i) {
            (bytes32 goal, uint256 sharePpb, uint256 rule) = packed.gate(i);
            hashes[i] = keccak256(abi.encode(GATE, goal, sharePpb, rule));
        }
        return list(hashes);
    }

    /// @dev At most 256 segments.
    function segments(bytes calldata packed) private pure returns (bytes32) {
        bytes32[] memory hashes = new bytes32[](packed.length / TermsLib.SEGMENT);
        for (uint256 i; i < hashes.length; ++i) {
            uint256 value = packed.read(i * TermsLib.SEGMENT, TermsLib.SEGMENT);
            // as in TermsLib: end 32 bits, cumulative 32, steps 16
            hashes[i] = keccak256(abi.encode(SEGMENT, value >> 48, uint32(value >> 16), uint16(value)));
        }
        return list(hashes);
    }

    /// @dev A list is hashed as its members' hashes, one after the other.
    function list(bytes32[] memory hashes) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hashes));
    }

    /// @notice The terms as their message shows them. Reverts with BadTerms if the bytes are not well formed.
    function decode(bytes calldata packed) internal pure returns (ISuccession.Terms memory decoded) {
        require(packed.isFormed(), IGrants.BadTerms());

        decoded.recipient = packed.recipient();
        decoded.amount = uint104(packed.amount()); // 13 bytes
        decoded.start = uint40(packed.startOf()); // 5 bytes, and so on: every cast is of as many bytes as were read
        decoded.powers = uint16(packed.powers());
        decoded.graceSeconds = uint32(packed.graceSeconds());
        decoded.backdateSeconds = uint32(packed.backdateSeconds());
        decoded.pauseMax = uint32(packed.pauseMax());
        decoded.withholdBps = uint16(packed.withholdBps());
        decoded.document = packed.document();
        decoded.gates = new ISuccession.Gate[](packed.gateCount());
        for (uint256 i; i < decoded.gates.length; ++i) {
            (bytes32 goal, uint256 sharePpb, uint256 rule) = packed.gate(i);
            decoded.gates[i] = ISuccession.Gate(goal, uint32(sharePpb), uint8(rule));
        }
        if (packed.unlockCount() != 0) decoded.unlockStart = uint40(packed.unlockStart());
        decoded.unlock = decodeSegments(packed.unlock());
        decoded.vesting = decodeSegments(packed.vesting());
    }

    /// @dev At most 256 segments.
    function decodeSegments(bytes calldata packed)
        private
        pure
        returns (ISuccession.Segment[] memory decoded)
    {
        decoded = new ISuccession.Segment[](packed.length / TermsLib.SEGMENT);
        for (uint256 i; i < decoded.length; ++i) {
            uint256 value = packed.read(i * TermsLib.SEGMENT, TermsLib.SEGMENT);
            decoded[i] = ISuccession.Segment(uint32(value >> 48), uint32(value >> 16), uint16(value));
        }
    }
}
