//! Rounds: a sheet in, a root on chain, files out.

mod commit;
mod discard;
mod export;
mod files;
pub(crate) mod import;
mod lend;
mod list;
mod rescind;
mod standing;
pub(crate) mod write;

pub(crate) use commit::commit;
pub(crate) use files::{find, ids, place_of, read_all};
pub(crate) use lend::importer;

use crate::cli::RoundCommand;
use crate::context::Context;
use crate::error::Outcome;

pub(crate) async fn run(context: &Context, command: &RoundCommand) -> Outcome {
    match command {
        RoundCommand::Import(arguments) => import::run(context, arguments).await,
        RoundCommand::Commit(arguments) => commit::run(context, arguments).await,
        RoundCommand::Rescind(arguments) => rescind::run(context, arguments).await,
        RoundCommand::Discard(arguments) => discard::run(context, arguments).await,
        RoundCommand::List => list::run(context).await,
        RoundCommand::Export(arguments) => export::run(context, arguments),
    }
}
