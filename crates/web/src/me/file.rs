//! `/grants/{id}/file.json`: the grant file, with which its holder needs this server no more.

use alloy_primitives::B256;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use guerdon_core::terms::Terms;
use guerdon_core::tree::{Proof, Root};
use guerdon_formats::agreement::Agreement;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::grant_file::{GrantFile, RoundPlace};
use guerdon_store::Read;

use crate::access::GrantParty;
use crate::error::PageError;
use crate::signing::{self, Known};
use crate::state::AppState;
use crate::strings::{access, me as words};

/// The file as `guerdon round import` writes it, byte for byte, made again of what was imported.
pub(super) async fn download(
    State(state): State<AppState>,
    GrantParty { viewer, id }: GrantParty,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let known = Known::read(&mut read, &state, id).await?;
    let known = known.ok_or(PageError::Missing { noun: "grant", id })?;
    if !viewer.is_company() && !is_promised(&known) {
        return Err(PageError::NotHere(access::NOT_PROMISED));
    }
    let file = file(&mut read, &state, &known).await?;
    drop(read);
    let bytes = file.encode().map_err(|error| {
        tracing::info!(%id, %error, "a grant file could not be written");
        PageError::NotHere(words::NO_GRANT_FILE)
    })?;
    let headers = [
        (CONTENT_TYPE, "application/json".to_owned()),
        (CACHE_CONTROL, "no-store".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.json\"", name(&known)),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// Whether the company has bound itself to it: a draft, or a round that was taken back, is the
/// company's alone.
fn is_promised(known: &Known) -> bool {
    known.record.is_some() || known.round.is_some_and(|round| !round.rescinded)
}

async fn file(read: &mut Read, state: &AppState, known: &Known) -> Result<GrantFile, PageError> {
    let (round, proof) = place(read, state, known).await?;
    let agreement = read.terms(known.id).await?.and_then(|it| it.agreement);
    Ok(GrantFile {
        chain_id: state.deployment.chain_id,
        contract: state.deployment.grants,
        terms: known.terms.clone(),
        round,
        proof,
        goals: goals(read, &known.terms).await?,
        agreement: agreement.map(|text| Agreement { text }),
    })
}

/// Its leaf; a grant that replaced another has none.
async fn place(
    read: &mut Read,
    state: &AppState,
    known: &Known,
) -> Result<(Option<RoundPlace>, Proof), PageError> {
    let descends = known.record.is_some_and(|record| record.descent.is_some());
    let imported = match descends {
        true => None,
        false => read.terms(known.id).await?,
    };
    let Some(imported) = imported else {
        return Ok((None, Proof::default()));
    };
    let round = read.imported_round(imported.root).await?;
    let round = round.ok_or(PageError::NotHere(words::NO_GRANT_FILE))?;
    let (index, proof) = signing::proof(read, state, (round.root, known.id)).await?;
    let root = Root {
        hash: round.root,
        total: round.total,
    };
    Ok((Some(RoundPlace { root, index }), proof))
}

/// The definitions of its gates' goals, each once, in the order of the gates.
async fn goals(read: &mut Read, terms: &Terms) -> Result<Vec<GoalDefinition>, PageError> {
    let mut goals: Vec<GoalDefinition> = Vec::new();
    for gate in &terms.gates {
        let goal = definition(read, gate.goal).await?;
        if !goals.contains(&goal) {
            goals.push(goal);
        }
    }
    Ok(goals)
}

async fn definition(read: &mut Read, id: B256) -> Result<GoalDefinition, PageError> {
    let missing = || PageError::NotHere(words::NO_GRANT_FILE);
    let row = read.goal_definition(id).await?.ok_or_else(missing)?;
    GoalDefinition::decode(row.definition.as_bytes()).map_err(|_| missing())
}

/// What its sheet calls it, where that is a plain name; else its id.
fn name(known: &Known) -> String {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    let sheet_id = known.sheet_id.as_deref().unwrap_or_default();
    match !sheet_id.is_empty() && sheet_id.chars().all(plain) {
        true => sheet_id.to_owned(),
        false => known.id.to_string(),
    }
}
