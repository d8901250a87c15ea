//! `key`: keys by which other systems use the API.

use alloy_primitives::B256;
use guerdon_store::{Actor, ApiKey, NewApiKey, NewEntry, Read, Scope, Store};
use guerdon_web::NewKey;
use serde_json::{Value, json};

use super::{people, store::now};
use crate::cli::{CreateKeyArgs, KeyCommand, RevokeKeyArgs};
use crate::confirm::{Consent, confirm_or};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::{Listing, Record};
use crate::words::time;

const DAY: u64 = 86_400;
/// The longest name of a key, in letters.
const LABEL_MAX: usize = 100;

pub(crate) async fn run(context: &Context, command: &KeyCommand) -> Outcome {
    let store = people::open(context).await?;
    let outcome = match command {
        KeyCommand::Create(arguments) => create(context, &store, arguments).await,
        KeyCommand::List => list(context, &store).await,
        KeyCommand::Revoke(arguments) => revoke(context, &store, arguments).await,
    };
    store.close().await;
    outcome
}

async fn create(context: &Context, store: &Store, arguments: &CreateKeyArgs) -> Outcome {
    let label = arguments.label.trim();
    let length = label.chars().count();
    if length == 0 || length > LABEL_MAX || label.chars().any(char::is_control) {
        return Err(Failure::input("a key's name has 1 to 100 letters"));
    }
    let (at, key) = (now(), NewKey::of(B256::random().0));
    let new = NewApiKey {
        hash: key.hash,
        prefix: key.prefix.clone(),
        label: label.to_owned(),
        scopes: arguments.scope.iter().map(|name| name.0).collect(),
        made_at: at,
        made_by: Actor::CommandLine,
        expires_at: arguments
            .days
            .map(|days| at.saturating_add(days.saturating_mul(DAY))),
    };
    let scopes = words(&new.scopes);
    let until = new.expires_at.map_or_else(|| "no end".to_owned(), time);
    context.say(&format!("Make the key {label}: {scopes}; until: {until}."));
    if !agreed(
        context,
        "Make it?",
        json!({"label": label, "dry_run": true}),
    )? {
        return Ok(());
    }
    let mut tx = store.write().await?;
    let id = tx.add_api_key(&new).await?;
    tx.append_audit(&entry(at, "key made", (id, scopes)))
        .await?;
    tx.commit().await?;
    let value = json!({"id": id, "label": label, "key": key.text});
    let record = Record::new(value)
        .line("number", id.to_string())
        .line("key", key.text.clone());
    context.say("Keep it now: it is shown this once.");
    context.global.output.record(&record)
}

async fn list(context: &Context, store: &Store) -> Outcome {
    let keys = store.read().await?.api_keys().await?;
    let at = now();
    let row = |key: &ApiKey| {
        vec![
            key.id.to_string(),
            key.key.label.clone(),
            key.key.prefix.clone(),
            words(&key.key.scopes),
            key.used_at.map_or_else(|| "never".to_owned(), time),
            standing(key, at),
        ]
    };
    let item = |key: &ApiKey| {
        json!({
            "id": key.id,
            "label": key.key.label,
            "prefix": key.key.prefix,
            "scopes": words(&key.key.scopes),
            "made_at": key.key.made_at,
            "expires_at": key.key.expires_at,
            "used_at": key.used_at,
            "revoked_at": key.revoked_at,
        })
    };
    context.global.output.listing(&Listing {
        columns: vec!["id", "name", "begins with", "may", "last used", "good"],
        rows: keys.iter().map(row).collect(),
        items: keys.iter().map(item).collect(),
        empty: "there are no keys: make one with guerdon key create".to_owned(),
    })
}

async fn revoke(context: &Context, store: &Store, arguments: &RevokeKeyArgs) -> Outcome {
    let mut read = store.read().await?;
    let keys = read.api_keys().await?;
    let known = keys.iter().find(|key| key.id == arguments.key);
    let known = known.ok_or_else(|| {
        Failure::not_found(format!("there is no key {}", arguments.key))
            .hint("guerdon key list shows every key")
    })?;
    context.say(&format!(
        "End the key {} ({}) at once.",
        known.key.label, known.key.prefix
    ));
    let left = webhooks_of(&mut read, known.id).await?;
    drop(read);
    if !left.is_empty() {
        context.say(&format!(
            "The webhooks that it made are the company's and go on: {}. guerdon webhook remove \
             ends one.",
            left.join(", ")
        ));
    }
    if !agreed(context, "End it?", json!({"id": known.id, "dry_run": true}))? {
        return Ok(());
    }
    let at = now();
    let mut tx = store.write().await?;
    let revoked = tx.revoke_api_key(known.id, at).await?;
    if revoked {
        let about = (known.id, String::new());
        tx.append_audit(&entry(at, "key revoked", about)).await?;
    }
    tx.commit().await?;
    if !revoked {
        let sentence = format!("the key {} was revoked before", known.id);
        return Err(Failure::precondition(sentence));
    }
    let value = json!({"id": known.id, "revoked": true, "webhooks_left": left});
    let record = Record::new(value)
        .line("revoked", known.key.label.clone())
        .line_if("webhooks left", (!left.is_empty()).then(|| left.join(", ")));
    context.global.output.record(&record)
}

/// Webhooks that a key made and that are on.
async fn webhooks_of(read: &mut Read, key: u64) -> Outcome<Vec<String>> {
    let all = read.webhooks().await?.into_iter();
    let its = all.filter(|hook| hook.is_on() && hook.webhook.made_by == Actor::Key(key));
    Ok(its.map(|hook| hook.webhook.id).collect())
}

/// Whether to write: a dry run shows this and writes nothing, and the person may say no.
pub(super) fn agreed(context: &Context, question: &str, dry: Value) -> Outcome<bool> {
    const NOTHING: &str = "nothing was written";
    if context.global.dry_run {
        let record = Record::new(dry).line("dry run", NOTHING);
        context.global.output.record(&record)?;
        return Ok(false);
    }
    confirm_or(&context.global, question, Consent::Yes, NOTHING)?;
    Ok(true)
}

fn entry(at: u64, action: &str, (id, detail): (u64, String)) -> NewEntry {
    NewEntry {
        at,
        actor: Actor::CommandLine,
        action: action.to_owned(),
        subject: Actor::Key(id).to_string(),
        detail,
    }
}

fn words<'a>(scopes: impl IntoIterator<Item = &'a Scope>) -> String {
    let names: Vec<_> = scopes.into_iter().map(|scope| scope.name()).collect();
    names.join(", ")
}

fn standing(key: &ApiKey, now: u64) -> String {
    match (key.revoked_at, key.key.expires_at) {
        (Some(at), _) => format!("revoked {}", time(at)),
        (None, Some(end)) if end <= now => format!("expired {}", time(end)),
        (None, Some(end)) => format!("until {}", time(end)),
        (None, None) => "without an end".to_owned(),
    }
}
