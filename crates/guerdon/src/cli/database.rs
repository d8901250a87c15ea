//! The database as a whole.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Copy the database of --database-url into an empty one, of the same or the other engine.
    Copy(CopyArgs),
}

#[derive(Debug, Args)]
pub(crate) struct CopyArgs {
    /// What is written: sqlite://FILE or postgres://…; it must be empty.
    #[arg(long, value_name = "URL", required_unless_present = "to_file")]
    pub(crate) to: Option<String>,
    /// File with that address, where it holds a password.
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    pub(crate) to_file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The file to make; it names people, and its owner alone can read it.
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) kept: BackupDays,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// A file that `guerdon backup` made.
    pub(crate) file: PathBuf,
    /// Take a backup that was to be deleted already.
    #[arg(long)]
    pub(crate) expired: bool,
    #[command(flatten)]
    pub(crate) kept: BackupDays,
}

/// How long backups are kept.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct BackupDays {
    /// Days after which backups of the database are deleted.
    #[arg(
        long,
        value_name = "DAYS",
        env = "GUERDON_BACKUP_DAYS",
        default_value_t = 30
    )]
    pub(crate) backup_days: u32,
}
