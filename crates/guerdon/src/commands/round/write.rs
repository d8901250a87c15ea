//! An imported round: the database first, which decides whose round a sheet becomes, then its grant
//! files, the round file last. A round file means that its import is complete; without it the same
//! sheet makes the files of the same round, here and on every other machine.

use std::collections::BTreeMap;
use std::path::PathBuf;

use alloy_primitives::B256;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_formats::grant_file::{GrantFile, RoundPlace};
use guerdon_formats::round_file::{RoundFile, RoundOrigin};
use guerdon_formats::sheet::{Draft, TokenSpec};

use super::import::{Place, Read};
use crate::commands::goal::files::read_all as goal_files;
use crate::commands::store;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files::{self, file_name};

/// Where an import went.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) file: RoundFile,
    /// The database had it before: only its files were missing here.
    pub(crate) before: bool,
    pub(crate) round_file: PathBuf,
    pub(crate) grant_folder: PathBuf,
    pub(crate) grant_files: Vec<PathBuf>,
}

/// Writes the rows of a round and its files. A sheet that was imported before is read as the round
/// that it became then.
pub(crate) async fn write_round(
    context: &Context,
    place: &Place,
    read: &mut Read,
    name: &str,
) -> Outcome<Imported> {
    refuse_known(context, &read.sheet.drafts)?;
    let goals = definitions(context)?;
    let (mut file, mut grants) = round_of(read, place, &goals)?;
    let known = store::put_round(context, &file, &read.sheet.drafts, name).await?;
    let before = known.is_some();
    if let Some(drafts) = known {
        read.sheet.drafts = drafts;
        (file, grants) = round_of(read, place, &goals)?;
    }
    let mut grant_files = Vec::with_capacity(grants.len());
    for (external_id, bytes) in grants {
        let path = grant_path(context, &external_id);
        files::write(&path, &bytes)?;
        grant_files.push(path);
    }
    let round_file = context.data.round(file.header.root.hash);
    let bytes = file.encode().map_err(|error| broken(&error))?;
    files::write(&round_file, &bytes)?;
    let grant_folder = context.data.grants();
    Ok(Imported {
        file,
        before,
        round_file,
        grant_folder,
        grant_files,
    })
}

/// The bytes of files, by the names of their grants.
type Files = Vec<(String, Vec<u8>)>;

/// The round of a sheet, and its grant files.
fn round_of(
    read: &Read,
    place: &Place,
    goals: &BTreeMap<B256, GoalDefinition>,
) -> Outcome<(RoundFile, Files)> {
    let drafts = &read.sheet.drafts;
    let token = TokenSpec {
        symbol: read.unit.symbol.clone(),
        decimals: read.unit.decimals,
    };
    let origin = RoundOrigin {
        chain_id: place.chain_id,
        contract: place.grants,
        token: Some(token),
        document: B256::ZERO,
    };
    let file = RoundFile::build(origin, drafts).map_err(|error| broken(&error))?;
    let tree = file.tree().map_err(|error| broken(&error))?;
    let mut grants = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let index = tree
            .index_of(draft.id)
            .ok_or_else(|| broken(&"a grant is missing"))?;
        let proof = tree
            .proof(index)
            .ok_or_else(|| broken(&"a proof is missing"))?;
        let grant = GrantFile {
            chain_id: place.chain_id,
            contract: place.grants,
            terms: draft.terms.clone(),
            round: Some(RoundPlace {
                root: tree.root(),
                index,
            }),
            proof,
            goals: goals_of(draft, goals)?,
            agreement: draft.agreement.clone(),
        };
        let bytes = grant.encode().map_err(|error| broken(&error))?;
        grants.push((draft.external_id.clone(), bytes));
    }
    Ok((file, grants))
}

fn broken(error: &dyn std::fmt::Display) -> Failure {
    Failure::failed(format!("the round cannot be written: {error}"))
}

pub(crate) fn grant_path(context: &Context, external_id: &str) -> PathBuf {
    context
        .data
        .grants()
        .join(format!("{}.json", file_name(external_id)))
}

/// A grant file whose round is complete is never overwritten: its nonce cannot be made again.
fn refuse_known(context: &Context, drafts: &[Draft]) -> Outcome {
    for draft in drafts {
        let path = grant_path(context, &draft.external_id);
        if !path.exists() {
            continue;
        }
        let complete = GrantFile::decode(&files::read(&path)?)
            .ok()
            .and_then(|file| file.round)
            .is_none_or(|round| context.data.round(round.root.hash).exists());
        if complete {
            let text = format!("{} is there already: nothing was imported", path.display());
            return Err(Failure::precondition(text)
                .hint("a grant is imported once; give new grants an external_id of their own"));
        }
    }
    Ok(())
}

pub(crate) fn definitions(context: &Context) -> Outcome<BTreeMap<B256, GoalDefinition>> {
    let files = goal_files(context)?.into_iter();
    Ok(files
        .filter_map(|(_, goal)| goal.id().map(|id| (id, goal)))
        .collect())
}

pub(crate) fn goals_of(
    draft: &Draft,
    known: &BTreeMap<B256, GoalDefinition>,
) -> Outcome<Vec<GoalDefinition>> {
    let mut goals: Vec<GoalDefinition> = Vec::new();
    for gate in &draft.terms.gates {
        let goal = known.get(&gate.goal).ok_or_else(|| {
            Failure::not_found(format!(
                "the definition of the goal {} is not here",
                gate.goal
            ))
            .hint("a grant file holds the definitions of its goals: run guerdon goal define")
        })?;
        if !goals.contains(goal) {
            goals.push(goal.clone());
        }
    }
    Ok(goals)
}
