//! The one way in: whose request it is, whether it comes too often, what it asks, its answer.

use alloy_primitives::keccak256;
use axum::body::to_bytes;
use axum::extract::{RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use axum::{Json, RequestExt, Router};
use guerdon_store::{ApiAnswer, ApiKey};

use super::call::{self, Call};
use super::endpoint::{Endpoint, Run};
use super::problem::{Kind, Problem, worded};
use super::{key, table};
use crate::state::AppState;
use crate::strings::api as words;

/// The largest body that is taken, in bytes.
const BYTES_MAX: usize = 4 << 20;
/// A key's last use is noted at most once in so many seconds.
const NOTED_SECONDS: u64 = 300;
/// Answers are kept for so many seconds at least.
const KEPT_SECONDS: u64 = 7 * 86_400;
/// Says that an answer was given before.
const REPLAYED: &str = "idempotent-replayed";

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
        Run::Reads(_) => MethodFilter::GET,
        Run::Writes(_) => MethodFilter::POST,
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
    let writes = match endpoint.run {
        Run::Reads(_) => None,
        Run::Writes(run) => Some((run, call::name(&headers)?)),
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
    let call = Call {
        state,
        key,
        endpoint,
        path,
        query,
        body,
    };
    match (writes, endpoint.run) {
        (Some((run, name)), _) => {
            let mut tx = call.state.store.write().await?;
            if let Some(known) = tx.api_answer(call.key.id, &name).await? {
                return replayed(&known, hash);
            }
            let value = run(&call, &mut tx).await?;
            let answer = ApiAnswer {
                request: hash,
                status: endpoint.status(),
                body: value.to_string(),
                answered_at: now,
            };
            let before = now.saturating_sub(KEPT_SECONDS);
            tx.forget_api_answers(before).await?;
            tx.put_api_answer(call.key.id, &name, &answer).await?;
            tx.commit().await?;
            Ok((StatusCode::CREATED, Json(value)).into_response())
        }
        (None, Run::Reads(run)) => {
            let mut read = call.state.store.read().await?;
            Ok(Json(run(&call, &mut read).await?).into_response())
        }
        (None, Run::Writes(_)) => Err(Problem::new(Kind::Failed, words::FAILED)),
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

/// The answer that a request of this name was given, if it was the same request.
fn replayed(known: &ApiAnswer, hash: alloy_primitives::B256) -> Result<Response, Problem> {
    if known.request != hash {
        return Err(Problem::new(Kind::NameReused, words::NAME_REUSED));
    }
    let value: serde_json::Value =
        serde_json::from_str(&known.body).map_err(|_| Problem::new(Kind::Failed, words::FAILED))?;
    let status = StatusCode::from_u16(known.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Json(value)).into_response();
    let headers = response.headers_mut();
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
