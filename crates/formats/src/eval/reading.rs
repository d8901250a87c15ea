//! What a caller asks, what it gets, and the way from bytes to the reader of their format.

use alloy_primitives::{B256, keccak256};
use serde::{Serialize, Serializer};
use thiserror::Error;

use super::answers::Answer;
use super::parse::{Fault, Keep, parse};
use super::{
    count, every_eval_ever, inspect, inspect_samples, inspect_zip, lm_eval, lm_samples, measurement,
};

/// Largest result or samples file, in bytes: 256 MiB.
pub const FILE_BYTES_MAX: usize = 256 << 20;

/// What the counts of a reading are of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Counts {
    /// Right answers among the samples.
    #[default]
    RightAnswers,
    /// The sum of scores, each from 0 to 1, in ppb.
    Scores,
    /// A number as it is.
    Number,
}

/// Which number of a file is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// What is asked of a harness's file: right answers, or scores. A measurement says it itself.
    pub counts: Counts,
    /// The task; needed where a file has several.
    pub task: Option<String>,
    /// The metric, such as `exact_match`; for Inspect only `accuracy` may decide.
    pub metric: String,
    /// The filter of lm-evaluation-harness or the scorer of Inspect; needed where there are several.
    pub filter: Option<String>,
    /// The items that the chain drew, from 0; empty where every question must be asked.
    pub drawn: Vec<u32>,
    /// The number of items that they were drawn from; 0 if it is not known.
    pub pool: u32,
    /// The seed for decoding that the chain drew; none where any may be used.
    pub seed: Option<u32>,
    /// Of a comparison over drawn items: the baseline ran all items of the pool, and what it
    /// answered to the drawn ones counts.
    pub whole_baseline: bool,
}

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Format {
    /// The `results_<time>.json` of EleutherAI's lm-evaluation-harness.
    #[serde(rename = "lm-evaluation-harness")]
    LmEvaluationHarness,
    /// A log of the UK AI Security Institute's Inspect, `.json` or `.eval`.
    #[serde(rename = "inspect")]
    Inspect,
    /// A result in the schema of Every Eval Ever.
    #[serde(rename = "every-eval-ever")]
    EveryEvalEver,
    /// A measurement in Guerdon's own plain form.
    #[serde(rename = "measurement")]
    Measurement,
}

/// Evidence for `correct` that was recomputed beside the score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// The reported standard error is that of so many right answers.
    Stderr,
    /// The answers were counted again one by one.
    Samples,
}

/// What a file says, and whether it may decide money by itself.
///
/// `decides` judges the file alone; whether it fits a goal (the number of questions, the task hash)
/// is for whoever proposes it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// The format of the file.
    pub format: Format,
    /// What `x` is the count of.
    pub counts: Counts,
    /// The task that was read.
    pub task: String,
    /// The metric that was read.
    pub metric: String,
    /// The filter, or the scorer.
    pub filter: String,
    /// Right answers; the nearest whole number, for display only, when `decides` is false; 0 where
    /// something else is counted.
    pub correct: u64,
    /// Questions that the score is over; 0 when the file does not say.
    pub samples: u64,
    /// The goal's x: right answers, the sum of scores in ppb, or the number; 0 for scores that must
    /// not decide. A decimal string in JSON.
    #[serde(serialize_with = "decimal")]
    pub x: u128,
    /// The goal's y, here always 0; a decimal string in JSON.
    #[serde(serialize_with = "decimal")]
    pub y: u128,
    /// Whether the file may decide money.
    pub decides: bool,
    /// Why it may not, in one sentence.
    pub reason: Option<String>,
    /// What confirmed `correct` beside the score.
    pub checks: Vec<Check>,
    /// The score as reported, 0 to 1 for what may decide.
    pub score: Option<f64>,
    /// Name and exact version of the harness, such as `lm_eval 0.4.13`.
    pub harness: String,
    /// Hash of the task's configuration, harness version, metric and filter, as documented in
    /// `canonical.rs` and the reader of each format; the model does not change it.
    #[serde(serialize_with = "hex")]
    pub task_hash: B256,
    /// The same without the questions (the harness's own hash of them, or their ids): what the
    /// specification of a goal pins whose items the chain draws, since they differ with every draw.
    /// Only where the hash of the task covers them.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_hex")]
    pub task_hash_drawn: Option<B256>,
    /// keccak256 of the file's bytes.
    #[serde(serialize_with = "hex")]
    pub evidence: B256,
    /// The model's name as the file has it: free text that binds nothing.
    pub model: Option<String>,
    /// The model's revision hash, where the harness recorded one.
    pub model_sha: Option<String>,
    /// Who evaluated: in the words of Every Eval Ever, such as `third_party`; in a measurement the
    /// name that it gives.
    pub evaluator: Option<String>,
    /// Of a measurement: what its number is in, from when to when, and where it comes from.
    #[serde(flatten)]
    pub origin: Option<Origin>,
}

