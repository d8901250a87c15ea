use alloy_primitives::B256;
use clap::{Args, Subcommand};

/// Calls of roles with a delay, which are scheduled first and executed later.
#[derive(Debug, Subcommand)]
pub(crate) enum JobCommand {
    /// What waits for its time, and until when it can be executed.
    List(JobListArgs),
    /// Make a scheduled call whose time has come.
    Execute(JobArgs),
    /// Take a scheduled call back.
    Cancel(JobArgs),
}

#[derive(Debug, Args)]
pub(crate) struct JobListArgs {
    /// Also those that are over: executed, cancelled, expired.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct JobArgs {
    /// The scheduled call, as `guerdon job list` names it.
    #[arg(value_name = "OPERATION")]
    pub(crate) operation: B256,
}
