use clap::{Args, Subcommand};

use super::values::lease;

#[derive(Debug, Args)]
pub(crate) struct KeepArgs {
    #[command(subcommand)]
    pub(crate) command: Option<KeepCommand>,
    /// One pass, then stop.
    #[arg(long)]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) keeper: KeeperArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeepCommand {
    /// Who keeps, what was sent, and whom the keeper could not pay.
    Status,
}

/// How the keeper decides.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of the keeper")]
pub(crate) struct KeeperArgs {
    /// Pay grants as well that nobody opened, opening them first.
    #[arg(long)]
    pub(crate) open: bool,
    /// Let payments grow that bring their holder fewer whole tokens than this.
    #[arg(long, value_name = "AMOUNT", default_value = "0")]
    pub(crate) min_payout: String,
    /// Gas that the keeper may use in a day of the chain.
    #[arg(long, value_name = "GAS", default_value_t = 200_000_000)]
    pub(crate) gas_per_day: u64,
    /// The most it pays for a unit of gas, in gwei.
    #[arg(long, value_name = "GWEI", default_value_t = 200)]
    pub(crate) fee_max: u64,
    /// Replace a transaction by a dearer one after so many seconds without a block.
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) stuck_after: u64,
    /// Seconds after which another process may follow on one that was killed: as keeper, and on
    /// PostgreSQL as the one that indexes; at least 3.
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = lease)]
    pub(crate) lease: u64,
    /// Take claims that holders ask for on the pages, and pay for their gas; with --web-only the
    /// keeper of another process sends them.
    #[arg(long, env = "GUERDON_RELAY")]
    pub(crate) relay: bool,
    /// Pay nobody who did not ask.
    #[arg(long)]
    pub(crate) relay_only: bool,
    /// Send no asked claim that brings its holder fewer whole tokens than this.
    #[arg(
        long,
        value_name = "AMOUNT",
        default_value = "1",
        env = "GUERDON_RELAY_MIN_PAYOUT"
    )]
    pub(crate) relay_min_payout: String,
    /// Gas for asked claims in a day of the chain, out of the keeper's own.
    #[arg(long, value_name = "GAS", default_value_t = 20_000_000)]
    #[arg(env = "GUERDON_RELAY_GAS_PER_DAY")]
    pub(crate) relay_gas_per_day: u64,
    /// Seconds between two looks at who is due.
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) every: u64,
}

impl KeeperArgs {
    /// Whether holders may ask for claims.
    pub(crate) fn takes_requests(&self) -> bool {
        self.relay || self.relay_only
    }
}
