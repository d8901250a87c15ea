use alloy_primitives::{Address, B256};

mod changes;
mod moves;
mod opening;
mod steps;
mod why;

pub use changes::{accelerate, hold_claims, lower_withholding, pause, resume, waive};
pub use moves::{Change, EndOrder, claim, end, settle};
pub use opening::{Claimed, Desk, OpenRefused, Opened, open};
pub use steps::{Step, earned_by, reached_at, steps};
pub use why::{Reason, next_vesting, reachable, why_locked};

use crate::PPB;
use crate::pack::{share_down, share_of_share_down};
use crate::state::{Flags, Phase, State};
use crate::terms::{BPS, Gate, Terms};

/// What Goals says about the goal of one gate; one for each gate, in the order of the terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GateResult {
    /// The best fraction so far, in ppb.
    pub fraction: u32,
    /// Whether it can never change again.
    pub is_final: bool,
    /// When the last attempt was registered or, if later, the demand made that stands, in unix
    /// seconds; 0: never.
    pub last_registered_at: u64,
    /// The fraction (ppb) of attempts registered by the grant's stop, and whether one of them is
    /// pending. Needed for a lapsing gate of a grant that has ended.
    pub at_stop: Option<(u32, bool)>,
}

/// What a grant amounts to at a time. Base units, but for the two shares in ppb.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// Share earned by time, in ppb; the whole once settled, when no schedule is read.
    pub time_ppb: u32,
    /// Share that gates let through, in ppb; the whole once settled.
    pub open_ppb: u32,
    /// Earned by time and by results.
    pub vested: u128,
    /// What may leave by the unlock clock.
    pub unlocked: u128,
    /// Paid or withheld so far.
    pub released: u128,
    /// Promised to it out of the pool.
    pub held: u128,
    /// What a claim would release now.
    pub payable: u128,
}

/// A payment and its parts, in base units: gross = withheld + net.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payment {
    /// Released in all.
    pub gross: u128,
    /// Kept back for tax; it stays in the pool as free money.
    pub withheld: u128,
    /// What reaches the holder.
    pub net: u128,
}

/// Why a call would be refused, or cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The number of gate results is not the number of gates.
    #[error("{given} gate results were given for {gates} gates: give one for each, in order")]
    GateResults {
        /// Gates of the terms.
        gates: usize,
        /// Results given.
        given: usize,
    },
    /// A lapsing gate of an ended grant lacks its fraction at the stop.
    #[error("the fraction of goal {goal} at the end of the grant is needed: its gate lapses")]
    StopResult {
        /// Id of the goal.
        goal: B256,
    },
    /// The grant was not opened.
    #[error("the grant is not opened yet: open it with its proof first")]
    NotOpened,
    /// The grant is closed.
    #[error("the grant is closed: its terms were invalid, or it was replaced")]
    Closed,
    /// Only the holder may call.
    #[error("only the holder may call for payment of this grant now")]
    HolderOnly,
    /// Only the holder may call.
    #[error("only the holder of the grant may do this")]
    NotHolder,
    /// The pauses that the terms allow are used up.
    #[error("pauses took {lost} of the {pause_max} seconds that the terms allow: none is left")]
    NoPauseLeft {
        /// Seconds that pauses took.
        lost: u32,
        /// Seconds that the terms allow in all.
        pause_max: u32,
    },
    /// Withholding can only be lowered.
    #[error("{withhold_bps} basis points are not below the present {present}")]
    WithholdingNotLower {
        /// Asked for, in basis points.
        withhold_bps: u16,
        /// Withheld now, in basis points.
        present: u16,
    },
    /// Nothing to pay.
    #[error("nothing is claimable: {vested} vested, {unlocked} unlocked, {released} released")]
    NothingClaimable {
        /// Vested, in base units.
        vested: u128,
        /// Unlocked, in base units.
        unlocked: u128,
        /// Paid or withheld so far, in base units.
        released: u128,
    },
    /// The terms do not give the company this power.
    #[error("the terms do not let the company end this grant")]
    NoPower,
    /// The state does not allow the call.
    #[error("the state of the grant does not allow this (flags {flags})")]
    WrongState {
        /// Flags of its word.
        flags: u16,
    },
    /// The end reaches back further than the terms allow.
    #[error("an end may not reach back before {earliest}, and {stop_at} does")]
    TooFarBack {
        /// The end asked for, in unix seconds.
        stop_at: u64,
        /// The earliest end possible now, in unix seconds.
        earliest: u64,
    },
    /// A time does not fit the word.
    #[error("the time {time} does not fit 40 bits")]
    TimeTooLarge {
        /// The time, in unix seconds.
        time: u64,
    },
    /// A lapsing end would cut off a registered attempt.
    #[error(
        "a result of goal {goal} is under way: an attempt was registered, or a run demanded, at \
         {last_registered_at}"
    )]
    ResultUnderWay {
        /// Id of the goal.
        goal: B256,
        /// When its last attempt was registered or, if later, the demand made that stands, in unix
        /// seconds.
        last_registered_at: u64,
    },
    /// The change needs money that is not free.
    #[error("{wanted} base units are wanted and {free} are free: fund the pool first")]
    NotFreeEnough {
        /// By how much the grant would hold more, in base units.
        wanted: u128,
        /// Funded and not promised, in base units.
        free: u128,
    },
    /// A revenue grant may only hold less, and an announced end of it only move earlier.
    #[error("a grant of a revenue token cannot hold more again: the end can only move earlier")]
    RevenueRises,
    /// Time can still change the final amount.
    #[error("the grant cannot be settled before everything is earned by time or it has ended")]
    TimeNotOver,
    /// A goal can still change the final amount.
    #[error("the goal {goal} can still change, so the grant cannot be settled")]
    GoalNotFinal {
        /// Id of the goal.
        goal: B256,
    },
}

