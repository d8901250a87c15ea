//! Writes as data: where to, which call data, and what it does in one sentence.
//!
//! A person confirms the summary, a wallet or [`crate::Chain::send`] sends the rest.

mod access;
mod call;
mod goals;
mod grants;
mod money;
mod pay;
mod read;
mod succession;
mod token;

pub use access::{cancel, execute, grant_role, operation_id, revoke_role, role_name, schedule};
pub use call::Plan;
use call::short_address;
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
