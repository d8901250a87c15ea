//! Goals: definition, attempts, signed results, disputes.

mod attempt;
mod build;
mod define;
mod demand;
mod dispute;
mod draw;
pub(crate) mod files;
mod odds;
mod result;
mod show;
mod steps;

pub(crate) use attempt::{accept, keep_signature, register};
pub(crate) use define::define;
pub(crate) use result::{Counts, counts, propose, sign};
pub(crate) use steps::{Step, close, finished, latest, record, take_step};

use crate::cli::GoalCommand;
use crate::context::Context;
use crate::error::Outcome;

/// Accounts of the embedded chain by what they do.
pub(crate) const SPONSOR: u32 = 1;
pub(crate) const ARBITER: u32 = 8;
pub(crate) const KEEPER: u32 = 9;

pub(crate) async fn run(context: &Context, command: &GoalCommand) -> Outcome {
    match command {
        GoalCommand::Build(arguments) => build::run(context, arguments),
        GoalCommand::Draw(arguments) => draw::run(context, arguments).await,
        GoalCommand::Define(arguments) => define::run(context, arguments).await,
        GoalCommand::Accept(arguments) => attempt::run_accept(context, arguments).await,
        GoalCommand::Register(arguments) => attempt::run_register(context, arguments).await,
        GoalCommand::Seal(arguments) => steps::step(context, arguments, Step::Seal).await,
        GoalCommand::Sign(arguments) => result::run_sign(context, arguments).await,
        GoalCommand::Propose(arguments) => result::run_propose(context, arguments).await,
        GoalCommand::Expire(arguments) => steps::step(context, arguments, Step::Expire).await,
        GoalCommand::Challenge(arguments) => dispute::run_challenge(context, arguments).await,
        GoalCommand::Resolve(arguments) => dispute::run_resolve(context, arguments).await,
        GoalCommand::WithdrawBond(arguments) => dispute::run_withdraw(context, arguments).await,
        GoalCommand::Finalize(arguments) => steps::step(context, arguments, Step::Finalize).await,
        GoalCommand::Demand(arguments) => demand::run_demand(context, arguments).await,
        GoalCommand::Refuse(arguments) => demand::run_refuse(context, arguments).await,
        GoalCommand::Extend(arguments) => demand::run_extend(context, arguments).await,
        GoalCommand::Close(arguments) => steps::run_close(context, arguments).await,
        GoalCommand::Show(arguments) => show::run(context, arguments).await,
    }
}
