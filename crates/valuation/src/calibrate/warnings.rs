//! What must be said with a definition: where it is weak, and what no bound can cure.

use std::fmt;

use alloy_primitives::B256;
use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind};

use super::odds::{Odds, Setting, enough, of_count, of_skill, raw, with_bound};
use super::percent::{meant, percent, percent_as};
use super::{CalibrateError, LEVEL, Strength};

/// Attempts from which one is told what they cost.
const MANY_ATTEMPTS: u8 = 4;
/// Samples below which one is told that they are few.
const FEW_SAMPLES: u32 = 100;
/// How much better than the threshold a model may have to be before samples are called few, in ppb.
const FAR_ABOVE: i64 = 100_000_000;
/// A drawn pool is to be so many times the samples.
const POOL_TIMES: u64 = 10;
/// Of public items, the share that the figure takes as learned by heart: one in so many.
const LEARNED: u32 = 10;

/// One thing to say: where, how much, what to do; in a sentence by `Display`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Warning {
    /// A bound that pays more than the honest test would.
    WeakBound {
        /// The bound of the definition.
        bound: u16,
        /// The calibrated one; none if nothing passes the honest test.
        fair: Option<u16>,
        /// The chance of a false payment in all attempts.
        all: f64,
        /// The same with the calibrated bound.
        fair_all: Option<f64>,
        /// How the chances are meant.
        strength: Strength,
    },
    /// A count is taken as it is.
    RawCount {
        /// The threshold, in units.
        threshold: i64,
        /// The items that it goes through, and the chance that one is paid who reaches the
        /// threshold only on average.
        counted: Option<(u32, f64)>,
    },
    /// The threshold is not the score that is needed.
    RawScore {
        /// Right answers for the first payment.
        needed: u128,
        /// Samples.
        samples: u32,
        /// The threshold, in ppb.
        threshold: i64,
        /// The chance of a false payment if the score itself decided.
        raw: Option<f64>,
    },
    /// Anyone can read the items.
    Public {
        /// The chance that a model no better than the threshold is paid once it has learned one
        /// item in ten; only for proportions.
        learned: Option<f64>,
    },
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
        /// The least true figure that is paid with a chance of 80 %, in ppb.
        enough: Option<u32>,
        /// The threshold, in ppb.
        threshold: i64,
        /// What is counted: of a mean score, the real chance may be higher.
        kind: Kind,
    },
    /// Whoever runs may hold the items.
    RunnerHolds {
        /// The chance of a false payment in one attempt.
        one: f64,
        /// The same with the best of twenty private variants.
        twenty: f64,
        /// How many items a drawn pool should have.
        pool: u64,
        /// How the chances are meant.
        strength: Strength,
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

impl Warning {
    /// Whether it says how to read the figures, and is no weakness of the definition.
    #[must_use]
    pub const fn is_remark(&self) -> bool {
        matches!(self, Self::RawScore { .. } | Self::Clusters)
    }
}

/// Everything to say with a definition that has its bound.
pub(super) fn all(
    goal: &Goal,
    odds: &Odds,
    setting: Setting,
) -> Result<Vec<Warning>, CalibrateError> {
    let Some(chance) = odds.wrong else {
        return Ok(of_a_count(goal, setting));
    };
    let (samples, attempts, strength) = (goal.samples, goal.attempts, chance.strength);
    let mut warnings = Vec::new();
    let is_weak = odds.fair.is_none_or(|fair| goal.bound < fair);
    if is_weak {
        warnings.push(Warning::WeakBound {
            bound: goal.bound,
            fair: odds.fair,
            all: chance.all,
            fair_all: match odds.fair {
                Some(fair) => with_bound(goal, fair)?,
                None => None,
            },
            strength,
        });
    }
    if goal.kind == Kind::Proportion {
        warnings.push(Warning::RawScore {
            needed: odds.calibration.needed,
            samples,
            threshold: goal.threshold,
            raw: raw(goal)?,
        });
    }
    if is_public(goal) {
        let learned = u32::try_from(goal.threshold)
            .ok()
            .filter(|_| goal.kind == Kind::Proportion);
        let learned = learned.map(|skill| skill + PPB.saturating_sub(skill) / LEARNED);
        let learned = learned.and_then(|skill| of_skill(goal, skill));
        warnings.push(Warning::Public { learned });
    }
    if attempts >= MANY_ATTEMPTS && !is_weak {
        let alpha = odds.calibration.alpha;
        warnings.push(Warning::ManyAttempts { attempts, alpha });
    }
    let enough = enough(goal);
    let is_far = match enough {
        Some(skill) => i64::from(skill) - goal.threshold > FAR_ABOVE,
        // Not even a perfect model is sure of it.
        None => goal.kind == Kind::Measure,
    };
    if samples < FEW_SAMPLES || is_far {
        warnings.push(Warning::FewSamples {
            samples,
            enough,
            threshold: goal.threshold,
            kind: goal.kind,
        });
    }
    if strength == Strength::Searched && chance.all > LEVEL && !is_weak {
        warnings.push(Warning::AboveLevel { all: chance.all });
    }
    let pool = u64::from(samples) * POOL_TIMES;
    if is_public(goal) || goal.seed_blocks == 0 || u64::from(goal.pool) < pool {
        let (one, twenty) = (chance.one, chance.twenty);
        warnings.push(Warning::RunnerHolds {
            one,
            twenty,
            pool,
            strength,
        });
    }
    if goal.seed_blocks > 0 && setting.embedded {
        warnings.push(Warning::EmbeddedSeed);
    }
    warnings.push(Warning::Clusters);
    Ok(warnings)
}

/// A milestone is done or not; any other count may be a score that was not called one.
fn of_a_count(goal: &Goal, setting: Setting) -> Vec<Warning> {
    let threshold = goal.threshold;
    if threshold <= 1 {
        return Vec::new();
    }
    let counted = setting.counted;
    let counted = counted.and_then(|items| Some((items, of_count(goal, items)?)));
    vec![Warning::RawCount { threshold, counted }]
}

/// Whether the definition says that its items are public.
fn is_public(goal: &Goal) -> bool {
    goal.data == B256::right_padding_from(b"public")
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::WeakBound {
                bound,
                fair,
                all,
                fair_all,
                strength,
            } => weak_bound(f, (bound, fair), (all, fair_all, strength)),
            Self::RawCount { threshold, counted } => raw_count(f, threshold, counted),
            Self::RawScore {
                needed,
                samples,
                threshold,
                raw,
            } => raw_score(f, (needed, samples), threshold, raw),
            Self::Public { learned } => public(f, learned),
            Self::ManyAttempts { attempts, alpha } => write!(
                f,
                "{attempts} attempts share the chance of {} of a false payment: each is tested at \
                 {}, so that every one of them asks for a better result; fewer attempts ask less",
                percent(LEVEL),
                percent(alpha),
            ),
            Self::FewSamples {
                samples,
                enough,
                threshold,
                kind,
            } => few(f, (samples, kind), enough, threshold),
            Self::RunnerHolds {
                one,
                twenty,
                pool,
                strength,
            } => runner_holds(f, (one, twenty, strength), pool),
            Self::EmbeddedSeed => f.write_str(
                "on the embedded chain the company makes the blocks: a drawn seed proves nothing \
                 there; define the goal on a chain whose blocks others make",
            ),
            Self::AboveLevel { all } => write!(
                f,
                "Bonett and Price's bound is an approximation: a false payment can have a chance \
                 of {}, more than {}; take more items, or a bound of your own above this one",
                percent(all),
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

fn weak_bound(
    f: &mut fmt::Formatter<'_>,
    (bound, fair): (u16, Option<u16>),
    (all, fair_all, strength): (f64, Option<f64>, Strength),
) -> fmt::Result {
    let all = meant(all, strength);
    write!(
        f,
        "the bound of {bound} pays what an honest test would not: a model no better than the \
         threshold is paid with a chance of {all}"
    )?;
    match fair.zip(fair_all) {
        Some((fair, chance)) => {
            write!(
                f,
                "; the calibrated bound of {fair} makes it {}",
                meant(chance, strength)
            )
        }
        None => f.write_str("; no bound makes so few samples an honest test, take more"),
    }
}

fn raw_count(
    f: &mut fmt::Formatter<'_>,
    threshold: i64,
    counted: Option<(u32, f64)>,
) -> fmt::Result {
    write!(
        f,
        "a count is taken as it is: a score of {threshold} by luck pays like one by skill"
    )?;
    if let Some((items, chance)) = counted {
        let chance = percent(chance);
        write!(
            f,
            ", and a model that reaches {threshold} of {items} only on average is paid with a \
             chance of {chance}"
        )?;
    }
    f.write_str("; if it counts right answers, make it a proportion")
}

fn raw_score(
    f: &mut fmt::Formatter<'_>,
    (needed, samples): (u128, u32),
    threshold: i64,
    raw: Option<f64>,
) -> fmt::Result {
    write!(
        f,
        "the threshold of {} is for the lower bound, not for the score: the first payment takes \
         {needed} of {samples} right, a score of {}",
        percent(threshold as f64 / f64::from(PPB)),
        percent(needed as f64 / f64::from(samples)),
    )?;
    match raw {
        Some(raw) => write!(
            f,
            "; if the score itself decided, a model no better than the threshold would be paid \
             with a chance of {}",
            percent(raw)
        ),
        None => Ok(()),
    }
}

fn public(f: &mut fmt::Formatter<'_>, learned: Option<f64>) -> fmt::Result {
    f.write_str("the items are public: a model can be trained on them, and no bound can see it")?;
    if let Some(learned) = learned {
        let learned = percent(learned);
        write!(
            f,
            " (a model no better than the threshold that learned one item in ten by heart is paid \
             with a chance of {learned})"
        )?;
    }
    f.write_str("; hold the items back, or let such a goal decide a small share of a grant only")
}

fn runner_holds(
    f: &mut fmt::Formatter<'_>,
    (one, twenty, strength): (f64, f64, Strength),
    pool: u64,
) -> fmt::Result {
    write!(
        f,
        "whoever runs the evaluation may hold the items: the best of twenty private variants makes \
         a chance of {} of a false payment up to {}; only items that the runner never sees, or \
         items drawn for each attempt from a pool of at least {pool}, cure this",
        meant(one, strength),
        percent_as(twenty, strength),
    )
}

fn few(
    f: &mut fmt::Formatter<'_>,
    (samples, kind): (u32, Kind),
    enough: Option<u32>,
    threshold: i64,
) -> fmt::Result {
    let share = |ppb: f64| percent(ppb / f64::from(PPB));
    let threshold = share(threshold as f64);
    write!(f, "{samples} samples show little: ")?;
    match enough {
        Some(skill) => {
            let paid = match kind {
                Kind::Measure => "sure to be paid with a chance of 80 %, whatever the scores are",
                _ => "paid with a chance of 80 %",
            };
            write!(
                f,
                "to be {paid}, a model must truly be at {}, where the threshold is {threshold}; \
                 take more samples",
                share(skill.into())
            )
        }
        None => f.write_str(
            "a model must be much better than the threshold to be paid with certainty; take more",
        ),
    }
}
