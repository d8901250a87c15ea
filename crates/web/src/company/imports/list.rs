//! The drafts there are, and new ones.

use alloy_primitives::hex;
use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::response::IntoResponse;
use guerdon_store::{ImportDraft, Read};

use super::large;
use super::upload::{self, Upload};
use crate::access::{Access, CompanyReader, CompanyWriter, Viewer};
use crate::company::forms::see;
use crate::company::note;
use crate::company::rounds::Known;
use crate::dates;
use crate::error::{PageError, form_refused};
use crate::load;
use crate::numbers::shortened;
use crate::pages::{Answer, Form, html};
use crate::routes::Route;
use crate::state::AppState;
use crate::strings::company as words;
use crate::table::{self, Rows};
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// Drafts that are shown.
const SHOWN: u32 = 100;
/// Drafts in a file.
const FILED: u32 = 5_000;

#[derive(Debug, Template)]
#[template(path = "pages/company_imports.html")]
struct ImportsPage {
    shell: Shell,
    refused: Option<String>,
    rows: Vec<DraftRow>,
    empty: &'static str,
    may_write: bool,
}

#[derive(Debug)]
struct DraftRow {
    name: String,
    changed: String,
    state: String,
    next: &'static str,
    href: String,
}

/// The list, its data, and what puts sheets on it and takes them off.
pub(super) fn routes() -> Vec<Route> {
    use Access::{CompanyReader as Reads, CompanyWriter as Writes};
    vec![
        Route::get("/company/imports", Reads, page),
        Route::get("/company/imports.json", Reads, data),
        Route::get("/company/imports.csv", Reads, data),
        Route::get("/company/imports.xlsx", Reads, data),
        large(Route::post("/company/imports", Writes, upload)),
        large(Route::post(
            "/company/imports/{id}/upload",
            Writes,
            upload_again,
        )),
        Route::post("/company/imports/{id}/discard", Writes, discard),
    ]
}

async fn page(State(state): State<AppState>, CompanyReader(viewer): CompanyReader) -> Answer {
    show(&state, &viewer, None).await
}

async fn upload(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let Upload { name, csv } = match upload::read(form).await {
        Ok(upload) => upload,
        Err(sentence) => return form_refused(show(&state, &viewer, Some(sentence)).await),
    };
    let id = keep_new(&state, &viewer, (name, csv), None).await?;
    Ok(see(&format!("/company/imports/{id}/map")).into_response())
}

/// The corrected sheet in the place of the old one; columns that are still the same stay matched.
async fn upload_again(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<String>,
    form: Result<Multipart, MultipartRejection>,
) -> Answer {
    let Upload { name, csv } = match upload::read(form).await {
        Ok(upload) => upload,
        Err(sentence) => return super::check::refused(&state, &viewer, &id, sentence).await,
    };
    let mut tx = state.store.write().await?;
    let mut draft = open_draft(&mut tx, &id).await?;
    let columns = tx.import_columns().await?;
    let found = guerdon_formats::sheet::matching(&csv, &columns);
    draft.matched = found.ok().map(|found| found.ours);
    (draft.name, draft.sheet) = (name, csv);
    draft.left_out.clear();
    draft.changed_at = (state.wall)();
    tx.put_import_draft(&draft).await?;
    note(
        &mut tx,
        &state,
        &viewer,
        ("sheet uploaded again", id.clone(), String::new()),
    )
    .await?;
    tx.commit().await?;
    Ok(see(&format!("/company/imports/{id}/check")).into_response())
}

async fn discard(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<String>,
) -> Answer {
    let mut tx = state.store.write().await?;
    open_draft(&mut tx, &id).await?;
    tx.delete_import_draft(&id).await?;
    note(
        &mut tx,
        &state,
        &viewer,
        ("import discarded", id, String::new()),
    )
    .await?;
    tx.commit().await?;
    Ok(see("/company/imports").into_response())
}

