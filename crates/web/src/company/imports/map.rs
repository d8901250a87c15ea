//! Which column of the sheet is which of ours.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use guerdon_formats::sheet::{self, Matching};
use guerdon_store::ImportDraft;

use super::draft::{self, Loaded};
use super::list::open_draft;
use super::steps::{At, Step, steps};
use crate::access::{CompanyReader, CompanyWriter, Viewer};
use crate::company::forms::{Fields, see};
use crate::company::note;
use crate::error::{PageError, form_refused};
use crate::load;
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::{Place, Shell};

/// What stands in the form for a column that is not read.
const NOT_READ: &str = "-";

#[derive(Debug, Template)]
#[template(path = "pages/company_import_map.html")]
struct MapPage {
    shell: Shell,
    name: String,
    action: String,
    steps: Vec<Step>,
    refused: Vec<String>,
    columns: Vec<Column>,
    may_write: bool,
}

#[derive(Debug)]
struct Column {
    name: String,
    theirs: String,
    example: String,
    options: Vec<(String, String, bool)>,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(id): Path<String>,
) -> Answer {
    let draft = open_draft(&mut state.store.read().await?, &id).await?;
    show(&state, &viewer, draft, Vec::new()).await
}

pub(super) async fn take(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let mut read = state.store.read().await?;
    let before = open_draft(&mut read, &id).await?;
    let Matching { theirs, .. } = matching(&before, &read.import_columns().await?)?;
    let known = |name: &str| sheet::offered().find(|column| *column == name);
    let chosen = theirs.iter().enumerate().map(|(place, _)| {
        let ours = known(fields.get(&format!("column-{place}")));
        ours.map(str::to_owned)
    });
    let draft = ImportDraft {
        matched: Some(chosen.collect()),
        changed_at: (state.wall)(),
        ..before.clone()
    };
    // Checking a long sheet takes its time: nobody who writes waits for it.
    let loaded = draft::load_of(&mut read, &state, draft.clone()).await?;
    drop(read);
    let refused = header_errors(&loaded, &state);
    if !refused.is_empty() {
        return form_refused(show(&state, &viewer, draft, refused).await);
    }
    let mut tx = state.store.write().await?;
    let now = open_draft(&mut tx, &id).await?;
    if now != before {
        drop(tx);
        let refused = vec![words::CHANGED_MEANWHILE.to_owned()];
        return form_refused(show(&state, &viewer, now, refused).await);
    }
    tx.put_import_draft(&draft).await?;
    for (theirs, ours) in theirs.iter().zip(draft.matched.iter().flatten()) {
        if !theirs.is_empty() {
            let ours = ours.as_deref().unwrap_or(NOT_READ);
            tx.put_import_column(theirs, ours).await?;
        }
    }
    note(
        &mut tx,
        &state,
        &viewer,
        ("columns matched", id.clone(), String::new()),
    )
    .await?;
    tx.commit().await?;
    Ok(see(&format!("/company/imports/{id}/check")).into_response())
}

/// What is wrong with the matching itself.
fn header_errors(loaded: &Loaded, state: &AppState) -> Vec<String> {
    let errors = loaded.checked(state).errors.into_iter();
    let of_header = errors.filter(|error| error.row == 0 && !error.column.is_empty());
    of_header
        .map(|error| words::row_error(0, "", &error.message))
        .collect()
}

fn matching(
    draft: &ImportDraft,
    before: &std::collections::BTreeMap<String, String>,
) -> Result<Matching, PageError> {
    sheet::matching(&draft.sheet, before).map_err(|_| PageError::NotUnderstood)
}

async fn show(
    state: &AppState,
    viewer: &Viewer,
    draft: ImportDraft,
    refused: Vec<String>,
) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let found = matching(&draft, &read.import_columns().await?)?;
    let chosen = draft.matched.as_ref().unwrap_or(&found.ours);
    let columns = found.theirs.iter().enumerate().map(|(place, theirs)| {
        let ours = chosen.get(place).and_then(Option::as_deref);
        let option = |column: &str| {
            let words = if column == NOT_READ {
                "not read"
            } else {
                column
            };
            let selected = ours.unwrap_or(NOT_READ) == column;
            (column.to_owned(), words.to_owned(), selected)
        };
        Column {
            name: format!("column-{place}"),
            theirs: match theirs.as_str() {
                "" => format!("column {} without a name", place + 1),
                name => name.to_owned(),
            },
            example: found.example.get(place).cloned().unwrap_or_default(),
            options: std::iter::once(NOT_READ)
                .chain(sheet::offered())
                .map(option)
                .collect(),
        }
    });
    html(&MapPage {
        shell: Shell::new(&context, "Match the columns", Place::CompanyRounds)
            .with_zone(&context.zone_of(None).1),
        name: draft.name.clone(),
        action: format!("/company/imports/{}", draft.id),
        steps: steps(&draft, At::Map, false),
        refused,
        columns: columns.collect(),
        may_write: viewer.wallet().is_some(),
    })
}
