//! `people export`: everything that is kept here about a person. That it was taken out is written
//! down, and stands in it.

use guerdon_store::{Actor, NewEntry, Store};
use guerdon_web::person_export;

use super::{find::find, now};
use crate::cli::PersonArgs;
use crate::error::Outcome;
use crate::output::data;

pub(super) async fn run(store: &Store, arguments: &PersonArgs) -> Outcome {
    let mut tx = store.write().await?;
    let member = find(&mut tx, &arguments.person).await?;
    tx.append_audit(&NewEntry {
        at: now(),
        actor: Actor::CommandLine,
        action: "person exported".to_owned(),
        subject: member.person.to_string(),
        detail: String::new(),
    })
    .await?;
    let value = person_export(&mut tx, &member, now()).await?;
    tx.commit().await?;
    data(&format!("{value:#}\n"))
}
