//! Scheduled calls of the company, and the keeper's transactions.

use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_core::ledger::{OperationRecord, OperationState};
use guerdon_store::{Job, JobState, Operations, Read};
use serde_json::{Value, json};

use super::books::Books;
use super::call::Call;
use super::endpoint::Outcome;
use crate::dates;

/// The newest of both that are told.
const SHOWN: u32 = 100;

/// What waits, and what was done lately.
pub(super) fn list<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let now = books.now();
        let mut scheduled = read.operations(Operations::Open(now)).await?;
        let newest = read.operations(Operations::Newest(SHOWN)).await?;
        scheduled.extend(newest.into_iter().filter(|record| !record.is_open(now)));
        let keeper = read.recent_jobs(SHOWN).await?;
        Ok(json!({
            "as_of": books.as_of(call),
            "scheduled": scheduled.iter().map(|one| operation(one, now)).collect::<Vec<_>>(),
            "keeper": keeper.iter().map(job).collect::<Vec<_>>(),
        }))
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
