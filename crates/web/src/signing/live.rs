//! `/events`: one stream of Server-Sent Events a page, read from the store, so that any copy of the
//! web serves it. An event's id is its log's place in the chain, `block.index`.

use std::convert::Infallible;
use std::time::Duration;

use alloy_primitives::{Address, B256};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, Stream, StreamExt};
use guerdon_core::fact::Subject;
use guerdon_store::{Read, RelayState};
use serde::Deserialize;
use serde_json::{Value, json};

use super::sent::{Fate, Followed};
use super::streams::{Full, Place};
use crate::access::{Client, Viewer, Visitor, right, viewer_of};
use crate::error::PageError;
use crate::load;
use crate::state::AppState;
use crate::strings::access::OTHERS_GRANT;
use crate::strings::signing as words;

const HEARTBEAT: Duration = Duration::from_secs(15);
const LOOK: Duration = Duration::from_secs(1);
/// A stream ends after so many seconds; the browser opens it anew, and its session is asked again.
const LIFE: u64 = 300;
/// What a session may read is asked again once in so many looks.
const RIGHT_LOOKS: u64 = 5;
/// So many looks in a row must miss a transaction: nodes behind one address may lag.
const DOUBTS: u32 = 5;

/// What a page wants to hear of.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// A grant that the visitor may read.
    grant: Option<B256>,
    /// The block that the page was read from.
    after: Option<u64>,
    /// A transaction, and what [`Followed`] says of it.
    tx: Option<B256>,
    from: Option<Address>,
    nonce: Option<u64>,
    done: String,
}

/// `GET /events`
pub(crate) async fn events(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    client: Client,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let held = state.streams().open(viewer.as_ref(), client);
    let held = held.map_err(|full| match full {
        Full::All => PageError::Busy(words::NO_STREAM, LIFE),
        Full::Own => PageError::TooMany(words::MANY_STREAMS, LIFE),
    })?;
    let mut read = state.store.read().await?;
    if !may_hear(&mut read, viewer.as_ref(), &wanted).await? {
        return Err(PageError::NotPermitted(OTHERS_GRANT));
    }
    let head = read.checkpoint().await?.map_or(0, |at| at.block);
    drop(read);
    let heard = headers
        .get("last-event-id")
        .and_then(|id| place(id.to_str().ok()?));
    let from_page = (wanted.after.unwrap_or(head), u64::MAX);
    let listener = Listener {
        until: (state.wall)().saturating_add(LIFE),
        after: heard.unwrap_or(from_page),
        state,
        wanted,
        head: None,
        fate: None,
        missed: 0,
        asked: true,
        looks: 0,
        session: viewer.map(|viewer| viewer.session),
        _place: held,
    };
    let keep = KeepAlive::new().interval(HEARTBEAT);
    Ok(Sse::new(listener.stream()).keep_alive(keep).into_response())
}

/// Whether a visitor may hear of what he wants to hear of.
async fn may_hear(
    read: &mut Read,
    viewer: Option<&Viewer>,
    wanted: &Wanted,
) -> Result<bool, PageError> {
    Ok(match (wanted.grant, viewer) {
        (None, _) => true,
        (Some(id), Some(viewer)) => right(read, viewer, id).await?.is_some(),
        (Some(_), None) => false,
    })
}

/// `18204.3`
fn place(id: &str) -> Option<(u64, u64)> {
    let (block, index) = id.split_once('.')?;
    Some((block.parse().ok()?, index.parse().ok()?))
}

struct Listener {
    state: AppState,
    wanted: Wanted,
    /// The last log that was told.
    after: (u64, u64),
    /// The last block that was told.
    head: Option<u64>,
    /// The last thing said of the transaction.
    fate: Option<Fate>,
    missed: u32,
    /// Whether the keeper had a request of the grant at the last look.
    asked: bool,
    until: u64,
    looks: u64,
    /// Whose stream it is; it ends with the session.
    session: Option<B256>,
    _place: Place,
}

impl Listener {
    fn stream(self) -> impl Stream<Item = Result<Event, Infallible>> {
        let stop = self.state.options.stop.clone();
        let looks = stream::unfold(self, |mut listener| async move {
            if listener.looks > 0 {
                tokio::time::sleep(LOOK).await;
            }
            if (listener.state.wall)() > listener.until {
                return None;
            }
            match listener.look().await {
                Ok(events) => {
                    listener.looks = listener.looks.saturating_add(1);
                    Some((stream::iter(events?.into_iter().map(Ok)), listener))
                }
                Err(error) => {
                    tracing::warn!(%error, "a stream of events ended");
                    None
                }
            }
        });
        looks.flatten().take_until(stop.wait())
    }

