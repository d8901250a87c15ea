//! A path of conditions as dated shares, and the events before and after them.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::OcfError;
use super::document::{Amount, Condition, Period, Trigger, Unit};
use super::ratio::Ratio;
use crate::calendar::{CalendarError, month_date};

/// Occurrences of all conditions together; far more than a grant has segments.
const STEPS_MAX: u32 = 4096;
/// Bits of the common denominator of all portions; far more than people write.
const DENOMINATOR_BITS_MAX: u64 = 4096;

/// A share of the whole and its date.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) date: Date,
    pub(super) share: Ratio,
}

/// What the path says.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    /// In their order; dates never fall.
    pub(super) steps: Vec<Step>,
    /// Events before all amounts: without them nothing vests.
    pub(super) triggers: Vec<&'a str>,
    /// The event that the last step waits for, instead of a date.
    pub(super) last_event: Option<&'a str>,
}

/// Walks the path. `tokens` is the size of the grant, for fixed quantities.
///
/// # Errors
/// [`OcfError::Condition`] for what a schedule and gates cannot say.
pub(super) fn walk<'a>(
    path: &[&'a Condition],
    start: Date,
    tokens: Option<&Ratio>,
) -> Result<Walk<'a>, OcfError> {
    let occurrences = path.iter().map(|condition| condition.occurrences());
    let many = occurrences.fold(0u32, u32::saturating_add);
    if many > STEPS_MAX {
        return Err(OcfError::Terms(format!("have more than {STEPS_MAX} dates")));
    }
    let paying = path
        .iter()
        .rposition(|condition| !condition.amount.is_zero());
    let Some(paying) = paying else {
        return Err(OcfError::Terms("vest nothing".to_owned()));
    };
    let mut walker = Walker {
        start,
        tokens,
        at: start,
        vested: Ratio::whole(0u8),
        dates: BTreeMap::new(),
        walk: Walk {
            steps: Vec::new(),
            triggers: Vec::new(),
            last_event: None,
        },
    };
    // What follows the last amount only ends the path.
    for (place, condition) in path.iter().take(paying + 1).enumerate() {
        walker.step(place, condition)?;
    }
    if walker.vested == Ratio::whole(1u8) {
        Ok(walker.walk)
    } else {
        let why = "vest less than everything: a grant vests all that it promises";
        Err(OcfError::Terms(why.to_owned()))
    }
}

impl Condition {
    fn occurrences(&self) -> u32 {
        match &self.trigger {
            Trigger::After { period, .. } => period.occurrences,
            _ => 1,
        }
    }
}

impl Amount {
    fn is_zero(&self) -> bool {
        let (Self::Portion(ratio) | Self::Remainder(ratio) | Self::Quantity(ratio)) = self;
        ratio.is_zero()
    }
}

struct Walker<'a, 'b> {
    start: Date,
    tokens: Option<&'b Ratio>,
    /// The date of the condition before.
    at: Date,
    vested: Ratio,
    /// When each condition occurs; none if that depends on an event.
    dates: BTreeMap<&'a str, Option<Date>>,
    walk: Walk<'a>,
}

