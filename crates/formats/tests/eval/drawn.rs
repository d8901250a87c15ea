//! Runs over items that the chain drew.

use guerdon_formats::eval::{Check, Query, Reading, read};
use serde_json::json;

use crate::runs::LmRun;
use crate::support::{EVERY, R3, R3_SAMPLES, query, with};

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
            "does not say over which items the run was",
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

/// A run as the harness writes it: nothing in its result says which items were chosen.
fn chosen(items: &[u32]) -> LmRun {
    let scores = items.iter().map(|item| (*item, "1.0".to_owned()));
    LmRun {
        scores: scores.collect(),
        original: 40,
        ..LmRun::right("new", &[])
    }
}

#[test]
fn the_answers_show_which_items_a_run_was_over() {
    let drawn = [3, 7, 11, 38];
    let asked = |pool| Query {
        drawn: vec![11, 3, 38, 7],
        pool,
        ..query("score")
    };
    let run = chosen(&drawn);
    let (file, samples) = (run.result(), run.samples());
    let found = read(&file, &asked(40), Some(&samples)).unwrap();
    assert_eq!(found.reason, None);
    assert_eq!((found.correct, found.samples), (4, 4));
    assert_eq!(found.checks, [Check::Stderr, Check::Samples]);
    let other = chosen(&[0, 7, 11, 39]);
    let twice = read(
        &other.result(),
        &Query {
            drawn: vec![0, 7, 11, 39],
            ..query("score")
        },
        Some(&other.samples()),
    );
    assert_eq!(
        Some(found.task_hash),
        twice.unwrap().task_hash_drawn,
        "the task is the same whatever was drawn"
    );
    assert_eq!(Some(found.task_hash), found.task_hash_drawn);
    for (file, samples, pool, want) in [
        (&file, None, 40, "does not say over which items"),
        (
            &file,
            Some(&samples),
            41,
            "has 40 items, but the chain drew out of 41",
        ),
        (
            &other.result(),
            Some(&other.samples()),
            40,
            "answers item 0, which the chain did not draw",
        ),
        (
            &chosen(&drawn[..3]).result(),
            Some(&chosen(&drawn[..3]).samples()),
            40,
            "does not answer item 38",
        ),
    ] {
        let found = read(file, &asked(pool), samples.map(Vec::as_slice)).unwrap();
        assert!(!found.decides);
        let reason = found.reason.unwrap();
        assert!(reason.contains(want), "{want}: {reason}");
    }
    // The same file is no run over the whole task.
    let whole = read(&file, &query("score"), Some(&samples)).unwrap();
    assert!(whole.reason.unwrap().contains("Only 4 of 40"));
}

#[test]
fn a_run_over_drawn_items_has_the_drawn_seeds_and_says_how_many_there_are() {
    let drawn = [3, 7, 11, 38];
    let asked = |seed| Query {
        drawn: drawn.to_vec(),
        pool: 40,
        seed,
        ..query("score")
    };
    let sown = |run: &LmRun, seed| {
        let found = read(&run.result(), &asked(Some(seed)), Some(&run.samples()));
        found.unwrap().reason.unwrap_or_default()
    };
    let seeded = LmRun {
        seed: Some(77),
        ..chosen(&drawn)
    };
    assert_eq!(sown(&seeded, 77), "");
    let other = sown(&seeded, 78);
    let want = "random_seed is 77, but the chain drew 78";
    assert!(other.contains(want), "{other}");
    let one = sown(&chosen(&drawn), 0);
    let want = "numpy_seed is 1234, but the chain drew 0";
    assert!(one.contains(want), "{one}");
    let run = chosen(&drawn);
    let bare = with(&run.result(), "/n-samples", json!({}));
    let told = read(&bare, &asked(None), Some(&run.samples()))
        .unwrap()
        .reason;
    assert!(told.unwrap().contains("how many questions the task has"));
}

/// What says nothing of its items could be over any: nobody chooses them after the draw.
#[test]
fn a_file_that_does_not_say_its_items_decides_no_draw() {
    let query = Query {
        drawn: (0..500).collect(),
        ..query("exact_match,strict-match")
    };
    let told = read(EVERY, &query, None).unwrap().reason.unwrap();
    assert!(told.contains("does not say over which items"), "{told}");
}

#[test]
fn a_measurement_is_of_the_drawn_items_by_their_numbers() {
    let measured = |items: [&str; 3]| {
        let scores = items.map(|item| json!({"item": item, "score": 0.5}));
        let document = json!({
            "guerdon": "measurement", "version": 1, "task": "checkout", "metric": "availability",
            "unit": "share", "source": "https://status.acme.example/export",
            "window": {"from": "2028-01-01T00:00:00Z", "to": "2028-04-01T00:00:00Z"},
            "scores": scores,
        });
        let query = Query {
            drawn: vec![30, 7, 12],
            pool: 40,
            ..Query::default()
        };
        let found = read(document.to_string().as_bytes(), &query, None).unwrap();
        found.reason.unwrap_or_default()
    };
    assert_eq!(measured(["7", "30", "12"]), "");
    for (items, want) in [
        (
            ["7", "30", "13"],
            "The measurement has item 13, which the chain did not draw.",
        ),
        (
            ["7", "30", "2028-01-01"],
            "The item \"2028-01-01\" is no number from 0",
        ),
        (["7", "30", "012"], "The item \"012\" is no number from 0"),
        (["7", "30", "+12"], "is no number from 0"),
        (["7", "30", "30"], "stands twice"),
    ] {
        let got = measured(items);
        assert!(got.contains(want), "{want}: {got}");
    }
}
