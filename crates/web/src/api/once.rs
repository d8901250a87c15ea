//! A request that writes does so once by its name, its idempotency key.
//!
//! What takes time, a plan, is worked out before the write lock is asked for, from a snapshot and
//! under no lock. Then a short transaction looks whether the name was answered meanwhile, and either
//! hands that answer out or writes what the request does together with its own. So nothing is
//! claimed beforehand: of many who race, each may work its plan out, one writes, and all get its
//! answer; who is killed before the commit has left nothing, and the name is free.

use alloy_primitives::B256;
use axum::Json;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use guerdon_store::{ApiAnswer, ImportDraft, NewEntry, Tx};
use serde_json::Value;

use super::call::Call;
use super::endpoint::{Does, Plans, Writes};
use super::imports;
use super::problem::{Kind, Problem};
use crate::strings::api as words;

/// Answers are kept for so many seconds at least.
const KEPT_SECONDS: u64 = 7 * 86_400;
/// Says that an answer was given before.
const REPLAYED: &str = "idempotent-replayed";

/// An answer that was worked out, and what the log will say of it.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) answer: Value,
    pub(super) entry: NewEntry,
    /// The sheet that it leaves.
    pub(super) draft: Option<ImportDraft>,
}

/// Which request of a key it is.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    /// Hash of its address and body.
    pub(super) request: B256,
    /// When it came, Unix seconds of the wall clock.
    pub(super) at: u64,
}

/// Works an answer out and writes it down with its entry in the log.
pub(super) async fn planned(call: &Call, name: Name, run: Plans) -> Result<Response, Problem> {
    let mut read = call.state.store.read().await?;
    if let Some(known) = read.api_answer(call.key.id, &name.text).await? {
        return replayed(&known, name.request);
    }
    let made = run(call, &mut read).await?;
    drop(read);
    wrote(call, name, made).await
}

/// The same for what asks the node, or does something that another program finishes: no snapshot is
/// held meanwhile.
pub(super) async fn done(call: &Call, name: Name, run: Does) -> Result<Response, Problem> {
    let mut read = call.state.store.read().await?;
    if let Some(known) = read.api_answer(call.key.id, &name.text).await? {
        return replayed(&known, name.request);
    }
    drop(read);
    let made = run(call).await?;
    wrote(call, name, made).await
}

/// Writes what was worked out, unless the name was answered meanwhile.
async fn wrote(call: &Call, name: Name, made: Made) -> Result<Response, Problem> {
    let mut tx = call.state.store.write().await?;
    if let Some(known) = tx.api_answer(call.key.id, &name.text).await? {
        return replayed(&known, name.request);
    }
    tx.append_audit(&made.entry).await?;
    if let Some(draft) = &made.draft {
        imports::room(&mut tx, draft).await?;
        tx.put_import_draft(draft).await?;
    }
    keep(call, tx, (name, made.answer)).await
}

/// Writes in one transaction, for what is done quickly.
pub(super) async fn written(call: &Call, name: Name, run: Writes) -> Result<Response, Problem> {
    let mut tx = call.state.store.write().await?;
    if let Some(known) = tx.api_answer(call.key.id, &name.text).await? {
        return replayed(&known, name.request);
    }
    let answer = run(call, &mut tx).await?;
    keep(call, tx, (name, answer)).await
}

/// The same for what takes something away: a second try finds nothing, so no answer is kept.
pub(super) async fn removed(call: &Call, run: Writes) -> Result<Response, Problem> {
    let mut tx = call.state.store.write().await?;
    let answer = run(call, &mut tx).await?;
    tx.commit().await?;
    Ok(Json(answer).into_response())
}

/// Commits what a request did together with its answer.
async fn keep(call: &Call, mut tx: Tx, (name, value): (Name, Value)) -> Result<Response, Problem> {
    let answer = ApiAnswer {
        request: name.request,
        status: call.endpoint.status(),
        body: value.to_string(),
        answered_at: name.at,
    };
    let before = name.at.saturating_sub(KEPT_SECONDS);
    tx.forget_api_answers(before).await?;
    tx.put_api_answer(call.key.id, &name.text, &answer).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(value)).into_response())
}

/// The answer that a request of this name was given, if it was the same request.
fn replayed(known: &ApiAnswer, request: B256) -> Result<Response, Problem> {
    if known.request != request {
        return Err(Problem::new(Kind::NameReused, words::NAME_REUSED));
    }
    let value: Value =
        serde_json::from_str(&known.body).map_err(|_| Problem::new(Kind::Failed, words::FAILED))?;
    let status = StatusCode::from_u16(known.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Json(value)).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
