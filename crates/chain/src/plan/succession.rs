//! Writes to Succession. Terms are the canonical bytes; times are unix seconds.

use alloy::primitives::{Address, Bytes, U256};

use super::Plan;
use super::grants::{bytes, short};
use crate::bindings::ISuccession;

/// Puts other grants in the place of one, with its holder's signature; for the issuer.
#[must_use]
pub fn replace(
    succession: Address,
    old: &[u8],
    successors: &[Vec<u8>],
    (deadline, signature): (u64, &[u8]),
) -> Plan {
    let call = ISuccession::replaceCall {
        old: bytes(old),
        successors: successors.iter().map(|terms| bytes(terms)).collect(),
        deadline: U256::from(deadline),
        signature: Bytes::copy_from_slice(signature),
    };
    let by = match successors.len() {
        1 => "another grant".to_owned(),
        count => format!("{count} grants"),
    };
    Plan::call(
        succession,
        &call,
        format!(
            "Replace {} by {by}, with its holder's signature",
            short(old)
        ),
    )
}

/// Names another account in the holder's place, for good; for the holder.
#[must_use]
pub fn move_grant(succession: Address, terms: &[u8], to: Address) -> Plan {
    let call = ISuccession::moveCall {
        terms: bytes(terms),
        to,
    };
    Plan::call(succession, &call, format!("Move {} to {to}", short(terms)))
}

/// Cancels the announced recovery of a grant; for the holder.
#[must_use]
pub fn veto(succession: Address, terms: &[u8]) -> Plan {
    let call = ISuccession::vetoCall {
        terms: bytes(terms),
    };
    let grant = short(terms);
    Plan::call(succession, &call, format!("Veto the recovery of {grant}"))
}

/// Announces that another account will hold a grant, for a lost key; for people.
#[must_use]
pub fn announce_recovery(succession: Address, terms: &[u8], to: Address) -> Plan {
    let call = ISuccession::announceRecoveryCall {
        terms: bytes(terms),
        to,
    };
    Plan::call(
        succession,
        &call,
        format!("Announce the recovery of {} to {to}", short(terms)),
    )
}

/// Makes the announced account the holder, 30 to 60 days after the announcement; for people.
#[must_use]
pub fn execute_recovery(succession: Address, terms: &[u8], to: Address) -> Plan {
    let call = ISuccession::executeRecoveryCall {
        terms: bytes(terms),
        to,
    };
    Plan::call(
        succession,
        &call,
        format!("Recover {} to {to}", short(terms)),
    )
}

/// Clears a recovery that lapsed.
#[must_use]
pub fn clear_recovery(succession: Address, terms: &[u8]) -> Plan {
    let call = ISuccession::clearRecoveryCall {
        terms: bytes(terms),
    };
    let grant = short(terms);
    Plan::call(
        succession,
        &call,
        format!("Clear the lapsed recovery of {grant}"),
    )
}
