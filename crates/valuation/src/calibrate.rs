//! Calibration: the bound that makes the chain's decision that of an honest test.
//!
//! The chain compares a lower bound of a result with the goal's threshold. Wilson's bound, which it
//! computes for proportions, errs up to 1.4 times as often as its level says. Since the number of
//! samples is fixed by the definition, its parameter can be chosen so that no number of right
//! answers is ever paid more than the exact (Clopper-Pearson) bound would pay, at a level of 0.05
//! shared by all attempts: [`calibrate`].

mod chances;
mod odds;
mod pairs;
mod percent;
mod warnings;

pub use chances::{Chance, Claim, ClaimError, Payment, Strength, curve, false_payment, payment};
pub use odds::{Odds, Setting, odds};
pub use percent::{percent, percent_as};
pub use warnings::Warning;

use guerdon_core::PPB;
use guerdon_core::goal::{BoundError, Goal, GoalError, Kind, lower_bound, payout};

use crate::binomial::Binomial;
use crate::normal;

/// The chance of a false payment that all attempts of a goal share.
pub const LEVEL: f64 = 0.05;
/// The most samples a proportion or a comparison is calibrated for.
pub const SAMPLES_MAX: u32 = 1_000_000;
/// Chances are known to about this part of themselves; nearer to the level, a result is not paid.
const SLACK: f64 = 1e-12;

/// The bound of a goal, and what results it pays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// For the definition: 1000 z, or 1000 ln(1/alpha), or 0 for a count.
    pub bound: u16,
    /// The level of one attempt, [`LEVEL`] over the attempts; 1 for a count.
    pub alpha: f64,
    /// The smallest x that is paid anything (a paired comparison: wins without a loss).
    pub needed: u128,
    /// The smallest x that is paid in full; none if even the best result is not.
    pub needed_full: Option<u128>,
}

/// Why a definition has no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CalibrateError {
    /// The chain would refuse the definition whatever its bound.
    #[error(transparent)]
    Definition(#[from] GoalError),
    /// No result can show so much with so few samples.
    #[error(
        "no result can be paid: even the best of {samples} samples does not show the threshold with \
         {attempts} attempt{}{}", if *.attempts == 1 { "" } else { "s" }, enough(*.least)
    )]
    Impossible {
        /// Samples of the definition.
        samples: u32,
        /// Attempts of the definition.
        attempts: u8,
        /// About how many samples would be enough; none if no number is.
        least: Option<u64>,
    },
    /// A bound of one's own that nothing passes, though an honest test can be passed.
    #[error(
        "no result can be paid with a bound of {bound}: even the best of {samples} samples does \
         not show the threshold; the calibrated bound is {fair}"
    )]
    TooStrict {
        /// The bound of the definition.
        bound: u16,
        /// Its samples.
        samples: u32,
        /// The calibrated bound.
        fair: u16,
    },
    /// More samples than are calibrated.
    #[error("{} are calibrated for at most {SAMPLES_MAX} samples, not {samples}", many(*.kind))]
    TooMany {
        /// What the definition counts.
        kind: Kind,
        /// Samples of the definition.
        samples: u32,
    },
    /// Counts that the chain refuses; cannot follow from a definition that stands.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

fn enough(least: Option<u64>) -> String {
    least.map_or_else(String::new, |samples| {
        format!("; about {samples} samples would be enough")
    })
}

const fn many(kind: Kind) -> &'static str {
    match kind {
        Kind::Paired => "comparisons",
        _ => "proportions",
    }
}

/// The level of one attempt.
#[must_use]
pub fn alpha(goal: &Goal) -> f64 {
    LEVEL / f64::from(goal.attempts.max(1))
}

/// The bound for a definition, whose own `bound` does not matter.
///
/// Proportion: the smallest bound with which no result is paid more than by the exact one-sided
/// Clopper-Pearson bound. Paired: 1000 z of the level, rounded up; Bonett and Price's bound has no
/// exact counterpart, see [`false_payment`]. Measure: 1000 ln(1/alpha), rounded up; Hoeffding's
/// bound holds whatever the scores are. Count: 0.
///
/// # Errors
/// A definition that the chain refuses, that no result can pass, or of too many samples.
pub fn calibrate(goal: &Goal) -> Result<Calibration, CalibrateError> {
    let some = u16::from(goal.kind != Kind::Count);
    let mut goal = goal.clone();
    goal.bound = some;
    goal.check()?;
    let (kind, samples) = (goal.kind, goal.samples);
    if matches!(kind, Kind::Proportion | Kind::Paired) && samples > SAMPLES_MAX {
        return Err(CalibrateError::TooMany { kind, samples });
    }
    let alpha = alpha(&goal);
    goal.bound = match goal.kind {
        Kind::Proportion => proportion(&goal)?,
        Kind::Paired => smallest(1_500, u16::MAX.into(), |bound| {
            normal::tail(bound as f64 / 1_000.0) <= alpha
        }) as u16,
        Kind::Measure => (1_000.0 * -alpha.ln()).ceil() as u16,
        Kind::Count => 0,
    };
    described(&goal)?.ok_or_else(|| impossible(&goal))
}

