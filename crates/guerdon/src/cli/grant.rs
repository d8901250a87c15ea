use std::path::PathBuf;

use alloy_primitives::{Address, B256};
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
    /// Write a page that claims a grant by a wallet, without any server of ours.
    Page(PageArgs),
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
    /// Put other grants in the place of one: draft it, or send what its holder has signed.
    Replace(ReplaceArgs),
    /// Holder: sign a replacement of your grant; nothing is sent.
    Agree(AgreeArgs),
    /// Holder: name another account in your place, for good.
    Move(MoveArgs),
    /// A holder's lost key: name another account, in the open and not before 30 days.
    #[command(subcommand)]
    Recover(RecoverCommand),
    /// Holder: cancel the recovery that the company announced.
    Veto(GrantArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum RecoverCommand {
    /// Announce who will hold the grant; the holder has 30 days to veto.
    Announce(MoveArgs),
    /// Make the announced account the holder, 30 to 60 days after the announcement.
    Execute(GrantArgs),
    /// Clear a recovery that nobody executed in time; anyone may.
    Clear(GrantArgs),
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
pub(crate) struct PageArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// Where the page goes; by default the grant's name in this folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
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

#[derive(Debug, Args)]
pub(crate) struct ReplaceArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// What takes its place: a grant sheet (.csv), grant files of no round, or the replacement
    /// file that an earlier run wrote and the holder signed.
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    pub(crate) with: Vec<PathBuf>,
    /// The holder's signature, when a wallet made it: 0x…, or a file with it.
    #[arg(long, value_name = "HEX|FILE")]
    pub(crate) signature: Option<String>,
    /// Until when the holder's signature is good; by default for 30 days.
    #[arg(long, value_name = "TIME", conflicts_with = "signature")]
    pub(crate) deadline: Option<Moment>,
    /// Where the replacement file goes; by default replacements/ in the data directory.
    #[arg(long, value_name = "FILE", conflicts_with = "signature")]
    pub(crate) to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AgreeArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// The replacement file that the company wrote.
    #[arg(long, value_name = "FILE")]
    pub(crate) with: PathBuf,
    /// Where the signed file goes; by default it is signed in place.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct MoveArgs {
    /// A grant file, or the id or sheet id of a grant in the data directory.
    pub(crate) grant: String,
    /// The account that will hold it.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Address,
}
