//! The whole product through its command line, on a real node.

mod claims;
mod company;
mod errors;
mod harness;
mod kill;
mod main_job;
mod verify;
