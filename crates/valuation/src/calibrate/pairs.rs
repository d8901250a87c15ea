//! Paired comparisons: chances over all wins and losses.

use guerdon_core::PPB;
use guerdon_core::goal::{BoundError, Goal, Kind, lower_bound};

use super::{smallest, smallest_lower};
use crate::binomial::Binomial;

/// How often the two can differ, in steps of the search.
const STEPS: u32 = 40;

/// The largest chance found that a comparison whose true difference is the threshold is paid.
///
/// The chance depends on how often model and baseline differ at all, which nobody knows before: it
/// is searched over [`STEPS`] rates from the smallest possible to 1.
pub(super) fn worst(goal: &Goal) -> Result<f64, BoundError> {
    let level = smallest_lower(goal, 1);
    let whole = i64::from(PPB);
    let least = goal.threshold.abs();
    let mut worst = 0.0_f64;
    for step in 0..=STEPS {
        let differ = least + (whole - least) * i64::from(step) / i64::from(STEPS);
        let win = (differ + goal.threshold) / 2;
        let loss = win - goal.threshold;
        let (win, loss) = (u32::try_from(win), u32::try_from(loss));
        if let (Ok(win), Ok(loss)) = (win, loss) {
            worst = worst.max(reaches(goal, win, loss, level)?);
        }
    }
    Ok(worst)
}

/// The chance that the lower bound reaches `level` (ppb), for true chances of an item to win and to
/// lose (ppb, together at most the whole).
pub(super) fn reaches(goal: &Goal, win: u32, loss: u32, level: i64) -> Result<f64, BoundError> {
    let losses = Binomial::of_ppb(goal.samples, loss);
    let (low, high) = losses.likely();
    let mut sum = 0.0;
    for y in low..=high.min(goal.samples) {
        let rest = goal.samples - y;
        let reached = |x: u128| {
            let lower = lower_bound(Kind::Paired, goal.bound, goal.samples, x, y.into());
            lower.is_ok_and(|lower| lower >= level)
        };
        let beyond = u128::from(rest) + 1;
        let needed = smallest(0, beyond, reached) as u32;
        if needed <= rest {
            sum += losses.exactly(y) * wins(rest, win, loss).at_least(needed);
        }
    }
    Ok(sum.min(1.0))
}

/// The wins among items that are not lost.
fn wins(samples: u32, win: u32, loss: u32) -> Binomial {
    let kept = f64::from(PPB - loss);
    let tied = f64::from(PPB - loss - win);
    if kept == 0.0 {
        return Binomial::new(samples, 0.0, 1.0);
    }
    Binomial::new(samples, f64::from(win) / kept, tied / kept)
}
