//! The bar over every page of a demonstration: who one is, who else one can be, what day it is.

use std::sync::Arc;

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::middleware::Next;
use axum::response::Response;

use super::cast::{Actor, who};
use super::{Demo, Stage};
use crate::access::{Recognised, Viewer};
use crate::assets;
use crate::dates;
use crate::html::Markup;
use crate::load;
use crate::state::AppState;
use crate::strings::demo as words;

/// No page of ours is longer.
const LONGEST: usize = 16 << 20;
/// The bar stands before it, after the link that skips to the content.
const HEAD: &str = "<header class=\"top\"";

#[derive(Debug, Template)]
#[template(path = "partials/demo.html")]
struct Bar {
    you: String,
    groups: Vec<Group>,
    today: Option<String>,
}

/// Actors under one heading.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: &'static str,
    pub(super) actors: Vec<Choice>,
}

#[derive(Debug)]
pub(super) struct Choice {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) is_me: bool,
}

/// Puts the bar, and the wallet in the page, into every page of a demonstration.
pub(crate) async fn bar(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let viewer = request.extensions().get::<Recognised>().cloned();
    let viewer = viewer.and_then(|Recognised(viewer)| viewer);
    let response = next.run(request).await;
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("text/html"));
    match &state.options.demo {
        Some(Demo(stage)) if is_page => put(&state, stage.as_ref(), viewer, response).await,
        _ => response,
    }
}

async fn put(
    state: &AppState,
    stage: &dyn Stage,
    viewer: Option<Arc<Viewer>>,
    response: Response,
) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, LONGEST).await else {
        return Response::from_parts(parts, Body::from(words::TOO_LONG));
    };
    let page = String::from_utf8_lossy(&bytes);
    let page = match made(state, stage, viewer.as_deref()).await {
        Some(bar) => with(&page, &bar),
        None => page.into_owned(),
    };
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}

/// The page with the bar before its head, and with the script of the wallet.
fn with(page: &str, bar: &str) -> String {
    let page = page.replacen(HEAD, &format!("{bar}{HEAD}"), 1);
    match assets::island_path("demo-wallet") {
        Some(path) => {
            let script = format!("<script type=\"module\" src=\"{path}\"></script>\n</head>");
            page.replacen("</head>", &script, 1)
        }
        None => page,
    }
}

async fn made(state: &AppState, stage: &dyn Stage, viewer: Option<&Viewer>) -> Option<String> {
    let me = viewer
        .and_then(Viewer::wallet)
        .and_then(|wallet| who(stage, wallet));
    let mut read = state.store.read().await.ok()?;
    let as_of = load::as_of(&mut read, state).await.ok()?;
    let zone = load::context(state, as_of, viewer).zone_of(None).0;
    let bar = Bar {
        you: words::you(me, viewer.is_some()),
        groups: groups(stage, me),
        today: as_of.head.map(|(_, time)| dates::day(time, &zone)),
    };
    bar.render().ok()
}

/// The cast, by list and in its order.
pub(super) fn groups(stage: &dyn Stage, me: Option<&Actor>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for actor in stage.cast() {
        let choice = Choice {
            key: actor.key.clone(),
            label: format!("{}, {}", actor.name, actor.does),
            is_me: me == Some(actor),
        };
        match groups.iter_mut().find(|group| group.name == actor.group) {
            Some(group) => group.actors.push(choice),
            None => groups.push(Group {
                name: actor.group,
                actors: vec![choice],
            }),
        }
    }
    groups
}

impl Bar {
    fn warning(&self) -> Markup {
        Markup(words::WARNING.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::with;

    #[test]
    fn the_bar_stands_before_the_head_and_once() {
        let page = "<head></head><a class=\"skip\"></a><header class=\"top\">a</header>";
        let made = with(page, "BAR");
        assert!(made.contains("</a>BAR<header class=\"top\">"), "{made}");
        assert_eq!(made.matches("BAR").count(), 1);
    }
}
