//! The hash of a node: keccak256 of exactly 96 bytes, which fit one block of the sponge.
//!
//! The general function copies its input, asks for its length and calls a permutation that is
//! compiled for size; a tree of a million grants spends nearly all its time there. This is the same
//! function for the one length that nodes have, unrolled (FIPS 202, §3; the padding of Keccak, not
//! that of SHA-3). Tests hold it to the general one.

/// Bytes of a node's preimage.
pub(super) const NODE_BYTES: usize = 96;

/// Lanes of the state: 5 by 5, lane (x, y) at 5 y + x.
type Lanes = [u64; 25];

/// keccak256 of a node's preimage.
pub(super) fn hash(preimage: &[u8; NODE_BYTES]) -> [u8; 32] {
    let mut lanes: Lanes = [0; 25];
    let (words, _) = preimage.as_chunks::<8>();
    for (lane, word) in lanes.iter_mut().zip(words) {
        *lane = u64::from_le_bytes(*word);
    }
    // The padding: 1 right after the 12 lanes of input, and the last bit of the block's 17.
    lanes[12] = 1;
    lanes[16] = 1 << 63;
    for constants in CONSTANTS {
        lanes = round(round(lanes, constants[0]), constants[1]);
    }
    let mut hash = [0; 32];
    for (word, lane) in hash.as_chunks_mut::<8>().0.iter_mut().zip(lanes) {
        *word = lane.to_le_bytes();
    }
    hash
}

/// How far lane (x, y) is rotated, by y and x.
const ROTATIONS: [[u32; 5]; 5] = [
    [0, 1, 62, 28, 27],
    [36, 44, 6, 55, 20],
    [3, 10, 43, 25, 39],
    [41, 45, 15, 21, 8],
    [18, 2, 61, 56, 14],
];

/// One constant a round, two rounds a row.
const CONSTANTS: [[u64; 2]; 12] = [
    [0x0000_0000_0000_0001, 0x0000_0000_0000_8082],
    [0x8000_0000_0000_808a, 0x8000_0000_8000_8000],
    [0x0000_0000_0000_808b, 0x0000_0000_8000_0001],
    [0x8000_0000_8000_8081, 0x8000_0000_0000_8009],
    [0x0000_0000_0000_008a, 0x0000_0000_0000_0088],
    [0x0000_0000_8000_8009, 0x0000_0000_8000_000a],
    [0x0000_0000_8000_808b, 0x8000_0000_0000_008b],
    [0x8000_0000_0000_8089, 0x8000_0000_0000_8003],
    [0x8000_0000_0000_8002, 0x8000_0000_0000_0080],
    [0x0000_0000_0000_800a, 0x8000_0000_8000_000a],
    [0x8000_0000_8000_8081, 0x8000_0000_0000_8080],
    [0x0000_0000_8000_0001, 0x8000_0000_8000_8008],
];

#[inline(always)]
#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "every index is below 5 by its modulus or its loop, and the compiler unrolls them all"
)]
fn round(lanes: Lanes, constant: u64) -> Lanes {
    let mut columns = [0; 5];
    for x in 0..5 {
        columns[x] = lanes[x] ^ lanes[5 + x] ^ lanes[10 + x] ^ lanes[15 + x] ^ lanes[20 + x];
    }
    let mut mixed = [0; 25];
    for row in 0..5 {
        // Theta, rho and pi bring lane (x, x') to row `row`, where x = x' + 3 row; chi mixes it.
        let mut moved = [0_u64; 5];
        for y in 0..5 {
            let x = (y + 3 * row) % 5;
            let parity = columns[(x + 4) % 5] ^ columns[(x + 1) % 5].rotate_left(1);
            moved[y] = (lanes[5 * y + x] ^ parity).rotate_left(ROTATIONS[y][x]);
        }
        for x in 0..5 {
            mixed[5 * row + x] = moved[x] ^ (!moved[(x + 1) % 5] & moved[(x + 2) % 5]);
        }
    }
    mixed[0] ^= constant;
    mixed
}

#[cfg(test)]
mod tests {
    use alloy_primitives::keccak256;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_node_hashes_as_everything_else(preimage in prop::array::uniform32(any::<[u8; 3]>())) {
            let preimage: [u8; 96] = preimage.concat().try_into().unwrap();
            prop_assert_eq!(super::hash(&preimage), keccak256(preimage).0);
        }
    }
}
