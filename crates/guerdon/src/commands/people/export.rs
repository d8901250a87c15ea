//! `people export`: everything that is kept here about a person.

use guerdon_store::Store;
use guerdon_web::person_export;

use super::{find::find, now};
use crate::cli::PersonArgs;
use crate::error::Outcome;
use crate::output::data;

pub(super) async fn run(store: &Store, arguments: &PersonArgs) -> Outcome {
    let mut read = store.read().await?;
    let member = find(&mut read, &arguments.person).await?;
    let value = person_export(&mut read, &member, now()).await?;
    data(&format!("{value:#}\n"))
}
