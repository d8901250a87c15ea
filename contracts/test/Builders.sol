// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../src/interfaces/IGrants.sol";

/// @notice Packs terms and builds trees with sums, written apart from the contracts' own libraries.
library Builders {
    function pack(IGrants.Terms memory terms) internal pure returns (bytes memory packed) {
        packed = abi.encodePacked(
            terms.recipient,
            terms.amount,
            terms.start,
            terms.powers,
            terms.graceSeconds,
            terms.backdateSeconds,
            terms.pauseMax,
            terms.withholdBps,
            terms.document
        );
        packed = abi.encodePacked(packed, uint8(terms.gates.length), uint8(terms.unlock.length));
        for (uint256 i; i < terms.gates.length; ++i) {
            packed =
                abi.encodePacked(packed, terms.gates[i].goal, terms.gates[i].sharePpb, terms.gates[i].rule);
        }
        if (terms.unlock.length > 0) {
            packed = abi.encodePacked(packed, terms.unlockStart, pack(terms.unlock));
        }
        packed = abi.encodePacked(packed, pack(terms.vesting));
    }

    function pack(IGrants.Segment[] memory segments) internal pure returns (bytes memory packed) {
        for (uint256 i; i < segments.length; ++i) {
            packed = abi.encodePacked(packed, segments[i].end, segments[i].cumulative, segments[i].steps);
        }
    }

    function node(bytes32 left, uint256 leftSum, bytes32 right, uint256 rightSum)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encodePacked(left, uint128(leftSum), right, uint128(rightSum)));
    }

    /// @notice The root of leaves in the given order, and the proof of one of them.
    function tree(bytes32[] memory hashes, uint256[] memory sums, uint256 index)
        internal
        pure
        returns (bytes32 root, uint256 total, bytes memory proof)
    {
        uint256 length = hashes.length;
        while (length > 1) {
            bool odd = length % 2 == 1;
            uint256 sibling = index ^ 1;
            proof = sibling < length
                ? abi.encodePacked(proof, hashes[sibling], uint128(sums[sibling]))
                : abi.encodePacked(proof, bytes32(0), uint128(0));
            for (uint256 i; i < length / 2; ++i) {
                hashes[i] = node(hashes[2 * i], sums[2 * i], hashes[2 * i + 1], sums[2 * i + 1]);
                sums[i] = sums[2 * i] + sums[2 * i + 1];
            }
            if (odd) {
                hashes[length / 2] = node(hashes[length - 1], sums[length - 1], 0, 0);
                sums[length / 2] = sums[length - 1];
            }
            length = (length + 1) / 2;
            index /= 2;
        }
        return (hashes[0], sums[0], proof);
    }

    /// @notice The released share by a scan from the beginning, as the rule is written (ppb).
    function naiveFraction(IGrants.Segment[] memory segments, int256 elapsed)
        internal
        pure
        returns (uint256)
    {
        if (elapsed < 0) return 0;
        uint256 e = uint256(elapsed);
        uint256 endBefore;
        uint256 shareBefore;
        for (uint256 k; k < segments.length; ++k) {
            IGrants.Segment memory s = segments[k];
            if (s.end > e) {
                uint256 d = s.end - endBefore;
                uint256 x = e - endBefore;
                if (s.steps == 0) return shareBefore + (s.cumulative - shareBefore) * x / d;
                return shareBefore + (s.cumulative - shareBefore) * (x * s.steps / d) / s.steps;
            }
            (endBefore, shareBefore) = (s.end, s.cumulative);
        }
        return 1e9;
    }
}
