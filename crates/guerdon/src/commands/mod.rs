//! Commands: each turns arguments into calls of the crates and shows what came of it.

pub(crate) mod deploy;
mod doctor;
pub(crate) mod eval;
pub(crate) mod goal;
pub(crate) mod grant;
pub(crate) mod keep;
mod manual;
pub(crate) mod money;
pub(crate) mod round;
mod schedule;
pub(crate) mod serve;
pub(crate) mod store;
mod travel;
pub(crate) mod verify;

use serde::Serialize;
use serde_json::Value;

use crate::cli::{Cli, Command};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::{demo, handover};

pub(crate) async fn run(cli: Cli) -> Outcome {
    let Cli { global, command } = cli;
    handover::check(&global, &command)?;
    let context = Context::new(global);
    dispatch(&context, &command).await?;
    context.handover.write(&context)
}

async fn dispatch(context: &Context, command: &Command) -> Outcome {
    match command {
        Command::Demo(arguments) => demo::run(context, arguments).await,
        Command::Serve(arguments) => serve::run(context, arguments).await,
        Command::Keep(arguments) => keep::run(context, arguments).await,
        Command::Deploy(arguments) => deploy::run(context, arguments).await,
        Command::Token(command) => money::run_token(context, command).await,
        Command::Fund(arguments) => money::run_fund(context, arguments).await,
        Command::WithdrawFree(arguments) => money::run_withdraw(context, arguments).await,
        Command::Round(command) => round::run(context, command).await,
        Command::Grant(command) => grant::run(context, command).await,
        Command::Goal(command) => goal::run(context, command).await,
        Command::Schedule(command) => schedule::run(context, command),
        Command::Eval(command) => eval::run(context.global.output, command),
        Command::Verify(command) => verify::run(context, command).await,
        Command::Travel(arguments) => travel::run(context, arguments).await,
        Command::Doctor => doctor::run(context).await,
        Command::Completions(arguments) => manual::completions(arguments),
        Command::Man(arguments) => manual::man(arguments),
    }
}

/// A value that programs read.
pub(crate) fn to_value(data: &impl Serialize) -> Outcome<Value> {
    serde_json::to_value(data)
        .map_err(|error| Failure::failed(format!("could not write JSON: {error}")))
}
