//! `webhook`: receivers that are told what happens, and what became of each event.

use alloy_primitives::B256;
use guerdon_store::{Actor, Delivery, NewEntry, Store, StoreError, Tx, Webhook};
use guerdon_web::{delivery_outcome, test_event, webhook_standing};
use serde_json::{Value, json};

use super::key::agreed;
use super::{people, store::now};
use crate::cli::{ResendArgs, WebhookArgs, WebhookCommand, WebhookLogArgs};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::{Listing, Record};
use crate::words::time;

const OFF: &str = "The command line switched it off.";
const WAITS: &str = "It is switched off: what is to be sent waits until guerdon webhook on.";

pub(crate) async fn run(context: &Context, command: &WebhookCommand) -> Outcome {
    let store = people::open(context).await?;
    let outcome = match command {
        WebhookCommand::List => list(context, &store).await,
        WebhookCommand::Log(arguments) => log(context, &store, arguments).await,
        WebhookCommand::Test(arguments) => test(context, &store, arguments).await,
        WebhookCommand::Resend(arguments) => resend(context, &store, arguments).await,
        WebhookCommand::Off(arguments) => switch(context, &store, (arguments, false)).await,
        WebhookCommand::On(arguments) => switch(context, &store, (arguments, true)).await,
        WebhookCommand::Remove(arguments) => remove(context, &store, arguments).await,
    };
    store.close().await;
    outcome
}

async fn list(context: &Context, store: &Store) -> Outcome {
    let mut read = store.read().await?;
    let hooks = read.webhooks().await?;
    let (mut rows, mut items) = (Vec::new(), Vec::new());
    for hook in &hooks {
        let waiting = read.deliveries_waiting(&hook.webhook.id).await?;
        rows.push(row(hook, waiting));
        items.push(item(hook, waiting));
    }
    context.global.output.listing(&Listing {
        columns: vec!["id", "receiver", "is told", "made by", "stands", "waiting"],
        rows,
        items,
        empty: "there are no webhooks: make one under Company, Integrations, or by the API"
            .to_owned(),
    })
}

fn row(hook: &Webhook, waiting: u64) -> Vec<String> {
    let new = &hook.webhook;
    let events: Vec<_> = new.events.iter().map(String::as_str).collect();
    vec![
        new.id.clone(),
        new.url.clone(),
        match events.is_empty() {
            true => "every event".to_owned(),
            false => events.join(", "),
        },
        new.made_by.to_string(),
        webhook_standing(hook, time),
        waiting.to_string(),
    ]
}

fn item(hook: &Webhook, waiting: u64) -> Value {
    let (new, off) = (&hook.webhook, hook.disabled.as_ref());
    json!({
        "id": new.id,
        "url": new.url,
        "events": new.events,
        "made_at": new.made_at,
        "made_by": new.made_by.to_string(),
        "failing_since": hook.failing_since,
        "disabled_at": off.map(|(at, _)| at),
        "disabled_why": off.map(|(_, why)| why),
        "waiting": waiting,
    })
}

async fn log(context: &Context, store: &Store, arguments: &WebhookLogArgs) -> Outcome {
    let hook = found(store, &arguments.of).await?;
    let mut read = store.read().await?;
    let deliveries = read.deliveries(&hook.webhook.id, arguments.limit).await?;
    drop(read);
    let row = |one: &Delivery| {
        vec![
            one.event.seq.to_string(),
            one.event.event.kind.clone(),
            one.event.event.id.clone(),
            time(one.event.event.at),
            delivery_outcome(one, time),
            one.next_at.map_or_else(|| "none".to_owned(), time),
            one.attempts.to_string(),
        ]
    };
    let item = |one: &Delivery| {
        json!({
            "number": one.event.seq,
            "type": one.event.event.kind,
            "id": one.event.event.id,
            "at": one.event.event.at,
            "attempts": one.attempts,
            "tried_at": one.tried_at,
            "status": one.status,
            "failure": one.failure,
            "arrived_at": one.done_at,
            "next_at": one.next_at,
        })
    };
    context.global.output.listing(&Listing {
        columns: vec![
            "number", "event", "id", "happened", "outcome", "next try", "tries",
        ],
        rows: deliveries.iter().map(row).collect(),
        items: deliveries.iter().map(item).collect(),
        empty: "nothing was to be sent there yet: guerdon webhook test tries it".to_owned(),
    })
}

