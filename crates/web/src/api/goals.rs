//! Goals, their attempts and results.

use alloy_primitives::B256;
use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_core::goal::GoalFlags;
use guerdon_core::ledger::AttemptRecord;
use guerdon_store::Read;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::books::Books;
use super::call::Call;
use super::cursor::key_of;
use super::endpoint::Outcome;
use super::problem::Problem;
use crate::dates;
use crate::outline::Outline;
use crate::views::{NamedGoal, goal_words};

/// Goals in order of their ids.
pub(super) fn list<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let outline = books.outline(read).await?;
        let goals = outline.goals.iter();
        let mut rows: Vec<(B256, Value)> = goals
            .map(|goal| (goal.record.id, view(goal, books.now())))
            .collect();
        rows.sort_by_key(|(id, _)| *id);
        Ok(books.page(call, books.rest(rows)))
    }
    .boxed()
}

/// One goal.
pub(super) fn one<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let outline = books.outline(read).await?;
        let goal = found(call, &outline)?;
        Ok(json!({"as_of": books.as_of(call), "goal": view(goal, books.now())}))
    }
    .boxed()
}

/// The attempts at a goal, by number.
pub(super) fn attempts<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let outline = books.outline(read).await?;
        let goal = found(call, &outline)?;
        let attempts = goal.record.attempts.iter();
        let row = |one: &AttemptRecord| (key_of(u64::from(one.number) + 1), attempt(one));
        let rows = attempts.map(row).collect();
        Ok(books.page(call, books.rest(rows)))
    }
    .boxed()
}

fn found<'a>(call: &Call, outline: &'a Outline) -> Result<&'a NamedGoal, Problem> {
    let id = call.id("id");
    let mut goals = outline.goals.iter();
    let goal = goals.find(|goal| goal.record.id == id);
    goal.ok_or_else(|| Problem::missing("goal"))
}

fn view(named: &NamedGoal, now: u64) -> Value {
    let record = &named.record;
    let (goal, standing) = (
        &record.goal,
        goal_words::standing(record, &TimeZone::UTC, now),
    );
    let panel = record.panel.iter().map(|member| member.to_checksum(None));
    json!({
        "id": record.id,
        "name": named.name,
        "measures": goal_words::measures(goal),
        "state": standing.state,
        "who_acts_next": standing.next,
        "result": goal_words::result(record),
        "fraction_ppb": record.state.fraction,
        "final": record.state.has(GoalFlags::FINAL),
        "opens": dates::machine(goal.opens),
        "closes": dates::machine(record.state.closes),
        "sponsor": goal.sponsor.to_checksum(None),
        "arbiter": goal.arbiter.to_checksum(None),
        "panel": panel.collect::<Vec<_>>(),
        "signatures_needed": record.m,
        "attempts": record.attempts.len(),
    })
}

fn attempt(attempt: &AttemptRecord) -> Value {
    let status = |status: &guerdon_core::goal::AttemptStatus| format!("{status:?}").to_lowercase();
    let history = attempt.history.iter().map(|(reached, origin)| {
        json!({
            "status": status(reached),
            "time": dates::machine(origin.block_time),
            "transaction": origin.tx,
        })
    });
    json!({
        "attempt": attempt.number,
        "status": status(&attempt.word.status),
        "model": attempt.model,
        "registered_at": dates::machine(attempt.word.registered_at),
        "has_result": attempt.has_result,
        "x": attempt.x.to_string(),
        "y": attempt.y.to_string(),
        "samples": attempt.samples,
        "guards": attempt.guards,
        "evidence": attempt.evidence,
        "lower_bound_ppb": attempt.lower,
        "fraction_ppb": attempt.word.fraction,
        "history": history.collect::<Vec<_>>(),
    })
}
