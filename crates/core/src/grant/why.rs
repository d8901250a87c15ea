use alloy_primitives::B256;

use super::{Amounts, GateResult, Refused, amounts, clock, elapsed, is_done, shut, time_ppb};
use super::{stop_with_grace, unlocked};
use crate::PPB;
use crate::pack::{share_down, share_of_share_down};
use crate::state::{Flags, Phase, State};
use crate::terms::{Gate, Terms};

/// Why a part of a grant cannot be claimed now. Times in unix seconds, amounts in base units.
///
/// The amounts of `Paid`, `Claimable`, `WaitsForTime`, `WaitsForResult`, `NotReached`,
/// `UnlockClock` and `Ended`, and what `Settled` freed, add up to the grant's amount, unless it is
/// closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was not opened yet; anyone can do that with its file.
    NotOpened,
    /// It is closed and pays nothing any more.
    Closed,
    /// Paid or withheld already.
    Paid {
        /// How much.
        amount: u128,
    },
    /// Nothing keeps this part; it can be claimed.
    Claimable {
        /// How much.
        amount: u128,
    },
    /// The vesting clock has not started.
    NotStarted {
        /// When it starts.
        until: u64,
    },
    /// It has started and nothing is earned by time yet.
    BeforeCliff {
        /// When the first part is earned.
        until: u64,
    },
    /// A part is not earned by time yet.
    WaitsForTime {
        /// How much.
        amount: u128,
        /// When more vests, and how much, with results as they are; `None` if only results can open
        /// more.
        next: Option<(u64, u128)>,
        /// When everything is earned by time.
        full_at: u64,
    },
    /// A part earned by time waits for the result of a goal.
    WaitsForResult {
        /// The goal.
        goal: B256,
        /// How much of what is earned by time.
        amount: u128,
    },
    /// The result of a goal is final and does not open this part.
    NotReached {
        /// The goal.
        goal: B256,
        /// How much.
        amount: u128,
    },
    /// A vested part may not leave yet.
    UnlockClock {
        /// How much.
        amount: u128,
        /// When more of it may leave.
        until: u64,
    },
    /// It ended, or its end is announced, and this part is not earned by then.
    Ended {
        /// When.
        stop_at: u64,
        /// Whether vesting goes on for the grace of the terms.
        grace: bool,
        /// How much went back to the pool.
        amount: u128,
    },
    /// The clock stands.
    Paused {
        /// Since when.
        since: u64,
        /// When the pause ends by itself.
        until: u64,
    },
    /// Only the holder may call for payment, by their own wish.
    HeldByHolder,
    /// A recovery is under way: only the holder may call for payment.
    Recovering,
    /// The final amount is fixed.
    Settled {
        /// The final amount, which `Paid`, `Claimable` and `UnlockClock` make up.
        value: u128,
        /// The rest of the grant's amount, which went back to the pool.
        freed: u128,
    },
}

/// Where every base unit of the grant is at `now`, and what stands in its way.
pub fn why_locked(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
) -> Result<Vec<Reason>, Refused> {
    let amounts = amounts(terms, state, gates, now)?;
    if state.has(Flags::CLOSED) {
        return Ok(vec![Reason::Closed]);
    }
    let mut reasons = Vec::new();
    if !state.has(Flags::OPENED) {
        reasons.push(Reason::NotOpened);
    }
    if state.has(Flags::HOLDER_ONLY) {
        reasons.push(Reason::HeldByHolder);
    }
    if state.has(Flags::RECOVERING) {
        reasons.push(Reason::Recovering);
    }
    if amounts.released > 0 {
        reasons.push(Reason::Paid {
            amount: amounts.released,
        });
    }
    if amounts.payable > 0 {
        reasons.push(Reason::Claimable {
            amount: amounts.payable,
        });
    }
    reasons.extend(unlock_clock(terms, &amounts, now));
    match state.phase {
        Phase::Settled { value } => {
            let freed = terms.amount.saturating_sub(value);
            reasons.push(Reason::Settled { value, freed });
        }
        Phase::Active(_) => {
            reasons.extend(by_results(terms, state, gates, now)?);
            reasons.extend(by_time(terms, state, gates, now)?);
            reasons.extend(by_end(terms, state, &amounts));
        }
    }
    Ok(reasons)
}

/// When more vests by time, and how much in base units, with results as they are; `None`: never by
/// time alone.
pub fn next_vesting(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
) -> Result<Option<(u64, u128)>, Refused> {
    let amounts = amounts(terms, state, gates, now)?;
    if matches!(state.phase, Phase::Settled { .. }) || state.has(Flags::CLOSED) {
        return Ok(None);
    }
    let vested = |time| {
        let earned =
            share_of_share_down(terms.amount, time_ppb(terms, state, time), amounts.open_ppb);
        earned.max(amounts.released)
    };
    let more = |time| vested(time) > amounts.vested;
    let next = first(now, horizon(terms, state, now), more);
    Ok(next.map(|time| (time, vested(time).saturating_sub(amounts.vested))))
}

