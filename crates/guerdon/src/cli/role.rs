use alloy_primitives::Address;
use clap::{Args, Subcommand, ValueEnum};

use super::Seconds;

/// Who may call what for the company.
#[derive(Debug, Subcommand)]
pub(crate) enum RoleCommand {
    /// Who has which role, and how long before a call it must be scheduled.
    List(RoleListArgs),
    /// Give a role, or change the delay of who has it.
    Grant(RoleGrantArgs),
    /// Take a role away, at once.
    Revoke(RoleRevokeArgs),
}

#[derive(Debug, Args)]
pub(crate) struct RoleListArgs {
    /// Also accounts from which the role was taken.
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RoleGrantArgs {
    /// The role.
    #[arg(value_name = "ROLE")]
    pub(crate) role: ChainRole,
    /// Who gets it.
    #[arg(value_name = "ACCOUNT")]
    pub(crate) who: Address,
    /// How long before a call it must be scheduled, such as 2d; without it none.
    #[arg(long, value_name = "TIME")]
    pub(crate) delay: Option<Seconds>,
}

#[derive(Debug, Args)]
pub(crate) struct RoleRevokeArgs {
    /// The role.
    #[arg(value_name = "ROLE")]
    pub(crate) role: ChainRole,
    /// Who loses it.
    #[arg(value_name = "ACCOUNT")]
    pub(crate) who: Address,
}

/// Roles of the company's AccessManager.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ChainRole {
    /// Gives and takes roles.
    Administrator,
    /// Commits rounds, and replaces grants with their holders' signatures.
    Issuer,
    /// Ends and pauses grants, and starts recoveries.
    People,
    /// Lowers what is withheld.
    Payroll,
    /// Takes free money out of the pool.
    Treasury,
    /// Mints the token.
    Minter,
}
