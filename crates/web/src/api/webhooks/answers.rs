//! `/api/v1/webhooks`. Whoever makes one brings the secret: answers are kept, and no secret is.

use std::collections::BTreeSet;

use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_store::{Actor, Read, Tx, Webhook};
use serde_json::{Value, json};

use super::{NotMade, Wanted, note, put};
use crate::api::call::Call;
use crate::api::endpoint::Outcome;
use crate::api::events::EventKind;
use crate::api::problem::{Kind, Problem};
use crate::api::schema::{
    self, LINE, list as list_of, maybe, moment, object, optional, part, text,
};
use crate::dates;

/// Every webhook.
pub(in crate::api) fn list<'a>(_call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let hooks = read.webhooks().await?;
        Ok(json!({"data": hooks.iter().map(view).collect::<Vec<_>>()}))
    }
    .boxed()
}

fn view(hook: &Webhook) -> Value {
    let off = hook.disabled.as_ref();
    json!({
        "id": hook.webhook.id,
        "url": hook.webhook.url,
        "events": hook.webhook.events,
        "made_at": dates::machine(hook.webhook.made_at),
        "made_by": maker(hook.webhook.made_by),
        "failing_since": hook.failing_since.map(dates::machine),
        "disabled_at": off.map(|(at, _)| dates::machine(*at)),
        "disabled_why": off.map(|(_, why)| why),
    })
}

/// A key by its number; people by what they are, since a key that may not read the list learns
/// nothing of it.
fn maker(actor: Actor) -> String {
    match actor {
        Actor::Owner(_) => "administrator".to_owned(),
        other => other.to_string(),
    }
}

/// Makes one.
pub(in crate::api) fn add<'a>(call: &'a Call, tx: &'a mut Tx) -> BoxFuture<'a, Outcome> {
    async move {
        let events = call.body["events"].as_array().into_iter().flatten();
        let events: BTreeSet<_> = events
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        let wanted = Wanted {
            url: call.body["url"].as_str().unwrap_or_default(),
            events,
            secret: Some(call.body["secret"].as_str().unwrap_or_default()),
        };
        let made = put(tx, &call.state, wanted, Actor::Key(call.key.id)).await;
        let (id, _) = made.map_err(|error| match error {
            NotMade::Wrong(why) => Problem::new(Kind::WebhookRefused, why),
            NotMade::Store(error) => error.into(),
        })?;
        Ok(json!({"id": id}))
    }
    .boxed()
}

/// Takes one away.
pub(in crate::api) fn remove<'a>(call: &'a Call, tx: &'a mut Tx) -> BoxFuture<'a, Outcome> {
    async move {
        let id = call.path.get("webhook").map_or("", String::as_str);
        if !tx.remove_webhook(id).await? {
            return Err(Problem::missing("webhook"));
        }
        let by = ((call.state.wall)(), Actor::Key(call.key.id));
        note(tx, by, ("webhook removed", id), String::new()).await?;
        Ok(json!({"id": id}))
    }
    .boxed()
}

/// The schemas.
pub(in crate::api) fn shapes() -> Vec<(&'static str, Value)> {
    let id = || schema::pattern(schema::WEBHOOK, "Its id.");
    let words: Vec<_> = EventKind::asked_for()
        .into_iter()
        .map(EventKind::word)
        .collect();
    let events = || {
        let words = json!({"type": "string", "enum": words});
        let mut events = list_of(words);
        events["maxItems"] = json!(100);
        events["description"] = json!("What it is told; nothing: every event.");
        events
    };
    let hook = object(
        "Where events are sent.",
        &[
            ("id", id()),
            ("url", text("")),
            ("events", events()),
            ("made_at", moment("")),
            (
                "made_by",
                text("`administrator`, `command line`, or a key by its number: `key 3`."),
            ),
            (
                "failing_since",
                maybe(moment("Since when nothing arrives there.")),
            ),
            ("disabled_at", maybe(moment("When it was switched off."))),
            ("disabled_why", maybe(text("Why."))),
        ],
    );
    let new = optional(
        "A receiver. https alone, and no private addresses.",
        &[
            (
                "url",
                json!({"type": "string", "minLength": 1, "maxLength": 2000, "pattern": LINE}),
            ),
            ("events", events()),
            (
                "secret",
                json!({"type": "string", "minLength": 38, "maxLength": 94, "pattern": LINE,
                    "description": "`whsec_` and the base64 of 24 to 64 random bytes of yours: \
                                    it signs what is sent, and no answer holds it."}),
            ),
        ],
        &["url", "secret"],
    );
    vec![
        ("Webhook", hook),
        (
            "WebhookList",
            object("", &[("data", list_of(part("Webhook")))]),
        ),
        ("NewWebhook", new),
        ("WebhookAnswer", object("", &[("id", id())])),
    ]
}
