//! Logs of Inspect (version 2 of the log, as 0.3.285 writes it): what the header says.

use alloy_primitives::B256;

use super::inspect_samples::{self, Sample};
use super::json::Json;
use super::reading::{
    Check, Counts, EvalError, Format, NO_ANSWERS, Query, Reading, Run, Verdict, unrecognised,
};
use super::{canonical, count, inspect_drawn, inspect_task};

/// The score of a log that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    /// Its index in `results.scores`.
    index: usize,
    /// The score's name: the scorer's, or a key of the scorer's value.
    pub(super) name: String,
    /// The scorer's name.
    pub(super) scorer: String,
}

/// Reads a log; `samples` are those of an archive, otherwise they stand in the document.
pub(super) fn read(
    document: &Json<'_>,
    samples: Option<Vec<Sample>>,
    query: &Query,
    evidence: B256,
) -> Result<Run, EvalError> {
    let choice = choose(document, query)?;
    let inside = || {
        let list = document.get("samples").and_then(Json::list)?;
        let choice = choice.as_ref()?;
        (!list.is_empty()).then(|| list.iter().map(|item| Sample::of(item, choice)).collect())
    };
    let log = Log {
        document,
        choice: choice.as_ref(),
        samples: samples.or_else(inside),
    };
    let version = document.text_at(&["eval", "packages", "inspect_ai"]);
    let mut reading = Reading::blank(Format::Inspect, evidence);
    reading.task = document
        .text_at(&["eval", "task"])
        .unwrap_or_default()
        .to_owned();
    reading.metric = query.metric.clone();
    reading.filter = match &choice {
        Some(choice) => choice.name.clone(),
        None => query.filter.clone().unwrap_or_default(),
    };
    reading.samples = log.scored().unwrap_or(0);
    reading.score = log
        .metric(&query.metric)
        .and_then(|metric| metric.get("value")?.float());
    reading.harness = format!("inspect_ai {}", version.unwrap_or("of unknown version"));
    let score = (reading.metric.as_str(), reading.filter.as_str());
    let whole = inspect_task::hash(document, score, true);
    let drawn = inspect_task::hash(document, score, false);
    reading.task_hash = if query.drawn.is_empty() { whole } else { drawn };
    reading.task_hash_drawn = Some(drawn);
    reading.model = document.text_at(&["eval", "model"]).map(str::to_owned);
    let verdict = log.judge(&reading, query);
    let answers = log.samples.as_deref().map(inspect_samples::answers);
    Ok(Run {
        reading: reading.judged(query.counts, verdict),
        answers: answers.unwrap_or_default(),
        settings: settings(document),
    })
}

/// What a run was asked with, beside what the hash of its task covers.
fn settings(document: &Json<'_>) -> Vec<(&'static str, String)> {
    let eval = |keys: &[&str]| document.get("eval").and_then(|eval| eval.path(keys));
    let generation = inspect_task::generation(eval(&["model_generate_config"]));
    let commit = Json::or_null(eval(&["revision", "commit"]));
    let seed = Json::or_null(document.path(&["plan", "config", "seed"]));
    vec![
        ("model_generate_config", canonical::serialise(&generation)),
        ("revision", canonical::serialise(&commit)),
        ("seed", canonical::serialise(&seed)),
    ]
}

