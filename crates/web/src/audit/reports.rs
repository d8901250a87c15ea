//! `/company/reports`: what moved in a month, pinned to its blocks.

use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::IntoResponse;
use guerdon_core::grant::Refused;
use guerdon_formats::audit::{
    Movements, movements_table, pool_table, register_table, rounds_table,
};
use guerdon_formats::table::Table;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::pin::{self, Span};
use super::register::pinned;
use super::view::{self, MovementRow, Names};
use crate::access::AuditorReader;
use crate::data::refused;
use crate::dates;
use crate::error::PageError;
use crate::html::Hex;
use crate::load;
use crate::numbers::{Token, grouped};
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::audit as words;
use crate::table::{self, Rows};
use crate::views::shell::{Place, Shell};

/// A month in a query.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    month: Option<String>,
}

#[derive(Debug, Template)]
#[template(path = "pages/company_reports.html")]
struct ReportsPage {
    shell: Shell,
    lead: &'static str,
    title: String,
    month: String,
    since: String,
    block: String,
    hash: Hex,
    time: String,
    standing: &'static str,
    closes: bool,
    movements: Vec<MovementRow>,
    /// Of the amounts.
    unit: String,
    nothing: &'static str,
}

pub(super) async fn page(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Query(asked): Query<Asked>,
) -> Answer {
    let first = match &asked.month {
        Some(text) => month(&state, text).await?,
        None => newest(&state).await?,
    };
    let span = span(&state, first).await?;
    let movements = movements(&span).map_err(refused("round", span.closing.block.hash))?;
    let names = Names::read(&state).await?;
    let as_of = load::as_of(&mut state.store.read().await?, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let at = &span.closing;
    html(&ReportsPage {
        shell: Shell::new(&context, "Reports", Place::Reports),
        lead: words::REPORTS,
        title: first.strftime("%B %Y").to_string(),
        month: named(first),
        since: words::opening(span.opening.map(|(date, block)| (date, block.number))),
        block: grouped(at.block.number),
        hash: Hex::hash(&at.block.hash),
        time: dates::exact(at.block.time),
        standing: view::standing(&at.block),
        closes: movements.closes(),
        unit: context.token().symbol.clone(),
        movements: movements
            .rows
            .iter()
            .map(|row| MovementRow::new(row, (&names, context.token())))
            .collect(),
        nothing: words::NOTHING,
    })
}

/// The month as data: `2026-10.xlsx`, `.csv`, `.json`.
pub(super) async fn file(
    State(state): State<AppState>,
    AuditorReader(_viewer): AuditorReader,
    Path(file): Path<String>,
) -> Answer {
    let (named, ending) = file.rsplit_once('.').ok_or(PageError::NoPage)?;
    let first = month(&state, named).await?;
    let span = span(&state, first).await?;
    let failed = refused("round", span.closing.block.hash);
    let names = Names::read(&state).await?;
    let sheets = Sheets::of(&span, (&names, &state.deployment.token)).map_err(failed)?;
    match ending {
        "json" => Ok(Json(sheets.json(&span)).into_response()),
        "csv" => table::answer(crate::pages::Form::Csv, sheets.movements).await,
        "xlsx" => sheets.book().await,
        _ => Err(PageError::NoPage),
    }
}

/// The first day of a month, `2026-10`, that has begun.
async fn month(state: &AppState, text: &str) -> Result<Date, PageError> {
    let wrong = || PageError::NotADate(text.chars().take(40).collect());
    let date: Date = format!("{text}-01").parse().map_err(|_| wrong())?;
    if named(date) != text || date > pin::today(state).await? {
        return Err(wrong());
    }
    Ok(date)
}

fn named(first: Date) -> String {
    first.strftime("%Y-%m").to_string()
}

/// The last month that is over.
async fn newest(state: &AppState) -> Result<Date, PageError> {
    let first = pin::today(state).await?.first_of_month();
    Ok(first.checked_sub(1.month()).unwrap_or(first))
}

async fn span(state: &AppState, first: Date) -> Result<Span, PageError> {
    let before = first.yesterday().unwrap_or(first);
    Span::read(state, (before, first.last_of_month()), None).await
}

fn movements(span: &Span) -> Result<Movements, Refused> {
    Movements::between(&span.before(), &span.flows, &span.closing.standing())
}

/// The tables of a month.
struct Sheets {
    pin: Rows,
    movements: Rows,
    pool: Rows,
    rounds: Rows,
    register: Rows,
}

impl Sheets {
    fn of(span: &Span, (names, token): (&Names, &Token)) -> Result<Self, Refused> {
        let token = (token.symbol.as_str(), token.decimals);
        let at = &span.closing;
        let stands = at.standing();
        let hash = at.block.hash.to_string();
        let pinned = |table: Table| {
            let table = table.beside(("round", "round_name"), |root| names.of_text(root));
            Rows::of(table.with_unit(token).pinned((at.block.number, &hash)))
        };
        Ok(Self {
            pin: pin_table(span),
            movements: pinned(movements_table(&movements(span)?, token)),
            pool: pinned(pool_table(&at.past.ledger.pool, token)),
            rounds: pinned(rounds_table(&stands.rounds()?, token)),
            register: pinned(register_table(&stands.register()?, token)),
        })
    }

    fn json(&self, span: &Span) -> serde_json::Value {
        json!({
            "as_of": pinned(&span.closing),
            "opening": self.pin.table().to_json(),
            "movements": self.movements.table().to_json(),
            "pool": self.pool.table().to_json(),
            "rounds": self.rounds.table().to_json(),
            "register": self.register.table().to_json(),
        })
    }

    async fn book(self) -> Answer {
        table::book(vec![
            ("Blocks", self.pin),
            ("Movements", self.movements),
            ("Pool", self.pool),
            ("Rounds", self.rounds),
            ("Register", self.register),
        ])
        .await
    }
}

/// The two blocks between which something moved.
pub(super) fn pin_table(span: &Span) -> Rows {
    let mut rows = Rows::new(&["balance", "date", "block", "block_hash", "time"]);
    let at = &span.closing;
    let opening = span.opening.map(|(date, block)| ("opening", date, block));
    for (balance, date, block) in opening.into_iter().chain([("closing", at.date, at.block)]) {
        rows.row(&[
            &balance,
            &date.to_string(),
            &block.number,
            &block.hash,
            &dates::machine(block.time),
        ]);
    }
    rows
}
