//! Writes to Grants. Terms are the canonical bytes; amounts are base units; times are unix seconds.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use guerdon_core::tree::{Proof, Root};

use super::money::{date, length, rate};
use super::{Plan, Unit};
use crate::bindings::IGrants;
use crate::goal_abi::u40;

/// Where a grant's leaf stands: its round and the proof of it.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Root of the round.
    pub root: B256,
    /// Place of the leaf.
    pub index: u32,
    /// 48 bytes a level.
    pub proof: &'a Proof,
}

/// Puts the caller's tokens into the pool; Grants must be approved for them first.
#[must_use]
pub fn fund(grants: Address, amount: u128, unit: &Unit) -> Plan {
    let call = IGrants::fundCall { amount };
    Plan::call(
        grants,
        &call,
        format!("Put {} into the pool", unit.show(amount)),
    )
}

/// Takes out what is funded and not promised; for the treasury.
#[must_use]
pub fn withdraw_free(grants: Address, to: Address, amount: u128, unit: &Unit) -> Plan {
    let call = IGrants::withdrawFreeCall { to, amount };
    Plan::call(
        grants,
        &call,
        format!("Take {} out of the free money, for {to}", unit.show(amount)),
    )
}

/// Promises a round out of the pool; for the issuer. `binding_at` 0 or past: binding at once.
#[must_use]
pub fn commit(grants: Address, root: &Root, document: B256, binding_at: u64, unit: &Unit) -> Plan {
    let call = IGrants::commitCall {
        root: root.hash,
        total: root.total,
        document,
        bindingAt: u40(binding_at),
    };
    let from = if binding_at == 0 {
        "at once".to_owned()
    } else {
        format!("from {} on", date(U256::from(binding_at)))
    };
    let total = unit.show(root.total);
    Plan::call(
        grants,
        &call,
        format!("Promise {total} in round {}, binding {from}", root.hash),
    )
}

/// Takes back a round that is not binding yet; for the issuer.
#[must_use]
pub fn rescind(grants: Address, root: B256) -> Plan {
    Plan::call(
        grants,
        &IGrants::rescindCall { root },
        format!("Take back round {root}"),
    )
}

/// Proves a grant's leaf and creates its word.
#[must_use]
pub fn open(grants: Address, terms: &[u8], place: &Place<'_>) -> Plan {
    let call = IGrants::openCall {
        terms: bytes(terms),
        root: place.root,
        index: place.index,
        proof: bytes(&place.proof.0),
    };
    Plan::call(
        grants,
        &call,
        format!("Open {} of round {}", short(terms), place.root),
    )
}

/// Opens a grant and pays its holder.
#[must_use]
pub fn claim_first(grants: Address, terms: &[u8], place: &Place<'_>) -> Plan {
    let call = IGrants::claimFirstCall {
        terms: bytes(terms),
        root: place.root,
        index: place.index,
        proof: bytes(&place.proof.0),
    };
    let round = place.root;
    Plan::call(
        grants,
        &call,
        format!("Open {} of round {round} and pay its holder", short(terms)),
    )
}

/// Pays the holder all that is claimable now.
#[must_use]
pub fn claim(grants: Address, terms: &[u8]) -> Plan {
    let call = IGrants::claimCall {
        terms: bytes(terms),
    };
    Plan::call(grants, &call, format!("Pay the holder of {}", short(terms)))
}

/// Pays the holders of many grants; what cannot be paid is skipped.
#[must_use]
pub fn claim_many(grants: Address, terms: &[Vec<u8>]) -> Plan {
    let call = IGrants::claimManyCall {
        terms: terms.iter().map(|terms| bytes(terms)).collect(),
    };
    Plan::call(
        grants,
        &call,
        format!("Pay the holders of {} grants", terms.len()),
    )
}

/// Ends a grant's clock at `stop_at`; 0 withdraws an announced end. For people.
#[must_use]
pub fn end(grants: Address, terms: &[u8], stop_at: u64, grace: bool) -> Plan {
    let call = IGrants::endCall {
        terms: bytes(terms),
        stopAt: u40(stop_at),
        grace,
    };
    let grant = short(terms);
    let summary = match (stop_at, grace) {
        (0, _) => format!("Withdraw the announced end of {grant}"),
        (_, true) => format!("End {grant} at {} with grace", date(U256::from(stop_at))),
        (_, false) => format!("End {grant} at {} without grace", date(U256::from(stop_at))),
    };
    Plan::call(grants, &call, summary)
}

/// Stops a grant's clock; for people.
#[must_use]
pub fn pause(grants: Address, terms: &[u8]) -> Plan {
    let call = IGrants::pauseCall {
        terms: bytes(terms),
    };
    Plan::call(grants, &call, format!("Pause {}", short(terms)))
}

/// Lets a paused clock run again; for people.
#[must_use]
pub fn resume(grants: Address, terms: &[u8]) -> Plan {
    let call = IGrants::resumeCall {
        terms: bytes(terms),
    };
    Plan::call(grants, &call, format!("Resume {}", short(terms)))
}

/// Advances a grant's clock by seconds; for people.
#[must_use]
pub fn accelerate(grants: Address, terms: &[u8], by: u32) -> Plan {
    let call = IGrants::accelerateCall {
        terms: bytes(terms),
        by,
    };
    Plan::call(
        grants,
        &call,
        format!(
            "Advance the clock of {} by {}",
            short(terms),
            length(by.into())
        ),
    )
}

/// Lowers the rate withheld from each payment (basis points); for payroll.
#[must_use]
pub fn lower_withholding(grants: Address, terms: &[u8], withhold_bps: u16) -> Plan {
    let call = IGrants::lowerWithholdingCall {
        terms: bytes(terms),
        withholdBps: withhold_bps,
    };
    let grant = short(terms);
    let rate = rate(withhold_bps);
    let summary = format!("Withhold {rate} of each payment of {grant} from now on");
    Plan::call(grants, &call, summary)
}

/// Gives up what is not vested; for the holder.
#[must_use]
pub fn waive(grants: Address, terms: &[u8]) -> Plan {
    let call = IGrants::waiveCall {
        terms: bytes(terms),
    };
    Plan::call(
        grants,
        &call,
        format!("Give up all that is not vested of {}", short(terms)),
    )
}

/// Lets only the holder call for payment, or anyone again; for the holder.
#[must_use]
pub fn hold_claims(grants: Address, terms: &[u8], on: bool) -> Plan {
    let call = IGrants::holdClaimsCall {
        terms: bytes(terms),
        on,
    };
    let who = if on { "only its holder" } else { "anyone" };
    Plan::call(
        grants,
        &call,
        format!("Let {who} call for payment of {}", short(terms)),
    )
}

/// Fixes the final amount of a grant that nothing can change any more.
#[must_use]
pub fn settle(grants: Address, terms: &[u8]) -> Plan {
    let call = IGrants::settleCall {
        terms: bytes(terms),
    };
    Plan::call(grants, &call, format!("Settle {}", short(terms)))
}

pub(super) fn bytes(terms: &[u8]) -> Bytes {
    Bytes::copy_from_slice(terms)
}

/// The recipient names a grant better than a hash does; the hash of the terms tells two apart.
pub(super) fn short(terms: &[u8]) -> String {
    let hash = keccak256(terms);
    match terms.get(..20) {
        Some(recipient) => format!("the grant of {}", Address::from_slice(recipient)),
        None => format!("the terms of hash {hash}"),
    }
}