/// The score that is meant; none if the log has no results at all.
pub(super) fn choose(document: &Json<'_>, query: &Query) -> Result<Option<Choice>, EvalError> {
    if document.get("version").and_then(Json::whole) != Some(2) {
        return Err(unrecognised("its log format of Inspect is not version 2"));
    }
    let task = document.text_at(&["eval", "task"]).unwrap_or_default();
    let registered = document.text_at(&["eval", "task_registry_name"]);
    if let Some(asked) = &query.task
        && asked != task
        && Some(asked.as_str()) != registered
    {
        let tasks = vec![task.to_owned()];
        return Err(EvalError::NoSuchTask {
            task: asked.clone(),
            tasks,
        });
    }
    let Some(scores) = document.path(&["results", "scores"]).and_then(Json::list) else {
        return Ok(None);
    };
    let choices = scores.iter().enumerate().map(|(index, score)| {
        let scorer = score.text_at(&["scorer"]).unwrap_or_default();
        let name = score.text_at(&["name"]).unwrap_or(scorer).to_owned();
        Choice {
            index,
            name,
            scorer: scorer.to_owned(),
        }
    });
    let choices: Vec<Choice> = choices.collect();
    let has_metric = |choice: &&Choice| metric_of(scores, choice.index, &query.metric).is_some();
    let named = |choice: &&Choice| {
        query
            .filter
            .as_ref()
            .is_none_or(|asked| *asked == choice.name)
    };
    let scored = |choice: &&Choice| {
        query
            .filter
            .as_ref()
            .is_none_or(|asked| *asked == choice.scorer)
    };
    let mut fitting: Vec<&Choice> = choices.iter().filter(has_metric).filter(named).collect();
    if fitting.is_empty() {
        fitting = choices.iter().filter(has_metric).filter(scored).collect();
    }
    let asked = query.asked();
    match fitting.as_slice() {
        [choice] => Ok(Some((*choice).clone())),
        [] => {
            let scores = choices
                .iter()
                .flat_map(|choice| listed(scores, choice))
                .collect();
            Err(EvalError::NoSuchScore {
                task: task.to_owned(),
                asked,
                scores,
            })
        }
        several => {
            let pair = |choice: &&Choice| format!("{},{}", query.metric, choice.name);
            let scores = several.iter().map(pair).collect();
            Err(EvalError::FilterNeeded { asked, scores })
        }
    }
}

fn metric_of<'j, 'a>(scores: &'j [Json<'a>], index: usize, metric: &str) -> Option<&'j Json<'a>> {
    scores.get(index)?.path(&["metrics", metric])
}