/// Who is paid: the terms' recipient, or the holder it was moved to.
pub fn holder(terms: &Terms, state: &State, moved_to: Option<Address>) -> Address {
    if state.has(Flags::MOVED) {
        moved_to.unwrap_or(terms.recipient)
    } else {
        terms.recipient
    }
}

/// Everything the chain would answer at `now`; for an unopened grant, what it would after opening.
pub fn amounts(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
) -> Result<Amounts, Refused> {
    if gates.len() != terms.gates.len() {
        return Err(Refused::GateResults {
            gates: terms.gates.len(),
            given: gates.len(),
        });
    }
    let released = state.released;
    if state.has(Flags::CLOSED) {
        return Ok(Amounts {
            released,
            ..Amounts::default()
        });
    }
    let (time_ppb, open_ppb, vested) = match state.phase {
        Phase::Settled { value } => (PPB, PPB, value),
        Phase::Active(_) => {
            let time_ppb = time_ppb(terms, state, now);
            let open_ppb = open_ppb(terms, state, gates, now)?;
            let earned = share_of_share_down(terms.amount, time_ppb, open_ppb);
            (time_ppb, open_ppb, earned.max(released))
        }
    };
    let unlocked = unlocked(terms, now);
    let held = held(terms, state);
    let payable = vested.min(unlocked).saturating_sub(released);
    Ok(Amounts {
        time_ppb,
        open_ppb,
        vested,
        unlocked,
        released,
        held,
        payable,
    })
}

/// What a claim would release now, in base units.
pub fn payable(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
) -> Result<u128, Refused> {
    Ok(amounts(terms, state, gates, now)?.payable)
}

/// What the grant holds of everything promised, in base units; an unopened one holds its amount.
pub fn held(terms: &Terms, state: &State) -> u128 {
    match state.phase {
        _ if state.has(Flags::CLOSED) => 0,
        Phase::Settled { value } => value,
        Phase::Active(clock) if state.has(Flags::ENDED) => {
            let stop = stop_with_grace(terms, state, clock.stop_at);
            let by_time = terms.vesting.fraction(elapsed(terms, state, stop));
            share_down(terms.amount, by_time).max(state.released)
        }
        Phase::Active(_) => terms.amount,
    }
}

/// The share earned by time at `now`, in ppb.
pub fn time_ppb(terms: &Terms, state: &State, now: u64) -> u32 {
    terms
        .vesting
        .fraction(elapsed(terms, state, clock(terms, state, now)))
}

