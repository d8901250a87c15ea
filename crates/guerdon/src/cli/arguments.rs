//! The whole command line: options of every command, and the commands.

use std::path::PathBuf;

use alloy_primitives::Address;
use clap::{ArgAction, Args, Parser, Subcommand};

use super::{
    CompletionsArgs, DemoArgs, DeployArgs, EvalCommand, FundArgs, GoalCommand, GrantCommand,
    ManArgs, RoundCommand, ServeArgs, TokenCommand, TravelArgs, VerifyCommand, WithdrawFreeArgs,
};
use crate::output::Format;

/// Pays AI engineers in tokens, and lets every engineer check every promise.
#[derive(Debug, Parser)]
#[command(
    name = "guerdon",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Form of the data on stdout: table, json, ndjson or csv.
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        value_name = "FORM",
        default_value = "table",
        hide_possible_values = true
    )]
    pub(crate) output: Format,
    /// Where chain state, deployments, grant, round and goal files and the database live.
    #[arg(
        long,
        global = true,
        env = "GUERDON_DATA_DIR",
        default_value = ".guerdon"
    )]
    pub(crate) data_dir: PathBuf,
    /// A node's address; without it the embedded chain of the data directory is used.
    #[arg(long, global = true, env = "GUERDON_RPC_URL")]
    pub(crate) rpc_url: Option<String>,
    /// Deployment file; by default the data directory's or the committed one of the chain.
    #[arg(long, global = true, env = "GUERDON_DEPLOYMENT")]
    pub(crate) deployment: Option<PathBuf>,
    /// Database: sqlite://FILE or postgres://…; by default guerdon.db in the data directory.
    #[arg(
        long,
        global = true,
        env = "GUERDON_DATABASE_URL",
        hide_env_values = true
    )]
    pub(crate) database_url: Option<String>,
    /// File with the database's address, where that holds a password.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "GUERDON_DATABASE_URL_FILE",
        conflicts_with = "database_url"
    )]
    pub(crate) database_url_file: Option<PathBuf>,
    /// Settings file; by default guerdon.toml here, if it is there. Flags and variables go first.
    #[arg(long, global = true, value_name = "FILE", env = "GUERDON_CONFIG")]
    pub(crate) config: Option<PathBuf>,
    /// Sign with this key of the keystore folder.
    #[arg(long, global = true, value_name = "NAME", env = "GUERDON_ACCOUNT")]
    pub(crate) account: Option<String>,
    /// Folder of encrypted keys; by default Foundry's, ~/.foundry/keystores.
    #[arg(long, global = true, value_name = "DIR", env = "GUERDON_KEYSTORE_DIR")]
    pub(crate) keystore_dir: Option<PathBuf>,
    /// File with the key's password; asked for on a terminal otherwise.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "GUERDON_PASSWORD_FILE"
    )]
    pub(crate) password_file: Option<PathBuf>,
    /// Sign with an account of the embedded chain, 0 to 33 (public keys of development).
    #[arg(long, global = true, value_name = "INDEX", conflicts_with = "account")]
    #[arg(value_parser = clap::value_parser!(u32).range(0..34))]
    pub(crate) from: Option<u32>,
    /// The anvil program of the embedded chain; by default node_modules' or the path's.
    #[arg(long, global = true, value_name = "FILE", env = "GUERDON_ANVIL")]
    pub(crate) anvil: Option<PathBuf>,
    /// Do not ask before sending.
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,
    /// Show what would be done and stop.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Send nothing: print each call as JSON {to, data, value, chainId, summary}, one a line.
    #[arg(long, global = true)]
    pub(crate) calldata: bool,
    /// Send nothing: write the calls as a file of Safe's transaction builder.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) safe_batch: Option<PathBuf>,
    /// Who will send such calls, for example the Safe: they are tried as this account.
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) sender: Option<Address>,
    /// Say more on stderr; twice for every request, three times for every library too.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Form of the log on stderr: text, or json, one object a line.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORM",
        env = "GUERDON_LOG_FORMAT",
        default_value = "text",
        hide_possible_values = true
    )]
    pub(crate) log_format: super::LogFormat,
    /// Which block counts as the chain's newest: latest, safe or finalized.
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "BLOCK",
        env = "GUERDON_HEAD",
        default_value = "latest",
        hide_possible_values = true
    )]
    pub(crate) head: super::Head,
    /// Which of these options were given, and by what.
    #[arg(skip)]
    pub(crate) sources: Vec<(String, String)>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Everything on this machine: a company, its round, two years, and its pages.
    Demo(DemoArgs),
    /// Follow the chain and serve the pages.
    Serve(ServeArgs),
    /// Pay everybody who is due, by itself.
    Keep(super::KeepArgs),
    /// Deploy the contracts and give out the roles.
    Deploy(DeployArgs),
    /// The company's token.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Put tokens into the pool that pays grants.
    Fund(FundArgs),
    /// Take tokens out of the pool that are promised to nobody.
    WithdrawFree(WithdrawFreeArgs),
    /// Rounds: many grants under one root.
    #[command(subcommand)]
    Round(RoundCommand),
    /// Vesting schedules of other systems, in and out.
    #[command(subcommand)]
    Schedule(super::ScheduleCommand),
    /// Grants: what one person was promised.
    #[command(subcommand)]
    Grant(GrantCommand),
    /// Goals: results that decide money.
    #[command(subcommand)]
    Goal(GoalCommand),
    /// Roles: who may call what for the company.
    #[command(subcommand)]
    Role(super::RoleCommand),
    /// Calls of roles with a delay: scheduled first, executed later.
    #[command(subcommand)]
    Job(super::JobCommand),
    /// The people list: who may read what, and personal data.
    #[command(subcommand)]
    People(super::PeopleCommand),
    /// Keys by which other systems use the API.
    #[command(subcommand)]
    Key(super::KeyCommand),
    /// Webhooks: receivers that are told what happens.
    #[command(subcommand)]
    Webhook(super::WebhookCommand),
    /// Evaluation results.
    #[command(subcommand)]
    Eval(EvalCommand),
    /// Recompute from the chain and the files alone, without database or server.
    #[command(subcommand)]
    Verify(VerifyCommand),
    /// Let time pass on the embedded chain, as if you had waited.
    Travel(TravelArgs),
    /// The database as a whole.
    #[command(subcommand)]
    Db(super::DbCommand),
    /// Keep everything that the database holds in one file.
    Backup(super::BackupArgs),
    /// Put a backup into an empty database.
    Restore(super::RestoreArgs),
    /// Check database, data key, node, chain, code, clock and roles.
    Doctor(super::DataKeyArgs),
    /// Print a script that completes commands in a shell.
    Completions(CompletionsArgs),
    /// Print the manual page, or write one for each command.
    Man(ManArgs),
}
