//! Results in the schema of Every Eval Ever, version 0.3.
//!
//! The task hash is the hash (see `canonical.rs`) of an object with the keys `format`
//! (`"every-eval-ever"`), `harness` (name and version of `eval_library`), `task`, `metric`, `filter`,
//! `source_data`, `metric_config` without its `additional_details`, and `generation_config`; what
//! the file does not have is `null`. The schema has no hash of the questions, and no place for a
//! limit: a limited run shows only in the number of samples, which a goal asks for exactly.

use alloy_primitives::B256;

use super::json::{Json, Map};
use super::reading::{Check, Counts, EvalError, Format, Query, Reading, Verdict, unrecognised};
use super::{canonical, count};

/// Reads a result file.
pub(super) fn read(
    document: &Json<'_>,
    query: &Query,
    evidence: B256,
) -> Result<Reading, EvalError> {
    let version = document.text_at(&["schema_version"]).unwrap_or_default();
    if !version.starts_with("0.3.") {
        return Err(unrecognised(
            "its \"schema_version\" of Every Eval Ever is not 0.3",
        ));
    }
    let results = document
        .get("evaluation_results")
        .and_then(Json::list)
        .unwrap_or_default();
    let found = choose(results, query)?;
    let library = |key: &str| {
        document
            .text_at(&["eval_library", key])
            .unwrap_or("unknown")
    };
    let mut reading = Reading::blank(Format::EveryEvalEver, evidence);
    reading.samples = found.samples().unwrap_or(0);
    reading.score = found
        .result
        .path(&["score_details", "score"])
        .and_then(Json::float);
    reading.harness = format!("{} {}", library("name"), library("version"));
    reading.task_hash = task_hash(document, &found);
    reading.model = document.text_at(&["model_info", "name"]).map(str::to_owned);
    let evaluator = ["source_metadata", "evaluator_relationship"];
    reading.evaluator = document.text_at(&evaluator).map(str::to_owned);
    let verdict = check_source(document)
        .and_then(|()| check_choice(query))
        .and_then(|()| found.judge(&reading));
    reading.task = found.task;
    reading.metric = found.metric;
    reading.filter = found.filter;
    Ok(reading.judged(Counts::RightAnswers, verdict))
}

/// One of the results of a file.
struct Found<'j, 'a> {
    result: &'j Json<'a>,
    task: String,
    metric: String,
    filter: String,
}

impl<'j, 'a> Found<'j, 'a> {
    /// `evaluation_result_id` is `metric:filter`, `evaluation_name` is `task/filter`.
    fn of(result: &'j Json<'a>) -> Self {
        let id = result
            .text_at(&["evaluation_result_id"])
            .and_then(|id| id.split_once(':'));
        let name = result.text_at(&["evaluation_name"]).unwrap_or_default();
        let dataset = result.text_at(&["source_data", "dataset_name"]);
        let task = dataset.unwrap_or_else(|| name.split_once('/').map_or(name, |(task, _)| task));
        let within = name
            .strip_prefix(task)
            .and_then(|rest| rest.strip_prefix('/'));
        let metric = result.text_at(&["metric_config", "metric_name"]);
        let metric = metric.or(id.map(|(metric, _)| metric)).unwrap_or(name);
        let filter = id.map(|(_, filter)| filter).or(within).unwrap_or("none");
        Self {
            result,
            task: task.to_owned(),
            metric: metric.to_owned(),
            filter: filter.to_owned(),
        }
    }

    fn pair(&self) -> String {
        format!("{},{}", self.metric, self.filter)
    }

    fn samples(&self) -> Option<u64> {
        self.result
            .whole_at(&["score_details", "uncertainty", "num_samples"])
    }

    fn judge(&self, reading: &Reading) -> Result<Verdict, String> {
        self.check_metric()?;
        if self.samples().is_none() {
            return Err("The file does not say how many questions the score is over.".to_owned());
        }
        let correct = count::correct(reading.score, reading.samples)?;
        let stderr = self
            .result
            .path(&["score_details", "uncertainty", "standard_error"]);
        let method = stderr.and_then(|stderr| stderr.text_at(&["method"]));
        // A resampled error is random; only the analytic one can be computed again.
        match stderr.and_then(|stderr| stderr.get("value")) {
            Some(value) if method.is_none_or(|method| method == "analytic") => {
                let value = value.float().ok_or("The standard error is no number.")?;
                count::check_stderr(value, correct, reading.samples)?;
                Ok((correct.into(), vec![Check::Stderr]))
            }
            _ => Ok((correct.into(), Vec::new())),
        }
    }

