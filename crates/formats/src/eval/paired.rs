//! Two runs over the same items: a candidate against a baseline, item by item.

use std::borrow::Cow;
use std::collections::HashSet;

use alloy_primitives::{B256, keccak256};
use serde::Serialize;
use serde_json::{Value, json};

use super::answers::{self, Answer};
use super::reading::{Check, Counts, EvalError, Format, Query, Reading, Run, hex, run};
use crate::json::{Fields, FileError, canonical};

/// The files of one run.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The result file.
    pub file: &'a [u8],
    /// The answers one by one, where the harness wrote them into a file of their own.
    pub samples: Option<&'a [u8]>,
}

/// What two files say together, and whether they may decide money.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pairing {
    /// What the candidate's file says by itself.
    pub candidate: Reading,
    /// What the baseline's file says by itself.
    pub baseline: Reading,
    /// Items on which the candidate is right and the baseline wrong: the goal's x.
    pub wins: u64,
    /// Items on which the baseline is right and the candidate wrong: the goal's y.
    pub losses: u64,
    /// Items on which both are right, or both wrong.
    pub ties: u64,
    /// Whether they may decide money.
    pub decides: bool,
    /// Why they may not, in one sentence.
    pub reason: Option<String>,
    /// The file that names them all.
    pub files: PairFile,
    /// keccak256 of that file, which the panel signs.
    #[serde(serialize_with = "hex")]
    pub evidence: B256,
}

/// The evidence of a comparison: the hashes of its files, and which figure of them was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairFile {
    /// The task.
    pub task: String,
    /// The metric.
    pub metric: String,
    /// The filter, or the scorer.
    pub filter: String,
    /// The candidate's files.
    pub candidate: Hashes,
    /// The baseline's files.
    pub baseline: Hashes,
}

/// keccak256 of the files of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hashes {
    /// Of the result file.
    pub result: B256,
    /// Of the answers one by one, where they stand in a file of their own.
    pub answers: Option<B256>,
}

/// Why one of two files could not be read as asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{side}: {error}")]
pub struct PairError {
    /// "The candidate's file" or "The baseline's file".
    pub side: &'static str,
    /// Why.
    pub error: EvalError,
}

/// Reads two runs and compares them item by item: a win is an item that the candidate answered
/// right and the baseline wrong, a loss the other way round. Of a baseline over the whole pool
/// ([`Query::whole_baseline`]) the items count that the candidate answered.
///
/// # Errors
/// [`PairError`] when one of them cannot be read at all. Two files that can be read but must not
/// decide money are a [`Pairing`] with `decides` false and a reason.
pub fn pair(candidate: Side<'_>, baseline: Side<'_>, query: &Query) -> Result<Pairing, PairError> {
    let query = Query {
        counts: Counts::RightAnswers,
        ..query.clone()
    };
    let read = |side: &'static str, files: Side<'_>, query: &Query| {
        run(files.file, query, files.samples).map_err(|error| PairError { side, error })
    };
    let ours = read("The candidate's file", candidate, &query)?;
    let theirs = read("The baseline's file", baseline, &query.of_baseline())?;
    let verdict = same_files((candidate, baseline)).and_then(|()| compare(&ours, &theirs, &query));
    let files = PairFile {
        task: ours.reading.task.clone(),
        metric: ours.reading.metric.clone(),
        filter: ours.reading.filter.clone(),
        candidate: Hashes::of(candidate),
        baseline: Hashes::of(baseline),
    };
    let outcome = verdict.as_ref().copied().unwrap_or_default();
    Ok(Pairing {
        candidate: ours.reading,
        baseline: theirs.reading,
        wins: outcome.wins,
        losses: outcome.losses,
        ties: outcome.ties,
        decides: verdict.is_ok(),
        reason: verdict.err(),
        evidence: keccak256(files.encode()),
        files,
    })
}

/// A run is no baseline of itself: it would tie everywhere, which some goals pay for.
fn same_files((candidate, baseline): (Side<'_>, Side<'_>)) -> Result<(), String> {
    let answers = candidate.samples.zip(baseline.samples);
    if alike(candidate.file, baseline.file) || answers.is_some_and(|(a, b)| alike(a, b)) {
        return Err("The two files are one and the same run.".to_owned());
    }
    Ok(())
}

/// Blanks and line ends, which anybody may add to JSON, make no other file.
fn alike(a: &[u8], b: &[u8]) -> bool {
    fn bare(bytes: &[u8]) -> impl Iterator<Item = &u8> {
        bytes.iter().filter(|byte| !byte.is_ascii_whitespace())
    }
    bare(a).eq(bare(b))
}

