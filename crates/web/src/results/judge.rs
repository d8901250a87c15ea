//! What brought files come to for a running attempt: read as the command line reads them.

use alloy_primitives::{B256, keccak256};
use axum::body::Bytes;
use guerdon_core::goal::{AttemptStatus, Kind, PanelResult, check_result};
use guerdon_core::ledger::AttemptRecord;
use guerdon_formats::eval::{
    EvalError, Format, Query, Side, fits, fits_pair, names_baseline, pair, read,
};
use guerdon_formats::goal_file::GoalDefinition;
use serde_json::{Value, json};

use super::desk::Desk;
use super::hand_in::may_bring;
use super::reading::facts;
use super::work::Refused;
use crate::access::GoalParty;
use crate::numbers::capital;
use crate::strings::results as words;

/// A file as it came, with its name.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) bytes: Bytes,
}

/// What a form brought.
#[derive(Clone, Debug, Default)]
pub(super) struct Brought {
    pub(super) file: File,
    /// The answers one by one, where the harness wrote them into a file of their own.
    pub(super) samples: Option<File>,
    /// The baseline's file, and its answers.
    pub(super) baseline: Option<File>,
    pub(super) baseline_samples: Option<File>,
    pub(super) count: String,
    pub(super) guards: u32,
}

/// What it comes to.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) result: PanelResult,
    /// What the reader took; `null` for evidence that is not read.
    pub(super) reading: Value,
    /// The file whose hash is signed.
    pub(super) evidence: File,
    /// The answers that confirmed it.
    pub(super) answers: Option<File>,
    /// Files that the evidence names.
    pub(super) named: Vec<File>,
}

/// x, y, what was read, and the files of it.
struct Found {
    counts: (u128, u128),
    reading: Value,
    evidence: File,
    answers: Option<File>,
    named: Vec<File>,
}

/// The result that files bring for a running attempt.
pub(super) async fn judge(
    desk: &Desk,
    party: &GoalParty,
    (number, now): (u16, u64),
    brought: Brought,
) -> Result<Judged, Refused> {
    let attempt = desk.attempt(number);
    let attempt = attempt.filter(|attempt| {
        attempt.word.status == AttemptStatus::Registered && attempt.word.deadline >= now
    });
    let attempt = attempt.ok_or(Refused::from(words::NOT_NOW))?;
    if !may_bring(&desk.record, &party.viewer) {
        return Err(words::NAMES_NOTHING.into());
    }
    let goal = &desk.record.goal;
    if goal.seed_blocks > 0 && attempt.word.seed == [0; 12] {
        return Err(words::NOT_SEALED.into());
    }
    let guards = brought.guards;
    let found = match goal.kind {
        Kind::Count => counted(desk, brought).await?,
        Kind::Proportion | Kind::Measure => one(desk, attempt, brought).await?,
        Kind::Paired => two(desk, attempt, brought).await?,
    };
    let result = PanelResult {
        goal: desk.record.id,
        attempt: number,
        model: attempt.model,
        x: found.counts.0,
        y: found.counts.1,
        samples: goal.samples,
        guards,
        evidence: keccak256(&found.evidence.bytes),
    };
    check_result(goal, &result)
        .map_err(|error| refused(&error.to_string(), &found.reading, result.evidence))?;
    Ok(Judged {
        result,
        reading: found.reading,
        evidence: found.evidence,
        answers: found.answers,
        named: found.named,
    })
}

/// A number that was typed in. A measurement beside it must say the same; any other file is
/// evidence that nothing here reads.
async fn counted(desk: &Desk, brought: Brought) -> Result<Found, Refused> {
    let count: u128 = brought.count.parse().map_err(|_| words::NOT_A_COUNT)?;
    let file = brought.file.bytes.clone();
    let reading = match aside(move || read(&file, &Query::default(), None)).await? {
        Ok(reading) if reading.format == Format::Measurement => {
            let (value, evidence) = (json!(reading), reading.evidence);
            if let Some(definition) = &desk.definition {
                fits(definition, &reading)
                    .map_err(|misfit| refused(&misfit.to_string(), &value, evidence))?;
            }
            if reading.x != count {
                let said = words::other_count(&count.to_string(), &reading.x.to_string());
                return Err(refused(&said, &value, evidence));
            }
            value
        }
        Err(error @ EvalError::Measurement(_)) => return Err(unread(&error)),
        _ => Value::Null,
    };
    Ok(Found {
        counts: (count, 0),
        reading,
        evidence: brought.file,
        answers: None,
        named: Vec::new(),
    })
}

