//! Steps that anyone may take, and what all steps share: the record, the attempt, the answer.

use guerdon_chain::{Plan, Receipt, Signer, plan};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use serde_json::json;

use super::KEEPER;
use super::files::{self, Defined};
use crate::cli::{AttemptArgs, GoalArgs};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::{Intent, execute, merge, receipt_value};
use crate::output::Record;
use crate::session::Session;

/// What anyone may do to an attempt, once the clock or the chain allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Seal,
    Expire,
    Finalize,
}

pub(crate) async fn step(context: &Context, arguments: &AttemptArgs, step: Step) -> Outcome {
    let goal = files::find(context, &arguments.goal)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let record = record(&session, &goal).await?;
            let attempt = latest(&record, arguments.attempt)?.number;
            let signer = session.signer(KEEPER)?;
            let receipt = take_step(&session, &signer, &goal, attempt, step).await?;
            finished(context, &goal, Some(attempt), receipt)
        })
        .await
}

/// Seals, expires or finalizes an attempt.
pub(crate) async fn take_step(
    session: &Session<'_>,
    signer: &Signer,
    goal: &Defined,
    attempt: u16,
    step: Step,
) -> Outcome<Option<Receipt>> {
    let definition = &goal.definition.goal;
    let goals = session.goals();
    let (plan, undo): (Plan, _) = match step {
        Step::Seal => (plan::seal(goals, definition, attempt), "nobody"),
        Step::Expire => (
            plan::expire(goals, definition, attempt),
            "the arbiter, if somebody challenges it",
        ),
        Step::Finalize => (plan::finalize(goals, goal.id, attempt), "nobody"),
    };
    let intent = Intent::new(plan, undo).fact("goal", &goal.definition.name);
    execute(session.context, session.chain, signer, intent).await
}

pub(crate) async fn run_close(context: &Context, arguments: &GoalArgs) -> Outcome {
    let goal = files::find(context, &arguments.goal)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let signer = session.signer(KEEPER)?;
            let receipt = close(&session, &signer, &goal).await?;
            finished(context, &goal, None, receipt)
        })
        .await
}

/// Makes a goal's fraction final.
pub(crate) async fn close(
    session: &Session<'_>,
    signer: &Signer,
    goal: &Defined,
) -> Outcome<Option<Receipt>> {
    let plan = plan::close(session.goals(), &goal.definition.goal);
    let intent =
        Intent::new(plan, "nobody: it is final for ever").fact("goal", &goal.definition.name);
    execute(session.context, session.chain, signer, intent).await
}

/// The goal as the chain's events tell it.
pub(crate) async fn record(session: &Session<'_>, goal: &Defined) -> Outcome<GoalRecord> {
    session
        .history()
        .await?
        .ledger
        .goals
        .remove(&goal.id)
        .ok_or_else(|| {
            let name = &goal.definition.name;
            Failure::not_found(format!(
                "the goal {name} ({}) is not defined on this chain",
                goal.id
            ))
            .hint("guerdon goal define FILE puts it there")
        })
}

/// The attempt that is meant, by default the latest.
pub(crate) fn latest(record: &GoalRecord, number: Option<u16>) -> Outcome<&AttemptRecord> {
    let found = match number {
        Some(number) => record.attempts.get(usize::from(number)),
        None => record.attempts.last(),
    };
    found.ok_or_else(|| {
        let count = record.attempts.len();
        Failure::not_found(format!("there is no such attempt: {count} were registered"))
            .hint("guerdon goal register begins one")
    })
}

/// Prints what a write to a goal came to; nothing after a dry run.
pub(crate) fn finished(
    context: &Context,
    goal: &Defined,
    attempt: Option<u16>,
    receipt: Option<Receipt>,
) -> Outcome {
    let Some(receipt) = receipt else {
        return Ok(());
    };
    let mut value = json!({
        "goal": goal.id,
        "name": goal.definition.name,
        "attempt": attempt,
    });
    merge(&mut value, receipt_value(&receipt));
    let record = Record::new(value)
        .line("goal", format!("{} ({})", goal.definition.name, goal.id))
        .line_if("attempt", attempt.map(|attempt| attempt.to_string()))
        .line("transaction", receipt.tx.to_string());
    context.global.output.record(&record)
}
