use alloy_primitives::Address;

mod effect;
mod facts;
mod standing;

pub use effect::{Effect, Figures, at_stake};
pub use standing::{Results, Standing};

use crate::grant::{self, Change, EndOrder};
use crate::state::State;
use crate::succession::{self, Recovery, SuccessionRefused};

/// A change of one grant that somebody asks for, but for a replacement, which needs the new terms.
/// Times in unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The company ends it, now, back or ahead.
    End {
        /// The last second that counts; not 0.
        stop_at: u64,
        /// Whether vesting goes on for the grace of the terms.
        grace: bool,
    },
    /// The company takes back an end that lies ahead.
    WithdrawEnd,
    /// The company stops its clock.
    Pause,
    /// The company lets its clock run again.
    Resume,
    /// The company sets its clock forward.
    Accelerate {
        /// By how many seconds.
        by: u32,
    },
    /// Payroll lowers what is withheld from each payment.
    LowerWithholding {
        /// The new rate, in basis points.
        withhold_bps: u16,
    },
    /// Anyone fixes the final amount of a grant that can change no more.
    Settle,
    /// The holder gives up what is not vested.
    Waive,
    /// The holder lets nobody else call for payment, or anyone again.
    Hold {
        /// Whether only the holder may call.
        on: bool,
    },
    /// The holder names another account in his place.
    Move {
        /// Who holds it then.
        to: Address,
    },
    /// The company announces another account, for a lost key.
    AnnounceRecovery {
        /// Who would hold it.
        to: Address,
    },
    /// The company makes the announced account the holder.
    ExecuteRecovery,
    /// Anyone clears a recovery that lapsed.
    ClearRecovery,
    /// The holder cancels the announced recovery.
    Veto,
}

/// What is left of a grant after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// Its word.
    pub state: State,
    /// Its recovery.
    pub recovery: Recovery,
    /// Who holds it.
    pub holder: Address,
    /// What it holds less than before, in base units (below 0: more).
    pub freed: i128,
}

impl Act {
    /// Whether only the holder may ask for it.
    pub const fn is_holders(self) -> bool {
        matches!(
            self,
            Self::Waive | Self::Hold { .. } | Self::Move { .. } | Self::Veto
        )
    }

    /// Whether anyone may ask for it.
    pub const fn is_anyones(self) -> bool {
        matches!(self, Self::Settle | Self::ClearRecovery)
    }

    /// Whether nobody can take it back: at `now`, for an end.
    pub const fn is_final(self, now: u64) -> bool {
        match self {
            Self::End { stop_at, .. } => stop_at <= now,
            Self::Accelerate { .. }
            | Self::LowerWithholding { .. }
            | Self::Settle
            | Self::Waive
            | Self::Move { .. }
            | Self::ExecuteRecovery => true,
            Self::WithdrawEnd
            | Self::Pause
            | Self::Resume
            | Self::Hold { .. }
            | Self::AnnounceRecovery { .. }
            | Self::ClearRecovery
            | Self::Veto => false,
        }
    }

    /// What the contracts would leave of the grant, or why they would refuse. `by_holder`: whether
    /// the holder calls. Roles of the company are not looked at: terms and state alone decide here.
    pub fn apply(self, before: &Standing<'_>, by_holder: bool) -> Result<After, SuccessionRefused> {
        let (terms, state, now) = (before.terms, before.state, before.desk.now);
        let word = |state: State| Change { state, freed: 0 };
        let change = match self {
            Self::End { stop_at, grace } => before.end(stop_at, grace)?,
            Self::WithdrawEnd => before.end(0, false)?,
            Self::Pause => word(grant::pause(terms, state, now)?),
            Self::Resume => word(grant::resume(terms, state, now)?),
            Self::Accelerate { by } => grant::accelerate(terms, state, by, before.free)?,
            Self::LowerWithholding { withhold_bps } => {
                word(grant::lower_withholding(state, withhold_bps)?)
            }
            Self::Settle => grant::settle(terms, state, &before.gates(state), now)?,
            Self::Waive => grant::waive(terms, state, &before.gates(state), now, by_holder)?,
            Self::Hold { on } => word(grant::hold_claims(state, on, by_holder)?),
            _ => return self.succeed(before, by_holder),
        };
        Ok(After {
            state: change.state,
            recovery: *before.recovery,
            holder: before.holder,
            freed: change.freed,
        })
    }

    /// Changes of who holds it.
    fn succeed(self, before: &Standing<'_>, by_holder: bool) -> Result<After, SuccessionRefused> {
        let (desk, found) = (&before.desk, before.found());
        let announced = before.recovery.to;
        let (left, holder) = match self {
            Self::Move { to } => (succession::r#move(desk, &found, to, by_holder)?, to),
            Self::AnnounceRecovery { to } => {
                (succession::announce(desk, &found, to)?, before.holder)
            }
            Self::ExecuteRecovery => (succession::execute(&found, announced, desk.now)?, announced),
            Self::Veto => (
                succession::veto(&found, desk.now, by_holder)?,
                before.holder,
            ),
            _ => (succession::clear(&found, desk.now)?, before.holder),
        };
        Ok(After {
            state: left.state,
            recovery: left.recovery,
            holder,
            freed: 0,
        })
    }
}

impl Standing<'_> {
    fn end(&self, stop_at: u64, grace: bool) -> Result<Change, grant::Refused> {
        let order = EndOrder {
            stop_at,
            grace,
            now: self.desk.now,
            free: self.free,
        };
        grant::end(self.terms, self.state, &self.gates(self.state), &order)
    }
}
