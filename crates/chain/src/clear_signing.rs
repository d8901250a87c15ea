//! Clear-signing descriptors (ERC-7730): every call and message they name exists with exactly these
//! types, every path leads to a field, and no field is left unsaid.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use alloy::primitives::aliases::U40;
use alloy::primitives::{Address, B256};
use alloy::sol_types::{SolStruct, eip712_domain};
use guerdon_core::goal::{Accept, GoalsDomain, PanelResult, accept_digest, result_digest};
use guerdon_core::succession::REPLACE_TYPE;
use serde_json::{Value, json};

use crate::artifacts::{GOALS, GRANTS, SUCCESSION};
use crate::typed::messages as typed;

/// Calls that only another contract, or the administrator of an AccessManager, can make.
const NOT_SIGNED: [&str; 4] = ["setAuthority", "setHolder", "setRecovering", "succeed"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/clear-signing")
}

fn read(name: &str) -> Value {
    let text = std::fs::read_to_string(folder().join(name)).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// The functions of an artifact that change something.
fn writes(artifact: &str) -> Vec<Value> {
    let artifact: Value = serde_json::from_str(artifact).unwrap();
    let changes = |entry: &&Value| {
        entry["type"] == "function" && !["view", "pure"].contains(&text(&entry["stateMutability"]))
    };
    list(&artifact["abi"])
        .iter()
        .filter(changes)
        .cloned()
        .collect()
}

/// `name(type name,…)`, tuples with their members.
fn signature(entry: &Value) -> String {
    let inputs: Vec<_> = list(&entry["inputs"]).iter().map(parameter).collect();
    format!("{}({})", text(&entry["name"]), inputs.join(","))
}

fn parameter(input: &Value) -> String {
    let (kind, name) = (text(&input["type"]), text(&input["name"]));
    match kind.strip_prefix("tuple") {
        None => format!("{kind} {name}"),
        Some(rest) => {
            let members: Vec<_> = list(&input["components"]).iter().map(parameter).collect();
            format!("({}){rest} {name}", members.join(","))
        }
    }
}

#[test]
fn every_call_is_described_with_exactly_its_types() {
    for (name, artifact) in [
        ("Grants", GRANTS),
        ("Succession", SUCCESSION),
        ("Goals", GOALS),
    ] {
        let file = read(&format!("calldata-{name}.json"));
        let formats = file["display"]["formats"].as_object().unwrap();
        let given = list(&file["context"]["contract"]["abi"]);
        let mut described = BTreeSet::new();
        for entry in writes(artifact) {
            if NOT_SIGNED.contains(&text(&entry["name"])) {
                continue;
            }
            let key = signature(&entry);
            let format = formats.get(&key);
            let format = format.unwrap_or_else(|| panic!("{name} does not describe {key}"));
            assert!(given.contains(&entry), "{key} has another ABI");
            check(&file, format, &entry["inputs"], &key);
            described.insert(key);
        }
        let named: BTreeSet<String> = formats.keys().cloned().collect();
        assert_eq!(named, described, "{name} describes calls that do not exist");
    }
}

#[test]
fn every_message_is_described_as_it_is_hashed() {
    let messages = [
        ("Replace", "Guerdon Succession", REPLACE_TYPE.to_owned()),
        (
            "Accept",
            "Guerdon Goals",
            typed::Accept::eip712_encode_type().into_owned(),
        ),
        (
            "Result",
            "Guerdon Goals",
            typed::Result::eip712_encode_type().into_owned(),
        ),
    ];
    for (name, domain, kind) in messages {
        let file = read(&format!("eip712-{name}.json"));
        let context = &file["context"]["eip712"];
        assert_eq!(context["domain"], json!({"name": domain, "version": "1"}));
        let [schema] = list(&context["schemas"]) else {
            panic!("{name} has one schema")
        };
        assert_eq!(schema["primaryType"], name);
        assert_eq!(encode_type(schema, name), kind);
        let format = &file["display"]["formats"][name];
        check(&file, format, &as_inputs(schema, name), name);
    }
}

/// The messages that are described are those that core hashes and the contracts check.
#[test]
fn described_messages_have_the_digests_of_core() {
    let domain = GoalsDomain {
        chain_id: 31_337,
        goals: Address::repeat_byte(0xaa),
    };
    let separator = eip712_domain! {
        name: "Guerdon Goals",
        version: "1",
        chain_id: domain.chain_id,
        verifying_contract: domain.goals,
    };
    let (goal, model) = (B256::repeat_byte(1), B256::repeat_byte(2));
    let deadline = 1_800_000_000;
    let accept = typed::Accept {
        goal,
        attempt: 3,
        model,
        deadline: U40::from(deadline),
    };
    let same = Accept {
        goal,
        attempt: 3,
        model,
        deadline,
    };
    let digest = accept.eip712_signing_hash(&separator);
    assert_eq!(digest, accept_digest(&domain, &same));

    let evidence = B256::repeat_byte(4);
    let (x, y, samples, guards) = (428, 7, 500, 5);
    let result = typed::Result {
        goal,
        attempt: 3,
        model,
        x,
        y,
        samples,
        guards,
        evidence,
    };
    let same = PanelResult {
        goal,
        attempt: 3,
        model,
        x,
        y,
        samples,
        guards,
        evidence,
    };
    let digest = result.eip712_signing_hash(&separator);
    assert_eq!(digest, result_digest(&domain, &same));
}

/// The type string of a schema: the message first, then what it is made of, by name.
fn encode_type(schema: &Value, name: &str) -> String {
    let one = |name: &str| {
        let members = list(&schema["types"][name]).iter();
        let members = members.map(|it| format!("{} {}", text(&it["type"]), text(&it["name"])));
        format!("{name}({})", members.collect::<Vec<_>>().join(","))
    };
    let types = schema["types"].as_object().unwrap().keys();
    let mut others: Vec<_> = types
        .filter(|other| *other != name && *other != "EIP712Domain")
        .collect();
    others.sort();
    let others = others.into_iter().map(|other| one(other));
    std::iter::once(one(name)).chain(others).collect()
}

/// The members of a message as parameters of a function have them.
fn as_inputs(schema: &Value, name: &str) -> Value {
    let member = |it: &Value| {
        let (name, kind) = (text(&it["name"]), text(&it["type"]));
        let base = kind.trim_end_matches("[]");
        if schema["types"].get(base).is_none() {
            return json!({"name": name, "type": kind});
        }
        let kind = format!("tuple{}", &kind[base.len()..]);
        json!({"name": name, "type": kind, "components": as_inputs(schema, base)})
    };
    list(&schema["types"][name]).iter().map(member).collect()
}

/// Every field leads somewhere and fits what it finds; every parameter is shown or left out on
/// purpose.
fn check(file: &Value, format: &Value, inputs: &Value, name: &str) {
    let intent = text(&format["intent"]);
    assert!((8..=50).contains(&intent.len()), "{name}: {intent}");
    let mut said = BTreeSet::new();
    for field in list(&format["fields"]) {
        let path = text(&field["path"]);
        let kind = leaf(inputs, path).unwrap_or_else(|| panic!("{name}: {path} leads nowhere"));
        assert!(
            fits(text(&field["format"]), &kind),
            "{name}: {path} is {kind}, shown as {}",
            field["format"]
        );
        let label = text(&field["label"]);
        assert!(!label.is_empty() && label.len() <= 34, "{name}: {label}");
        refers(file, inputs, &field["params"], name);
        said.insert(path.split('.').next().unwrap().to_owned());
    }
    for excluded in format["excluded"].as_array().into_iter().flatten() {
        let path = text(excluded);
        let inputs = list(inputs);
        assert!(inputs.iter().any(|it| it["name"] == path), "{name}: {path}");
        assert!(said.insert(path.to_owned()), "{name}: {path} is shown, too");
    }
    let all: BTreeSet<_> = list(inputs)
        .iter()
        .map(|it| text(&it["name"]).to_owned())
        .collect();
    assert_eq!(said, all, "{name} says nothing about some of its fields");
    let paths: Vec<_> = list(&format["fields"])
        .iter()
        .map(|it| &it["path"])
        .collect();
    let required: Vec<_> = list(&format["required"]).iter().collect();
    assert_eq!(paths, required, "{name}: all that is described is shown");
}

/// What parameters of a format refer to: other fields, and enums with an entry for every value.
fn refers(file: &Value, inputs: &Value, params: &Value, name: &str) {
    if let Some(path) = params["tokenPath"].as_str() {
        assert_eq!(
            leaf(inputs, path).as_deref(),
            Some("address"),
            "{name}: {path}"
        );
    }
    if let Some(path) = params["calleePath"].as_str() {
        assert_eq!(path, "@.to");
    }
    if let Some(path) = params["$ref"].as_str() {
        let key = path.strip_prefix("$.metadata.enums.").unwrap();
        let entries = file["metadata"]["enums"][key].as_object();
        assert!(entries.is_some_and(|it| it.len() > 1), "{name}: {path}");
    }
}

/// The type at the end of a path: names, `[]` for every member, `[a:b]` for a part of bytes.
fn leaf(inputs: &Value, path: &str) -> Option<String> {
    let mut fields = inputs.clone();
    let mut kind = String::new();
    for step in path.split('.') {
        if step == "[]" {
            kind = kind.strip_suffix("[]")?.to_owned();
        } else if let Some(slice) = step.strip_prefix('[') {
            let (from, to) = slice.strip_suffix(']')?.split_once(':')?;
            let length = to.parse::<usize>().ok()? - from.parse::<usize>().ok()?;
            kind = (kind == "bytes").then(|| format!("bytes{length}"))?;
        } else {
            let found = fields.as_array()?.iter().find(|it| it["name"] == step)?;
            kind = text(&found["type"]).to_owned();
            fields = found.get("components").cloned().unwrap_or(Value::Null);
        }
    }
    (!kind.ends_with(']') && !kind.starts_with("tuple")).then_some(kind)
}

fn fits(format: &str, kind: &str) -> bool {
    let is_number = kind.starts_with("uint") || kind.starts_with("int");
    match format {
        "raw" => true,
        "addressName" => ["address", "bytes20"].contains(&kind),
        "calldata" => kind == "bytes",
        "enum" => is_number || kind == "bool",
        "date" | "duration" | "unit" | "tokenAmount" => is_number,
        _ => false,
    }
}

#[test]
fn a_path_that_leads_nowhere_is_found_out() {
    let inputs = json!([
        {"name": "terms", "type": "bytes[]"},
        {"name": "goal", "type": "tuple", "components": [{"name": "bond", "type": "uint128"}]},
    ]);
    for (path, want) in [
        ("terms.[].[0:20]", Some("bytes20")),
        ("goal.bond", Some("uint128")),
        ("terms", None),
        ("terms.[0:20]", None),
        ("goal", None),
        ("goal.[]", None),
        ("goal.bonds", None),
        ("term.[]", None),
    ] {
        assert_eq!(leaf(&inputs, path).as_deref(), want, "{path}");
    }
    assert!(fits("date", "uint40") && !fits("date", "bool") && !fits("sum", "uint8"));
}
