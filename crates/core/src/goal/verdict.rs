//! Results, and what arbiters say about them.

use alloy_primitives::B256;

use super::bounds::{BoundError, lower_bound, payout};
use super::moves::{Signed, finish, in_time, require_arbiter, require_status};
use super::refused::GoalRefused;
use super::{Attempt, AttemptStatus, Goal, GoalState, PanelResult, check_result};

/// A result on its way to the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal<'a> {
    /// The result.
    pub result: &'a PanelResult,
    /// The model that the attempt was registered with.
    pub registered: B256,
    /// Who signed the result.
    pub signed: Signed,
    /// The time of the block, in unix seconds.
    pub now: u64,
}

/// What the arbiter decides about a challenged attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The proposal stands.
    Upheld,
    /// The result was wrong; this is the right one.
    Overturned {
        /// Right answers, wins, sum of scores in ppb, or the count.
        x: u128,
        /// Losses, for a paired comparison; else 0.
        y: u128,
        /// Safety and regression conditions that hold.
        guards: u32,
    },
    /// The attempt never counts and is given back.
    Void,
}

/// A verdict, who gives it and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// The verdict.
    pub verdict: Verdict,
    /// Whether the arbiter calls.
    pub by_arbiter: bool,
    /// The time of the block, in unix seconds.
    pub now: u64,
}

/// Where a bond goes, in base units of the bond token; the rest goes to the dead address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BondSplit {
    /// To the sponsor.
    pub to_sponsor: u128,
    /// Back to the challenger.
    pub to_challenger: u128,
    /// To nobody.
    pub to_dead: u128,
}

/// Proposes a signed result of a registered attempt, in time. The goal itself is not touched.
pub fn propose(
    goal: &Goal,
    attempt: &Attempt,
    proposal: &Proposal<'_>,
) -> Result<Attempt, GoalRefused> {
    require_status(attempt, AttemptStatus::Registered)?;
    in_time(attempt.deadline, proposal.now)?;
    if goal.seed_blocks != 0 && attempt.seed == [0; 12] {
        return Err(GoalRefused::NotSealed);
    }
    let result = proposal.result;
    if result.model != proposal.registered {
        return Err(GoalRefused::WrongModel {
            registered: proposal.registered,
        });
    }
    check_result(goal, result)?;
    let Signed { signatures, m } = proposal.signed;
    if signatures < m {
        return Err(GoalRefused::BadPanel { signatures, m });
    }
    let fraction = fraction_of(goal, result.x, result.y, result.guards)?;

    Ok(Attempt {
        status: AttemptStatus::Proposed,
        fraction,
        deadline: proposal.now.saturating_add(goal.challenge_seconds.into()),
        signed: true,
        ..*attempt
    })
}

/// Decides a challenged attempt, in time. It is finished, or void and given back.
pub fn resolve(
    goal: &Goal,
    state: &GoalState,
    attempt: &Attempt,
    ruling: &Ruling,
) -> Result<(GoalState, Attempt, BondSplit), GoalRefused> {
    let verdict = ruling.verdict;
    require_status(attempt, AttemptStatus::Challenged)?;
    require_arbiter(ruling.by_arbiter)?;
    in_time(attempt.deadline, ruling.now)?;
    let (state, attempt) = match verdict {
        Verdict::Upheld => finish(state, attempt),
        Verdict::Overturned { x, y, guards } => {
            let fraction = fraction_of(goal, x, y, guards)?;
            let corrected = Attempt {
                fraction,
                ..*attempt
            };
            finish(state, &corrected)
        }
        Verdict::Void => give_back(goal, state, attempt)?,
    };
    Ok((state, attempt, split(goal.bond, verdict)))
}

/// Gives an attempt back. It answers nothing: a demand stands until a result does.
fn give_back(
    goal: &Goal,
    state: &GoalState,
    attempt: &Attempt,
) -> Result<(GoalState, Attempt), GoalRefused> {
    if state.voided >= goal.max_voids {
        return Err(GoalRefused::NoVoidsLeft {
            max_voids: goal.max_voids,
        });
    }
    let state = GoalState {
        voided: state.voided.saturating_add(1),
        pending: state.pending.saturating_sub(1),
        ..*state
    };
    let attempt = Attempt {
        fraction: 0,
        status: AttemptStatus::Void,
        ..*attempt
    };
    Ok((state, attempt))
}

/// A challenge that failed pays the sponsor and nobody; the odd unit is nobody's.
fn split(bond: u128, verdict: Verdict) -> BondSplit {
    if verdict != Verdict::Upheld {
        return BondSplit {
            to_challenger: bond,
            ..BondSplit::default()
        };
    }
    let to_sponsor = bond / 2;
    BondSplit {
        to_sponsor,
        to_challenger: 0,
        to_dead: bond.saturating_sub(to_sponsor),
    }
}

/// What a result pays, in ppb; nothing if a guard is not set.
fn fraction_of(goal: &Goal, x: u128, y: u128, guards: u32) -> Result<u32, BoundError> {
    let lower = lower_bound(goal.kind, goal.bound, goal.samples, x, y)?;
    if guards & goal.guards != goal.guards {
        return Ok(0);
    }
    Ok(payout(goal, lower))
}
