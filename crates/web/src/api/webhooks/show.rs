//! Webhooks and deliveries as rows of a page.

use guerdon_store::{Delivery, Read, StoreError, Webhook};
use jiff::tz::TimeZone;

use crate::dates;
use crate::strings::webhooks as words;

/// A webhook in a list.
#[derive(Debug)]
pub(in crate::api) struct HookRow {
    pub(in crate::api) id: String,
    pub(in crate::api) url: String,
    pub(in crate::api) events: String,
    pub(in crate::api) standing: String,
    pub(in crate::api) waiting: u64,
}

/// A delivery in the log of a webhook.
#[derive(Debug)]
pub(super) struct DeliveryRow {
    pub(super) seq: u64,
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) at: String,
    pub(super) tries: u32,
    pub(super) outcome: String,
    pub(super) next: String,
}

/// Every webhook.
pub(in crate::api) async fn rows(read: &mut Read) -> Result<Vec<HookRow>, StoreError> {
    let mut rows = Vec::new();
    for hook in read.webhooks().await? {
        let waiting = read.deliveries_waiting(&hook.webhook.id).await?;
        rows.push(row(&hook, waiting));
    }
    Ok(rows)
}

pub(super) fn row(hook: &Webhook, waiting: u64) -> HookRow {
    let at = |at: u64| dates::at(at, &TimeZone::UTC);
    let off = hook.disabled.as_ref();
    let off = off.map(|(since, why)| (at(*since), why.as_str()));
    let off = off.as_ref().map(|(since, why)| (since.as_str(), *why));
    let events: Vec<_> = hook.webhook.events.iter().map(String::as_str).collect();
    HookRow {
        id: hook.webhook.id.clone(),
        url: hook.webhook.url.clone(),
        events: match events.is_empty() {
            true => words::EVERY_EVENT.to_owned(),
            false => events.join(", "),
        },
        standing: words::standing(off, hook.failing_since.map(at).as_deref()),
        waiting,
    }
}

pub(super) fn delivery(delivery: &Delivery) -> DeliveryRow {
    let at = |at: u64| dates::at(at, &TimeZone::UTC);
    let tried = delivery.tried_at.map(at);
    let outcome = words::outcome(
        tried.as_deref(),
        delivery.status,
        delivery.failure.as_deref(),
    );
    DeliveryRow {
        seq: delivery.event.seq,
        kind: delivery.event.event.kind.clone(),
        id: delivery.event.event.id.clone(),
        at: at(delivery.event.event.at),
        tries: delivery.attempts,
        outcome,
        next: delivery.next_at.map_or_else(String::new, at),
    }
}
