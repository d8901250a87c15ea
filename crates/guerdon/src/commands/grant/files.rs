//! Grant files of the data directory, and the one that an argument names.

use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256};
use guerdon_chain::Plan;
use guerdon_chain::plan::Place;
use guerdon_formats::calendar::Zone;
use guerdon_formats::grant_file::GrantFile;
use guerdon_formats::replacement::zone_of;

use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;

/// A grant file that was read, which checks all of it.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) id: B256,
    pub(crate) name: String,
    pub(crate) encoded: Vec<u8>,
    pub(crate) file: GrantFile,
}

impl Grant {
    /// A grant of a file that was read.
    pub(crate) fn new(path: &Path, file: GrantFile, id: B256) -> Result<Self, String> {
        let encoded = file.terms.encode().map_err(|error| error.to_string())?;
        let name = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        Ok(Self {
            id,
            name,
            encoded,
            file,
        })
    }

    /// A plan whose sentence names the grant by its holder, not by the recipient of its terms, who
    /// is somebody else once it has moved.
    pub(crate) fn held_by(&self, mut plan: Plan, holder: Address) -> Plan {
        let of = |account: Address| format!("the grant of {account}");
        plan.summary = plan
            .summary
            .replace(&of(self.file.terms.recipient), &of(holder));
        plan
    }

    /// The time zone of its dates, which its agreement names; UTC when there is no agreement.
    pub(crate) fn zone(&self) -> Outcome<Zone> {
        zone_of(self.file.agreement.as_ref()).map_err(|error| Failure::failed(error.to_string()))
    }

    /// Where its leaf stands; a grant without a round cannot be opened.
    pub(crate) fn place(&self) -> Outcome<Place<'_>> {
        let round = self.file.round.ok_or_else(|| {
            Failure::precondition(format!("the file of {} names no round", self.name))
                .hint("only a grant of a committed round can be opened")
        })?;
        Ok(Place {
            root: round.root.hash,
            index: round.index,
            proof: &self.file.proof,
        })
    }
}

/// Every grant file of the data directory.
pub(crate) fn read_all(context: &Context) -> Outcome<Vec<(PathBuf, Grant)>> {
    let paths = files::list(&context.data.grants(), ".json")?.into_iter();
    paths
        .map(|path| read(&path).map(|grant| (path, grant)))
        .collect()
}

/// Reads a grant file.
pub(crate) fn read(path: &Path) -> Outcome<Grant> {
    decode(path, &files::read(path)?)
        .map_err(|why| Failure::input(format!("{}: {why}", path.display())))
}

/// Decodes a grant file's bytes.
pub(crate) fn decode(path: &Path, bytes: &[u8]) -> Result<Grant, String> {
    let file = GrantFile::decode(bytes).map_err(|error| error.to_string())?;
    let id = file.id().map_err(|error| error.to_string())?;
    Grant::new(path, file, id)
}

/// The grant that an argument names: a file, or a sheet id or grant id of the data directory.
pub(crate) fn find(context: &Context, argument: &str) -> Outcome<Grant> {
    let folder = context.data.grants();
    if let Some(path) = files::find(argument, &folder, ".json")? {
        return read(&path);
    }
    let id: Option<B256> = argument.parse().ok();
    if let Some(id) = id {
        let found = read_all(context)?
            .into_iter()
            .find(|(_, grant)| grant.id == id);
        if let Some((_, grant)) = found {
            return Ok(grant);
        }
    }
    Err(Failure::not_found(format!(
        "there is no grant {argument} in {}",
        folder.display()
    ))
    .hint("give a grant file, or the id or sheet id of a grant that was imported here"))
}
