//! `eval read`: what a result file says, and whether it may decide money.

use std::path::Path;

use guerdon_formats::eval::{
    self, Counts, EvalError, Format as FileFormat, PairError, Pairing, Query, Reading, Side,
};

use crate::cli::{EvalCommand, EvalQuery, EvalReadArgs};
use crate::commands::to_value;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{Format, Record};

/// What the files of a result say.
#[derive(Debug)]
pub(crate) enum Read {
    /// One run, or a measurement.
    One(Box<Reading>),
    /// A candidate against a baseline.
    Two(Box<Pairing>),
}

pub(crate) fn run(format: Format, command: &EvalCommand) -> Outcome {
    match command {
        EvalCommand::Read(arguments) => read_command(format, arguments),
    }
}

fn read_command(format: Format, arguments: &EvalReadArgs) -> Outcome {
    let counts = match arguments.scores {
        true => Counts::Scores,
        false => Counts::RightAnswers,
    };
    let asked = Query {
        counts,
        ..Query::default()
    };
    let read = read(&arguments.file, &arguments.query, asked)?;
    let (record, reason) = match &read {
        Read::One(reading) => (record(reading)?, &reading.reason),
        Read::Two(pairing) => (paired(pairing)?, &pairing.reason),
    };
    format.record(&record)?;
    match reason {
        None => Ok(()),
        Some(reason) => Err(Failure::precondition(format!(
            "this file must not decide money: {reason}"
        ))),
    }
}

/// Reads a result file, with its samples file if one is named, and against a baseline's if one is.
/// What the arguments do not say is asked as `asked` has it.
pub(crate) fn read(file: &Path, arguments: &EvalQuery, asked: Query) -> Outcome<Read> {
    let is_goals_task = arguments.task.is_none() && asked.task.is_some();
    let is_goals_filter = arguments.filter.is_none() && asked.filter.is_some();
    let failed = |error: &EvalError| {
        let goals = match error {
            EvalError::NoSuchTask { .. } if is_goals_task => "that task",
            EvalError::NoSuchScore { .. } if is_goals_filter => "that filter",
            _ => return unreadable(error),
        };
        Failure::precondition(error.to_string()).hint(format!("the goal counts {goals} alone"))
    };
    let query = narrowed(arguments, asked);
    let load = |path: Option<&Path>| path.map(files::read).transpose();
    let bytes = files::read(file)?;
    let samples = load(arguments.samples.as_deref())?;
    let Some(against) = &arguments.against else {
        return eval::read(&bytes, &query, samples.as_deref())
            .map(|reading| Read::One(Box::new(reading)))
            .map_err(|error| failed(&error));
    };
    let baseline = (
        files::read(against)?,
        load(arguments.against_samples.as_deref())?,
    );
    let side = |bytes, samples| Side {
        file: bytes,
        samples,
    };
    let candidate = side(&bytes, samples.as_deref());
    let pairing = eval::pair(candidate, side(&baseline.0, baseline.1.as_deref()), &query);
    let pairing = pairing.map_err(|PairError { side, error }| {
        let failure = failed(&error);
        Failure {
            sentence: format!("{side}: {}", failure.sentence),
            ..failure
        }
    })?;
    if let Some(path) = &arguments.pair {
        files::write(path, &pairing.files.encode())?;
    }
    Ok(Read::Two(Box::new(pairing)))
}

/// The query with what the arguments say.
fn narrowed(arguments: &EvalQuery, asked: Query) -> Query {
    let metric = match asked.metric.as_str() {
        "" => "exact_match".to_owned(),
        _ => asked.metric,
    };
    Query {
        task: arguments.task.clone().or(asked.task),
        metric: arguments.metric.clone().unwrap_or(metric),
        filter: arguments.filter.clone().or(asked.filter),
        ..asked
    }
}

/// Reads the bytes of a result file.
pub(crate) fn read_bytes(bytes: &[u8], query: &Query, samples: Option<&[u8]>) -> Outcome<Reading> {
    eval::read(bytes, query, samples).map_err(|error| unreadable(&error))
}

/// A measurement that holds one number; none for any other file, which says nothing by itself.
pub(crate) fn read_number(bytes: &[u8]) -> Outcome<Option<Reading>> {
    match eval::read(bytes, &Query::default(), None) {
        Ok(reading) if reading.format == FileFormat::Measurement => Ok(Some(reading)),
        Err(error @ EvalError::Measurement(_)) => Err(unreadable(&error)),
        _ => Ok(None),
    }
}

fn unreadable(error: &EvalError) -> Failure {
    let hint = match error {
        EvalError::NoSuchTask { .. } | EvalError::TaskNeeded { .. } => "give --task",
        EvalError::NoSuchScore { .. } | EvalError::FilterNeeded { .. } => {
            "give --metric and --filter as the file has them"
        }
        EvalError::Measurement(_) => "docs/RESULTS.md shows the form of a measurement",
        _ => "results of lm-evaluation-harness, Inspect and Every Eval Ever are read",
    };
    Failure::input(error.to_string()).hint(hint)
}

fn record(reading: &Reading) -> Outcome<Record> {
    let value = to_value(reading)?;
    let score = match (reading.counts, reading.samples) {
        (Counts::Number, _) => reading.x.to_string(),
        (Counts::Scores, samples) => match reading.score {
            Some(mean) => format!("mean {mean} of {samples} scores, {} ppb in all", reading.x),
            None => format!("no mean of {samples} scores"),
        },
        (_, 0) => format!(
            "{} right; the file does not say of how many",
            reading.correct
        ),
        (_, samples) => format!("{} of {samples} right", reading.correct),
    };
    let drawn = reading.task_hash_drawn.map(|hash| hash.to_string());
    let origin = reading.origin.as_ref();
    Ok(Record::new(value)
        .line("task", &reading.task)
        .line("metric", format!("{}, {}", reading.metric, reading.filter))
        .line("result", score)
        .line("verdict", verdict(reading.reason.as_deref()))
        .line("harness", &reading.harness)
        .line_if("unit", origin.map(|origin| origin.unit.clone()))
        .line_if("window", origin.map(|origin| origin.window.clone()))
        .line_if("source", origin.map(|origin| origin.source.clone()))
        .line_if("model", reading.model.clone())
        .line("task hash", reading.task_hash.to_string())
        .line_if("of drawn runs", drawn)
        .line("evidence", reading.evidence.to_string()))
}

fn paired(pairing: &Pairing) -> Outcome<Record> {
    let (ours, theirs) = (&pairing.candidate, &pairing.baseline);
    let right = |reading: &Reading| {
        let model = reading.model.as_deref().unwrap_or("without a name");
        format!("{model}: {} of {} right", reading.correct, reading.samples)
    };
    let Pairing {
        wins, losses, ties, ..
    } = pairing;
    Ok(Record::new(to_value(pairing)?)
        .line("task", &ours.task)
        .line("metric", format!("{}, {}", ours.metric, ours.filter))
        .line("candidate", right(ours))
        .line("baseline", right(theirs))
        .line(
            "result",
            format!("{wins} wins, {losses} losses, {ties} ties"),
        )
        .line("verdict", verdict(pairing.reason.as_deref()))
        .line("harness", &ours.harness)
        .line("task hash", ours.task_hash.to_string())
        .line("evidence", pairing.evidence.to_string()))
}

fn verdict(reason: Option<&str>) -> String {
    match reason {
        None => "may decide money".to_owned(),
        Some(reason) => format!("must not decide money: {reason}"),
    }
}
