//! Arguments of the builder of goals and of drawing items.

use std::path::PathBuf;
use std::str::FromStr;

use alloy_primitives::{Address, B256, hex};
use clap::{Args, ValueEnum};
use guerdon_core::PPB;
use guerdon_core::goal::Kind;
use guerdon_formats::amount;

use super::Moment;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum GoalKind {
    /// Right answers among the samples.
    Proportion,
    /// Wins less losses against a baseline on the same items.
    Paired,
    /// The mean of scores from 0 to 1.
    Measure,
    /// A number as it is; a milestone is a count of 1.
    Count,
}

impl From<GoalKind> for Kind {
    fn from(kind: GoalKind) -> Self {
        match kind {
            GoalKind::Proportion => Self::Proportion,
            GoalKind::Paired => Self::Paired,
            GoalKind::Measure => Self::Measure,
            GoalKind::Count => Self::Count,
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// The name that gates of sheets use.
    pub(crate) name: String,
    #[arg(long, value_enum)]
    pub(crate) kind: GoalKind,
    /// From this lower bound on it pays: a share such as 0.8 or 80%; a count: a number.
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    pub(crate) threshold: Mark,
    /// From this lower bound on it pays everything; by default the threshold.
    #[arg(long, value_name = "SHARE", allow_hyphen_values = true)]
    pub(crate) stretch: Option<Mark>,
    /// What it pays at the threshold, rising evenly to everything at the stretch.
    #[arg(long, value_name = "SHARE", default_value = "0.5")]
    pub(crate) base: Mark,
    /// What it pays if nobody reports though the sponsor asked. Above 0, a run that is asked for
    /// also counts for those who left since, until the arbiter refuses it.
    #[arg(long = "default", value_name = "SHARE", default_value = "0")]
    pub(crate) default: Mark,
    #[arg(long, default_value_t = 1)]
    pub(crate) attempts: u8,
    /// Attempts that the arbiter may declare void and give back.
    #[arg(long, default_value_t = 1)]
    pub(crate) max_voids: u8,
    /// Samples of every result, exactly; a count has 1.
    #[arg(long, default_value_t = 1)]
    pub(crate) samples: u32,
    /// Items to choose from; by default as many as the samples.
    #[arg(long)]
    pub(crate) pool: Option<u32>,
    /// A bound of your own instead of the calibrated one: 1000 z, or 1000 ln(1/alpha) for a measure;
    /// 1 lets the score itself decide.
    #[arg(long, value_name = "BOUND", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) bound: Option<u16>,
    /// A count that goes through items: how many, to show what chance does with it.
    #[arg(long, value_name = "ITEMS")]
    pub(crate) counted: Option<u32>,
    /// Bits of conditions that must all hold, or it pays nothing.
    #[arg(long, value_name = "BITS", default_value_t = 0)]
    pub(crate) guards: u32,
    /// First moment for an attempt.
    #[arg(long, value_name = "TIME")]
    pub(crate) opens: Moment,
    /// Last moment for an attempt.
    #[arg(long, value_name = "TIME")]
    pub(crate) closes: Moment,
    #[command(flatten)]
    pub(crate) time: BuildTime,
    #[command(flatten)]
    pub(crate) people: BuildPeople,
    #[command(flatten)]
    pub(crate) items: BuildItems,
    /// What is measured, one pair at a time: harness, task, metric, filter and so on.
    #[arg(long = "spec", value_name = "NAME=TEXT")]
    pub(crate) specification: Vec<Pair>,
    /// True skills to show the chance of a payment for; a paired comparison: true differences.
    #[arg(long = "skill", value_name = "SHARE", allow_hyphen_values = true)]
    pub(crate) skills: Vec<Mark>,
    /// A paired comparison: on how many items the two differ, to show chances of a payment.
    #[arg(long, value_name = "SHARE")]
    pub(crate) differ: Option<Mark>,
    /// Where the definition goes; by default NAME.json in this folder.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

/// How long each stage of an attempt may take.
#[derive(Debug, Args)]
pub(crate) struct BuildTime {
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    pub(crate) run_days: u32,
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    pub(crate) challenge_days: u32,
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(crate) arbiter_days: u32,
}

/// Who decides.
#[derive(Debug, Args)]
pub(crate) struct BuildPeople {
    /// The team's account: it registers attempts and may demand one.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) sponsor: Address,
    /// Members of the panel, separated by commas.
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', required = true)]
    pub(crate) panel: Vec<Address>,
    /// Signatures needed; by default the smallest majority.
    #[arg(long, value_name = "M")]
    pub(crate) quorum: Option<u8>,
    /// Who decides challenges.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) arbiter: Address,
    /// Coin of the bond, one that the company cannot mint.
    #[arg(long, value_name = "ADDRESS", requires = "bond")]
    pub(crate) bond_token: Option<Address>,
    /// What a challenger puts down, in coins.
    #[arg(long, value_name = "AMOUNT", requires = "bond_token")]
    pub(crate) bond: Option<String>,
    /// Decimals of the bond's coin.
    #[arg(long, value_name = "N", default_value_t = 18)]
    pub(crate) bond_decimals: u8,
}

/// Where the items come from.
#[derive(Debug, Args)]
pub(crate) struct BuildItems {
    /// Anyone but the panel can read the items.
    #[arg(long, conflicts_with_all = ["data", "items"])]
    pub(crate) public: bool,
    /// Commitment to the items, 32 bytes in hex.
    #[arg(long, value_name = "HASH", conflicts_with = "items")]
    pub(crate) data: Option<B256>,
    /// The file of the items: committed to with a nonce, which is kept beside the definition.
    #[arg(long, value_name = "FILE")]
    pub(crate) items: Option<PathBuf>,
    /// Blocks after registration whose hash draws the items; 0: every attempt runs the same.
    #[arg(long, value_name = "BLOCKS", default_value_t = 0)]
    pub(crate) seed_blocks: u16,
}

/// A share in whole parts per billion, and the same text as a whole number if it is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// In ppb; may be negative.
    pub(crate) share: i64,
    pub(crate) number: Option<i64>,
}

impl FromStr for Mark {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (sign, plain) = match text.strip_prefix('-') {
            Some(plain) => (-1, plain),
            None => (1, text),
        };
        let (plain, decimals) = match plain.strip_suffix('%') {
            Some(plain) => (plain.trim_end(), 7),
            None => (plain, 9),
        };
        // Amounts are above nothing; a share may be nothing.
        let nothing = matches!(plain, "0" | "0.0");
        let parsed = amount::parse(plain, decimals).ok();
        let share = parsed
            .and_then(|share| i64::try_from(share).ok())
            .or(nothing.then_some(0))
            .ok_or_else(|| {
                format!("{text:?} is no share: write 0.8 or 80%, with at most nine places")
            })?;
        Ok(Self {
            share: sign * share,
            number: text.parse().ok(),
        })
    }
}

impl Mark {
    /// A share from nothing to the whole, in ppb.
    pub(crate) fn ppb(self) -> Option<u32> {
        u32::try_from(self.share).ok().filter(|ppb| *ppb <= PPB)
    }
}

/// `NAME=TEXT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair(pub(crate) String, pub(crate) String);

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self(name.into(), value.into())),
            _ => Err(format!("{text:?} is not NAME=TEXT")),
        }
    }
}

