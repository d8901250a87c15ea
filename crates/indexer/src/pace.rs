//! How many blocks a step takes: few where they are full, many where they are empty.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Blocks of the first step, before anything is known of the chain.
const FIRST: u64 = 200;
/// Logs of a step, about: enough that each grant is read and written once for many of them, few
/// enough for one answer of a node and one transaction.
const LOGS: u64 = 10_000;

/// Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Pace(Arc<AtomicU64>);

impl Default for Pace {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(FIRST)))
    }
}

impl Pace {
    /// Blocks of the next step, of at most so many.
    pub(crate) fn blocks(&self, most: u64) -> u64 {
        self.now().clamp(1, most.max(1))
    }

    /// So many blocks had so many logs.
    pub(crate) fn heard(&self, blocks: u64, logs: u64) {
        if logs > LOGS {
            let fewer = u128::from(blocks) * u128::from(LOGS) / u128::from(logs);
            self.set(u64::try_from(fewer).unwrap_or(u64::MAX));
        } else if logs <= LOGS / 2 {
            // At the head a step takes the one block that is new, which says nothing of the pace.
            self.set(self.now().max(blocks.saturating_mul(2)));
        }
    }

    fn now(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, blocks: u64) {
        self.0.store(blocks.clamp(1, 1 << 32), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_blocks_are_taken_by_the_thousand_and_full_ones_one_by_one() {
        let pace = Pace::default();
        assert_eq!(pace.blocks(5_000), FIRST);
        for _ in 0..5 {
            let blocks = pace.blocks(5_000);
            pace.heard(blocks, 0);
        }
        assert_eq!(pace.blocks(5_000), 5_000);
        assert_eq!(pace.blocks(0), 1, "there is always a block to take");

        pace.heard(5_000, 2_000_000);
        assert_eq!(pace.blocks(5_000), 25);
        pace.heard(25, 9_000);
        assert_eq!(pace.blocks(5_000), 25, "about as many as wanted");
        pace.heard(25, 1_000_000);
        assert_eq!(pace.blocks(5_000), 1);
        pace.heard(1, 40_000);
        assert_eq!(pace.blocks(5_000), 1);
    }

    #[test]
    fn the_head_slows_nothing_down() {
        let pace = Pace::default();
        pace.heard(1, 3);
        assert_eq!(pace.blocks(5_000), FIRST);
    }
}
