//! Paired comparisons: chances over all wins and losses.

use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind, lower_bound};

use super::{smallest, smallest_lower};
use crate::binomial::Binomial;

/// How often the two can differ, in steps of the search.
const STEPS: u32 = 40;

/// The largest chance found that a comparison whose true difference is the threshold is paid.
///
/// The chance depends on how often model and baseline differ at all, which nobody knows before: it
/// is searched over [`STEPS`] rates from the smallest possible to 1.
pub(super) fn worst(goal: &Goal) -> f64 {
    let needed = Needed::of(goal, smallest_lower(goal, 1));
    let whole = i64::from(PPB);
    let least = goal.threshold.abs();
    let mut worst = 0.0_f64;
    for step in 0..=STEPS {
        let differ = least + (whole - least) * i64::from(step) / i64::from(STEPS);
        let win = (differ + goal.threshold) / 2;
        let loss = win - goal.threshold;
        if let (Ok(win), Ok(loss)) = (u32::try_from(win), u32::try_from(loss)) {
            worst = worst.max(needed.chance(win, loss));
        }
    }
    worst
}

/// The wins that reach a level, by losses: found once for any number of chances.
#[derive(Debug)]
pub(super) struct Needed {
    samples: u32,
    /// Ends where all items that are not lost do not suffice.
    wins: Vec<u32>,
}

impl Needed {
    /// The level is a lower bound in ppb. With more losses never fewer wins are needed.
    pub(super) fn of(goal: &Goal, level: i64) -> Self {
        let samples = goal.samples;
        let reached = |wins: u128, losses: u32| {
            let lower = lower_bound(Kind::Paired, goal.bound, samples, wins, losses.into());
            lower.is_ok_and(|lower| lower >= level)
        };
        let mut needed = smallest(0, u128::from(samples) + 1, |wins| reached(wins, 0)) as u32;
        let mut wins = Vec::new();
        for losses in 0..=samples {
            let rest = samples - losses;
            while needed <= rest && !reached(needed.into(), losses) {
                needed += 1;
            }
            if needed > rest {
                break;
            }
            wins.push(needed);
        }
        Self { samples, wins }
    }

    /// The chance that the level is reached, for true chances of an item to win and to lose (ppb,
    /// together at most the whole).
    pub(super) fn chance(&self, win: u32, loss: u32) -> f64 {
        let losses = Binomial::of_ppb(self.samples, loss);
        let (low, high) = losses.likely();
        let likely = (0..=high).zip(&self.wins).skip(low as usize);
        let mut sum = 0.0;
        for (lost, needed) in likely {
            let wins = wins(self.samples - lost, win, loss);
            sum += losses.exactly(lost) * wins.at_least(*needed);
        }
        sum.min(1.0)
    }
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
