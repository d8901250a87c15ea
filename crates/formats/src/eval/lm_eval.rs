//! Results of EleutherAI's lm-evaluation-harness (shape of 0.4.3 and later).
//!
//! Scores stand under `results[task]["<metric>,<filter>"]`; how many questions there were, under
//! `n-samples[task]`, is trusted only together with `sample_len`, since the harness writes the full
//! number there even for a run over chosen items.

use alloy_primitives::B256;

use super::json::Json;
use super::lm_drawn;
use super::lm_samples::{self, Tally};
use super::reading::{
    Check, Counts, EvalError, Format, NO_ANSWERS, Query, Reading, Run, Verdict, unrecognised,
};
use super::{canonical, count, lm_task};

/// Metrics of the harness that are means of right and wrong, higher being better, unless the task's
/// configuration says otherwise.
const MEANS_BY_DEFAULT: [&str; 3] = ["acc", "acc_norm", "exact_match"];

/// What a run was asked with, beside the configuration of its task: of `config`, and of the document.
const SETTINGS: [&str; 5] = [
    "gen_kwargs",
    "random_seed",
    "numpy_seed",
    "torch_seed",
    "fewshot_seed",
];
const PROMPTING: [&str; 3] = [
    "system_instruction",
    "system_instruction_sha",
    "fewshot_as_multiturn",
];

/// Reads a results document, and the samples file beside it if there is one.
pub(super) fn read(
    document: &Json<'_>,
    query: &Query,
    samples: Option<&[u8]>,
    evidence: B256,
) -> Result<Run, EvalError> {
    let results = Results::find(document, query)?;
    let tally = samples
        .map(|bytes| lm_samples::tally(bytes, &results.metric, &results.filter))
        .transpose()?;
    let version = document.text_at(&["lm_eval_version"]);
    let mut reading = Reading::blank(Format::LmEvaluationHarness, evidence);
    reading.samples = results.samples();
    reading.score = results.score().and_then(Json::float);
    reading.harness = format!("lm_eval {}", version.unwrap_or("of unknown version"));
    let score = (results.metric.as_str(), results.filter.as_str());
    let whole = lm_task::hash(document, &results.task, score, true);
    let drawn = lm_task::hash(document, &results.task, score, false);
    reading.task_hash = if query.drawn.is_empty() { whole } else { drawn };
    reading.task_hash_drawn = Some(drawn);
    reading.model = document.text_at(&["model_name"]).map(str::to_owned);
    reading.model_sha = document
        .text_at(&["config", "model_sha"])
        .map(str::to_owned);
    let verdict = results.judge(&reading, (tally.as_ref(), query));
    let settings = results.settings();
    reading.task = results.task;
    reading.metric = results.metric;
    reading.filter = results.filter;
    Ok(Run {
        reading: reading.judged(query.counts, verdict),
        answers: tally.map(Tally::into_answers).unwrap_or_default(),
        settings,
    })
}

/// One score of a results document.
struct Results<'a> {
    document: &'a Json<'a>,
    entry: &'a Json<'a>,
    task: String,
    metric: String,
    filter: String,
}

impl<'a> Results<'a> {
    fn find(document: &'a Json<'a>, query: &Query) -> Result<Self, EvalError> {
        let entries = document
            .get("results")
            .and_then(Json::map)
            .ok_or_else(|| unrecognised("its \"results\" are no object"))?;
        let tasks = || {
            entries
                .keys()
                .map(|task| task.to_string())
                .collect::<Vec<_>>()
        };
        let task = match &query.task {
            Some(task) => task.clone(),
            None if entries.len() == 1 => tasks().concat(),
            None if entries.is_empty() => return Err(unrecognised("its \"results\" are empty")),
            None => return Err(EvalError::TaskNeeded { tasks: tasks() }),
        };
        let Some(entry) = entries.get(task.as_str()) else {
            return Err(EvalError::NoSuchTask {
                task,
                tasks: tasks(),
            });
        };
        let (metric, filter) = choose(entry, &task, query)?;
        Ok(Self {
            document,
            entry,
            task,
            metric,
            filter,
        })
    }

