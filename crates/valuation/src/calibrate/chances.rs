//! The chances that follow from a definition with its bound.

use guerdon_core::PPB;
use guerdon_core::goal::{BoundError, Goal, Kind, lower_bound, payout};

use super::{best, pairs, smallest_lower, smallest_paid};
use crate::binomial::Binomial;

/// How a chance is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// It is this, up to rounding.
    Exact,
    /// It is at most this, whatever the scores are.
    AtMost,
    /// It is at least this, whatever the scores are.
    AtLeast,
    /// It is the largest that a search over how often the two differ has found.
    Searched,
}

/// The chance that a claim which is false is paid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chance {
    /// In one attempt.
    pub one: f64,
    /// In any of all attempts, taken as independent.
    pub all: f64,
    /// In one attempt with the best of twenty private variants, taken as independent.
    pub twenty: f64,
    /// How it is meant.
    pub strength: Strength,
}

/// What a model can truly do, in ppb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The chance of a right answer (proportion), or the mean score (measure).
    Skill(u32),
    /// The chances to win and to lose against the baseline on an item (paired).
    Pair {
        /// To win.
        win: u32,
        /// To lose.
        loss: u32,
    },
    /// Of each item that a count goes through, the chance to be counted.
    Each {
        /// Items.
        items: u32,
        /// The chance of one of them.
        skill: u32,
    },
}

/// The chance that a claim which is true is paid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Payment {
    /// Anything, in one attempt.
    pub one: f64,
    /// Anything, in any of all attempts, taken as independent.
    pub all: f64,
    /// Everything, in any of all attempts.
    pub full: f64,
    /// What the best of all attempts pays on average, as a share of the whole; only for
    /// proportions, where the distribution of results is known.
    pub expected: Option<f64>,
    /// How it is meant.
    pub strength: Strength,
}

/// Why a claim means nothing for a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// One number for a pair, two for a skill, or anything for a count.
    #[error(
        "a proportion and a measure take one true skill, a paired comparison the chances to win \
         and to lose, a count the items that it counts"
    )]
    Kind,
    /// Chances above the whole.
    #[error("the chances of an item add up to more than the whole")]
    Share,
    /// The definition is one that the chain refuses.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

/// The largest chance that the goal pays anything to a model whose true figure does not exceed the
/// threshold; `None` for a count, which no chance decides.
///
/// # Errors
/// A definition that the chain refuses.
pub fn false_payment(goal: &Goal) -> Result<Option<Chance>, BoundError> {
    let (one, strength) = match goal.kind {
        Kind::Count => return Ok(None),
        Kind::Proportion => {
            let skill = u32::try_from(goal.threshold).unwrap_or(PPB);
            (Paid::at_least(goal, 1)?.by_skill(skill), Strength::Exact)
        }
        Kind::Paired => (pairs::worst(goal), Strength::Searched),
        Kind::Measure => ((-f64::from(goal.bound) / 1_000.0).exp(), Strength::AtMost),
    };
    Ok(Some(Chance {
        one,
        all: any_of(one, goal.attempts.into()),
        twenty: any_of(one, 20),
        strength,
    }))
}

/// The chance that the goal pays a model that can truly do this.
///
/// # Errors
/// A claim that does not fit the goal.
pub fn payment(goal: &Goal, claim: Claim) -> Result<Payment, ClaimError> {
    let anything = Paid::at_least(goal, 1)?;
    let (one, strength) = anything.chance(claim)?;
    let (full, _) = Paid::at_least(goal, PPB)?.chance(claim)?;
    let expected = match (goal.kind, claim) {
        (Kind::Proportion, Claim::Skill(skill)) => Some(anything.expected(skill)?),
        _ => None,
    };
    Ok(Payment {
        one,
        all: any_of(one, goal.attempts.into()),
        full: any_of(full, goal.attempts.into()),
        expected,
        strength,
    })
}

/// The chances, in ppb, that any of all attempts pays anything to models that can truly do these.
///
/// # Errors
/// A claim that does not fit the goal.
pub fn curve(goal: &Goal, claims: &[Claim]) -> Result<Vec<u32>, ClaimError> {
    let paid = Paid::at_least(goal, 1)?;
    let chance = |claim: &Claim| {
        let (one, _) = paid.chance(*claim)?;
        Ok((any_of(one, goal.attempts.into()) * f64::from(PPB)).round() as u32)
    };
    claims.iter().map(chance).collect()
}

