//! `verify`: everything recomputed from the chain's logs and the files; no database, no server.

mod bundle;
mod chain;
mod evidence;
mod files;
mod form;
mod replay;
mod report;
mod run;
mod succession;

use crate::cli::VerifyCommand;
use crate::context::Context;
use crate::error::Outcome;

pub(crate) async fn run(context: &Context, command: &VerifyCommand) -> Outcome {
    match command {
        VerifyCommand::Grant(arguments) => run::one_grant(context, &arguments.file).await,
        VerifyCommand::Round(arguments) => run::one_round(context, &arguments.file).await,
        VerifyCommand::Bundle(arguments) => bundle::run(context, arguments).await,
        VerifyCommand::All => run::all(context).await,
    }
}
