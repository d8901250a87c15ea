//! Scheduled calls of the company, and the keeper's transactions.

use alloy_primitives::B256;
use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_core::ledger::{OperationRecord, OperationState};
use guerdon_store::{Job, JobState, Operations, Read};
use serde_json::{Value, json};

use super::books::Books;
use super::call::Call;
use super::cursor::{key_of, number_of};
use super::endpoint::Outcome;
use crate::dates;

/// Scheduled calls, the newest first: companies make few of them.
pub(super) fn scheduled<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let newest = read.operations(Operations::Newest(u32::MAX)).await?;
        // In a list that begins with the newest, keys grow from the newest on.
        let mut rows: Vec<_> = newest
            .iter()
            .map(|record| (place(record), operation(record, books.now())))
            .collect();
        rows.sort_by_key(|(key, _)| *key);
        Ok(books.page(call, books.rest(rows)))
    }
    .boxed()
}

/// Grows from the newest call to the oldest: the complement of its place on the chain.
fn place(record: &OperationRecord) -> B256 {
    let scheduled = &record.scheduled;
    let mut key = [0; 32];
    let places =
        [scheduled.block, scheduled.log_index].map(|place| (u64::MAX - place).to_be_bytes());
    for (byte, value) in key.iter_mut().zip(places.concat()) {
        *byte = value;
    }
    B256::from(key)
}

/// The keeper's transactions, the newest first.
pub(super) fn keeper<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let limit = u32::try_from(call.limit()).unwrap_or(u32::MAX);
        // A cursor that was made up names no job, not one out of range.
        let before = books
            .after
            .map(|key| number_of(key).min(i64::MAX.unsigned_abs()));
        let jobs = read.jobs_before(before, limit.saturating_add(1)).await?;
        let rows = jobs.iter().map(|one| (key_of(one.id), job(one)));
        Ok(books.page(call, rows.collect()))
    }
    .boxed()
}

fn operation(record: &OperationRecord, now: u64) -> Value {
    let state = match record.state {
        OperationState::Executed => "executed",
        OperationState::Canceled => "cancelled",
        OperationState::Scheduled if now < record.at => "waiting",
        OperationState::Scheduled if record.is_due(now) => "due",
        OperationState::Scheduled => "expired",
    };
    json!({
        "operation": record.id,
        "number": record.nonce,
        "state": state,
        "scheduled_by": record.caller.to_checksum(None),
        "scheduled_at": dates::machine(record.scheduled.block_time),
        "from": dates::machine(record.at),
        "until": dates::machine(record.until()),
        "to": record.target.to_checksum(None),
        "data": alloy_primitives::hex::encode_prefixed(&record.data),
    })
}

fn job(job: &Job) -> Value {
    let state = match job.state {
        JobState::Open => "open",
        JobState::Done => "done",
        JobState::Reverted => "reverted",
        JobState::Displaced => "displaced",
    };
    json!({
        "job": job.id,
        "state": state,
        "summary": job.job.summary,
        "grants": job.job.grants,
        "transactions": job.sent.iter().map(|sent| sent.tx).collect::<Vec<_>>(),
        "block": job.done.map(|done| done.block),
        "gas_used": job.done.map(|done| done.gas_used),
    })
}
