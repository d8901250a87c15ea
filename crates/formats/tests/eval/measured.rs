//! Scores that are no right answers: of a harness, and of a measurement in Guerdon's plain form.

use guerdon_core::goal::{Kind, lower_bound};
use guerdon_formats::eval::{Check, Counts, EvalError, Format, Query, Reading, read};
use serde_json::{Value, json};

use crate::runs::LmRun;
use crate::support::{R3, R3_SAMPLES, inspect_json, json as parsed, query};

fn asked(text: &str) -> Query {
    Query {
        counts: Counts::Scores,
        ..query(text)
    }
}

fn measurement() -> Value {
    json!({
        "guerdon": "measurement", "version": 1,
        "task": "checkout-availability", "metric": "availability", "unit": "share of the day",
        "window": {"from": "2028-01-01T00:00:00Z", "to": "2028-01-04T00:00:00Z"},
        "source": "https://status.acme.example/export", "measured_by": "Helen Okoye",
        "scores": [
            {"item": "2028-01-01", "score": 0.99931},
            {"item": "2028-01-02", "score": 1},
            {"item": "2028-01-03", "score": 0.3333333333},
        ],
    })
}

fn taken(document: &Value) -> Result<Reading, EvalError> {
    read(document.to_string().as_bytes(), &Query::default(), None)
}

#[test]
fn scores_of_a_measurement_are_added_up_and_never_rounded_up() {
    let found = taken(&measurement()).unwrap();
    assert_eq!(found.reason, None);
    assert_eq!(
        (found.format, found.counts),
        (Format::Measurement, Counts::Scores)
    );
    assert_eq!((found.x, found.samples), (2_332_643_333, 3));
    let origin = found.origin.as_ref().unwrap();
    assert_eq!(origin.window, "2028-01-01T00:00:00Z/2028-01-04T00:00:00Z");
    assert_eq!(found.evaluator.as_deref(), Some("Helen Okoye"));
    let value = serde_json::to_value(&found).unwrap();
    assert_eq!(
        (&value["x"], &value["unit"], &value["counts"]),
        (
            &json!("2332643333"),
            &json!("share of the day"),
            &json!("scores")
        )
    );
    let mut later = measurement();
    later["window"]["to"] = json!("2028-02-01T00:00:00Z");
    later["measured_by"] = Value::Null;
    let other = taken(&later).unwrap();
    assert_eq!(other.task_hash, found.task_hash, "the same is measured");
    later["unit"] = json!("share of requests");
    assert_ne!(taken(&later).unwrap().task_hash, found.task_hash);
}

#[test]
fn a_count_is_one_number() {
    let mut document = measurement();
    let map = document.as_object_mut().unwrap();
    map.remove("scores");
    map.insert("count".to_owned(), json!(12));
    let found = taken(&document).unwrap();
    assert_eq!(
        (found.counts, found.x, found.samples),
        (Counts::Number, 12, 1)
    );
    for count in [json!(-1), json!(1.5), json!("12"), json!(1_u64 << 63)] {
        document["count"] = count;
        let found = taken(&document).unwrap();
        assert!(!found.decides && found.x == 0, "{found:?}");
    }
}

#[test]
fn a_measurement_that_leaves_something_open_is_refused() {
    let with = |pointer: &str, value: Value| {
        let mut document = measurement();
        *document.pointer_mut(pointer).unwrap() = value;
        document
    };
    for (document, want) in [
        (with("/version", json!(2)), "its \"version\" is not 1"),
        (with("/unit", json!(" ")), "its \"unit\" is no text"),
        (with("/source", Value::Null), "its \"source\" is no text"),
        (
            with("/window/from", json!("2028-01-01")),
            "the \"from\" of its \"window\" is no time in UTC",
        ),
        (
            with("/window/to", json!("2028-01-01T00:00:00Z")),
            "ends before it begins",
        ),
        (
            with("/scores", Value::Null),
            "either \"scores\" or a \"count\"",
        ),
        (with("/scores", json!(1)), "its \"scores\" are no list"),
    ] {
        let error = taken(&document).unwrap_err().to_string();
        assert!(error.contains(want), "{want}: {error}");
    }
    let mut more = measurement();
    more["signature"] = json!("0x");
    let error = taken(&more).unwrap_err().to_string();
    assert!(error.contains("no field \"signature\""), "{error}");
    for (scores, want) in [
        (json!([]), "There are no scores."),
        (
            json!([{"item": "a", "score": 1.1}]),
            "no number from 0 to 1",
        ),
        (
            json!([{"item": "a", "score": -0.1}]),
            "no number from 0 to 1",
        ),
        (
            json!([{"item": "a", "score": "0.5"}]),
            "no number from 0 to 1",
        ),
        (
            json!([{"item": "a", "score": null}]),
            "no number from 0 to 1",
        ),
        (json!([{"item": 1, "score": 1}]), "The score in place 1"),
        (
            json!([{"item": "a", "score": 1}, {"item": "b", "score": 1, "weight": 2}]),
            "The score in place 2",
        ),
        (
            json!([{"item": "a", "score": 1}, {"item": "a", "score": 1}]),
            "The item \"a\" stands twice.",
        ),
    ] {
        let found = taken(&with("/scores", scores)).unwrap();
        assert!(!found.decides && found.x == 0);
        let reason = found.reason.unwrap();
        assert!(reason.contains(want), "{want}: {reason}");
    }
    let beside = read(
        measurement().to_string().as_bytes(),
        &Query::default(),
        Some(b""),
    );
    assert_eq!(beside.unwrap_err(), EvalError::SamplesNotTaken);
}

