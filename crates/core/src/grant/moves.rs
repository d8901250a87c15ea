use super::{GateResult, Payment, Refused, amounts, held, is_done, payment};
use crate::PPB;
use crate::state::{Clock, Flags, Phase, State};
use crate::terms::{TIME_MAX, Terms};

/// What the company asks of an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndOrder {
    /// When the grant ends, in unix seconds; 0 withdraws an announced end.
    pub stop_at: u64,
    /// Whether vesting goes on for the grace of the terms.
    pub grace: bool,
    /// The time of the block, in unix seconds.
    pub now: u64,
    /// Funded and not promised, in base units.
    pub free: u128,
}

/// The state after a call, and what it frees in base units (below 0: what it takes of the free
/// money).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The state after.
    pub state: State,
    /// What the grant holds less than before, in base units.
    pub freed: i128,
}

/// Pays what is payable at `now`. `by_holder`: whether the holder calls.
pub fn claim(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
    by_holder: bool,
) -> Result<(State, Payment), Refused> {
    require_open(state)?;
    let held_back = Flags::HOLDER_ONLY.with(Flags::RECOVERING);
    if state.flags.intersects(held_back) && !by_holder {
        return Err(Refused::HolderOnly);
    }
    let amounts = amounts(terms, state, gates, now)?;
    if amounts.payable == 0 {
        let super::Amounts {
            vested,
            unlocked,
            released,
            ..
        } = amounts;
        return Err(Refused::NothingClaimable {
            vested,
            unlocked,
            released,
        });
    }
    let released = amounts.released.saturating_add(amounts.payable);
    Ok((
        State { released, ..*state },
        payment(amounts.payable, state.withhold_bps),
    ))
}

/// Ends a grant now, in the past or in the future; moves or withdraws an announced end.
pub fn end(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    order: &EndOrder,
) -> Result<Change, Refused> {
    require_open(state)?;
    if !terms.powers.end {
        return Err(Refused::NoPower);
    }
    let Phase::Active(clock) = state.phase else {
        return Err(wrong(state));
    };
    if state.has_ended(order.now) {
        return Err(wrong(state));
    }
    if order.stop_at == 0 {
        return withdraw_end(terms, state, clock, order.free);
    }
    check_stop(terms, gates, order)?;
    if state.since != 0 && state.has(Flags::ENDED) && order.stop_at > clock.stop_at {
        return Err(Refused::RevenueRises);
    }
    let lost = if state.has(Flags::PAUSED) {
        lost_by_pause(terms, clock, order.stop_at.min(order.now))
    } else {
        clock.lost
    };
    let graced = if order.grace {
        Flags::GRACED
    } else {
        Flags::default()
    };
    let kept = state.flags.without(Flags::PAUSED.with(Flags::GRACED));
    let flags = kept.with(Flags::ENDED).with(graced);
    let phase = Phase::Active(Clock {
        stop_at: order.stop_at,
        lost,
        ..clock
    });
    change(
        terms,
        state,
        State {
            flags,
            phase,
            ..*state
        },
        order.free,
    )
}

/// Takes back an announced end.
fn withdraw_end(terms: &Terms, state: &State, clock: Clock, free: u128) -> Result<Change, Refused> {
    if !state.has(Flags::ENDED) {
        return Err(wrong(state));
    }
    let flags = state.flags.without(Flags::ENDED.with(Flags::GRACED));
    let phase = Phase::Active(Clock {
        stop_at: 0,
        ..clock
    });
    change(
        terms,
        state,
        State {
            flags,
            phase,
            ..*state
        },
        free,
    )
}

/// Fixes the final amount once neither time nor results can change it.
pub fn settle(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
) -> Result<Change, Refused> {
    require_open(state)?;
    // A result registered in the second of the end still counts, so that second must be over.
    let ahead = state.has(Flags::ENDED) && !state.has_ended(now.saturating_sub(1));
    if ahead || matches!(state.phase, Phase::Settled { .. }) {
        return Err(wrong(state));
    }
    let amounts = amounts(terms, state, gates, now)?;
    if !state.has_ended(now) && amounts.time_ppb != PPB {
        return Err(Refused::TimeNotOver);
    }
    let mut pairs = terms.gates.iter().zip(gates);
    if let Some((gate, _)) = pairs.find(|(gate, result)| !is_done(gate, result, state, now)) {
        return Err(Refused::GoalNotFinal { goal: gate.goal });
    }
    change(terms, state, settled(state, amounts.vested), 0)
}

/// The state with its final amount, in base units.
pub(super) fn settled(state: &State, value: u128) -> State {
    let clock = Flags::PAUSED.with(Flags::ENDED).with(Flags::GRACED);
    State {
        flags: state.flags.without(clock).with(Flags::SETTLED),
        phase: Phase::Settled { value },
        ..*state
    }
}

pub(super) fn require_open(state: &State) -> Result<(), Refused> {
    if !state.has(Flags::OPENED) {
        return Err(Refused::NotOpened);
    }
    if state.has(Flags::CLOSED) {
        Err(Refused::Closed)
    } else {
        Ok(())
    }
}

pub(super) fn wrong(state: &State) -> Refused {
    Refused::WrongState {
        flags: state.flags.0,
    }
}

fn check_stop(terms: &Terms, gates: &[GateResult], order: &EndOrder) -> Result<(), Refused> {
    let stop_at = order.stop_at;
    let earliest = order.now.saturating_sub(terms.backdate_seconds.into());
    if stop_at < earliest {
        return Err(Refused::TooFarBack { stop_at, earliest });
    }
    if stop_at > TIME_MAX {
        return Err(Refused::TimeTooLarge { time: stop_at });
    }
    if gates.len() != terms.gates.len() {
        return Err(Refused::GateResults {
            gates: terms.gates.len(),
            given: gates.len(),
        });
    }
    let mut pairs = terms.gates.iter().zip(gates);
    let under_way =
        pairs.find(|(gate, result)| gate.rule.lapse && stop_at < result.last_registered_at);
    under_way.map_or(Ok(()), |(gate, result)| {
        let last_registered_at = result.last_registered_at;
        Err(Refused::ResultUnderWay {
            goal: gate.goal,
            last_registered_at,
        })
    })
}

/// What pauses took when a pause ends at `at`: never more than the terms allow in all.
pub(super) fn lost_by_pause(terms: &Terms, clock: Clock, at: u64) -> u32 {
    let left = terms.pause_max.saturating_sub(clock.lost);
    let stood = u32::try_from(at.saturating_sub(clock.stop_at)).unwrap_or(u32::MAX);
    clock.lost.saturating_add(stood.min(left))
}

/// Moves what is promised by the difference of what the grant holds; a rise must be free.
pub(super) fn change(
    terms: &Terms,
    before: &State,
    state: State,
    free: u128,
) -> Result<Change, Refused> {
    let (had, has) = (held(terms, before), held(terms, &state));
    let signed = |amount: u128| i128::try_from(amount).unwrap_or(i128::MAX);
    let wanted = has.saturating_sub(had);
    if wanted > 0 && state.since != 0 {
        return Err(Refused::RevenueRises);
    }
    if wanted > free {
        return Err(Refused::NotFreeEnough { wanted, free });
    }
    Ok(Change {
        state,
        freed: signed(had).saturating_sub(signed(has)),
    })
}
