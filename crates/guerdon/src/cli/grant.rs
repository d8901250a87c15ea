use alloy_primitives::B256;
use clap::{Args, Subcommand};

use super::Moment;

#[derive(Debug, Subcommand)]
pub(crate) enum GrantCommand {
    /// Grants known here, with what is claimable now.
    List(GrantListArgs),
    /// One grant: amounts, schedule in words, why the rest is locked.
    Show(GrantArgs),
    /// Put a grant's word on chain without paying.
    Open(GrantArgs),
    /// Pay what is vested and unlocked to the grant's recipient; anyone may call.
    Claim(GrantArgs),
    /// End a grant: vesting stops at a time.
    End(EndArgs),
    /// Fix the final amount of a grant that can change no more.
    Settle(GrantArgs),
}

#[derive(Debug, Args)]
pub(crate) struct GrantListArgs {
    /// Only this round.
    #[arg(long, value_name = "ROOT")]
    pub(crate) round: Option<B256>,
}

#[derive(Debug, Args)]
pub(crate) struct GrantArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
}

#[derive(Debug, Args)]
pub(crate) struct EndArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// The last moment that counts; by default now. 0 withdraws an end that lies ahead.
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Moment>,
    /// Let the grace period of the terms count (a good leaver).
    #[arg(long)]
    pub(crate) grace: bool,
}
