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
    /// @param sum below 2^128
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
        if (proof.length % LEVEL != 0) return false;
        if (levels > LEVELS_MAX) return false;
        if (index >> levels != 0) return false;

        // Proof: a bit above the index counts the levels: it is shifted down to 1 when all are done. Each turn writes 112
        // bytes from the free pointer on and hashes the first 96: at `own`, which is the first half, or the second if
        // the index is odd, the node and, as the high half of a word, its sum; then in the other half the sibling and
        // its sum, 48 bytes that also overwrite the low half of that word if it lies there. Nothing is allocated. The
        // addition cannot wrap: at most 32 siblings, each sum < 2^128. A sum is hashed as its low 128 bits; sums never
        // fall, so if the last is < 2^128, none lost a bit.
        assembly ("memory-safe") {
            let free := mload(0x40)
            let place := proof.offset
            for { index := or(index, shl(levels, 1)) } gt(index, 1) { index := shr(1, index) } {
                let own := mul(48, and(index, 1))
                mstore(add(free, add(own, 32)), shl(128, sum))
                mstore(add(free, own), node)
                calldatacopy(add(free, sub(48, own)), place, 48)
                node := keccak256(free, 96)
                sum := add(sum, shr(128, calldataload(add(place, 32))))
                place := add(place, 48)
            }
        }
        return node == root && sum == total && sum <= type(uint128).max;
    }
}
