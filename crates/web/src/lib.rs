//! The HTTP edge: server-rendered pages, data twins, assets.
//!
//! [`router`] serves what anyone may read: totals, rounds, goals and opened grants, by id only.
//! Pages are complete without script; they sign and change nothing. Everything shown follows from
//! the store's records by `guerdon-core`; the binary lends the clock and the reader of logs.

mod access;
mod actions;
mod assets;
mod charts;
mod company;
mod csv;
mod data;
mod dates;
mod demo;
mod error;
mod html;
mod jobs;
mod listen;
mod load;
mod me;
mod numbers;
mod pages;
mod routes;
mod security;
mod sign_in;
mod signing;
mod state;
mod strings;
mod views;

pub use access::Access;
pub use demo::Demo;
pub use error::PageError;
pub use listen::listen;
pub use numbers::Token;
pub use routes::table;
pub use security::POLICY;
pub use state::{
    AppState, Company, ContractView, DeploymentView, Heartbeat, Inner, LogReader, Options,
};

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::compression::CompressionLayer;

/// All pages.
pub fn router(state: AppState) -> Router {
    routes::router()
        .fallback(pages::nothing)
        .layer(from_fn_with_state(state.clone(), error::words))
        .layer(from_fn_with_state(state.clone(), access::recognise))
        .layer(from_fn(security::headers))
        .layer(CompressionLayer::new())
        .with_state(state)
}
