//! How often sign-ins may be tried. Counted in memory: each copy of the server counts for itself,
//! and a restart begins anew.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use alloy_primitives::Address;

/// Tries of one wallet in a window.
const OF_WALLET: u32 = 10;
/// Tries of all wallets in a window: wallets cost nothing to make up.
const OF_ALL: u32 = 600;
/// Length of a window in seconds.
pub(super) const WINDOW_SECONDS: u64 = 600;

/// Tries in the window that runs.
#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: u64,
    all: u32,
    of: BTreeMap<Address, u32>,
}

impl Attempts {
    /// Counts a try at `now` (Unix seconds of the wall clock); false when there were too many.
    pub(super) fn count(&self, wallet: Address, now: u64) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(window.began) >= WINDOW_SECONDS || now < window.began {
            *window = Window {
                began: now,
                ..Window::default()
            };
        }
        if window.all >= OF_ALL {
            return false;
        }
        window.all += 1;
        let tries = window.of.entry(wallet).or_default();
        *tries = tries.saturating_add(1);
        *tries <= OF_WALLET
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wallet_has_ten_tries_and_others_go_on() {
        let (attempts, wallet) = (Attempts::default(), Address::repeat_byte(1));
        for _ in 0..OF_WALLET {
            assert!(attempts.count(wallet, 1_000));
        }
        assert!(!attempts.count(wallet, 1_599));
        assert!(attempts.count(Address::repeat_byte(2), 1_599));
        assert!(attempts.count(wallet, 1_600));
    }

    #[test]
    fn made_up_wallets_have_an_end_too() {
        let attempts = Attempts::default();
        let wallet = |n: u32| Address::left_padding_from(&n.to_be_bytes());
        for n in 0..OF_ALL {
            assert!(attempts.count(wallet(n), 5_000), "{n}");
        }
        assert!(!attempts.count(wallet(OF_ALL), 5_000));
        assert!(attempts.count(wallet(OF_ALL), 5_600));
    }
}
