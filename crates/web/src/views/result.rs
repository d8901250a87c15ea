//! The result that decides a share: one card on a grant's page, the first block on a goal's.

use guerdon_core::goal::{AttemptStatus, Kind};
use guerdon_core::ledger::GoalRecord;
use guerdon_core::terms::Gate;
use jiff::tz::TimeZone;

use super::{ChartView, NamedGoal};
use crate::charts::result_line::{self, Point, ResultLine, Standing};
use crate::strings::goal_words::{self, best, standing};
use crate::strings::result as words;
pub(crate) use crate::strings::result::message;

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
        let used = record
            .state
            .count
            .saturating_sub(record.state.voided.into());
        let state = standing(record, zone, now).state;
        Self {
            heading: words::heading(gate, &goal.title()),
            message: message(record),
            chart: chart(record, &record.id.to_string()),
            foot: words::foot(gate, (used, record.goal.attempts), &state),
            href: format!("/goals/{}", record.id),
        }
    }
}

/// The result line; a count has none.
pub(crate) fn chart(record: &GoalRecord, id: &str) -> Option<ChartView> {
    chart_saying(record, id, &message(record))
}

/// The result line with a message of its own.
pub(crate) fn chart_saying(record: &GoalRecord, id: &str, message: &str) -> Option<ChartView> {
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
    Some(result_line::draw(&line, &format!("g{id}"), message).into())
}
