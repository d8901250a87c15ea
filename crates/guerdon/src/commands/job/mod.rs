//! `job`: calls of roles with a delay.

mod act;
mod list;
mod records;

pub(crate) use records::records;

use crate::cli::JobCommand;
use crate::context::Context;
use crate::error::Outcome;

pub(crate) async fn run(context: &Context, command: &JobCommand) -> Outcome {
    match command {
        JobCommand::List(arguments) => list::run(context, arguments).await,
        JobCommand::Execute(arguments) => act::execute_job(context, arguments).await,
        JobCommand::Cancel(arguments) => act::cancel_job(context, arguments).await,
    }
}