/// Where a measurement comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The unit of a score or of the number.
    pub unit: String,
    /// The window, as `from` and `to` in UTC with a slash between.
    pub window: String,
    /// What it was read from.
    pub source: String,
}

/// A reading with what a comparison needs beside it.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) reading: Reading,
    /// The answers one by one, if the file or the one beside it has them.
    pub(super) answers: Vec<Answer>,
    /// What the run was asked with, beside what the hash of its task covers.
    pub(super) settings: Vec<(&'static str, String)>,
}

/// x and what confirms it.
pub(super) type Verdict = (u128, Vec<Check>);

/// Why a file could not be read as asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvalError {
    /// The file is larger than [`FILE_BYTES_MAX`].
    #[error("The {file} has {bytes} bytes; at most {FILE_BYTES_MAX} are read.")]
    TooLarge {
        /// "result file" or "samples file".
        file: &'static str,
        /// Its size.
        bytes: usize,
    },
    /// The text is not acceptable JSON.
    #[error("{file} is not valid JSON at line {line}, column {column}: {message}.")]
    NotJson {
        /// Which file, or which entry of an archive.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in bytes, from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// The archive of an Inspect log cannot be read, or would grow too large.
    #[error("The Inspect archive cannot be read: {0}.")]
    Archive(String),
    /// JSON, but of no known format.
    #[error(
        "The file is no result of lm-evaluation-harness, Inspect or Every Eval Ever and no \
         measurement that can be read: {0}."
    )]
    Unrecognised(String),
    /// Several tasks and none named.
    #[error("The file has several tasks; name one with --task: {}.", .tasks.join(", "))]
    TaskNeeded {
        /// The tasks and groups there are.
        tasks: Vec<String>,
    },
    /// The named task is not in the file.
    #[error("The file has no task \"{task}\"; it has {}.", listed(.tasks))]
    NoSuchTask {
        /// The task asked for.
        task: String,
        /// The tasks and groups there are.
        tasks: Vec<String>,
    },
    /// The metric with this filter is not in the file.
    #[error("The task \"{task}\" has no score for {asked}; it has {}.", listed(.scores))]
    NoSuchScore {
        /// The task that was read.
        task: String,
        /// Metric and filter asked for.
        asked: String,
        /// Metrics with their filters, as `metric,filter`.
        scores: Vec<String>,
    },
    /// One metric under several filters and none named.
    #[error("Several scores fit {asked}; name one with --filter: {}.", .scores.join(", "))]
    FilterNeeded {
        /// Metric asked for.
        asked: String,
        /// What there is, as `metric,filter`.
        scores: Vec<String>,
    },
    /// A measurement in Guerdon's plain form that is not as it must be.
    #[error("The measurement cannot be read: {0}.")]
    Measurement(String),
    /// A samples file beside a format that has none.
    #[error("A samples file is read only beside a result file of lm-evaluation-harness.")]
    SamplesNotTaken,
    /// A line of the samples file is no sample.
    #[error("Line {line} of the samples file is no sample of lm-evaluation-harness: {message}.")]
    Sample {
        /// Line, from 1.
        line: usize,
        /// What is missing.
        message: String,
    },
}

/// Reads a result file.
///
/// `samples` is the `samples_<task>_<time>.jsonl` that lm-evaluation-harness wrote beside its
/// results: with it, the answers are counted again.
///
/// # Errors
///
/// [`EvalError`] when the file cannot be read at all, or has no such task, metric or filter. A file
/// that can be read but must not decide money is a [`Reading`] with `decides` false and a reason.
pub fn read(file: &[u8], query: &Query, samples: Option<&[u8]>) -> Result<Reading, EvalError> {
    run(file, query, samples).map(|run| run.reading)
}

