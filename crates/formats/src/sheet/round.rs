//! What a sheet is imported for.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};

use super::{Draft, RowError, TokenSpec};

/// What ids depend on, and who grants.
#[derive(Debug, Clone)]
pub struct Place {
    /// Chain id at deployment.
    pub chain_id: u64,
    /// The Grants contract.
    pub grants: Address,
    /// The token's contract, when known.
    pub token: Option<Address>,
    /// Who grants, as agreements call it.
    pub company: String,
    /// `None`: whatever the sheet's first row names, with 18 decimals.
    pub tokens: Option<Vec<TokenSpec>>,
}

/// Goals by the name that gates use, and the panels of those whose definition is known.
#[derive(Debug, Clone, Default)]
pub struct KnownGoals {
    /// Id by name.
    pub ids: BTreeMap<String, B256>,
    /// Panel members by id.
    pub panels: BTreeMap<B256, Vec<Address>>,
}

/// Nobody signs the results of a grant of their own. (The company's accounts are compared when the
/// round is committed: the chain knows them.)
#[must_use]
pub fn own_judges(drafts: &[Draft], panels: &BTreeMap<B256, Vec<Address>>) -> Vec<RowError> {
    let mut errors = Vec::new();
    for draft in drafts {
        let gates = draft.terms.gates.iter();
        let mut judges = gates.filter_map(|gate| panels.get(&gate.goal)).flatten();
        if judges.any(|member| *member == draft.terms.recipient) {
            let message = "the wallet sits on the panel of a goal of this grant";
            errors.push(RowError::new(draft.row, "wallet", message));
        }
    }
    errors
}
