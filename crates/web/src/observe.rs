//! What was answered, and how fast, told to whoever counts: by the route's template, so that no id
//! and no name ever stands in a label.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;

use crate::state::AppState;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The route's template, such as `/grants/{id}`; `none` where no route matched.
    pub route: String,
    /// `GET`, `POST`; `other` for whatever else was sent.
    pub method: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// From the request's head to the answer's.
    pub took: Duration,
}

/// Hears of every answer.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&Answered) + Send + Sync>);

impl Observer {
    /// Calls `tell` with every answer; it must not block.
    pub fn new(tell: impl Fn(&Answered) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

pub(crate) async fn requests(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let Some(Observer(tell)) = &state.options.observer else {
        return next.run(request).await;
    };
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = match request.method().as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        _ => "other",
    };
    let began = Instant::now();
    let response = next.run(request).await;
    tell(&Answered {
        route,
        method,
        status: response.status().as_u16(),
        took: began.elapsed(),
    });
    response
}
