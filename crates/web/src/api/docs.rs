//! `/api`: the document for people, from the same table as the document for machines.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;

use super::endpoint::Param;
use super::problem::Kind;
use super::{openapi, table};
use crate::access::Visitor;
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::views::shell::Shell;

#[derive(Debug, Template)]
#[template(path = "pages/api.html")]
struct ApiPage {
    shell: Shell,
    origin: String,
    parts: Vec<Part>,
    problems: Vec<(&'static str, u16, &'static str)>,
}

#[derive(Debug)]
struct Part {
    name: &'static str,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    method: String,
    path: String,
    summary: &'static str,
    scope: &'static str,
    takes: String,
}

pub(super) async fn document(_visitor: Visitor) -> Answer {
    Ok(Json(openapi::document()).into_response())
}

pub(super) async fn page(State(state): State<AppState>, Visitor(viewer): Visitor) -> Answer {
    let context = load::bare(&state, viewer.as_ref());
    let mut parts: Vec<Part> = Vec::new();
    for endpoint in table::all() {
        let query = endpoint.query.iter().map(|param| Param::name(*param));
        let mut takes: Vec<_> = query.map(str::to_owned).collect();
        takes.extend(endpoint.body.map(|body| format!("a body: {body}")));
        let row = Row {
            method: endpoint.method().to_string(),
            path: format!("/api/v1{}", endpoint.path),
            summary: endpoint.summary,
            scope: endpoint.scope.name(),
            takes: takes.join(", "),
        };
        match parts.iter_mut().find(|part| part.name == endpoint.tag) {
            Some(part) => part.rows.push(row),
            None => parts.push(Part {
                name: endpoint.tag,
                rows: vec![row],
            }),
        }
    }
    html(&ApiPage {
        shell: Shell::bare(&context, "API"),
        origin: state.options.origin.clone(),
        parts,
        problems: Kind::ALL.map(Kind::said).to_vec(),
    })
}
