//! A run of lm-evaluation-harness over the items that the chain drew: those, and no others.
//!
//! The harness (0.4.13) does not write down the choice that `--samples` made: it is known from the
//! answers one by one, whose `doc_id` is the number of the item in the whole data set. That holds
//! for a choice in ascending order, as the command that is shown has it; with another order the
//! harness gives the items each other's numbers, which are the same numbers all together.

use std::collections::BTreeSet;

use super::drawn::{confirm, confirm_pool, confirm_seed};
use super::json::Json;
use super::lm_samples::Tally;
use super::reading::Query;

/// What `--seed` sets with one number.
const SEEDS: [&str; 4] = ["random_seed", "numpy_seed", "torch_seed", "fewshot_seed"];

/// Whether the file is of exactly these items of the task, each asked once, by the drawn seed.
pub(super) fn check(
    document: &Json<'_>,
    (task, tally): (&str, Option<&Tally>),
    query: &Query,
) -> Result<(), String> {
    let Query { drawn, pool, .. } = query;
    let count = drawn.len();
    if document.path(&["config", "limit"]).is_some() {
        return Err("The run was limited: not every drawn item was asked.".to_owned());
    }
    let chosen = document
        .path(&["config", "samples", task])
        .and_then(Json::list);
    match (chosen, tally) {
        (None, None) => {
            return Err(format!(
                "The file does not say over which items the run was: give the samples file beside \
                 it, which shows whether they are the {count} that the chain drew."
            ));
        }
        (chosen, tally) => {
            if let Some(chosen) = chosen {
                check_choice(chosen, drawn)?;
            }
            if let Some(tally) = tally {
                let words = [
                    "The samples file answers",
                    "The samples file does not answer",
                ];
                confirm(tally.numbers()?, drawn, words)?;
            }
        }
    }
    let original = document.path(&["n-samples", task]);
    let original = original.and_then(|counts| counts.whole_at(&["original"]));
    match original {
        Some(original) => confirm_pool(original, *pool)?,
        None if *pool == 0 => {}
        None => return Err("The file does not say how many questions the task has.".to_owned()),
    }
    for name in SEEDS {
        confirm_seed((name, document.path(&["config", name])), query.seed)?;
    }
    match document
        .path(&["results", task])
        .and_then(|entry| entry.whole_at(&["sample_len"]))
    {
        Some(length) if length == count as u64 => Ok(()),
        Some(length) => Err(format!(
            "The score is over {length} questions, but the chain drew {count}."
        )),
        None => Err("The file does not say how many questions the score is over.".to_owned()),
    }
}

/// The choice that the file names is the chain's.
fn check_choice(chosen: &[Json<'_>], drawn: &[u32]) -> Result<(), String> {
    let mut asked = BTreeSet::new();
    for item in chosen {
        let item = item
            .whole()
            .ok_or("An item of the run is no whole number.")?;
        if !asked.insert(item) {
            return Err(format!("The run names item {item} twice."));
        }
    }
    let wanted: BTreeSet<u64> = drawn.iter().copied().map(u64::from).collect();
    if let Some(item) = wanted.difference(&asked).next() {
        let (missing, count) = (wanted.difference(&asked).count(), drawn.len());
        return Err(format!(
            "{missing} of the {count} items that the chain drew were not asked, such as {item}."
        ));
    }
    match asked.difference(&wanted).next() {
        None => Ok(()),
        Some(item) => Err(format!(
            "The run asked item {item}, which the chain did not draw."
        )),
    }
}
