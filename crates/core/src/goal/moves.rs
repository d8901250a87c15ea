//! What may change a goal and its attempts, as the Goals contract decides it.

use alloy_primitives::{Address, B256};

use super::refused::GoalRefused;
use super::{
    Attempt, AttemptStatus, Goal, GoalError, GoalFlags, GoalState, check_panel, panel_hash, seed,
};
use crate::PPB;

/// Panel members who signed a message, out of those that a result needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Valid signatures of different members.
    pub signatures: u8,
    /// Signatures that a result needs.
    pub m: u8,
}

/// Who registers an attempt, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Who signed the acceptance.
    pub signed: Signed,
    /// Until when the acceptance is good, in unix seconds.
    pub accepted_until: u64,
    /// Whether the sponsor calls.
    pub by_sponsor: bool,
    /// The time of the block, in unix seconds.
    pub now: u64,
    /// The number of the block.
    pub block: u64,
}

/// Defines a goal with its panel; `before` is what stands under its id.
pub fn define(
    goal: &Goal,
    before: &GoalState,
    m: u8,
    members: &[Address],
) -> Result<GoalState, GoalRefused> {
    if *before != GoalState::default() {
        return Err(GoalRefused::AlreadyDefined);
    }
    goal.check()?;
    check_panel(m, members)?;
    if panel_hash(m, members) != goal.panel {
        return Err(GoalError::OtherPanel.into());
    }
    Ok(GoalState {
        flags: GoalFlags::DEFINED,
        closes: goal.closes,
        ..GoalState::default()
    })
}

/// Registers the next attempt.
pub fn register(
    goal: &Goal,
    state: &GoalState,
    by: &Registration,
) -> Result<(GoalState, Attempt), GoalRefused> {
    require_changeable(state)?;
    let (opens, closes) = (goal.opens, state.closes);
    if by.now < opens || by.now > closes {
        return Err(GoalRefused::NotOpen { opens, closes });
    }
    require_attempts(goal, state)?;
    in_time(by.accepted_until, by.now)?;
    let Signed { signatures, m } = by.signed;
    if signatures == 0 {
        return Err(GoalRefused::BadPanel { signatures, m: 1 });
    }
    if signatures < m && !by.by_sponsor {
        return Err(GoalRefused::NotSponsor);
    }
    let attempt = Attempt {
        registered_at: by.now,
        registered_block: by.block,
        deadline: by.now.saturating_add(goal.run_seconds.into()),
        status: AttemptStatus::Registered,
        ..Attempt::default()
    };
    let state = GoalState {
        count: state.count.saturating_add(1),
        pending: state.pending.saturating_add(1),
        last_registered_at: by.now,
        ..*state
    };
    Ok((state, attempt))
}

/// Where a drawn seed comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draw {
    /// Id of the goal.
    pub goal: B256,
    /// Number of the attempt, from 0.
    pub attempt: u16,
    /// The number of the present block.
    pub block: u64,
    /// Hash of the block [`drawn_by`] names; `None` once it is older than 256 blocks.
    pub hash: Option<B256>,
}

/// The block whose hash draws the items of an attempt.
pub fn drawn_by(goal: &Goal, attempt: &Attempt) -> u64 {
    attempt
        .registered_block
        .saturating_add(goal.seed_blocks.into())
}

/// Draws the seed of a registered attempt, once.
pub fn seal(goal: &Goal, attempt: &Attempt, draw: &Draw) -> Result<Attempt, GoalRefused> {
    require_status(attempt, AttemptStatus::Registered)?;
    if goal.seed_blocks == 0 || attempt.seed != [0; 12] {
        return Err(GoalRefused::NoSeedDue);
    }
    let drawn_by = drawn_by(goal, attempt);
    if draw.block <= drawn_by {
        return Err(GoalRefused::SeedNotReady { block: drawn_by });
    }
    let hash = draw.hash.ok_or(GoalRefused::SeedLost)?;
    let seed = seed(hash, draw.goal, draw.attempt);
    Ok(Attempt { seed, ..*attempt })
}

