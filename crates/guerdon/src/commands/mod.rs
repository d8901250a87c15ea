//! Commands: each turns arguments into calls of the crates and shows what came of it.

mod database;
pub(crate) mod deploy;
mod dispatch;
mod doctor;
pub(crate) mod eval;
pub(crate) mod follow;
pub(crate) mod goal;
pub(crate) mod grant;
mod job;
pub(crate) mod keep;
mod key;
mod manual;
mod meet;
pub(crate) mod money;
mod people;
mod role;
pub(crate) mod round;
mod schedule;
pub(crate) mod serve;
pub(crate) mod store;
mod travel;
pub(crate) mod verify;
mod webhook;

pub(crate) use dispatch::dispatch;

use serde::Serialize;
use serde_json::Value;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::handover;

pub(crate) async fn run(cli: Cli) -> Outcome {
    let Cli { global, command } = cli;
    handover::check(&global, &command)?;
    let context = Context::new(global);
    dispatch(&context, &command).await?;
    context.handover.write(&context)
}

/// A value that programs read.
pub(crate) fn to_value(data: &impl Serialize) -> Outcome<Value> {
    serde_json::to_value(data)
        .map_err(|error| Failure::failed(format!("could not write JSON: {error}")))
}
