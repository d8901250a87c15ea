//! What a wallet shows and signs: typed messages as documents for `eth_signTypedData_v4`.

use guerdon_core::goal::{ACCEPT_TYPE, Accept, GoalsDomain, PanelResult, RESULT_TYPE};
use guerdon_core::succession::{REPLACE_TYPE, Replace, SuccessionDomain};
use serde_json::{Map, Value, json};

use crate::terms_json::decoded;

const DOMAIN_TYPE: &str =
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

/// The agreement to a replacement as a wallet takes it, every successor decoded field by field.
/// Its hash is [`guerdon_core::succession::replace_digest`]. Numbers that may pass 2^53 are decimal
/// strings.
#[must_use]
pub fn replace_document(domain: &SuccessionDomain, replace: &Replace) -> Value {
    let types: Map<String, Value> = [DOMAIN_TYPE, REPLACE_TYPE]
        .into_iter()
        .flat_map(types)
        .collect();
    json!({
        "types": types,
        "primaryType": "Replace",
        "domain": {
            "name": "Guerdon Succession",
            "version": "1",
            "chainId": domain.chain_id,
            "verifyingContract": domain.succession.to_checksum(None),
        },
        "message": {
            "oldId": replace.old_id.to_string(),
            "oldWord": replace.old_word.to_string(),
            "successors": replace.successors.iter().map(decoded).collect::<Vec<_>>(),
            "deadline": replace.deadline.to_string(),
        },
    })
}

/// A panel member's acceptance of an attempt as a wallet takes it. Its hash is
/// [`guerdon_core::goal::accept_digest`].
#[must_use]
pub fn accept_document(domain: &GoalsDomain, accept: &Accept) -> Value {
    let message = json!({
        "goal": accept.goal.to_string(),
        "attempt": accept.attempt,
        "model": accept.model.to_string(),
        "deadline": accept.deadline.to_string(),
    });
    of_goals(domain, ("Accept", ACCEPT_TYPE), &message)
}

/// A result as a wallet takes it for a panel member's signature. Its hash is
/// [`guerdon_core::goal::result_digest`].
#[must_use]
pub fn result_document(domain: &GoalsDomain, result: &PanelResult) -> Value {
    let message = json!({
        "goal": result.goal.to_string(),
        "attempt": result.attempt,
        "model": result.model.to_string(),
        "x": result.x.to_string(),
        "y": result.y.to_string(),
        "samples": result.samples,
        "guards": result.guards,
        "evidence": result.evidence.to_string(),
    });
    of_goals(domain, ("Result", RESULT_TYPE), &message)
}

fn of_goals(domain: &GoalsDomain, (name, kind): (&str, &str), message: &Value) -> Value {
    let types: Map<String, Value> = [DOMAIN_TYPE, kind].into_iter().flat_map(types).collect();
    json!({
        "types": types,
        "primaryType": name,
        "domain": {
            "name": "Guerdon Goals",
            "version": "1",
            "chainId": domain.chain_id,
            "verifyingContract": domain.goals.to_checksum(None),
        },
        "message": message,
    })
}

/// The types of a type string, each with its fields in order.
fn types(text: &str) -> Vec<(String, Value)> {
    let whole = text.split(')').filter_map(|part| part.split_once('('));
    whole
        .map(|(name, fields)| {
            let pairs = fields.split(',').filter_map(|field| field.split_once(' '));
            let fields = pairs.map(|(kind, name)| json!({"name": name, "type": kind}));
            (name.to_owned(), fields.collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256, U256};

    use super::*;

    #[test]
    fn the_types_are_those_of_the_message() {
        let replace = Replace {
            old_id: B256::repeat_byte(1),
            old_word: U256::MAX,
            successors: Vec::new(),
            deadline: 7,
        };
        let domain = SuccessionDomain {
            chain_id: 31_337,
            succession: Address::repeat_byte(2),
        };
        let document = replace_document(&domain, &replace);
        let names: Vec<_> = document["types"].as_object().unwrap().keys().collect();
        assert_eq!(
            names,
            ["EIP712Domain", "Replace", "Gate", "Segment", "Terms"]
        );
        let segment = json!([
            {"name": "end", "type": "uint32"},
            {"name": "cumulative", "type": "uint32"},
            {"name": "steps", "type": "uint16"},
        ]);
        assert_eq!(document["types"]["Segment"], segment);
        let fields = document["types"]["Terms"].as_array().unwrap();
        assert_eq!(fields.len(), 13);
        assert_eq!(fields[11], json!({"name": "unlock", "type": "Segment[]"}));
        assert_eq!(document["message"]["oldWord"], U256::MAX.to_string());
    }
}
