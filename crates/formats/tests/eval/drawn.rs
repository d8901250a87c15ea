//! Runs over items that the chain drew.

use guerdon_formats::eval::{Check, Query, Reading, read};
use serde_json::json;

use crate::support::{R3, R3_SAMPLES, query, with};

/// The file of a run over these items.
fn run(items: &serde_json::Value) -> Vec<u8> {
    with(R3, "/config/samples", json!({ "product_500": items }))
}

fn reading(file: &[u8], drawn: &[u32]) -> Reading {
    confirmed(file, drawn, None)
}

fn confirmed(file: &[u8], drawn: &[u32], samples: Option<&[u8]>) -> Reading {
    let query = Query {
        drawn: drawn.to_vec(),
        ..query("exact_match,strict-match")
    };
    read(file, &query, samples).unwrap()
}

/// The answers under another number each, or under none.
fn renumbered(number: impl Fn(u64) -> Option<u64>) -> Vec<u8> {
    let text = std::str::from_utf8(R3_SAMPLES).unwrap();
    let lines = text.lines().map(|line| {
        let mut sample: serde_json::Value = serde_json::from_str(line).unwrap();
        sample["doc_id"] = json!(number(sample["doc_id"].as_u64().unwrap()));
        sample.to_string()
    });
    lines.collect::<Vec<_>>().join("\n").into_bytes()
}

#[test]
fn answers_must_be_to_the_items_that_the_chain_drew() {
    let drawn: Vec<u32> = (0..500).map(|item| item * 2).collect();
    let file = run(&json!(drawn));
    let samples = renumbered(|number| Some(number * 2));
    let found = confirmed(&file, &drawn, Some(&samples));
    assert_eq!(found.checks, [Check::Stderr, Check::Samples]);
    for (samples, why) in [
        (
            R3_SAMPLES.to_vec(),
            "answers item 1, which the chain did not draw",
        ),
        (
            renumbered(|number| Some(number * 2 % 998 + number / 499 * 1_000)),
            "answers item 1000, which the chain did not draw",
        ),
        (
            renumbered(|number| (number != 2).then_some(number * 2)),
            "does not say by a doc_id which item it answers",
        ),
    ] {
        let found = confirmed(&file, &drawn, Some(&samples));
        assert!(!found.decides);
        let reason = found.reason.unwrap();
        assert!(reason.contains(why), "{why}: {reason}");
    }
}

#[test]
fn a_run_over_exactly_the_drawn_items_decides() {
    let mut drawn: Vec<u32> = (0..500).rev().collect();
    let file = run(&json!(drawn));
    let found = reading(&file, &drawn);
    assert_eq!(
        (found.decides, found.correct),
        (true, 428),
        "{:?}",
        found.reason
    );
    drawn.sort_unstable();
    assert!(reading(&file, &drawn).decides, "the order does not matter");
}

#[test]
fn a_run_over_other_items_than_the_chain_drew_decides_nothing() {
    let drawn: Vec<u32> = (0..500).collect();
    let shifted: Vec<u32> = (1..501).collect();
    for (file, drawn, why) in [
        (
            R3.to_vec(),
            drawn.clone(),
            "does not say that it was over the 500",
        ),
        (
            run(&json!(shifted)),
            drawn.clone(),
            "1 of the 500 items that the chain drew",
        ),
        (
            run(&json!(drawn)),
            (0..499).collect(),
            "which the chain did not draw",
        ),
        (run(&json!([7, 7])), vec![7], "names item 7 twice"),
        (run(&json!(["a"])), vec![7], "is no whole number"),
        (
            run(&json!([7])),
            vec![7],
            "over 500 questions, but the chain drew 1",
        ),
    ] {
        let found = reading(&file, &drawn);
        assert!(!found.decides);
        let reason = found.reason.unwrap();
        assert!(reason.contains(why), "{why}: {reason}");
    }
}
