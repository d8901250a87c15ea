//! Runs over items that the chain drew.

use guerdon_formats::eval::{Query, Reading, read};
use serde_json::json;

use crate::support::{R3, query, with};

/// The file of a run over these items.
fn run(items: &serde_json::Value) -> Vec<u8> {
    with(R3, "/config/samples", json!({ "product_500": items }))
}

fn reading(file: &[u8], drawn: &[u32]) -> Reading {
    let query = Query {
        drawn: drawn.to_vec(),
        ..query("exact_match,strict-match")
    };
    read(file, &query, None).unwrap()
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
