//! What a reader took from a result file, as it was kept: for showing, never for deciding.

use alloy_primitives::B256;
use serde_json::Value;

/// What was read, line by line; `answers` is the hash of the answers that are kept beside it.
pub(super) fn facts(
    reading: &Value,
    evidence: B256,
    answers: Option<B256>,
) -> Vec<(&'static str, String)> {
    let text = |name: &str| reading.get(name).and_then(Value::as_str);
    let number = |name: &str| reading.get(name).and_then(Value::as_u64);
    let mut facts = Vec::new();
    for (label, name) in [
        ("Format", "format"),
        ("Harness", "harness"),
        ("Task", "task"),
        ("Metric", "metric"),
        ("Filter", "filter"),
        ("Model, as the file names it", "model"),
    ] {
        if let Some(text) = text(name) {
            facts.push((label, text.to_owned()));
        }
    }
    if let (Some(correct), Some(samples)) = (number("correct"), number("samples")) {
        facts.push(("Right answers", format!("{correct} of {samples}")));
    }
    if let Some(items) = text("items") {
        facts.push(("Items", items.to_owned()));
    }
    if let Some(checks) = reading.get("checks").and_then(Value::as_array) {
        let names = checks.iter().filter_map(Value::as_str);
        let names = names.map(|name| check(name, answers.is_some()));
        let names: Vec<_> = names.collect();
        if !names.is_empty() {
            facts.push(("Confirmed by", names.join(", ")));
        }
    }
    if let Some(decides) = reading.get("decides").and_then(Value::as_bool) {
        let said = if decides { "yes" } else { "no" };
        facts.push(("May decide money", said.to_owned()));
    }
    facts.push(("Hash of the file", evidence.to_string()));
    if let Some(hash) = answers {
        facts.push(("Hash of the answers", hash.to_string()));
    }
    facts
}

/// What is to be known before signing.
pub(super) fn warnings(reading: &Value) -> Vec<String> {
    let mut warnings = Vec::new();
    if reading.is_null() {
        warnings.push(
            "The file is evidence that nothing here reads: open it and check it yourself."
                .to_owned(),
        );
        return warnings;
    }
    let unchecked = reading
        .get("checks")
        .and_then(Value::as_array)
        .is_some_and(Vec::is_empty);
    if unchecked {
        warnings.push(
            "Nothing in the file confirms the score beside it: ask for the answers one by one."
                .to_owned(),
        );
    }
    if reading.get("model").is_some_and(Value::is_string) {
        warnings.push(
            "The model's name in the file is free text and binds nothing: check that the model \
             that was run is the one that was registered."
                .to_owned(),
        );
    }
    warnings
}

fn check(name: &str, kept: bool) -> &str {
    match (name, kept) {
        ("stderr", _) => "the standard error",
        ("samples", true) => "the answers, counted again",
        ("samples", false) => "the answers, counted when they came and not kept here",
        (other, _) => other,
    }
}
