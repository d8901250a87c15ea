//! The samples of an Inspect log: one question each, with the value that every scorer gave it.

use std::collections::HashSet;

use alloy_primitives::B256;
use guerdon_core::PPB;

use super::answers::Answer;
use super::inspect::Choice;
use super::json::Json;
use super::token::is_number;
use super::{canonical, count, score};

/// The keys of a sample that the readers look at.
pub(super) const SAMPLE_KEYS: [&str; 8] = [
    "id",
    "epoch",
    "input",
    "choices",
    "target",
    "scores",
    "error",
    "invalidation",
];

/// What counts of one sample.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// The sample's id in canonical JSON, so that 1 and "1" differ.
    id: String,
    epoch: u64,
    /// Hash of input, choices and target.
    item: B256,
    value: Value,
    /// Why the sample must not count, if so.
    problem: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Right,
    Wrong,
    /// Neither, as the log has it.
    Other(String),
    Missing,
}

impl Sample {
    /// Reads one sample for the score that is meant.
    pub(super) fn of(sample: &Json<'_>, choice: &Choice) -> Self {
        let scores = sample.get("scores");
        let score = scores.and_then(|scores| scores.get(&choice.name));
        let score = score.or_else(|| scores?.get(&choice.scorer));
        let value = score.and_then(|score| score.get("value"));
        let edits = score
            .and_then(|score| score.get("history"))
            .and_then(Json::list);
        let problem = if sample.get("error").is_some() {
            Some("ended with an error")
        } else if sample.get("invalidation").is_some() {
            Some("was invalidated")
        } else if edits.is_some_and(|edits| !edits.is_empty()) {
            Some("has a score that was edited after the run")
        } else {
            None
        };
        Self {
            id: sample
                .get("id")
                .map(canonical::serialise)
                .unwrap_or_default(),
            epoch: sample.whole_at(&["epoch"]).unwrap_or(0),
            item: item(sample),
            value: value.map_or(Value::Missing, |value| Value::of(value, &choice.name)),
            problem,
        }
    }
}

/// The hash of a question with its right answer.
fn item(sample: &Json<'_>) -> B256 {
    let keys = ["choices", "input", "target"].into_iter();
    let parts = keys.map(|key| (key.into(), Json::or_null(sample.get(key))));
    canonical::hash(&Json::Map(parts.collect()))
}

impl Value {
    /// C and I are right and wrong, N (no answer) is wrong, P (partial) is neither; numbers and
    /// words of yes and no count as Inspect counts them.
    fn of(value: &Json<'_>, name: &str) -> Self {
        let (right, wrong) = (Self::Right, Self::Wrong);
        match value {
            Json::Bool(true) => right,
            Json::Bool(false) => wrong,
            Json::Map(map) => map.get(name).map_or(Self::Missing, |inner| match inner {
                Json::Map(_) => Self::Missing,
                inner => Self::of(inner, name),
            }),
            Json::Text(text) => match text.to_ascii_lowercase().as_str() {
                "c" | "yes" | "true" | "1" | "1.0" => right,
                "i" | "n" | "no" | "false" | "0" | "0.0" => wrong,
                _ => Self::Other(text.to_string()),
            },
            number => match number.whole() {
                Some(1) => right,
                Some(0) => wrong,
                _ => Self::Other(canonical::serialise(number)),
            },
        }
    }
}

impl Sample {
    /// Its score in ppb; partial credit (P) is half of it.
    fn score(&self) -> Option<u32> {
        match &self.value {
            Value::Right => Some(PPB),
            Value::Wrong => Some(0),
            Value::Other(text) if text.eq_ignore_ascii_case("p") => Some(PPB / 2),
            Value::Other(text) if is_number(text) => score::ppb(text),
            Value::Other(_) | Value::Missing => None,
        }
    }
}

/// The answers of the samples that have a score.
pub(super) fn answers(list: &[Sample]) -> Vec<Answer> {
    let scored = list.iter().filter_map(|sample| {
        Some(Answer {
            id: sample.id.clone(),
            item: sample.item,
            prompt: B256::ZERO,
            score: sample.score()?,
        })
    });
    scored.collect()
}

/// Counts the samples again and compares with the score: `correct` of `samples`.
pub(super) fn confirm(list: &[Sample], correct: u64, samples: u64) -> Result<(), String> {
    check_each(list, samples)?;
    let mut right = 0;
    for Sample { id, value, .. } in list {
        match value {
            Value::Right => right += 1,
            Value::Wrong | Value::Missing => {}
            Value::Other(value) => {
                return Err(format!(
                    "The sample {id} was scored {value}, which is neither right nor wrong."
                ));
            }
        }
    }
    if right != correct {
        return Err(format!(
            "The samples count {right} right answers, but the score says {correct}."
        ));
    }
    Ok(())
}

/// The sum of the samples' scores in ppb, if their mean is the score.
pub(super) fn confirm_mean(list: &[Sample], mean: f64, samples: u64) -> Result<u128, String> {
    check_each(list, samples)?;
    let mut sum = 0;
    for sample in list {
        let Some(score) = sample.score() else {
            return Err(format!(
                "The sample {} has no score from 0 to 1.",
                sample.id
            ));
        };
        sum += u128::from(score);
    }
    count::check_mean(mean, sum, samples)
}

/// Each sample counts, once, and they are as many as the score is over.
fn check_each(list: &[Sample], samples: u64) -> Result<(), String> {
    let mut ids = HashSet::new();
    for sample in list {
        let Sample { id, epoch, .. } = sample;
        if let Some(problem) = sample.problem {
            return Err(format!("The sample {id} {problem}."));
        }
        if *epoch != 1 || id.is_empty() {
            return Err(format!(
                "The sample {id} is of epoch {epoch}; there must be one only."
            ));
        }
        if !ids.insert(id) {
            return Err(format!("The sample {id} stands twice in the log."));
        }
        if sample.value == Value::Missing {
            return Err(format!("The sample {id} has no score."));
        }
    }
    let count = list.len() as u64;
    if count != samples {
        return Err(format!(
            "The log holds {count} samples, but its score is over {samples}."
        ));
    }
    Ok(())
}

/// The samples are those of the data set that the header names.
pub(super) fn confirm_ids(list: &[Sample], ids: Option<&[Json<'_>]>) -> Result<(), String> {
    let Some(ids) = ids else { return Ok(()) };
    let named: HashSet<String> = ids.iter().map(canonical::serialise).collect();
    match list.iter().find(|sample| !named.contains(&sample.id)) {
        Some(sample) => Err(format!("The sample {} is not in the data set.", sample.id)),
        None => Ok(()),
    }
}