/// What a definition pays by the bound that it has; none if it pays no result.
fn described(goal: &Goal) -> Result<Option<Calibration>, BoundError> {
    let Some(needed) = smallest_paid(goal, 1)? else {
        return Ok(None);
    };
    let is_count = goal.kind == Kind::Count;
    Ok(Some(Calibration {
        bound: goal.bound,
        alpha: if is_count { 1.0 } else { alpha(goal) },
        needed,
        needed_full: smallest_paid(goal, PPB)?,
    }))
}

/// The largest x of a result.
fn best(goal: &Goal) -> u128 {
    let samples = u128::from(goal.samples);
    match goal.kind {
        Kind::Proportion | Kind::Paired => samples,
        Kind::Measure => samples * u128::from(PPB),
        Kind::Count => i64::MAX as u128,
    }
}

/// The smallest x, without losses, that is paid at least so much; bounds and payouts rise with x.
fn smallest_paid(goal: &Goal, ppb: u32) -> Result<Option<u128>, BoundError> {
    let best = best(goal);
    if paid(goal, best)? < ppb {
        return Ok(None);
    }
    let found = smallest(0, best, |x| paid(goal, x).is_ok_and(|paid| paid >= ppb));
    Ok(Some(found))
}

/// What the chain pays for x without losses, in ppb.
fn paid(goal: &Goal, x: u128) -> Result<u32, BoundError> {
    let lower = lower_bound(goal.kind, goal.bound, goal.samples, x, 0)?;
    Ok(payout(goal, lower))
}

/// The smallest lower bound that is paid at least so much, which some bound is.
fn smallest_lower(goal: &Goal, ppb: u32) -> i64 {
    let range = goal.stretch.abs_diff(goal.threshold);
    let over = smallest(0, range.into(), |over| {
        payout(goal, goal.threshold.saturating_add(over as i64)) >= ppb
    });
    goal.threshold.saturating_add(over as i64)
}

/// The smallest bound that pays no result more than the exact bound.
fn proportion(goal: &Goal) -> Result<u16, CalibrateError> {
    let samples = goal.samples;
    let beyond = u128::from(samples) + 1;
    let first_at = |skill| smallest(0, beyond, |count| allows(goal, count, skill)) as u32;
    let first = first_at(goal.threshold);
    if first > samples {
        return Err(impossible(goal));
    }
    // The exact bound pays nothing below `first` and everything from `full` on. Wilson's bound
    // rises with the right answers, so below `first` the last is the first to be paid.
    let full = first_at(goal.stretch);
    let mut goal = goal.clone();
    for count in first.saturating_sub(1)..full {
        if !is_fair(&goal, goal.bound, count)? {
            let (low, high) = (goal.bound.into(), u16::MAX.into());
            let fair = |bound| is_fair(&goal, bound as u16, count) == Ok(true);
            goal.bound = smallest(low, high, fair) as u16;
        }
    }
    Ok(goal.bound)
}

/// Whether with this bound so many right answers are paid no more than by the exact bound.
fn is_fair(goal: &Goal, bound: u16, count: u32) -> Result<bool, BoundError> {
    let lower = lower_bound(goal.kind, bound, goal.samples, count.into(), 0)?;
    let paid = payout(goal, lower);
    Ok(paid == 0 || allows(goal, count.into(), smallest_lower(goal, paid)))
}

/// Whether the exact lower bound of so many right answers is at least `skill`, in ppb: whether a
/// model of that skill has so many with a chance of at most the level.
fn allows(goal: &Goal, count: u128, skill: i64) -> bool {
    let skill = u32::try_from(skill).unwrap_or(0);
    let tail = Binomial::of_ppb(goal.samples, skill).at_least(count as u32);
    tail * (1.0 + SLACK) <= alpha(goal)
}

fn impossible(goal: &Goal) -> CalibrateError {
    let log = -alpha(goal).ln();
    let least = match goal.kind {
        // All right with a chance of at most alpha: T^n <= alpha.
        Kind::Proportion => {
            let skill = goal.threshold as f64 / f64::from(PPB);
            Some((log / -skill.ln()).ceil() as u64 + 1)
        }
        // 1 - sqrt(log / 2n) reaches the threshold.
        Kind::Measure if goal.threshold < i64::from(PPB) => {
            let room = 1.0 - goal.threshold as f64 / f64::from(PPB);
            Some((log / (2.0 * room * room)).ceil() as u64 + 1)
        }
        _ => None,
    };
    CalibrateError::Impossible {
        samples: goal.samples,
        attempts: goal.attempts,
        least: least.filter(|least| *least > u64::from(goal.samples)),
    }
}

/// The smallest number from `low` for which it holds, or `high`; it holds for all above the first.
fn smallest(mut low: u128, mut high: u128, holds: impl Fn(u128) -> bool) -> u128 {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
