//! How many messages to sign, and e-mails, are asked for: each costs a write or a look for somebody
//! else to wait for. Counted by client where it is known, so that no client shuts the door on the
//! others, and for all together. Not by wallet: addresses are public, and a count by wallet would
//! let anybody lock its owner out. It stands in memory: each copy of the server counts for itself,
//! and a restart begins anew.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::access::Client;

/// Tries in a window, of all clients and of one.
const ALL_MAX: u32 = 1_200;
const EACH_MAX: u32 = 60;
/// Length of a window in seconds.
pub(super) const WINDOW_SECONDS: u64 = 60;

/// Tries of the window that runs.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    pub(super) messages: Counter,
    pub(super) mails: Counter,
}

/// Tries of one kind.
#[derive(Debug, Default)]
pub(super) struct Counter(Mutex<Window>);

#[derive(Debug, Default)]
struct Window {
    began: u64,
    all: u32,
    each: HashMap<IpAddr, u32>,
}

impl Counter {
    /// Counts a try at `now` (Unix seconds of the wall clock); false when there were too many. A
    /// try that is refused for its client takes nothing from the others.
    pub(super) fn count(&self, now: u64, Client(client): Client) -> bool {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(window.began) >= WINDOW_SECONDS || now < window.began {
            *window = Window {
                began: now,
                ..Window::default()
            };
        }
        if window.all >= ALL_MAX {
            return false;
        }
        if let Some(client) = client {
            let tries = window.each.entry(client).or_default();
            if *tries >= EACH_MAX {
                return false;
            }
            *tries = tries.saturating_add(1);
        }
        window.all = window.all.saturating_add(1);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const UNKNOWN: Client = Client(None);

    fn client(number: u32) -> Client {
        Client(Some(Ipv4Addr::from_bits(number).into()))
    }

    #[test]
    fn a_window_has_an_end_and_the_next_begins_anew() {
        let tries = Counter::default();
        for n in 0..ALL_MAX {
            assert!(tries.count(5_000, UNKNOWN), "{n}");
        }
        assert!(!tries.count(5_059, UNKNOWN) && !tries.count(5_059, client(1)));
        assert!(tries.count(5_060, UNKNOWN));
        assert!(tries.count(4_000, UNKNOWN), "a clock that was set back");
    }

    #[test]
    fn one_client_ends_its_own_tries_and_nobody_elses() {
        let tries = Counter::default();
        let taken = (0..10 * ALL_MAX).filter(|_| tries.count(5_000, client(1)));
        assert_eq!(taken.count(), EACH_MAX as usize);
        for other in 2..20 {
            assert!(tries.count(5_000, client(other)), "{other}");
        }
        assert!(tries.count(5_000, UNKNOWN) && !tries.count(5_000, client(1)));
        assert!(tries.count(5_060, client(1)));
    }
}
