//! `/me` as data: what a claim would pay, the parts of all tokens, the grants, why nothing more can
//! be claimed, and what happened lately.

use alloy_primitives::B256;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::home::{self, Home};
use super::lately::{self, LatelyRow};
use super::list;
use crate::access::SignedIn;
use crate::data::{head, money, refused};
use crate::dates;
use crate::error::PageError;
use crate::html::Money;
use crate::numbers::Token;
use crate::pages::Form;
use crate::state::AppState;
use crate::table::{self, Rows};
use crate::views::Why;

/// Everything.
pub(super) async fn as_json(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
) -> Result<Response, PageError> {
    let home = Home::read(&state, &viewer).await?;
    let context = crate::load::context(&state, home.as_of, Some(&viewer));
    let lately = lately::rows(&home.portfolio, &home.events, &context);
    let lately = lately.map_err(refused("grant", B256::ZERO))?;
    let (portfolio, token) = (&home.portfolio, context.token());
    let parts = portfolio.parts(&context).into_iter();
    let parts =
        parts.map(|(_, amount, word)| json!({"part": word, "amount": money(amount, token)}));
    let grants = portfolio.grants.iter();
    let grants: Vec<_> = grants.map(|mine| list::data(mine, &context)).collect();
    let reasons = home::whys(portfolio, home.prompts, &context);
    Ok(Json(json!({
        "as_of": head(&context),
        "zone": portfolio.zone(&context).1,
        "granted": money(portfolio.granted(), token),
        "claim": {
            "pays": money(portfolio.net(), token),
            "withholds": money(portfolio.withheld(), token),
        },
        "parts": parts.collect::<Vec<_>>(),
        "grants": grants,
        "more_grants": portfolio.more,
        "reasons": reasons.iter().map(reason).collect::<Vec<_>>(),
        "lately": lately.iter().map(|row| event(row, token)).collect::<Vec<_>>(),
    }))
    .into_response())
}

/// The grants as CSV; in a workbook, what happened lately has a sheet of its own.
pub(super) async fn as_table(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
    form: Form,
) -> Result<Response, PageError> {
    let home = Home::read(&state, &viewer).await?;
    let token = &state.deployment.token;
    let grants = list::rows(&home.portfolio, (token, home.as_of.now()));
    if form != Form::Xlsx {
        return table::answer(form, grants).await;
    }
    let context = crate::load::context(&state, home.as_of, Some(&viewer));
    let lately = lately::rows(&home.portfolio, &home.events, &context);
    let lately = lately.map_err(refused("grant", B256::ZERO))?;
    table::book(vec![("Grants", grants), ("Lately", events(&lately, token))]).await
}

fn reason(why: &Why) -> Value {
    json!({
        "what": why.what,
        "why": why.why,
        "next": why.next,
        "path": why.link.as_ref().map(|(path, _)| path),
        "done": why.done,
        "also": why.also.iter().map(reason).collect::<Vec<_>>(),
    })
}

fn event(row: &LatelyRow, token: &Token) -> Value {
    json!({
        "at": dates::machine(row.when.at()),
        "what": row.what,
        "who": row.who,
        "amount": row.amount.as_ref().map(|amount| money(amount.units(), token)),
        "unit": row.unit,
        "tx": row.proof.whole(),
    })
}

fn events(lately: &[LatelyRow], token: &Token) -> Rows {
    let mut rows = Rows::new(&["at", "what", "who", "amount_raw", "unit", "symbol", "tx"])
        .amounts(token, &["amount_raw"]);
    for row in lately {
        rows.row(&[
            &dates::machine(row.when.at()),
            &row.what,
            &row.who,
            &row.amount.as_ref().map(Money::units),
            &row.unit,
            &token.symbol,
            &row.proof.whole(),
        ]);
    }
    rows
}
