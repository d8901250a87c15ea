//! Grants: what one person was promised, and what is done with it.

mod change;
pub(crate) mod claim;
mod company;
pub(crate) mod files;
mod line;
mod list;
mod page;
mod show;
mod succession;

pub(crate) use company::{end, open};

use self::change::Verb;
use crate::cli::GrantCommand;
use crate::context::Context;
use crate::error::Outcome;

pub(crate) async fn run(context: &Context, command: &GrantCommand) -> Outcome {
    match command {
        GrantCommand::List(arguments) => list::run(context, arguments).await,
        GrantCommand::Show(arguments) => show::run(context, arguments).await,
        GrantCommand::Open(arguments) => company::run_open(context, arguments).await,
        GrantCommand::Claim(arguments) => claim::run(context, arguments).await,
        GrantCommand::Page(arguments) => page::run(context, arguments),
        GrantCommand::End(arguments) => company::run_end(context, arguments).await,
        GrantCommand::Pause(arguments) => change::run_plain(context, arguments, Verb::Pause).await,
        GrantCommand::Resume(arguments) => {
            change::run_plain(context, arguments, Verb::Resume).await
        }
        GrantCommand::Accelerate(arguments) => change::run_accelerate(context, arguments).await,
        GrantCommand::LowerWithholding(arguments) => {
            change::run_withholding(context, arguments).await
        }
        GrantCommand::Waive(arguments) => change::run_plain(context, arguments, Verb::Waive).await,
        GrantCommand::Hold(arguments) => change::run_hold(context, arguments).await,
        GrantCommand::Settle(arguments) => company::run_settle(context, arguments).await,
        GrantCommand::Replace(arguments) => succession::run_replace(context, arguments).await,
        GrantCommand::Agree(arguments) => succession::run_agree(context, arguments).await,
        GrantCommand::Move(arguments) => succession::run_move(context, arguments).await,
        GrantCommand::Recover(command) => succession::run_recover(context, command).await,
        GrantCommand::Veto(arguments) => succession::run_veto(context, arguments).await,
    }
}