fn compare(candidate: &Run, baseline: &Run, query: &Query) -> Result<answers::Outcome, String> {
    for (side, run) in [("candidate", candidate), ("baseline", baseline)] {
        let reading = &run.reading;
        if let Some(reason) = &reading.reason {
            return Err(format!("The {side}'s file must not decide: {reason}"));
        }
        if reading.counts != Counts::RightAnswers {
            return Err(format!(
                "The {side}'s file counts no right answers: there is nothing to win or to lose."
            ));
        }
        if !reading.checks.contains(&Check::Samples) {
            return Err(format!(
                "The {side} has no answers one by one: give its samples file, which \
                 --log_samples writes, or the whole log."
            ));
        }
    }
    let (ours, theirs) = (&candidate.reading, &baseline.reading);
    other_model(ours, theirs)?;
    for (what, ours, theirs) in [
        ("task", &ours.task, &theirs.task),
        ("metric", &ours.metric, &theirs.metric),
        ("filter", &ours.filter, &theirs.filter),
        ("harness", &ours.harness, &theirs.harness),
    ] {
        if ours != theirs {
            return Err(differ(what, ours, theirs));
        }
    }
    let outcome = answers::pair(&candidate.answers, &counting(candidate, baseline, query)?)?;
    let hash = |reading: &Reading| match reading.format {
        Format::Inspect if query.drawn.is_empty() => reading.task_hash,
        _ => reading.task_hash_drawn.unwrap_or(reading.task_hash),
    };
    if hash(ours) != hash(theirs) {
        return Err(
            "The two runs differ in the configuration of the task: their task hashes differ."
                .to_owned(),
        );
    }
    for ((name, ours), (_, theirs)) in candidate.settings.iter().zip(&baseline.settings) {
        if ours != theirs {
            return Err(differ(name, ours, theirs));
        }
    }
    let items = outcome.wins + outcome.losses + outcome.ties;
    let of_baseline = match query.whole_baseline {
        true => u64::from(query.pool),
        false => items,
    };
    if (items, of_baseline) != (ours.samples, theirs.samples) {
        return Err(format!(
            "The two runs answer {items} items one by one, and their scores are over {} and {}.",
            ours.samples, theirs.samples
        ));
    }
    Ok(outcome)
}

/// The baseline's answers that count: of a run over the whole pool, those to the drawn items.
fn counting<'a>(
    candidate: &Run,
    baseline: &'a Run,
    query: &Query,
) -> Result<Cow<'a, [Answer]>, String> {
    let all = baseline.answers.as_slice();
    if !query.whole_baseline {
        return Ok(all.into());
    }
    let (items, pool) = (baseline.reading.samples, query.pool);
    if items != u64::from(pool) {
        return Err(format!(
            "The baseline's file is over {items} items, but the chain drew out of {pool}: a \
             baseline that is named by its file runs them all."
        ));
    }
    let drawn: HashSet<&str> = candidate
        .answers
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    let of_drawn = all.iter().filter(|one| drawn.contains(one.id.as_str()));
    Ok(of_drawn.cloned().collect())
}

/// Two runs of one model tie wherever it answers alike: none is a baseline of the other.
fn other_model(candidate: &Reading, baseline: &Reading) -> Result<(), String> {
    let name = |reading: &Reading| (reading.model.clone(), reading.model_sha.clone());
    if name(candidate) != name(baseline) {
        return Ok(());
    }
    Err(match &candidate.model {
        Some(model) => format!("Both runs are of the same model, {model}."),
        None => "Neither file names the model that it is of.".to_owned(),
    })
}

fn differ(what: &str, ours: &str, theirs: &str) -> String {
    format!("The two runs differ in their {what}: {ours} and {theirs}.")
}

impl Hashes {
    fn of(side: Side<'_>) -> Self {
        Self {
            result: keccak256(side.file),
            answers: side.samples.map(keccak256),
        }
    }

    fn to_value(self) -> Value {
        let answers = self.answers.map(|hash| hash.to_string());
        json!({"result": self.result.to_string(), "answers": answers})
    }

    fn read(mut fields: Fields) -> Result<Self, FileError> {
        let result = fields.hash("result")?;
        let answers = match fields.optional("answers") {
            Some(Value::String(text)) => Some(text.parse().map_err(|_| {
                fields.wrong(
                    "answers",
                    "it must be 0x and 64 hexadecimal digits, or null",
                )
            })?),
            Some(_) => return Err(fields.wrong("answers", "it must be a text or null")),
            None => None,
        };
        fields.finish()?;
        Ok(Self { result, answers })
    }
}

impl PairFile {
    /// Canonical JSON: the bytes whose hash is the evidence.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical(&self.to_value())
    }

    fn to_value(&self) -> Value {
        json!({
            "version": 1,
            "kind": "paired",
            "task": self.task,
            "metric": self.metric,
            "filter": self.filter,
            "candidate": self.candidate.to_value(),
            "baseline": self.baseline.to_value(),
        })
    }

    /// The hashes of the files that it names: the candidate's first.
    #[must_use]
    pub fn names(&self) -> Vec<B256> {
        let of = |side: Hashes| [Some(side.result), side.answers];
        let both = [of(self.candidate), of(self.baseline)].concat();
        both.into_iter().flatten().collect()
    }

    /// Reads the file back.
    ///
    /// # Errors
    /// [`FileError`] names the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FileError> {
        let mut fields = Fields::of_file(bytes)?;
        fields.version()?;
        if fields.text("kind")? != "paired" {
            return Err(fields.wrong("kind", "it must be paired"));
        }
        let file = Self {
            task: fields.text("task")?,
            metric: fields.text("metric")?,
            filter: fields.text("filter")?,
            candidate: Hashes::read(fields.object("candidate")?)?,
            baseline: Hashes::read(fields.object("baseline")?)?,
        };
        fields.finish()?;
        Ok(file)
    }
}

impl Serialize for PairFile {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_value().serialize(serializer)
    }
}
