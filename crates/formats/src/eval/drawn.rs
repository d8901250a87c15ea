//! The items that a file is of, against those that the chain drew.

use std::collections::BTreeSet;

use super::json::Json;

/// Whether these are exactly the drawn items; `has` and `lacks` say of the file that it is of an
/// item and that it is not, such as "The samples file answers".
pub(super) fn confirm(
    found: &BTreeSet<u64>,
    drawn: &[u32],
    [has, lacks]: [&str; 2],
) -> Result<(), String> {
    let wanted: BTreeSet<u64> = drawn.iter().copied().map(u64::from).collect();
    if let Some(item) = found.difference(&wanted).next() {
        return Err(format!("{has} item {item}, which the chain did not draw."));
    }
    match wanted.difference(found).next() {
        None => Ok(()),
        Some(item) => Err(format!("{lacks} item {item}, which the chain drew.")),
    }
}

/// Whether the run had the seed that the chain drew for it, so that nobody tries others for a better
/// result; `drawn` is none where any will do.
pub(super) fn confirm_seed(
    (name, found): (&str, Option<&Json<'_>>),
    drawn: Option<u32>,
) -> Result<(), String> {
    let Some(drawn) = drawn else { return Ok(()) };
    match found.and_then(Json::whole) {
        Some(seed) if seed == u64::from(drawn) => Ok(()),
        Some(seed) => Err(format!(
            "The run's {name} is {seed}, but the chain drew {drawn}: run it by the command that is \
             shown."
        )),
        None => Err(format!(
            "The file does not name the run's {name}, and the chain drew {drawn}: run it by the \
             command that is shown."
        )),
    }
}

/// Whether the task has as many items as the chain drew from; `pool` is 0 if that is not known.
pub(super) fn confirm_pool(items: u64, pool: u32) -> Result<(), String> {
    match pool {
        0 => Ok(()),
        pool if items == u64::from(pool) => Ok(()),
        pool => Err(format!(
            "The task has {items} items, but the chain drew out of {pool}."
        )),
    }
}
