//! The rows: good, wrong with a sentence each, or left out on purpose.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use guerdon_formats::sheet::{self, RowError};
use guerdon_store::Read;
use serde::Deserialize;

use super::PAGE;
use super::draft::{self, Loaded};
use super::judge::{Judged, judge};
use super::list::open_draft;
use super::steps::{At, Step, steps};
use crate::access::{CompanyReader, CompanyWriter, Viewer};
use crate::company::forms::{Fields, see};
use crate::company::note;
use crate::error::{PageError, form_refused};
use crate::load;
use crate::numbers::{Token, count_of};
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::company as words;
use crate::views::shell::{Place, Shell};

/// Where a long list goes on.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct From {
    pub(super) from: usize,
}

#[derive(Debug, Template)]
#[template(path = "pages/company_import_check.html")]
struct CheckPage {
    shell: Shell,
    name: String,
    action: String,
    steps: Vec<Step>,
    verdict: String,
    /// About the file as a whole.
    of_file: Vec<String>,
    refused: Option<String>,
    control: Control,
    rows: Vec<WrongRow>,
    before: Option<String>,
    more: Option<String>,
    doubts: Vec<String>,
    doubts_more: usize,
    ready: bool,
    nothing_left: bool,
    may_write: bool,
}

/// Control totals beside the sheet's own.
#[derive(Debug)]
pub(super) struct Control {
    pub(super) own: String,
    pub(super) unread: Option<String>,
    pub(super) disagrees: bool,
    pub(super) lines: Vec<ControlLine>,
}

#[derive(Debug)]
pub(super) struct ControlLine {
    pub(super) what: &'static str,
    pub(super) rows: String,
    pub(super) sum: String,
}

/// A row that is wrong, or left out.
#[derive(Debug)]
struct WrongRow {
    row: usize,
    label: String,
    sentences: Vec<String>,
    left_out: bool,
}

pub(super) async fn page(
    State(state): State<AppState>,
    CompanyReader(viewer): CompanyReader,
    Path(id): Path<String>,
    Query(From { from }): Query<From>,
) -> Answer {
    show(&state, &viewer, &id, (from, None)).await
}

/// The page again, after a file that could not be taken.
pub(super) async fn refused(
    state: &AppState,
    viewer: &Viewer,
    id: &str,
    sentence: String,
) -> Answer {
    form_refused(show(state, viewer, id, (0, Some(sentence))).await)
}

/// Leaves rows out on purpose, or takes them in again: those that the page showed.
pub(super) async fn take(
    State(state): State<AppState>,
    CompanyWriter { viewer, .. }: CompanyWriter,
    Path(id): Path<String>,
    fields: Fields,
) -> Answer {
    let numbers = |name: &'static str| -> BTreeSet<u64> {
        fields
            .all(name)
            .filter_map(|text| text.parse().ok())
            .collect()
    };
    let (shown, ticked) = (numbers("shown"), numbers("left_out"));
    let mut tx = state.store.write().await?;
    let mut draft = open_draft(&mut tx, &id).await?;
    draft.left_out.retain(|row| !shown.contains(row));
    draft.left_out.extend(ticked.intersection(&shown));
    draft.changed_at = (state.wall)();
    tx.put_import_draft(&draft).await?;
    let detail = format!("{} left out", draft.left_out.len());
    note(
        &mut tx,
        &state,
        &viewer,
        ("import rows left out", id.clone(), detail),
    )
    .await?;
    tx.commit().await?;
    Ok(see(&format!("/company/imports/{id}/check")).into_response())
}

/// The sheet as it was uploaded, with what is wrong beside each row.
pub(super) async fn errors(
    State(state): State<AppState>,
    CompanyReader(_viewer): CompanyReader,
    Path(id): Path<String>,
) -> Answer {
    let mut read = state.store.read().await?;
    open_draft(&mut read, &id).await?;
    let loaded = draft::load(&mut read, &state, &id).await?;
    let judged = judge(read, &state, &loaded).await?;
    let errors = judged.checked.errors.iter().map(|error| RowError {
        column: match error.column.as_str() {
            "" => String::new(),
            column => loaded.their_name(column),
        },
        ..error.clone()
    });
    let annotated = sheet::annotated(&loaded.draft.sheet, &errors.collect::<Vec<_>>());
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"what-is-wrong.csv\"",
        ),
    ];
    Ok((headers, annotated).into_response())
}

