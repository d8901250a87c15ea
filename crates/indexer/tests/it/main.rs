//! The indexer on scripted chains.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on fails where it stands"
)]

mod access;
mod events;
mod export;
#[path = "../../../chain/tests/it/http.rs"]
mod http;
mod script;
mod server;
mod story;

mod lease;
mod liars;
mod nodes;
mod random;
mod reorgs;
mod roles;
mod steps;
