//! Typed messages (EIP-712) that panels sign, and the seed of drawn items.

use alloy_primitives::{Address, B256, keccak256};

use super::bounds::check_counts;
use super::{BoundError, Goal};
use crate::pack::{Words, typed_digest};

/// The type of an acceptance, as EIP-712 writes it.
pub const ACCEPT_TYPE: &str = "Accept(bytes32 goal,uint16 attempt,bytes32 model,uint40 deadline)";
/// The type of a result, as EIP-712 writes it.
pub const RESULT_TYPE: &str = "Result(bytes32 goal,uint16 attempt,bytes32 model,uint128 x,\
                               uint128 y,uint32 samples,uint32 guards,bytes32 evidence)";

/// Where a signature counts: one Goals contract on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoalsDomain {
    /// Chain id.
    pub chain_id: u64,
    /// The Goals contract.
    pub goals: Address,
}

/// A panel member agrees that an attempt is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accept {
    /// Id of the goal.
    pub goal: B256,
    /// Number of the attempt, from 0.
    pub attempt: u16,
    /// Hash of the model's manifest.
    pub model: B256,
    /// Until when the signature is good, in unix seconds (40 bits).
    pub deadline: u64,
}

/// The result of an attempt, as panel members sign it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanelResult {
    /// Id of the goal.
    pub goal: B256,
    /// Number of the attempt, from 0.
    pub attempt: u16,
    /// Hash of the model's manifest, as registered.
    pub model: B256,
    /// Right answers, wins, sum of scores in ppb, or the count.
    pub x: u128,
    /// Losses, for a paired comparison; else 0.
    pub y: u128,
    /// Samples, exactly those of the goal.
    pub samples: u32,
    /// Safety and regression conditions that hold.
    pub guards: u32,
    /// Hash of the evidence.
    pub evidence: B256,
}

/// Why the chain would refuse a result of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResultError {
    /// Another number of samples than defined: choosing it is a way to win.
    #[error("the result has {given} samples and the goal asks for exactly {samples}")]
    WrongSamples {
        /// Samples of the result.
        given: u32,
        /// Samples of the goal.
        samples: u32,
    },
    /// The counts are impossible.
    #[error(transparent)]
    WrongCount(#[from] BoundError),
}

/// Whether the chain would take these counts for a proposal of the goal.
pub fn check_result(goal: &Goal, result: &PanelResult) -> Result<(), ResultError> {
    let (given, samples) = (result.samples, goal.samples);
    if given != samples {
        return Err(ResultError::WrongSamples { given, samples });
    }
    Ok(check_counts(goal.kind, samples, result.x, result.y)?)
}

/// The hash a panel member signs to accept a registration.
pub fn accept_digest(domain: &GoalsDomain, accept: &Accept) -> B256 {
    let message = Words::default()
        .hash(keccak256(ACCEPT_TYPE))
        .hash(accept.goal)
        .uint(accept.attempt.into())
        .hash(accept.model)
        .uint(accept.deadline.into());
    digest(domain, message)
}

/// The hash a panel member signs for a result.
pub fn result_digest(domain: &GoalsDomain, result: &PanelResult) -> B256 {
    let message = Words::default()
        .hash(keccak256(RESULT_TYPE))
        .hash(result.goal)
        .uint(result.attempt.into())
        .hash(result.model)
        .uint(result.x)
        .uint(result.y)
        .uint(result.samples.into())
        .uint(result.guards.into())
        .hash(result.evidence);
    digest(domain, message)
}

/// The seed of an attempt: the low 96 bits of keccak256(abi.encode(block hash, goal, attempt)), big
/// end first.
pub fn seed(block_hash: B256, goal: B256, attempt: u16) -> [u8; 12] {
    let words = Words::default()
        .hash(block_hash)
        .hash(goal)
        .uint(attempt.into());
    let hash = keccak256(words.into_bytes());
    hash.last_chunk().copied().unwrap_or_default()
}

fn digest(domain: &GoalsDomain, message: Words) -> B256 {
    typed_digest("Guerdon Goals", (domain.chain_id, domain.goals), message)
}
