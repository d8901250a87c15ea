//! What the holder of a grant must see apart: what was and what comes, hers and others', and goals
//! that can bring little more.

use std::collections::BTreeSet;
use std::path::Path;

use alloy_primitives::{Address, B256};
use guerdon_core::goal::GoalFlags;
use guerdon_core::ledger::GoalRecord;
use guerdon_core::succession::Born;
use guerdon_core::terms::Terms;
use guerdon_formats::replacement_file::{NewGrant, ReplacementFile};
use guerdon_formats::words::{describe_gates, describe_schedule};
use serde_json::{Value, json};

use super::offer::Pair;
use crate::commands::goal::files::names;
use crate::commands::grant::change::{Subject, both};
use crate::commands::grant::files::Grant;
use crate::error::{Failure, Outcome};
use crate::session::{GoalNames, goal_name};
use crate::words::{Unit, percent, time};

/// The names of goals that the files of the grants tell; the holder's own file, and what is known
/// here, have the last word.
pub(super) fn goal_names(subject: &Subject<'_>, file: &ReplacementFile) -> Outcome<GoalNames> {
    let new = file.successors.iter().flat_map(|new| &new.file.goals);
    let all = new.chain(&subject.grant.file.goals);
    let told = all.filter_map(|goal| Some((goal.id()?, goal.name.clone())));
    let mut goals: GoalNames = told.collect();
    goals.extend(names(subject.session.context)?);
    Ok(goals)
}

/// `P-1: 600 ACC for 0x…; vests monthly …`: the grant as it stands.
pub(super) fn old(subject: &Subject<'_>, goals: &GoalNames) -> Outcome<String> {
    sentence(subject.grant, subject.holder, goals, &subject.unit())
}

/// The same of one that takes its place.
pub(super) fn new(new: &NewGrant, id: B256, goals: &GoalNames, unit: &Unit) -> Outcome<String> {
    let grant = Grant::new(Path::new(&new.name), new.file.clone(), id).map_err(Failure::input)?;
    // The name is no path: what follows a dot in it stays.
    let grant = Grant {
        name: new.name.clone(),
        ..grant
    };
    sentence(&grant, new.file.terms.recipient, goals, unit)
}

fn sentence(grant: &Grant, holder: Address, goals: &GoalNames, unit: &Unit) -> Outcome<String> {
    let terms = &grant.file.terms;
    let schedule = describe_schedule(&terms.vesting, terms.start, &grant.zone()?);
    let gates = match terms.gates.as_slice() {
        [] => String::new(),
        gates => format!(
            ". {}",
            describe_gates(gates, &|id| goal_name(goals, id)).join(" ")
        ),
    };
    let amount = unit.exact(terms.amount);
    Ok(format!(
        "{}: {amount} for {holder}; {schedule}{gates}",
        grant.name
    ))
}

/// What the present holder has, before and after. Amounts in base units.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hers {
    pub(super) granted: Pair,
    pub(super) vested: Pair,
    pub(super) claimable: Pair,
    /// Granted to anybody else.
    pub(super) others: u128,
}

impl Hers {
    /// Nothing when all of it stays hers: then the lines for all say it.
    pub(super) fn facts(&self, unit: &Unit) -> Vec<(&'static str, String)> {
        if self.others == 0 {
            return Vec::new();
        }
        let amount = |base_units| unit.exact(base_units);
        let holders = format!(
            "granted {}; vested {}; claimable {}",
            both(self.granted, amount),
            both(self.vested, amount),
            both(self.claimable, amount)
        );
        let others = format!("{} granted", amount(self.others));
        vec![("the holder's", holders), ("others'", others)]
    }

    pub(super) fn value(&self) -> Value {
        let both = |pair: Pair| [pair.0.to_string(), pair.1.to_string()];
        let [granted, vested, claimable] = [self.granted, self.vested, self.claimable].map(both);
        json!({
            "granted_before": granted[0],
            "granted_after": granted[1],
            "vested_before": vested[0],
            "vested_after": vested[1],
            "claimable_before": claimable[0],
            "claimable_after": claimable[1],
            "granted_to_others": self.others.to_string(),
        })
    }
}

/// A goal that a new grant waits for and for which no attempt can come any more.
#[derive(Debug)]
pub(super) struct Shut {
    words: String,
    value: Value,
}

/// Such goals of the new grants, each once.
pub(super) fn shut(subject: &Subject<'_>, born: &[Born], goals: &GoalNames) -> Vec<Shut> {
    let terms = born.iter().map(|one: &Born| -> &Terms { &one.terms });
    let gates = terms.flat_map(|terms| &terms.gates);
    let ids: BTreeSet<B256> = gates.map(|gate| gate.goal).collect();
    let ledger = &subject.history.ledger;
    let records = ids.iter().filter_map(|id| ledger.goals.get(id));
    let shut = |goal: &GoalRecord| of_goal(goal, &goal_name(goals, goal.id), subject.now);
    records.filter_map(shut).collect()
}

fn of_goal(goal: &GoalRecord, name: &str, now: u64) -> Option<Shut> {
    let state = &goal.state;
    let (is_final, closes) = (state.has(GoalFlags::FINAL), state.closes);
    let pays = percent(state.fraction);
    let mut words = match () {
        () if is_final => format!("{name} is final and pays {pays}"),
        () if now > closes => format!(
            "{name}'s window closed on {}: no attempt can come; it pays {pays}",
            time(closes)
        ),
        () => return None,
    };
    if state.pending > 0 {
        words.push_str(&format!(", with {} attempts not finished", state.pending));
    }
    if state.has(GoalFlags::DEMANDED) {
        words.push_str(", with a demand for a run not answered");
    }
    let value = json!({
        "goal": goal.id,
        "name": name,
        "final": is_final,
        "closes": closes,
        "fraction_ppb": state.fraction,
        "pending": state.pending,
        "demanded": state.has(GoalFlags::DEMANDED),
    });
    Some(Shut { words, value })
}

/// All of them in one line.
pub(super) fn shut_facts(shut: &[Shut]) -> Option<(&'static str, String)> {
    let words: Vec<&str> = shut.iter().map(|one| one.words.as_str()).collect();
    (!words.is_empty()).then(|| ("goals", words.join(". ")))
}

pub(super) fn shut_value(shut: &[Shut]) -> Value {
    shut.iter().map(|one| one.value.clone()).collect()
}
