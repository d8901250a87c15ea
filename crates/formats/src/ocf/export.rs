use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::PPB;
use guerdon_core::terms::{Gate, Segment};
use jiff::civil::Date;
use num_bigint::BigUint;
use serde_json::{Value, json};

use super::document::show_day;
use super::ratio::Ratio;
use super::{Allocation, OcfError};
use crate::calendar::Zone;
use crate::json::canonical;
use crate::schedule::{Template, Vesting, Words, recover};

/// The condition on which vesting starts.
const START: &str = "vesting-start";

/// What the segments do not say themselves.
#[derive(Debug)]
pub struct Export<'a> {
    /// The id of the terms.
    pub id: &'a str,
    /// A short name.
    pub name: &'a str,
    /// What people read.
    pub description: &'a str,
    /// Where days begin.
    pub zone: &'a Zone,
    /// The gates of the grant.
    pub gates: &'a [Gate],
    /// The names of their goals, which become the ids of events; an unnamed goal goes by its id.
    pub goals: &'a BTreeMap<B256, String>,
}

/// What was written, and what the format says elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// One object `VESTING_TERMS` in canonical JSON.
    pub bytes: Vec<u8>,
    /// The day on which vesting starts: the format says it in a transaction of each security.
    pub vesting_start: Date,
}

/// Writes one object `VESTING_TERMS` with the allocation `FRACTIONAL`. Reading it with the same
/// start and zone gives the same segments and gates, triggers first.
///
/// # Errors
/// [`OcfError::Unsaid`] for steps within a day, lapsing gates, shares of several gates, and a share
/// beside several dates.
pub fn write_vesting_terms(vesting: &Vesting, export: &Export<'_>) -> Result<Written, OcfError> {
    let words = recover(vesting, export.zone);
    let vesting_start = match &words {
        Some(words) => words.vesting_start,
        None => beginning(vesting.start, 0, export.zone)?,
    };
    let mut conditions = conditions(vesting, words.as_ref(), export)?;
    let ids: Vec<_> = conditions.iter().map(|it| it.id.clone()).collect();
    let mut places = ids.iter().enumerate();
    let twice = places.find(|(place, id)| ids.iter().take(*place).any(|other| other == *id));
    if let Some((_, id)) = twice {
        return Err(unsaid(format!("two conditions are called `{id}`")));
    }
    for (condition, next) in conditions.iter_mut().zip(ids.iter().skip(1)) {
        condition.next = Some(next.clone());
    }
    let conditions: Vec<_> = conditions.iter().map(Condition::value).collect();
    let bytes = canonical(&json!({
        "object_type": "VESTING_TERMS",
        "id": export.id,
        "name": export.name,
        "description": export.description,
        "allocation_type": Allocation::Fractional.name(),
        "vesting_conditions": conditions,
    }));
    Ok(Written {
        bytes,
        vesting_start,
    })
}

fn unsaid(why: impl Into<String>) -> OcfError {
    OcfError::Unsaid(why.into())
}

/// A condition that is being written.
struct Condition {
    id: String,
    share: Ratio,
    trigger: Value,
    next: Option<String>,
}

impl Condition {
    fn new(id: impl Into<String>, share: Ratio, trigger: Value) -> Self {
        Self {
            id: id.into(),
            share,
            trigger,
            next: None,
        }
    }

    fn event(goal: String, share: Ratio) -> Self {
        Self::new(goal, share, json!({"type": "VESTING_EVENT"}))
    }

    fn value(&self) -> Value {
        let (top, bottom) = self.share.parts();
        json!({
            "id": self.id,
            "portion": {"numerator": top.to_string(), "denominator": bottom.to_string()},
            "trigger": self.trigger,
            "next_condition_ids": self.next.iter().collect::<Vec<_>>(),
        })
    }
}

/// Time after another condition.
fn after(base: &str, period: &Value) -> Value {
    json!({
        "type": "VESTING_SCHEDULE_RELATIVE",
        "relative_to_condition_id": base,
        "period": period,
    })
}

fn months(length: u32, occurrences: u32, day: Option<i8>) -> Value {
    json!({
        "type": "MONTHS",
        "length": length,
        "occurrences": occurrences,
        "day_of_month": show_day(day),
    })
}