/// Right answers or scores of one run.
async fn one(desk: &Desk, attempt: &AttemptRecord, brought: Brought) -> Result<Found, Refused> {
    let definition = definition(desk)?;
    let query = query(&definition, attempt)?;
    let drawn = query.drawn.len();
    let (file, samples) = (brought.file.bytes.clone(), bytes(&brought.samples));
    let work = move || {
        let reading = read(&file, &query, samples.as_deref());
        reading.map(|reading| (fits(&definition, &reading), reading))
    };
    let (fits, reading) = aside(work).await?.map_err(|error| unread(&error))?;
    let value = over(drawn, json!(reading));
    fits.map_err(|misfit| refused(&misfit.to_string(), &value, reading.evidence))?;
    Ok(Found {
        counts: (reading.x, reading.y),
        reading: value,
        evidence: brought.file,
        answers: brought.samples,
        named: Vec::new(),
    })
}

/// A candidate against a baseline.
async fn two(desk: &Desk, attempt: &AttemptRecord, brought: Brought) -> Result<Found, Refused> {
    let definition = definition(desk)?;
    let query = query(&definition, attempt)?;
    let drawn = query.drawn.len();
    let known = names_baseline(&definition);
    let Some(baseline) = brought.baseline else {
        return Err(words::NO_BASELINE.into());
    };
    let ours = (brought.file.bytes.clone(), bytes(&brought.samples));
    let theirs = (baseline.bytes.clone(), bytes(&brought.baseline_samples));
    let work = move || {
        let candidate = Side {
            file: &ours.0,
            samples: ours.1.as_deref(),
        };
        let baseline = Side {
            file: &theirs.0,
            samples: theirs.1.as_deref(),
        };
        let pairing = pair(candidate, baseline, &query);
        pairing.map(|pairing| (fits_pair(&definition, &pairing), pairing))
    };
    let (fits, pairing) = aside(work).await?.map_err(|error| unread(&error))?;
    let mut value = over(drawn, json!(pairing));
    if let (Some(object), false) = (value.as_object_mut(), known) {
        object.insert("baseline_named".to_owned(), false.into());
    }
    fits.map_err(|misfit| refused(&misfit.to_string(), &value, pairing.evidence))?;
    let evidence = File {
        name: words::PAIR_FILE.to_owned(),
        bytes: pairing.files.encode().into(),
    };
    let beside = [brought.samples, brought.baseline_samples];
    let named = [brought.file, baseline];
    Ok(Found {
        counts: (pairing.wins.into(), pairing.losses.into()),
        reading: value,
        evidence,
        answers: None,
        named: named
            .into_iter()
            .chain(beside.into_iter().flatten())
            .collect(),
    })
}

/// Reading takes time: other pages go on meanwhile.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refused> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Refused::from(words::BROKE_OFF))
}

fn bytes(file: &Option<File>) -> Option<Bytes> {
    file.as_ref().map(|file| file.bytes.clone())
}

fn definition(desk: &Desk) -> Result<GoalDefinition, Refused> {
    desk.definition.clone().ok_or_else(|| Refused {
        sentence: words::definition_unknown(&desk.title()),
        facts: Vec::new(),
    })
}

/// Which number of a file the goal's specification means, over which items.
fn query(definition: &GoalDefinition, attempt: &AttemptRecord) -> Result<Query, Refused> {
    let query = Query::of_goal(definition, attempt.word.seed);
    match query.metric.as_str() {
        "" => Err(words::NO_METRIC.into()),
        _ => Ok(query),
    }
}

/// What was read, with the items that it is over.
fn over(drawn: usize, mut reading: Value) -> Value {
    if let (Some(object), 1..) = (reading.as_object_mut(), drawn) {
        let said = format!("exactly the {drawn} that the chain drew");
        object.insert("items".to_owned(), said.into());
    }
    reading
}

fn unread(error: &impl std::fmt::Display) -> Refused {
    Refused {
        sentence: error.to_string(),
        facts: Vec::new(),
    }
}

/// A refusal in a sentence, with what was read.
fn refused(why: &str, reading: &Value, evidence: B256) -> Refused {
    let end = if why.ends_with('.') { "" } else { "." };
    Refused {
        sentence: format!("{}{end}", capital(why)),
        facts: facts(reading, evidence, None),
    }
}