/// The results that a goal pays at least so much: found once for any number of claims.
struct Paid<'a> {
    goal: &'a Goal,
    /// The smallest x, without losses; none if no result is paid so much.
    needed: Option<u128>,
    /// Of a paired comparison, by losses.
    pairs: Option<pairs::Needed>,
}

impl<'a> Paid<'a> {
    fn at_least(goal: &'a Goal, ppb: u32) -> Result<Self, BoundError> {
        let is_paired = goal.kind == Kind::Paired;
        Ok(Self {
            goal,
            needed: smallest_paid(goal, ppb)?,
            pairs: is_paired.then(|| pairs::Needed::of(goal, smallest_lower(goal, ppb))),
        })
    }

    /// The chance that one attempt has such a result, and how it is meant.
    fn chance(&self, claim: Claim) -> Result<(f64, Strength), ClaimError> {
        Ok(match (self.goal.kind, claim) {
            (_, Claim::Skill(skill) | Claim::Each { skill, .. }) if skill > PPB => {
                return Err(ClaimError::Share);
            }
            (_, Claim::Pair { win, loss }) if u64::from(win) + u64::from(loss) > PPB.into() => {
                return Err(ClaimError::Share);
            }
            (Kind::Proportion, Claim::Skill(skill)) => (self.by_skill(skill), Strength::Exact),
            (Kind::Measure, Claim::Skill(mean)) => (self.by_mean(mean), Strength::AtLeast),
            (Kind::Paired, Claim::Pair { win, loss }) => {
                let pairs = self.pairs.as_ref();
                let chance = pairs.map_or(0.0, |needed| needed.chance(win, loss));
                (chance, Strength::Exact)
            }
            (Kind::Count, Claim::Each { items, skill }) => {
                let counted = Binomial::of_ppb(items, skill);
                (self.by_count(counted), Strength::Exact)
            }
            _ => return Err(ClaimError::Kind),
        })
    }

    fn by_skill(&self, skill: u32) -> f64 {
        self.by_count(Binomial::of_ppb(self.goal.samples, skill))
    }

    fn by_count(&self, right: Binomial) -> f64 {
        let needed = self.needed.and_then(|x| u32::try_from(x).ok());
        needed.map_or(0.0, |needed| right.at_least(needed))
    }

    /// At least this is the chance for a mean score: by Hoeffding's inequality a measured mean
    /// falls below the true one by t with a chance of at most exp(-2 n t^2).
    fn by_mean(&self, mean: u32) -> f64 {
        let Some(needed) = self.needed else {
            return 0.0;
        };
        let over = f64::from(mean) / f64::from(PPB) - needed as f64 / best(self.goal) as f64;
        if over <= 0.0 {
            return 0.0;
        }
        -(-2.0 * f64::from(self.goal.samples) * over * over).exp_m1()
    }

    /// What the best of all attempts of a proportion pays on average: its payouts rise with the
    /// right answers, so the best attempt is the one with the most of them.
    fn expected(&self, skill: u32) -> Result<f64, BoundError> {
        let goal = self.goal;
        let Some(needed) = self.needed.and_then(|x| u32::try_from(x).ok()) else {
            return Ok(0.0);
        };
        let right = Binomial::of_ppb(goal.samples, skill);
        let (low, high) = right.likely();
        // The chance that all attempts stay below a count, and what each count adds to it.
        let mut at_least = right.at_least(low.max(needed));
        let mut reached = any_of(at_least, goal.attempts.into());
        let mut sum = 0.0;
        for count in low.max(needed)..=high {
            let lower = lower_bound(goal.kind, goal.bound, goal.samples, count.into(), 0)?;
            let paid = f64::from(payout(goal, lower)) / f64::from(PPB);
            at_least = (at_least - right.exactly(count)).max(0.0);
            let above = any_of(at_least, goal.attempts.into());
            sum += paid * (reached - above);
            reached = above;
        }
        Ok(sum)
    }
}

/// The chance of at least one among so many independent ones.
fn any_of(one: f64, count: u32) -> f64 {
    -(f64::from(count) * (-one).ln_1p()).exp_m1()
}
