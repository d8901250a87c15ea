//! The whole product through its command line, on a real node.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

mod build;
mod claims;
mod company;
mod disputes;
mod errors;
mod harness;
mod kill;
mod main_job;
mod schedule;
mod verify;