/// Reads a result file with its answers one by one.
pub(super) fn run(file: &[u8], query: &Query, samples: Option<&[u8]>) -> Result<Run, EvalError> {
    check_size(file, "result file")?;
    check_size(samples.unwrap_or_default(), "samples file")?;
    let evidence = keccak256(file);
    if inspect_zip::is_archive(file) {
        refuse_samples(samples)?;
        return inspect_zip::read(file, query, evidence);
    }
    let document = match parse(file, Keep::InSamples(&inspect_samples::SAMPLE_KEYS)) {
        Ok(document) => document,
        Err(_) if lm_samples::is_samples(file) => return Err(unrecognised(SAMPLES_ALONE)),
        Err(fault) => return Err(EvalError::not_json("The result file", fault)),
    };
    if measurement::is_measurement(&document) {
        refuse_samples(samples)?;
        measurement::read(&document, query, evidence).map(Run::of)
    } else if document.get("evaluation_results").is_some() {
        refuse_samples(samples)?;
        every_eval_ever::read(&document, query, evidence).map(Run::of)
    } else if document.get("eval").is_some() && document.get("status").is_some() {
        refuse_samples(samples)?;
        inspect::read(&document, None, query, evidence)
    } else if document.get("results").is_some() {
        lm_eval::read(&document, query, samples, evidence)
    } else if document.get("doc_hash").is_some() {
        Err(unrecognised(SAMPLES_ALONE))
    } else {
        Err(unrecognised("it has none of the keys that tell them apart"))
    }
}

impl Reading {
    /// The reading with its verdict: x with the checks that confirm it, or why it must not decide.
    pub(super) fn judged(mut self, counts: Counts, verdict: Result<Verdict, String>) -> Self {
        self.counts = counts;
        if counts == Counts::RightAnswers {
            self.correct = count::nearest(self.score, self.samples);
            self.x = u128::from(self.correct);
        }
        self.decides = verdict.is_ok();
        match verdict {
            Ok((x, checks)) => (self.x, self.checks) = (x, checks),
            Err(reason) => self.reason = Some(reason),
        }
        self
    }

    /// A reading of which only format and evidence are known yet.
    pub(super) fn blank(format: Format, evidence: B256) -> Self {
        Self {
            format,
            counts: Counts::RightAnswers,
            task: String::new(),
            metric: String::new(),
            filter: String::new(),
            correct: 0,
            samples: 0,
            x: 0,
            y: 0,
            decides: false,
            reason: None,
            checks: Vec::new(),
            score: None,
            harness: String::new(),
            task_hash: B256::ZERO,
            task_hash_drawn: None,
            evidence,
            model: None,
            model_sha: None,
            evaluator: None,
            origin: None,
        }
    }
}

impl Run {
    /// A reading of a file that holds no answers one by one.
    fn of(reading: Reading) -> Self {
        Self {
            reading,
            answers: Vec::new(),
            settings: Vec::new(),
        }
    }
}

impl Query {
    /// What is asked of a comparison's baseline.
    pub(super) fn of_baseline(&self) -> Self {
        let mut query = self.clone();
        if self.whole_baseline {
            query.drawn = Vec::new();
        }
        query
    }

    /// What was asked for, for an error message.
    pub(super) fn asked(&self) -> String {
        match &self.filter {
            Some(filter) => format!("\"{}\" with \"{filter}\"", self.metric),
            None => format!("\"{}\"", self.metric),
        }
    }
}

impl EvalError {
    pub(super) fn not_json(file: &str, fault: Fault) -> Self {
        let Fault {
            line,
            column,
            message,
        } = fault;
        Self::NotJson {
            file: file.to_owned(),
            line,
            column,
            message,
        }
    }
}

/// Why a mean of scores does not decide.
pub(super) const NO_ANSWERS: &str =
    "A mean of scores decides only with the answers one by one: give the samples file beside it.";
const SAMPLES_ALONE: &str =
    "it is a samples file, which confirms a result; give the result file and this one beside it";

pub(super) fn unrecognised(why: &str) -> EvalError {
    EvalError::Unrecognised(why.to_owned())
}

fn check_size(bytes: &[u8], file: &'static str) -> Result<(), EvalError> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(EvalError::TooLarge {
            file,
            bytes: bytes.len(),
        });
    }
    Ok(())
}

fn refuse_samples(samples: Option<&[u8]>) -> Result<(), EvalError> {
    samples.map_or(Ok(()), |_| Err(EvalError::SamplesNotTaken))
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

fn decimal<S: Serializer>(value: &u128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn some_hex<S: Serializer>(value: &Option<B256>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}

pub(super) fn hex<S: Serializer>(value: &B256, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}
