//! What a reader took from a result file, as it was kept: for showing, never for deciding.

use alloy_primitives::B256;
use serde_json::Value;

use crate::strings::results as words;

/// What was read, line by line; `answers` is the hash of the answers that are kept beside it.
pub(super) fn facts(
    reading: &Value,
    evidence: B256,
    answers: Option<B256>,
) -> Vec<(&'static str, String)> {
    let run = candidate(reading).unwrap_or(reading);
    let text = |name: &str| run.get(name).and_then(Value::as_str);
    let mut facts = Vec::new();
    for (label, name) in [
        ("Format", "format"),
        ("Harness", "harness"),
        ("Task", "task"),
        ("Metric", "metric"),
        ("Filter", "filter"),
        ("Unit", "unit"),
        ("Window", "window"),
        ("Source", "source"),
        ("Measured by, as the file says", "evaluator"),
        ("Model, as the file names it", "model"),
    ] {
        if let Some(text) = text(name) {
            facts.push((label, text.to_owned()));
        }
    }
    facts.extend(counted(reading));
    if let Some(items) = reading.get("items").and_then(Value::as_str) {
        facts.push(("Items", items.to_owned()));
    }
    if let Some(checks) = run.get("checks").and_then(Value::as_array) {
        let names = checks.iter().filter_map(Value::as_str);
        let kept = answers.is_some() || candidate(reading).is_some();
        let names = names.map(|name| check(name, kept || is_measurement(run)));
        let names: Vec<_> = names.collect();
        if !names.is_empty() {
            facts.push(("Confirmed by", names.join(", ")));
        }
    }
    if let Some(decides) = reading.get("decides").and_then(Value::as_bool) {
        let said = if decides { "yes" } else { "no" };
        facts.push(("May decide money", said.to_owned()));
    }
    let label = match candidate(reading) {
        Some(_) => "Hash of the file that names the files",
        None => "Hash of the file",
    };
    facts.push((label, evidence.to_string()));
    if let Some(hash) = answers {
        facts.push(("Hash of the answers", hash.to_string()));
    }
    let named = files(reading).into_iter();
    facts.extend(named.map(|(label, hash)| (label, hash.to_string())));
    facts
}

/// What was counted, of one run or of two.
fn counted(reading: &Value) -> Vec<(&'static str, String)> {
    let number = |value: &Value, name: &str| value.get(name).and_then(Value::as_u64);
    let right = |run: &Value| {
        let (right, of) = (number(run, "correct")?, number(run, "samples")?);
        Some(format!("{right} of {of}"))
    };
    let mut facts = Vec::new();
    if let (Some(ours), Some(theirs)) = (candidate(reading), reading.get("baseline")) {
        let model = theirs.get("model").and_then(Value::as_str);
        facts.extend(model.map(|model| ("Baseline, as its file names it", model.to_owned())));
        facts.extend(right(ours).map(|said| ("Right answers of the candidate", said)));
        facts.extend(right(theirs).map(|said| ("Right answers of the baseline", said)));
        for (label, name) in [
            ("Won: the candidate alone is right", "wins"),
            ("Lost: the baseline alone is right", "losses"),
            ("Tied: both are right, or both wrong", "ties"),
        ] {
            facts.extend(number(reading, name).map(|count| (label, count.to_string())));
        }
        return facts;
    }
    let x = || reading.get("x").and_then(Value::as_str);
    match reading.get("counts").and_then(Value::as_str) {
        Some("scores") => {
            let mean = reading.get("score").and_then(Value::as_f64);
            facts.extend(mean.map(|mean| ("Mean score", mean.to_string())));
            facts.extend(number(reading, "samples").map(|of| ("Items", of.to_string())));
        }
        Some("number") => facts.extend(x().map(|x| ("Number", x.to_owned()))),
        _ => facts.extend(right(reading).map(|said| ("Right answers", said))),
    }
    facts
}

/// The files that the evidence of a comparison names.
pub(super) fn files(reading: &Value) -> Vec<(&'static str, B256)> {
    [
        ("The candidate's file", "/files/candidate/result"),
        ("The candidate's answers", "/files/candidate/answers"),
        ("The baseline's file", "/files/baseline/result"),
        ("The baseline's answers", "/files/baseline/answers"),
    ]
    .into_iter()
    .filter_map(|(said, place)| {
        let hash = reading.pointer(place)?.as_str()?;
        Some((said, hash.parse().ok()?))
    })
    .collect()
}

/// What the candidate's file says, where there are two.
fn candidate(reading: &Value) -> Option<&Value> {
    reading.get("candidate")
}

fn is_measurement(run: &Value) -> bool {
    run.get("format").and_then(Value::as_str) == Some("measurement")
}

/// What is to be known before signing.
pub(super) fn warnings(reading: &Value) -> Vec<String> {
    let mut warnings = Vec::new();
    if reading.is_null() {
        warnings.push(words::UNREAD.to_owned());
        return warnings;
    }
    let run = candidate(reading).unwrap_or(reading);
    if is_measurement(run) {
        warnings.push(words::MEASURED.to_owned());
        return warnings;
    }
    let unchecked = run.get("checks").and_then(Value::as_array);
    if unchecked.is_some_and(Vec::is_empty) {
        warnings.push(words::UNCONFIRMED.to_owned());
    }
    let models = [Some(run), reading.get("baseline")].map(|run| run?.get("model")?.as_str());
    if models[0].is_some() {
        warnings.push(words::MODEL_IS_TEXT.to_owned());
    }
    if models[0].is_some() && models[0] == models[1] {
        warnings.push(words::SAME_MODEL.to_owned());
    }
    if reading.get("baseline_named").is_some() {
        warnings.push(words::BASELINE_UNNAMED.to_owned());
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