#[test]
fn scores_of_a_harness_decide_with_the_answers_beside_them() {
    let run = LmRun::of("new", &["0.6666666666666666", "1.0", "0.25", "0.0"]);
    let (file, samples) = (run.result(), run.samples());
    let found = read(&file, &asked("score"), Some(&samples)).unwrap();
    assert_eq!(found.reason, None);
    assert_eq!(
        (found.x, found.samples, found.correct),
        (1_916_666_666, 4, 0)
    );
    assert_eq!(
        (found.counts, found.checks),
        (Counts::Scores, vec![Check::Samples])
    );
    let reason = |file: &[u8], samples: Option<&[u8]>| {
        let found = read(file, &asked("score"), samples).unwrap();
        assert!(!found.decides && found.x == 0);
        found.reason.unwrap()
    };
    assert!(reason(&file, None).contains("only with the answers one by one"));
    let other = LmRun::of("new", &["0.6666666666666666", "1.0", "0.25", "0.1"]).samples();
    assert!(reason(&file, Some(&other)).contains("have the mean"));
    let over = LmRun::of("new", &["1.5", "0.0", "0.0", "0.0"]);
    let why = reason(&over.result(), Some(&over.samples()));
    assert!(why.contains("not as a score from 0 to 1"), "{why}");
    // Right answers are scores, too.
    let strict = asked("exact_match,strict-match");
    let found = read(R3, &strict, Some(R3_SAMPLES)).unwrap();
    assert_eq!((found.x, found.decides), (428_000_000_000, true));
}

#[test]
fn scores_of_inspect_are_those_of_its_samples() {
    let log = inspect_json();
    let found = read(&log, &asked("accuracy,match"), None).unwrap();
    assert_eq!((found.reason, found.x), (None, 165_000_000_000));
    let mut partial = parsed(&log);
    let first = partial["samples"].as_array().unwrap();
    let place = first
        .iter()
        .position(|it| it["scores"]["match"]["value"] == "I")
        .unwrap();
    partial["samples"][place]["scores"]["match"]["value"] = json!("P");
    partial["results"]["scores"][0]["metrics"]["accuracy"]["value"] = json!(165.5 / 200.0);
    let partial = serde_json::to_vec(&partial).unwrap();
    let found = read(&partial, &asked("accuracy,match"), None).unwrap();
    assert_eq!((found.reason, found.x), (None, 165_500_000_000));
    let right = read(&partial, &query("accuracy,match"), None).unwrap();
    assert!(!right.decides, "half a point is no right answer");
}

#[test]
fn what_a_measurement_says_is_what_the_contract_decides_by() {
    let vectors = include_str!("../../../../vectors/bounds.json");
    let vectors: Value = serde_json::from_str(vectors).unwrap();
    let column =
        |name: &str, row: usize| -> i64 { vectors[name][row].as_str().unwrap().parse().unwrap() };
    let mut tried = 0;
    for row in 0..vectors["kind"].as_array().unwrap().len() {
        let (samples, x) = (column("samples", row), column("x", row));
        if column("kind", row) != 2 || samples > 1_000 {
            continue;
        }
        let scores = (0..samples).map(|item| {
            let ppb = (x - item * 1_000_000_000).clamp(0, 1_000_000_000);
            let text = format!("{}.{:09}", ppb / 1_000_000_000, ppb % 1_000_000_000);
            json!({"item": item.to_string(), "score": serde_json::from_str::<Value>(&text).unwrap()})
        });
        let mut document = measurement();
        document["scores"] = scores.collect();
        let found = taken(&document).unwrap();
        assert_eq!(found.x, u128::try_from(x).unwrap());
        let bound = column("bound", row).try_into().unwrap();
        let lower = lower_bound(
            Kind::Measure,
            bound,
            samples.try_into().unwrap(),
            found.x,
            0,
        );
        assert_eq!(lower, Ok(column("lower", row)), "row {row}");
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
}
