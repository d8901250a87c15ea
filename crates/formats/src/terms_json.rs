//! Terms in JSON, by the field names of the contract: the `decoded` of a grant file.

use guerdon_core::terms::{Gate, Schedule, Segment, Terms};
use serde_json::{Value, json};

use crate::json::FileError;

/// Writes every field of terms by its name in the contract, in its order. Amounts, which may pass
/// 2^53, are decimal strings; addresses carry their checksum.
#[must_use]
pub fn decoded(terms: &Terms) -> Value {
    let unlock = terms.unlock.as_ref();
    json!({
        "recipient": terms.recipient.to_checksum(None),
        "amount": terms.amount.to_string(),
        "start": terms.start,
        "powers": terms.powers.bits(),
        "graceSeconds": terms.grace_seconds,
        "backdateSeconds": terms.backdate_seconds,
        "pauseMax": terms.pause_max,
        "withholdBps": terms.withhold_bps,
        "document": terms.document.to_string(),
        "gates": terms.gates.iter().map(gate).collect::<Vec<_>>(),
        "unlockStart": unlock.map_or(0, |unlock| unlock.start),
        "unlock": unlock.map_or_else(Vec::new, |unlock| segments(&unlock.schedule)),
        "vesting": segments(&terms.vesting),
    })
}

fn gate(gate: &Gate) -> Value {
    json!({
        "goal": gate.goal.to_string(),
        "sharePpb": gate.share_ppb,
        "rule": gate.rule.bits(),
    })
}

fn segments(schedule: &Schedule) -> Vec<Value> {
    let segment = |segment: &Segment| {
        let Segment {
            end,
            cumulative,
            steps,
        } = segment;
        json!({"end": end, "cumulative": cumulative, "steps": steps})
    };
    schedule.segments().iter().map(segment).collect()
}

/// Refuses a `decoded` that says anything else than the terms; the error names the field.
pub(crate) fn check_decoded(given: &Value, terms: &Terms) -> Result<(), FileError> {
    differ("decoded", given, &decoded(terms))
}

fn differ(path: &str, given: &Value, wanted: &Value) -> Result<(), FileError> {
    match (given, wanted) {
        (Value::Object(given), Value::Object(wanted)) => {
            for (name, value) in wanted {
                let path = format!("{path}.{name}");
                let found = given
                    .get(name)
                    .ok_or_else(|| FileError::Missing(path.clone()))?;
                differ(&path, found, value)?;
            }
            match given.keys().find(|name| !wanted.contains_key(*name)) {
                Some(name) => Err(FileError::Unknown(format!("{path}.{name}"))),
                None => Ok(()),
            }
        }
        (Value::Array(given), Value::Array(wanted)) if given.len() == wanted.len() => {
            let pairs = given.iter().zip(wanted).enumerate();
            pairs.into_iter().try_for_each(|(place, (given, wanted))| {
                differ(&format!("{path}[{place}]"), given, wanted)
            })
        }
        (given, wanted) if given == wanted => Ok(()),
        (_, Value::Array(wanted)) => {
            let why = format!("the terms have {} entries there", wanted.len());
            Err(FileError::wrong(path, why))
        }
        (given, wanted) => Err(FileError::wrong(
            path,
            format!("it says {given} and the terms say {wanted}"),
        )),
    }
}
