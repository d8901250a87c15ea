//! Round files of the data directory.

use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use guerdon_chain::Deployment;
use guerdon_core::id::Domain;
use guerdon_formats::round_file::RoundFile;
use guerdon_formats::sheet::TokenSpec;

use super::import::Place;
use crate::context::Context;
use crate::error::{Failure, Outcome, file_error};
use crate::files;

/// What ids of this deployment depend on.
pub(crate) fn place_of(deployment: &Deployment) -> Place {
    let token = TokenSpec {
        symbol: deployment.token.symbol.clone(),
        decimals: deployment.token.decimals,
    };
    Place {
        chain_id: deployment.chain_id_at_deployment,
        grants: deployment.contracts.grants.address,
        token: Some(deployment.contracts.access_token.address),
        company: deployment.name.clone(),
        tokens: Some(vec![token]),
    }
}

/// Reads the round that an argument names: a file, or a root of the data directory.
pub(crate) fn find(context: &Context, argument: &str) -> Outcome<(PathBuf, RoundFile)> {
    let folder = context.data.rounds();
    let path = files::find(argument, &folder, ".ndjson.zst")?.ok_or_else(|| {
        Failure::not_found(format!(
            "there is no round {argument} in {}",
            folder.display()
        ))
        .hint(
            "guerdon round list shows the rounds that were imported here; of one that was imported \
             on another machine, importing the same sheet writes the files here as well",
        )
    })?;
    if path.extension().is_some_and(|ending| ending == "csv") {
        let text = format!("{argument} is a grant sheet, not a round");
        return Err(Failure::input(text).hint("guerdon round import makes a round of it"));
    }
    let file = read(&path)?;
    Ok((path, file))
}

/// Reads a round file, which checks all of it.
pub(crate) fn read(path: &Path) -> Outcome<RoundFile> {
    RoundFile::decode(&files::read(path)?)
        .map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}

/// Every round file of the data directory.
pub(crate) fn read_all(context: &Context) -> Outcome<Vec<(PathBuf, RoundFile)>> {
    let paths = files::list(&context.data.rounds(), ".ndjson.zst")?.into_iter();
    paths
        .map(|path| read(&path).map(|file| (path, file)))
        .collect()
}

/// The ids of a round's grants, in leaf order.
pub(crate) fn ids(file: &RoundFile) -> Vec<B256> {
    let domain = Domain::new(file.header.chain_id, file.header.contract);
    file.terms.iter().map(|terms| domain.id(terms)).collect()
}

/// The root itself, or that of a round file.
pub(super) fn root(context: &Context, argument: &str) -> Outcome<B256> {
    match argument.parse() {
        Ok(root) => Ok(root),
        Err(_) => Ok(find(context, argument)?.1.header.root.hash),
    }
}

/// A round file that is set aside lets its sheet be imported again, for another root.
pub(super) fn set_aside(context: &Context, root: B256, why: &str) -> Outcome {
    let path = context.data.round(root);
    if !path.is_file() {
        return Ok(());
    }
    rename_aside(&path, why)
}

/// Adds `why` to a file's name: it is no file of ours any more, and is not lost.
pub(super) fn rename_aside(path: &Path, why: &str) -> Outcome {
    let mut aside = path.to_owned().into_os_string();
    aside.push(format!(".{why}"));
    std::fs::rename(path, &aside).map_err(|error| file_error("move", path, &error))
}
