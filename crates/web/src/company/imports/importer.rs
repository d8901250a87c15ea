//! What the binary lends: the import itself, as `guerdon round import` makes it.

use std::future::Future;
use std::pin::Pin;

use alloy_primitives::B256;
use guerdon_formats::sheet::Choices;

/// A checked sheet that shall become a round.
#[derive(Clone)]
pub struct ImportJob {
    /// The sheet as CSV.
    pub csv: Vec<u8>,
    /// How its columns were matched, which rows are left out, what templates mean.
    pub choices: Choices,
    /// What the round is called.
    pub name: String,
}

/// Prints no cell of the sheet, so that none reaches a log.
impl std::fmt::Debug for ImportJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportJob").finish_non_exhaustive()
    }
}

/// The root of the round, or a sentence that says why nothing was imported.
pub type ImportOutcome = Result<B256, String>;

/// Writes the files of a round and its rows of the database, all or nothing.
pub type Importer =
    Box<dyn Fn(ImportJob) -> Pin<Box<dyn Future<Output = ImportOutcome> + Send>> + Send + Sync>;
