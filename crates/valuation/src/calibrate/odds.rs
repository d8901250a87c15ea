//! All that chance does with a definition, for whoever is about to write it down.

use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind};

use super::chances::{Chance, Claim, false_payment};
use super::warnings::{self, Warning};
use super::{CalibrateError, Calibration, calibrate, curve, described, smallest};

/// The chance of a payment that a claim which is true should have, in ppb.
const CERTAIN_ENOUGH: u32 = 800_000_000;
/// The smallest bound that the chain takes: with it the score itself decides, as good as.
const RAW: u16 = 1;

/// What is known beside the definition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Setting {
    /// Whether the chain is the company's own.
    pub embedded: bool,
    /// A count: the items that it goes through, if it goes through items.
    pub counted: Option<u32>,
}

/// What a definition is worth as a test.
#[derive(Debug, Clone, PartialEq)]
pub struct Odds {
    /// What it pays, by the bound that it has.
    pub calibration: Calibration,
    /// The bound that makes it an honest test; none if no bound does.
    pub fair: Option<u16>,
    /// The chance of a false payment; none for a count.
    pub wrong: Option<Chance>,
    /// What must be said with it.
    pub warnings: Vec<Warning>,
}

/// Judges a definition. A bound of 0 asks for the calibrated one; any other is taken as it is, and
/// said to be weak if it is.
///
/// # Errors
/// A definition that the chain refuses, that no result can pass, or of too many samples.
pub fn odds(goal: &Goal, setting: Setting) -> Result<Odds, CalibrateError> {
    let fair = calibrate(goal);
    let (calibration, fair) = if goal.bound == 0 {
        let fair = fair?;
        (fair, Some(fair.bound))
    } else {
        goal.check()?;
        match (described(goal)?, fair) {
            (Some(own), Ok(fair)) => (own, Some(fair.bound)),
            // Nothing passes the honest test, and something passes this one.
            (Some(own), Err(CalibrateError::Impossible { .. })) => (own, None),
            (None, Ok(fair)) => {
                return Err(CalibrateError::TooStrict {
                    bound: goal.bound,
                    samples: goal.samples,
                    fair: fair.bound,
                });
            }
            (_, Err(error)) => return Err(error),
        }
    };
    let mut goal = goal.clone();
    goal.bound = calibration.bound;
    let wrong = false_payment(&goal)?;
    let mut odds = Odds {
        calibration,
        fair,
        wrong,
        warnings: Vec::new(),
    };
    odds.warnings = warnings::all(&goal, &odds, setting)?;
    Ok(odds)
}

/// The chance of a false payment in all attempts if the score itself decided, not its lower bound;
/// only where the score has a known distribution.
pub(super) fn raw(goal: &Goal) -> Result<Option<f64>, CalibrateError> {
    if goal.kind != Kind::Proportion {
        return Ok(None);
    }
    let mut goal = goal.clone();
    goal.bound = RAW;
    Ok(false_payment(&goal)?.map(|chance| chance.all))
}

/// The chance of a false payment in all attempts with another bound.
pub(super) fn with_bound(goal: &Goal, bound: u16) -> Result<Option<f64>, CalibrateError> {
    let mut goal = goal.clone();
    goal.bound = bound;
    Ok(false_payment(&goal)?.map(|chance| chance.all))
}

/// The least skill, in ppb, that is paid with a chance of 80 %; none where a skill alone does not
/// say the chance, or where none is enough.
pub(super) fn enough(goal: &Goal) -> Option<u32> {
    if !matches!(goal.kind, Kind::Proportion | Kind::Measure) {
        return None;
    }
    let beyond = u128::from(PPB) + 1;
    let found = smallest(0, beyond, |skill| {
        let claim = Claim::Skill(u32::try_from(skill).unwrap_or(PPB));
        curve(goal, &[claim]).is_ok_and(|chance| chance.first() >= Some(&CERTAIN_ENOUGH))
    });
    u32::try_from(found).ok().filter(|skill| *skill <= PPB)
}

/// The chance that any attempt pays a model of this skill, as a share.
pub(super) fn of_skill(goal: &Goal, skill: u32) -> Option<f64> {
    let found = curve(goal, &[Claim::Skill(skill)]).ok()?;
    Some(f64::from(*found.first()?) / f64::from(PPB))
}

/// The chance that any attempt of a count pays, if each of so many items is counted just as often
/// as the threshold asks for on average.
pub(super) fn of_count(goal: &Goal, items: u32) -> Option<f64> {
    let threshold = u32::try_from(goal.threshold)
        .ok()
        .filter(|it| *it <= items)?;
    let skill = u64::from(threshold) * u64::from(PPB) / u64::from(items.max(1));
    let skill = u32::try_from(skill).ok()?;
    let found = curve(goal, &[Claim::Each { items, skill }]).ok()?;
    Some(f64::from(*found.first()?) / f64::from(PPB))
}
