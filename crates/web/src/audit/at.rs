//! `/audit` and `/audit/at/{date}`: does everything agree, chain against store against core?

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect};
use jiff::civil::Date;

use super::agreement::Agreement;
use super::check::{Check, Keep};
use super::pin::{self, Asked};
use super::view::{self, Head, MovementRow, RoundRow};
use crate::access::{AuditorReader, Viewer};
use crate::load;
use crate::pages::{Answer, Form, html};
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
    form: Form,
) -> Answer {
    let date = asked.date(&state).await?;
    match (&asked.date, form) {
        (Some(_), Form::Html) => Ok(Redirect::to(&format!("/audit/at/{date}")).into_response()),
        _ => answer(&state, (date, &asked), (&viewer, form)).await,
    }
}

/// A day, as the page or as data: `2026-06-30`, `2026-06-30.csv`.
pub(super) async fn page(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Path(text): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let (date, form) = Form::of(&text);
    let date = pin::day(&state, date).await?;
    answer(&state, (date, &asked), (&viewer, form)).await
}

async fn answer(state: &AppState, day: (Date, &Asked), (viewer, form): (&Viewer, Form)) -> Answer {
    match form {
        Form::Html => {
            let agreement = Agreement::read(state, day, Keep::Differences).await?;
            show(state, agreement, viewer).await
        }
        Form::Json | Form::Csv | Form::Xlsx => {
            let agreement = Agreement::read(state, day, Keep::All).await?;
            agreement.answer(&state.deployment.token, form).await
        }
    }
}

async fn show(state: &AppState, agreement: Agreement, viewer: &Viewer) -> Answer {
    let as_of = load::as_of(&mut state.store.read().await?, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let token = context.token();
    let verdict = agreement.verdict();
    let Agreement {
        span,
        rounds,
        movements,
        checks,
        names,
    } = agreement;
    let at = &span.closing;
    let all = rounds.last();
    html(&AtPage {
        shell: Shell::new(&context, "Audit", Place::Audit)
            .with_data(format!("/audit/at/{}", at.date)),
        head: Head::new(at, "/audit"),
        lead: words::LEAD,
        verdict,
        figures: view::figures(&at.past.ledger.pool, all.map_or(0, |all| all.vested), token),
        unknown: words::unknown_terms(all.map_or(0, |all| all.unknown)),
        rounds: rounds
            .iter()
            .filter(|line| !line.root.is_zero() || rounds.len() > 2)
            .map(|line| RoundRow::new(line, (&names, token)))
            .collect(),
        nothing: words::NOTHING,
        unit: token.symbol.clone(),
        checks: checks.into(),
        since: words::opening(span.opening.map(|(date, block)| (date, block.number))),
        movements: movements
            .rows
            .iter()
            .map(|row| MovementRow::new(row, (&names, token)))
            .collect(),
    })
}
