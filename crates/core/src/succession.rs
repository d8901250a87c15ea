use alloy_primitives::{Address, B256};

mod message;
mod recovery;
mod refused;
mod replace;

pub use message::{REPLACE_TYPE, Replace, SuccessionDomain, replace_digest, signed_word};
pub use recovery::{
    CLOSES_SECONDS, OPENS_SECONDS, QUIET_SECONDS, Recovery, Stage, announce, clear, execute, veto,
};
pub use refused::{Power, SuccessionRefused};
pub use replace::{Around, Born, Replacement, SUCCESSORS_MAX, Signed, replace, succeed};

use crate::grant::Desk;
use crate::state::{Flags, State};
use crate::terms::Terms;

/// A grant as Succession finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found<'a> {
    /// Its terms.
    pub terms: &'a Terms,
    /// Its word.
    pub state: &'a State,
    /// Its recovery.
    pub recovery: &'a Recovery,
}

/// What Succession leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The word of the grant after the call.
    pub state: State,
    /// Its recovery after the call.
    pub recovery: Recovery,
}

/// Names `to` as the holder, for good, at the holder's word. Cancels a standing recovery.
/// `by_holder`: whether the holder calls.
pub fn r#move(
    desk: &Desk,
    found: &Found<'_>,
    to: Address,
    by_holder: bool,
) -> Result<Left, SuccessionRefused> {
    require_open(found.state)?;
    if !by_holder {
        return Err(SuccessionRefused::NotHolder);
    }
    if !found.terms.powers.r#move {
        let power = Power::Move;
        return Err(SuccessionRefused::NoPower { power });
    }
    require_payable(desk, to)?;
    let recovery = found.recovery.cancel(desk.now).unwrap_or(*found.recovery);
    let state = held_by_another(found.state);
    Ok(Left { state, recovery })
}

/// The word once another holds the grant.
fn held_by_another(state: &State) -> State {
    let flags = state.flags.with(Flags::MOVED).without(Flags::RECOVERING);
    State { flags, ..*state }
}

fn require_open(state: &State) -> Result<(), SuccessionRefused> {
    if !state.has(Flags::OPENED) {
        return Err(SuccessionRefused::NotOpened);
    }
    if state.has(Flags::CLOSED) {
        return Err(SuccessionRefused::Closed);
    }
    Ok(())
}

/// The rule for recipients: whom nobody could pay, or who could never pass it on.
fn require_payable(desk: &Desk, to: Address) -> Result<(), SuccessionRefused> {
    if to.is_zero() || to == desk.grants || to == desk.token {
        return Err(SuccessionRefused::NotPayable { to });
    }
    Ok(())
}

/// Whether an id has a word, and what the goal of a gate says: what the chain would look up.
pub trait Lookup: std::fmt::Debug {
    /// Whether a grant of this id was opened before.
    fn is_taken(&self, id: B256) -> bool;

    /// What Goals says about a goal; `None`: it is not defined.
    fn goal(&self, goal: B256) -> Option<crate::grant::GateResult>;
}
