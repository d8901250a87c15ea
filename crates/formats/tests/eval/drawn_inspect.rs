//! Logs of Inspect over items that the chain drew.

use guerdon_formats::eval::{Check, Counts, Format, Query, Reading, read};
use serde_json::{Value, json};

use crate::inspect_runs::InspectRun;
use crate::support::{check_refusals_of, json as parsed, query, with};

/// Written by Inspect itself: the samples 4, 8, 12 and 39 of a data set of 40.
const REAL: &[u8] = include_bytes!("../data/evals/inspect-arith-drawn.eval");
const DRAWN: [u32; 4] = [38, 3, 11, 7];

fn asked() -> Query {
    Query {
        drawn: DRAWN.to_vec(),
        pool: 40,
        seed: Some(77),
        ..query("accuracy,match")
    }
}

fn run() -> InspectRun {
    InspectRun {
        seed: 77,
        ..InspectRun::over("mockllm/new", [3, 7, 11, 38], |item| item != 7)
    }
}

fn reading(file: &[u8]) -> Reading {
    read(file, &asked(), None).unwrap()
}

#[test]
fn a_log_over_exactly_the_drawn_items_decides() {
    let real = Query {
        seed: Some(0),
        ..asked()
    };
    for (file, query) in [(REAL.to_vec(), &real), (run().log(), &asked())] {
        let found = read(&file, query, None).unwrap();
        assert_eq!(found.reason, None);
        assert_eq!(found.format, Format::Inspect);
        assert_eq!((found.correct, found.samples), (3, 4));
        assert_eq!(found.checks, [Check::Stderr, Check::Samples]);
        // The same file is no run over the whole task.
        let whole = read(&file, &self::query("accuracy,match"), None).unwrap();
        assert!(whole.reason.unwrap().contains("over chosen questions"));
    }
    let scores = Query {
        counts: Counts::Scores,
        ..asked()
    };
    let found = read(&run().log(), &scores, None).unwrap();
    assert_eq!((found.decides, found.x), (true, 3_000_000_000));
}

#[test]
fn the_task_is_the_same_whatever_was_drawn() {
    let found = reading(&run().log());
    assert_eq!(Some(found.task_hash), found.task_hash_drawn);
    let other = InspectRun {
        seed: 8,
        ..InspectRun::over("mockllm/new", [0, 1, 2], |_| true)
    };
    let whole = InspectRun::over("mockllm/new", 0..40, |_| true);
    for run in [other, whole] {
        let other = read(&run.log(), &query("accuracy,match"), None).unwrap();
        assert_eq!(other.task_hash_drawn, Some(found.task_hash));
        assert_ne!(other.task_hash, found.task_hash);
    }
    for (pointer, value) in [
        ("/eval/dataset/samples", json!(41)),
        ("/eval/dataset/name", json!("other")),
        ("/plan/config/temperature", json!(0.5)),
        ("/eval/config/time_limit", json!(5)),
    ] {
        let changed = reading(&with(&run().log(), pointer, value));
        assert_ne!(changed.task_hash, found.task_hash, "{pointer}");
    }
}

/// Whoever brings the file wants to be paid: what she may have done, and what is said to it.
#[test]
fn each_other_choice_is_refused_with_its_reason() {
    check_refusals_of(&run().log(), &asked(), TRAPS);
}

