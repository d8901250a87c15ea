//! The same as Server-Sent Events, read from the store, so that any copy of the server serves it.
//! An event's id is its number.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream, StreamExt};
use guerdon_store::StoreError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::list::known;
use crate::api::call::Call;
use crate::api::problem::{Fault, Problem};
use crate::strings::api as words;

/// Streams of all keys, and of each.
const ALL_MAX: usize = 64;
const EACH_MAX: usize = 4;
const HEARTBEAT: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_secs(1);
/// Events of one look.
const AT_ONCE: u32 = 200;
/// A stream ends after so many seconds, and its key is asked again when it comes back.
const LIFE: u64 = 3_600;

/// The streams of one server.
#[derive(Debug)]
pub(in crate::api) struct Places {
    all: Arc<Semaphore>,
    held: Arc<Mutex<HashMap<u64, usize>>>,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: Arc::new(Semaphore::new(ALL_MAX)),
            held: Arc::default(),
        }
    }
}

/// One of them, given back when it is dropped.
struct Place {
    _permit: OwnedSemaphorePermit,
    key: u64,
    held: Arc<Mutex<HashMap<u64, usize>>>,
}

impl Places {
    /// A place for a key, or why there is none.
    fn open(&self, key: u64) -> Result<Place, String> {
        let permit = Arc::clone(&self.all).try_acquire_owned();
        let permit = permit.map_err(|_| words::streams_open(ALL_MAX, false))?;
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(key).or_default();
        if *count >= EACH_MAX {
            return Err(words::streams_open(EACH_MAX, true));
        }
        *count = count.saturating_add(1);
        Ok(Place {
            _permit: permit,
            key,
            held: Arc::clone(&self.held),
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let left = held
            .get(&self.key)
            .map_or(0, |count| count.saturating_sub(1));
        match left {
            0 => held.remove(&self.key),
            left => held.insert(self.key, left),
        };
    }
}

/// Whether a request wants a stream.
pub(in crate::api) fn listens(headers: &HeaderMap) -> bool {
    let wanted = headers.get(ACCEPT).and_then(|it| it.to_str().ok());
    let mut kinds = wanted.unwrap_or_default().split(',');
    kinds.any(|kind| kind.split(';').next().unwrap_or_default().trim() == "text/event-stream")
}

/// Streams what comes after the number that the client heard last, or after `after`, or from now
/// on.
pub(in crate::api) async fn stream(call: Call, headers: &HeaderMap) -> Result<Response, Problem> {
    let place = call.state.api().streams.open(call.key.id);
    let place = place.map_err(|why| Problem::too_many_of(why, LIFE))?;
    let heard = match headers.get("last-event-id") {
        Some(sent) => {
            let number = sent.to_str().ok().and_then(|text| text.trim().parse().ok());
            let wrong = || Fault {
                at: "Last-Event-ID".to_owned(),
                detail: words::LAST_EVENT_WRONG.to_owned(),
            };
            Some(number.ok_or_else(|| Problem::invalid(vec![wrong()]))?)
        }
        None => call.asked("after").and_then(|text| text.parse().ok()),
    };
    let mut read = call.state.store.read().await?;
    let after = known(&mut read, heard).await?;
    drop(read);
    let until = (call.state.wall)().saturating_add(LIFE);
    let listener = Listener {
        call,
        after,
        until,
        begun: false,
        _place: place,
    };
    let keep = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(listener.stream()).keep_alive(keep).into_response())
}

struct Listener {
    call: Call,
    after: u64,
    until: u64,
    begun: bool,
    _place: Place,
}

impl Listener {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        let stop = self.call.state.options.stop.clone();
        let looks = stream::unfold(self, |mut listener| async move {
            if listener.begun {
                tokio::time::sleep(LOOK).await;
            }
            listener.begun = true;
            match listener.look().await {
                Ok(events) => Some((stream::iter(events?.into_iter().map(Ok)), listener)),
                Err(error) => {
                    tracing::warn!(%error, "a stream of events ended");
                    None
                }
            }
        });
        looks.flatten().take_until(stop.wait())
    }

    /// What was told since the last look; `None` once the key is over, or the stream has been long
    /// enough.
    async fn look(&mut self) -> Result<Option<Vec<Event>>, StoreError> {
        let now = (self.call.state.wall)();
        if now > self.until {
            return Ok(None);
        }
        let mut read = self.call.state.store.read().await?;
        if read.api_key(self.call.key.key.hash, now).await?.is_none() {
            return Ok(None);
        }
        let found = read.events_after(self.after, AT_ONCE).await?;
        drop(read);
        let events = found.into_iter().map(|told| {
            self.after = told.seq;
            let event = Event::default().id(told.seq.to_string());
            event.event(told.event.kind).data(told.event.body)
        });
        Ok(Some(events.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_has_few_places_and_gives_them_back() {
        let places = Places::default();
        let mut held: Vec<_> = (0..EACH_MAX).map(|_| places.open(1).unwrap()).collect();
        assert!(
            places
                .open(1)
                .is_err_and(|why| why.contains("4 streams open"))
        );
        assert!(places.open(2).is_ok());
        held.pop();
        assert!(places.open(1).is_ok());
        drop(held);
        assert_eq!(places.all.available_permits(), ALL_MAX);
        let all: Vec<_> = (0..ALL_MAX as u64).map(|key| places.open(key)).collect();
        assert!(all.iter().all(Result::is_ok));
        assert!(
            places
                .open(1_000)
                .is_err_and(|why| why.contains("all keys"))
        );
    }

    #[test]
    fn a_stream_is_asked_for_by_name() {
        let listens_to = |accept: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            listens(&headers)
        };
        assert!(listens_to("text/event-stream"));
        assert!(listens_to("application/json, text/event-stream;q=0.5"));
        assert!(!listens_to("application/json"));
        assert!(!listens_to("*/*"));
    }
}
