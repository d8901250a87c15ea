//! Keys and webhooks as data. Nothing that opens or signs anything is among it.

use guerdon_store::{ApiKey, Read, StoreError, Webhook};

use super::integrations::scopes;
use super::webhooks::events;
use crate::dates;
use crate::strings::{api as words, webhooks as hook_words};
use crate::table::Rows;

const HEADER: [&str; 14] = [
    "kind",
    "id",
    "name",
    "begins_with",
    "may",
    "made",
    "made_by",
    "last_used",
    "ends",
    "ended",
    "standing",
    "why",
    "failing_since",
    "waiting",
];

/// The keys, then the webhooks.
pub(super) async fn of(read: &mut Read, now: u64) -> Result<Rows, StoreError> {
    let mut rows = Rows::new(&HEADER);
    for key in read.api_keys().await? {
        put_key(&mut rows, &key, now);
    }
    for hook in read.webhooks().await? {
        let waiting = read.deliveries_waiting(&hook.webhook.id).await?;
        put_hook(&mut rows, &hook, waiting);
    }
    Ok(rows)
}

fn time(at: Option<u64>) -> String {
    at.map_or_else(String::new, dates::machine)
}

fn put_key(rows: &mut Rows, key: &ApiKey, now: u64) {
    rows.row(&[
        &"key",
        &key.id,
        &key.key.label,
        &key.key.prefix,
        &scopes(key),
        &dates::machine(key.key.made_at),
        &key.key.made_by,
        &time(key.used_at),
        &time(key.key.expires_at),
        &time(key.revoked_at),
        &words::standing_word(key.revoked_at.is_some(), key.is_alive(now)),
        &"",
        &"",
        &"",
    ]);
}

/// Its name is its address, as the page shows it.
fn put_hook(rows: &mut Rows, hook: &Webhook, waiting: u64) {
    let off = hook.disabled.as_ref();
    rows.row(&[
        &"webhook",
        &hook.webhook.id,
        &hook.webhook.url,
        &"",
        &events(hook),
        &dates::machine(hook.webhook.made_at),
        &hook.webhook.made_by,
        &"",
        &"",
        &time(off.map(|(at, _)| *at)),
        &hook_words::standing_word(hook.is_on(), hook.failing_since.is_some()),
        &off.map(|(_, why)| why.clone()),
        &time(hook.failing_since),
        &waiting,
    ]);
}