fn conditions(
    vesting: &Vesting,
    words: Option<&Words>,
    export: &Export<'_>,
) -> Result<Vec<Condition>, OcfError> {
    let goal = |gate: &Gate| {
        let name = export.goals.get(&gate.goal);
        name.map_or_else(|| gate.goal.to_string(), Clone::clone)
    };
    if let Some(gate) = export.gates.iter().find(|gate| gate.rule.lapse) {
        let name = goal(gate);
        return Err(unsaid(format!("the gate of `{name}` lapses with an end")));
    }
    let (triggers, shares): (Vec<_>, Vec<_>) =
        export.gates.iter().partition(|gate| gate.rule.trigger);
    let share: Option<&Gate> = match shares.as_slice() {
        [] => None,
        [one] if vesting.schedule.segments().len() == 1 => Some(*one),
        [_] => {
            return Err(unsaid(
                "a gate with a share beside several dates of vesting",
            ));
        }
        _ => return Err(unsaid("gates with shares of several goals")),
    };
    let by_time = PPB.saturating_sub(share.map_or(0, |gate| gate.share_ppb));
    let scale = ratio(by_time, PPB);
    let mut written = Vec::new();
    let none = || Ratio::whole(0u8);
    let start = json!({"type": "VESTING_START_DATE"});
    written.push(Condition::new(START, none(), start));
    for trigger in &triggers {
        written.push(Condition::event(goal(trigger), none()));
    }
    if let Some(brief) = words.filter(|_| export.gates.is_empty()).and_then(calendar) {
        written.extend(brief);
    } else {
        for mut condition in dated(vesting, words, export.zone)? {
            condition.share = condition.share.times(&scale);
            match written.as_mut_slice() {
                [start] if condition.trigger["period"]["length"] == 0 => {
                    start.share = condition.share;
                }
                _ => written.push(condition),
            }
        }
    }
    if let Some(gate) = share {
        written.push(Condition::event(goal(gate), ratio(gate.share_ppb, PPB)));
    }
    Ok(written)
}

fn ratio(top: impl Into<BigUint>, bottom: u32) -> Ratio {
    Ratio::new(top, bottom).unwrap_or_else(|| Ratio::whole(0u8))
}

/// The cliff and the dates after it, in at most two conditions.
fn calendar(words: &Words) -> Option<Vec<Condition>> {
    if words.template != Template::Calendar || words.duration_months == 0 {
        return None;
    }
    let (cliff, interval) = (words.cliff_months, words.interval_months);
    let mut conditions = Vec::new();
    let mut left = Ratio::whole(1u8);
    if cliff > 0 {
        let (top, bottom) = words.cliff_share().parts();
        let share = Ratio::new(top, bottom)?;
        left = left.minus(&share)?;
        let period = after(START, &months(cliff, 1, words.vest_day));
        conditions.push(Condition::new("cliff", share, period));
    }
    let count = words.duration_months.checked_sub(cliff)?;
    let count = count.checked_div(interval).unwrap_or(0);
    if count > 0 {
        let base = if cliff > 0 { "cliff" } else { START };
        let period = after(base, &months(interval, count, words.vest_day));
        let share = left.over(&Ratio::whole(count))?;
        conditions.push(Condition::new("dates", share, period));
    }
    Some(conditions)
}

/// One condition for every date, each counted from the start: in months where words say them,
/// else in days.
fn dated(
    vesting: &Vesting,
    words: Option<&Words>,
    zone: &Zone,
) -> Result<Vec<Condition>, OcfError> {
    let first = beginning(vesting.start, 0, zone)?;
    let mut before = 0;
    let condition = |(place, segment): (u32, &Segment)| {
        if segment.steps != 1 {
            return Err(unsaid(WITHIN_A_DAY));
        }
        let date = beginning(vesting.start, segment.end, zone)?;
        let share = ratio(segment.cumulative.saturating_sub(before), PPB);
        before = segment.cumulative;
        let period = words.and_then(|words| {
            let length = months_after(words, place)?;
            Some(months(length, 1, words.vest_day))
        });
        let period = period.unwrap_or_else(|| {
            let days = first.until(date).map_or(0, |span| span.get_days());
            json!({"type": "DAYS", "length": days, "occurrences": 1})
        });
        let id = format!("date-{}", place + 1);
        Ok(Condition::new(id, share, after(START, &period)))
    };
    (0..)
        .zip(vesting.schedule.segments())
        .map(condition)
        .collect()
}

const WITHIN_A_DAY: &str = "steps within a day: its schedules know dates only";

/// The day that begins `seconds` after the start.
fn beginning(start: u64, seconds: u32, zone: &Zone) -> Result<Date, OcfError> {
    let start = i64::try_from(start).ok();
    let at = start.and_then(|start| start.checked_add(i64::from(seconds)));
    let date = at.and_then(|at| zone.date_at(at).ok());
    let begins = |date: &Date| zone.midnight(*date).ok() == at;
    date.filter(begins).ok_or_else(|| unsaid(WITHIN_A_DAY))
}

/// Months from the start to the date at `place`, from 0.
fn months_after(words: &Words, place: u32) -> Option<u32> {
    match words.template {
        _ if words.duration_months == 0 => None,
        Template::Graded(_) => Some(12 * (place + 1)),
        Template::Calendar if words.cliff_months > 0 => {
            Some(words.cliff_months + words.interval_months * place)
        }
        Template::Calendar => Some(words.interval_months * (place + 1)),
        Template::Even | Template::Continuous => None,
    }
}
