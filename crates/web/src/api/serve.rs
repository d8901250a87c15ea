//! The one way in: whose request it is, whether it comes too often, what it asks, its answer.

use alloy_primitives::keccak256;
use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{RequestExt, Router};
use guerdon_store::ApiKey;

use super::books::Day;
use super::call::{self, Call};
use super::endpoint::{Endpoint, Run};
use super::once::{self, Name};
use super::problem::{Kind, Problem, worded};
use super::{events, key, table, tag};
use crate::state::AppState;
use crate::strings::api as words;

/// The largest body that is taken, in bytes.
const BYTES_MAX: usize = 4 << 20;
/// A key's last use is noted at most once in so many seconds.
const NOTED_SECONDS: u64 = 300;

/// Everything below `/api/v1`.
pub(crate) fn router() -> Router<AppState> {
    let add = |router: Router<AppState>, endpoint: &'static Endpoint| {
        router.route(endpoint.path, handler(endpoint))
    };
    let table = table::all().iter().fold(Router::new(), add);
    table
        .fallback(async || Problem::of_status(StatusCode::NOT_FOUND))
        .layer(map_response(async |response: Response| worded(response)))
}

fn handler(endpoint: &'static Endpoint) -> MethodRouter<AppState> {
    let method = match endpoint.run {
        Run::Reads(_) | Run::Asks(_) => MethodFilter::GET,
        Run::Removes(_) => MethodFilter::DELETE,
        Run::Plans(_) | Run::Does(_) | Run::Writes(_) => MethodFilter::POST,
    };
    on(
        method,
        move |State(state): State<AppState>, request: Request| async move {
            let answered = serve(state, endpoint, request).await;
            answered.unwrap_or_else(IntoResponse::into_response)
        },
    )
}

async fn serve(
    state: AppState,
    endpoint: &'static Endpoint,
    mut request: Request,
) -> Result<Response, Problem> {
    let now = (state.wall)();
    let headers = request.headers().clone();
    let key = admitted(&state, endpoint, (&headers, now)).await?;
    let parts = request.extract_parts::<RawPathParams>().await;
    let parts = parts.map_err(|_| Problem::new(Kind::NotUnderstood, words::NOT_UNDERSTOOD))?;
    let path = call::path(endpoint, parts.iter())?;
    let query = call::query(endpoint, request.uri())?;
    let name = match endpoint.run.writes() {
        false => None,
        true => Some(call::name(&headers)?),
    };
    let uri = request.uri().to_string();
    let body = request.into_body();
    let bytes = match endpoint.body {
        Some(_) => to_bytes(body, BYTES_MAX)
            .await
            .map_err(|_| Problem::new(Kind::TooLarge, words::TOO_LARGE))?,
        None => axum::body::Bytes::new(),
    };
    let body = call::body(endpoint, &headers, &bytes)?;
    let hash = keccak256([uri.as_bytes(), b"\n", body.to_string().as_bytes()].concat());
    // Before anything holds a connection: the node is asked for the day's block.
    let day = Day::asked(&state, query.get("as_of").map(String::as_str)).await?;
    let call = Call {
        state,
        key,
        endpoint,
        path,
        query,
        body,
        day,
    };
    if endpoint.id == events::LIST && events::listens(&headers) {
        return events::stream(call, &headers).await;
    }
    let name = name.map(|text| Name {
        text,
        request: hash,
        at: now,
    });
    match (endpoint.run, name) {
        (Run::Plans(run), Some(name)) => once::planned(&call, name, run).await,
        (Run::Does(run), Some(name)) => once::done(&call, name, run).await,
        (Run::Writes(run), Some(name)) => once::written(&call, name, run).await,
        (Run::Removes(run), _) => once::removed(&call, run).await,
        (Run::Reads(_) | Run::Asks(_), _) => tag::answered(&call, (&uri, &headers)).await,
        (_, None) => Err(Problem::new(Kind::Failed, words::FAILED)),
    }
}

/// The key of a request that may go on.
async fn admitted(
    state: &AppState,
    endpoint: &Endpoint,
    (headers, now): (&HeaderMap, u64),
) -> Result<ApiKey, Problem> {
    let hash = key::sent(headers)?;
    let mut read = state.store.read().await?;
    let key = key::caller(&mut read, hash, now).await?;
    drop(read);
    if let Some(a_minute) = state.options.limits.key {
        let taken = state.api().limiter.take(key.key.hash, a_minute, now);
        taken.map_err(Problem::too_many)?;
    }
    if !key.key.scopes.contains(&endpoint.scope) {
        let needed = words::scope_missing(endpoint.scope.name());
        return Err(Problem::new(Kind::ScopeMissing, needed));
    }
    if key.used_at.unwrap_or(0).saturating_add(NOTED_SECONDS) <= now {
        let mut tx = state.store.write().await?;
        tx.touch_api_key(key.id, now).await?;
        tx.commit().await?;
    }
    Ok(key)
}
