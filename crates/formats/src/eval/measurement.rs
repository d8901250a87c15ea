//! A measurement in Guerdon's own plain form: scores of items that no harness ran, or one number.
//!
//! ```json
//! {"guerdon": "measurement", "version": 1,
//!  "task": "checkout-availability", "metric": "availability", "unit": "share of the day",
//!  "window": {"from": "2028-01-01T00:00:00Z", "to": "2028-04-10T00:00:00Z"},
//!  "source": "https://status.acme.example/export", "measured_by": "Helen Okoye",
//!  "scores": [{"item": "2028-01-01", "score": 0.99931}, {"item": "2028-01-02", "score": 1}]}
//! ```
//!
//! Every field but `measured_by` must be there, and no other. A count has `"count": 12` in place of
//! `scores`. Scores are read by their digits and rounded down to parts per billion. Nothing in the
//! file is a signature: who signs is the goal's panel, for the hash of the file.
//!
//! The task hash is the hash (see `canonical.rs`) of an object with the keys `format`
//! (`"measurement"`), `task`, `metric`, `unit` and `source`.

use std::collections::{BTreeSet, HashSet};

use alloy_primitives::B256;
use guerdon_core::PPB;
use jiff::Timestamp;

use super::json::{Json, Map};
use super::reading::{Check, Counts, EvalError, Format, Origin, Query, Reading, Verdict};
use super::{canonical, drawn, score};

const KEYS: [&str; 10] = [
    "count",
    "guerdon",
    "measured_by",
    "metric",
    "scores",
    "source",
    "task",
    "unit",
    "version",
    "window",
];

/// Whether a document says to be a measurement.
pub(super) fn is_measurement(document: &Json<'_>) -> bool {
    document.text_at(&["guerdon"]) == Some("measurement")
}

/// Reads a measurement.
pub(super) fn read(
    document: &Json<'_>,
    query: &Query,
    evidence: B256,
) -> Result<Reading, EvalError> {
    made(document, &query.drawn, evidence).map_err(EvalError::Measurement)
}

fn made(document: &Json<'_>, drawn: &[u32], evidence: B256) -> Result<Reading, String> {
    let keys = document.map().into_iter().flat_map(|map| map.keys());
    if let Some(key) = keys.into_iter().find(|key| !KEYS.contains(&key.as_ref())) {
        return Err(format!("a measurement has no field \"{key}\""));
    }
    if document.get("version").and_then(Json::whole) != Some(1) {
        return Err("its \"version\" is not 1".to_owned());
    }
    let text = |key: &str| match document.text_at(&[key]) {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(format!("its \"{key}\" is no text")),
    };
    let mut reading = Reading::blank(Format::Measurement, evidence);
    reading.task = text("task")?;
    reading.metric = text("metric")?;
    reading.filter = "none".to_owned();
    reading.harness = "measurement 1".to_owned();
    reading.origin = Some(Origin {
        unit: text("unit")?,
        window: window(document)?,
        source: text("source")?,
    });
    reading.evaluator = match document.get("measured_by") {
        Some(_) => Some(text("measured_by")?),
        None => None,
    };
    reading.task_hash = task_hash(document);
    match (document.get("scores"), document.get("count")) {
        (Some(scores), None) => {
            let scores = scores.list().ok_or("its \"scores\" are no list")?;
            reading.samples = scores.len() as u64;
            let verdict = sum(scores).and_then(|found| {
                check_items(scores, drawn)?;
                Ok(found)
            });
            let mean = verdict.as_ref().ok().map(|(x, _)| *x as f64);
            let whole = f64::from(PPB) * scores.len() as f64;
            reading.score = mean.map(|sum| sum / whole);
            Ok(reading.judged(Counts::Scores, verdict))
        }
        (None, Some(count)) => {
            reading.samples = 1;
            let count = count.whole().filter(|count| count >> 63 == 0);
            let verdict = count.map(|count| (u128::from(count), Vec::new()));
            let verdict = verdict
                .ok_or_else(|| "The count is no whole number from 0 to below 2^63.".to_owned());
            Ok(reading.judged(Counts::Number, verdict))
        }
        _ => Err("it has either \"scores\" or a \"count\"".to_owned()),
    }
}

/// The sum of the scores in ppb, each item having one.
fn sum(scores: &[Json<'_>]) -> Result<Verdict, String> {
    let mut items = HashSet::new();
    let mut sum = 0;
    for (place, entry) in scores.iter().enumerate() {
        let pair = entry.map().filter(|map| map.len() == 2);
        let item = pair.and_then(|_| entry.text_at(&["item"]));
        let Some(item) = item else {
            let place = place + 1;
            return Err(format!(
                "The score in place {place} is not an \"item\", a text, with its \"score\"."
            ));
        };
        if !items.insert(item) {
            return Err(format!("The item \"{item}\" stands twice."));
        }
        let score = match entry.get("score") {
            Some(Json::Number(text)) => score::ppb(text),
            _ => None,
        };
        let score = score
            .ok_or_else(|| format!("The score of the item \"{item}\" is no number from 0 to 1."))?;
        sum += u128::from(score);
    }
    match scores {
        [] => Err("There are no scores.".to_owned()),
        _ => Ok((sum, vec![Check::Samples])),
    }
}

/// Where the chain draws items, the scores are of those: each `item` is the number of one, from 0.
fn check_items(scores: &[Json<'_>], drawn: &[u32]) -> Result<(), String> {
    if drawn.is_empty() {
        return Ok(());
    }
    let mut items = BTreeSet::new();
    for entry in scores {
        let text = entry.text_at(&["item"]).unwrap_or_default();
        let number = text.parse::<u64>().ok();
        let number = number.filter(|number| number.to_string() == text);
        items.insert(number.ok_or_else(|| {
            format!(
                "The item \"{text}\" is no number from 0, so that nobody knows whether the chain \
                 drew it."
            )
        })?);
    }
    drawn::confirm(
        &items,
        drawn,
        ["The measurement has", "The measurement lacks"],
    )
}

/// `2028-01-01T00:00:00Z/2028-04-10T00:00:00Z`
fn window(document: &Json<'_>) -> Result<String, String> {
    let end = |key: &str| {
        let text = document.text_at(&["window", key]).unwrap_or_default();
        let time: Option<Timestamp> = text.parse().ok().filter(|_| text.ends_with('Z'));
        time.ok_or_else(|| {
            format!(
                "the \"{key}\" of its \"window\" is no time in UTC, such as 2028-01-01T00:00:00Z"
            )
        })
    };
    let (from, to) = (end("from")?, end("to")?);
    if from >= to {
        return Err("its \"window\" ends before it begins".to_owned());
    }
    Ok(format!("{from}/{to}"))
}

fn task_hash(document: &Json<'_>) -> B256 {
    let mut map = Map::new();
    map.insert("format".into(), Json::Text("measurement".into()));
    for key in ["task", "metric", "unit", "source"] {
        map.insert(key.into(), Json::or_null(document.get(key)));
    }
    canonical::hash(&Json::Map(map))
}
