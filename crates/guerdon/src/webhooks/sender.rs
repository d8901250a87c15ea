//! Sends what waits to each webhook, and notes what became of it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use futures::future::join_all;
use guerdon_store::{Actor, Due, NewEntry, Outcome as Tried, Store, Tx, Webhook};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Client, StatusCode};
use tokio::task::{Id, JoinError, JoinSet};

use super::data_key::DataKey;
use super::schedule::{is_silent, next_try};
use super::sign::{Secret, signatures};
use super::target::{Lookup, PRIVATE, Reach};
use super::turn::Turn;
use crate::error::{Failure, Outcome};

/// Events of one webhook that are under way at once: none of them takes longer than the lease.
const AT_ONCE: usize = 6;
/// Letters of a reason that are kept.
const REASON_MAX: usize = 200;

/// Sends events to webhooks, to each of them beside the others: one that does not answer keeps no
/// other waiting.
#[derive(Debug)]
pub(crate) struct Sender {
    post: Arc<Post>,
    under_way: JoinSet<Outcome>,
    /// To which webhook each of them sends.
    to: HashMap<Id, String>,
}

/// What every try needs.
#[derive(Debug)]
struct Post {
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
            post: Arc::new(Post {
                store: turn.store.clone(),
                turn,
                key,
                reach,
                client: reach.client(lookup)?,
            }),
            under_way: JoinSet::new(),
            to: HashMap::new(),
        })
    }

    /// Begins to send what is due at `now`, the wall's, at each webhook to which nothing is under
    /// way. One task sends all that is due at one webhook.
    ///
    /// # Errors
    /// The database failed, here or in a task since the last pass: what was sent and could not be
    /// noted is sent again.
    pub(super) async fn pass(&mut self, now: u64) -> Outcome {
        while let Some(ended) = self.under_way.try_join_next_with_id() {
            self.ended(ended)?;
        }
        let mut due = Vec::new();
        let mut read = self.post.store.read().await?;
        for hook in read.webhooks().await?.into_iter().filter(Webhook::is_on) {
            let id = hook.webhook.id;
            let is_free = self.to.values().all(|busy| *busy != id);
            if is_free && !read.deliveries_due(&id, now, 1).await?.is_empty() {
                due.push(id);
            }
        }
        drop(read);
        if due.is_empty() || !self.post.has_turn().await? {
            return Ok(());
        }
        for id in due {
            let (post, to) = (Arc::clone(&self.post), id.clone());
            let task = async move { post.send_all(&to, now).await };
            self.to.insert(self.under_way.spawn(task).id(), id);
        }
        Ok(())
    }

    /// Waits until nothing is under way.
    #[cfg(test)]
    pub(super) async fn settle(&mut self) -> Outcome {
        while let Some(ended) = self.under_way.join_next_with_id().await {
            self.ended(ended)?;
        }
        Ok(())
    }

    fn ended(&mut self, ended: Result<(Id, Outcome), JoinError>) -> Outcome {
        let (task, sent) = ended.unwrap_or_else(|error| {
            let broke = Failure::failed(format!("sending broke off: {error}"));
            (error.id(), Err(broke))
        });
        self.to.remove(&task);
        sent
    }

    /// Lets go of what is under way, and of the turn.
    pub(super) async fn release(&mut self) {
        self.under_way.shutdown().await;
        self.post.turn.release().await;
    }
}

impl Post {
    /// Whether it is this process's turn; from here on it is for as long as the lease.
    async fn has_turn(&self) -> Outcome<bool> {
        match self.turn.locked().await? {
            Some(tx) => tx.commit().await?,
            None => return Ok(false),
        }
        Ok(true)
    }

    /// Sends all that is due at a webhook; `now` is the wall's as this begins.
    async fn send_all(&self, id: &str, now: u64) -> Outcome {
        let began = Instant::now();
        loop {
            let now = now.saturating_add(began.elapsed().as_secs());
            let mut read = self.store.read().await?;
            let hook = read.webhook(id).await?.filter(Webhook::is_on);
            let due = read.deliveries_due(id, now, AT_ONCE as u32).await?;
            drop(read);
            let Some(hook) = hook.filter(|_| !due.is_empty()) else {
                return Ok(());
            };
            if !self.has_turn().await? {
                return Ok(());
            }
            let tries = due.into_iter().map(async |due| {
                let answer = self.send(&hook, &due, now).await;
                (answer, due)
            });
            let done = join_all(tries).await;
            self.note(&hook, done, now).await?;
        }
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

    async fn note(&self, hook: &Webhook, done: Vec<(Answer, Due)>, now: u64) -> Outcome {
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
            let is_dead = hook
                .failing_since
                .is_some_and(|since| is_silent(since, now));
            let why = match (is_gone, failed && next_at.is_none() && is_dead) {
                (true, _) => "The receiver answered 410: it wants nothing more.",
                (_, true) => "Nothing arrived for three days, and every try of an event failed.",
                _ => continue,
            };
            switch_off(&mut tx, &due.webhook, (now, why)).await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Switches a webhook off, and says so in the audit log, once.
async fn switch_off(tx: &mut Tx, id: &str, (at, why): (u64, &str)) -> Outcome {
    if tx.switch_webhook(id, Some((at, why))).await? {
        tx.append_audit(&NewEntry {
            at,
            actor: Actor::Keeper,
            action: "webhook switched off".to_owned(),
            subject: id.to_owned(),
            detail: why.to_owned(),
        })
        .await?;
        tracing::warn!("webhook {id} was switched off: {why}");
    }
    Ok(())
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
