//! Goals in words: what is measured, how it stands, who acts next.

use guerdon_core::goal::{AttemptStatus, Goal, GoalFlags, Kind};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use jiff::tz::TimeZone;

use crate::dates;
use crate::numbers::{count, grouped, ordinal, payout, score};

/// How a goal stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// `open until 30 Jun 2027; nobody has registered`
    pub(crate) state: String,
    /// `the sponsor, with one member of the panel, registers an attempt.`
    pub(crate) next: String,
    /// Whether anything can still raise what it pays.
    pub(crate) can_rise: bool,
    /// Whether it is final.
    pub(crate) done: bool,
}

impl Standing {
    /// The state as a sentence.
    pub(crate) fn state_sentence(&self) -> String {
        format!("{}.", self.state)
    }
}

/// What is measured, in one line.
pub(crate) fn measures(goal: &Goal) -> String {
    let items = grouped(goal.samples);
    let hidden = if is_public(goal) { "public" } else { "hidden" };
    let least = score(goal.threshold);
    match goal.kind {
        Kind::Proportion => {
            format!(
                "right answers to {items} {hidden} questions; the lower bound must reach {least}"
            )
        }
        Kind::Paired => format!(
            "wins less losses against a baseline on {items} {hidden} items; the lower bound must \
             reach {least}"
        ),
        Kind::Measure => {
            format!("mean score over {items} {hidden} items; the lower bound must reach {least}")
        }
        Kind::Count if goal.threshold == 1 && goal.stretch == 1 => {
            "a milestone: done, or not".to_owned()
        }
        Kind::Count => format!("a count; it must reach {}", goal.threshold),
    }
}

/// Whether anyone but the panel can read the items.
pub(crate) fn is_public(goal: &Goal) -> bool {
    goal.data.starts_with(b"public\0")
}

/// The measured value beside the bound, in ppb; a count has none.
pub(crate) fn measured(goal: &Goal, attempt: &AttemptRecord) -> Option<i64> {
    let items = i128::from(goal.samples);
    let x = i128::try_from(attempt.x).ok()?;
    let y = i128::try_from(attempt.y).ok()?;
    let value = match goal.kind {
        _ if !attempt.has_result => return None,
        Kind::Count => return None,
        Kind::Measure => x.div_euclid(items.max(1)),
        Kind::Proportion | Kind::Paired => x
            .checked_sub(y)?
            .checked_mul(1_000_000_000)?
            .div_euclid(items.max(1)),
    };
    i64::try_from(value).ok()
}

/// The raw result: `428 of 500`.
pub(crate) fn raw(goal: &Goal, attempt: &AttemptRecord) -> String {
    let items = grouped(goal.samples);
    match goal.kind {
        _ if !attempt.has_result => "no result".to_owned(),
        Kind::Proportion => format!("{} of {items}", grouped(attempt.x)),
        Kind::Paired => {
            format!(
                "{} wins, {} losses of {items}",
                grouped(attempt.x),
                grouped(attempt.y)
            )
        }
        Kind::Measure => {
            format!(
                "mean {} of {items}",
                score(measured(goal, attempt).unwrap_or(0))
            )
        }
        Kind::Count if goal.threshold == 1 && goal.stretch == 1 => {
            if attempt.x > 0 {
                "done".to_owned()
            } else {
                "not done".to_owned()
            }
        }
        Kind::Count => grouped(attempt.x),
    }
}

/// The finished attempt that the goal pays by, if one pays.
pub(crate) fn best(record: &GoalRecord) -> Option<&AttemptRecord> {
    let finished = record
        .attempts
        .iter()
        .filter(|a| a.word.status == AttemptStatus::Finished);
    let paying = finished.filter(|attempt| attempt.word.fraction > 0);
    // Of equals the first: it opened the share.
    paying.rev().max_by_key(|attempt| attempt.word.fraction)
}

/// `428 of 500: 61.0 %`, `none yet`
pub(crate) fn result(record: &GoalRecord) -> String {
    let paid = payout(record.state.fraction.into());
    match best(record) {
        Some(best) => format!("{}: {paid}", raw(&record.goal, best)),
        None if record.state.fraction > 0 => format!("by default: {paid}"),
        None if record.state.has(GoalFlags::FINAL) => "pays nothing".to_owned(),
        None if record
            .attempts
            .iter()
            .any(|a| a.word.status == AttemptStatus::Finished) =>
        {
            "nothing so far".to_owned()
        }
        None => "none yet".to_owned(),
    }
}

