//! What vests in the next twelve months, summed over grants.

use guerdon_core::PPB;
use guerdon_core::grant::{self, GateResult, Refused};
use guerdon_core::state::State;
use guerdon_core::terms::Terms;
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use super::{ChartView, Goals, goal_words};
use crate::charts::forecast::{self, Month};
use crate::dates;
use crate::html::{Markup, Money};
use crate::numbers::Token;
use crate::strings::charts as words;

/// A grant as the forecast needs it.
#[derive(Clone, Debug)]
pub(crate) struct Vesting {
    pub(crate) terms: Terms,
    pub(crate) state: State,
}

#[derive(Debug)]
pub(crate) struct ForecastView {
    pub(crate) message: String,
    pub(crate) note: String,
    pub(crate) wide: Markup,
    pub(crate) phone: Markup,
    pub(crate) rows: Vec<ForecastRow>,
}

#[derive(Debug)]
pub(crate) struct ForecastRow {
    pub(crate) month: String,
    pub(crate) by_time: Money,
    pub(crate) by_goal: Money,
}

/// Sums over grants: the rest of the month of `now`, then eleven whole months, in UTC.
pub(crate) fn months(
    grants: &[&Vesting],
    goals: Goals<'_>,
    now: u64,
) -> Result<Vec<Month>, Refused> {
    let ends = month_ends(now);
    let mut sums = vec![(0u128, 0u128); ends.len()];
    for grant in grants {
        let results = goals.results(&grant.terms, &grant.state);
        let reached = reached(&grant.terms, &results, goals, now);
        let vested = |gates: &[GateResult], at| {
            grant::amounts(&grant.terms, &grant.state, gates, at).map(|amounts| amounts.vested)
        };
        let mut time_before = vested(&results, now)?;
        let mut full_before = time_before;
        for (sum, end) in sums.iter_mut().zip(&ends) {
            let time = vested(&results, *end)?;
            let full = match reached == results {
                true => time,
                false => vested(&reached, *end)?,
            };
            let by_time = time.saturating_sub(time_before);
            let by_goal = full.saturating_sub(full_before).saturating_sub(by_time);
            *sum = (sum.0.saturating_add(by_time), sum.1.saturating_add(by_goal));
            (time_before, full_before) = (time, full);
        }
    }
    let name = |at: u64, pattern| {
        dates::zoned(at, &TimeZone::UTC)
            .strftime(pattern)
            .to_string()
    };
    let starts = std::iter::once(&now).chain(&ends);
    let rows = sums
        .into_iter()
        .zip(starts)
        .map(|((by_time, by_goal), start)| Month {
            short: name(*start, "%b"),
            long: name(*start, "%b %Y"),
            by_time,
            by_goal,
        });
    Ok(rows.collect())
}

/// The results if every goal that can still rise paid in full today.
fn reached(terms: &Terms, results: &[GateResult], goals: Goals<'_>, now: u64) -> Vec<GateResult> {
    let can_rise = |id| {
        let goal = goals.get(id);
        goal.is_some_and(|goal| goal_words::standing(&goal.record, &TimeZone::UTC, now).can_rise)
    };
    let one = |(gate, result): (&guerdon_core::terms::Gate, &GateResult)| {
        if can_rise(gate.goal) {
            GateResult {
                fraction: PPB,
                ..*result
            }
        } else {
            *result
        }
    };
    terms.gates.iter().zip(results).map(one).collect()
}

/// The first second of each of the twelve months after the month of `now`.
fn month_ends(now: u64) -> Vec<u64> {
    let first = |at: Zoned| at.first_of_month().ok()?.start_of_day().ok();
    let start = first(dates::zoned(now, &TimeZone::UTC));
    let end = |k: i64| start.as_ref()?.checked_add(k.months()).ok();
    (1..=12)
        .filter_map(end)
        .map(|at| u64::try_from(at.timestamp().as_second()).unwrap_or(0))
        .collect()
}

impl ForecastView {
    /// `covers` says which grants are counted.
    pub(crate) fn new(months: &[Month], token: &Token, covers: &str) -> Self {
        let sum = |of: fn(&Month) -> u128| months.iter().map(of).fold(0, u128::saturating_add);
        let (time, goal) = (sum(|month| month.by_time), sum(|month| month.by_goal));
        let message = words::forecast((time, goal), token);
        let first = months.first().map_or("", |month| month.long.as_str());
        let note = words::forecast_note(first, covers);
        let ChartView { wide, phone } = forecast::draw(months, token, &message).into();
        let rows = months.iter().map(|month| ForecastRow {
            month: month.long.clone(),
            by_time: Money::plain(month.by_time, token),
            by_goal: Money::plain(month.by_goal, token),
        });
        Self {
            message,
            note,
            wide,
            phone,
            rows: rows.collect(),
        }
    }
}
