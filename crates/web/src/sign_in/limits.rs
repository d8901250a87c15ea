//! How many messages to sign, and e-mails, are asked for: each costs a write or a look for somebody
//! else to wait for. Counted by client where it is known (one IPv6 client is a /64), so that no client
//! shuts the door on the others; by the network around it, since who has an IPv6 /48 has 65,536
//! clients; and for all together. Not by wallet: addresses are public, and a count by wallet would
//! let anybody lock its owner out. It stands in memory: each copy of the server counts for itself,
//! and a restart begins anew.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use crate::access::Client;

/// Tries in a window, of all clients, of one network and of one client.
const ALL_MAX: u32 = 1_200;
const NETWORK_MAX: u32 = 240;
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
    networks: HashMap<IpAddr, u32>,
    each: HashMap<IpAddr, u32>,
}

/// The network that a client may own as a whole: a /48, or a /24 of IPv4.
fn network(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(v4) => Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8)).into(),
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 80)).into(),
    }
}

impl Counter {
    /// Counts a try at `now` (Unix seconds of the wall clock); false when there were too many. A
    /// try that is refused for its client or its network takes nothing from the others.
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
            let around = network(client);
            let tried = |counts: &HashMap<IpAddr, u32>, who| counts.get(&who).copied().unwrap_or(0);
            if tried(&window.each, client) >= EACH_MAX
                || tried(&window.networks, around) >= NETWORK_MAX
            {
                return false;
            }
            *window.each.entry(client).or_default() += 1;
            *window.networks.entry(around).or_default() += 1;
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
        Client(Some(Ipv4Addr::from_bits(number << 8).into()))
    }

    /// A /64 of a /48.
    fn six(network: u16, subnet: u16) -> Client {
        Client(Some(
            Ipv6Addr::new(0x2001, 0xdb8, network, subnet, 0, 0, 0, 0).into(),
        ))
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

    #[test]
    fn one_network_spends_its_own_tries_and_leaves_the_others_theirs() {
        let tries = Counter::default();
        let whole = 0..=u16::MAX;
        let taken = whole.filter(|subnet| tries.count(5_000, six(1, *subnet)));
        assert_eq!(taken.count(), NETWORK_MAX as usize);
        assert!(!tries.count(5_000, six(1, 0)));
        let four = |last: u32| Client(Some(Ipv4Addr::from_bits(0xcb00_7100 | last).into()));
        let asked = (0..10 * EACH_MAX).filter(|n| tries.count(5_000, four(n % 256)));
        assert_eq!(asked.count(), NETWORK_MAX as usize);
        for other in 2..20 {
            assert!(tries.count(5_000, six(other, 7)), "{other}");
            assert!(tries.count(5_000, client(u32::from(other))), "{other}");
        }
        assert!(tries.count(5_000, UNKNOWN));
        // What was refused is remembered nowhere: the maps stay as small as the limits.
        let window = tries.0.lock().unwrap();
        assert!(window.each.len() <= ALL_MAX as usize && window.networks.len() < 50);
        drop(window);
        assert!(tries.count(5_060, six(1, 0)));
    }
}
