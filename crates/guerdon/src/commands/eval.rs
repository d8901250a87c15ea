//! `eval read`: what a result file says, and whether it may decide money.

use guerdon_formats::eval::{self, EvalError, Query, Reading};

use crate::cli::{EvalCommand, EvalQuery, EvalReadArgs};
use crate::commands::to_value;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{Format, Record};

pub(crate) fn run(format: Format, command: &EvalCommand) -> Outcome {
    match command {
        EvalCommand::Read(arguments) => read_command(format, arguments),
    }
}

fn read_command(format: Format, arguments: &EvalReadArgs) -> Outcome {
    let reading = read(&arguments.file, &arguments.query)?;
    format.record(&record(&reading)?)?;
    decides(&reading)
}

/// Reads a result file, and its samples file if one is named.
pub(crate) fn read(file: &std::path::Path, query: &EvalQuery) -> Outcome<Reading> {
    let bytes = files::read(file)?;
    let samples = query.samples.as_deref().map(files::read).transpose()?;
    read_bytes(&bytes, query, samples.as_deref())
}

/// Reads the bytes of a result file.
pub(crate) fn read_bytes(
    bytes: &[u8],
    query: &EvalQuery,
    samples: Option<&[u8]>,
) -> Outcome<Reading> {
    let query = Query {
        task: query.task.clone(),
        metric: query.metric.clone(),
        filter: query.filter.clone(),
        ..Query::default()
    };
    eval::read(bytes, &query, samples).map_err(|error| unreadable(&error))
}

/// Refuses a reading that must not decide money.
pub(crate) fn decides(reading: &Reading) -> Outcome {
    if reading.decides {
        return Ok(());
    }
    let reason = reading
        .reason
        .as_deref()
        .unwrap_or("the reader gave no reason");
    Err(Failure::precondition(format!(
        "this file must not decide money: {reason}"
    )))
}

fn unreadable(error: &EvalError) -> Failure {
    let hint = match error {
        EvalError::NoSuchTask { .. } | EvalError::TaskNeeded { .. } => "give --task",
        EvalError::NoSuchScore { .. } | EvalError::FilterNeeded { .. } => {
            "give --metric and --filter as the file has them"
        }
        _ => "results of lm-evaluation-harness, Inspect and Every Eval Ever are read",
    };
    Failure::input(error.to_string()).hint(hint)
}

fn record(reading: &Reading) -> Outcome<Record> {
    let value = to_value(reading)?;
    let score = match reading.samples {
        0 => format!(
            "{} right; the file does not say of how many",
            reading.correct
        ),
        samples => format!("{} of {samples} right", reading.correct),
    };
    let money = match &reading.reason {
        None => "may decide money".to_owned(),
        Some(reason) => format!("must not decide money: {reason}"),
    };
    Ok(Record::new(value)
        .line("task", &reading.task)
        .line("metric", format!("{}, {}", reading.metric, reading.filter))
        .line("result", score)
        .line("verdict", money)
        .line("harness", &reading.harness)
        .line_if("model", reading.model.clone())
        .line("task hash", reading.task_hash.to_string())
        .line("evidence", reading.evidence.to_string()))
}
