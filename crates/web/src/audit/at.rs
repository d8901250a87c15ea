//! `/audit` and `/audit/at/{date}`: does everything agree, chain against store against core?

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use guerdon_formats::audit::Movements;
use jiff::civil::Date;

use super::check::{self, Check};
use super::pin::{self, Asked, Span};
use super::view::{self, Head, MovementRow, Names, RoundRow};
use crate::access::{AuditorReader, Viewer};
use crate::data::refused;
use crate::load;
use crate::numbers::grouped;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::audit as words;
use crate::views::Figure;
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/audit_at.html")]
struct AtPage {
    shell: Shell,
    head: Head,
    lead: &'static str,
    verdict: String,
    figures: Vec<Figure>,
    unknown: Option<String>,
    rounds: Vec<RoundRow>,
    nothing: &'static str,
    checks: Vec<Check>,
    since: String,
    movements: Vec<MovementRow>,
    /// Of the amounts.
    unit: String,
}

/// The last day that is over; a day that the form chose has an address of its own.
pub(super) async fn choose(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Query(asked): Query<Asked>,
) -> Answer {
    let date = asked.date(&state).await?;
    match asked.date {
        Some(_) => Ok(Redirect::to(&format!("/audit/at/{date}")).into_response()),
        None => show(&state, (date, &asked), &viewer).await,
    }
}

pub(super) async fn page(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Path(date): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let date = pin::day(&state, &date).await?;
    show(&state, (date, &asked), &viewer).await
}

async fn show(state: &AppState, (date, asked): (Date, &Asked), viewer: &Viewer) -> Answer {
    let from = before_month(date);
    let span = Span::read(state, (from, date), asked.block).await?;
    let at = &span.closing;
    let stands = at.standing();
    let rounds = stands.rounds().map_err(refused("round", at.block.hash))?;
    let movements = Movements::between(&span.before(), &span.flows, &stands);
    let movements = movements.map_err(refused("round", at.block.hash))?;
    let checks = vec![
        check::against_store(state).await?,
        check::against_chain(state, (&at.past, at.block.number)).await?,
    ];
    let names = Names::read(state).await?;
    let as_of = load::as_of(&mut state.store.read().await?, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let token = context.token();
    let all = rounds.last();
    let differences: usize = checks.iter().map(|check| check.differences.len()).sum();
    let open = movements.rows.iter().filter(|row| !row.closes()).count();
    let compared: u64 = checks.iter().map(|check| check.compared).sum();
    let compared = compared.saturating_add(movements.rows.len() as u64);
    let differences = differences.saturating_add(open);
    html(&AtPage {
        shell: Shell::new(&context, "Audit", Place::Audit),
        head: Head::new(at, "/audit"),
        lead: words::LEAD,
        verdict: words::verdict(&grouped(compared), differences),
        figures: view::figures(&at.past.ledger.pool, all.map_or(0, |all| all.vested), token),
        unknown: words::unknown_terms(all.map_or(0, |all| all.unknown)),
        rounds: rounds
            .iter()
            .filter(|line| !line.root.is_zero() || rounds.len() > 2)
            .map(|line| RoundRow::new(line, (&names, token)))
            .collect(),
        nothing: words::NOTHING,
        unit: token.symbol.clone(),
        checks,
        since: words::opening(span.opening.map(|(date, block)| (date, block.number))),
        movements: movements
            .rows
            .iter()
            .map(|row| MovementRow::new(row, (&names, token)))
            .collect(),
    })
}

/// The last day of the month before.
fn before_month(date: Date) -> Date {
    let first = date.first_of_month();
    first.yesterday().unwrap_or(first)
}
