//! How many streams of events are open: each costs a look at the store in every second. Those whom
//! the list or the chain knows have places of their own, so that nobody else takes them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::B256;
use guerdon_store::Owner;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::access::{Client, Viewer};

/// Streams of those who are known, and of everybody else.
const KNOWN_MAX: usize = 800;
const OTHERS_MAX: usize = 200;
/// Streams of one holder.
const EACH_MAX: usize = 16;

/// Who holds a stream. Anybody opens sessions without end, so they count only where nothing better
/// is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Holder {
    /// Somebody who is known, in whatever session.
    Owner(Owner),
    Client(Client),
    /// Behind a proxy that does not say for whom it asks.
    Session(B256),
}

impl Holder {
    fn of(viewer: Option<&Viewer>, client: Client) -> Self {
        let known = viewer.filter(|viewer| viewer.is_known());
        match (known.and_then(Viewer::owner), client, viewer) {
            (Some(owner), _, _) => Self::Owner(owner),
            (None, Client(None), Some(viewer)) => Self::Session(viewer.session),
            (None, client, _) => Self::Client(client),
        }
    }
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
    /// A place for a viewer's stream, or for a client's.
    pub(super) fn open(&self, viewer: Option<&Viewer>, client: Client) -> Result<Place, Full> {
        let holder = Holder::of(viewer, client);
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

    /// Takes all places of one holder; so many sessions of his as there are, and each refused then.
    fn takes_all(streams: &Streams, sessions: &[(Option<Viewer>, Client)]) -> Vec<Place> {
        let open =
            |(viewer, client): &(Option<Viewer>, Client)| streams.open(viewer.as_ref(), *client);
        let places = sessions.iter().cycle().take(EACH_MAX);
        let mut held: Vec<_> = places.map(|one| open(one).unwrap()).collect();
        for one in sessions {
            assert_eq!(open(one).unwrap_err(), Full::Own, "{one:?}");
        }
        held.pop();
        held.push(open(&sessions[0]).unwrap());
        assert_eq!(open(&sessions[0]).unwrap_err(), Full::Own);
        held
    }

    #[test]
    fn one_holder_has_few_places_and_gives_them_back() {
        let streams = Streams::default();
        let stranger = |session| Some(viewer(session, None));
        let (person, other) = (|session| Some(viewer(session, Some("P5"))), client(2));
        // Sessions of one client, of one person, and where no client is known.
        let mut held = takes_all(
            &streams,
            &[
                (stranger(1), client(1)),
                (stranger(2), client(1)),
                (None, client(1)),
            ],
        );
        assert!(streams.open(stranger(1).as_ref(), other).is_ok());
        let people = [(person(3), client(1)), (person(4), other)];
        held.extend(takes_all(&streams, &people));
        let next = viewer(5, Some("P6"));
        assert!(streams.open(Some(&next), client(1)).is_ok());
        held.extend(takes_all(&streams, &[(stranger(6), Client(None))]));
        assert!(streams.open(stranger(7).as_ref(), Client(None)).is_ok());
        drop(held);
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
