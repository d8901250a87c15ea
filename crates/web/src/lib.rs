//! The HTTP edge: server-rendered pages, data twins, assets.
//!
//! [`router`] serves what anyone may read: totals, rounds, goals and opened grants, by id only.
//! Pages are complete without script; they sign and change nothing. Everything shown follows from
//! the store's records by `guerdon-core`; the binary lends the clock and the reader of logs.

mod assets;
mod charts;
mod csv;
mod data;
mod dates;
mod error;
mod html;
mod listen;
mod load;
mod numbers;
mod pages;
mod security;
mod state;
mod views;

pub use error::PageError;
pub use listen::listen;
pub use numbers::Token;
pub use security::POLICY;
pub use state::{AppState, Company, ContractView, DeploymentView, Heartbeat, Inner, LogReader};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::compression::CompressionLayer;

/// All public pages.
pub fn router(state: AppState) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/index.json", get(pages::home_json))
        .route("/index.csv", get(pages::home_csv))
        .route("/rounds/{root}", get(pages::round))
        .route("/grants/{id}", get(pages::grant))
        .route("/goals/{id}", get(pages::goal))
        .route("/contracts", get(pages::contracts))
        .route("/contracts.json", get(pages::contracts_json))
        .route("/contracts.csv", get(pages::contracts_csv))
        .route("/verify", get(pages::verify))
        .route("/glossary", get(pages::glossary))
        .route("/healthz", get(pages::healthz))
        .route("/assets/{file}", get(pages::asset))
        .fallback(pages::nothing)
        .layer(from_fn_with_state(state.clone(), error::words))
        .layer(from_fn(security::headers))
        .layer(CompressionLayer::new())
        .with_state(state)
}
