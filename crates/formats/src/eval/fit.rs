//! Whether a reading is of what a goal measures.

use alloy_primitives::B256;
use guerdon_core::goal::{Kind, draw};

use super::{Counts, Pairing, Query, Reading, run_seed};
use crate::goal_file::GoalDefinition;

/// Why a file does not decide a goal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The file alone must not decide money.
    #[error("this file must not decide money: {0}")]
    MustNot(String),
    /// Something else is counted than the goal counts.
    #[error("the file counts {found}, and {goal} is decided by {want}")]
    Kind {
        /// The goal's name.
        goal: String,
        /// What the file counts.
        found: &'static str,
        /// What the goal counts.
        want: &'static str,
    },
    /// Another number of questions than the goal's.
    #[error("the result is over {given} questions, and the goal takes exactly {samples}")]
    Samples {
        /// Questions of the file.
        given: u64,
        /// Samples of the goal.
        samples: u32,
    },
    /// Another task, harness, metric or filter than the specification names.
    #[error("the file is not of what {goal} measures: its {field} is {found}, not {want}")]
    Specification {
        /// The goal's name.
        goal: String,
        /// `task`, `task_hash`, `metric`, `filter`, `harness` and so on.
        field: &'static str,
        /// What the file says.
        found: String,
        /// What the specification asks for.
        want: String,
    },
    /// Wins and losses come from answers that the specification leaves open.
    #[error(
        "{goal} names the result file of its baseline and not the answers beside it, from which \
         wins and losses are counted: its specification must name baseline_answers, too"
    )]
    AnswersOpen {
        /// The goal's name.
        goal: String,
    },
}

impl Query {
    /// Which figure of a file a goal's specification means, over the items that an attempt's seed
    /// draws. A metric that the specification does not name is left empty.
    #[must_use]
    pub fn of_goal(definition: &GoalDefinition, seed: [u8; 12]) -> Self {
        let named = |name: &str| definition.specification.get(name).cloned();
        let goal = &definition.goal;
        let drawn = match goal.seed_blocks {
            0 => Vec::new(),
            _ => draw(seed, goal.pool, goal.samples),
        };
        let whole_baseline = whole_baseline(definition);
        Self {
            counts: counted(goal.kind),
            task: named("task"),
            metric: named("metric").unwrap_or_default(),
            filter: named("filter"),
            pool: if drawn.is_empty() { 0 } else { goal.pool },
            seed: (!drawn.is_empty() && !whole_baseline).then(|| run_seed(Some(definition), seed)),
            whole_baseline,
            drawn,
        }
    }
}

/// Whether a reading decides a goal: it may decide money, counts what the goal counts, is over
/// exactly as many questions, and is of the task, harness, metric and filter that the goal's
/// specification names.
///
/// # Errors
/// [`Misfit`] says what does not fit.
pub fn fits(goal: &GoalDefinition, reading: &Reading) -> Result<(), Misfit> {
    decides(reading.decides, reading.reason.as_deref())?;
    if goal.goal.kind == Kind::Paired {
        return Err(kind(goal, "one run", "two runs, one against the other"));
    }
    let want = counted(goal.goal.kind);
    if reading.counts != want {
        return Err(kind(goal, said(reading.counts), said(want)));
    }
    specified(goal, reading)
}

/// Whether a comparison decides a goal: as [`fits`] for the candidate, and the baseline is the one
/// that the specification names: by `baseline_model`, the text that its file has for it, or by
/// `baseline_file` and `baseline_answers`, the hashes of its result file and of the answers beside
/// it. Where a harness writes these into a file of their own, the one needs the other.
///
/// # Errors
/// [`Misfit`] says what does not fit.
pub fn fits_pair(goal: &GoalDefinition, pairing: &Pairing) -> Result<(), Misfit> {
    if goal.goal.kind != Kind::Paired {
        return Err(kind(goal, "two runs, one against the other", "one run"));
    }
    decides(pairing.decides, pairing.reason.as_deref())?;
    specified(goal, &pairing.candidate)?;
    let baseline = &pairing.baseline;
    let model = baseline.model.clone().unwrap_or_default();
    same(goal, "baseline_model", Some(model))?;
    let answers = pairing.files.baseline.answers;
    same_hash(goal, "baseline_file", Some(baseline.evidence))?;
    same_hash(goal, "baseline_answers", answers)?;
    let named = |key: &str| goal.specification.contains_key(key);
    if answers.is_some() && named("baseline_file") && !named("baseline_answers") {
        let goal = goal.name.clone();
        return Err(Misfit::AnswersOpen { goal });
    }
    Ok(())
}

