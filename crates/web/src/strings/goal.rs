//! A goal's page: its rules, its attempts, its panel.

use alloy_primitives::Address;
use guerdon_core::PPB;
use guerdon_core::goal::{AttemptStatus, Goal, Kind};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use guerdon_core::terms::Gate;
use jiff::tz::TimeZone;

use super::goal_words::{measures, raw};
use crate::dates;
use crate::html::Hex;
use crate::numbers::{Token, capital, count, grouped, ordinal, payout, percent, score, shortened};

pub(crate) const NO_ATTEMPTS: &str = "No attempts yet. The sponsor registers one together with a \
    member of the panel, naming the hash of the model before it is run.";
pub(crate) const PUBLIC_ITEMS: &str = "public: anyone can read them";

/// `Goal product_500`
pub(crate) fn title(name: &str) -> String {
    format!("Goal {name}")
}

/// What sheets and commands call a goal that has a title.
pub(crate) fn called(name: &str) -> String {
    format!("Grant sheets and commands call it {name}.")
}

/// With a capital and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    format!("{}.", capital(text))
}

pub(crate) fn hidden_items(hash: &Hex) -> String {
    format!("hidden behind {hash}")
}

/// `2nd attempt`
pub(crate) fn attempt_heading(number: u16) -> String {
    format!("{} attempt", ordinal(number))
}

/// What came out of an attempt, and of which model.
pub(crate) fn attempt(goal: &Goal, attempt: &AttemptRecord) -> String {
    let pays = payout(attempt.word.fraction.into());
    let bound = match attempt.lower {
        Some(lower) if goal.kind != Kind::Count => format!(", lower bound {}", score(lower)),
        _ => String::new(),
    };
    let result = capital(&raw(goal, attempt));
    let sentence = match attempt.word.status {
        AttemptStatus::Registered => "Registered; no result yet.".to_owned(),
        AttemptStatus::Proposed | AttemptStatus::Challenged => {
            format!("{result}{bound}: would pay {pays}.")
        }
        AttemptStatus::Void => "Declared void and given back: it never counts.".to_owned(),
        _ => format!("{result}{bound}: pays {pays}."),
    };
    let model = shortened(&attempt.model.to_string());
    format!("{sentence} Model {model}.")
}

pub(crate) const fn status(status: AttemptStatus) -> &'static str {
    match status {
        AttemptStatus::None => "unknown",
        AttemptStatus::Registered => "registered",
        AttemptStatus::Proposed => "proposed",
        AttemptStatus::Challenged => "challenged",
        AttemptStatus::Finished => "final",
        AttemptStatus::Void => "void",
    }
}

pub(crate) fn definition(
    goal: &Goal,
    bond_token: Option<&(Address, Token)>,
    closes: u64,
) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("What is measured", capital(&measures(goal))),
        ("It pays", pays(goal)),
    ];
    if goal.kind != Kind::Count {
        let z = format!("{}.{:03}", goal.bound / 1000, goal.bound % 1000);
        let bound = match goal.kind {
            Kind::Measure => format!("ln(1/α) = {z}"),
            _ => format!("z = {z}, one-sided"),
        };
        rows.push(("How sure", format!("lower bound with {bound}")));
        rows.push((
            "Items",
            format!(
                "exactly {} out of a pool of {}",
                grouped(goal.samples),
                grouped(goal.pool)
            ),
        ));
    }
    let rules = rules(goal, closes).into_iter();
    rows.extend(rules.skip(usize::from(goal.kind == Kind::Count)));
    rows.push(("Bond", bond(goal, bond_token)));
    if goal.guards != 0 {
        let guards = count(goal.guards.count_ones().into(), "condition");
        rows.push((
            "Guards",
            format!("{guards} must hold, or a result pays nothing"),
        ));
    }
    if goal.default_ppb > 0 {
        let default = percent(goal.default_ppb.into());
        rows.push((
            "If nobody reports",
            format!("pays {default}, once the sponsor has asked for a run"),
        ));
    }
    rows
}

