use std::path::PathBuf;

use alloy_primitives::Address;
use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Port of the pages.
    #[arg(long, default_value_t = 8080)]
    pub(crate) port: u16,
    /// Tell the story and stop.
    #[arg(long)]
    pub(crate) no_serve: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// Address of the pages.
    #[arg(long, env = "GUERDON_HOST", default_value = "127.0.0.1")]
    pub(crate) host: std::net::IpAddr,
    /// Port of the pages; 0 takes a free one.
    #[arg(long, env = "GUERDON_PORT", default_value_t = 8080)]
    pub(crate) port: u16,
    /// The company's name on the pages; by default the deployment's.
    #[arg(long, env = "GUERDON_COMPANY")]
    pub(crate) company: Option<String>,
    #[command(flatten)]
    pub(crate) portal: super::PortalArgs,
    /// Serve pages alone: other processes on the same PostgreSQL follow the chain and pay.
    #[arg(long, env = "GUERDON_WEB_ONLY", conflicts_with_all = ["keep", "relay_only"])]
    pub(crate) web_only: bool,
    /// Where Prometheus reads the numbers of operation, such as 127.0.0.1:9464; they name nobody,
    /// but keep them from the public.
    #[arg(long, env = "GUERDON_METRICS", value_name = "ADDRESS")]
    pub(crate) metrics: Option<std::net::SocketAddr>,
    /// Pay everybody who is due as well; --account or --from pays for gas.
    #[arg(long, env = "GUERDON_KEEP")]
    pub(crate) keep: bool,
    #[command(flatten)]
    pub(crate) keeper: super::KeeperArgs,
}

#[derive(Debug, Args)]
pub(crate) struct TravelArgs {
    /// How far ahead, such as 90d, 12w, 36h, 30m or 10s.
    #[arg(value_name = "LENGTH", required_unless_present = "to")]
    pub(crate) by: Option<super::Seconds>,
    /// The moment to go to instead; it lies ahead.
    #[arg(long, value_name = "TIME", conflicts_with = "by")]
    pub(crate) to: Option<super::Moment>,
}

#[derive(Debug, Args)]
pub(crate) struct DeployArgs {
    /// The company's name, for the pages.
    #[arg(long)]
    pub(crate) company: String,
    /// Name of the access token.
    #[arg(long)]
    pub(crate) token_name: String,
    /// Symbol of the access token.
    #[arg(long)]
    pub(crate) symbol: String,
    /// The most of it there can ever be, in whole tokens.
    #[arg(long, default_value = "1000000000")]
    pub(crate) cap: String,
    /// Account of the issuer, people, payroll, treasury and minter roles; by default the sender.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) company_account: Option<Address>,
    /// Deploy a coin for bonds as well, which the company cannot mint (embedded chain only).
    #[arg(long)]
    pub(crate) bond_token: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make new tokens, up to the cap.
    Mint(MintArgs),
}

#[derive(Debug, Args)]
pub(crate) struct MintArgs {
    /// Whole tokens, exact decimals.
    pub(crate) amount: String,
    /// Who gets them; by default the sender.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Option<Address>,
    /// Another token that the sender may mint, such as the coin of bonds.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) token: Option<Address>,
}

#[derive(Debug, Args)]
pub(crate) struct FundArgs {
    /// Whole tokens, exact decimals.
    pub(crate) amount: String,
}

#[derive(Debug, Args)]
pub(crate) struct WithdrawFreeArgs {
    /// Whole tokens, exact decimals.
    pub(crate) amount: String,
    /// Who gets them; by default the sender.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) to: Option<Address>,
}

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Write the pages of all commands into this folder, made if it is not there.
    #[arg(long, value_name = "DIR")]
    pub(crate) to: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvalCommand {
    /// What a result file says, and whether it may decide money.
    Read(EvalReadArgs),
}

/// Which figure of a result file is meant.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct EvalQuery {
    /// The task, where the file has several; by default the goal's, if there is a goal.
    #[arg(long)]
    pub(crate) task: Option<String>,
    /// The metric, accuracy for Inspect; by default the goal's, else exact_match.
    #[arg(long)]
    pub(crate) metric: Option<String>,
    /// The filter, or Inspect's scorer; by default the goal's, if there is a goal.
    #[arg(long)]
    pub(crate) filter: Option<String>,
    /// The file of single samples; its count must agree.
    #[arg(long, value_name = "FILE")]
    pub(crate) samples: Option<PathBuf>,
    /// The result file of the baseline, over the same items: counts wins and losses.
    #[arg(long, value_name = "FILE")]
    pub(crate) against: Option<PathBuf>,
    /// The baseline's file of single samples.
    #[arg(long, value_name = "FILE", requires = "against")]
    pub(crate) against_samples: Option<PathBuf>,
    /// Write the pair file here: the evidence, which names the files of both.
    #[arg(long, value_name = "FILE", requires = "against")]
    pub(crate) pair: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EvalReadArgs {
    /// Results of lm-evaluation-harness, Inspect (.json, .eval) or Every Eval Ever, or a
    /// measurement.
    pub(crate) file: PathBuf,
    /// Add up the scores of the answers, each from 0 to 1, in place of right answers.
    #[arg(long, conflicts_with = "against")]
    pub(crate) scores: bool,
    #[command(flatten)]
    pub(crate) query: EvalQuery,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VerifyCommand {
    /// One grant file against the chain.
    Grant(VerifyFileArgs),
    /// One round file against the chain.
    Round(VerifyFileArgs),
    /// A bundle of evidence, without any node; with --chain or --rpc-url against the chain too.
    Bundle(VerifyBundleArgs),
    /// Everything: code, files, every claim, every balance.
    All,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyBundleArgs {
    /// The archive, as an auditor downloads it.
    pub(crate) file: PathBuf,
    /// Compare block, code and events with the chain as well.
    #[arg(long)]
    pub(crate) chain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyFileArgs {
    /// The file, or the name of one in the data directory: a sheet id, or a root.
    pub(crate) file: PathBuf,
}
