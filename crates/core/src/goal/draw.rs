use std::collections::BinaryHeap;

use alloy_primitives::{B256, keccak256};

/// The items of a seed: the `samples` of `pool` items with the smallest keccak256(seed ‖ uint32
/// item), in that order.
///
/// Items count from 0. Hashes the whole pool; memory grows with `samples` only.
pub fn draw(seed: [u8; 12], pool: u32, samples: u32) -> Vec<u32> {
    let wanted = usize::try_from(samples.min(pool)).unwrap_or(usize::MAX);
    let mut smallest: BinaryHeap<(B256, u32)> = BinaryHeap::new();
    for item in 0..pool {
        let candidate = (rank(seed, item), item);
        if smallest.len() < wanted {
            smallest.push(candidate);
        } else if let Some(mut largest) = smallest.peek_mut()
            && candidate < *largest
        {
            *largest = candidate;
        }
    }
    smallest
        .into_sorted_vec()
        .into_iter()
        .map(|(_, item)| item)
        .collect()
}

fn rank(seed: [u8; 12], item: u32) -> B256 {
    let mut bytes = [0; 16];
    let (head, tail) = bytes.split_at_mut(12);
    head.copy_from_slice(&seed);
    tail.copy_from_slice(&item.to_be_bytes());
    keccak256(bytes)
}
