//! A log of Inspect over the items that the chain drew: those, and no others.
//!
//! Inspect (0.3.285) writes `--sample-id` down as `eval.config.sample_id`, the ids of the samples
//! that it chose as `eval.dataset.sample_ids`, and the size of the whole data set as
//! `eval.dataset.samples`. Item 0 of the chain is the sample 1, as Inspect counts the samples of a
//! data set that has no ids of its own: other names do not tell which items they are.

use std::collections::BTreeSet;

use super::drawn;
use super::inspect_samples::Sample;
use super::json::Json;
use super::reading::Query;

/// Whether the log is of exactly these items, each asked once and kept; the number of them.
pub(super) fn check(
    document: &Json<'_>,
    samples: Option<&[Sample]>,
    query: &Query,
) -> Result<u64, String> {
    let eval = |keys: &[&str]| document.get("eval").and_then(|eval| eval.path(keys));
    let config = |key: &str| eval(&["config", key]);
    if config("limit").is_some() {
        return Err("The run was limited: not every drawn item was asked.".to_owned());
    }
    let plain = |value: Option<&Json<'_>>| value.is_none_or(|value| value.bool() == Some(false));
    if !plain(config("sample_shuffle")) || !plain(eval(&["dataset", "shuffled"])) {
        return Err(
            "The data set was shuffled, so that the numbers of its samples do not tell which items \
             they are."
                .to_owned(),
        );
    }
    let Some(chosen) = config("sample_id") else {
        return Err("The run was over the whole task, not over the drawn items.".to_owned());
    };
    let chosen = items(chosen.list().unwrap_or(std::slice::from_ref(chosen)))?;
    drawn::confirm(
        &chosen,
        &query.drawn,
        ["The run chose", "The run leaves out"],
    )?;
    let Some(asked) = eval(&["dataset", "sample_ids"]).and_then(Json::list) else {
        return Err("The log does not say which samples of the data set were asked.".to_owned());
    };
    let asked = items(asked)?;
    drawn::confirm(
        &asked,
        &query.drawn,
        ["The run asked", "The run did not ask"],
    )?;
    let Some(all) = document.whole_at(&["eval", "dataset", "samples"]) else {
        return Err("The log does not say how many questions the task has.".to_owned());
    };
    drawn::confirm_pool(all, query.pool)?;
    let seed = document.path(&["plan", "config", "seed"]);
    drawn::confirm_seed(("seed", seed), query.seed)?;
    if samples.is_none() {
        return Err(
            "The log holds no samples, which show how the drawn items were answered: run it \
             without --no-log-samples."
                .to_owned(),
        );
    }
    Ok(asked.len() as u64)
}

/// The items of these ids, each named once.
fn items(ids: &[Json<'_>]) -> Result<BTreeSet<u64>, String> {
    let mut items = BTreeSet::new();
    for id in ids {
        let item = item(id)?;
        if !items.insert(item) {
            return Err(format!("The log names item {item} twice."));
        }
    }
    Ok(items)
}

/// The item of an id. A choice on a command line is a text of digits, which Inspect takes for the
/// number that it writes; in a text, a star would choose many.
fn item(id: &Json<'_>) -> Result<u64, String> {
    let is_number =
        |text: &&str| !text.starts_with('0') && text.bytes().all(|letter| letter.is_ascii_digit());
    let number = match id {
        Json::Text(text) => Some(text.as_ref())
            .filter(is_number)
            .and_then(|text| text.parse().ok()),
        number => number.whole(),
    };
    let item = number.and_then(|number: u64| number.checked_sub(1));
    item.ok_or_else(|| {
        format!(
            "The sample {} is no number from 1, so that nobody knows which item it is: where the \
             chain draws items, the data set must have no ids of its own.",
            super::canonical::serialise(id)
        )
    })
}