async fn show(
    state: &AppState,
    viewer: &Viewer,
    id: &str,
    (from, refused): (usize, Option<String>),
) -> Answer {
    let mut read = state.store.read().await?;
    open_draft(&mut read, id).await?;
    let loaded = draft::load(&mut read, state, id).await?;
    if !loaded.is_matched() {
        return Ok(see(&format!("/company/imports/{id}/map")).into_response());
    }
    let shell = shell(&mut read, state, viewer).await?;
    let judged = judge(read, state, &loaded).await?;
    let all = wrong_rows(&loaded, &judged);
    let path = |from: usize| format!("/company/imports/{id}/check?from={from}");
    let doubts: Vec<_> = judged
        .checked
        .doubts
        .iter()
        .map(|doubt| told(&loaded, doubt))
        .collect();
    let page = CheckPage {
        shell,
        name: loaded.draft.name.clone(),
        action: format!("/company/imports/{id}"),
        steps: steps(&loaded.draft, At::Check, judged.is_ready()),
        verdict: words::verdict(
            count_of(&judged.checked.good),
            u64::try_from(judged.checked.wrong().len()).unwrap_or(u64::MAX),
            u64::try_from(loaded.choices.left_out.len()).unwrap_or(u64::MAX),
        ),
        of_file: of_file(&loaded, &judged),
        refused,
        control: control(&judged, &loaded, &state.deployment.token),
        before: (from > 0).then(|| path(from.saturating_sub(PAGE))),
        more: (all.len() > from.saturating_add(PAGE)).then(|| path(from + PAGE)),
        rows: all.into_iter().skip(from).take(PAGE).collect(),
        doubts_more: doubts.len().saturating_sub(PAGE),
        doubts: doubts.into_iter().take(PAGE).collect(),
        ready: judged.is_ready(),
        nothing_left: judged.checked.errors.is_empty() && judged.checked.good.is_empty(),
        may_write: viewer.wallet().is_some(),
    };
    html(&page)
}

pub(super) async fn shell(
    read: &mut Read,
    state: &AppState,
    viewer: &Viewer,
) -> Result<Shell, PageError> {
    let as_of = load::as_of(read, state).await?;
    let context = load::context(state, as_of, Some(viewer));
    let shell = Shell::new(&context, "Import grants", Place::CompanyRounds);
    Ok(shell.with_zone(&context.zone_of(None).1))
}

fn of_file(loaded: &Loaded, judged: &Judged) -> Vec<String> {
    let errors = judged.checked.errors.iter().filter(|error| error.row == 0);
    errors.map(|error| told(loaded, error)).collect()
}

/// An error in the sheet's own words for its columns.
pub(super) fn told(loaded: &Loaded, error: &RowError) -> String {
    let column = match error.column.as_str() {
        "" => String::new(),
        column => loaded.their_name(column),
    };
    words::row_error(error.row, &column, &error.message)
}

fn wrong_rows(loaded: &Loaded, judged: &Judged) -> Vec<WrongRow> {
    let labels: BTreeMap<_, _> = sheet::labels(&loaded.draft.sheet, &loaded.choices)
        .into_iter()
        .collect();
    let mut rows: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for row in &loaded.choices.left_out {
        rows.entry(*row).or_default();
    }
    for error in judged.checked.errors.iter().filter(|error| error.row > 0) {
        rows.entry(error.row).or_default().push(told(loaded, error));
    }
    let row = |(row, sentences): (usize, Vec<String>)| WrongRow {
        row,
        label: labels.get(&row).cloned().unwrap_or_default(),
        sentences,
        left_out: loaded.choices.left_out.contains(&row),
    };
    rows.into_iter().map(row).collect()
}

/// What the rows come to, beside what the sheet says of itself.
pub(super) fn control(judged: &Judged, loaded: &Loaded, token: &Token) -> Control {
    let totals = &judged.totals;
    let amount = |units| token.whole(units);
    let stated = totals.stated.map(amount);
    let line = |what, rows: usize, sum: Option<u128>| ControlLine {
        what,
        rows: crate::numbers::grouped(u64::try_from(rows).unwrap_or(u64::MAX)),
        sum: sum.map_or_else(|| "–".to_owned(), amount),
    };
    let left_out = loaded.choices.left_out.len();
    let rest = totals.sum.saturating_sub(judged.good);
    Control {
        own: words::own_total(&amount(totals.sum), stated.as_deref()),
        unread: match totals.unread {
            0 => None,
            rows => Some(words::unread_quantities(
                u64::try_from(rows).unwrap_or(u64::MAX),
            )),
        },
        disagrees: totals.disagree(),
        lines: vec![
            line("In the sheet", totals.rows, Some(totals.sum)),
            line(
                "Good, to be granted",
                judged.checked.good.len(),
                Some(judged.good),
            ),
            line(
                "Wrong or left out",
                judged.checked.wrong().len().saturating_add(left_out),
                Some(rest),
            ),
        ],
    }
}
