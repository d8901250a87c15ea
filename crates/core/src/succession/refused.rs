use std::fmt;

use alloy_primitives::{Address, B256};

use crate::grant::Refused;
use crate::terms::TermsError;

/// A power of the terms that Succession asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// The holder may move the grant.
    Move,
    /// The company may recover it for a lost key.
    Recover,
}

/// Why a call of Succession would be refused; one variant for each error of the contract, or two
/// where the contract's error has two meanings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SuccessionRefused {
    /// The grant was not opened.
    #[error("the grant is not opened yet: open it with its proof first")]
    NotOpened,
    /// The grant is closed.
    #[error("the grant is closed: its terms were invalid, or it was replaced")]
    Closed,
    /// Only the holder may call.
    #[error("only the holder of the grant may do this")]
    NotHolder,
    /// The terms do not give this power.
    #[error("the terms of the grant do not let {power}")]
    NoPower {
        /// The power that is missing.
        power: Power,
    },
    /// Nobody can be paid there.
    #[error("{to} cannot hold a grant: it is zero, the Grants contract or the token")]
    NotPayable {
        /// The account given.
        to: Address,
    },
    /// After the last second.
    #[error("this could be done until {until} only")]
    TooLate {
        /// Last second, in unix seconds.
        until: u64,
    },
    /// Before the first second.
    #[error("this can be done from {until} on")]
    NotYet {
        /// First second, in unix seconds.
        until: u64,
    },
    /// A recovery stands.
    #[error("a recovery is announced already; it lapses after {until}, and then must be cleared")]
    RecoveryOpen {
        /// Its last second, in unix seconds.
        until: u64,
    },
    /// No recovery stands, or not for this account.
    #[error("no recovery is announced for this grant, or not for this account")]
    NoRecovery,
    /// The signature is not the holder's for exactly this message.
    #[error(
        "the signature is not that of the holder {holder} for these successors, this deadline and \
         the grant as it is now"
    )]
    BadSignature {
        /// Who had to sign.
        holder: Address,
    },
    /// None, or too many.
    #[error("{count} successors are given: a grant is replaced by 1 to 8")]
    Count {
        /// Successors given.
        count: usize,
    },
    /// The terms of a successor could not be opened.
    #[error("successor {place} cannot be opened: {reason}")]
    BadTerms {
        /// Place among the successors, from 0.
        place: usize,
        /// What is wrong.
        reason: TermsError,
    },
    /// A goal of a successor's gate does not exist.
    #[error("the goal {goal} of a gate is not defined: define it first")]
    GoalNotDefined {
        /// Id of the goal.
        goal: B256,
    },
    /// The successor's id has a word, or is named twice.
    #[error("the grant {id} exists already: a successor needs terms of its own")]
    AlreadyOpened {
        /// Id of the successor.
        id: B256,
    },
    /// The first successor does not cover what was released.
    #[error("the first successor has {amount} base units and must cover the {released} released")]
    BelowReleased {
        /// Its amount, in base units.
        amount: u128,
        /// Released by the old grant, in base units.
        released: u128,
    },
    /// The holder would lose something earned.
    #[error("{before} base units are vested now and the successors together would have {after}")]
    VestedFalls {
        /// Vested in the old grant, in base units.
        before: u128,
        /// Vested in all successors, in base units.
        after: u128,
    },
    /// What was paid to one would count for another.
    #[error("{holder} was paid of the grant, so the first successor must be theirs, not {heir}'s")]
    NotHeir {
        /// Recipient of the first successor.
        heir: Address,
        /// Who holds the old grant.
        holder: Address,
    },
    /// The successors need money that is not free.
    #[error("{wanted} base units are wanted and {free} are free: fund the pool first")]
    NotFreeEnough {
        /// By how much the successors hold more than the old grant, in base units.
        wanted: u128,
        /// Funded and not promised, in base units.
        free: u128,
    },
    /// A revenue grant may only be supplemented by another grant.
    #[error("a grant of a revenue token cannot be replaced by more than it holds")]
    RevenueRises,
    /// What the old grant amounts to cannot be computed.
    #[error(transparent)]
    Grant(#[from] Refused),
}

impl fmt::Display for Power {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Move => "its holder move it",
            Self::Recover => "the company recover it for a lost key",
        })
    }
}
