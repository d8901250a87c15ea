//! The whole product through its command line, on a real node.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

mod api;
mod api_kill;
mod build;
mod bundle;
mod canary;
mod changes;
mod chaos;
mod claims;
mod company;
mod database;
mod demo;
mod disputes;
mod errors;
mod handover;
mod hangs;
mod harness;
#[path = "../../../formats/tests/eval/inspect_runs.rs"]
mod inspect_runs;
mod jobs;
mod keeper;
mod kill;
mod main_job;
mod once;
mod operations;
mod people;
mod promises;
mod results;
mod roles;
#[path = "../../../formats/tests/eval/runs.rs"]
mod runs;
mod safe;
mod schedule;
mod second_thoughts;
mod succession;
mod succession_holder;
mod travel;
mod upkeep;
mod verify;
mod visitor;
mod webhook_verbs;
mod webhooks;
