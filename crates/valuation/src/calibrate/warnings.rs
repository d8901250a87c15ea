//! What must be said with a definition: what no bound can cure.

use std::fmt;

use alloy_primitives::B256;
use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind};

use super::{Calibration, Chance, LEVEL, Strength};

/// Attempts from which one is told what they cost.
const MANY_ATTEMPTS: u8 = 4;
/// Samples below which one is told that they are few.
const FEW_SAMPLES: u32 = 100;
/// A drawn pool is to be so many times the samples.
const POOL_TIMES: u64 = 10;

/// One thing to say, in a sentence by `Display`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warning {
    /// The threshold is not the score that is needed.
    RawScore {
        /// Right answers for the first payment.
        needed: u128,
        /// Samples.
        samples: u32,
        /// The threshold, in ppb.
        threshold: i64,
    },
    /// Anyone can read the items.
    Public,
    /// Many attempts share one level.
    ManyAttempts {
        /// Attempts.
        attempts: u8,
        /// The level of each.
        alpha: f64,
    },
    /// Few samples show little.
    FewSamples {
        /// Samples.
        samples: u32,
    },
    /// Whoever runs may hold the items.
    RunnerHolds {
        /// The chance of a false payment in one attempt.
        one: f64,
        /// The same with the best of twenty private variants.
        twenty: f64,
        /// How many items a drawn pool should have.
        pool: u64,
    },
    /// The company makes the blocks that draw the items.
    EmbeddedSeed,
    /// The bound errs more often than its level says.
    AboveLevel {
        /// The largest chance of a false payment in all attempts.
        all: f64,
    },
    /// Scores of groups that belong together are not independent.
    Clusters,
}

/// Everything to say with a definition. `embedded`: its chain is the company's own.
#[must_use]
pub fn warnings(
    goal: &Goal,
    calibration: &Calibration,
    chance: Option<&Chance>,
    embedded: bool,
) -> Vec<Warning> {
    let Some(chance) = chance else {
        return Vec::new();
    };
    let mut warnings = Vec::new();
    let (samples, attempts) = (goal.samples, goal.attempts);
    if goal.kind == Kind::Proportion {
        warnings.push(Warning::RawScore {
            needed: calibration.needed,
            samples,
            threshold: goal.threshold,
        });
    }
    if is_public(goal) {
        warnings.push(Warning::Public);
    }
    if attempts >= MANY_ATTEMPTS {
        let alpha = calibration.alpha;
        warnings.push(Warning::ManyAttempts { attempts, alpha });
    }
    if samples < FEW_SAMPLES {
        warnings.push(Warning::FewSamples { samples });
    }
    if chance.strength == Strength::Searched && chance.all > LEVEL {
        warnings.push(Warning::AboveLevel { all: chance.all });
    }
    let pool = u64::from(samples) * POOL_TIMES;
    if is_public(goal) || goal.seed_blocks == 0 || u64::from(goal.pool) < pool {
        let (one, twenty) = (chance.one, chance.twenty);
        warnings.push(Warning::RunnerHolds { one, twenty, pool });
    }
    if goal.seed_blocks > 0 && embedded {
        warnings.push(Warning::EmbeddedSeed);
    }
    warnings.push(Warning::Clusters);
    warnings
}

/// Whether the definition says that its items are public.
fn is_public(goal: &Goal) -> bool {
    goal.data == B256::right_padding_from(b"public")
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RawScore {
                needed,
                samples,
                threshold,
            } => write!(
                f,
                "the threshold of {} is for the lower bound, not for the score: the first payment \
                 takes {needed} of {samples} right, a score of {}",
                percent(*threshold as f64 / f64::from(PPB)),
                percent(*needed as f64 / f64::from(*samples)),
            ),
            Self::Public => f.write_str(
                "the items are public: a model can be trained on them, and no bound can see it; \
                 let such a goal decide a small share of a grant only",
            ),
            Self::ManyAttempts { attempts, alpha } => write!(
                f,
                "{attempts} attempts share the chance of {} of a false payment: each is tested at \
                 {}, so that every one of them asks for a better result",
                percent(LEVEL),
                percent(*alpha),
            ),
            Self::FewSamples { samples } => write!(
                f,
                "{samples} samples show little: a model must be much better than the threshold to \
                 be paid with certainty"
            ),
            Self::RunnerHolds { one, twenty, pool } => write!(
                f,
                "whoever runs the evaluation may hold the items: the best of twenty private \
                 variants makes a chance of {} of a false payment up to {}; only items that the \
                 runner never sees, or items drawn for each attempt from a pool of at least \
                 {pool}, cure this",
                percent(*one),
                percent(*twenty),
            ),
            Self::EmbeddedSeed => f.write_str(
                "on the embedded chain the company makes the blocks: a drawn seed proves nothing \
                 there",
            ),
            Self::AboveLevel { all } => write!(
                f,
                "Bonett and Price's bound is an approximation: a false payment can have a chance \
                 of {}, more than {}",
                percent(*all),
                percent(LEVEL),
            ),
            Self::Clusters => f.write_str(
                "every chance takes items and attempts as independent: questions about one text \
                 count for fewer than they are, and running the same items again by greedy \
                 decoding is hardly a new attempt",
            ),
        }
    }
}

/// A chance in per cent, for people: three digits that count.
#[must_use]
pub fn percent(share: f64) -> String {
    let share = share * 100.0;
    match share {
        100.0.. => format!("{share:.0} %"),
        99.995.. => "over 99.99 %".to_owned(),
        10.0.. => format!("{share:.1} %"),
        1.0.. => format!("{share:.2} %"),
        0.001.. => format!("{share:.3} %"),
        _ if share > 0.0 => "under 0.001 %".to_owned(),
        _ => format!("{share:.0} %"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn neither_certain_nor_impossible_is_said_of_what_is_not() {
        for (share, want) in [
            (1.0, "100 %"),
            (0.999_99, "over 99.99 %"),
            (0.997, "99.7 %"),
            (0.8, "80.0 %"),
            (0.025, "2.50 %"),
            (0.000_01, "0.001 %"),
            (1e-9, "under 0.001 %"),
            (0.0, "0 %"),
        ] {
            assert_eq!(super::percent(share), want);
        }
    }
}
