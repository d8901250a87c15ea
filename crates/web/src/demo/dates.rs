//! The dates ahead that matter to whoever is signed in: her own, then the company's.

use guerdon_core::goal::AttemptStatus;
use guerdon_core::grant::next_vesting;
use guerdon_core::state::Flags;
use guerdon_core::succession::OPENS_SECONDS;
use guerdon_store::{Held, Page, Read};

use crate::access::Viewer;
use crate::error::PageError;
use crate::load;
use crate::outline::Outline;
use crate::state::AppState;
use crate::strings::demo::dates as words;
use crate::views::grant::GrantData;
use crate::views::home::Overview;
use crate::views::{Goals, NamedGoal};

/// How far the clock may go at once: ten years.
pub(super) const FAR: u64 = 3_653 * 86_400;
/// Grants of a person that are looked at.
const GRANTS: u32 = 20;
/// Dates worth showing.
const SHOWN: usize = 8;

/// A date ahead, and why it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Date {
    /// Unix seconds.
    pub(super) at: u64,
    pub(super) why: String,
}

/// The next dates, soonest first; two on one second are told as one.
pub(super) async fn ahead(
    read: &mut Read,
    state: &AppState,
    viewer: Option<&Viewer>,
) -> Result<Vec<Date>, PageError> {
    let now = load::as_of(read, state).await?.now();
    let overview = load::overview(read, state).await?;
    let mut dates = of_company(&overview);
    if let Some(viewer) = viewer {
        let page = Page {
            after: None,
            limit: GRANTS,
        };
        let outline = Outline::read(read).await?;
        for held in read.grants_of_wallets(&viewer.wallets, &page).await? {
            let grant = match held {
                Held::Opened(record) => load::listed(read, &outline, *record, None).await.map(Some),
                Held::Waiting(imported) => load::promised_of(&outline, imported),
            };
            dates.extend(grant?.iter().flat_map(|grant| of_grant(grant, now)));
        }
    }
    Ok(told(dates, now))
}

fn told(mut dates: Vec<Date>, now: u64) -> Vec<Date> {
    dates.retain(|date| (now + 1..=now + FAR).contains(&date.at));
    dates.sort_by(|one, other| (one.at, &one.why).cmp(&(other.at, &other.why)));
    dates.dedup();
    let mut told: Vec<Date> = Vec::new();
    for date in dates {
        match told.last_mut() {
            Some(last) if last.at == date.at => last.why = format!("{}; {}", last.why, date.why),
            _ => told.push(date),
        }
    }
    told.truncate(SHOWN);
    told
}

fn of_company(overview: &Overview) -> Vec<Date> {
    let date = |at, why| Date { at, why };
    let rounds = overview.rounds.iter();
    let rounds = rounds.filter(|round| !round.record.rescinded);
    let mut dates: Vec<Date> = rounds
        .map(|round| date(round.record.binding_at, words::binding(&round.title())))
        .collect();
    for goal in overview.goals.iter() {
        let (title, rules) = (goal.title(), &goal.record.goal);
        dates.push(date(rules.opens, words::opens(&title)));
        dates.push(date(rules.closes, words::closes(&title)));
        dates.extend(windows(goal).map(|at| date(at, words::window(&title))));
    }
    dates
}

/// Until when attempts stay as they are.
fn windows(goal: &NamedGoal) -> impl Iterator<Item = u64> {
    let attempts = goal.record.attempts.iter();
    let open = attempts.filter(|attempt| {
        let over = [AttemptStatus::Finished, AttemptStatus::Void];
        !over.contains(&attempt.word.status)
    });
    open.map(|attempt| attempt.word.deadline)
}

fn of_grant(grant: &GrantData, now: u64) -> Vec<Date> {
    let mut dates = Vec::new();
    let state = &grant.record.state;
    let date = |at, why: &str| Date {
        at,
        why: why.to_owned(),
    };
    if let Some(terms) = &grant.terms {
        let gates = Goals(&grant.goals).results(terms, state);
        if let Ok(Some((at, _))) = next_vesting(terms, state, &gates, now) {
            dates.push(date(at, words::MORE_VESTS));
        }
    }
    if state.has(Flags::ENDED) {
        dates.push(date(state.clock().stop_at, words::ENDS));
    }
    if grant.record.recovery.stands() {
        let at = grant.record.recovery.announced_at + OPENS_SECONDS;
        dates.push(date(at, words::RECOVERY));
    }
    dates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_soonest_first_and_two_at_once_are_one() {
        let date = |at, why: &str| Date {
            at,
            why: why.to_owned(),
        };
        let all = vec![
            date(30, "c"),
            date(20, "b"),
            date(10, "past"),
            date(20, "a"),
        ];
        assert_eq!(told(all, 10), [date(20, "a; b"), date(30, "c")]);
    }
}
