//! One step at a goal: what core says of it, the call, and the goal as it stands after it.

use alloy_primitives::{Address, B256};
use guerdon_chain::{Plan, plan};
use guerdon_core::goal::{
    self, Attempt, BondSplit, Draw, GoalRefused, GoalState, Ruling, Verdict, drawn_by, lower_bound,
};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};

/// A block's hash is known to contracts for so many blocks.
const HASHES_KEPT: u64 = 256;

/// Which step a page is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Seal,
    Expire,
    Finalize,
    Challenge,
    Resolve,
    Demand,
    Refuse,
    Extend,
    Close,
    WithdrawBond,
}

impl Name {
    #[cfg(test)]
    pub(crate) const ALL: [Self; 10] = [
        Self::Seal,
        Self::Expire,
        Self::Finalize,
        Self::Challenge,
        Self::Resolve,
        Self::Demand,
        Self::Refuse,
        Self::Extend,
        Self::Close,
        Self::WithdrawBond,
    ];

    /// In addresses.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Expire => "expire",
            Self::Finalize => "finalize",
            Self::Challenge => "challenge",
            Self::Resolve => "resolve",
            Self::Demand => "demand",
            Self::Refuse => "refuse",
            Self::Extend => "extend",
            Self::Close => "close",
            Self::WithdrawBond => "withdraw-bond",
        }
    }
}

/// A step with what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Seal,
    Expire,
    Finalize,
    Challenge { reason: B256 },
    Resolve(Verdict),
    Demand { model: B256 },
    Refuse,
    Extend { closes: u64 },
    Close,
    WithdrawBond,
}

/// Who takes a step, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct By {
    pub(super) wallet: Option<Address>,
    pub(super) now: u64,
    pub(super) block: u64,
}

/// What a step leaves.
#[derive(Clone, Debug)]
pub(super) struct After {
    pub(super) record: GoalRecord,
    pub(super) split: Option<BondSplit>,
}

impl Step {
    /// The call that does it, at an attempt where it is about one.
    pub(super) fn plan(&self, goals: Address, (record, number): (&GoalRecord, u16)) -> Plan {
        let goal = &record.goal;
        match *self {
            Self::Seal => plan::seal(goals, goal, number),
            Self::Expire => plan::expire(goals, goal, number),
            Self::Finalize => plan::finalize(goals, record.id, number),
            Self::Challenge { reason } => plan::challenge(goals, goal, number, reason),
            Self::Resolve(verdict) => plan::resolve(goals, goal, number, of_plan(verdict)),
            Self::Demand { model } => plan::demand(goals, goal, model),
            Self::Refuse => plan::refuse(goals, goal),
            Self::Extend { closes } => plan::extend(goals, goal, closes),
            Self::Close => plan::close(goals, goal),
            Self::WithdrawBond => plan::withdraw_bond(goals, goal.bond_token),
        }
    }

    /// The goal as the contract would leave it, or why it would not take the call.
    pub(super) fn weigh(
        &self,
        (record, number): (&GoalRecord, u16),
        by: By,
    ) -> Result<After, GoalRefused> {
        let Some(attempt) = record.attempts.get(usize::from(number)) else {
            return self.of_goal(record, by);
        };
        let (goal, state, word) = (&record.goal, &record.state, &attempt.word);
        let at_attempt = |word: Attempt| after(record, *state, Some((attempt, word)));
        Ok(match *self {
            Self::Seal => {
                let drawn = drawn_by(goal, word);
                let kept = by.block.saturating_sub(drawn) <= HASHES_KEPT;
                let draw = Draw {
                    goal: record.id,
                    attempt: number,
                    // The call runs in the next block at the earliest.
                    block: by.block.saturating_add(1),
                    hash: kept.then_some(B256::ZERO),
                };
                at_attempt(goal::seal(goal, word, &draw)?)
            }
            Self::Expire => at_attempt(goal::expire(goal, word, by.now)?),
            Self::Challenge { .. } => at_attempt(goal::challenge(goal, word, by.now)?),
            Self::Finalize => {
                let (state, word) = goal::finalize(state, word, by.now)?;
                after(record, state, Some((attempt, word)))
            }
            Self::Resolve(verdict) => {
                let ruling = Ruling {
                    verdict,
                    by_arbiter: by.wallet == Some(goal.arbiter),
                    now: by.now,
                };
                let (state, word, split) = goal::resolve(goal, state, word, &ruling)?;
                let corrected = corrected(record, attempt, verdict);
                After {
                    split: Some(split),
                    ..after(record, state, Some((&corrected, word)))
                }
            }
            _ => return self.of_goal(record, by),
        })
    }

    fn of_goal(&self, record: &GoalRecord, by: By) -> Result<After, GoalRefused> {
        let (goal, state) = (&record.goal, &record.state);
        let arbiter = by.wallet == Some(goal.arbiter);
        let state = match *self {
            Self::Demand { .. } => {
                goal::demand(goal, state, by.wallet == Some(goal.sponsor), by.now)?
            }
            Self::Refuse => goal::refuse(state, arbiter)?,
            Self::Extend { closes } => goal::extend(goal, state, closes, arbiter, by.now)?,
            Self::Close => goal::close(goal, state, by.now)?,
            Self::WithdrawBond => *state,
            _ => {
                let status = goal::AttemptStatus::None;
                return Err(GoalRefused::WrongStatus { status });
            }
        };
        Ok(after(record, state, None))
    }
}

fn after(
    record: &GoalRecord,
    state: GoalState,
    attempt: Option<(&AttemptRecord, Attempt)>,
) -> After {
    let record = GoalRecord {
        state,
        ..record.clone()
    };
    let record = match attempt {
        Some((before, word)) => {
            let changed = AttemptRecord {
                word,
                ..before.clone()
            };
            super::sheet::with_attempt(&record, changed)
        }
        None => record,
    };
    After {
        record,
        split: None,
    }
}

/// The attempt with the arbiter's counts.
fn corrected(record: &GoalRecord, attempt: &AttemptRecord, verdict: Verdict) -> AttemptRecord {
    let Verdict::Overturned { x, y, guards } = verdict else {
        return attempt.clone();
    };
    let goal = &record.goal;
    AttemptRecord {
        x,
        y,
        guards,
        has_result: true,
        samples: goal.samples,
        lower: lower_bound(goal.kind, goal.bound, goal.samples, x, y).ok(),
        ..attempt.clone()
    }
}

const fn of_plan(verdict: Verdict) -> plan::Verdict {
    match verdict {
        Verdict::Upheld => plan::Verdict::Upheld,
        Verdict::Overturned { x, y, guards } => plan::Verdict::Overturned { x, y, guards },
        Verdict::Void => plan::Verdict::Void,
    }
}
