//! Steps of Succession as call data, with signatures over hashes that another library made.

use alloy::dyn_abi::Eip712Domain;
use alloy::primitives::aliases::{U40, U104};
use alloy::primitives::{Address, B256, U256};
use alloy::sol_types::{SolCall, SolStruct, eip712_domain};
use guerdon_core::succession::{Replace, SuccessionDomain, replace_digest};

use crate::abi::{IGrants, ISuccession, typed};
use crate::encode::spoiled;
use crate::machine::CHAIN_ID;
use crate::people::{holder_keys, person, sign};
use crate::step::{Bypass, Call, Flaw, Ink, Payee};
use crate::world::{LeafSpec, World};

const HEAD: usize = 88;
const GATE: usize = 37;
const SEGMENT: usize = 10;

impl World {
    pub(crate) fn succession_call(&self, call: &Call) -> Vec<u8> {
        let terms = |leaf: usize| self.terms(leaf);
        match *call {
            Call::Replace {
                leaf,
                ref successors,
                deadline,
                ink,
            } => ISuccession::replaceCall {
                old: terms(leaf),
                successors: successors.iter().map(|leaf| terms(*leaf)).collect(),
                deadline: U256::from(deadline),
                signature: self.signature(leaf, successors, &ink).into(),
            }
            .abi_encode(),
            Call::Move { leaf, to } => ISuccession::moveCall {
                terms: terms(leaf),
                to: self.payee(to),
            }
            .abi_encode(),
            Call::Veto { leaf } => ISuccession::vetoCall { terms: terms(leaf) }.abi_encode(),
            Call::AnnounceRecovery { leaf, to } => ISuccession::announceRecoveryCall {
                terms: terms(leaf),
                to: self.payee(to),
            }
            .abi_encode(),
            Call::ExecuteRecovery { leaf, to } => ISuccession::executeRecoveryCall {
                terms: terms(leaf),
                to: self.payee(to),
            }
            .abi_encode(),
            Call::ClearRecovery { leaf } => {
                ISuccession::clearRecoveryCall { terms: terms(leaf) }.abi_encode()
            }
            ref other => panic!("{other:?} is no call of Succession"),
        }
    }

    /// What only Succession may ask of Grants.
    pub(crate) fn bypass(&self, leaf: usize, call: Bypass) -> Vec<u8> {
        let terms = self.terms(leaf);
        match call {
            Bypass::Succeed => IGrants::succeedCall {
                old: terms.clone(),
                successors: vec![terms],
            }
            .abi_encode(),
            Bypass::SetHolder => IGrants::setHolderCall {
                terms,
                to: person(0),
            }
            .abi_encode(),
            Bypass::SetRecovering => IGrants::setRecoveringCall { terms, on: true }.abi_encode(),
        }
    }

    pub(crate) fn payee(&self, to: Payee) -> Address {
        match to {
            Payee::Person(place) => person(place),
            Payee::Nobody => Address::ZERO,
            Payee::Grants => self.places.grants,
            Payee::Token => self.places.token,
        }
    }

    /// The hash for a replacement; `None` where the bytes of a successor have no form.
    pub(crate) fn replace_hash(
        &self,
        leaf: usize,
        successors: &[usize],
        word: U256,
        deadline: u64,
    ) -> Option<B256> {
        let specs: Vec<&LeafSpec> = successors.iter().map(|leaf| &self.leaves[*leaf]).collect();
        let old_id = self.leaves[leaf].id;
        let forms = specs.iter().map(|spec| typed_terms(&spec.bytes));
        let message = typed::Replace {
            oldId: old_id,
            oldWord: word,
            successors: forms.collect::<Option<_>>()?,
            deadline: U256::from(deadline),
        };
        let hash = message.eip712_signing_hash(&self.wallet_domain());
        let decoded = specs.iter().map(|spec| spec.terms.clone());
        if let Some(successors) = decoded.collect::<Option<Vec<_>>>() {
            let message = Replace {
                old_id,
                old_word: word,
                successors,
                deadline,
            };
            let domain = SuccessionDomain {
                chain_id: CHAIN_ID,
                succession: self.places.succession,
            };
            assert_eq!(replace_digest(&domain, &message), hash, "digest of core");
        }
        Some(hash)
    }

    fn wallet_domain(&self) -> Eip712Domain {
        eip712_domain! {
            name: "Guerdon Succession",
            version: "1",
            chain_id: CHAIN_ID,
            verifying_contract: self.places.succession,
        }
    }

    fn signature(&self, leaf: usize, successors: &[usize], ink: &Ink) -> Vec<u8> {
        let hash = self.replace_hash(leaf, successors, ink.word, ink.deadline);
        let hash = match ink.flaw {
            Flaw::OtherMessage => B256::ZERO,
            _ => hash.unwrap_or_default(),
        };
        let mut signature = sign(&holder_keys()[ink.key], hash).to_vec();
        spoiled(&mut signature, ink.flaw);
        signature
    }
}

/// Laid-out terms field by field, whatever the fields say.
pub(crate) fn typed_terms(bytes: &[u8]) -> Option<typed::Terms> {
    let number = |at: usize, count: usize| {
        let bytes = bytes.get(at..at + count)?;
        Some(
            bytes
                .iter()
                .fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte)),
        )
    };
    let (gates, unlocks) = (number(86, 1)? as usize, number(87, 1)? as usize);
    let after_gates = HEAD + gates * GATE;
    let unlock_start = if unlocks > 0 {
        number(after_gates, 5)?
    } else {
        0
    };
    let unlock_at = after_gates + if unlocks > 0 { 5 } else { 0 };
    let vesting_at = unlock_at + unlocks * SEGMENT;
    let rest = bytes.len().checked_sub(vesting_at)?;
    let vests = rest / SEGMENT;
    if rest == 0 || rest % SEGMENT != 0 || vests > 256 || gates > 8 || unlocks > 64 {
        return None;
    }
    let gate = |place: usize| {
        let at = HEAD + place * GATE;
        Some(typed::Gate {
            goal: B256::from_slice(bytes.get(at..at + 32)?),
            sharePpb: number(at + 32, 4)? as u32,
            rule: number(at + 36, 1)? as u8,
        })
    };
    let segments = |at: usize, count: usize| {
        let starts = (0..count).map(move |place| at + place * SEGMENT);
        let segment = |at: usize| {
            Some(typed::Segment {
                end: number(at, 4)? as u32,
                cumulative: number(at + 4, 4)? as u32,
                steps: number(at + 8, 2)? as u16,
            })
        };
        starts.map(segment).collect::<Option<Vec<_>>>()
    };
    Some(typed::Terms {
        recipient: Address::from_slice(&bytes[..20]),
        amount: U104::from(number(20, 13)?),
        start: U40::from(number(33, 5)?),
        powers: number(38, 2)? as u16,
        graceSeconds: number(40, 4)? as u32,
        backdateSeconds: number(44, 4)? as u32,
        pauseMax: number(48, 4)? as u32,
        withholdBps: number(52, 2)? as u16,
        document: B256::from_slice(&bytes[54..86]),
        gates: (0..gates).map(gate).collect::<Option<_>>()?,
        unlockStart: U40::from(unlock_start),
        unlock: segments(unlock_at, unlocks)?,
        vesting: segments(vesting_at, vests)?,
    })
}
