//! How many streams of events are open: each costs a look at the store in every second. Those whom
//! the list or the chain knows have places of their own, so that nobody else takes them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::B256;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::access::{Client, Viewer};

/// Streams of those who are known, and of everybody else.
const KNOWN_MAX: usize = 800;
const OTHERS_MAX: usize = 200;
/// Streams of one session, or of one client without any.
const EACH_MAX: usize = 16;

/// Who holds a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Holder {
    Session(B256),
    Client(Client),
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// All places are taken.
    All,
    /// The holder has all that one may have.
    Own,
}

/// The places of one server.
#[derive(Debug)]
pub(crate) struct Streams {
    known: Arc<Semaphore>,
    others: Arc<Semaphore>,
    held: Arc<Mutex<HashMap<Holder, usize>>>,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            known: Arc::new(Semaphore::new(KNOWN_MAX)),
            others: Arc::new(Semaphore::new(OTHERS_MAX)),
            held: Arc::default(),
        }
    }
}

/// A place, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    holder: Holder,
    held: Arc<Mutex<HashMap<Holder, usize>>>,
}

impl Streams {
    /// A place for a session's stream, or for a client's who has none.
    pub(super) fn open(&self, viewer: Option<&Viewer>, client: Client) -> Result<Place, Full> {
        let holder = viewer.map_or(Holder::Client(client), |it| Holder::Session(it.session));
        let known = viewer.is_some_and(Viewer::is_known);
        let places = if known { &self.known } else { &self.others };
        let permit = Arc::clone(places).try_acquire_owned();
        let permit = permit.map_err(|_| Full::All)?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(holder).or_default();
        // Behind a proxy that does not say for whom it asks, everybody would be one client.
        if *count >= EACH_MAX && holder != Holder::Client(Client(None)) {
            return Err(Full::Own);
        }
        *count = count.saturating_add(1);
        Ok(Place {
            _permit: permit,
            holder,
            held: Arc::clone(&self.held),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let left = held.get(&self.holder).map_or(0, |count| count - 1);
        match left {
            0 => held.remove(&self.holder),
            left => held.insert(self.holder, left),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use guerdon_store::Means;

    use super::*;

    fn viewer(number: u8, person: Option<&str>) -> Viewer {
        Viewer {
            session: B256::repeat_byte(number),
            person: person.map(|person| person.parse().unwrap()),
            name: None,
            means: Means::Wallet,
            wallets: Vec::new(),
            list_roles: Vec::new(),
            chain_roles: Vec::new(),
            judges: false,
            zone: None,
        }
    }

    fn client(number: u32) -> Client {
        Client(Some(Ipv4Addr::from_bits(number).into()))
    }

    #[test]
    fn one_holder_has_few_places_and_gives_them_back() {
        let (streams, one) = (Streams::default(), viewer(1, None));
        let open = |viewer: &Viewer| streams.open(Some(viewer), client(1));
        let mut held: Vec<_> = (0..EACH_MAX).map(|_| open(&one).unwrap()).collect();
        assert_eq!(open(&one).unwrap_err(), Full::Own);
        assert!(open(&viewer(2, None)).is_ok(), "another session");
        assert!(streams.open(None, client(1)).is_ok(), "nobody's session");
        held.pop();
        let again = open(&one).unwrap();
        assert_eq!(open(&one).unwrap_err(), Full::Own);
        drop((held, again));
        assert!(streams.held.lock().unwrap().is_empty());
    }

    #[test]
    fn whoever_is_not_known_takes_no_place_of_those_who_are() {
        let streams = Streams::default();
        let crowd = (0..OTHERS_MAX).map(|_| streams.open(None, Client(None)).unwrap());
        let crowd: Vec<_> = crowd.collect();
        assert_eq!(streams.open(None, client(7)).unwrap_err(), Full::All);
        let stranger = viewer(1, None);
        let refused = streams.open(Some(&stranger), client(7)).unwrap_err();
        assert_eq!(refused, Full::All);
        assert!(
            streams
                .open(Some(&viewer(2, Some("P5"))), client(7))
                .is_ok()
        );
        drop(crowd);
        assert!(streams.open(None, client(7)).is_ok());
    }
}