/// Turns a run that brought nothing in time into a proposed zero.
pub fn expire(goal: &Goal, attempt: &Attempt, now: u64) -> Result<Attempt, GoalRefused> {
    require_status(attempt, AttemptStatus::Registered)?;
    past(attempt.deadline, now)?;
    Ok(Attempt {
        status: AttemptStatus::Proposed,
        fraction: 0,
        deadline: now.saturating_add(goal.challenge_seconds.into()),
        ..*attempt
    })
}

/// Objects to a proposal. Whether the bond was paid, the token says.
pub fn challenge(goal: &Goal, attempt: &Attempt, now: u64) -> Result<Attempt, GoalRefused> {
    require_status(attempt, AttemptStatus::Proposed)?;
    in_time(attempt.deadline, now)?;
    Ok(Attempt {
        status: AttemptStatus::Challenged,
        deadline: now.saturating_add(goal.arbiter_seconds.into()),
        ..*attempt
    })
}

/// Ends an attempt that nobody objected to, or whose arbiter was silent: it counts as proposed, and
/// a challenger's bond goes back.
pub fn finalize(
    state: &GoalState,
    attempt: &Attempt,
    now: u64,
) -> Result<(GoalState, Attempt), GoalRefused> {
    let status = attempt.status;
    if !matches!(status, AttemptStatus::Proposed | AttemptStatus::Challenged) {
        return Err(GoalRefused::WrongStatus { status });
    }
    past(attempt.deadline, now)?;
    Ok(finish(state, attempt))
}

/// The sponsor asks for a run, while the default is more than the fraction. Only a signed result of
/// an attempt registered since answers, once it is finished.
pub fn demand(
    goal: &Goal,
    state: &GoalState,
    by_sponsor: bool,
    now: u64,
) -> Result<GoalState, GoalRefused> {
    require_changeable(state)?;
    if !by_sponsor {
        return Err(GoalRefused::NotSponsor);
    }
    if state.has(GoalFlags::DEMANDED) {
        return Err(GoalRefused::AlreadyDemanded);
    }
    let (default_ppb, fraction) = (goal.default_ppb, state.fraction);
    if default_ppb <= fraction {
        return Err(GoalRefused::NothingToDemand {
            default_ppb,
            fraction,
        });
    }
    if now.saturating_add(goal.run_seconds.into()) >= state.closes {
        return Err(GoalRefused::TooLate {
            deadline: state.closes,
        });
    }
    require_attempts(goal, state)?;
    Ok(GoalState {
        flags: state.flags.with(GoalFlags::DEMANDED),
        demanded_at: now,
        ..*state
    })
}

/// The arbiter refuses a demand.
pub fn refuse(state: &GoalState, by_arbiter: bool) -> Result<GoalState, GoalRefused> {
    require_changeable(state)?;
    require_arbiter(by_arbiter)?;
    if !state.has(GoalFlags::DEMANDED) {
        return Err(GoalRefused::NotDemanded);
    }
    Ok(GoalState {
        flags: state.flags.without(GoalFlags::DEMANDED),
        demanded_at: 0,
        ..*state
    })
}

/// The arbiter moves the end of the window, once; at most it doubles.
pub fn extend(
    goal: &Goal,
    state: &GoalState,
    closes: u64,
    by_arbiter: bool,
    now: u64,
) -> Result<GoalState, GoalRefused> {
    require_changeable(state)?;
    require_arbiter(by_arbiter)?;
    if state.has(GoalFlags::EXTENDED) {
        return Err(GoalRefused::AlreadyExtended);
    }
    let before = state.closes;
    in_time(before, now)?;
    let latest = before.saturating_mul(2).saturating_sub(goal.opens);
    if closes <= before || closes > latest {
        return Err(GoalRefused::BadExtension {
            closes,
            before,
            latest,
        });
    }
    Ok(GoalState {
        flags: state.flags.with(GoalFlags::EXTENDED),
        closes,
        ..*state
    })
}

