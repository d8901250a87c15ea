//! The samples file of lm-evaluation-harness: one JSON object a line, for each question and filter.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use alloy_primitives::keccak256;
use guerdon_core::PPB;
use sha2::{Digest, Sha256};

use super::answers::{self, Answer};
use super::json::Json;
use super::parse::{Keep, parse};
use super::reading::EvalError;
use super::{count, score};

/// What a samples file says of one metric under one filter.
#[derive(Debug)]
pub(super) struct Tally {
    metric: String,
    filter: String,
    /// Lines under the filter.
    lines: u64,
    /// Lines under the filter that count 1.
    correct: u64,
    /// What the lines under the filter say, but for those whose metric is no score from 0 to 1.
    answers: Vec<Answer>,
    /// The first line whose metric is no score from 0 to 1.
    unscored: Option<u64>,
    /// Lines of every filter in the file.
    filters: BTreeMap<String, u64>,
    /// The first line whose metric is neither 0 nor 1.
    partial: Option<u64>,
    /// The first line that repeats a question.
    repeated: Option<u64>,
    /// Numbers of the questions under the filter, from 0.
    numbers: BTreeSet<u64>,
    /// The first line under the filter whose question has no number.
    unnumbered: Option<u64>,
    /// SHA-256 over document, prompt and target hashes of all lines, as the harness computes it.
    task_hash: String,
}

/// Whether a file starts like a samples file.
pub(super) fn is_samples(file: &[u8]) -> bool {
    let first = file.split(|byte| *byte == b'\n').next().unwrap_or_default();
    parse(first, Keep::AtRoot(&["doc_hash"])).is_ok_and(|line| line.get("doc_hash").is_some())
}

/// Counts the answers of a samples file.
pub(super) fn tally(bytes: &[u8], metric: &str, filter: &str) -> Result<Tally, EvalError> {
    let keys = [
        "doc_id",
        "doc_hash",
        "prompt_hash",
        "target_hash",
        "filter",
        metric,
    ];
    let mut tally = Tally::empty(metric, filter);
    let mut documents = HashSet::new();
    let mut hasher = Sha256::new();
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let place = index + 1;
        let sample = parse(line, Keep::AtRoot(&keys)).map_err(|mut fault| {
            fault.line = place;
            EvalError::not_json("The samples file", fault)
        })?;
        let text = |key: &str| {
            sample.text_at(&[key]).ok_or_else(|| EvalError::Sample {
                line: place,
                message: format!("it has no {key}"),
            })
        };
        for key in ["doc_hash", "prompt_hash", "target_hash"] {
            hasher.update(text(key)?.as_bytes());
        }
        let of_filter = text("filter")?;
        *tally.filters.entry(of_filter.to_owned()).or_default() += 1;
        if of_filter != filter {
            continue;
        }
        let place = place as u64;
        let known = match sample.whole_at(&["doc_id"]) {
            Some(number) => !tally.numbers.insert(number),
            None => {
                tally.unnumbered.get_or_insert(place);
                false
            }
        };
        if !documents.insert(text("doc_hash")?.to_owned()) || known {
            tally.repeated.get_or_insert(place);
        }
        tally.add(&sample, place);
    }
    tally.task_hash = hex::encode(hasher.finalize());
    Ok(tally)
}

impl Tally {
    fn empty(metric: &str, filter: &str) -> Self {
        Self {
            metric: metric.to_owned(),
            filter: filter.to_owned(),
            lines: 0,
            correct: 0,
            answers: Vec::new(),
            unscored: None,
            filters: BTreeMap::new(),
            partial: None,
            repeated: None,
            numbers: BTreeSet::new(),
            unnumbered: None,
            task_hash: String::new(),
        }
    }

    /// Counts a line under the filter.
    fn add(&mut self, sample: &Json<'_>, place: u64) {
        self.lines += 1;
        let value = sample.get(&self.metric);
        match is_right(value) {
            Some(true) => self.correct += 1,
            Some(false) => {}
            None => _ = self.partial.get_or_insert(place),
        }
        let Some(score) = value.and_then(scored) else {
            self.unscored.get_or_insert(place);
            return;
        };
        let text = |key: &str| sample.text_at(&[key]).unwrap_or_default();
        let number = sample.whole_at(&["doc_id"]);
        self.answers.push(Answer {
            id: number.map(|number| number.to_string()).unwrap_or_default(),
            item: keccak256([text("doc_hash"), "/", text("target_hash")].concat()),
            prompt: keccak256(text("prompt_hash")),
            score,
        });
    }

    /// The answers under the filter, once they were confirmed.
    pub(super) fn into_answers(self) -> Vec<Answer> {
        self.answers
    }

    /// Compares the count with the result file's: `correct` of `samples`, and its hash of the task.
    pub(super) fn confirm(
        &self,
        correct: u64,
        samples: u64,
        task_hash: Option<&str>,
    ) -> Result<(), String> {
        if let Some(line) = self.partial {
            return Err(format!(
                "Line {line} of the samples file gives \"{}\" neither as 0 nor as 1.",
                self.metric
            ));
        }
        self.confirm_lines(samples, task_hash)?;
        if self.correct != correct {
            return Err(format!(
                "The samples file counts {} right answers, the result says {correct}.",
                self.correct
            ));
        }
        Ok(())
    }

    /// The sum of the scores in ppb, if their mean is the result's.
    pub(super) fn confirm_mean(
        &self,
        mean: f64,
        samples: u64,
        task_hash: Option<&str>,
    ) -> Result<u128, String> {
        if let Some(line) = self.unscored {
            return Err(format!(
                "Line {line} of the samples file gives \"{}\" not as a score from 0 to 1.",
                self.metric
            ));
        }
        self.confirm_lines(samples, task_hash)?;
        count::check_mean(mean, answers::sum(&self.answers), samples)
    }

    /// The lines are those of this result: each question once, and as many.
    fn confirm_lines(&self, samples: u64, task_hash: Option<&str>) -> Result<(), String> {
        let Self { filter, .. } = self;
        if self.lines == 0 {
            let filters: Vec<&str> = self.filters.keys().map(String::as_str).collect();
            return Err(format!(
                "The samples file has no line of the filter \"{filter}\", only of: {}.",
                filters.join(", ")
            ));
        }
        if let Some(line) = self.repeated {
            return Err(format!(
                "Line {line} of the samples file repeats a question."
            ));
        }
        if self.lines != samples {
            return Err(format!(
                "The samples file has {} questions under \"{filter}\", the result has {samples}.",
                self.lines
            ));
        }
        if task_hash.is_some_and(|hash| hash != self.task_hash) {
            return Err(
                "The samples file is not of this task: its questions, prompts and targets hash to \
                 another task hash than the result's."
                    .to_owned(),
            );
        }
        Ok(())
    }

    /// The numbers of the items that are answered, if each line has one.
    pub(super) fn numbers(&self) -> Result<&BTreeSet<u64>, String> {
        match self.unnumbered {
            None => Ok(&self.numbers),
            Some(line) => Err(format!(
                "Line {line} of the samples file does not say by a doc_id which item it answers."
            )),
        }
    }
}

/// A score from 0 to 1 in ppb; true is all of it.
fn scored(value: &Json<'_>) -> Option<u32> {
    match value {
        Json::Bool(right) => Some(u32::from(*right) * PPB),
        Json::Number(text) => score::ppb(text),
        _ => None,
    }
}

/// 1 or true is right, 0 or false is wrong; anything else is neither.
fn is_right(value: Option<&Json<'_>>) -> Option<bool> {
    match value? {
        Json::Bool(right) => Some(*right),
        number => match number.whole()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        },
    }
}
