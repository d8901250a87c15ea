//! Grants: what one person was promised, and what is done with it.

pub(crate) mod claim;
mod company;
pub(crate) mod files;
mod list;
mod show;

pub(crate) use company::{end, open};

use crate::cli::GrantCommand;
use crate::context::Context;
use crate::error::Outcome;

pub(crate) async fn run(context: &Context, command: &GrantCommand) -> Outcome {
    match command {
        GrantCommand::List(arguments) => list::run(context, arguments).await,
        GrantCommand::Show(arguments) => show::run(context, arguments).await,
        GrantCommand::Open(arguments) => company::run_open(context, arguments).await,
        GrantCommand::Claim(arguments) => claim::run(context, arguments).await,
        GrantCommand::End(arguments) => company::run_end(context, arguments).await,
        GrantCommand::Settle(arguments) => company::run_settle(context, arguments).await,
    }
}