/// A harness that can run a choice of items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Harness {
    /// lm-evaluation-harness 0.4.9 and newer.
    LmEval,
    /// Inspect.
    Inspect,
}

#[derive(Debug, Args)]
pub(crate) struct DrawArgs {
    /// A goal file, or the name or id of a goal in the data directory.
    #[arg(required_unless_present_all = ["seed", "pool", "samples"])]
    pub(crate) goal: Option<String>,
    /// Number of the attempt, from 0; by default the latest.
    #[arg(long, value_name = "N", conflicts_with = "seed")]
    pub(crate) attempt: Option<u16>,
    /// The seed, 12 bytes in hex, instead of asking the chain.
    #[arg(long, value_name = "HEX")]
    pub(crate) seed: Option<Seed>,
    /// Items to choose from; by default the goal's.
    #[arg(long, conflicts_with = "goal")]
    pub(crate) pool: Option<u32>,
    /// How many are drawn; by default the goal's.
    #[arg(long, conflicts_with = "goal")]
    pub(crate) samples: Option<u32>,
    /// Write the command that runs them on this harness; by default the one of the goal's
    /// specification, or lm-eval.
    #[arg(long, value_enum)]
    pub(crate) harness: Option<Harness>,
    /// The harness's name of the task; by default the one of the goal's specification.
    #[arg(long)]
    pub(crate) task: Option<String>,
    /// The model as the harness names it.
    #[arg(long, default_value = "MODEL")]
    pub(crate) model: String,
    /// Inspect: ids of the items, one a line, item 0 first; by default 1, 2, 3 and so on, which
    /// alone are read for a goal.
    #[arg(long, value_name = "FILE")]
    pub(crate) ids: Option<PathBuf>,
}

/// 96 bits, big end first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seed(pub(crate) [u8; 12]);

impl FromStr for Seed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = hex::decode(text).ok();
        bytes
            .and_then(|bytes| bytes.try_into().ok())
            .map(Self)
            .ok_or_else(|| format!("{text:?} is no seed of 12 bytes in hex"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_exactly() {
        for (text, share, number) in [
            ("0.8", 800_000_000, None),
            ("80%", 800_000_000, None),
            ("-2.5%", -25_000_000, None),
            ("1", 1_000_000_000, Some(1)),
            ("0.000000001", 1, None),
            ("0", 0, Some(0)),
            ("0%", 0, None),
        ] {
            assert_eq!(text.parse(), Ok(Mark { share, number }), "{text}");
        }
        for text in ["", "-", "eighty", "0.0000000001", "--1"] {
            assert!(text.parse::<Mark>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_seed_has_twelve_bytes() {
        assert_eq!(
            "0x000000000000000000000001".parse::<Seed>().unwrap().0[11],
            1
        );
        assert!("0x01".parse::<Seed>().is_err());
    }
}
