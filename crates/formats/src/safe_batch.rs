use alloy_primitives::{Address, B256, keccak256};
use serde_json::{Value, json};

use crate::json::hex as hex_text;

/// The version of the transaction builder whose form this is.
const BUILDER: &str = "1.16.5";

/// Calls that the owners of a Safe sign together: a file of Safe's transaction builder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeBatch {
    /// The chain that it is for.
    pub chain_id: u64,
    /// When it was made, in milliseconds since 1970.
    pub created_at: u64,
    /// A short name; no part of the checksum.
    pub name: String,
    /// What the calls do, in sentences.
    pub description: String,
    /// The Safe, if it is known.
    pub safe: Option<Address>,
    /// The calls, in the order in which they are carried out.
    pub calls: Vec<SafeCall>,
}

/// One call, which sends no coins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafeCall {
    /// The contract.
    pub to: Address,
    /// The call data.
    pub data: Vec<u8>,
}

impl SafeBatch {
    /// The file, with its checksum.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut file = self.value();
        let checksum = checksum(&file);
        if let Some(meta) = file.get_mut("meta").and_then(Value::as_object_mut) {
            meta.insert("checksum".to_owned(), json!(checksum.to_string()));
        }
        format!("{file:#}\n").into_bytes()
    }

    /// The file without its checksum. Safe's owners read the raw call data, which is what is signed.
    fn value(&self) -> Value {
        let safe = self.safe.map_or_else(String::new, |safe| safe.to_string());
        let calls = self.calls.iter().map(|call| {
            json!({
                "to": call.to.to_string(),
                "value": "0",
                "data": hex_text(&call.data),
            })
        });
        json!({
            "version": "1.0",
            "chainId": self.chain_id.to_string(),
            "createdAt": self.created_at,
            "meta": {
                "name": self.name,
                "description": self.description,
                "txBuilderVersion": BUILDER,
                "createdFromSafeAddress": safe,
                "createdFromOwnerAddress": "",
            },
            "transactions": calls.collect::<Vec<_>>(),
        })
    }
}

/// The checksum of a file of the transaction builder, as Safe's application computes it: of the
/// whole file but for the checksum itself, with no name.
#[must_use]
pub fn checksum(file: &Value) -> B256 {
    let mut file = file.clone();
    if let Some(meta) = file.get_mut("meta").and_then(Value::as_object_mut) {
        meta.shift_remove("checksum");
        meta.insert("name".to_owned(), Value::Null);
    }
    let mut text = String::new();
    serialize(&file, &mut text);
    keccak256(text)
}

/// Not JSON: an object is the list of its sorted keys, then its values in that order.
fn serialize(value: &Value, text: &mut String) {
    match value {
        Value::Array(items) => {
            text.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                serialize(item, text);
            }
            text.push(']');
        }
        Value::Object(fields) => {
            let mut keys: Vec<&String> = fields.keys().collect();
            keys.sort_unstable();
            text.push('{');
            text.push_str(&json!(keys).to_string());
            for key in keys {
                serialize(fields.get(key).unwrap_or(&Value::Null), text);
                text.push(',');
            }
            text.push('}');
        }
        primitive => text.push_str(&primitive.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by Safe's rules, with both forms of a call and letters beyond ASCII.
    const SAMPLE: &str = include_str!("../tests/data/safe/batch-with-checksum.json");

    #[test]
    fn the_checksum_is_that_of_safes_application() {
        let sample: Value = serde_json::from_str(SAMPLE).unwrap();
        let want: B256 = sample["meta"]["checksum"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert_eq!(checksum(&sample), want);
        let mut renamed = sample.clone();
        renamed["meta"]["name"] = json!("another name");
        assert_eq!(checksum(&renamed), want);
        let mut changed = sample;
        changed["transactions"][0]["value"] = json!("1");
        assert_ne!(checksum(&changed), want);
    }

    #[test]
    fn a_file_holds_its_checksum_and_what_was_put_in() {
        let batch = SafeBatch {
            chain_id: 31_337,
            created_at: 1_782_864_000_000,
            name: "Guerdon: one call".to_owned(),
            description: "Pause the grant of Grüße".to_owned(),
            safe: Some(Address::repeat_byte(0x70)),
            calls: vec![SafeCall {
                to: Address::repeat_byte(0x5f),
                data: vec![0xa9, 0x05, 0x9c, 0xbb],
            }],
        };
        let file: Value = serde_json::from_slice(&batch.encode()).unwrap();
        assert_eq!(file["meta"]["checksum"], json!(checksum(&file).to_string()));
        assert_eq!(file["chainId"], "31337");
        assert_eq!(file["createdAt"], 1_782_864_000_000_u64);
        assert_eq!(file["transactions"][0]["data"], "0xa9059cbb");
        assert_eq!(file["transactions"][0]["value"], "0");
        let sample: Value = serde_json::from_str(SAMPLE).unwrap();
        let keys = |value: &Value| {
            value
                .as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(keys(&file), keys(&sample));
        assert_eq!(keys(&file["meta"]), keys(&sample["meta"]));
    }
}
