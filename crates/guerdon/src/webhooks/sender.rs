//! Sends what waits to each webhook, and notes what became of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::stream::{self, StreamExt};
use guerdon_store::{Due, Outcome as Tried, Store, Webhook};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode};

use super::data_key::DataKey;
use super::schedule::{is_silent, next_try};
use super::sign::{Secret, signatures};
use super::target::{Lookup, PRIVATE, Reach};
use super::turn::Turn;
use crate::error::Outcome;

/// Events that are under way at once: none of them takes longer than the lease.
const AT_ONCE: usize = 12;
/// Letters of a reason that are kept.
const REASON_MAX: usize = 200;

/// Sends events to webhooks.
#[derive(Debug)]
pub(crate) struct Sender {
    store: Store,
    turn: Turn,
    key: Arc<DataKey>,
    reach: Reach,
    client: Client,
}

/// What a try came to.
struct Answer {
    status: Option<u16>,
    failure: Option<String>,
    /// Seconds for which the receiver wants to be left alone.
    asked: Option<u64>,
}

impl Sender {
    pub(super) fn new(
        turn: Turn,
        key: Arc<DataKey>,
        reach: Reach,
        lookup: impl Lookup,
    ) -> Outcome<Self> {
        Ok(Self {
            store: turn.store.clone(),
            turn,
            key,
            reach,
            client: reach.client(lookup)?,
        })
    }

    /// Sends what is due at `now`, the wall's; whether there may be more at once.
    ///
    /// # Errors
    /// The database failed: what was sent and could not be noted is sent again.
    pub(super) async fn pass(&self, now: u64) -> Outcome<bool> {
        let (hooks, due) = self.due(now).await?;
        if due.is_empty() {
            return Ok(false);
        }
        match self.turn.locked().await? {
            Some(tx) => tx.commit().await?,
            None => return Ok(false),
        }
        let more = due.len() >= AT_ONCE;
        let tries = due.into_iter().filter_map(|due| {
            let hook = hooks.get(&due.webhook)?;
            Some(async move { (self.send(hook, &due, now).await, due) })
        });
        let done: Vec<_> = stream::iter(tries)
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        self.note(&hooks, done, now).await?;
        Ok(more)
    }

    /// The webhooks that are on, and what is due at them: the first of each before the second of
    /// any, so that one that is slow keeps none waiting.
    async fn due(&self, now: u64) -> Outcome<(BTreeMap<String, Webhook>, Vec<Due>)> {
        let mut read = self.store.read().await?;
        let mut hooks = BTreeMap::new();
        let mut due = Vec::new();
        for hook in read.webhooks().await?.into_iter().filter(Webhook::is_on) {
            let id = hook.webhook.id.clone();
            let some = read.deliveries_due(&id, now, AT_ONCE as u32).await?;
            due.extend(some.into_iter().enumerate());
            hooks.insert(id, hook);
        }
        due.sort_by_key(|(place, _)| *place);
        due.truncate(AT_ONCE);
        let due = due.into_iter().map(|(_, due)| due).collect();
        Ok((hooks, due))
    }

    async fn send(&self, hook: &Webhook, due: &Due, now: u64) -> Answer {
        let refused = |why: &str| Answer {
            status: None,
            failure: Some(why.to_owned()),
            asked: None,
        };
        // What may be reached can have changed since the webhook was made.
        let url = match self.reach.check(&hook.webhook.url) {
            Ok(url) => url,
            Err(why) => return refused(why),
        };
        let secrets = self.secrets(hook, now);
        if secrets.is_empty() {
            return refused("its secret cannot be opened: rotate it");
        }
        let (id, body) = (&due.event.event.id, &due.event.event.body);
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.to_string())
            .header("webhook-signature", signatures(&secrets, (id, now, body)))
            .body(body.clone());
        match request.send().await {
            Ok(answer) => answered(answer.status(), answer.headers()),
            Err(error) => refused(&why(&error.without_url())),
        }
    }

    /// The secret, and the one before it for as long as it signs as well.
    fn secrets(&self, hook: &Webhook, now: u64) -> Vec<Secret> {
        let old = hook.old_secret.as_ref().filter(|(_, until)| *until > now);
        let sealed = std::iter::once(&hook.webhook.secret).chain(old.map(|(old, _)| old));
        let opened = sealed.filter_map(|it| self.key.open_sealed(&hook.webhook.id, it));
        opened.filter_map(|text| Secret::read(&text)).collect()
    }

    async fn note(
        &self,
        hooks: &BTreeMap<String, Webhook>,
        done: Vec<(Answer, Due)>,
        now: u64,
    ) -> Outcome {
        // Another process has the turn: it sends the same again, with the same ids.
        let Some(mut tx) = self.turn.locked().await? else {
            return Ok(());
        };
        for (answer, due) in done {
            let attempts = due.attempts.saturating_add(1);
            let failed = answer.failure.is_some();
            let is_gone = answer.status == Some(StatusCode::GONE.as_u16());
            let next_at = match failed && !is_gone {
                true => next_try(&due.event, attempts, now, answer.asked),
                false => None,
            };
            let tried = Tried {
                at: now,
                status: answer.status,
                failure: answer.failure,
                next_at,
            };
            tx.put_outcome(&due, &tried).await?;
            let since = hooks.get(&due.webhook).and_then(|hook| hook.failing_since);
            let is_dead = since.is_some_and(|since| is_silent(since, now));
            let why = match (is_gone, failed && next_at.is_none() && is_dead) {
                (true, _) => "The receiver answered 410: it wants nothing more.",
                (_, true) => "Nothing arrived for three days, and every try of an event failed.",
                _ => continue,
            };
            tx.switch_webhook(&due.webhook, Some((now, why))).await?;
            tracing::warn!("webhook {} was switched off: {why}", due.webhook);
        }
        Ok(tx.commit().await?)
    }

    pub(super) async fn release(&self) {
        self.turn.release().await;
    }
}

/// Anything but 2xx is a failure, a redirect as well.
fn answered(status: StatusCode, headers: &HeaderMap) -> Answer {
    let failure = match status {
        status if status.is_success() => None,
        status if status.is_redirection() => Some("it answered a redirect, which is not followed"),
        _ => Some("it answered a failure"),
    };
    let asked = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok());
    Answer {
        status: Some(status.as_u16()),
        failure: failure.map(str::to_owned),
        asked: asked.and_then(|seconds| seconds.trim().parse().ok()),
    }
}

/// Why nothing was answered, without the address, which may hold a secret.
fn why(error: &reqwest::Error) -> String {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(next) = deepest.source() {
        deepest = next;
    }
    let reason: String = deepest.to_string().chars().take(REASON_MAX).collect();
    match () {
        () if reason == PRIVATE => reason,
        () if error.is_timeout() => "it did not answer within 15 seconds".to_owned(),
        () => format!("no connection: {reason}"),
    }
}
