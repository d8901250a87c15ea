use super::moves::{change, lost_by_pause, require_open, settled, wrong};
use super::{Change, GateResult, Refused, amounts};
use crate::state::{Clock, Flags, Phase, State};
use crate::terms::Terms;

/// Stops the clock of an active grant at `now`.
pub fn pause(terms: &Terms, state: &State, now: u64) -> Result<State, Refused> {
    let clock = active(state)?;
    if state.flags.intersects(Flags::PAUSED.with(Flags::ENDED)) {
        return Err(wrong(state));
    }
    if clock.lost >= terms.pause_max {
        return Err(Refused::NoPauseLeft {
            lost: clock.lost,
            pause_max: terms.pause_max,
        });
    }
    let clock = Clock {
        stop_at: now,
        ..clock
    };
    Ok(State {
        flags: state.flags.with(Flags::PAUSED),
        phase: Phase::Active(clock),
        ..*state
    })
}

/// Lets a paused clock go on at `now`: what stood still is lost, up to what the terms allow in all.
pub fn resume(terms: &Terms, state: &State, now: u64) -> Result<State, Refused> {
    let clock = active(state)?;
    if !state.has(Flags::PAUSED) {
        return Err(wrong(state));
    }
    let clock = Clock {
        stop_at: 0,
        lost: lost_by_pause(terms, clock, now),
        ..clock
    };
    Ok(State {
        flags: state.flags.without(Flags::PAUSED),
        phase: Phase::Active(clock),
        ..*state
    })
}

/// Sets the clock forward by `by` seconds. Once an end is announced this may take money: `free` is
/// what is funded and not promised, in base units.
pub fn accelerate(terms: &Terms, state: &State, by: u32, free: u128) -> Result<Change, Refused> {
    let clock = active(state)?;
    let clock = Clock {
        credit: clock.credit.saturating_add(by),
        ..clock
    };
    let after = State {
        phase: Phase::Active(clock),
        ..*state
    };
    change(terms, state, after, free)
}

/// Lowers what is withheld from each payment from now on, in basis points.
pub fn lower_withholding(state: &State, withhold_bps: u16) -> Result<State, Refused> {
    require_open(state)?;
    if withhold_bps >= state.withhold_bps {
        return Err(Refused::WithholdingNotLower {
            withhold_bps,
            present: state.withhold_bps,
        });
    }
    Ok(State {
        withhold_bps,
        ..*state
    })
}

/// Fixes the final amount at what is vested at `now` and frees the rest. `by_holder`: whether the
/// holder calls.
pub fn waive(
    terms: &Terms,
    state: &State,
    gates: &[GateResult],
    now: u64,
    by_holder: bool,
) -> Result<Change, Refused> {
    active(state)?;
    if !by_holder {
        return Err(Refused::NotHolder);
    }
    let value = amounts(terms, state, gates, now)?.vested;
    change(terms, state, settled(state, value), 0)
}

/// Sets or clears that only the holder may call for payment. `by_holder`: whether the holder calls.
pub fn hold_claims(state: &State, on: bool, by_holder: bool) -> Result<State, Refused> {
    require_open(state)?;
    if !by_holder {
        return Err(Refused::NotHolder);
    }
    let flags = if on {
        state.flags.with(Flags::HOLDER_ONLY)
    } else {
        state.flags.without(Flags::HOLDER_ONLY)
    };
    Ok(State { flags, ..*state })
}

/// The clock of an opened grant that can still change.
fn active(state: &State) -> Result<Clock, Refused> {
    require_open(state)?;
    match state.phase {
        Phase::Active(clock) => Ok(clock),
        Phase::Settled { .. } => Err(wrong(state)),
    }
}
