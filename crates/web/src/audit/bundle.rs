//! `/audit/bundle`: everything that the figures of a day follow from, in one archive.

use askama::Template;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::IntoResponse;
use tokio::fs::File;

use super::gather::gather;
use super::pin::{self, Asked, At};
use super::sending::{PATIENCE, chunks};
use super::view::Head;
use crate::access::AuditorReader;
use crate::error::PageError;
use crate::load;
use crate::numbers::{grouped, shortened};
use crate::pages::{Answer, html};
use crate::state::AppState;
use crate::strings::audit as words;
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/audit_bundle.html")]
struct BundlePage {
    shell: Shell,
    head: Head,
    lead: &'static str,
    holds: &'static str,
    href: String,
    name: String,
    size: String,
    seal: String,
    files: Vec<FileRow>,
}

#[derive(Debug)]
struct FileRow {
    path: String,
    bytes: String,
    sha256: String,
    short: String,
}

pub(super) async fn page(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Query(asked): Query<Asked>,
) -> Answer {
    let at = asked.at(&state).await?;
    let manifest = gather(&state, &at, false).await?.manifest;
    let as_of = load::as_of(&mut state.store.read().await?, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let files = &manifest.files;
    let bytes = files.iter().map(|file| file.bytes).sum::<u64>();
    let (events, bytes) = (grouped(at.past.logs), grouped(bytes));
    html(&BundlePage {
        shell: Shell::new(&context, "Bundle", Place::Audit),
        head: Head::new(&at, "/audit/bundle"),
        lead: words::BUNDLE,
        holds: words::BUNDLE_HOLDS,
        href: format!("/audit/bundle/{}.zip?block={}", at.date, at.block.hash),
        name: name(&at),
        size: words::bundle_size(&events, files.len(), &bytes),
        seal: manifest.seal(),
        files: files
            .iter()
            .map(|file| FileRow {
                path: shown(&file.path),
                bytes: grouped(file.bytes),
                sha256: file.sha256.clone(),
                short: shortened(&file.sha256),
            })
            .collect(),
    })
}

pub(super) async fn file(
    State(state): State<AppState>,
    AuditorReader(viewer): AuditorReader,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let date = file.strip_suffix(".zip").ok_or(PageError::NoPage)?;
    let date = pin::day(&state, date).await?;
    let at = At::read(&state, date, asked.block).await?;
    let place = state.sending().open(&viewer)?;
    let made = gather(&state, &at, true).await?;
    let archive = made.archive.ok_or(PageError::NoPage)?;
    let length = archive.metadata().map(|about| about.len());
    let length = length.map_err(|error| PageError::Records {
        noun: "bundle of block",
        id: at.block.hash,
        reason: error.to_string(),
    })?;
    let headers = [
        (CONTENT_TYPE, "application/zip".to_owned()),
        (CONTENT_LENGTH, length.to_string()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", name(&at)),
        ),
    ];
    let body = Body::from_stream(chunks(File::from_std(archive), place, PATIENCE));
    Ok((headers, body).into_response())
}

/// The path of a file; hashes in it are shortened.
fn shown(path: &str) -> String {
    let short = |part: &str| match part.split_once('.') {
        _ if !part.starts_with("0x") => part.to_owned(),
        Some((hash, ending)) => format!("{}.{ending}", shortened(hash)),
        None => shortened(part),
    };
    let parts: Vec<_> = path.split('/').map(short).collect();
    parts.join("/")
}

fn name(at: &At) -> String {
    format!("guerdon-{}-block-{}.zip", at.date, at.block.number)
}
