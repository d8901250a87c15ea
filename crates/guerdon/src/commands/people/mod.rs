//! The people list: who works here, what they may read, and how they are erased.

mod add;
mod erase;
mod export;
mod files;
mod find;
mod import;
mod list;
mod show;

use guerdon_store::Store;

use super::store::{self, now};
use crate::cli::PeopleCommand;
use crate::context::Context;
use crate::error::{Outcome, file_error};

pub(crate) async fn run(context: &Context, command: &PeopleCommand) -> Outcome {
    let store = open(context).await?;
    let outcome = match command {
        PeopleCommand::List => list::run(context, &store).await,
        PeopleCommand::Add(arguments) => add::run(context, &store, arguments).await,
        PeopleCommand::Import(arguments) => import::run(context, &store, arguments).await,
        PeopleCommand::Export(arguments) => export::run(&store, arguments).await,
        PeopleCommand::Erase(arguments) => erase::run(context, &store, arguments).await,
    };
    store.close().await;
    outcome
}

/// The database; before a deployment it follows no chain yet.
pub(super) async fn open(context: &Context) -> Outcome<Store> {
    if let Some(deployment) = context.only_deployment()? {
        return store::open(context, &deployment).await;
    }
    if context.global.database_url.is_none() {
        let folder = &context.data.0;
        std::fs::create_dir_all(folder)
            .map_err(|error| file_error("make the folder", folder, &error))?;
    }
    Ok(Store::open(&context.database_url()).await?)
}
