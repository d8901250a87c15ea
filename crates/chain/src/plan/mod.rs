//! Writes as data: where to, which call data, and what it does in one sentence.
//!
//! A person confirms the summary, a wallet or [`crate::Chain::send`] sends the rest.

mod access;
mod goals;
mod grants;
mod money;
mod pay;
mod read;
mod succession;
mod token;

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolCall;

pub use access::{cancel, execute, grant_role, operation_id, revoke_role, role_name, schedule};
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
pub use read::{Places, ReadCall, read};
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

/// An address as sentences name it where another line has it whole: `0x1234…abcd`.
fn short_address(address: Address) -> String {
    let text = address.to_string();
    match (text.get(..6), text.get(38..)) {
        (Some(first), Some(last)) => format!("{first}…{last}"),
        _ => text,
    }
}
