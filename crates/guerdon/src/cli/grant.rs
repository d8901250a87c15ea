use alloy_primitives::B256;
use clap::{Args, Subcommand, ValueEnum};

use super::{Moment, Rate, Seconds};

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
    /// Stop a grant's clock for a while, at most as long as its terms allow in all.
    Pause(GrantArgs),
    /// Let a paused clock run again.
    Resume(GrantArgs),
    /// Set a grant's clock forward: it vests earlier.
    Accelerate(AccelerateArgs),
    /// Withhold less for tax from each payment from now on.
    LowerWithholding(LowerWithholdingArgs),
    /// Holder: give up for good all that is not vested.
    Waive(GrantArgs),
    /// Holder: let nobody else call for payment, or everybody again.
    Hold(HoldArgs),
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

#[derive(Debug, Args)]
pub(crate) struct AccelerateArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// How far: 90d, 12w, 36h, 30m or 10s.
    #[arg(long, value_name = "TIME")]
    pub(crate) by: Seconds,
}

#[derive(Debug, Args)]
pub(crate) struct LowerWithholdingArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// The new rate in per cent, at most two places; below the present one.
    #[arg(long, value_name = "PERCENT")]
    pub(crate) to: Rate,
}

#[derive(Debug, Args)]
pub(crate) struct HoldArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// Whether only the holder may call for payment.
    #[arg(value_enum, default_value = "on")]
    pub(crate) hold: Switch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// Only the holder's own call is paid.
    On,
    /// Anyone may call; the holder is paid.
    Off,
}