/// Makes the fraction final, once nothing is pending and the window is over or everything reached.
pub fn close(goal: &Goal, state: &GoalState, now: u64) -> Result<GoalState, GoalRefused> {
    require_changeable(state)?;
    let (pending, closes) = (state.pending, state.closes);
    let is_over = now > closes || state.fraction == PPB;
    if pending != 0 || !is_over {
        return Err(GoalRefused::NotFinal { pending, closes });
    }
    let defaulted = if state.has(GoalFlags::DEMANDED) {
        goal.default_ppb
    } else {
        0
    };
    Ok(GoalState {
        fraction: state.fraction.max(defaulted),
        flags: state.flags.with(GoalFlags::FINAL),
        defaulted,
        ..*state
    })
}

/// The best fraction (ppb) of what counts from `time` (unix seconds) or earlier, and whether
/// something of then is pending.
///
/// An attempt counts from its registration, one that answered a demand from the demand. A final
/// default counts if it was demanded by then; a demand that stands is pending until the goal is
/// final. Once nothing is pending for a time that is over, the answer for it never changes.
pub fn fraction_at<'a>(
    state: &GoalState,
    attempts: impl IntoIterator<Item = &'a Attempt>,
    time: u64,
) -> (u32, bool) {
    let (mut fraction, mut pending) = (0, false);
    if state.has(GoalFlags::DEMANDED) && state.demanded_at <= time {
        fraction = state.defaulted;
        pending = !state.has(GoalFlags::FINAL);
    }
    for attempt in attempts.into_iter().filter(|it| it.counts_from() <= time) {
        if attempt.status == AttemptStatus::Finished {
            fraction = attempt.fraction.max(fraction);
        }
        pending |= attempt.status.is_pending();
    }
    (fraction, pending)
}

/// Whether finishing an attempt answers the demand: a signed result does, if the demand stands and
/// stood when the attempt was registered.
pub fn answers(state: &GoalState, attempt: &Attempt) -> bool {
    let stood = state.has(GoalFlags::DEMANDED) && attempt.registered_at >= state.demanded_at;
    stood && attempt.signed
}

/// Finishes an attempt: one less is pending, the best counts, and it may answer a demand.
pub(super) fn finish(state: &GoalState, attempt: &Attempt) -> (GoalState, Attempt) {
    let mut state = GoalState {
        pending: state.pending.saturating_sub(1),
        fraction: state.fraction.max(attempt.fraction),
        ..*state
    };
    let mut attempt = Attempt {
        status: AttemptStatus::Finished,
        ..*attempt
    };
    if answers(&state, &attempt) {
        state.flags = state.flags.without(GoalFlags::DEMANDED);
        (attempt.cleared_demand, attempt.deadline) = (true, state.demanded_at);
    }
    (state, attempt)
}

pub(super) fn require_status(attempt: &Attempt, want: AttemptStatus) -> Result<(), GoalRefused> {
    let status = attempt.status;
    if status == want {
        Ok(())
    } else {
        Err(GoalRefused::WrongStatus { status })
    }
}

pub(super) fn require_arbiter(by_arbiter: bool) -> Result<(), GoalRefused> {
    if by_arbiter {
        Ok(())
    } else {
        Err(GoalRefused::NotArbiter)
    }
}

/// `deadline` is the last second in time.
pub(super) fn in_time(deadline: u64, now: u64) -> Result<(), GoalRefused> {
    if now <= deadline {
        Ok(())
    } else {
        Err(GoalRefused::TooLate { deadline })
    }
}

fn past(deadline: u64, now: u64) -> Result<(), GoalRefused> {
    if now > deadline {
        Ok(())
    } else {
        Err(GoalRefused::NotYet {
            until: deadline.saturating_add(1),
        })
    }
}

fn require_changeable(state: &GoalState) -> Result<(), GoalRefused> {
    if !state.has(GoalFlags::DEFINED) {
        return Err(GoalRefused::NotDefined);
    }
    if state.has(GoalFlags::FINAL) {
        return Err(GoalRefused::Final);
    }
    Ok(())
}

fn require_attempts(goal: &Goal, state: &GoalState) -> Result<(), GoalRefused> {
    if state.attempts_left(goal.attempts) == 0 {
        return Err(GoalRefused::NoAttemptsLeft {
            attempts: goal.attempts,
        });
    }
    Ok(())
}
