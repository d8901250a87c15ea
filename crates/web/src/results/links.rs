//! What a goal's page leads its reader to.

use guerdon_core::goal::AttemptStatus;
use guerdon_core::ledger::GoalRecord;

use crate::access::parts_of;
use crate::strings::results as words;
use crate::views::Context;

/// Paths with their words, for whoever is signed in by wallet: the work of the goal's own people,
/// and what anyone may do.
pub(crate) fn links(record: &GoalRecord, context: &Context<'_>) -> Vec<(String, String)> {
    let viewer = context.viewer.filter(|viewer| viewer.wallet().is_some());
    let Some(viewer) = viewer else {
        return Vec::new();
    };
    let (now, goal) = (context.now(), &record.goal);
    let is_party = !parts_of(record, &viewer.wallets).is_empty();
    let mut links = Vec::new();
    let mut add = |number: u16, what: &str| {
        let href = format!("/goals/{}/attempts/{number}/{what}", record.id);
        links.push((href, words::link(what, number)));
    };
    for attempt in &record.attempts {
        let (number, over) = (attempt.number, now > attempt.word.deadline);
        if is_party && attempt.word.status.is_pending() {
            add(number, "work");
        }
        match attempt.word.status {
            AttemptStatus::Registered if over => add(number, "expire"),
            AttemptStatus::Proposed | AttemptStatus::Challenged if over => add(number, "finalize"),
            AttemptStatus::Proposed => add(number, "challenge"),
            _ => {}
        }
    }
    let left = record.state.attempts_left(goal.attempts);
    let open = now >= goal.opens && now <= record.state.closes && left > 0;
    if is_party && open && record.state.pending == 0 {
        add(record.state.count, "work");
    }
    links
}
