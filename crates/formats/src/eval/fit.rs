//! Whether a reading is of what a goal measures.

use super::Reading;
use crate::goal_file::GoalDefinition;

/// Why a file does not decide a goal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The file alone must not decide money.
    #[error("this file must not decide money: {0}")]
    MustNot(String),
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
        /// `task`, `task_hash`, `metric`, `filter` or `harness`.
        field: &'static str,
        /// What the file says.
        found: String,
        /// What the specification asks for.
        want: String,
    },
}

/// Whether a reading decides a goal: it may decide money, is over exactly as many questions, and is
/// of the task, harness, metric and filter that the goal's specification names.
///
/// # Errors
/// [`Misfit`] says what does not fit.
pub fn fits(goal: &GoalDefinition, reading: &Reading) -> Result<(), Misfit> {
    if !reading.decides {
        let reason = reading.reason.clone();
        return Err(Misfit::MustNot(
            reason.unwrap_or_else(|| "the reader gave no reason".to_owned()),
        ));
    }
    let (given, samples) = (reading.samples, goal.goal.samples);
    if given != u64::from(samples) {
        return Err(Misfit::Samples { given, samples });
    }
    let found = [
        ("task", reading.task.clone()),
        ("task_hash", reading.task_hash.to_string()),
        ("metric", reading.metric.clone()),
        ("filter", reading.filter.clone()),
        ("harness", reading.harness.clone()),
    ];
    for (field, found) in found {
        let want = goal.specification.get(field);
        if let Some(want) = want.filter(|want| **want != found) {
            return Err(Misfit::Specification {
                goal: goal.name.clone(),
                field,
                found,
                want: want.clone(),
            });
        }
    }
    Ok(())
}
