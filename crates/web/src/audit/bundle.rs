//! `/audit/bundle`: everything that the figures of a day follow from, in one archive.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use guerdon_core::grant::Refused;
use guerdon_formats::audit::{
    Bundle, Code, Manifest, Pin, README, attempts_table, pool_table, register_table, rounds_table,
    terms_lines, write_logs,
};
use guerdon_store::Read;

use super::pin::{self, Asked, At};
use super::view::Head;
use crate::access::AuditorReader;
use crate::data::refused;
use crate::error::PageError;
use crate::load;
use crate::numbers::{grouped, shortened};
use crate::pages::{Answer, html};
use crate::past;
use crate::state::AppState;
use crate::strings::audit as words;
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/audit_bundle.html")]
struct BundlePage {
    shell: Shell,
    head: Head,
    lead: &'static str,
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
    let mut read = state.store.read().await?;
    let date = asked.date(&mut read).await?;
    let at = At::read(&mut read, &state, date, asked.block).await?;
    let bundle = of(&mut read, &state, &at).await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let files = &bundle.manifest.files;
    let bytes = files.iter().map(|file| file.bytes).sum::<u64>();
    let (events, bytes) = (grouped(at.past.logs), grouped(bytes));
    html(&BundlePage {
        shell: Shell::new(&context, "Bundle", Place::Audit),
        head: Head::new(&at, "/audit/bundle"),
        lead: words::BUNDLE,
        href: format!("/audit/bundle/{date}.zip?block={}", at.block.hash),
        name: name(&at),
        size: words::bundle_size(&events, files.len(), &bytes),
        seal: bundle.seal(),
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
    AuditorReader(_viewer): AuditorReader,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    let date = file.strip_suffix(".zip").ok_or(PageError::NoPage)?;
    let mut read = state.store.read().await?;
    let date = pin::day(&mut read, date).await?;
    let at = At::read(&mut read, &state, date, asked.block).await?;
    let bundle = of(&mut read, &state, &at).await?;
    drop(read);
    let bytes = tokio::task::spawn_blocking(move || bundle.encode()).await;
    let failed = |error: &dyn ToString| PageError::Records {
        noun: "bundle of block",
        id: at.block.hash,
        reason: error.to_string(),
    };
    let bytes = bytes.map_err(|error| failed(&error))?;
    let bytes = bytes.map_err(|error| failed(&error))?;
    let disposition = format!("attachment; filename=\"{}\"", name(&at));
    let headers = [
        (CONTENT_TYPE, "application/zip".to_owned()),
        (CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

/// The path of a file; ids in it are shortened.
fn shown(path: &str) -> String {
    let id = path
        .strip_prefix("goals/")
        .and_then(|it| it.strip_suffix(".json"));
    id.map_or_else(
        || path.to_owned(),
        |id| format!("goals/{}.json", shortened(id)),
    )
}

fn name(at: &At) -> String {
    format!("guerdon-{}-block-{}.zip", at.date, at.block.number)
}

/// The bundle of a day. It holds nothing that another time of making would change, and no name.
async fn of(read: &mut Read, state: &AppState, at: &At) -> Result<Bundle, PageError> {
    let mut logs = Vec::new();
    past::each_log(read, at.block.number, |log| {
        logs.extend(write_logs([&log]));
        Ok(())
    })
    .await?;
    let tables = tables(state, at).map_err(refused("grant", at.block.hash))?;
    let mut files: BTreeMap<String, Vec<u8>> = tables.into_iter().collect();
    files.insert("logs.ndjson".to_owned(), logs);
    files.insert("terms.ndjson".to_owned(), terms_lines(&at.terms));
    files.insert("README.txt".to_owned(), README.into());
    for goal in read.goal_definitions().await? {
        if at.past.ledger.goals.contains_key(&goal.id) {
            let path = format!("goals/{}.json", goal.id);
            files.insert(path, goal.definition.into_bytes());
        }
    }
    Ok(Bundle::new(manifest(state, at), files))
}

fn tables(state: &AppState, at: &At) -> Result<Vec<(String, Vec<u8>)>, Refused> {
    let token = &state.deployment.token;
    let token = (token.symbol.as_str(), token.decimals);
    let (stands, ledger) = (at.standing(), &at.past.ledger);
    let tables = [
        ("register.csv", register_table(&stands.register()?, token)),
        ("rounds.csv", rounds_table(&stands.rounds()?, token)),
        ("pool.csv", pool_table(&ledger.pool, token)),
        ("attempts.csv", attempts_table(ledger)),
    ];
    let bytes = |(path, table): (&str, guerdon_formats::table::Table)| {
        (path.to_owned(), table.to_csv().into_bytes())
    };
    Ok(tables.into_iter().map(bytes).collect())
}

fn manifest(state: &AppState, at: &At) -> Manifest {
    let deployment = &state.deployment;
    let contracts = deployment.contracts.iter().map(|contract| Code {
        name: contract.name.clone(),
        address: contract.address,
        code_hash: contract.code_hash,
    });
    Manifest {
        company: state.company.name.clone(),
        pin: Pin {
            date: at.date.to_string(),
            block: at.block.number,
            hash: at.block.hash,
            time: at.block.time,
        },
        chain_id: deployment.chain_id,
        genesis_hash: deployment.genesis_hash,
        start_block: deployment.start_block,
        symbol: deployment.token.symbol.clone(),
        decimals: deployment.token.decimals,
        contracts: contracts.collect(),
        files: Vec::new(),
    }
}
