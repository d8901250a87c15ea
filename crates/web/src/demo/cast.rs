//! Who plays in a demonstration, and what the binary lends: keys and the chain's clock stay there.

use std::future::Future;
use std::pin::Pin;

use alloy_primitives::{Address, B256, Bytes};

/// Somebody of the demonstration whom a visitor may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Names the actor in forms: `ada`.
    pub key: String,
    /// As people call her.
    pub name: String,
    /// What she is: `engineer`, `payroll`.
    pub does: String,
    /// Which list she stands in: `Engineers`, `The company`.
    pub group: &'static str,
    /// Her account on the chain.
    pub account: Address,
    /// The page that answers her first question.
    pub home: String,
}

/// A call that a wallet is asked to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The contract.
    pub to: Address,
    /// Call data.
    pub data: Bytes,
}

/// What the chain answers, or why it refuses, in one sentence.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// What a demonstration can do and nothing else can.
pub trait Stage: Send + Sync {
    /// Everybody whom a visitor may be.
    fn cast(&self) -> &[Actor];

    /// Signs a digest with the account's key; 65 bytes r, s, v with v 27 or 28.
    ///
    /// # Errors
    /// One sentence, when the account is none of the demonstration's.
    fn sign(&self, account: Address, digest: &B256) -> Result<[u8; 65], String>;

    /// Signs a call with the account's key and sends it; the transaction's hash.
    fn send(&self, account: Address, call: Call) -> Answer<'_, B256>;

    /// Lets the chain's clock go on to `to` (Unix seconds); the time it then has.
    fn travel(&self, to: u64) -> Answer<'_, u64>;
}

/// The actor of an account.
pub(super) fn who(stage: &dyn Stage, account: Address) -> Option<&Actor> {
    stage.cast().iter().find(|actor| actor.account == account)
}
