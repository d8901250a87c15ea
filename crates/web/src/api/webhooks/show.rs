//! Webhooks and deliveries as rows of a page.

use guerdon_store::{Actor, ApiKey, Delivery, Owner, Read, StoreError, Webhook};
use jiff::tz::TimeZone;

use crate::api::integrations::standing as key_standing;
use crate::dates;
use crate::numbers::shortened;
use crate::strings::webhooks as words;

/// A webhook in a list.
#[derive(Debug)]
pub(in crate::api) struct HookRow {
    pub(in crate::api) id: String,
    pub(in crate::api) url: String,
    pub(in crate::api) events: String,
    pub(in crate::api) made_by: String,
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

/// What rows are told with: all keys, dead ones too, the zone of the reader and the wall's time.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Telling<'a> {
    pub(in crate::api) keys: &'a [ApiKey],
    pub(in crate::api) zone: &'a TimeZone,
    pub(in crate::api) now: u64,
}

/// Every webhook.
pub(in crate::api) async fn rows(
    read: &mut Read,
    telling: Telling<'_>,
) -> Result<Vec<HookRow>, StoreError> {
    let mut rows = Vec::new();
    for hook in read.webhooks().await? {
        rows.push(row(read, &hook, telling).await?);
    }
    Ok(rows)
}

/// One of them.
pub(super) async fn row(
    read: &mut Read,
    hook: &Webhook,
    telling: Telling<'_>,
) -> Result<HookRow, StoreError> {
    Ok(HookRow {
        id: hook.webhook.id.clone(),
        url: hook.webhook.url.clone(),
        events: events(hook),
        made_by: maker(read, hook.webhook.made_by, telling).await?,
        standing: webhook_standing(hook, |time| dates::at(time, telling.zone)),
        waiting: read.deliveries_waiting(&hook.webhook.id).await?,
    })
}

/// What it is told.
pub(in crate::api) fn events(hook: &Webhook) -> String {
    let events: Vec<_> = hook.webhook.events.iter().map(String::as_str).collect();
    match events.is_empty() {
        true => words::EVERY_EVENT.to_owned(),
        false => events.join(", "),
    }
}

/// Who made it: a person by the name that the list has, a key with what became of it.
async fn maker(
    read: &mut Read,
    actor: Actor,
    Telling { keys, zone, now }: Telling<'_>,
) -> Result<String, StoreError> {
    Ok(match actor {
        Actor::Key(id) => match keys.iter().find(|key| key.id == id) {
            Some(key) => {
                let over = (!key.is_alive(now)).then(|| key_standing(key, zone, now));
                words::of_key(&key.key.label, over.as_deref())
            }
            None => actor.to_string(),
        },
        Actor::Owner(Owner::Person(person)) => {
            let name = read.member(person).await?.map(|member| member.name);
            let name = name.filter(|name| !name.is_empty());
            name.map_or_else(|| actor.to_string(), |name| format!("{name} ({person})"))
        }
        Actor::Owner(Owner::Wallet(wallet)) => shortened(&wallet.to_checksum(None)),
        Actor::CommandLine => words::COMMAND_LINE.to_owned(),
        Actor::Keeper | Actor::Link(_) => actor.to_string(),
    })
}

/// How a webhook stands, in words; `time` writes times.
#[must_use]
pub fn webhook_standing(hook: &Webhook, time: impl Fn(u64) -> String) -> String {
    let off = hook.disabled.as_ref();
    let off = off.map(|(since, why)| (time(*since), why.as_str()));
    words::standing(off, hook.failing_since.map(time))
}

/// What became of an event at a webhook, in words; `time` writes times.
#[must_use]
pub fn delivery_outcome(delivery: &Delivery, time: impl Fn(u64) -> String) -> String {
    let failure = delivery.failure.as_deref();
    words::outcome(delivery.tried_at.map(time), delivery.status, failure)
}

pub(super) fn delivery(delivery: &Delivery, zone: &TimeZone) -> DeliveryRow {
    let at = |time| dates::at(time, zone);
    DeliveryRow {
        seq: delivery.event.seq,
        kind: delivery.event.event.kind.clone(),
        id: delivery.event.event.id.clone(),
        at: at(delivery.event.event.at),
        tries: delivery.attempts,
        outcome: delivery_outcome(delivery, at),
        next: delivery.next_at.map_or_else(String::new, at),
    }
}
