//! Sheets of grants: sent, checked, made a round whose commitment is a call to sign.

use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_formats::sheet::RowError;
use guerdon_store::{Actor, ImportDraft, NewEntry, Tx};
use serde_json::{Value, json};

use super::books::Books;
use super::call::Call;
use super::endpoint::Outcome;
use super::once::Made;
use super::plans;
use super::problem::{Kind, Problem};
use crate::actions::plan_round;
use crate::company::lent::{self, Look, Sent};
use crate::data::money;
use crate::dates;
use crate::strings::api as words;

/// Sheets of one key that wait to be imported, at most.
const WAITING_MAX: usize = 50;
/// Wrong rows, and doubts, that are told at most.
const TOLD_MAX: usize = 1_000;

fn entry(call: &Call, (action, subject, detail): (&str, &str, &str)) -> NewEntry {
    NewEntry {
        at: (call.state.wall)(),
        actor: Actor::Key(call.key.id),
        action: action.to_owned(),
        subject: subject.to_owned(),
        detail: detail.to_owned(),
    }
}

/// Takes a sheet in. The answer is its number alone, since answers are kept.
pub(super) fn begin(call: &Call) -> BoxFuture<'_, Result<Made, Problem>> {
    async move {
        let columns = call.body["columns"].as_array().into_iter().flatten();
        let columns: BTreeMap<_, _> = columns
            .map(|column| {
                let text = |name: &str| column[name].as_str().map(str::to_owned);
                (text("theirs").unwrap_or_default(), text("ours"))
            })
            .collect();
        let left_out = call.body["left_out"].as_array().into_iter().flatten();
        let text = |name: &str| call.body[name].as_str().unwrap_or_default();
        let sent = Sent {
            name: text("name").to_owned(),
            csv: text("sheet").as_bytes().to_vec(),
            columns,
            left_out: left_out.filter_map(Value::as_u64).collect(),
            by: Actor::Key(call.key.id),
        };
        let draft = lent::begun(&call.state, sent).await?;
        let draft = draft.map_err(|why| Problem::new(Kind::SheetRefused, why))?;
        Ok(Made {
            answer: json!({"import": draft.id}),
            entry: entry(call, ("import begun", &draft.id, "")),
            draft: Some(draft),
        })
    }
    .boxed()
}

/// A key leaves no more sheets lying about than it may.
///
/// # Errors
/// It has as many that wait, and this would be one more.
pub(super) async fn room(tx: &mut Tx, draft: &ImportDraft) -> Result<(), Problem> {
    if draft.root.is_some() {
        return Ok(());
    }
    let drafts = tx.import_drafts(u32::MAX).await?;
    let of_key = drafts.iter().filter(|it| it.created_by == draft.created_by);
    let waiting = of_key.filter(|it| it.root.is_none() && it.id != draft.id);
    if waiting.count() < WAITING_MAX {
        return Ok(());
    }
    let why = words::sheets_wait(WAITING_MAX);
    Err(Problem::new(Kind::SheetRefused, why))
}

async fn draft(call: &Call) -> Result<ImportDraft, Problem> {
    let id = call.path.get("import").map_or("", String::as_str);
    let mut read = call.state.store.read().await?;
    let draft = read.import_draft(id).await?;
    draft.ok_or_else(|| Problem::missing("import"))
}

/// A sheet and what is wrong with it.
pub(super) fn one(call: &Call) -> BoxFuture<'_, Outcome> {
    async move {
        let draft = draft(call).await?;
        let head = json!({
            "id": draft.id,
            "name": draft.name,
            "begun_at": dates::machine(draft.created_at),
            "round": draft.root,
        });
        let checked = match draft.root {
            Some(_) => Value::Null,
            None => checked(call, &lent::looked_at(&call.state, draft).await?),
        };
        Ok(json!({"import": head, "checked": checked}))
    }
    .boxed()
}

fn checked(call: &Call, Look { loaded, judged }: &Look) -> Value {
    let (token, totals) = (&call.state.deployment.token, &judged.totals);
    let told = |error: &RowError| {
        let column = match error.column.as_str() {
            "" => None,
            column => Some(loaded.their_name(column)),
        };
        json!({"row": error.row, "column": column, "says": error.message})
    };
    let (errors, doubts) = (&judged.checked.errors, &judged.checked.doubts);
    let ours = loaded.choices.columns.iter().flatten();
    let columns = loaded.theirs.iter().zip(ours);
    let columns = columns.map(|(theirs, ours)| json!({"theirs": theirs, "ours": ours}));
    json!({
        "columns": columns.collect::<Vec<_>>(),
        "ready": loaded.is_matched() && judged.is_ready(),
        "rows": totals.rows,
        "good": judged.checked.good.len(),
        "wrong": judged.checked.wrong().len(),
        "left_out": loaded.choices.left_out.len(),
        "sum": money(totals.sum, token),
        "stated_sum": totals.stated.map(|sum| money(sum, token)),
        "good_sum": money(judged.good, token),
        "free": money(judged.free, token),
        "missing": money(judged.missing(), token),
        "wallets_not_looked_up": judged.unasked,
        "errors": errors.iter().take(TOLD_MAX).map(told).collect::<Vec<_>>(),
        "doubts": doubts.iter().take(TOLD_MAX).map(told).collect::<Vec<_>>(),
    })
}

/// Makes a round of a sheet, and the call that commits it.
pub(super) fn commit(call: &Call) -> BoxFuture<'_, Result<Made, Problem>> {
    async move {
        let before = draft(call).await?;
        let name = call.body["name"].as_str().unwrap_or_default().trim();
        let doubts_read = call.body["doubts_read"].as_bool().unwrap_or(false);
        let how = (name, doubts_read);
        let root = lent::imported(&call.state, before.clone(), how).await?;
        let root = root.map_err(|why| Problem::new(Kind::SheetRefused, why))?;
        let action = match before.root {
            None => "round imported",
            Some(_) => "plan made",
        };
        let binding_at = call.moment("binding_at");
        let mut read = call.state.store.read().await?;
        let asked = (root, Some(binding_at.unwrap_or(0)));
        let judged = plan_round(&mut read, &call.state, asked).await?;
        let books = Books::open(call, &mut read).await?;
        let (planned, refused) = match judged {
            Ok(planned) => (Some(planned), None),
            Err(why) => (None, Some(why)),
        };
        let plan = planned.as_ref().map(|it| plans::call_of(call, &it.plan));
        let draft = ImportDraft {
            // The rows stand with their round now; the sheet is not kept twice.
            sheet: Vec::new(),
            binding_at,
            root: Some(root),
            changed_at: (call.state.wall)(),
            ..before
        };
        Ok(Made {
            answer: json!({
                "as_of": books.as_of(call),
                "round": root,
                "plan": plan,
                "signer": planned.map(|it| it.signer),
                "refused": refused,
            }),
            entry: entry(call, (action, &root.to_string(), &draft.id)),
            draft: Some(draft),
        })
    }
    .boxed()
}

/// Forgets a sheet that was not imported.
pub(super) fn discard<'a>(call: &'a Call, tx: &'a mut Tx) -> BoxFuture<'a, Outcome> {
    async move {
        let id = call.path.get("import").map_or("", String::as_str);
        lent::waiting(tx, id).await?;
        tx.delete_import_draft(id).await?;
        tx.append_audit(&entry(call, ("import discarded", id, "")))
            .await?;
        Ok(json!({"import": id}))
    }
    .boxed()
}