const TRAPS: &str = r#"
/eval/config/sample_id | "(gone)" | over the whole task, not over the drawn items
/eval/config/sample_id | ["4", "8", "12"] | The run leaves out item 38, which the chain drew
/eval/config/sample_id | ["4", "8", "12", "40"] | The run chose item 39, which the chain did not draw
/eval/config/sample_id | ["4", "8", "12", "39", "1"] | The run chose item 0, which the chain did not
/eval/config/sample_id | ["4", "8", "12", "39", 39] | names item 38 twice
/eval/config/sample_id | "4" | The run leaves out item 7
/eval/config/sample_id | [] | The run leaves out item 3
/eval/config/sample_id | "*" | The sample "*" is no number from 1
/eval/config/sample_id | ["4", "8", "12", "3?"] | The sample "3?" is no number from 1
/eval/config/sample_id | ["4", "8", "12", "039"] | The sample "039" is no number from 1
/eval/config/sample_id | ["4", "8", "12", "+39"] | The sample "+39" is no number from 1
/eval/config/sample_id | ["4", "8", "12", 0] | The sample 0 is no number from 1
/eval/config/sample_id | [4, 8, 12, 39.5] | is no number from 1
/eval/config/sample_id | {"4": true} | is no number from 1
/eval/config/limit | 4 | was limited: not every drawn item was asked
/eval/config/limit | [0, 4] | was limited
/eval/config/sample_shuffle | true | was shuffled
/eval/config/sample_shuffle | 7 | was shuffled
/eval/config/epochs | 2 | asked 2 times (epochs)
/eval/config/epochs | "1" | epochs are no whole number
/eval/dataset/shuffled | true | was shuffled
/eval/dataset/sample_ids | "(gone)" | does not say which samples of the data set were asked
/eval/dataset/sample_ids | [4, 8, 12] | did not ask item 38, which the chain drew
/eval/dataset/sample_ids | [4, 8, 12, 38] | asked item 37, which the chain did not draw
/eval/dataset/sample_ids | [4, 8, 12, 39, "39"] | names item 38 twice
/eval/dataset/sample_ids | ["a", "b", "c", "d"] | The sample "a" is no number from 1
/eval/dataset/samples | 41 | has 41 items, but the chain drew out of 40
/eval/dataset/samples | 4 | has 4 items, but the chain drew out of 40
/eval/dataset/samples | "(gone)" | does not say how many questions the task has
/plan/config/seed | 78 | seed is 78, but the chain drew 77
/plan/config/seed | "(gone)" | does not name the run's seed, and the chain drew 77
/results/total_samples | 5 | Of 4 questions, 5 were asked
/results/completed_samples | 3 | 3 were completed
/results/scores/0/scored_samples | 3 | 3 were scored
/results/scores/0/unscored_samples | 1 | 1 questions were not scored
/status | "error" | its status is "error"
/status | "cancelled" | its status is "cancelled"
/error | {"message": "x"} | ended with an error
/samples | "(gone)" | holds no samples
/samples | [] | holds no samples
/samples/0/id | 5 | The sample 5 is not in the data set
/samples/0/id | 8 | The sample 8 stands twice
/samples/0/id | "4" | The sample "4" is not in the data set
/samples/0/epoch | 2 | is of epoch 2
/samples/0/error | {"message": "x"} | ended with an error
/samples/0/invalidation | {"author": "x"} | was invalidated
/samples/0/scores/match/value | "I" | count 2 right answers, but the score says 3
/samples/0/scores/match/history | [{"value": "I"}] | edited after the run
/results/scores/0/metrics/accuracy/value | 1.0 | does not fit 4
"#;

#[test]
fn samples_of_other_items_beside_a_drawn_choice_are_found() {
    let mut more = parsed(&run().log());
    let list = more["samples"].as_array_mut().unwrap();
    let mut extra = list[0].clone();
    extra["id"] = json!(1);
    list.push(extra);
    let told = |document: &Value| reading(document.to_string().as_bytes()).reason.unwrap();
    assert!(told(&more).contains("holds 5 samples"), "{}", told(&more));
    let mut few = parsed(&run().log());
    few["samples"].as_array_mut().unwrap().pop();
    assert!(told(&few).contains("holds 3 samples"), "{}", told(&few));
    // A header without its samples names the right items, and shows no answers.
    let bare = with(&run().log(), "/samples", json!("(gone)"));
    let scores = Query {
        counts: Counts::Scores,
        ..asked()
    };
    let told = read(&bare, &scores, None).unwrap().reason.unwrap();
    assert!(told.contains("holds no samples"), "{told}");
}
