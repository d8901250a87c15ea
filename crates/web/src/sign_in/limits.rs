//! How many messages to sign are made: each is a row of the database for a few minutes. Counted for
//! all together, since addresses are public: a count by wallet would let anybody lock its owner out.
//! It stands in memory: each copy of the server counts for itself, and a restart begins anew.

use std::sync::{Mutex, PoisonError};

/// Messages in a window.
const MESSAGES_MAX: u32 = 1_200;
/// Length of a window in seconds.
pub(super) const WINDOW_SECONDS: u64 = 60;

/// Messages in the window that runs.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: u64,
    messages: u32,
}

impl Attempts {
    /// Counts a message at `now` (Unix seconds of the wall clock); false when there were too many.
    pub(super) fn count(&self, now: u64) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(window.began) >= WINDOW_SECONDS || now < window.began {
            *window = Window {
                began: now,
                messages: 0,
            };
        }
        window.messages = window.messages.saturating_add(1);
        window.messages <= MESSAGES_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_an_end_and_the_next_begins_anew() {
        let attempts = Attempts::default();
        for n in 0..MESSAGES_MAX {
            assert!(attempts.count(5_000), "{n}");
        }
        assert!(!attempts.count(5_059));
        assert!(attempts.count(5_060));
        assert!(attempts.count(4_000), "a clock that was set back");
    }
}
