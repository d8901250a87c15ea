//! What the owners of a Safe see of a batch, and whether the Safe could carry it out.

use alloy_primitives::Address;
use guerdon_chain::Plan;
use guerdon_chain::safe::{MULTI_SEND, MultiSend, SafeTransaction, SafeView, Trial, VERSION};

use super::change::account;
use super::order::{Fields, field};
use crate::state::AppState;
use crate::strings::actions as words;

/// What the page shows about the Safe.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// As filled in: address, nonce, version.
    pub(super) safe: String,
    pub(super) nonce: String,
    pub(super) version: String,
    pub(super) wrong: Option<String>,
    /// Labelled lines, whole, since signers compare them: hashes, MultiSend.
    pub(super) lines: Vec<(&'static str, String)>,
    pub(super) said: Vec<String>,
    /// Whether it would succeed.
    pub(super) tried: Option<String>,
}

impl Seen {
    /// The file's address, with the Safe if one was named.
    pub(super) fn file_href(&self, id: u64) -> String {
        match account(&self.safe) {
            Ok(safe) => format!("/company/batches/{id}/safe.json?safe={safe}"),
            Err(_) => format!("/company/batches/{id}/safe.json"),
        }
    }
}

pub(super) async fn see(state: &AppState, plans: &[Plan], fields: &Fields) -> Seen {
    let told = |name| field(fields, name).unwrap_or_default().to_owned();
    let mut seen = Seen {
        safe: told("safe"),
        nonce: told("nonce"),
        version: told("version"),
        ..Seen::default()
    };
    if field(fields, "said") == Some("address") {
        seen.wrong = Some(words::NO_ADDRESS.to_owned());
    }
    if seen.safe.is_empty() {
        seen.said.push(words::NAME_THE_SAFE.to_owned());
        return seen;
    }
    let safe = match account(&seen.safe) {
        Ok(safe) => safe,
        Err(wrong) => {
            seen.wrong = Some(wrong.to_owned());
            return seen;
        }
    };
    seen.safe = safe.to_checksum(None);
    let view = view(state, safe, &mut seen).await;
    let nonce = match (seen.nonce.as_str(), &view) {
        ("", Some(view)) => Some(view.nonce),
        (text, _) => text.parse().ok(),
    };
    if seen.version.is_empty() {
        let version = view.as_ref().map(|view| view.version.clone());
        seen.version = version.unwrap_or_else(|| VERSION.to_owned());
    }
    let Some(nonce) = nonce else {
        seen.wrong = Some(words::NONCE_WANTED.to_owned());
        return seen;
    };
    seen.nonce = nonce.to_string();
    seen.said
        .extend(words::safe_version(&seen.version, VERSION));
    let chain_id = state.deployment.chain_id;
    let Some(transaction) = SafeTransaction::of((chain_id, safe), plans, nonce) else {
        return seen;
    };
    seen.lines = vec![
        ("safeTxHash", transaction.hash().to_string()),
        ("Domain hash", transaction.domain_hash().to_string()),
        ("Message hash", transaction.message_hash().to_string()),
        ("To", transaction.to.to_checksum(None)),
    ];
    if transaction.delegated {
        seen.lines
            .push(("MultiSend assumed", MULTI_SEND.to_checksum(None)));
    }
    trial(state, (safe, &transaction, plans), &mut seen).await;
    seen
}

/// What the chain says of the Safe.
async fn view(state: &AppState, safe: Address, seen: &mut Seen) -> Option<SafeView> {
    let Some(chain) = &state.chain else {
        seen.said.push(words::NO_NODE.to_owned());
        return None;
    };
    match chain.safe(safe).await {
        Ok(Some(view)) => {
            seen.said
                .push(words::owners(view.threshold, view.owners.len(), view.nonce));
            Some(view)
        }
        Ok(None) => {
            seen.said.push(words::NO_SAFE_THERE.to_owned());
            None
        }
        Err(error) => {
            seen.said.push(words::node_failed(&error.to_string()));
            None
        }
    }
}

/// Whether it would succeed now, and whether the Safe itself computes the same hash.
async fn trial(
    state: &AppState,
    (safe, transaction, plans): (Address, &SafeTransaction, &[Plan]),
    seen: &mut Seen,
) {
    let Some(chain) = &state.chain else {
        return;
    };
    if let Ok(hash) = chain.safe_hash(transaction).await {
        seen.said.push(match hash == transaction.hash() {
            true => words::SAME_HASH.to_owned(),
            false => words::OTHER_HASH.to_owned(),
        });
    }
    if transaction.delegated {
        match chain.multi_send().await {
            Ok(MultiSend::There) | Err(_) => {}
            Ok(MultiSend::Missing) => seen.said.push(words::NO_MULTI_SEND.to_owned()),
            Ok(MultiSend::Other) => seen.said.push(words::OTHER_MULTI_SEND.to_owned()),
        }
    }
    seen.tried = Some(match chain.try_from_safe(safe, plans).await {
        Ok(Trial::Succeeds) => words::BATCH_SUCCEEDS.to_owned(),
        Ok(Trial::Fails { place, reason }) => {
            words::batch_fails(place.saturating_add(1), &reason.to_string())
        }
        Ok(Trial::Untried { reason }) => words::batch_untried(&reason),
        Err(error) => words::node_failed(&error.to_string()),
    });
}
