//! `/api/v1/events`: what was told, in the order of its numbers.

use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_store::{Event, Read};
use serde_json::{Value, json};

use super::EventKind;
use crate::api::call::Call;
use crate::api::endpoint::Outcome;
use crate::api::problem::{Kind, Problem};
use crate::api::schema::{list as list_of, number, object, part, text};
use crate::strings::api as words;

/// Events after a number.
pub(in crate::api) fn list<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let after = call.asked("after").and_then(|text| text.parse().ok());
        let after = known(read, Some(after.unwrap_or(0))).await?;
        let limit = u32::try_from(call.limit()).unwrap_or(u32::MAX);
        let mut found = read.events_after(after, limit.saturating_add(1)).await?;
        let more = found.len() > call.limit();
        found.truncate(call.limit());
        let last = found.last().map_or(after, |event| event.seq);
        let rows: Vec<_> = found.iter().map(view).collect();
        Ok(json!({"data": rows, "has_more": more, "next_after": last}))
    }
    .boxed()
}

/// The number to go on from: the one that was named, if it was ever given, or the newest.
pub(super) async fn known(read: &mut Read, after: Option<u64>) -> Result<u64, Problem> {
    let newest = read.told().await?.map_or(0, |told| told.seq);
    match after {
        Some(after) if after > newest => {
            let why = words::event_unknown(after, newest);
            Err(Problem::new(Kind::EventUnknown, why))
        }
        after => Ok(after.unwrap_or(newest)),
    }
}

fn view(event: &Event) -> Value {
    let told: Value = serde_json::from_str(&event.event.body).unwrap_or_default();
    json!({"sequence": event.seq, "id": event.event.id, "event": told})
}

/// The schemas of events, alone and in a list.
pub(in crate::api) fn shapes() -> Vec<(String, Value)> {
    let kinds = EventKind::ALL.iter();
    let mut all: Vec<_> = kinds
        .map(|kind| (kind.schema_name(), kind.schema()))
        .collect();
    let any: Vec<_> = EventKind::ALL
        .iter()
        .map(|kind| part(&kind.schema_name()))
        .collect();
    let told = object(
        "Something that happened, once it is final.",
        &[
            (
                "sequence",
                number(1, i64::MAX, "Its number: rises, with gaps."),
            ),
            (
                "id",
                text("Follows from the fact alone; the same in `webhook-id`."),
            ),
            ("event", json!({"anyOf": any})),
        ],
    );
    let page = object(
        "Events in the order of their numbers.",
        &[
            ("data", list_of(part("ToldEvent"))),
            ("has_more", json!({"type": "boolean"})),
            (
                "next_after",
                number(0, i64::MAX, "Ask for what follows it with `after`."),
            ),
        ],
    );
    all.push(("ToldEvent".to_owned(), told));
    all.push(("ToldEventPage".to_owned(), page));
    all
}
