//! Why indexing stopped.

use guerdon_chain::{ChainError, DecodeError};
use guerdon_core::ledger::LedgerError;
use guerdon_store::StoreError;

/// Why a step could not be taken. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The node did not answer or cannot be used.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A log of our contracts that does not have the form of its event.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A fact that contradicts what earlier logs said.
    #[error(
        "log {log_index} of block {block} contradicts earlier logs: {error}; \
         a new database indexes the chain from its start"
    )]
    Contradiction {
        /// Height of its block.
        block: u64,
        /// Its place in the block.
        log_index: u64,
        /// What does not fit.
        error: LedgerError,
    },
}

impl IndexError {
    /// Whether trying again later may help: the node or the database was away.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Chain(_) => true,
            Self::Store(error) => matches!(error, StoreError::Database(_)),
            Self::Decode(_) | Self::Contradiction { .. } => false,
        }
    }
}