    fn of_task(&self, section: &str) -> Option<&'a Json<'a>> {
        self.document.path(&[section, &self.task])
    }

    fn score(&self) -> Option<&'a Json<'a>> {
        self.entry.get(&format!("{},{}", self.metric, self.filter))
    }

    /// The questions that the score is over, as far as the file says.
    fn samples(&self) -> u64 {
        let key = format!("{},{}", self.metric, self.filter);
        let counted = self
            .entry
            .path(&["sample_count", &key])
            .and_then(Json::whole);
        let length = self.entry.whole_at(&["sample_len"]);
        let effective = self
            .of_task("n-samples")
            .and_then(|n| n.whole_at(&["effective"]));
        counted.or(length).or(effective).unwrap_or(0)
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let of_config = |key| (key, self.document.path(&["config", key]));
        let of_run = |key| (key, self.document.get(key));
        let all = SETTINGS.map(of_config).into_iter();
        all.chain(PROMPTING.map(of_run))
            .map(|(key, value)| (key, canonical::serialise(&Json::or_null(value))))
            .collect()
    }

    fn judge(
        &self,
        reading: &Reading,
        (tally, query): (Option<&Tally>, &Query),
    ) -> Result<Verdict, String> {
        self.check_leaf()?;
        match query.drawn.as_slice() {
            [] => self.check_whole_run()?,
            _ => lm_drawn::check(self.document, (&self.task, tally), query)?,
        }
        self.check_task()?;
        self.check_mean()?;
        let task_hash = self.of_task("task_hashes").and_then(Json::text);
        if query.counts == Counts::Scores {
            let tally = tally.ok_or(NO_ANSWERS)?;
            let mean = reading.score.ok_or(count::NO_SCORE)?;
            let sum = tally.confirm_mean(mean, reading.samples, task_hash)?;
            return Ok((sum, vec![Check::Samples]));
        }
        let correct = count::correct(reading.score, reading.samples)?;
        let mut checks = Vec::new();
        let stderr = self
            .entry
            .get(&format!("{}_stderr,{}", self.metric, self.filter));
        match stderr {
            None => {}
            Some(Json::Text(text)) if text == "N/A" => {}
            Some(value) => {
                let value = value.float().ok_or("The standard error is no number.")?;
                count::check_stderr(value, correct, reading.samples)?;
                checks.push(Check::Stderr);
            }
        }
        if let Some(tally) = tally {
            tally.confirm(correct, reading.samples, task_hash)?;
            checks.push(Check::Samples);
        }
        Ok((correct.into(), checks))
    }

    /// A group's score averages tasks, or only those that report the metric.
    fn check_leaf(&self) -> Result<(), String> {
        let subtasks = self
            .of_task("group_subtasks")
            .and_then(Json::list)
            .unwrap_or_default();
        let counted = self.entry.get("sample_count").is_some();
        if subtasks.is_empty() && self.of_task("groups").is_none() && !counted {
            return Ok(());
        }
        let names: Vec<&str> = subtasks.iter().filter_map(Json::text).collect();
        Err(format!(
            "\"{}\" is a group of tasks ({}), and a group's score covers only the tasks that \
             report the metric; a single task may decide.",
            self.task,
            names.join(", ")
        ))
    }

    /// Every question of the task was asked, no more and no less.
    fn check_whole_run(&self) -> Result<(), String> {
        let counts = self.of_task("n-samples");
        let original = counts.and_then(|n| n.whole_at(&["original"]));
        let effective = counts.and_then(|n| n.whole_at(&["effective"]));
        if let Some(limit) = self.document.path(&["config", "limit"]) {
            let limit = limit
                .float()
                .map_or_else(String::new, |limit| format!(" to {limit}"));
            return Err(match (effective, original) {
                (Some(effective), Some(original)) => format!(
                    "The run was limited{limit}: {effective} of {original} questions were asked."
                ),
                _ => format!("The run was limited{limit}."),
            });
        }
        if self.document.path(&["config", "samples"]).is_some() {
            return Err("The run was over chosen items, not over the whole task.".to_owned());
        }
        let (Some(original), Some(effective)) = (original, effective) else {
            return Err("The file does not say how many questions the task has.".to_owned());
        };
        if effective != original {
            return Err(format!(
                "Only {effective} of {original} questions were asked."
            ));
        }
        match self.entry.whole_at(&["sample_len"]) {
            Some(length) if length != original => Err(format!(
                "The score is over {length} questions, but the task has {original}."
            )),
            _ => Ok(()),
        }
    }

