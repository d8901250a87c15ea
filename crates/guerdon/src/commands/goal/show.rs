//! `goal show`: what decides, what came out, who acts next.

use guerdon_core::goal::{AttemptStatus, GoalFlags, Kind};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use guerdon_formats::calendar::Zone;
use guerdon_formats::words::goal_next;
use serde_json::{Value, json};

use super::files::{self, Defined};
use crate::cli::GoalArgs;
use crate::context::Context;
use crate::error::Outcome;
use crate::output::Record;
use crate::session::Session;
use crate::words::{percent, time};

pub(crate) async fn run(context: &Context, arguments: &GoalArgs) -> Outcome {
    let goal = files::find(context, &arguments.goal)?;
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            show(&session, &goal).await
        })
        .await
}

pub(crate) async fn show(session: &Session<'_>, goal: &Defined) -> Outcome {
    let record = super::record(session, goal).await?;
    let now = session.chain.head().await?.time;
    session
        .context
        .global
        .output
        .record(&lines(goal, &record, now))
}

fn lines(goal: &Defined, record: &GoalRecord, now: u64) -> Record {
    let definition = &record.goal;
    let members: Vec<String> = record.panel.iter().map(ToString::to_string).collect();
    let mut shown = Record::new(value(goal, record))
        .line("goal", &goal.definition.name)
        .line("id", goal.id.to_string())
        .line("kind", kind(definition.kind))
        .line(
            "open",
            format!(
                "{} to {}",
                time(definition.opens),
                time(record.state.closes)
            ),
        )
        .line("panel", format!("{} of {}", record.m, members.join(", ")))
        .line(
            "opens",
            format!("{} of the gated share", percent(record.state.fraction)),
        )
        .line_if("demanded", demanded(record))
        .line("next", next(record, now));
    for attempt in &record.attempts {
        shown = shown.line(
            &format!("attempt {}", attempt.number),
            attempt_words(attempt, now),
        );
    }
    shown
}

/// A demand that stands, and what it pays if nothing answers it.
fn demanded(record: &GoalRecord) -> Option<String> {
    let state = &record.state;
    let stands = state.has(GoalFlags::DEMANDED) && !state.has(GoalFlags::FINAL);
    stands.then(|| {
        let (since, closes) = (time(state.demanded_at), time(state.closes));
        let pays = percent(record.goal.default_ppb.max(state.fraction));
        format!("a run, on {since}; if none answers by {closes}, the goal pays {pays}")
    })
}

fn next(record: &GoalRecord, now: u64) -> String {
    Zone::named("UTC").map_or_else(|_| String::new(), |utc| goal_next(record, now, &utc))
}

fn attempt_words(attempt: &AttemptRecord, now: u64) -> String {
    let deadline = time(attempt.word.deadline);
    let late = now > attempt.word.deadline;
    let result = match (attempt.has_result, attempt.samples) {
        (true, samples) => format!(
            "{} of {samples}, pays {}",
            attempt.x,
            percent(attempt.word.fraction)
        ),
        (false, _) => "no result".to_owned(),
    };
    match attempt.word.status {
        AttemptStatus::None => "none".to_owned(),
        AttemptStatus::Registered if late => {
            "nobody reported in time: anyone can expire it".to_owned()
        }
        AttemptStatus::Registered => format!("the panel reports until {deadline}"),
        AttemptStatus::Proposed if late => format!("{result}; anyone can finalize it"),
        AttemptStatus::Proposed => format!("{result}; can be challenged until {deadline}"),
        AttemptStatus::Challenged => {
            format!("{result}; challenged, the arbiter decides until {deadline}")
        }
        AttemptStatus::Finished if attempt.word.cleared_demand => {
            format!("{result}; finished, and answers the demand of {deadline}")
        }
        AttemptStatus::Finished => format!("{result}; finished"),
        AttemptStatus::Void => "void: it does not count".to_owned(),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Proportion => "PROPORTION: right answers of so many samples",
        Kind::Paired => "PAIRED: wins against a baseline",
        Kind::Measure => "MEASURE: a sum of scores",
        Kind::Count => "COUNT: a milestone or a number",
    }
}

fn value(goal: &Defined, record: &GoalRecord) -> Value {
    let attempts: Vec<Value> = record
        .attempts
        .iter()
        .map(|attempt| {
            let answers = attempt.word.cleared_demand;
            json!({
                "attempt": attempt.number,
                "status": format!("{:?}", attempt.word.status).to_lowercase(),
                "model": attempt.model,
                "registered_at": attempt.word.registered_at,
                "deadline": (!answers).then_some(attempt.word.deadline),
                "answers_demand_of": answers.then_some(attempt.word.deadline),
                "x": attempt.has_result.then(|| attempt.x.to_string()),
                "y": attempt.has_result.then(|| attempt.y.to_string()),
                "evidence": attempt.has_result.then(|| attempt.evidence.to_string()),
                "samples": attempt.has_result.then_some(attempt.samples),
                "lower_ppb": attempt.lower,
                "fraction_ppb": attempt.word.fraction,
            })
        })
        .collect();
    json!({
        "id": goal.id,
        "name": goal.definition.name,
        "fraction_ppb": record.state.fraction,
        "final": record.state.has(GoalFlags::FINAL),
        "opens": record.goal.opens,
        "closes": record.state.closes,
        "demanded_at": record
            .state
            .has(GoalFlags::DEMANDED)
            .then_some(record.state.demanded_at),
        "m": record.m,
        "panel": record.panel,
        "attempts_left": record.state.attempts_left(record.goal.attempts),
        "attempts": attempts,
    })
}
