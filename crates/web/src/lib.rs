//! The HTTP edge: server-rendered pages, data twins, assets.
//!
//! [`router`] serves what anyone may read: totals, rounds, goals and opened grants, by id only.
//! Pages are complete without script; they sign and change nothing. Everything shown follows from
//! the store's records by `guerdon-core`; the binary lends the clock and the reader of logs.

mod access;
mod actions;
mod api;
mod assets;
mod audit;
mod charts;
mod company;
mod data;
mod dates;
mod demo;
mod error;
mod goal_builder;
mod health;
mod html;
mod jobs;
mod listen;
mod load;
mod me;
mod memory;
mod numbers;
mod observe;
mod outline;
mod pages;
mod past;
mod results;
mod routes;
mod security;
mod sign_in;
mod signing;
mod state;
mod strings;
mod table;
mod views;

pub use access::Access;
pub use actions::batch_call;
pub use api::{
    EventKind, Limits, NewKey, NewSecret, Webhooks, delivery_outcome, document, event_of,
    test_event, vested_event, webhook_standing,
};
pub use company::{ImportJob, ImportOutcome, Importer, person_export};
pub use demo::{Actor, Answer, Call, Demo, Stage};
pub use listen::listen;
pub use numbers::Token;
pub use observe::{Answered, Observer};
pub use results::accept_paper;
pub use routes::{router, table};
pub use security::POLICY;
pub use sign_in::Letter;
pub use signing::{Exit, ExitError, RelayPolicy, acceptance, exit_page};
pub use state::*;
