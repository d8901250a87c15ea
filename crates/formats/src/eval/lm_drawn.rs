//! A run of lm-evaluation-harness over the items that the chain drew: those, and no others.

use std::collections::BTreeSet;

use super::json::Json;

/// Whether the file is of exactly these items of the task, each asked once.
pub(super) fn check(document: &Json<'_>, task: &str, drawn: &[u32]) -> Result<(), String> {
    let count = drawn.len();
    if document.path(&["config", "limit"]).is_some() {
        return Err("The run was limited: not every drawn item was asked.".to_owned());
    }
    let chosen = document
        .path(&["config", "samples", task])
        .and_then(Json::list)
        .ok_or_else(|| {
            format!("The run does not say that it was over the {count} items that the chain drew.")
        })?;
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
        let missing = wanted.difference(&asked).count();
        return Err(format!(
            "{missing} of the {count} items that the chain drew were not asked, such as {item}."
        ));
    }
    if let Some(item) = asked.difference(&wanted).next() {
        return Err(format!(
            "The run asked item {item}, which the chain did not draw."
        ));
    }
    match document
        .path(&["results", task])
        .and_then(|entry| entry.whole_at(&["sample_len"]))
    {
        Some(length) if length == wanted.len() as u64 => Ok(()),
        Some(length) => Err(format!(
            "The score is over {length} questions, but the chain drew {count}."
        )),
        None => Err("The file does not say how many questions the score is over.".to_owned()),
    }
}