impl<'a> Walker<'a, '_> {
    fn step(&mut self, place: usize, condition: &'a Condition) -> Result<(), OcfError> {
        if let Some(event) = self.walk.last_event {
            let why = format!(
                "vests after the event `{event}`, which itself came after other amounts: a gate \
                 opens one share"
            );
            return Err(OcfError::condition(&condition.id, why));
        }
        let share = self.share(condition)?;
        match &condition.trigger {
            Trigger::Start if place > 0 => {
                let why = "is the start of vesting and must come first";
                return Err(OcfError::condition(&condition.id, why));
            }
            Trigger::Start => self.pay(condition, self.start, &share)?,
            Trigger::On(date) => self.pay(condition, *date, &share)?,
            Trigger::After { base, period } => self.repeat(condition, base, *period, &share)?,
            Trigger::Event => self.event(condition, &share)?,
        }
        let known = self.walk.triggers.is_empty() && !matches!(condition.trigger, Trigger::Event);
        self.dates.insert(&condition.id, known.then_some(self.at));
        Ok(())
    }

    /// The share of the whole that each occurrence vests.
    fn share(&self, condition: &Condition) -> Result<Ratio, OcfError> {
        match &condition.amount {
            Amount::Portion(ratio) => Ok(ratio.clone()),
            Amount::Remainder(_) if condition.occurrences() > 1 => Err(OcfError::condition(
                &condition.id,
                "repeats a portion of the remainder, which can be read in two ways: write the \
                 portions of the whole",
            )),
            Amount::Remainder(ratio) => {
                let left = Ratio::whole(1u8).minus(&self.vested);
                Ok(left.unwrap_or_else(|| Ratio::whole(0u8)).times(ratio))
            }
            Amount::Quantity(quantity) if quantity.is_zero() => Ok(quantity.clone()),
            Amount::Quantity(quantity) => {
                let share = self.tokens.and_then(|tokens| quantity.over(tokens));
                let why = "vests a fixed quantity: give --quantity with the size of the grant";
                share.ok_or_else(|| OcfError::condition(&condition.id, why))
            }
        }
    }

    /// A date before the one of the condition before it counts as that one.
    fn pay(&mut self, condition: &Condition, date: Date, share: &Ratio) -> Result<(), OcfError> {
        self.at = self.at.max(date);
        self.vested = self.vested.plus(share);
        if self.vested > Ratio::whole(1u8) {
            let why = "vests what is left and more: the portions sum to more than everything";
            return Err(OcfError::condition(&condition.id, why));
        }
        if self.vested.parts().1.bits() > DENOMINATOR_BITS_MAX {
            let why = "has a portion that shares no common denominator with those before it that \
                       could be computed with";
            return Err(OcfError::condition(&condition.id, why));
        }
        self.walk.steps.push(Step {
            date: self.at,
            share: share.clone(),
        });
        Ok(())
    }

    fn repeat(
        &mut self,
        condition: &Condition,
        base: &str,
        period: Period,
        share: &Ratio,
    ) -> Result<(), OcfError> {
        let base = match self.dates.get(base) {
            Some(Some(date)) => *date,
            Some(None) => {
                let why = format!(
                    "is counted from `{base}`, whose date depends on an event: count from a \
                     condition before the event, and write a cliff as cliff_installment"
                );
                return Err(OcfError::condition(&condition.id, why));
            }
            None => {
                let why = format!("is counted from `{base}`, which does not come before it");
                return Err(OcfError::condition(&condition.id, why));
            }
        };
        for occurrence in 1..=period.occurrences {
            let date = self.occurrence(base, period, occurrence.max(period.cliff))?;
            self.pay(condition, date, share)?;
        }
        Ok(())
    }

    fn occurrence(&self, base: Date, period: Period, count: u32) -> Result<Date, CalendarError> {
        let out = CalendarError::OutOfCalendar;
        let distance = period.length.checked_mul(count).ok_or(out.clone())?;
        match period.unit {
            Unit::Months(day) => month_date(base, distance, day.or(Some(self.start.day()))),
            Unit::Days => {
                let days = jiff::Span::new()
                    .try_days(distance)
                    .map_err(|_| out.clone())?;
                base.checked_add(days).map_err(|_| out)
            }
        }
    }

    /// An event before all amounts holds everything back; one after amounts of a single date
    /// holds back its own share, the last.
    fn event(&mut self, condition: &'a Condition, share: &Ratio) -> Result<(), OcfError> {
        let mut paid = self.walk.steps.iter().filter(|step| !step.share.is_zero());
        if self.vested.is_zero() && *share != Ratio::whole(1u8) {
            self.walk.triggers.push(&condition.id);
            return self.pay(condition, self.at, share);
        }
        if share.is_zero() {
            let why = "is an event between amounts: a grant cannot hold back only the later ones";
            return Err(OcfError::condition(&condition.id, why));
        }
        if paid.any(|step| step.date != self.at) {
            let why = "is an event after amounts of several dates: its share would open with \
                       their time, and not at once";
            return Err(OcfError::condition(&condition.id, why));
        }
        self.pay(condition, self.at, share)?;
        self.walk.last_event = Some(&condition.id);
        Ok(())
    }
}
