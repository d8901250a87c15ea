//! The typed message (EIP-712) with which a holder agrees to a replacement.

use alloy_primitives::{Address, B256, U256, keccak256};

use crate::pack::{Words, typed_digest};
use crate::state::State;
use crate::terms::{Gate, Schedule, Segment, Terms};

macro_rules! gate_type {
    () => {
        "Gate(bytes32 goal,uint32 sharePpb,uint8 rule)"
    };
}

macro_rules! segment_type {
    () => {
        "Segment(uint32 end,uint32 cumulative,uint16 steps)"
    };
}

macro_rules! terms_type {
    () => {
        "Terms(address recipient,uint104 amount,uint40 start,uint16 powers,uint32 graceSeconds,\
         uint32 backdateSeconds,uint32 pauseMax,uint16 withholdBps,bytes32 document,Gate[] gates,\
         uint40 unlockStart,Segment[] unlock,Segment[] vesting)"
    };
}

/// The type of the message, with the types it is made of in alphabetical order.
pub const REPLACE_TYPE: &str = concat!(
    "Replace(bytes32 oldId,uint256 oldWord,Terms[] successors,uint256 deadline)",
    gate_type!(),
    segment_type!(),
    terms_type!()
);
const TERMS_TYPE: &str = concat!(terms_type!(), gate_type!(), segment_type!());
const GATE_TYPE: &str = gate_type!();
const SEGMENT_TYPE: &str = segment_type!();

/// Where a signature counts: one Succession contract on one chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SuccessionDomain {
    /// Chain id.
    pub chain_id: u64,
    /// The Succession contract.
    pub succession: Address,
}

/// A holder agrees that others take the place of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// Id of the grant to be closed.
    pub old_id: B256,
    /// Its word as signed: see [`signed_word`].
    pub old_word: U256,
    /// The terms of those that take its place, in order; 1 to 8.
    pub successors: Vec<Terms>,
    /// Last second in which the signature is good, in unix seconds.
    pub deadline: u64,
}

/// The word as it stands in the message: without what was released, so that a payment in between
/// leaves the signature good, and every other change makes it worthless.
pub fn signed_word(state: &State) -> U256 {
    let unpaid = State {
        released: 0,
        ..*state
    };
    unpaid.to_word()
}

/// The hash that the holder signs for a replacement.
pub fn replace_digest(domain: &SuccessionDomain, replace: &Replace) -> B256 {
    let message = Words::default()
        .hash(keccak256(REPLACE_TYPE))
        .hash(replace.old_id)
        .hash(B256::from(replace.old_word))
        .hash(list(replace.successors.iter().map(terms)))
        .uint(replace.deadline.into());
    let contract = (domain.chain_id, domain.succession);
    typed_digest("Guerdon Succession", contract, message)
}

fn terms(terms: &Terms) -> B256 {
    let unlock = terms.unlock.as_ref();
    let unlock_segments = unlock.map(|unlock| segments(&unlock.schedule));
    let words = Words::default()
        .hash(keccak256(TERMS_TYPE))
        .address(terms.recipient)
        .uint(terms.amount)
        .uint(terms.start.into())
        .uint(terms.powers.bits().into())
        .uint(terms.grace_seconds.into())
        .uint(terms.backdate_seconds.into())
        .uint(terms.pause_max.into())
        .uint(terms.withhold_bps.into())
        .hash(terms.document)
        .hash(list(terms.gates.iter().map(gate)))
        .uint(unlock.map_or(0, |unlock| unlock.start).into())
        .hash(unlock_segments.unwrap_or_else(|| list(std::iter::empty())))
        .hash(segments(&terms.vesting));
    keccak256(words.into_bytes())
}

fn gate(gate: &Gate) -> B256 {
    let words = Words::default()
        .hash(keccak256(GATE_TYPE))
        .hash(gate.goal)
        .uint(gate.share_ppb.into())
        .uint(gate.rule.bits().into());
    keccak256(words.into_bytes())
}

fn segments(schedule: &Schedule) -> B256 {
    let type_hash = keccak256(SEGMENT_TYPE);
    let segment = |segment: &Segment| {
        let words = Words::default()
            .hash(type_hash)
            .uint(segment.end.into())
            .uint(segment.cumulative.into())
            .uint(segment.steps.into());
        keccak256(words.into_bytes())
    };
    list(schedule.segments().iter().map(segment))
}

/// A list is hashed as its members' hashes, one after the other.
fn list(hashes: impl Iterator<Item = B256>) -> B256 {
    let words = hashes.fold(Words::default(), Words::hash);
    keccak256(words.into_bytes())
}