/// What may leave by the unlock clock at `now`, in base units; it runs on after an end.
pub fn unlocked(terms: &Terms, now: u64) -> u128 {
    terms.unlock.as_ref().map_or(terms.amount, |unlock| {
        share_down(
            terms.amount,
            unlock.schedule.fraction(difference(now, unlock.start)),
        )
    })
}

/// The parts of a payment of `gross` base units; the withheld share is rounded down, for the
/// holder.
pub fn payment(gross: u128, withhold_bps: u16) -> Payment {
    const WHOLE: u128 = BPS as u128;
    let bps = u128::from(withhold_bps.min(BPS));
    let rest = (gross % WHOLE).saturating_mul(bps) / WHOLE;
    let withheld = (gross / WHOLE).saturating_mul(bps).saturating_add(rest);
    Payment {
        gross,
        withheld,
        net: gross.saturating_sub(withheld),
    }
}

/// The time that vesting goes by: `now`, but for a pause or an end.
pub(crate) fn clock(terms: &Terms, state: &State, now: u64) -> u64 {
    let clock = state.clock();
    if state.has_ended(now) {
        return stop_with_grace(terms, state, clock.stop_at);
    }
    if state.has(Flags::PAUSED) {
        let left = terms.pause_max.saturating_sub(clock.lost);
        return now.saturating_sub(left.into()).max(clock.stop_at);
    }
    now
}

fn stop_with_grace(terms: &Terms, state: &State, stop_at: u64) -> u64 {
    let grace = if state.has(Flags::GRACED) {
        terms.grace_seconds
    } else {
        0
    };
    stop_at.saturating_add(grace.into())
}

/// Seconds earned at a time of the clock; negative before the start.
fn elapsed(terms: &Terms, state: &State, clock: u64) -> i64 {
    let shift = state.clock();
    difference(clock, terms.start)
        .saturating_add(shift.credit.into())
        .saturating_sub(shift.lost.into())
}

fn difference(later: u64, earlier: u64) -> i64 {
    let signed = |time: u64| i64::try_from(time).unwrap_or(i64::MAX);
    signed(later).saturating_sub(signed(earlier))
}

/// The share that gates let through, in ppb.
fn open_ppb(terms: &Terms, state: &State, gates: &[GateResult], now: u64) -> Result<u32, Refused> {
    let shut = shut(terms, state, gates, now)?;
    Ok(shut.iter().fold(PPB, |open, ppb| open.saturating_sub(*ppb)))
}

/// What each gate keeps shut, in ppb of the whole: shares first, then triggers on what the shares
/// let through.
fn shut(terms: &Terms, state: &State, gates: &[GateResult], now: u64) -> Result<Vec<u32>, Refused> {
    let mut shut = vec![0; terms.gates.len()];
    let mut open = PPB;
    for is_trigger in [false, true] {
        let pairs = terms.gates.iter().zip(gates).zip(&mut shut);
        for ((gate, result), shut) in pairs.filter(|((gate, _), _)| gate.rule.trigger == is_trigger)
        {
            let share = if is_trigger { open } else { gate.share_ppb };
            let fraction = fraction(gate, result, state, now)?;
            let through = u32::try_from(share_down(share.into(), fraction)).unwrap_or(share);
            *shut = share.saturating_sub(through);
            open = open.saturating_sub(*shut);
        }
    }
    Ok(shut)
}

/// The fraction that counts for a gate at `now`, in ppb.
fn fraction(gate: &Gate, result: &GateResult, state: &State, now: u64) -> Result<u32, Refused> {
    if !(gate.rule.lapse && state.has_ended(now)) {
        return Ok(result.fraction.min(PPB));
    }
    let (fraction, _) = result
        .at_stop
        .ok_or(Refused::StopResult { goal: gate.goal })?;
    Ok(fraction.min(PPB))
}

/// Whether nothing can change a gate's fraction any more.
fn is_done(gate: &Gate, result: &GateResult, state: &State, now: u64) -> bool {
    let settled_at_stop = matches!(result.at_stop, Some((_, false)));
    result.is_final || (gate.rule.lapse && state.has_ended(now) && settled_at_stop)
}
