//! The graph of conditions as the one path that a grant can say.

use std::collections::{BTreeMap, BTreeSet};

use super::OcfError;
use super::document::Condition;

/// The conditions in their order.
///
/// # Errors
/// Anything but one path through all of them: a choice between next conditions is decided by what
/// happens first, which no grant can say.
pub(super) fn path(conditions: &[Condition]) -> Result<Vec<&Condition>, OcfError> {
    let mut by_id = BTreeMap::new();
    for condition in conditions {
        if by_id.insert(condition.id.as_str(), condition).is_some() {
            return Err(OcfError::condition(&condition.id, "is there twice"));
        }
    }
    let mut followers = BTreeSet::new();
    for condition in conditions {
        if let [_, _, ..] = condition.next.as_slice() {
            return Err(OcfError::condition(
                &condition.id,
                "branches: one of its next conditions would be chosen by what happens first, and \
                 a grant has one path; write the path that was agreed, and deadlines of events \
                 into their goals",
            ));
        }
        for next in &condition.next {
            if !by_id.contains_key(next.as_str()) {
                let why = format!("is followed by `{next}`, which is not there");
                return Err(OcfError::condition(&condition.id, why));
            }
            followers.insert(next.as_str());
        }
    }
    let first = |condition: &&Condition| !followers.contains(condition.id.as_str());
    let mut firsts = conditions.iter().filter(first);
    let Some(mut current) = firsts.next() else {
        return Err(OcfError::Terms("go in a circle or are empty".to_owned()));
    };
    if let Some(other) = firsts.next() {
        let why = format!("begins beside `{}`: a grant has one path", current.id);
        return Err(OcfError::condition(&other.id, why));
    }
    let mut path = vec![current];
    while let Some(next) = current.next.first().and_then(|id| by_id.get(id.as_str())) {
        if path.len() == conditions.len() {
            return Err(OcfError::Terms("go in a circle".to_owned()));
        }
        path.push(next);
        current = next;
    }
    let reached: BTreeSet<_> = path.iter().map(|condition| condition.id.as_str()).collect();
    match by_id.keys().find(|id| !reached.contains(*id)) {
        Some(lost) => Err(OcfError::condition(lost, "is never reached")),
        None => Ok(path),
    }
}
