use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use clap::{Args, Subcommand};

use super::{Moment, NamedGoal, Token};

#[derive(Debug, Subcommand)]
pub(crate) enum RoundCommand {
    /// Read a grant sheet; write its round file and one grant file a person.
    Import(ImportArgs),
    /// Promise an imported round on chain, out of free money.
    Commit(CommitArgs),
    /// Take back a round that is not binding yet; its whole total becomes free.
    Rescind(RescindArgs),
    /// Set aside a round that was imported and never committed, so that its sheet can be mended.
    Discard(RescindArgs),
    /// Rounds imported here and rounds on chain.
    List,
    /// Write a round's file, grant files and goal files into a folder.
    Export(ExportArgs),
}

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// The grant sheet, CSV in UTF-8.
    pub(crate) file: PathBuf,
    /// The Grants contract; by default the deployment's.
    #[arg(long, value_name = "ADDRESS", requires = "chain_id")]
    pub(crate) contract: Option<Address>,
    /// The chain id at deployment.
    #[arg(long, value_name = "N", requires = "contract")]
    pub(crate) chain_id: Option<u64>,
    /// Dry runs only: agreements are keccak256(salt ‖ external_id), so that the root repeats.
    #[arg(long, value_name = "HEX", requires = "dry_run")]
    pub(crate) document_salt: Option<B256>,
    /// The token of the sheet and its decimals; by default the deployment's, else any of 18.
    #[arg(long, value_name = "SYMBOL:DECIMALS")]
    pub(crate) token: Vec<Token>,
    /// The goal that a gate of the sheet means; by default the goal files of the data directory.
    #[arg(long, value_name = "NAME=ID")]
    pub(crate) goal: Vec<NamedGoal>,
    /// Where the sheet goes with a column of errors, if it has any; by default FILE.errors.csv.
    #[arg(long, value_name = "FILE")]
    pub(crate) errors: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct CommitArgs {
    /// The round's root, or its file.
    pub(crate) round: String,
    /// Until then nothing of it opens and the company may withdraw it; at most 30 days ahead.
    #[arg(long, value_name = "TIME")]
    pub(crate) binding_at: Option<Moment>,
}

#[derive(Debug, Args)]
pub(crate) struct RescindArgs {
    /// The round's root, or its file.
    pub(crate) round: String,
}

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The round's root, or its file.
    pub(crate) round: String,
    /// The folder, made if it is not there.
    #[arg(long, value_name = "DIR", default_value = "export")]
    pub(crate) to: PathBuf,
}
