//! Logs of Inspect, as an archive and as one JSON file.

use super::support::{
    INSPECT, archive, check_refusals, entries, error, inspect_json, inspect_json_whole, json,
    reading, reason, with,
};
use guerdon_formats::eval::{Check, EvalError, Format, Reading};
use serde_json::json as value;
use zip::CompressionMethod;

const MATCH: &str = "accuracy,match";

#[test]
fn both_forms_count_165_of_200() {
    let found = reading(INSPECT, MATCH);
    assert_eq!(
        (found.correct, found.samples, found.decides),
        (165, 200, true)
    );
    assert_eq!(found.format, Format::Inspect);
    assert_eq!(
        (found.task.as_str(), found.filter.as_str()),
        ("product_200", "match")
    );
    assert_eq!(found.harness, "inspect_ai 0.3.285");
    assert_eq!(
        found.model.as_deref(),
        Some("openai-api/acme/acme-coder-r3")
    );
    assert_eq!(found.checks, [Check::Stderr, Check::Samples]);
    let file = serde_json::to_vec(&inspect_json_whole()).unwrap();
    let evidence = alloy_primitives::keccak256(&file);
    assert_eq!(
        reading(&file, MATCH),
        Reading {
            evidence,
            ..found.clone()
        }
    );
    assert_eq!(reading(INSPECT, "product_200:accuracy"), found);
    assert_eq!(reading(&inspect_json(), MATCH).checks, found.checks);
}

#[test]
fn what_is_not_in_the_log_is_an_error() {
    assert!(matches!(
        error(INSPECT, "accuracy,includes"),
        EvalError::NoSuchScore { .. }
    ));
    assert_eq!(
        error(INSPECT, "exact_match,match").to_string(),
        "The task \"product_200\" has no score for \"exact_match\" with \"match\"; it has \
         accuracy,match, stderr,match."
    );
    assert!(matches!(
        error(INSPECT, "gsm8k:accuracy"),
        EvalError::NoSuchTask { .. }
    ));
    let mut document = json(&inspect_json());
    document["version"] = value!(3);
    let file = serde_json::to_vec(&document).unwrap();
    assert!(matches!(error(&file, MATCH), EvalError::Unrecognised(_)));
    document["version"] = value!(2);
    let mut score = document["results"]["scores"][0].clone();
    score["name"] = value!("includes");
    document["results"]["scores"]
        .as_array_mut()
        .unwrap()
        .push(score);
    let file = serde_json::to_vec(&document).unwrap();
    assert!(matches!(
        error(&file, "accuracy"),
        EvalError::FilterNeeded { .. }
    ));
    assert!(reading(&file, MATCH).decides);
}

#[test]
fn each_trap_is_refused_with_its_reason() {
    check_refusals(&inspect_json(), MATCH, TRAPS);
    assert!(reason(INSPECT, "stderr,match").contains("only accuracy"));
}

const TRAPS: &str = r#"
/status | "error" | its status is "error"
/status | "cancelled" | its status is "cancelled"
/status | "started" | its status is "started"
/error | {"message": "x"} | ended with an error
/invalidated | true | was invalidated
/results | "(gone)" | no results
/eval/packages | {} | version of Inspect
/eval/revision | {"commit": "c", "dirty": true} | dirty revision
/eval/config/limit | 200 | limited to a part
/eval/config/limit | [0, 200] | limited to a part
/eval/config/sample_id | [1] | chosen questions
/eval/config/epochs | 2 | asked 2 times (epochs)
/eval/dataset/samples | "(gone)" | how many questions
/eval/dataset/samples | 500 | names 200 questions of 500
/results/total_samples | 400 | Of 200 questions, 400 were asked
/results/completed_samples | 199 | 199 were completed
/results/scores/0/scored_samples | 198 | 198 were scored
/results/scores/0/unscored_samples | 2 | 2 questions were not scored
/results/scores/0/reducer | "max" | aggregated by "max"
/results/scores/0/metrics/accuracy/value | 0.8251 | no whole number
/results/scores/0/metrics/accuracy/value | 0.83 | does not fit 166
/results/scores/0/metrics/stderr/value | "x" | error is no number
/results/scores/0/metrics/stderr/params/cluster | "subject" | clusters
"#;

#[test]
fn a_clean_revision_and_an_empty_error_are_no_obstacle() {
    let file = with(
        &inspect_json(),
        "/eval/revision",
        value!({"commit": "c", "dirty": false}),
    );
    assert!(reading(&with(&file, "/error", value!(null)), MATCH).decides);
}

#[test]
fn the_samples_must_bear_out_the_score() {
    let file = inspect_json();
    check_refusals(&file, MATCH, FALSE_SAMPLES);
    let mut document = json(&file);
    document["samples"].as_array_mut().unwrap().pop();
    let few = serde_json::to_vec(&document).unwrap();
    assert!(reason(&few, MATCH).contains("holds 199 samples"));
}

const FALSE_SAMPLES: &str = r#"
/samples/0/scores/match/value | "P" | The sample 1 was scored P
/samples/0/scores/match/value | 0.5 | The sample 1 was scored 5e-1
/samples/0/scores/match/value | "I" | count 164 right answers, but the score says 165
/samples/0/scores/match/value | "N" | count 164 right answers
/samples/0/scores/match/value | null | has no score
/samples/0/scores/match/history | [{"value": "I"}] | edited after the run
/samples/0/error | {"message": "x"} | ended with an error
/samples/0/invalidation | {"author": "x"} | was invalidated
/samples/0/epoch | 2 | is of epoch 2
/samples/0/id | 2 | The sample 2 stands twice
/samples/0/id | "1" | The sample "1" is not in the data set
"#;

#[test]
fn numbers_and_words_count_as_inspect_counts_them() {
    let mut file = inspect_json();
    for (index, value) in [value!(1), value!(1.0), value!(true), value!("yes")]
        .iter()
        .enumerate()
    {
        file = with(
            &file,
            &format!("/samples/{index}/scores/match/value"),
            value.clone(),
        );
    }
    assert_eq!(reading(&file, MATCH).correct, 165);
    assert!(reading(&file, MATCH).decides);
}

#[test]
fn a_log_without_samples_needs_its_standard_error() {
    let header = with(&inspect_json(), "/samples", value!("(gone)"));
    assert_eq!(reading(&header, MATCH).checks, [Check::Stderr]);
    let bare = with(
        &header,
        "/results/scores/0/metrics/stderr",
        value!("(gone)"),
    );
    assert!(reason(&bare, MATCH).contains("nothing confirms the score"));
}

#[test]
fn an_archive_may_be_compressed_otherwise_but_not_torn() {
    let entries = entries(INSPECT);
    let parts: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    for method in [CompressionMethod::Deflated, CompressionMethod::Zstd] {
        let found = reading(&archive(&parts, method), MATCH);
        assert_eq!((found.correct, found.decides), (165, true));
    }
    let no_header: Vec<_> = parts
        .iter()
        .filter(|(name, _)| *name != "header.json")
        .copied()
        .collect();
    let file = archive(&no_header, CompressionMethod::Stored);
    assert!(matches!(error(&file, MATCH), EvalError::Archive(_)));
    assert!(matches!(
        error(&INSPECT[..INSPECT.len() / 2], MATCH),
        EvalError::Archive(_)
    ));
    let mut broken = INSPECT.to_vec();
    let middle = broken.len() / 2;
    broken[middle..middle + 64].fill(0);
    assert!(matches!(error(&broken, MATCH), EvalError::Archive(_)));
}
