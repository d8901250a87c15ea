//! `/demo`: who plays, what there is to see, and the dates ahead.

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use super::bar::{Group, groups};
use super::cast::who;
use super::{dates, guard};
use crate::access::{self, Viewer};
use crate::error::PageError;
use crate::html::When;
use crate::load;
use crate::pages;
use crate::state::AppState;
use crate::strings::demo as words;
use crate::views::shell::Shell;

#[derive(Debug, Template)]
#[template(path = "pages/demo.html")]
struct DemoPage {
    shell: Shell,
    you: String,
    groups: Vec<Group>,
    today: Option<When>,
    dates: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    at: u64,
    when: When,
    why: String,
}

pub(super) async fn page(
    access::Demo(viewer): access::Demo,
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, PageError> {
    let stage = guard::stage(&state, &headers)?;
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let ahead = dates::ahead(&mut read, &state, viewer.as_ref()).await?;
    let context = load::context(&state, as_of, viewer.as_ref());
    let ((zone, zone_name), now) = (context.zone_of(None), as_of.now());
    let me = viewer
        .as_ref()
        .and_then(Viewer::wallet)
        .and_then(|wallet| who(stage, wallet));
    pages::html(&DemoPage {
        shell: Shell::bare(&context, words::DEMONSTRATION).with_zone(&zone_name),
        you: words::you(me, viewer.is_some()),
        groups: groups(stage, me),
        today: as_of.head.map(|(_, time)| When::date(time, &zone)),
        dates: ahead
            .into_iter()
            .map(|date| Row {
                at: date.at,
                when: When::near(date.at, &zone, now),
                why: date.why,
            })
            .collect(),
    })
}