    /// What is new since the last look; `None` once the session is over, or may not hear it.
    async fn look(&mut self) -> Result<Option<Vec<Event>>, PageError> {
        let mut read = self.state.store.read().await?;
        if self.is_over(&mut read).await? {
            return Ok(None);
        }
        let mut events = Vec::new();
        let as_of = load::as_of(&mut read, &self.state).await?;
        let head = as_of.head.map(|(block, _)| block);
        if head != self.head {
            self.head = head;
            events.push(event("block", &json!({ "pill": as_of.pill() })));
        }
        if let Some(id) = self.wanted.grant {
            events.extend(self.of_grant(&mut read, id).await?);
        }
        drop(read);
        if let Some(tx) = self.wanted.tx {
            events.extend(self.of_transaction(tx).await?);
        }
        Ok(Some(events))
    }

    /// The session is looked up each time; what it may read, which asks more of the store, once in
    /// a while.
    async fn is_over(&self, read: &mut Read) -> Result<bool, PageError> {
        let Some(session) = self.session else {
            return Ok(false);
        };
        let now = (self.state.wall)();
        if self.looks % RIGHT_LOOKS != RIGHT_LOOKS - 1 {
            return Ok(read.session(session, now).await?.is_none());
        }
        let viewer = viewer_of(read, session, now).await?;
        let hears = may_hear(read, viewer.as_ref(), &self.wanted).await?;
        Ok(viewer.is_none() || !hears)
    }

    /// The grant's newest log, if it is new, and what the relay said.
    async fn of_grant(&mut self, read: &mut Read, id: B256) -> Result<Option<Event>, PageError> {
        let logs = read.logs_of(&Subject::Grant(id)).await?;
        if let Some(row) = logs.last() {
            let origin = row.log.origin;
            let at = (origin.block, origin.log_index);
            if at > self.after {
                self.after = at;
                let (link, href) = match row.name.as_str() {
                    "Claimed" => (
                        words::RECEIPT,
                        format!("/grants/{id}/receipts/{}", origin.tx),
                    ),
                    _ => (words::RELOAD, format!("/grants/{id}")),
                };
                let says = words::news(&row.name, origin.block);
                let told = event("news", &json!({"says": says, "link": link, "href": href}));
                return Ok(Some(told.id(format!("{}.{}", at.0, at.1))));
            }
        }
        let last = read.last_relay_request(id).await?;
        let waits = last
            .as_ref()
            .is_some_and(|last| last.state == RelayState::Open);
        if !std::mem::replace(&mut self.asked, waits) {
            return Ok(None);
        }
        let refused = last.filter(|last| last.state == RelayState::Refused);
        let href = format!("/grants/{id}/claim");
        Ok(refused.map(|last| {
            event(
                "news",
                &json!({"says": last.outcome, "link": words::RELOAD, "href": href}),
            )
        }))
    }

    async fn of_transaction(&mut self, tx: B256) -> Result<Option<Event>, PageError> {
        if self.fate.is_some_and(Fate::is_final) {
            return Ok(None);
        }
        let followed = Followed {
            from: self.wanted.from,
            nonce: self.wanted.nonce,
            done: self.wanted.done.clone(),
        };
        let fate = Fate::of(&self.state, tx, &followed).await?;
        self.missed = match fate {
            Fate::Dropped => self.missed.saturating_add(1),
            _ => 0,
        };
        if Some(fate) == self.fate || (fate == Fate::Dropped && self.missed < DOUBTS) {
            return Ok(None);
        }
        self.fate = Some(fate);
        let receipt = followed.receipt(tx);
        let href = receipt.filter(|_| matches!(fate, Fate::Seen { .. }));
        let told = json!({
            "says": words::fate(fate), "link": href.as_ref().map(|_| words::RECEIPT),
            "href": href, "over": fate.is_final(),
        });
        Ok(Some(event("sent", &told)))
    }
}

fn event(name: &str, data: &Value) -> Event {
    Event::default().event(name).data(data.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_place_in_the_chain() {
        assert_eq!(place("18204.3"), Some((18_204, 3)));
        for wrong in ["", "18204", "18204.", "a.b", "1.2.3"] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }
}
