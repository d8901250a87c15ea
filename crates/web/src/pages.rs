//! Handlers: read one snapshot, make the page or its data.

use std::convert::Infallible;

use alloy_primitives::B256;
use askama::Template;
use axum::Json;
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::access::{Access, Visitor};
use crate::assets;
use crate::data::{self, refused};
use crate::error::PageError;
use crate::load;
use crate::routes::Route;
use crate::state::AppState;
use crate::table;
use crate::views::goal::GoalPage;
use crate::views::home::HomePage;
use crate::views::plain::{ContractsPage, GlossaryPage, VerifyPage};
use crate::views::round::RoundPage;

pub(crate) type Answer = Result<Response, PageError>;

/// Which form of a page is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Html,
    Json,
    Csv,
    Xlsx,
}

impl Form {
    /// By the ending of a path, and what stands before it.
    pub(crate) fn of(path: &str) -> (&str, Self) {
        match path.rsplit_once('.') {
            Some((rest, "json")) => (rest, Self::Json),
            Some((rest, "csv")) => (rest, Self::Csv),
            Some((rest, "xlsx")) => (rest, Self::Xlsx),
            _ => (path, Self::Html),
        }
    }
}

/// The form that the ending of the request's path asks for.
impl<S: Sync> FromRequestParts<S> for Form {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.path()).1)
    }
}

/// An id in a path, with the form that its ending asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) id: B256,
    pub(crate) form: Form,
}

impl Asked {
    pub(crate) fn parse(noun: &'static str, text: &str) -> Result<Self, PageError> {
        let (id, form) = Form::of(text);
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

/// The pages that anyone may read.
pub(crate) fn routes() -> Vec<Route> {
    let public = Access::Public;
    vec![
        Route::get("/", public, home),
        Route::get("/index.json", public, home),
        Route::get("/index.csv", public, home),
        Route::get("/index.xlsx", public, home),
        Route::get("/rounds/{root}", public, round),
        Route::get("/goals/{id}", public, goal),
        Route::get("/goals/{id}/attempts/{number}", public, attempt),
        Route::get("/contracts", public, contracts),
        Route::get("/contracts.json", public, contracts_json),
        Route::get("/contracts.csv", public, contracts_table),
        Route::get("/contracts.xlsx", public, contracts_table),
        Route::get("/verify", public, verify),
        Route::get("/glossary", public, glossary),
        Route::get("/assets/{file}", public, asset),
    ]
}

async fn home(State(state): State<AppState>, Visitor(viewer): Visitor, form: Form) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, viewer.as_ref());
    let overview = load::overview(&mut read, &state).await?;
    match form {
        Form::Html => {
            let forecast = load::forecast(&overview).await?.as_ref();
            html(&HomePage::new(&overview, forecast, &context))
        }
        Form::Json => {
            let forecast = load::forecast(&overview).await?.as_ref();
            Ok(Json(data::overview(&overview, forecast, &context)).into_response())
        }
        Form::Csv | Form::Xlsx => {
            table::answer(form, data::overview_table(&overview, context.token())).await
        }
    }
}

async fn round(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    Path(text): Path<String>,
    Query(From { from }): Query<From>,
) -> Answer {
    let Asked { id, form } = Asked::parse("round", &text)?;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, viewer.as_ref());
    let records = load::round(&mut read, &state, (id, from)).await?;
    match form {
        Form::Html => html(&RoundPage::new(&records, &context).map_err(refused("round", id))?),
        Form::Json => Ok(Json(data::round(&records, &context)?).into_response()),
        Form::Csv | Form::Xlsx => {
            let token = (context.token(), context.now());
            table::answer(form, data::round_table(&records, token)).await
        }
    }
}

async fn goal(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    Path(text): Path<String>,
) -> Answer {
    let Asked { id, form } = Asked::parse("goal", &text)?;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, viewer.as_ref());
    let records = load::goal(&mut read, &state, id).await?;
    match form {
        Form::Html => html(&GoalPage::new(&records, &context)),
        Form::Json => Ok(Json(data::goal(&records, &context)).into_response()),
        Form::Csv | Form::Xlsx => table::answer(form, data::goal_table(&records)).await,
    }
}

/// An attempt stands on the page of its goal.
async fn attempt(
    State(state): State<AppState>,
    Path((text, number)): Path<(String, u16)>,
) -> Answer {
    let id = Asked::parse("goal", &text)?.id;
    let noun = "goal";
    let record = state.store.read().await?.goal(id).await?;
    let record = record.ok_or(PageError::Missing { noun, id })?;
    match record.attempts.get(usize::from(number)) {
        Some(_) => Ok(Redirect::to(&format!("/goals/{id}#attempt-{number}")).into_response()),
        None => Err(PageError::NoPage),
    }
}

async fn contracts(State(state): State<AppState>, Visitor(viewer): Visitor) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let members = read.role_members().await?;
    let context = load::context(&state, as_of, viewer.as_ref());
    html(&ContractsPage::new(&context, &members))
}

async fn contracts_json(State(state): State<AppState>, _visitor: Visitor) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let members = read.role_members().await?;
    let context = load::context(&state, as_of, None);
    Ok(Json(data::contracts(&context, &members)).into_response())
}

async fn contracts_table(State(state): State<AppState>, _visitor: Visitor, form: Form) -> Answer {
    table::answer(form, data::contracts_table(&state.deployment)).await
}

async fn verify(State(state): State<AppState>, Visitor(viewer): Visitor) -> Answer {
    let as_of = load::as_of(&mut state.store.read().await?, &state).await?;
    html(&VerifyPage::new(&load::context(
        &state,
        as_of,
        viewer.as_ref(),
    )))
}

async fn glossary(State(state): State<AppState>, Visitor(viewer): Visitor) -> Answer {
    html(&GlossaryPage::new(&load::bare(&state, viewer.as_ref())))
}

async fn asset(Path(file): Path<String>) -> Answer {
    assets::respond(&format!("/assets/{file}")).ok_or(PageError::NoPage)
}

pub(crate) async fn nothing() -> PageError {
    PageError::NoPage
}

/// A page as an answer.
pub(crate) fn html(page: &impl Template) -> Answer {
    Ok(Html(page.render()?).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_an_id_and_a_form() {
        let id = B256::repeat_byte(7);
        for (ending, form) in [
            ("", Form::Html),
            (".json", Form::Json),
            (".csv", Form::Csv),
            (".xlsx", Form::Xlsx),
        ] {
            let asked = Asked::parse("grant", &format!("{id}{ending}")).unwrap();
            assert_eq!(asked, Asked { id, form });
        }
        for wrong in ["", "0x12", "0x12.json", "G-1004", "../etc"] {
            assert!(Asked::parse("grant", wrong).is_err(), "{wrong}");
        }
    }
}
