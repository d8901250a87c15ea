//! `/audit/register`: every opened grant at the end of a day, by id.

use askama::Template;
use axum::Json;
use axum::extract::{Query, State};
use axum::response::IntoResponse;
use guerdon_formats::audit::{Line, register_table};
use serde_json::{Value, json};

use super::pin::{Asked, At};
use super::view::Head;
use crate::access::AuditorReader;
use crate::data::refused;
use crate::dates;
use crate::html::{Hex, Money};
use crate::load;
use crate::numbers::{Token, count, count_of};
use crate::pages::{Answer, Form, html};
use crate::state::AppState;
use crate::strings::audit as words;
use crate::table::{self, Rows};
use crate::views::shell::{Place, Shell};

/// Grants on the page; the data have all of them.
const SHOWN: usize = 200;

#[derive(Debug, Template)]
#[template(path = "pages/audit_register.html")]
struct RegisterPage {
    shell: Shell,
    head: Head,
    lead: String,
    ids: &'static str,
    rows: Vec<GrantRow>,
    more: Option<String>,
    nothing: &'static str,
}

#[derive(Debug)]
struct GrantRow {
    id: Hex,
    state: &'static str,
    granted: Money,
    vested: Option<Money>,
    claimed: Money,
    withheld: Money,
    held: Money,
}

pub(super) async fn page(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Query(asked): Query<Asked>,
    form: Form,
) -> Answer {
    let at = asked.at(&state).await?;
    let lines = at.standing().register();
    let lines = lines.map_err(refused("grant", at.block.hash))?;
    let as_of = load::as_of(&mut state.store.read().await?, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let token = context.token();
    match form {
        Form::Html => {}
        Form::Json => {
            let rows = register_table(&lines, (&token.symbol, token.decimals)).to_json();
            let body = json!({ "as_of": pinned(&at), "grants": rows });
            return Ok(Json(body).into_response());
        }
        Form::Csv | Form::Xlsx => {
            let rows = register_table(&lines, (&token.symbol, token.decimals));
            let rows = rows.pinned((at.block.number, &at.block.hash.to_string()));
            return table::answer(form, Rows::of(rows)).await;
        }
    }
    let more = lines.len().checked_sub(SHOWN).filter(|more| *more > 0);
    html(&RegisterPage {
        shell: Shell::new(&context, "Register", Place::Audit),
        head: Head::new(&at, "/audit/register"),
        lead: format!(
            "{} opened by then, by id.",
            count(count_of(&lines), "grant")
        ),
        ids: words::IDS,
        rows: lines
            .iter()
            .take(SHOWN)
            .map(|line| GrantRow::new(line, token))
            .collect(),
        more: more.map(|more| format!("{more} more stand in the data.")),
        nothing: words::NOTHING,
    })
}

/// The block that data speak of.
pub(super) fn pinned(at: &At) -> Value {
    json!({
        "date": at.date.to_string(),
        "block": at.block.number,
        "block_hash": at.block.hash.to_string(),
        "time": dates::machine(at.block.time),
    })
}

impl GrantRow {
    fn new(line: &Line, token: &Token) -> Self {
        let money = |amount| Money::plain(amount, token);
        Self {
            id: Hex::linked(&line.id, "grants"),
            state: line.state,
            granted: money(line.granted),
            vested: line.vested.map(money),
            claimed: money(line.claimed),
            withheld: money(line.withheld),
            held: money(line.held),
        }
    }
}
