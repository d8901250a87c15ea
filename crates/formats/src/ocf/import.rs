use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::PPB;
use guerdon_core::terms::{GATES_MAX, Gate, Rule, Schedule, Segment};
use jiff::civil::Date;
use num_bigint::BigUint;

use super::chain::path;
use super::document::Document;
use super::ratio::Ratio;
use super::steps::{Walk, walk};
use super::{Allocation, OcfError};
use crate::calendar::Zone;
use crate::schedule::{Vesting, Words, recover};

/// What the terms do not say themselves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day on which vesting starts.
    pub vesting_start: Date,
    /// Where its days begin.
    pub zone: Zone,
    /// The size of the grant; needed where whole units are rounded or fixed.
    pub quantity: Option<Quantity>,
    /// The goal that decides each event, by the id of its condition.
    pub goals: BTreeMap<String, B256>,
    /// Which terms of a file of several.
    pub terms: Option<String>,
}

/// An amount of tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantity {
    /// In base units, from 1 to 2^104 - 1.
    pub base_units: u128,
    /// Decimal places of the token; a unit of the format is one whole token.
    pub decimals: u8,
}

/// Vesting terms as a grant says them.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The id of the terms.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What people read.
    pub description: String,
    /// How amounts are rounded.
    pub allocation: Allocation,
    /// Start and segments.
    pub vesting: Vesting,
    /// Words of a sheet that make the same segments, if any do.
    pub words: Option<Words>,
    /// The gates, in the order of their conditions.
    pub events: Vec<Event>,
    /// The most that any date differs from what the format says, in base units, always less than
    /// a billionth of the grant and one base unit; 0 is exact, none if no quantity was given.
    pub difference: Option<u128>,
}

/// An event and its gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The id of its condition.
    pub condition: String,
    /// With the goal that decides it.
    pub gate: Gate,
}

/// Reads vesting terms: one object, or one of a vesting terms file.
///
/// # Errors
/// [`OcfError`] names the field or the condition that a grant cannot say, and why.
pub fn read_vesting_terms(bytes: &[u8], options: &Options) -> Result<Imported, OcfError> {
    let document = Document::read(bytes, options.terms.as_deref())?;
    let tokens = options.quantity.and_then(Quantity::tokens);
    let walk = walk(
        &path(&document.conditions)?,
        options.vesting_start,
        tokens.as_ref(),
    )?;
    let shares: Vec<_> = walk.steps.iter().map(|step| step.share.clone()).collect();
    let reached = document.allocation.reached(&shares, tokens.as_ref())?;
    let amount = options.quantity.map(|quantity| quantity.base_units);
    let whole_units = document.allocation != Allocation::Fractional;
    let mut least = 0;
    let ppb = reached.iter().map(|share| {
        least = ppb(share, amount.filter(|_| whole_units)).max(least);
        least
    });
    let ppb: Vec<_> = ppb.collect();
    let vesting = vesting(&walk, &ppb, options)?;
    Ok(Imported {
        words: recover(&vesting, &options.zone),
        events: events(&walk, &ppb, options)?,
        difference: amount.map(|amount| difference(&reached, &ppb, amount)),
        vesting,
        id: document.id,
        name: document.name,
        description: document.description,
        allocation: document.allocation,
    })
}

impl Quantity {
    /// Nothing for a grant of nothing.
    fn tokens(self) -> Option<Ratio> {
        let unit = BigUint::from(10u8).pow(self.decimals.into());
        Ratio::new(self.base_units, unit).filter(|tokens| !tokens.is_zero())
    }
}

/// Rounded down, or one more where only that pays `share` of the whole units exactly.
fn ppb(share: &Ratio, amount: Option<u128>) -> u32 {
    let down = share.times(&Ratio::whole(PPB)).floor();
    let down = u32::try_from(down).unwrap_or(PPB).min(PPB);
    let wanted = |amount: u128| share.times(&Ratio::whole(amount)).floor();
    let more = down.saturating_add(1).min(PPB);
    let exact = |amount: &u128| {
        let wanted = wanted(*amount);
        pays(*amount, down) != wanted && pays(*amount, more) == wanted
    };
    if amount.is_some_and(|amount| exact(&amount)) {
        more
    } else {
        down
    }
}

/// What the contract pays of `amount` at a share, in base units.
fn pays(amount: u128, ppb: u32) -> BigUint {
    BigUint::from(amount) * ppb / PPB
}

fn difference(reached: &[Ratio], ppb: &[u32], amount: u128) -> u128 {
    let whole = Ratio::whole(amount);
    let each = reached.iter().zip(ppb).map(|(share, ppb)| {
        let paid = Ratio::whole(pays(amount, *ppb));
        paid.distance(&share.times(&whole)).ceil()
    });
    let most = each.max().unwrap_or_default();
    u128::try_from(most).unwrap_or(u128::MAX)
}

fn vesting(walk: &Walk<'_>, ppb: &[u32], options: &Options) -> Result<Vesting, OcfError> {
    let start = options.zone.midnight(options.vesting_start)?;
    let Ok(unix_start) = u64::try_from(start) else {
        return Err(OcfError::Terms("cannot start before 1970".to_owned()));
    };
    let mut segments: Vec<Segment> = Vec::new();
    for (step, cumulative) in walk.steps.iter().zip(ppb) {
        let seconds = options.zone.midnight(step.date)? - start;
        let Ok(end) = u32::try_from(seconds) else {
            let why = "end more than 136 years after their start";
            return Err(OcfError::Terms(why.to_owned()));
        };
        if end == 0 && *cumulative == 0 {
            continue;
        }
        segments.pop_if(|before| before.end == end);
        segments.push(Segment {
            end,
            cumulative: *cumulative,
            steps: 1,
        });
    }
    Ok(Vesting {
        start: unix_start,
        schedule: Schedule::new(segments)?,
    })
}

fn events(walk: &Walk<'_>, ppb: &[u32], options: &Options) -> Result<Vec<Event>, OcfError> {
    let count = walk.triggers.len() + usize::from(walk.last_event.is_some());
    if count > GATES_MAX {
        return Err(OcfError::TooManyEvents(count));
    }
    let before = ppb.iter().rev().nth(1).copied().unwrap_or(0);
    let triggers = walk.triggers.iter().map(|id| (*id, 0, true));
    let last = walk
        .last_event
        .map(|id| (id, PPB.saturating_sub(before), false));
    let gate = |(condition, share_ppb, trigger): (&str, u32, bool)| {
        let goal = options.goals.get(condition);
        let goal = goal.ok_or_else(|| OcfError::GoalNeeded(condition.to_owned()))?;
        Ok(Event {
            condition: condition.to_owned(),
            gate: Gate {
                goal: *goal,
                share_ppb,
                rule: Rule {
                    lapse: false,
                    trigger,
                },
            },
        })
    };
    triggers.chain(last).map(gate).collect()
}
