//! How many blocks are asked for at once: fewer after a refusal, more again while all goes well.

use std::sync::{Mutex, PoisonError};

/// The most that is asked for at once.
const MOST: u64 = 10_000;
/// So many ranges in a row that were answered make worth trying what was refused before; twice as
/// many after each try that was refused, up to the second number.
const PATIENCE: u32 = 8;
const PATIENCE_MAX: u32 = 256;

/// Blocks asked for at once. Providers refuse by the number of blocks, or of logs, and change their
/// minds.
#[derive(Debug)]
pub(crate) struct Span(Mutex<Inner>);

#[derive(Clone, Copy, Debug)]
struct Inner {
    /// Blocks of the next range; at least 1.
    next: u64,
    /// The widest range that was answered; 0 before the first one.
    good: u64,
    /// One block more was refused.
    ceiling: u64,
    /// Full ranges that were answered since the last try of more than the ceiling.
    answered: u32,
    patience: u32,
}

impl Default for Span {
    fn default() -> Self {
        Self(Mutex::new(Inner {
            next: MOST,
            good: 0,
            ceiling: MOST,
            answered: 0,
            patience: PATIENCE,
        }))
    }
}

impl Inner {
    fn refused(&mut self, blocks: u64) {
        if blocks > self.ceiling {
            self.patience = PATIENCE_MAX.min(self.patience * 2);
            self.next = self.good.max(1);
            return;
        }
        self.ceiling = (blocks - 1).max(1);
        self.answered = 0;
        if self.good >= blocks {
            self.good = 0;
        }
        self.next = match self.good {
            0 => (blocks / 2).max(1),
            good => good,
        };
    }

    fn answered(&mut self, blocks: u64) {
        // What was cut off at the end of a range says nothing.
        if blocks < self.next {
            return;
        }
        if blocks > self.ceiling {
            (self.ceiling, self.patience, self.answered) = (MOST, PATIENCE, 0);
        }
        self.good = self.good.max(blocks);
        self.answered += 1;
        let (good, above) = (self.good, self.ceiling.saturating_sub(self.good));
        self.next = if self.answered >= self.patience && self.ceiling < MOST {
            self.answered = 0;
            MOST.min((good * 2).max(self.ceiling + 1))
        } else if above > good / 8 {
            (good * 2).min(good + above.div_ceil(2))
        } else {
            good
        };
    }
}

impl Span {
    /// Another one that begins where this one is, for another node.
    pub(crate) fn copy(&self) -> Self {
        Self(Mutex::new(self.with(|inner| *inner)))
    }

    /// The last block of a range from `from`, at most `to`.
    pub(crate) fn last(&self, from: u64, to: u64) -> u64 {
        let blocks = self.with(|inner| inner.next);
        to.min(from.saturating_add(blocks - 1))
    }

    /// A range of so many blocks, at least one, was refused: fewer are asked for next.
    pub(crate) fn refused(&self, blocks: u64) {
        self.with(|inner| inner.refused(blocks.max(1)));
    }

    /// A range of so many blocks was answered: more may be asked for next.
    pub(crate) fn answered(&self, blocks: u64) {
        self.with(|inner| inner.answered(blocks));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads so many blocks from a provider that takes at most `limit` at once; answers how often
    /// it was asked, and how often it refused.
    fn read(span: &Span, blocks: u64, limit: u64) -> (u64, u64) {
        let (mut next, mut asked, mut refused) = (1, 0, 0);
        while next <= blocks {
            let last = span.last(next, blocks);
            let width = last - next + 1;
            asked += 1;
            if width > limit {
                refused += 1;
                span.refused(width);
            } else {
                span.answered(width);
                next = last + 1;
            }
        }
        (asked, refused)
    }

    #[test]
    fn a_limit_is_found_and_seldom_tried_again() {
        for limit in [1, 7, 999, 1_000, 2_048, 9_999] {
            let span = Span::default();
            let (asked, refused) = read(&span, limit * 1_000, limit);
            assert!(asked < 1_100, "{limit}: {asked} requests for 1,000 ranges");
            assert!(refused < 20, "{limit}: {refused} of {asked} refused");
        }
    }

    #[test]
    fn a_limit_that_was_lifted_is_forgotten() {
        let span = Span::default();
        read(&span, 20_000, 100);
        assert!(span.last(1, u64::MAX) <= 100);
        let (asked, refused) = read(&span, 3_000_000, u64::MAX);
        assert!(
            asked < 400 && refused == 0,
            "{asked} requests, {refused} refused"
        );
        assert!(span.last(1, u64::MAX) > MOST * 8 / 9);
    }

    #[test]
    fn a_limit_that_became_tighter_is_found_too() {
        let span = Span::default();
        read(&span, 500_000, 5_000);
        let (asked, refused) = read(&span, 50_000, 50);
        assert!(
            asked < 1_150 && refused < 40,
            "{asked} requests, {refused} refused"
        );
    }

    #[test]
    fn a_single_block_is_the_least() {
        let span = Span::default();
        for _ in 0..3 {
            span.refused(1);
            assert_eq!(span.last(5, 9), 5);
        }
        span.answered(1);
        assert_eq!(span.last(5, 9), 5);
    }
}
