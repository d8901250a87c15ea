use std::path::PathBuf;

use alloy_primitives::{Address, B256};
use clap::{Args, Subcommand, ValueEnum};

use super::{BuildArgs, DrawArgs, EvalQuery, Moment};

#[derive(Debug, Subcommand)]
pub(crate) enum GoalCommand {
    /// Write a definition: calibrates its bound, and says how likely it pays.
    Build(Box<BuildArgs>),
    /// The items that a seed draws, and the command that runs them.
    Draw(DrawArgs),
    /// Publish a goal on chain; its id is the hash of its definition.
    Define(DefineArgs),
    /// Panel: sign that this model will be run.
    Accept(AcceptArgs),
    /// Begin an attempt: sponsor with one acceptance, or anyone with the quorum's.
    Register(RegisterArgs),
    /// Fix the seed of an attempt from the chain, where the goal draws its items.
    Seal(AttemptArgs),
    /// Panel: sign a result.
    Sign(SignArgs),
    /// Put a signed result on chain; the challenge window begins.
    Propose(ProposeArgs),
    /// Record a zero for an attempt that nobody reported in time.
    Expire(AttemptArgs),
    /// Dispute a proposed result; costs the goal's bond.
    Challenge(ChallengeArgs),
    /// Arbiter: decide a challenge.
    Resolve(ResolveArgs),
    /// Take back bonds that are owed to the account.
    WithdrawBond(WithdrawBondArgs),
    /// Make an attempt's result count, after its window.
    Finalize(AttemptArgs),
    /// Sponsor: ask for a run; if none answers, the goal pays its default when it closes.
    Demand(DemandArgs),
    /// Arbiter: refuse a demand.
    Refuse(GoalArgs),
    /// Arbiter: move the end of the goal's window, once.
    Extend(ExtendArgs),
    /// Make the goal's fraction final for ever.
    Close(GoalArgs),
    /// A goal, its panel and its attempts.
    Show(GoalArgs),
}

#[derive(Debug, Args)]
pub(crate) struct DefineArgs {
    /// The goal definition, JSON.
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct GoalArgs {
    /// A goal file, or the name or id of a goal in the data directory.
    pub(crate) goal: String,
}

#[derive(Debug, Args)]
pub(crate) struct AttemptArgs {
    /// A goal file, or the name or id of a goal in the data directory.
    pub(crate) goal: String,
    /// Number of the attempt, from 0; by default the latest.
    #[arg(long, value_name = "N")]
    pub(crate) attempt: Option<u16>,
}

/// What binds a result to a model.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ModelArgs {
    /// Hash of the model's manifest.
    #[arg(long, value_name = "HASH")]
    pub(crate) model: Option<B256>,
    /// The model's manifest (with a nonce); its keccak256 is the model.
    #[arg(long, value_name = "FILE")]
    pub(crate) manifest: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct AcceptArgs {
    #[command(flatten)]
    pub(crate) target: GoalArgs,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
    /// Number of the attempt it will be; by default the next.
    #[arg(long, value_name = "N")]
    pub(crate) attempt: Option<u16>,
    /// When the signature runs out; by default seven days after the chain's head.
    #[arg(long, value_name = "TIME")]
    pub(crate) deadline: Option<Moment>,
    /// Where the signature goes; by default into the data directory's signatures.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RegisterArgs {
    #[command(flatten)]
    pub(crate) target: GoalArgs,
    /// Signature files of `goal accept`, or the file of all signatures from the attempt's page.
    #[arg(long = "signature", value_name = "FILE", required = true)]
    pub(crate) signatures: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DemandArgs {
    #[command(flatten)]
    pub(crate) target: GoalArgs,
    #[command(flatten)]
    pub(crate) model: ModelArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ExtendArgs {
    #[command(flatten)]
    pub(crate) target: GoalArgs,
    /// The new last moment to register an attempt; the window at most doubles.
    #[arg(long, value_name = "TIME")]
    pub(crate) closes: Moment,
}

#[derive(Debug, Args)]
pub(crate) struct SignArgs {
    #[command(flatten)]
    pub(crate) target: AttemptArgs,
    /// The evaluation result file that decides.
    #[arg(long, value_name = "FILE", required_unless_present = "x")]
    pub(crate) result: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) query: EvalQuery,
    /// COUNT goals: the number, instead of a result file.
    #[arg(long, conflicts_with = "result", requires = "evidence")]
    pub(crate) x: Option<u128>,
    /// COUNT goals: the file that shows it, for example a release manifest.
    #[arg(long, value_name = "FILE", requires = "x")]
    pub(crate) evidence: Option<PathBuf>,
    /// Bits of the guard conditions that hold.
    #[arg(long, value_name = "BITS", default_value_t = 0)]
    pub(crate) guards: u32,
    /// Where the signature goes; by default into the data directory's signatures.
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ProposeArgs {
    #[command(flatten)]
    pub(crate) target: GoalArgs,
    /// Signature files of `goal sign`, or the file of all signatures from the attempt's page.
    #[arg(long = "signature", value_name = "FILE", required = true)]
    pub(crate) signatures: Vec<PathBuf>,
    /// The evaluation result file, to compare what was signed with it once more.
    #[arg(long, value_name = "FILE")]
    pub(crate) result: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) query: EvalQuery,
}

#[derive(Debug, Args)]
pub(crate) struct ChallengeArgs {
    #[command(flatten)]
    pub(crate) target: AttemptArgs,
    /// The reason: a text, whose keccak256 goes on chain, or 32 bytes in hex.
    #[arg(long)]
    pub(crate) reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Verdict {
    /// The result stands.
    Upheld,
    /// The result was wrong; give the right one with --x, --y, --guards.
    Overturned,
    /// The attempt does not count.
    Void,
}

#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    #[command(flatten)]
    pub(crate) target: AttemptArgs,
    #[arg(long, value_enum)]
    pub(crate) verdict: Verdict,
    #[arg(long, default_value_t = 0)]
    pub(crate) x: u128,
    #[arg(long, default_value_t = 0)]
    pub(crate) y: u128,
    #[arg(long, default_value_t = 0)]
    pub(crate) guards: u32,
}

#[derive(Debug, Args)]
pub(crate) struct WithdrawBondArgs {
    /// The bond's token; by default the deployment's.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) token: Option<Address>,
}