/// How an attempt runs, and until when.
fn rules(goal: &Goal, closes: u64) -> [(&'static str, String); 6] {
    let drawn = match goal.seed_blocks {
        0 => "fixed beforehand, nothing is drawn".to_owned(),
        blocks => {
            let blocks = count(blocks.into(), "block");
            format!("drawn by the chain, {blocks} after registration")
        }
    };
    let voids = match goal.max_voids {
        0 => "none may be declared void".to_owned(),
        voids => format!("the arbiter may declare {voids} void"),
    };
    let day = |at| dates::day(at, &TimeZone::UTC);
    let length = |seconds: u32| dates::length(seconds.into());
    let attempts = count(goal.attempts.into(), "attempt");
    let arbiter = length(goal.arbiter_seconds);
    [
        ("Which items", drawn),
        ("Attempts", format!("{attempts}; {voids}")),
        ("Window", format!("{} to {}", day(goal.opens), day(closes))),
        (
            "A run takes",
            format!("at most {}", length(goal.run_seconds)),
        ),
        (
            "Challenge",
            format!("within {}", length(goal.challenge_seconds)),
        ),
        (
            "Arbiter",
            format!("has {arbiter}, then the proposal stands"),
        ),
    ]
}

fn pays(goal: &Goal) -> String {
    let show = |value: i64| match goal.kind {
        Kind::Count => value.to_string(),
        _ => score(value),
    };
    let (threshold, stretch) = (show(goal.threshold), show(goal.stretch));
    let base = percent(goal.base_ppb.into());
    if goal.threshold == goal.stretch || goal.base_ppb == PPB {
        return format!("everything from {threshold} on, below nothing");
    }
    format!("{base} at {threshold}, rising evenly to 100\u{a0}% at {stretch}; below nothing")
}

fn bond(goal: &Goal, bond_token: Option<&(Address, Token)>) -> String {
    match (goal.bond, bond_token) {
        (0, _) => "none asked".to_owned(),
        (units, Some((address, token))) if *address == goal.bond_token => {
            format!("{}, which a challenger puts down", token.words(units))
        }
        (units, _) => format!(
            "{} base units of the token {}, which a challenger puts down",
            grouped(units),
            shortened(&goal.bond_token.to_checksum(None))
        ),
    }
}

pub(crate) fn panel(record: &GoalRecord, conflicts: usize) -> String {
    let conflict = match conflicts {
        0 => "No member holds a grant that it decides, as far as terms are known here.".to_owned(),
        1 => "One member holds a grant that it decides: ask the company why.".to_owned(),
        many => format!("{many} members hold grants that it decides: ask the company why."),
    };
    format!(
        "{} of {} members sign a result. The panel is part of the definition and can never be \
         changed. {conflict}",
        record.m,
        record.panel.len()
    )
}

pub(crate) fn decides(all: u64, opened: u64) -> String {
    match (all, opened) {
        (0, 0) => "No grant that is known here depends on it.".to_owned(),
        (all, 0) => format!(
            "It decides {}; none of them is opened yet.",
            count(all, "grant")
        ),
        (all, opened) => format!(
            "It decides {}; {} opened and shown here.",
            count(all, "grant"),
            grouped(opened)
        ),
    }
}

/// What a gate decides.
pub(crate) fn share(gate: &Gate) -> String {
    match gate.rule.trigger {
        true => "all".to_owned(),
        false => percent(gate.share_ppb.into()),
    }
}

/// How a gate decides.
pub(crate) const fn how(gate: &Gate) -> &'static str {
    match (gate.rule.trigger, gate.rule.lapse) {
        (false, false) => "opens a share",
        (false, true) => "opens a share; lapses with an end",
        (true, false) => "scales the whole",
        (true, true) => "scales the whole; lapses with an end",
    }
}
