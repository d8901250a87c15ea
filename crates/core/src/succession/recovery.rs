use alloy_primitives::Address;

use super::{Found, Left, Power, SuccessionRefused, held_by_another};
use super::{require_open, require_payable};
use crate::grant::Desk;
use crate::state::{Flags, State};

/// From so many seconds after its announcement on a recovery can be executed: 30 days.
pub const OPENS_SECONDS: u64 = 30 * 86_400;
/// Until so many seconds after its announcement, included: 60 days.
pub const CLOSES_SECONDS: u64 = 60 * 86_400;
/// So many seconds after a cancellation the next one can be announced: 90 days.
pub const QUIET_SECONDS: u64 = 90 * 86_400;

/// A recovery announced for a grant, or the last one cancelled. All zero: neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Where the grant would go.
    pub to: Address,
    /// When it was announced, in unix seconds (40 bits); 0: none is announced.
    pub announced_at: u64,
    /// When the holder cancelled the last one, in unix seconds (40 bits); 0: never.
    pub cancelled_at: u64,
}

/// Where the recovery of a grant stands. Times in unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// None is announced, and one may be.
    None,
    /// The holder cancelled one: until then none can be announced.
    Quiet {
        /// From when on one can be announced again.
        until: u64,
    },
    /// Announced; the holder can veto it.
    Announced {
        /// Where the grant would go.
        to: Address,
        /// First second in which it can be executed.
        from: u64,
        /// Last second in which it can.
        until: u64,
    },
    /// It can be executed, and the holder can still veto it.
    Open {
        /// Where the grant would go.
        to: Address,
        /// Last second in which it can be executed.
        until: u64,
    },
    /// Nobody executed it in time: anyone may clear it.
    Lapsed {
        /// Where the grant would have gone.
        to: Address,
        /// Last second in which it could be executed.
        until: u64,
    },
}

impl Recovery {
    /// Just announced.
    pub const fn announced(to: Address, announced_at: u64) -> Self {
        Self {
            to,
            announced_at,
            cancelled_at: 0,
        }
    }

    /// Just cancelled by the holder.
    pub const fn cancelled(cancelled_at: u64) -> Self {
        Self {
            to: Address::ZERO,
            announced_at: 0,
            cancelled_at,
        }
    }

    /// Whether one is announced, lapsed or not.
    pub const fn stands(&self) -> bool {
        self.announced_at != 0
    }

    /// Where it stands at `now`.
    pub const fn stage(&self, now: u64) -> Stage {
        let to = self.to;
        let until = self.announced_at.saturating_add(CLOSES_SECONDS);
        let from = self.announced_at.saturating_add(OPENS_SECONDS);
        if self.stands() {
            return match now {
                _ if now > until => Stage::Lapsed { to, until },
                _ if now >= from => Stage::Open { to, until },
                _ => Stage::Announced { to, from, until },
            };
        }
        let until = self.cancelled_at.saturating_add(QUIET_SECONDS);
        if self.cancelled_at != 0 && now < until {
            return Stage::Quiet { until };
        }
        Stage::None
    }

    /// After the holder's word against it; `None`: none stands.
    pub(super) const fn cancel(&self, now: u64) -> Option<Self> {
        if self.stands() {
            Some(Self::cancelled(now))
        } else {
            None
        }
    }
}

/// Announces that `to` will hold the grant, for a lost key.
pub fn announce(desk: &Desk, found: &Found<'_>, to: Address) -> Result<Left, SuccessionRefused> {
    require_open(found.state)?;
    if !found.terms.powers.recover {
        let power = Power::Recover;
        return Err(SuccessionRefused::NoPower { power });
    }
    require_payable(desk, to)?;
    match found.recovery.stage(desk.now) {
        Stage::None => {}
        Stage::Quiet { until } => return Err(SuccessionRefused::NotYet { until }),
        Stage::Announced { until, .. }
        | Stage::Open { until, .. }
        | Stage::Lapsed { until, .. } => {
            return Err(SuccessionRefused::RecoveryOpen { until });
        }
    }
    Ok(Left {
        state: recovering(found.state, true),
        recovery: Recovery::announced(to, desk.now),
    })
}

/// Makes `to` the holder at `now`, 30 to 60 days after the announcement for the same account.
pub fn execute(found: &Found<'_>, to: Address, now: u64) -> Result<Left, SuccessionRefused> {
    match found.recovery.stage(now) {
        Stage::None | Stage::Quiet { .. } => return Err(SuccessionRefused::NoRecovery),
        _ if found.recovery.to != to => return Err(SuccessionRefused::NoRecovery),
        Stage::Announced { from, .. } => return Err(SuccessionRefused::NotYet { until: from }),
        Stage::Lapsed { until, .. } => return Err(SuccessionRefused::TooLate { until }),
        Stage::Open { .. } => {}
    }
    require_open(found.state)?;
    Ok(Left {
        state: held_by_another(found.state),
        recovery: Recovery::default(),
    })
}

/// Cancels the announced recovery at `now`, lapsed or not. `by_holder`: whether the holder calls.
pub fn veto(found: &Found<'_>, now: u64, by_holder: bool) -> Result<Left, SuccessionRefused> {
    require_open(found.state)?;
    if !by_holder {
        return Err(SuccessionRefused::NotHolder);
    }
    let recovery = found.recovery.cancel(now);
    Ok(Left {
        state: recovering(found.state, false),
        recovery: recovery.ok_or(SuccessionRefused::NoRecovery)?,
    })
}

/// Clears a recovery that has lapsed by `now`; anyone may.
pub fn clear(found: &Found<'_>, now: u64) -> Result<Left, SuccessionRefused> {
    match found.recovery.stage(now) {
        Stage::Lapsed { .. } => {}
        Stage::None | Stage::Quiet { .. } => return Err(SuccessionRefused::NoRecovery),
        Stage::Announced { until, .. } | Stage::Open { until, .. } => {
            let until = until.saturating_add(1);
            return Err(SuccessionRefused::NotYet { until });
        }
    }
    require_open(found.state)?;
    Ok(Left {
        state: recovering(found.state, false),
        recovery: Recovery::default(),
    })
}

/// The word with or without the mark that only the holder's call is paid.
fn recovering(state: &State, on: bool) -> State {
    let flags = if on {
        state.flags.with(Flags::RECOVERING)
    } else {
        state.flags.without(Flags::RECOVERING)
    };
    State { flags, ..*state }
}