/// The most that a grant can still come to, in base units, what was released included: all time
/// over, and every gate open that a result can still open. What final results keep shut and what an
/// end or a settlement freed does not count.
pub fn reachable(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
) -> Result<u128, Refused> {
    let so_far = amounts(terms, state, gates, now)?.vested;
    let best = terms.gates.iter().zip(gates).map(|(gate, result)| {
        if is_done(gate, result, state, now) {
            return *result;
        }
        GateResult {
            fraction: PPB,
            at_stop: Some((PPB, true)),
            ..*result
        }
    });
    let best: Vec<_> = best.collect();
    let last = amounts(terms, state, &best, horizon(terms, state, now))?.vested;
    Ok(last.max(so_far))
}

fn unlock_clock(terms: &Terms, amounts: &Amounts, now: u64) -> Option<Reason> {
    let leaving = amounts.released.saturating_add(amounts.payable);
    let amount = amounts.vested.saturating_sub(leaving);
    let unlock = terms.unlock.as_ref().filter(|_| amount > 0)?;
    let horizon = unlock
        .start
        .saturating_add(unlock.schedule.last_end().into());
    let more = |time| unlocked(terms, time) > leaving;
    Some(Reason::UnlockClock {
        amount,
        until: first(now, horizon, more).unwrap_or(horizon),
    })
}

/// Earned by time but shut by gates. Cut at cumulative shares, so that the parts add up without a
/// rest.
fn by_results(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
) -> Result<Vec<Reason>, Refused> {
    let shut = shut(terms, state, gates, now)?;
    let by_time = time_ppb(terms, state, now);
    let mut open = shut.iter().fold(PPB, |open, ppb| open.saturating_sub(*ppb));
    let mut below = share_of_share_down(terms.amount, by_time, open).max(state.released);
    let mut reasons = Vec::new();
    for ((gate, result), shut) in terms.gates.iter().zip(gates).zip(shut) {
        open = open.saturating_add(shut);
        let above = share_of_share_down(terms.amount, by_time, open).max(state.released);
        let amount = above.saturating_sub(below);
        below = above;
        let done = is_done(gate, result, state, now);
        reasons.extend((amount > 0).then(|| of_gate(gate, amount, done)));
    }
    Ok(reasons)
}

fn of_gate(gate: &Gate, amount: u128, done: bool) -> Reason {
    let goal = gate.goal;
    if done {
        Reason::NotReached { goal, amount }
    } else {
        Reason::WaitsForResult { goal, amount }
    }
}

fn by_time(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
) -> Result<Vec<Reason>, Refused> {
    let by_now = time_ppb(terms, state, now);
    let earned = share_down(terms.amount, by_now).max(state.released);
    let amount = super::held(terms, state).saturating_sub(earned);
    if amount == 0 {
        return Ok(Vec::new());
    }
    let mut reasons = Vec::new();
    if state.has(Flags::PAUSED) {
        let shift = state.clock();
        let left = terms.pause_max.saturating_sub(shift.lost);
        let until = shift.stop_at.saturating_add(left.into());
        reasons.extend((until > now).then_some(Reason::Paused {
            since: shift.stop_at,
            until,
        }));
    }
    let horizon = horizon(terms, state, now);
    let last = time_ppb(terms, state, horizon);
    let when = |ppb| first(now, horizon, |time| time_ppb(terms, state, time) >= ppb);
    let next_by_time = when(by_now.saturating_add(1));
    if elapsed(terms, state, clock(terms, state, now)) < 0 {
        let started = |time| elapsed(terms, state, clock(terms, state, time)) >= 0;
        let until = first(now, horizon, started).unwrap_or(horizon);
        reasons.push(Reason::NotStarted { until });
    } else if by_now == 0 {
        reasons.extend(next_by_time.map(|until| Reason::BeforeCliff { until }));
    }
    let full_at = when(last).unwrap_or(horizon);
    let next = next_vesting(terms, state, gates, now)?;
    reasons.push(Reason::WaitsForTime {
        amount,
        next,
        full_at,
    });
    Ok(reasons)
}

fn by_end(terms: &Terms, state: &State, amounts: &Amounts) -> Option<Reason> {
    let amount = terms.amount.saturating_sub(amounts.held);
    let grace = state.has(Flags::GRACED);
    let ended = Reason::Ended {
        stop_at: state.clock().stop_at,
        grace,
        amount,
    };
    state.has(Flags::ENDED).then_some(ended)
}

/// A time by which the vesting clock has nothing more to give.
fn horizon(terms: &Terms, state: &State, now: u64) -> u64 {
    let shift = state.clock();
    let seconds = [terms.vesting.last_end(), shift.lost, terms.pause_max];
    let running = seconds
        .into_iter()
        .fold(terms.start, |sum, more| sum.saturating_add(more.into()));
    let stop = stop_with_grace(terms, state, shift.stop_at).saturating_add(terms.pause_max.into());
    running.max(stop).max(now)
}

/// The first time after `now`, at most `horizon`, at which a condition holds that never stops
/// holding.
fn first(now: u64, horizon: u64, holds: impl Fn(u64) -> bool) -> Option<u64> {
    if !holds(horizon) {
        return None;
    }
    let (mut low, mut high) = (now, horizon);
    while high.saturating_sub(low) > 1 {
        let middle = low.midpoint(high);
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}
