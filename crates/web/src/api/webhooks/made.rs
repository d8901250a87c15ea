//! How a webhook is made, by the page and by the API, and what the log says of it.

use std::collections::BTreeSet;

use alloy_primitives::hex;
use guerdon_store::{Actor, NewEntry, NewEvent, NewWebhook, StoreError, Tx};

use super::NewSecret;
use crate::api::events::{EventKind, test_body};
use crate::state::AppState;
use crate::strings::webhooks as words;

/// Webhooks of one company.
const MOST: usize = 20;

/// What somebody wants to be told, and where.
pub(super) struct Wanted<'a> {
    pub(super) url: &'a str,
    /// Nothing: every event.
    pub(super) events: BTreeSet<String>,
    /// A secret that was brought; without it a new one is made.
    pub(super) secret: Option<&'a str>,
}

/// Why no webhook was made.
pub(super) enum NotMade {
    Wrong(&'static str),
    Store(StoreError),
}

impl From<StoreError> for NotMade {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Makes a webhook and answers its id and its secret.
pub(super) async fn put(
    tx: &mut Tx,
    state: &AppState,
    wanted: Wanted<'_>,
    actor: Actor,
) -> Result<(String, NewSecret), NotMade> {
    let wrong = NotMade::Wrong;
    let lent = state.options.webhooks.as_ref();
    let lent = lent.ok_or_else(|| wrong(words::NO_DATA_KEY))?;
    let url = lent.check(wanted.url).map_err(wrong)?;
    if wanted.events.iter().any(|word| !can_ask(word)) {
        return Err(wrong(words::EVENTS_WRONG));
    }
    if tx.webhooks().await?.len() >= MOST {
        return Err(wrong(words::TOO_MANY));
    }
    let random = (state.random)();
    let id = format!("wh_{}", hex::encode(random.get(..8).unwrap_or_default()));
    let secret = lent.seal(&id, wanted.secret);
    let secret = secret.map_err(wrong)?;
    let (at, place) = ((state.wall)(), place_of(&url));
    tx.add_webhook(&NewWebhook {
        id: id.clone(),
        url,
        events: wanted.events.clone(),
        secret: secret.sealed.clone(),
        made_at: at,
        made_by: actor,
    })
    .await?;
    let mut detail = vec![place];
    detail.extend(wanted.events);
    note(tx, (at, actor), ("webhook made", &id), detail.join(", ")).await?;
    Ok((id, secret))
}

/// Scheme and host of an address, for the log, which outlives the webhook: what comes after them may
/// hold a secret.
fn place_of(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{host}")
}

fn can_ask(word: &str) -> bool {
    EventKind::named(word).is_some_and(|kind| kind != EventKind::WebhookTest)
}

/// An event that tries a webhook at a time of the wall clock, Unix seconds.
#[must_use]
pub fn test_event((chain_id, at): (u64, u64), random: [u8; 32]) -> NewEvent {
    let mark = hex::encode(random.get(..16).unwrap_or_default());
    NewEvent {
        id: format!("evt_{mark}"),
        kind: EventKind::WebhookTest.word().to_owned(),
        at,
        body: test_body(chain_id, at),
    }
}

/// Writes what was done to a webhook into the log.
pub(super) async fn note(
    tx: &mut Tx,
    (at, actor): (u64, Actor),
    (action, id): (&str, &str),
    detail: String,
) -> Result<(), StoreError> {
    tx.append_audit(&NewEntry {
        at,
        actor,
        action: action.to_owned(),
        subject: id.to_owned(),
        detail,
    })
    .await
}
