//! What the company sees and drafts: what needs it, people, sheets on their way to rounds,
//! templates, rounds, and the audit log.

mod audit;
mod desk;
pub(crate) mod forms;
mod imports;
mod people;
mod replacements;
mod rounds;
mod templates;

pub use imports::{ImportJob, ImportOutcome, Importer};
pub(crate) use imports::{known_goals, lent, sheet_context};
pub use people::person_export;
pub(crate) use rounds::Stage;

use guerdon_store::{Actor, NewEntry, Tx};

use crate::access::{Access, Viewer};
use crate::error::PageError;
use crate::routes::Route;
use crate::state::AppState;

/// The pages of this part.
pub(crate) fn routes() -> Vec<Route> {
    let parts = [
        vec![Route::get("/company", Access::CompanyReader, desk::page)],
        rounds::routes(),
        audit::routes(),
        people::routes(),
        imports::routes(),
        templates::routes(),
    ];
    parts.into_iter().flatten().collect()
}

/// Writes down who did what, without personal data.
async fn note(
    tx: &mut Tx,
    state: &AppState,
    viewer: &Viewer,
    (action, subject, detail): (&str, String, String),
) -> Result<(), PageError> {
    let Some(owner) = viewer.owner() else {
        return Ok(());
    };
    tx.append_audit(&NewEntry {
        at: (state.wall)(),
        actor: Actor::Owner(owner),
        action: action.to_owned(),
        subject,
        detail,
    })
    .await?;
    Ok(())
}
