// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A Merkle tree whose nodes commit to the sums of their children, so that all leaves that can be proven
/// together never exceed the total at the root.
/// @dev node = keccak256(left 32 || uint128 leftSum || right 32 || uint128 rightSum): 96 bytes, and a leaf's hash is
/// of at least 130, so that neither passes for the other. An absent sibling is (0, 0).
library SumTree {
    uint256 private constant LEVEL = 48;
    uint256 private constant LEVELS_MAX = 32;

    /// @notice Whether the leaf (`node`, `sum`) at `index` leads to `root` with exactly `total`.
    /// @param proof per level: sibling 32 bytes, its sum 16 bytes; at most 32 levels
    function leadsTo(
        bytes calldata proof,
        uint256 index,
        bytes32 node,
        uint256 sum,
        bytes32 root,
        uint256 total
    ) internal pure returns (bool) {
        uint256 levels = proof.length / LEVEL;
        if (proof.length % LEVEL != 0 || levels > LEVELS_MAX || index >> levels != 0) return false;

        for (uint256 i; i < levels; ++i) {
            // Proof: reads the i-th 48 bytes of the proof; writes 96 bytes above the free pointer (a 16-byte sum as
            // the high half of a 32-byte store whose low half the next store overwrites, or that lies past the 96
            // bytes), hashes these 96 bytes, allocates nothing. The addition cannot wrap: both terms are < 2^128.
            assembly ("memory-safe") {
                let place := add(proof.offset, mul(i, 48))
                let sibling := calldataload(place)
                let siblingSum := shr(128, calldataload(add(place, 32)))
                let free := mload(0x40)
                switch and(shr(i, index), 1)
                case 0 {
                    mstore(free, node)
                    mstore(add(free, 32), shl(128, sum))
                    mstore(add(free, 48), sibling)
                    mstore(add(free, 80), shl(128, siblingSum))
                }
                default {
                    mstore(free, sibling)
                    mstore(add(free, 32), shl(128, siblingSum))
                    mstore(add(free, 48), node)
                    mstore(add(free, 80), shl(128, sum))
                }
                node := keccak256(free, 96)
                sum := add(sum, siblingSum)
            }
            if (sum > type(uint128).max) return false;
        }
        return node == root && sum == total;
    }
}