    fn check_task(&self) -> Result<(), String> {
        if self.document.text_at(&["lm_eval_version"]).is_none() {
            return Err("The file does not name the version of the harness.".to_owned());
        }
        let Some(config) = self.of_task("configs") else {
            return Err("The file holds no configuration of the task.".to_owned());
        };
        match config.get("repeats").map(Json::whole) {
            None | Some(Some(1)) => Ok(()),
            Some(Some(repeats)) => Err(format!(
                "Each question was asked {repeats} times (repeats), which is another experiment."
            )),
            Some(None) => Err("The task's repeats are no whole number.".to_owned()),
        }
    }

    /// The metric is a plain mean over the questions, and more is better.
    fn check_mean(&self) -> Result<(), String> {
        let metric = self.metric.as_str();
        let list = self
            .of_task("configs")
            .and_then(|config| config.get("metric_list"));
        let named = |item: &&Json<'_>| item.text_at(&["metric"]) == Some(metric);
        let declared: Vec<&Json<'_>> = list
            .and_then(Json::list)
            .unwrap_or_default()
            .iter()
            .filter(named)
            .collect();
        if declared.len() > 1 {
            return Err(format!("The task declares the metric \"{metric}\" twice."));
        }
        let declared = declared.first();
        let usual = MEANS_BY_DEFAULT.contains(&metric);
        match declared.and_then(|item| item.get("aggregation")) {
            Some(Json::Text(name)) if name == "mean" => {}
            Some(Json::Text(name)) => {
                return Err(format!(
                    "The metric is aggregated by \"{name}\", not by the mean."
                ));
            }
            None if usual => {}
            _ => return Err("The file does not say that the metric is a mean.".to_owned()),
        }
        let directions = [
            declared.and_then(|item| item.get("higher_is_better")),
            self.of_task("higher_is_better")
                .and_then(|map| map.get(metric)),
        ];
        let directions: Vec<Option<bool>> =
            directions.into_iter().flatten().map(Json::bool).collect();
        if directions.iter().any(|direction| *direction != Some(true)) {
            return Err(format!(
                "For the metric \"{metric}\", higher is not better."
            ));
        }
        if directions.is_empty() && !usual {
            return Err("The file does not say that higher is better.".to_owned());
        }
        Ok(())
    }
}

/// The metric and filter meant, out of those that the task has.
fn choose(entry: &Json<'_>, task: &str, query: &Query) -> Result<(String, String), EvalError> {
    let keys = entry.map().into_iter().flat_map(|map| map.keys());
    let scores: Vec<(&str, &str)> = keys
        .filter_map(|key| key.rsplit_once(','))
        .filter(|(metric, _)| !metric.ends_with("_stderr"))
        .collect();
    let listed = |scores: &[(&str, &str)]| {
        scores
            .iter()
            .map(|(metric, filter)| format!("{metric},{filter}"))
            .collect::<Vec<_>>()
    };
    let fits = |(metric, filter): &&(&str, &str)| {
        *metric == query.metric && query.filter.as_deref().is_none_or(|asked| asked == *filter)
    };
    let fitting: Vec<(&str, &str)> = scores.iter().filter(fits).copied().collect();
    let asked = query.asked();
    match fitting.as_slice() {
        [(metric, filter)] => Ok(((*metric).to_owned(), (*filter).to_owned())),
        [] => {
            let (task, scores) = (task.to_owned(), listed(&scores));
            Err(EvalError::NoSuchScore {
                task,
                asked,
                scores,
            })
        }
        several => Err(EvalError::FilterNeeded {
            asked,
            scores: listed(several),
        }),
    }
}
