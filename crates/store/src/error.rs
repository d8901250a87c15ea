//! What can go wrong, each in one sentence that names the noun.

use std::path::PathBuf;

use alloy_primitives::{Address, B256};

/// Why the store could not answer or write.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address of the database starts with neither scheme.
    #[error("the database address must start with sqlite:// or postgres://")]
    UnknownEngine,
    /// The database file cannot be created.
    #[error("the database file {} cannot be created: {source}", path.display())]
    File {
        /// Where it should be.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// No server answers, or it lets nobody in.
    #[error("the database at {at} cannot be opened: {why}")]
    Unreachable {
        /// User, host, port and name, without the password.
        at: String,
        /// Why not, in the words of the server or of the network.
        why: String,
    },
    /// The database belongs to another chain or to other contracts.
    #[error(
        "this database follows {known}, but the deployment is {asked}; \
         use another --data-dir or database for it"
    )]
    OtherChain {
        /// What the database was bound to.
        known: String,
        /// What was asked for.
        asked: String,
    },
    /// No opened grant has this id.
    #[error("no opened grant {id} is known here; it may not be opened or indexed yet")]
    GrantMissing {
        /// The grant's id.
        id: B256,
    },
    /// No committed round has this root.
    #[error("no committed round {root} is known here; it may not be committed or indexed yet")]
    RoundMissing {
        /// The round's root.
        root: B256,
    },
    /// No defined goal has this id.
    #[error("no goal {id} is known here; it may not be defined or indexed yet")]
    GoalMissing {
        /// The goal's id.
        id: B256,
    },
    /// The terms of this grant were never imported.
    #[error("the terms of grant {id} were not imported here; import its round first")]
    TermsMissing {
        /// The grant's id.
        id: B256,
    },
    /// The definition of this goal was never imported.
    #[error("the definition of goal {id} was not imported here; import its file first")]
    DefinitionMissing {
        /// The goal's id.
        id: B256,
    },
    /// Two people of the list would have the same number.
    #[error("the number {number} belongs to another person on the list")]
    NumberTaken {
        /// The company's number.
        number: String,
    },
    /// Two people of the list would have the same wallet.
    #[error("the wallet {wallet} belongs to {number} already; a wallet belongs to one person")]
    WalletTaken {
        /// The wallet.
        wallet: Address,
        /// The company's number of the person who has it.
        number: String,
    },
    /// A number does not fit where it must stand.
    #[error("{what} {value} is too large to be stored")]
    TooLarge {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: u64,
    },
    /// A stored value cannot be read back: the database was changed by hand or is damaged.
    #[error("the stored {what} `{text}` cannot be read; rebuild the database from the chain")]
    Corrupt {
        /// Which value.
        what: &'static str,
        /// What stands there.
        text: String,
    },
    /// The schema could not be brought up to date.
    #[error("the database schema could not be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The database refused or did not answer.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

/// What PostgreSQL says while it stops or starts: class 57 of its error codes, but for a statement
/// that was cancelled (its manual, appendix A).
const STOPS_OR_STARTS: [&str; 3] = ["57P01", "57P02", "57P03"];

impl StoreError {
    /// Whether the database is away, so that the same may succeed in some seconds.
    #[must_use]
    pub fn is_away(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Database(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut) => true,
            Self::Database(sqlx::Error::Database(error)) => {
                let code = error.code().unwrap_or_default();
                STOPS_OR_STARTS.contains(&code.as_ref())
            }
            _ => false,
        }
    }
}
