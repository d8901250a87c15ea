//! What looks like a slip in a definition: said, not refused, since somebody may mean it.

use std::path::Path;

use alloy_primitives::Address;
use guerdon_core::goal::{Goal, Kind};
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::words::listed;

/// What a result file is held to, if the specification names it.
const PINNED: [&str; 4] = ["harness", "task", "metric", "filter"];

/// A file of items as it was given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Items<'a> {
    pub(super) path: &'a Path,
    pub(super) bytes: &'a [u8],
}

/// One sentence for each doubt; `wall` is this machine's clock in unix seconds.
pub(super) fn doubts(
    definition: &GoalDefinition,
    items: Option<Items<'_>>,
    wall: u64,
) -> Vec<String> {
    let goal = &definition.goal;
    let mut doubts = roles(goal, &definition.panel);
    if goal.closes < wall {
        doubts.push("the window is already over by this machine's clock: see --closes".to_owned());
    }
    doubts.extend(items.and_then(|items| too_few(goal, items)));
    doubts.extend(unpinned(definition));
    doubts
}

/// One account in two roles that are to watch each other.
fn roles(goal: &Goal, panel: &[Address]) -> Vec<String> {
    let (sponsor, arbiter) = (goal.sponsor, goal.arbiter);
    let mut doubts = Vec::new();
    if sponsor == arbiter {
        doubts.push(format!(
            "{sponsor} is sponsor and arbiter: it would judge challenges of its own results"
        ));
    }
    if panel.contains(&sponsor) {
        doubts.push(format!(
            "{sponsor} is sponsor and on the panel: it would sign its own results"
        ));
    }
    if panel.contains(&arbiter) {
        doubts.push(format!(
            "{arbiter} is arbiter and on the panel: it would judge what it signed"
        ));
    }
    doubts
}

/// Items stand one on a line; an array of JSON cannot be counted like that.
fn too_few(goal: &Goal, items: Items<'_>) -> Option<String> {
    let blank = |line: &&[u8]| !line.iter().all(u8::is_ascii_whitespace);
    let lines = items.bytes.split(|byte| *byte == b'\n');
    let lines = lines.filter(blank).count();
    let is_array = items.bytes.trim_ascii_start().starts_with(b"[");
    let few = !is_array && lines < usize::try_from(goal.pool).unwrap_or(usize::MAX);
    few.then(|| {
        let path = items.path.display();
        let pool = goal.pool;
        format!("{path} has {lines} lines, and the goal speaks of {pool} items: is it the file?")
    })
}

fn unpinned(definition: &GoalDefinition) -> Option<String> {
    if definition.goal.kind == Kind::Count {
        return None;
    }
    let named = |name: &&str| !definition.specification.contains_key(*name);
    let free: Vec<&str> = PINNED.into_iter().filter(named).collect();
    (!free.is_empty()).then(|| {
        let list = listed(&free);
        format!("the panel may choose {list}, which no --spec names")
    })
}
