//! Paying many grants in one transaction, opened ones and such that are opened on the way.

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::{SolCall, SolValue};

use super::{Place, Plan};
use crate::bindings::IGrants;

/// A grant to pay: its terms, and its place if it must be opened first.
#[derive(Clone, Copy, Debug)]
pub struct Payee<'a> {
    /// Canonical bytes.
    pub terms: &'a [u8],
    /// `None` for a grant that is open.
    pub place: Option<Place<'a>>,
}

/// Opens those that have a place, then pays all by one `claimMany`, which skips whoever cannot be
/// paid. A grant that cannot be opened refuses the whole call.
#[must_use]
pub fn pay(grants: Address, payees: &[Payee<'_>]) -> Plan {
    let claim = IGrants::claimManyCall {
        terms: payees.iter().map(|payee| bytes(payee.terms)).collect(),
    };
    let opens: Vec<Bytes> = payees.iter().filter_map(open).collect();
    let people = match payees.len() {
        1 => "the holder of 1 grant".to_owned(),
        count => format!("the holders of {count} grants"),
    };
    if opens.is_empty() {
        return Plan::call(grants, &claim, format!("Pay {people}"));
    }
    let summary = format!("Open {} grants and pay {people}", opens.len());
    let mut calls = opens;
    calls.push(claim.abi_encode().into());
    Plan::call(grants, &IGrants::multicallCall { calls }, summary)
}

/// How many grants the call would pay, from what it returned; `None` if that is not its output.
#[must_use]
pub fn paid(plan: &Plan, output: &[u8]) -> Option<usize> {
    let count = if plan.data.starts_with(&IGrants::claimManyCall::SELECTOR) {
        IGrants::claimManyCall::abi_decode_returns(output).ok()?
    } else {
        let results = <Vec<Bytes>>::abi_decode(output).ok()?;
        IGrants::claimManyCall::abi_decode_returns(results.last()?).ok()?
    };
    usize::try_from(count).ok()
}

fn open(payee: &Payee<'_>) -> Option<Bytes> {
    let place = payee.place?;
    let call = IGrants::openCall {
        terms: bytes(payee.terms),
        root: place.root,
        index: place.index,
        proof: bytes(&place.proof.0),
    };
    Some(call.abi_encode().into())
}

fn bytes(terms: &[u8]) -> Bytes {
    Bytes::copy_from_slice(terms)
}
