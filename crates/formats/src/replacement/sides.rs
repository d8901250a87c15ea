//! What the holder of a grant must see apart: what was and what comes, hers and others', and goals
//! that can bring little more.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256};
use guerdon_core::goal::GoalFlags;
use guerdon_core::ledger::GoalRecord;
use guerdon_core::succession::Born;
use guerdon_core::terms::Terms;
use serde_json::{Value, json};

use super::text::{amount, both, percent, time};
use super::{Pair, Replaced, zone_of};
use crate::calendar::{CalendarError, Zone};
use crate::replacement_file::NewGrant;
use crate::words::{describe_gates, describe_schedule};

/// `P-1: 600 ACC for 0x…; vests monthly …`: the grant as it stands.
pub(super) fn old(replaced: &Replaced<'_>, holder: Address) -> String {
    let (name, zone) = (replaced.name, replaced.zone);
    sentence(replaced, name, (replaced.terms, zone), holder)
}

/// The same of one that takes its place.
pub(super) fn new(replaced: &Replaced<'_>, new: &NewGrant) -> Result<String, CalendarError> {
    let zone = zone_of(new.file.agreement.as_ref())?;
    let terms = &new.file.terms;
    Ok(sentence(
        replaced,
        &new.name,
        (terms, &zone),
        terms.recipient,
    ))
}

fn sentence(
    replaced: &Replaced<'_>,
    name: &str,
    (terms, zone): (&Terms, &Zone),
    holder: Address,
) -> String {
    let schedule = describe_schedule(&terms.vesting, terms.start, zone);
    let gates = match terms.gates.as_slice() {
        [] => String::new(),
        gates => format!(". {}", describe_gates(gates, replaced.goal).join(" ")),
    };
    let amount = amount(terms.amount, replaced.unit);
    format!("{name}: {amount} for {holder}; {schedule}{gates}")
}

/// What the present holder has, before and after. Amounts in base units.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Hers {
    granted: Pair,
    vested: Pair,
    claimable: Pair,
    /// Granted to anybody else.
    others: u128,
}

impl Hers {
    /// All of the old grant is hers. `figures`: vested and claimable.
    pub(super) fn before(granted: u128, figures: Pair) -> Self {
        Self {
            granted: (granted, 0),
            vested: (figures.0, 0),
            claimable: (figures.1, 0),
            others: 0,
        }
    }

    /// Counts one new grant.
    pub(super) fn add(&mut self, is_hers: bool, granted: u128, figures: Pair) {
        let add = |sum: &mut u128, more| *sum = sum.saturating_add(more);
        if is_hers {
            add(&mut self.granted.1, granted);
            add(&mut self.vested.1, figures.0);
            add(&mut self.claimable.1, figures.1);
        } else {
            add(&mut self.others, granted);
        }
    }

    /// Granted, vested and claimable; nothing when all of it stays hers.
    pub(super) const fn figures(&self) -> Option<[Pair; 3]> {
        match self.others {
            0 => None,
            _ => Some([self.granted, self.vested, self.claimable]),
        }
    }

    /// Nothing when all of it stays hers: then the lines for all say it.
    pub(super) fn facts(&self, amount: &dyn Fn(u128) -> String) -> Vec<(&'static str, String)> {
        if self.others == 0 {
            return Vec::new();
        }
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

impl Shut {
    pub(super) fn words(&self) -> &str {
        &self.words
    }
}

/// Such goals of the new grants, each once.
pub(super) fn shut(replaced: &Replaced<'_>, born: &[Born]) -> Vec<Shut> {
    let gates = born.iter().flat_map(|one| &one.terms.gates);
    let ids: BTreeSet<B256> = gates.map(|gate| gate.goal).collect();
    let goals = &replaced.ledger.goals;
    let records = ids.iter().filter_map(|id| goals.get(id));
    let shut = |goal: &GoalRecord| of_goal(goal, &(replaced.goal)(goal.id), replaced.desk.now);
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
        "goal": goal.id.to_string(),
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