/// How it stands at a time of the chain, and who acts next.
pub(crate) fn standing(record: &GoalRecord, zone: &TimeZone, now: u64) -> Standing {
    let mut found = without_demand(record, zone, now);
    let state = &record.state;
    if state.has(GoalFlags::DEMANDED) && !found.done {
        let asked = dates::day(state.demanded_at, zone);
        let default = record.goal.default_ppb;
        let pays = payout(default.max(state.fraction).into());
        found.can_rise |= default > state.fraction;
        found.state.push_str(&format!(
            "; a run was asked for on {asked}: if no signed result answers, it closes with {pays}"
        ));
    }
    found
}

fn without_demand(record: &GoalRecord, zone: &TimeZone, now: u64) -> Standing {
    let (goal, state) = (&record.goal, &record.state);
    let day = |at| dates::day(at, zone);
    let done = state.has(GoalFlags::FINAL);
    let of = |state: String, next: &str, can_rise| Standing {
        state,
        next: next.to_owned(),
        can_rise,
        done,
    };
    let paid = payout(state.fraction.into());
    if done {
        return of(
            format!("final, pays {paid}"),
            "nobody; it can never change.",
            false,
        );
    }
    let pending = record
        .attempts
        .iter()
        .rev()
        .find(|attempt| attempt.word.status.is_pending());
    if let Some(attempt) = pending {
        return pending_attempt(record, attempt, zone, now);
    }
    let left = state.attempts_left(goal.attempts);
    let close = "anyone, who may close it: then it is final.";
    if state.fraction == guerdon_core::PPB {
        return of("reached in full".to_owned(), close, false);
    }
    if now > state.closes {
        return of(
            format!("the window closed on {}, pays {paid}", day(state.closes)),
            close,
            false,
        );
    }
    if now < goal.opens {
        let next = format!("the sponsor, from {} on.", day(goal.opens));
        return of(format!("opens on {}", day(goal.opens)), &next, true);
    }
    if left == 0 {
        let next = format!("anyone, who may close it after {}.", day(state.closes));
        return of(format!("no attempts left, pays {paid}"), &next, false);
    }
    let so_far = match record.attempts.is_empty() {
        true => "nobody has registered".to_owned(),
        false => format!("{} left, pays {paid} so far", count(left.into(), "attempt")),
    };
    let next = format!(
        "the sponsor with one member of the panel, or {} members, who register an attempt by {}.",
        record.m,
        day(state.closes)
    );
    of(
        format!("open until {}; {so_far}", day(state.closes)),
        &next,
        true,
    )
}

fn pending_attempt(
    record: &GoalRecord,
    attempt: &AttemptRecord,
    zone: &TimeZone,
    now: u64,
) -> Standing {
    let nth = ordinal(attempt.number);
    let deadline = attempt.word.deadline;
    let by = dates::day(deadline, zone);
    let over = now > deadline;
    let panel = format!("{} of {} panel members", record.m, record.panel.len());
    let (state, next) = match attempt.word.status {
        AttemptStatus::Registered if over => (
            format!("the {nth} attempt brought no result by {by}"),
            "anyone, who may expire the attempt.".to_owned(),
        ),
        AttemptStatus::Registered => (
            format!("the {nth} attempt is running until {by}"),
            format!("the evaluation panel: {panel} sign the result by {by}."),
        ),
        AttemptStatus::Proposed if over => (
            format!("nobody objected to the {nth} attempt by {by}"),
            "anyone, who may finalize it.".to_owned(),
        ),
        AttemptStatus::Proposed => (
            format!(
                "the {nth} attempt would pay {}; it may be challenged until {by}",
                payout(attempt.word.fraction.into())
            ),
            format!("anyone who disputes it, by {by}; after that anyone may finalize it."),
        ),
        _ if over => (
            format!("the {nth} attempt was challenged and the arbiter was silent until {by}"),
            "anyone, who may finalize it: the proposal stands.".to_owned(),
        ),
        _ => (
            format!("the {nth} attempt is challenged"),
            format!("the arbiter, by {by}; after that the proposal stands."),
        ),
    };
    Standing {
        state,
        next,
        can_rise: true,
        done: false,
    }
}
