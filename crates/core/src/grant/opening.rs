use alloy_primitives::{Address, B256};

use crate::id::Domain;
use crate::pack::Cursor;
use crate::pool::{PoolRefused, Round};
use crate::state::State;
use crate::terms::{TERMS_BYTES_MIN, Terms, TermsError};
use crate::tree::{Leaf, Proof, ProofError, Root, verify};

/// The contract and the moment that a grant is opened at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Desk {
    /// Domain of the contract.
    pub domain: Domain,
    /// The Grants contract, which can be no recipient.
    pub grants: Address,
    /// Its token, which can be no recipient.
    pub token: Address,
    /// The time of the block, in unix seconds.
    pub now: u64,
}

/// A leaf of a round, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed<'a> {
    /// The bytes of its terms.
    pub terms: &'a [u8],
    /// Root of the round.
    pub root: B256,
    /// Its place in the tree, from 0.
    pub index: u32,
    /// The path to the root.
    pub proof: &'a Proof,
}

/// What a leaf turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A grant, with its first state.
    Grant {
        /// Its terms.
        terms: Box<Terms>,
        /// Its first state.
        state: State,
    },
    /// A leaf that can never be a grant: it is closed and its amount becomes free.
    Invalid {
        /// What it held, in base units.
        amount: u128,
        /// What is wrong with its terms.
        reason: TermsError,
    },
}

impl Opened {
    /// The state after.
    pub const fn state(&self) -> State {
        match self {
            Self::Grant { state, .. } => *state,
            Self::Invalid { .. } => State::closed(),
        }
    }
}

/// Why a leaf cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefused {
    /// Shorter than the shortest terms.
    #[error("terms of {bytes} bytes are too short: the shortest have 98")]
    BadTerms {
        /// Bytes given.
        bytes: usize,
    },
    /// The round is not there, or not binding.
    #[error(transparent)]
    Round(#[from] PoolRefused),
    /// The leaf is not of the round.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// A goal of a gate does not exist: closing the leaf would let a company take money back.
    #[error("the goal {goal} of a gate is not defined: define it first")]
    GoalNotDefined {
        /// Id of the goal.
        goal: B256,
    },
}

/// Proves a leaf of a round that was not opened before, and says what it is. `is_defined`: whether
/// a goal exists.
pub fn open(
    desk: &Desk,
    leaf: &Claimed<'_>,
    round: Option<&Round>,
    is_defined: impl Fn(B256) -> bool,
) -> Result<Opened, OpenRefused> {
    let bytes = leaf.terms.len();
    if bytes < TERMS_BYTES_MIN {
        return Err(OpenRefused::BadTerms { bytes });
    }
    let round = round.ok_or(PoolRefused::RoundNotFound)?;
    round.require_binding(desk.now)?;
    let amount = amount_of(leaf.terms).ok_or(OpenRefused::BadTerms { bytes })?;
    let proven = Leaf {
        id: desk.domain.id(leaf.terms),
        amount,
    };
    let root = Root {
        hash: leaf.root,
        total: round.total,
    };
    verify(root, proven, leaf.index, leaf.proof)?;
    let terms = match valid(desk, leaf.terms) {
        Ok(terms) => terms,
        Err(reason) => return Ok(Opened::Invalid { amount, reason }),
    };
    let mut goals = terms.gates.iter().map(|gate| gate.goal);
    if let Some(goal) = goals.find(|goal| !is_defined(*goal)) {
        return Err(OpenRefused::GoalNotDefined { goal });
    }
    let state = State::opened(terms.withhold_bps, round.since);
    let terms = Box::new(terms);
    Ok(Opened::Grant { terms, state })
}

fn valid(desk: &Desk, bytes: &[u8]) -> Result<Terms, TermsError> {
    let terms = Terms::decode(bytes)?;
    terms.check(desk.grants, desk.token)?;
    Ok(terms)
}

/// The amount as it lies in the bytes, whatever the rest says.
fn amount_of(terms: &[u8]) -> Option<u128> {
    let mut cursor = Cursor(terms);
    cursor.take(20)?;
    cursor.big(13)
}