async fn test(context: &Context, store: &Store, arguments: &WebhookArgs) -> Outcome {
    let hook = found(store, arguments).await?;
    let Some(deployment) = context.only_deployment()? else {
        return Err(Failure::precondition(
            "no contracts are deployed here, so there is nothing to tell of",
        ));
    };
    let id = &hook.webhook.id;
    context.say(&format!("Send a test event to {} alone.", hook.webhook.url));
    if !agreed(context, "Send it?", json!({"id": id, "dry_run": true}))? {
        return Ok(());
    }
    let at = now();
    let event = test_event((deployment.chain_id, at), B256::random().0);
    let mut tx = store.write().await?;
    if !tx.add_test_event(id, &event, at).await? {
        let early = Failure::precondition("no final block was read yet, so nothing can be sent");
        return Err(early.hint("guerdon serve reads the chain and sends"));
    }
    let number = tx.deliveries(id, 1).await?.first().map(|it| it.event.seq);
    note(&mut tx, at, ("webhook tried", id, String::new())).await?;
    tx.commit().await?;
    waits(context, &hook);
    let record = Record::new(json!({"id": id, "event": event.id, "number": number}));
    let record = record.line("to be sent", event.id.clone());
    context.say("guerdon serve sends it; guerdon webhook log shows what became of it.");
    context.global.output.record(&record)
}

async fn resend(context: &Context, store: &Store, arguments: &ResendArgs) -> Outcome {
    let hook = found(store, &arguments.of).await?;
    let (id, number) = (&hook.webhook.id, arguments.event);
    let url = &hook.webhook.url;
    context.say(&format!("Send event {number} to {url} again."));
    let dry = json!({"id": id, "number": number, "dry_run": true});
    if !agreed(context, "Send it?", dry)? {
        return Ok(());
    }
    let at = now();
    let mut tx = store.write().await?;
    if !tx.resend(id, number, at).await? {
        let sentence = format!("event {number} never was to be sent there, or is forgotten");
        return Err(Failure::not_found(sentence)
            .hint("guerdon webhook log shows those of the last 30 days"));
    }
    note(&mut tx, at, ("event sent again", id, number.to_string())).await?;
    tx.commit().await?;
    waits(context, &hook);
    let record = Record::new(json!({"id": id, "number": number}));
    let record = record.line("to be sent again", number.to_string());
    context.global.output.record(&record)
}

fn waits(context: &Context, hook: &Webhook) {
    if !hook.is_on() {
        context.say(WAITS);
    }
}

async fn switch(
    context: &Context,
    store: &Store,
    (arguments, on): (&WebhookArgs, bool),
) -> Outcome {
    let hook = found(store, arguments).await?;
    let (id, url) = (&hook.webhook.id, &hook.webhook.url);
    let word = if on { "on" } else { "off" };
    if hook.is_on() == on {
        return Err(Failure::precondition(format!("{id} is {word} already")));
    }
    context.say(&format!("Switch {word} what is sent to {url}."));
    if !agreed(context, "Do it?", json!({"id": id, "dry_run": true}))? {
        return Ok(());
    }
    let at = now();
    let mut tx = store.write().await?;
    tx.switch_webhook(id, (!on).then_some((at, OFF))).await?;
    let action = format!("webhook switched {word}");
    note(&mut tx, at, (&action, id, String::new())).await?;
    tx.commit().await?;
    let record = Record::new(json!({"id": id, "on": on}));
    context
        .global
        .output
        .record(&record.line(word, url.clone()))
}

async fn remove(context: &Context, store: &Store, arguments: &WebhookArgs) -> Outcome {
    let hook = found(store, arguments).await?;
    let (id, url) = (&hook.webhook.id, &hook.webhook.url);
    context.say(&format!(
        "Send nothing to {url} any more, and forget what was sent."
    ));
    if !agreed(context, "Remove it?", json!({"id": id, "dry_run": true}))? {
        return Ok(());
    }
    let mut tx = store.write().await?;
    tx.remove_webhook(id).await?;
    note(&mut tx, now(), ("webhook removed", id, String::new())).await?;
    tx.commit().await?;
    let record = Record::new(json!({"id": id, "removed": true}));
    context
        .global
        .output
        .record(&record.line("removed", url.clone()))
}

async fn found(store: &Store, arguments: &WebhookArgs) -> Outcome<Webhook> {
    let id = &arguments.webhook;
    store.read().await?.webhook(id).await?.ok_or_else(|| {
        Failure::not_found(format!("there is no webhook {id}"))
            .hint("guerdon webhook list shows every webhook")
    })
}

async fn note(
    tx: &mut Tx,
    at: u64,
    (action, id, detail): (&str, &str, String),
) -> Result<(), StoreError> {
    tx.append_audit(&NewEntry {
        at,
        actor: Actor::CommandLine,
        action: action.to_owned(),
        subject: id.to_owned(),
        detail,
    })
    .await
}