    /// The metric is a share of right answers, from 0 to 1, and more is better.
    fn check_metric(&self) -> Result<(), String> {
        let config = |key: &str| self.result.path(&["metric_config", key]);
        match config("lower_is_better").map(Json::bool) {
            Some(Some(false)) => {}
            Some(Some(true)) => return Err("For this metric, lower is better.".to_owned()),
            _ => return Err("The file does not say whether lower is better.".to_owned()),
        }
        let bounds = [("min_score", 0.0), ("max_score", 1.0)];
        for (key, bound) in bounds {
            if let Some(value) = config(key)
                && value.float() != Some(bound)
            {
                return Err(format!("The score's {key} is not {bound}."));
            }
        }
        match config("metric_unit").and_then(Json::text) {
            None | Some("proportion") => Ok(()),
            Some(unit) => Err(format!("The score is in \"{unit}\", not a proportion.")),
        }
    }
}

/// The result that is meant.
fn choose<'j, 'a>(results: &'j [Json<'a>], query: &Query) -> Result<Found<'j, 'a>, EvalError> {
    let all: Vec<Found<'j, 'a>> = results.iter().map(Found::of).collect();
    let mut tasks: Vec<String> = all.iter().map(|found| found.task.clone()).collect();
    tasks.sort();
    tasks.dedup();
    let task = match (&query.task, tasks.as_slice()) {
        (Some(task), _) if tasks.contains(task) => task.clone(),
        (Some(task), _) => {
            return Err(EvalError::NoSuchTask {
                task: task.clone(),
                tasks,
            });
        }
        (None, [task]) => task.clone(),
        (None, []) => return Err(unrecognised("its \"evaluation_results\" are empty")),
        (None, _) => return Err(EvalError::TaskNeeded { tasks }),
    };
    let (of_task, asked) = (|found: &&Found<'_, '_>| found.task == task, query.asked());
    let scores: Vec<String> = all.iter().filter(of_task).map(Found::pair).collect();
    let mut fitting: Vec<Found<'j, 'a>> = all
        .into_iter()
        .filter(|found| found.task == task && found.metric == query.metric)
        .filter(|found| {
            query
                .filter
                .as_ref()
                .is_none_or(|asked| *asked == found.filter)
        })
        .collect();
    match (fitting.pop(), fitting.is_empty()) {
        (Some(found), true) => Ok(found),
        (None, _) => Err(EvalError::NoSuchScore {
            task,
            asked,
            scores,
        }),
        (Some(last), false) => {
            fitting.push(last);
            let scores = fitting.iter().map(Found::pair).collect();
            Err(EvalError::FilterNeeded { asked, scores })
        }
    }
}

/// The schema has no place for the items of a run, nor for the choice of them.
fn check_choice(query: &Query) -> Result<(), String> {
    match query.drawn.len() {
        0 => Ok(()),
        count => Err(format!(
            "The file does not say over which items the run was: bring the harness's own, which \
             shows whether they are the {count} that the chain drew."
        )),
    }
}

/// The score comes from a run, by somebody who is no party.
fn check_source(document: &Json<'_>) -> Result<(), String> {
    let source = |key: &str| {
        document
            .text_at(&["source_metadata", key])
            .unwrap_or("unknown")
    };
    if source("source_type") != "evaluation_run" {
        return Err(format!(
            "The score was not measured by the file's author: its source_type is \"{}\".",
            source("source_type")
        ));
    }
    if source("evaluator_relationship") != "third_party" {
        return Err(format!(
            "The evaluator is no third party: its relationship is \"{}\".",
            source("evaluator_relationship")
        ));
    }
    for key in ["name", "version"] {
        if document
            .text_at(&["eval_library", key])
            .is_none_or(|text| text == "unknown")
        {
            return Err(format!("The file does not give the {key} of the harness."));
        }
    }
    Ok(())
}

fn task_hash(document: &Json<'_>, found: &Found<'_, '_>) -> B256 {
    let library = document.get("eval_library");
    let harness =
        ["name", "version"].map(|key| Json::or_null(library.and_then(|library| library.get(key))));
    let mut metric = Json::or_null(found.result.get("metric_config"));
    if let Json::Map(map) = &mut metric {
        map.remove("additional_details");
    }
    let mut map = Map::new();
    map.insert("format".into(), Json::Text("every-eval-ever".into()));
    map.insert("harness".into(), Json::List(harness.into()));
    map.insert("task".into(), Json::Text(found.task.as_str().into()));
    map.insert("metric".into(), Json::Text(found.metric.as_str().into()));
    map.insert("filter".into(), Json::Text(found.filter.as_str().into()));
    map.insert(
        "source_data".into(),
        Json::or_null(found.result.get("source_data")),
    );
    map.insert("metric_config".into(), metric);
    map.insert(
        "generation_config".into(),
        Json::or_null(found.result.get("generation_config")),
    );
    canonical::hash(&Json::Map(map))
}
