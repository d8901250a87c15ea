//! Scheduled calls and jobs as data.

use alloy_primitives::hex;
use guerdon_store::{Job, JobState};
use serde_json::{Value, json};

use super::list::sentence;
use super::load::{Jobs, Scheduled, Standing};
use crate::data::head;
use crate::dates;
use crate::strings::jobs as words;
use crate::table::Rows;
use crate::views::Context;

/// The page of jobs.
pub(super) fn jobs(jobs: &Jobs, context: &Context<'_>) -> Value {
    let now = context.now();
    let scheduled = jobs.open.iter().chain(&jobs.over);
    let failing = jobs.failing.iter().map(|(one, name)| {
        json!({
            "grant": one.id,
            "name": name.name,
            "times": one.times,
            "reason": one.reason,
            "last_at": dates::machine(one.last_at),
            "retry_at": dates::machine(one.retry_at),
        })
    });
    json!({
        "as_of": head(context),
        "scheduled": scheduled.map(|it| operation(it, now)).collect::<Vec<_>>(),
        "keeper": {
            "waiting": jobs.waiting(),
            "jobs": jobs.keeper.iter().map(|(one, _)| job(one)).collect::<Vec<_>>(),
            "failing": failing.collect::<Vec<_>>(),
        },
    })
}

/// One scheduled call.
pub(super) fn operation(one: &Scheduled, now: u64) -> Value {
    let record = &one.record;
    json!({
        "operation": record.id,
        "number": record.nonce,
        "state": words::state(Standing::of(record, now)),
        "summary": sentence(one),
        "grant": one.grant.as_ref().map(|grant| grant.id),
        "scheduled_by": record.caller.to_checksum(None),
        "scheduled_at": dates::machine(record.scheduled.block_time),
        "scheduled_in": record.scheduled.tx,
        "from": dates::machine(record.at),
        "until": dates::machine(record.until()),
        "to": record.target.to_checksum(None),
        "data": hex::encode_prefixed(&record.data),
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
        "nonce": job.job.nonce,
        "grants": job.job.grants,
        "transactions": job.sent.iter().map(|sent| sent.tx).collect::<Vec<_>>(),
        "block": job.done.map(|done| done.block),
        "gas_used": job.done.map(|done| done.gas_used),
    })
}

/// Scheduled calls as a table.
pub(super) fn calls_table<'a>(calls: impl Iterator<Item = &'a Scheduled>, now: u64) -> Rows {
    let mut rows = Rows::new(&[
        "operation",
        "number",
        "state",
        "summary",
        "grant",
        "scheduled_by",
        "scheduled_at",
        "from",
        "until",
        "to",
        "data",
    ]);
    for one in calls {
        let record = &one.record;
        let grant = one.grant.as_ref().map(|grant| grant.id.to_string());
        rows.row(&[
            &record.id,
            &record.nonce,
            &words::state(Standing::of(record, now)),
            &sentence(one),
            &grant.unwrap_or_default(),
            &record.caller.to_checksum(None),
            &dates::machine(record.scheduled.block_time),
            &dates::machine(record.at),
            &dates::machine(record.until()),
            &record.target.to_checksum(None),
            &hex::encode_prefixed(&record.data),
        ]);
    }
    rows
}
