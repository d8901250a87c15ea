//! The result that decides a share: one card on a grant's page, the first block on a goal's.

use guerdon_core::goal::{AttemptStatus, GoalFlags, Kind};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use guerdon_core::terms::Gate;
use jiff::tz::TimeZone;

use super::goal_words::{self, best, measured, raw, standing};
use super::{ChartView, NamedGoal};
use crate::charts::result_line::{self, Point, ResultLine, Standing};
use crate::numbers::{count, ordinal, percent, score};

/// A card on a grant's page.
#[derive(Debug)]
pub(crate) struct ResultView {
    pub(crate) heading: String,
    pub(crate) message: String,
    pub(crate) chart: Option<ChartView>,
    pub(crate) foot: String,
    pub(crate) href: String,
}

impl ResultView {
    pub(crate) fn new(gate: &Gate, goal: &NamedGoal, zone: &TimeZone, now: u64) -> Self {
        let record = &goal.record;
        let what = match gate.rule.trigger {
            true => "the whole".to_owned(),
            false => percent(gate.share_ppb.into()),
        };
        let lapse = if gate.rule.lapse {
            "only results registered before an end count · "
        } else {
            ""
        };
        let used = record
            .state
            .count
            .saturating_sub(record.state.voided.into());
        let state = standing(record, zone, now).state;
        Self {
            heading: format!("Result that decides {what}: {}", goal.title()),
            message: message(record),
            chart: chart(record, &record.id.to_string()),
            foot: format!(
                "{used} of {} used · {state} · {lapse}",
                count(record.goal.attempts.into(), "attempt")
            ),
            href: format!("/goals/{}", record.id),
        }
    }
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

/// The result line; a count has none.
pub(crate) fn chart(record: &GoalRecord, id: &str) -> Option<ChartView> {
    let goal = &record.goal;
    if goal.kind == Kind::Count {
        return None;
    }
    let counts = best(record).map(|attempt| attempt.number);
    let points = record.attempts.iter().filter_map(|attempt| {
        let standing = match attempt.word.status {
            AttemptStatus::Finished if counts == Some(attempt.number) => Standing::Counts,
            AttemptStatus::Finished if attempt.word.fraction > 0 => Standing::Lower,
            AttemptStatus::Finished => Standing::Failed,
            AttemptStatus::Proposed | AttemptStatus::Challenged => Standing::Open,
            _ => return None,
        };
        Some(Point {
            number: attempt.number,
            lower: attempt.lower?,
            measured: goal_words::measured(goal, attempt),
            standing,
        })
    });
    let line = ResultLine {
        threshold: goal.threshold,
        stretch: goal.stretch,
        base_ppb: goal.base_ppb.into(),
        points: points.collect(),
    };
    let id: String = id
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(14)
        .collect();
    Some(result_line::draw(&line, &format!("g{id}"), &message(record)).into())
}
