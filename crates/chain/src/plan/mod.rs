//! Writes as data: where to, which call data, and what it does in one sentence.
//!
//! A person confirms the summary, a wallet or [`crate::Chain::send`] sends the rest.

mod goals;
mod grants;
mod money;
mod pay;
mod succession;
mod token;

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolCall;

pub use goals::{
    Verdict, challenge, close, define_goal, demand, expire, extend, finalize, propose, refuse,
    register, resolve, seal, withdraw_bond,
};
pub use grants::{
    Place, accelerate, claim, claim_first, claim_many, commit, end, fund, hold_claims,
    lower_withholding, open, pause, rescind, resume, settle, waive, withdraw_free,
};
pub use money::{Unit, length, rate};
pub(crate) use money::{date, decimal, grouped};
pub use pay::{Payee, paid, pay};
pub use succession::{
    announce_recovery, clear_recovery, execute_recovery, move_grant, replace, veto,
};
pub use token::{approve, mint, transfer};

/// A transaction that is not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The contract; `None` creates one.
    pub to: Option<Address>,
    /// Call data, or creation code with its arguments.
    pub data: Bytes,
    /// What it does, in one sentence.
    pub summary: String,
}

impl Plan {
    pub(crate) fn call(to: Address, call: &impl SolCall, summary: impl Into<String>) -> Self {
        Self {
            to: Some(to),
            data: call.abi_encode().into(),
            summary: summary.into(),
        }
    }

    pub(crate) fn create(code: Vec<u8>, summary: impl Into<String>) -> Self {
        Self {
            to: None,
            data: code.into(),
            summary: summary.into(),
        }
    }
}
