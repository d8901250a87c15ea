//! Handlers: read one snapshot, make the page or its data.

use alloy_primitives::B256;
use askama::Template;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;

use crate::assets;
use crate::csv::Csv;
use crate::data::{self, refused};
use crate::error::PageError;
use crate::load;
use crate::state::AppState;
use crate::views::goal::GoalPage;
use crate::views::grant::GrantPage;
use crate::views::home::HomePage;
use crate::views::plain::{ContractsPage, GlossaryPage, VerifyPage};
use crate::views::round::RoundPage;

type Answer = Result<Response, PageError>;

/// Which form of a page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Json,
    Csv,
}

/// An id in a path, with the form that its ending asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    id: B256,
    form: Form,
}

impl Asked {
    fn parse(noun: &'static str, text: &str) -> Result<Self, PageError> {
        let (id, form) = match text.rsplit_once('.') {
            Some((id, "json")) => (id, Form::Json),
            Some((id, "csv")) => (id, Form::Csv),
            _ => (text, Form::Html),
        };
        let hash = id.strip_prefix("0x").and_then(|digits| digits.parse().ok());
        let id = hash.ok_or_else(|| PageError::NotAnId {
            noun,
            text: id.to_owned(),
        })?;
        Ok(Self { id, form })
    }
}

/// Where a long list goes on.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct From {
    from: u32,
}

pub(crate) async fn home(State(state): State<AppState>) -> Answer {
    overview(&state, Form::Html).await
}

pub(crate) async fn home_json(State(state): State<AppState>) -> Answer {
    overview(&state, Form::Json).await
}

pub(crate) async fn home_csv(State(state): State<AppState>) -> Answer {
    overview(&state, Form::Csv).await
}

async fn overview(state: &AppState, form: Form) -> Answer {
    let mut read = state.store.read().await?;
    let context = load::context(state, load::as_of(&mut read, state).await?);
    let overview = load::overview(&mut read, state).await?;
    match form {
        Form::Html => {
            html(&HomePage::new(&overview, &context).map_err(refused("pool", B256::ZERO))?)
        }
        Form::Json => Ok(Json(data::overview(&overview, &context)?).into_response()),
        Form::Csv => Ok(csv(data::overview_csv(&overview))),
    }
}

pub(crate) async fn round(
    State(state): State<AppState>,
    Path(text): Path<String>,
    Query(From { from }): Query<From>,
) -> Answer {
    let Asked { id, form } = Asked::parse("round", &text)?;
    let mut read = state.store.read().await?;
    let context = load::context(&state, load::as_of(&mut read, &state).await?);
    let records = load::round(&mut read, &state, (id, from)).await?;
    match form {
        Form::Html => html(&RoundPage::new(&records, &context).map_err(refused("round", id))?),
        Form::Json => Ok(Json(data::round(&records, &context)?).into_response()),
        Form::Csv => Ok(csv(data::round_csv(&records, context.now()))),
    }
}

pub(crate) async fn grant(State(state): State<AppState>, Path(text): Path<String>) -> Answer {
    let Asked { id, form } = Asked::parse("grant", &text)?;
    let mut read = state.store.read().await?;
    let context = load::context(&state, load::as_of(&mut read, &state).await?);
    let records = load::grant(&mut read, &state, id).await?;
    match form {
        Form::Html => html(&GrantPage::new(&records, &context).map_err(refused("grant", id))?),
        Form::Json => Ok(Json(data::grant(&records, &context)?).into_response()),
        Form::Csv => Ok(csv(data::grant_csv(&records))),
    }
}

pub(crate) async fn goal(State(state): State<AppState>, Path(text): Path<String>) -> Answer {
    let Asked { id, form } = Asked::parse("goal", &text)?;
    let mut read = state.store.read().await?;
    let context = load::context(&state, load::as_of(&mut read, &state).await?);
    let records = load::goal(&mut read, &state, id).await?;
    match form {
        Form::Html => html(&GoalPage::new(&records, &context)),
        Form::Json => Ok(Json(data::goal(&records, &context)).into_response()),
        Form::Csv => Ok(csv(data::goal_csv(&records))),
    }
}

pub(crate) async fn contracts(State(state): State<AppState>) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    html(&ContractsPage::new(
        &state.company,
        &state.deployment,
        &as_of,
    ))
}

pub(crate) async fn contracts_json(State(state): State<AppState>) -> Answer {
    let mut read = state.store.read().await?;
    let context = load::context(&state, load::as_of(&mut read, &state).await?);
    Ok(Json(data::contracts(&context)).into_response())
}

pub(crate) async fn contracts_csv(State(state): State<AppState>) -> Answer {
    Ok(csv(data::contracts_csv(&state.deployment)))
}

pub(crate) async fn verify(State(state): State<AppState>) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    html(&VerifyPage::new(&state.company, &state.deployment, &as_of))
}

pub(crate) async fn glossary(State(state): State<AppState>) -> Answer {
    html(&GlossaryPage::new(&state.company))
}

/// Answers when the process lives and the database does.
pub(crate) async fn healthz(State(state): State<AppState>) -> Answer {
    let mut read = state.store.read().await?;
    let block = read.checkpoint().await?.map(|checkpoint| checkpoint.block);
    Ok(Json(serde_json::json!({ "status": "ok", "block": block })).into_response())
}

pub(crate) async fn asset(Path(file): Path<String>) -> Answer {
    assets::respond(&format!("/assets/{file}")).ok_or(PageError::NoPage)
}

pub(crate) async fn nothing() -> PageError {
    PageError::NoPage
}

fn html(page: &impl Template) -> Answer {
    Ok(Html(page.render()?).into_response())
}

fn csv(table: Csv) -> Response {
    (
        [(CONTENT_TYPE, "text/csv; charset=utf-8")],
        table.into_text(),
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_an_id_and_a_form() {
        let id = B256::repeat_byte(7);
        for (ending, form) in [("", Form::Html), (".json", Form::Json), (".csv", Form::Csv)] {
            let asked = Asked::parse("grant", &format!("{id}{ending}")).unwrap();
            assert_eq!(asked, Asked { id, form });
        }
        for wrong in ["", "0x12", "0x12.json", "G-1004", "../etc"] {
            assert!(Asked::parse("grant", wrong).is_err(), "{wrong}");
        }
    }
}
