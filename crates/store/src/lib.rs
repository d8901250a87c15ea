//! The only crate that contains SQL: schema, migrations, queries; rows in, core types out.
//!
//! [`Store::open`] takes `sqlite://path` or `postgres://…`. Every query is one static text that
//! both engines run; only the two migration folders differ. [`Store::read`] opens one consistent
//! snapshot, [`Store::write`] the one write transaction at a time; the caller owns both. Derived
//! rows (pool, rounds, grants, goals, attempts) can be folded again from `logs`; imported rows
//! (terms, goal definitions, rounds, people) exist only here and in the files. Amounts are
//! decimal TEXT, never summed in SQL; hashes and bytes `0x` TEXT; times BIGINT Unix seconds in UTC.
#![warn(missing_docs)]

#[macro_use]
mod db;
#[macro_use]
mod origin;
mod access;
mod attempts;
mod batches;
mod branch;
mod checkpoint;
mod drafts;
mod error;
mod failures;
mod goals;
mod grants;
mod hooks;
mod imports;
mod jobs;
mod logs;
mod operate;
mod papers;
mod people;
mod pool;
mod portal;
mod requests;
mod rounds;
mod search;
mod standing;
mod successors;
mod templates;
mod text;
mod values;

pub use access::Operations;
pub use batches::{Batch, BatchCall};
pub use checkpoint::{Checkpoint, Identity};
pub use db::{Engine, Read, Schema, Store, Tx, Version};
pub use drafts::ImportDraft;
pub use error::StoreError;
pub use hooks::*;
pub use imports::{GateRow, ImportedGoal, ImportedGrant, ImportedRound};
pub use jobs::{Job, JobDone, JobState, NewJob, SentBytes};
pub use logs::LogRow;
pub use operate::*;
pub use papers::{ChallengeReason, Paper, PaperSignature, ResultFile};
pub use portal::*;
pub use requests::{NewRequest, Request};
pub use standing::{Aside, Begun};
pub use {failures::Failing, grants::Page};
pub use {people::Person, pool::Counts};
pub use {successors::Successor, templates::Template, values::StatedValue};
