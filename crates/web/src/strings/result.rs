//! What a result decides, in a sentence or two.

use guerdon_core::goal::{AttemptStatus, GoalFlags, Kind};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use guerdon_core::terms::Gate;

use super::goal_words::{best, measured, raw};
use crate::numbers::{count, ordinal, percent, score};

/// `Result that decides 40 %: product_500`
pub(crate) fn heading(gate: &Gate, goal: &str) -> String {
    let what = match gate.rule.trigger {
        true => "the whole".to_owned(),
        false => percent(gate.share_ppb.into()),
    };
    format!("Result that decides {what}: {goal}")
}

/// `2 of 2 attempts used · final, pays 61.0 % · `, before a link.
pub(crate) fn foot(gate: &Gate, (used, attempts): (u16, u8), state: &str) -> String {
    let lapse = match gate.rule.lapse {
        true => "only results registered before an end count · ",
        false => "",
    };
    let attempts = count(attempts.into(), "attempt");
    format!("{used} of {attempts} used · {state} · {lapse}")
}

/// What came out, in a sentence or two.
pub(crate) fn message(record: &GoalRecord) -> String {
    let goal = &record.goal;
    let paid = percent(record.state.fraction.into());
    if let Some(attempt) = best(record) {
        let nth = ordinal(attempt.number);
        return match (goal.kind, measured(goal, attempt), attempt.lower) {
            (Kind::Count, ..) => {
                format!(
                    "The {nth} attempt counted {}, so {paid} is open.",
                    raw(goal, attempt)
                )
            }
            (_, Some(measured), Some(lower)) => format!(
                "The {nth} attempt measured {} ({}); what counts is the lower bound {}, so \
                 {paid} is open.",
                score(measured),
                raw(goal, attempt),
                score(lower)
            ),
            _ => format!("The {nth} attempt opens {paid}."),
        };
    }
    let finished = |a: &&AttemptRecord| a.word.status == AttemptStatus::Finished;
    if let Some(last) = record.attempts.iter().rev().find(finished) {
        let nth = ordinal(last.number);
        let why = if guards_missing(record, last) {
            ", and a guard condition failed"
        } else {
            ""
        };
        return match last.lower {
            Some(lower) if goal.kind != Kind::Count => format!(
                "The {nth} attempt reached {} ({}){why}: below the threshold {}, it opens nothing.",
                score(lower),
                raw(goal, last),
                score(goal.threshold)
            ),
            _ => format!(
                "The {nth} attempt brought {}: it opens nothing.",
                raw(goal, last)
            ),
        };
    }
    match (
        record.state.has(GoalFlags::FINAL),
        record.state.fraction,
        record.attempts.len(),
    ) {
        (true, 0, _) => "It was closed without a result and opens nothing.".to_owned(),
        (true, ..) => format!("Nobody reported though asked, so the default {paid} is open."),
        (false, _, 0) => "No attempt is registered yet, so nothing is open.".to_owned(),
        _ => "No result is final yet, so nothing is open.".to_owned(),
    }
}

fn guards_missing(record: &GoalRecord, attempt: &AttemptRecord) -> bool {
    attempt.has_result && attempt.guards & record.goal.guards != record.goal.guards
}