/// The metrics of a score, as `metric,filter`.
fn listed(scores: &[Json<'_>], choice: &Choice) -> Vec<String> {
    let metrics = scores
        .get(choice.index)
        .and_then(|score| score.get("metrics")?.map());
    let metrics = metrics.into_iter().flat_map(|map| map.keys());
    metrics
        .map(|metric| format!("{metric},{}", choice.name))
        .collect()
}

struct Log<'j, 'a> {
    document: &'j Json<'a>,
    choice: Option<&'j Choice>,
    samples: Option<Vec<Sample>>,
}

impl<'j, 'a> Log<'j, 'a> {
    fn score(&self) -> Option<&'j Json<'a>> {
        let scores = self.document.path(&["results", "scores"])?.list()?;
        scores.get(self.choice?.index)
    }

    fn metric(&self, metric: &str) -> Option<&'j Json<'a>> {
        self.score()?.path(&["metrics", metric])
    }

    /// The questions that the score is over.
    fn scored(&self) -> Option<u64> {
        let counted = self
            .score()
            .and_then(|score| score.whole_at(&["scored_samples"]));
        counted.or_else(|| self.document.whole_at(&["results", "total_samples"]))
    }

    fn judge(&self, reading: &Reading, query: &Query) -> Result<Verdict, String> {
        self.check_finished()?;
        self.check_clean()?;
        let asked = match query.drawn.as_slice() {
            [] => self.check_whole_run()?,
            _ => inspect_drawn::check(self.document, self.samples.as_deref(), query)?,
        };
        self.check_asked(asked)?;
        self.check_metric(reading, query.counts)?;
        if query.counts == Counts::Scores {
            let samples = self.samples.as_deref().ok_or(NO_ANSWERS)?;
            inspect_samples::confirm_ids(samples, self.sample_ids())?;
            let mean = reading.score.ok_or(count::NO_SCORE)?;
            let sum = inspect_samples::confirm_mean(samples, mean, reading.samples)?;
            return Ok((sum, vec![Check::Samples]));
        }
        let correct = count::correct(reading.score, reading.samples)?;
        let mut checks = Vec::new();
        if let Some(stderr) = self.metric("stderr") {
            let params = ["params", "options"]
                .iter()
                .filter_map(|key| stderr.get(key));
            if params
                .into_iter()
                .any(|params| params.get("cluster").is_some())
            {
                return Err(
                    "The questions come in clusters (the standard error is clustered), \
                            so they are not independent."
                        .to_owned(),
                );
            }
            let value = stderr.get("value").and_then(Json::float);
            let value = value.ok_or("The standard error is no number.")?;
            count::check_stderr(value, correct, reading.samples)?;
            checks.push(Check::Stderr);
        }
        if let Some(samples) = &self.samples {
            inspect_samples::confirm(samples, correct, reading.samples)?;
            inspect_samples::confirm_ids(samples, self.sample_ids())?;
            checks.push(Check::Samples);
        }
        if checks.is_empty() {
            return Err(
                "The log holds neither its samples nor a standard error, so nothing \
                        confirms the score."
                    .to_owned(),
            );
        }
        Ok((correct.into(), checks))
    }

    fn sample_ids(&self) -> Option<&'j [Json<'a>]> {
        self.document
            .path(&["eval", "dataset", "sample_ids"])?
            .list()
    }

    fn check_finished(&self) -> Result<(), String> {
        let status = self.document.text_at(&["status"]).unwrap_or("unknown");
        if status != "success" {
            return Err(format!(
                "The run did not succeed: its status is \"{status}\"."
            ));
        }
        if self.document.get("error").is_some() {
            return Err("The run ended with an error.".to_owned());
        }
        match self.document.get("invalidated").map(Json::bool) {
            None | Some(Some(false)) => {}
            _ => return Err("The log was invalidated.".to_owned()),
        }
        if self.score().is_none() {
            return Err("The log has no results.".to_owned());
        }
        Ok(())
    }

    fn check_clean(&self) -> Result<(), String> {
        let eval = self.document.get("eval");
        if eval
            .and_then(|eval| eval.text_at(&["packages", "inspect_ai"]))
            .is_none()
        {
            return Err("The log does not name the version of Inspect.".to_owned());
        }
        match eval
            .and_then(|eval| eval.path(&["revision", "dirty"]))
            .map(Json::bool)
        {
            None | Some(Some(false)) => Ok(()),
            _ => Err(
                "The task's code had changes that were not committed (a dirty revision), so \
                      nobody can run it again."
                    .to_owned(),
            ),
        }
    }

    /// Nothing was chosen; the number of questions.
    fn check_whole_run(&self) -> Result<u64, String> {
        let config = |key: &str| self.document.path(&["eval", "config", key]);
        if config("limit").is_some() {
            return Err("The run was limited to a part of the questions.".to_owned());
        }
        if config("sample_id").is_some() {
            return Err("The run was over chosen questions, not over the whole task.".to_owned());
        }
        let dataset = self.document.whole_at(&["eval", "dataset", "samples"]);
        let Some(dataset) = dataset else {
            return Err("The log does not say how many questions the task has.".to_owned());
        };
        if let Some(ids) = self.sample_ids()
            && ids.len() as u64 != dataset
        {
            return Err(format!(
                "The log names {} questions of {dataset}.",
                ids.len()
            ));
        }
        Ok(dataset)
    }

    /// So many questions were asked, each once, finished and scored.
    fn check_asked(&self, questions: u64) -> Result<(), String> {
        let epochs = self.document.path(&["eval", "config", "epochs"]);
        match epochs.map(Json::whole) {
            None | Some(Some(1)) => {}
            Some(Some(epochs)) => {
                return Err(format!(
                    "Each question was asked {epochs} times (epochs), which is another experiment."
                ));
            }
            Some(None) => return Err("The log's epochs are no whole number.".to_owned()),
        }
        let total = self.document.whole_at(&["results", "total_samples"]);
        let completed = self.document.whole_at(&["results", "completed_samples"]);
        let unscored = self
            .score()
            .and_then(|score| score.whole_at(&["unscored_samples"]));
        let asked = [
            (total, "asked"),
            (completed, "completed"),
            (self.scored(), "scored"),
        ];
        for (count, what) in asked {
            if count != Some(questions) {
                let count = count.map_or_else(|| "an unknown number".into(), |n| n.to_string());
                return Err(format!("Of {questions} questions, {count} were {what}."));
            }
        }
        match unscored {
            None | Some(0) => Ok(()),
            Some(unscored) => Err(format!("{unscored} questions were not scored.")),
        }
    }

    fn check_metric(&self, reading: &Reading, counts: Counts) -> Result<(), String> {
        let mean = counts == Counts::Scores && reading.metric == "mean";
        if reading.metric != "accuracy" && !mean {
            return Err(format!(
                "\"{}\" is no share of right answers; of Inspect's metrics only accuracy may \
                 decide.",
                reading.metric
            ));
        }
        match self.score().and_then(|score| score.text_at(&["reducer"])) {
            None | Some("mean") => Ok(()),
            Some(reducer) => Err(format!(
                "The score is aggregated by \"{reducer}\", not by the mean."
            )),
        }
    }
}
