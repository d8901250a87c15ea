//! Taking a person out of the database, after her number was typed.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use guerdon_store::{Member, Page, Read};

use super::{member, shown_name};
use crate::access::{Administrator, Viewer};
use crate::company::forms::{Field, Fields, see};
use crate::company::note;
use crate::error::{PageError, form_refused};
use crate::load;
use crate::numbers::{count, count_of};
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::{Place, Shell};

/// Grants that are counted.
const GRANTS: u32 = 1_000;

#[derive(Debug, Template)]
#[template(path = "pages/company_person_erase.html")]
struct ErasePage {
    shell: Shell,
    name: String,
    path: String,
    goes: String,
    stays: &'static str,
    files: String,
    field: Field,
}

pub(super) async fn page(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    Path(id): Path<String>,
) -> Answer {
    let member = member(&mut state.store.read().await?, &id).await?;
    show(&state, &viewer, &member, None).await
}

pub(super) async fn take(
    State(state): State<AppState>,
    Administrator(viewer): Administrator,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let mut tx = state.store.write().await?;
    let member = member(&mut tx, &id).await?;
    if fields.get("number") != member.number {
        drop(tx);
        let told = words::type_the_number(&member.number);
        return form_refused(show(&state, &viewer, &member, Some(told)).await);
    }
    tx.erase_member(member.person, (state.wall)())
        .await?
        .ok_or(PageError::NoPage)?;
    note(
        &mut tx,
        &state,
        &viewer,
        ("person erased", id, String::new()),
    )
    .await?;
    tx.commit().await?;
    // The old pages of the database go as well; a reader under way can keep them a little longer.
    if let Err(error) = state.store.scrub().await {
        tracing::warn!(%error, "the database was not scrubbed after an erasure");
    }
    Ok(see("/company/people").into_response())
}

async fn show(state: &AppState, viewer: &Viewer, member: &Member, wrong: Option<String>) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let name = shown_name(member);
    let grants = grants(&mut read, member).await?;
    html(&ErasePage {
        shell: Shell::new(&context, &format!("Erase {name}"), Place::People)
            .with_zone(&context.zone_of(None).1),
        path: format!("/company/people/{}", member.person),
        goes: words::erase_goes(&count(grants, "grant")),
        stays: words::ERASE_STAYS,
        files: words::erase_files(&member.person.to_string()),
        field: Field::text("number", "Type the person's number to erase", "")
            .hint("Nothing brings it back.")
            .wrong(wrong),
        name,
    })
}

async fn grants(read: &mut Read, member: &Member) -> Result<u64, PageError> {
    let page = Page {
        after: None,
        limit: GRANTS,
    };
    let held = read.grants_of_person(member.person, &page).await?;
    Ok(count_of(&held))
}