/// Whether the baseline of a comparison over drawn items is a run over the whole pool: a file that
/// was pinned before the draw cannot be of the drawn items alone.
#[must_use]
pub fn whole_baseline(goal: &GoalDefinition) -> bool {
    goal.goal.kind == Kind::Paired
        && goal.goal.seed_blocks > 0
        && goal.specification.contains_key("baseline_file")
}

/// Whether a goal's specification says which baseline is meant.
#[must_use]
pub fn names_baseline(goal: &GoalDefinition) -> bool {
    let keys = ["baseline_model", "baseline_file"];
    keys.iter().any(|key| goal.specification.contains_key(*key))
}

fn decides(decides: bool, reason: Option<&str>) -> Result<(), Misfit> {
    if decides {
        return Ok(());
    }
    let reason = reason.unwrap_or("the reader gave no reason");
    Err(Misfit::MustNot(reason.to_owned()))
}

fn specified(goal: &GoalDefinition, reading: &Reading) -> Result<(), Misfit> {
    let (given, samples) = (reading.samples, goal.goal.samples);
    if given != u64::from(samples) {
        return Err(Misfit::Samples { given, samples });
    }
    same_hash(goal, "task_hash", Some(reading.task_hash))?;
    for (field, found) in [
        ("task", Some(reading.task.clone())),
        ("metric", Some(reading.metric.clone())),
        ("filter", Some(reading.filter.clone())),
        ("harness", Some(harness(goal, reading).to_owned())),
    ] {
        same(goal, field, found)?;
    }
    if matches!(goal.goal.kind, Kind::Proportion | Kind::Paired) {
        // No file of right answers says these: there they bind nobody.
        return Ok(());
    }
    let origin = reading.origin.as_ref();
    same(goal, "unit", origin.map(|origin| origin.unit.clone()))?;
    same(goal, "window", origin.map(|origin| origin.window.clone()))?;
    same(goal, "source", origin.map(|origin| origin.source.clone()))
}

/// The harness of a file, without its version where the specification names none.
fn harness<'a>(goal: &GoalDefinition, reading: &'a Reading) -> &'a str {
    let named = goal.specification.get("harness");
    match (named, reading.harness.split_once(' ')) {
        (Some(named), Some((name, _))) if !named.contains(' ') => name,
        _ => &reading.harness,
    }
}

/// What the specification names is what the file says; `found` is none where the file says nothing
/// of it, which is not what was named.
fn same(goal: &GoalDefinition, field: &'static str, found: Option<String>) -> Result<(), Misfit> {
    match goal.specification.get(field) {
        Some(want) if found.as_ref() != Some(want) => Err(other(goal, (field, want), found)),
        _ => Ok(()),
    }
}

/// The same for hashes: how their digits are written does not matter.
fn same_hash(
    goal: &GoalDefinition,
    field: &'static str,
    found: Option<B256>,
) -> Result<(), Misfit> {
    match goal.specification.get(field) {
        Some(want) if found.is_none() || want.parse().ok() != found => {
            let found = found.map(|hash| hash.to_string());
            Err(other(goal, (field, want), found))
        }
        _ => Ok(()),
    }
}

fn other(
    goal: &GoalDefinition,
    (field, want): (&'static str, &str),
    found: Option<String>,
) -> Misfit {
    Misfit::Specification {
        goal: goal.name.clone(),
        field,
        found: found.unwrap_or_else(|| "not in it".to_owned()),
        want: want.to_owned(),
    }
}

fn kind(goal: &GoalDefinition, found: &'static str, want: &'static str) -> Misfit {
    Misfit::Kind {
        goal: goal.name.clone(),
        found,
        want,
    }
}

/// What a file of a goal of this kind counts; of a comparison, each of both.
const fn counted(kind: Kind) -> Counts {
    match kind {
        Kind::Measure => Counts::Scores,
        Kind::Count => Counts::Number,
        Kind::Proportion | Kind::Paired => Counts::RightAnswers,
    }
}

const fn said(counts: Counts) -> &'static str {
    match counts {
        Counts::RightAnswers => "right answers",
        Counts::Scores => "scores from 0 to 1",
        Counts::Number => "one number",
    }
}
