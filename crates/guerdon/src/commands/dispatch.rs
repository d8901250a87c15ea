//! Which command runs what.

use std::pin::Pin;

use super::{
    database, deploy, doctor, eval, goal, grant, job, keep, key, manual, money, people, role,
    round, schedule, serve, travel, verify, webhook,
};
use crate::cli::{Command, DbCommand};
use crate::context::Context;
use crate::demo;
use crate::error::Outcome;

/// Runs a command; a longer story runs others inside itself, so the future is boxed.
pub(crate) fn dispatch<'a>(
    context: &'a Context,
    command: &'a Command,
) -> Pin<Box<dyn Future<Output = Outcome> + 'a>> {
    Box::pin(async move {
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
            Command::People(command) => people::run(context, command).await,
            Command::Role(command) => role::run(context, command).await,
            Command::Job(command) => job::run(context, command).await,
            Command::Schedule(command) => schedule::run(context, command),
            Command::Key(command) => key::run(context, command).await,
            Command::Webhook(command) => webhook::run(context, command).await,
            Command::Eval(command) => eval::run(context.global.output, command),
            Command::Verify(command) => verify::run(context, command).await,
            Command::Travel(arguments) => travel::run(context, arguments).await,
            Command::Db(DbCommand::Copy(arguments)) => database::copy(context, arguments).await,
            Command::Backup(arguments) => database::backup(context, arguments).await,
            Command::Restore(arguments) => database::restore(context, arguments).await,
            Command::Doctor(arguments) => doctor::run(context, arguments).await,
            Command::Completions(arguments) => manual::completions(arguments),
            Command::Man(arguments) => manual::man(arguments),
        }
    })
}