/// Keeps a new draft and answers its id.
pub(super) async fn keep_new(
    state: &AppState,
    viewer: &Viewer,
    (name, sheet): (String, Vec<u8>),
    matched: Option<Vec<Option<String>>>,
) -> Result<String, PageError> {
    let random = (state.random)();
    let id = hex::encode(random.get(..8).unwrap_or_default());
    let now = (state.wall)();
    let mut tx = state.store.write().await?;
    tx.put_import_draft(&ImportDraft {
        id: id.clone(),
        name,
        sheet,
        matched,
        left_out: [].into(),
        created_by: viewer
            .owner()
            .map_or_else(String::new, |owner| owner.to_string()),
        created_at: now,
        changed_at: now,
        binding_at: None,
        root: None,
    })
    .await?;
    note(
        &mut tx,
        state,
        viewer,
        ("import begun", id.clone(), String::new()),
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// A draft that can still be changed.
pub(super) async fn open_draft(read: &mut Read, id: &str) -> Result<ImportDraft, PageError> {
    let draft = read.import_draft(id).await?;
    draft
        .filter(|draft| draft.root.is_none())
        .ok_or(PageError::NoPage)
}

async fn show(state: &AppState, viewer: &Viewer, refused: Option<String>) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let mut rows = Vec::new();
    for draft in read.import_drafts(SHOWN).await? {
        rows.push(row(&mut read, &draft, &context).await?);
    }
    html(&ImportsPage {
        shell: Shell::new(&context, "Import grants", Place::CompanyRounds)
            .with_data("/company/imports".to_owned())
            .with_zone(&context.zone_of(None).1),
        refused,
        rows,
        empty: words::NO_IMPORTS,
        may_write: viewer.wallet().is_some(),
    })
}

async fn row(
    read: &mut Read,
    draft: &ImportDraft,
    context: &Context<'_>,
) -> Result<DraftRow, PageError> {
    let changed = context.day(draft.changed_at);
    let Some(root) = draft.root else {
        let (state, next, path) = match &draft.matched {
            None => (words::NOT_MATCHED, "Match the columns", "map"),
            Some(_) => (words::NOT_IMPORTED, "Go on", "check"),
        };
        return Ok(DraftRow {
            name: draft.name.clone(),
            changed,
            state: state.to_owned(),
            next,
            href: format!("/company/imports/{}/{path}", draft.id),
        });
    };
    let short = shortened(&root.to_string());
    let (state, next, href) = match read.round(root).await? {
        Some(round) if round.rescinded => (
            format!("committed as {short} and taken back: nothing of it is promised"),
            "Its round",
            format!("/rounds/{root}"),
        ),
        Some(_) => (
            format!("imported and committed as {short}"),
            "Its round",
            format!("/rounds/{root}"),
        ),
        None => (
            format!("imported as {short}, not committed"),
            "Commit it",
            format!("/company/rounds/{root}/commit"),
        ),
    };
    Ok(DraftRow {
        name: draft.name.clone(),
        changed,
        state,
        next,
        href,
    })
}

/// The sheets by their names, their cells never; how the round of each stands.
async fn data(
    State(state): State<AppState>,
    CompanyReader(_viewer): CompanyReader,
    form: Form,
) -> Answer {
    let mut read = state.store.read().await?;
    let now = load::as_of(&mut read, &state).await?.now();
    let mut rows = Rows::new(&["import", "sheet", "begun", "changed", "state", "root"]);
    for draft in read.import_drafts(FILED).await? {
        let stands = match (draft.root, &draft.matched) {
            (Some(root), _) => {
                let record = read.round(root).await?;
                let round = Known {
                    root,
                    imported: None,
                    record,
                };
                words::round_stage(round.stage(now))
            }
            (None, None) => words::NOT_MATCHED,
            (None, Some(_)) => words::NOT_IMPORTED,
        };
        rows.row(&[
            &draft.id,
            &draft.name,
            &dates::machine(draft.created_at),
            &dates::machine(draft.changed_at),
            &stands,
            &draft.root,
        ]);
    }
    table::answer(form, rows).await
}
