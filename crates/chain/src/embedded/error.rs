//! What can go wrong with the embedded chain.

use std::path::PathBuf;

/// An error of the embedded chain's process or files.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmbeddedError {
    /// A file of the chain's folder cannot be read or written.
    #[error("{path} cannot be {action}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// "read", "written", …
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another command starts, dumps or stops the chain and does not finish.
    #[error("another command has held {path} for {seconds} seconds")]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// Seconds waited.
        seconds: u64,
    },
    /// The program cannot be started.
    #[error("anvil cannot be started from {program}: {reason}")]
    NoProgram {
        /// Its path.
        program: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It started and ended again, or never listened.
    #[error("the embedded chain did not start: {reason}")]
    NotStarted {
        /// The end of its log.
        reason: String,
    },
    /// The process runs and does not answer.
    #[error("the embedded chain (process {pid}) runs and does not answer")]
    NotAnswering {
        /// Its process id.
        pid: u32,
    },
    /// Neither of the dumps can be loaded.
    #[error("no dump of the embedded chain in {dir} can be loaded: {reason}")]
    NoDump {
        /// The chain's folder.
        dir: PathBuf,
        /// What is wrong with the last one tried.
        reason: String,
    },
    /// The folder belongs to another chain.
    #[error("{dir} belongs to another chain: its {what} is {found} and should be {want}")]
    OtherChain {
        /// The chain's folder.
        dir: PathBuf,
        /// "chain id" or "genesis hash".
        what: &'static str,
        /// As found.
        found: String,
        /// As recorded.
        want: String,
    },
    /// The time asked for is not ahead of the chain's.
    #[error("the chain's time is {now} already and cannot go back to {wanted} (unix seconds)")]
    Backwards {
        /// The chain's time, unix seconds.
        now: u64,
        /// As asked, unix seconds.
        wanted: u64,
    },
    /// It is not the process that was attached to: somebody stopped and started it.
    #[error("the embedded chain was stopped by another command")]
    Gone,
}

impl EmbeddedError {
    /// What to do about it.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Busy { .. } => "wait for the other command, or end it".to_owned(),
            Self::NoProgram { .. } => {
                "run `npm install` in the project, or name the program with --anvil".to_owned()
            }
            Self::NotAnswering { pid } => format!("end process {pid} and try again"),
            Self::NoDump { .. } | Self::OtherChain { .. } => {
                "put a good copy back, or move the folder away to start a new chain".to_owned()
            }
            Self::Gone => "try again".to_owned(),
            Self::File { .. } | Self::NotStarted { .. } | Self::Backwards { .. } => return None,
        })
    }
}
