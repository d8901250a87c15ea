//! The import as the pages borrow it: `round import` itself, by what a person decided on them.

use std::sync::Arc;

use alloy_primitives::B256;
use guerdon_chain::Deployment;
use guerdon_formats::sheet::{Documents, Place};
use guerdon_web::{ImportJob, ImportOutcome, Importer};
use tokio::sync::Mutex;

use super::files::place_of;
use super::import::read_chosen;
use super::write::write_round;
use crate::commands::goal::files::known_goals;
use crate::context::Context;
use crate::error::Failure;

/// Imports for the pages, one after the other: an import that is under way looks to another like
/// one that was killed.
pub(crate) fn importer(context: &Context, deployment: &Deployment) -> Importer {
    let lent = Arc::new((context.clone(), place_of(deployment), Mutex::new(())));
    Box::new(move |job| {
        let lent = Arc::clone(&lent);
        Box::pin(async move {
            let (context, place, turn) = lent.as_ref();
            let _turn = turn.lock().await;
            import(context, place, &job).await
        })
    })
}

async fn import(context: &Context, place: &Place, job: &ImportJob) -> ImportOutcome {
    let mut read = {
        let goals = known_goals(context).map_err(sentence)?;
        let mut nonce = || B256::random().0;
        let sheet = (job.csv.as_slice(), &job.choices);
        read_chosen(sheet, place, goals, Documents::Nonces(&mut nonce)).map_err(sentence)?
    };
    if let Some(error) = read.sheet.errors.first() {
        return Err(format!("row {}: {}", error.row, error.message));
    }
    let imported = write_round(context, place, &mut read, &job.name).await;
    Ok(imported.map_err(sentence)?.file.header.root.hash)
}

fn sentence(failure: Failure) -> String {
    match failure.hint {
        Some(hint) => format!("{}; {hint}", failure.sentence),
        None => failure.sentence,
    }
}
