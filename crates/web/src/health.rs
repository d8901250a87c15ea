//! What machines ask: whether the process lives, and whether it should be sent readers.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guerdon_store::{Store, StoreError};
use serde_json::{Value, json};

use crate::access::Access;
use crate::error::AsIs;
use crate::load;
use crate::routes::Route;
use crate::state::AppState;

/// A database that is slower than this is as good as away.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/healthz", Access::Public, healthz),
        Route::get("/readyz", Access::Public, readyz),
    ]
}

/// Answers while the process lives, whatever else is away: a supervisor that restarts what does
/// not answer must not restart what only waits for its database.
async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Answers 200 when pages can be read and are not behind, else 503 and why, in words.
async fn readyz(State(state): State<AppState>) -> Response {
    let found = tokio::time::timeout(PATIENCE, look(&state)).await;
    let (is_ready, body) = match found {
        Ok(Ok(found)) => found,
        Ok(Err(error)) => {
            tracing::warn!(%error, "the database does not answer");
            away("the database does not answer; the log says why")
        }
        Err(_) => away("the database does not answer in time"),
    };
    let status = match is_ready {
        true => StatusCode::OK,
        false => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = (status, Json(body)).into_response();
    response.extensions_mut().insert(AsIs);
    response
}

fn away(words: &str) -> (bool, Value) {
    (
        false,
        json!({ "status": "not ready", "database": words, "words": words }),
    )
}

async fn look(state: &AppState) -> Result<(bool, Value), StoreError> {
    let mut read = state.store.read().await?;
    let (schema, newest) = (read.schema().await?, Store::newest_schema());
    let checkpoint = read.checkpoint().await?;
    drop(read);
    let as_of = load::as_of_checkpoint(checkpoint.as_ref(), state);
    let migrations = match schema {
        schema if schema < newest => "the database lacks migrations: restart this version",
        schema if schema > newest => "a newer version has migrated the database",
        _ => "all applied",
    };
    let stale = as_of.stale();
    let is_ready = stale.is_none() && schema >= newest;
    let body = json!({
        "status": if is_ready { "ready" } else { "not ready" },
        "database": "answers",
        "schema": schema,
        "migrations": migrations,
        "block": checkpoint.map(|at| at.block),
        "block_time": checkpoint.map(|at| at.time),
        "chain_answered": as_of.answered,
        "words": stale.unwrap_or_else(|| as_of.sentence()),
    });
    Ok((is_ready, body))
}
