//! How people reach the pages, and how the pages reach people.

use std::path::PathBuf;

use clap::Args;

/// Where the key of webhooks' secrets is.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DataKeyArgs {
    /// File with the key that seals secrets of webhooks in the database; made if it is not there
    /// and nothing was sealed yet. By default DATA_DIR/data.key, but on PostgreSQL none: there all
    /// processes need the same file, and without one nothing is sent.
    #[arg(long, env = "GUERDON_DATA_KEY_FILE", value_name = "FILE")]
    pub(crate) data_key: Option<PathBuf>,
}

/// Options of the portal.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Portal")]
pub(crate) struct PortalArgs {
    /// Where browsers reach the pages, such as https://grants.acme.example; a proxy in front speaks
    /// https. Needed unless the pages are served at this machine alone.
    #[arg(long, env = "GUERDON_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Sender of the e-mails, such as "Acme grants <grants@acme.example>".
    #[arg(long, env = "GUERDON_MAIL_FROM", value_name = "SENDER")]
    pub(crate) mail_from: Option<String>,
    /// The mail server: smtps://USER@HOST, or smtp://USER@HOST:587 for STARTTLS.
    #[arg(
        long,
        env = "GUERDON_SMTP_URL",
        value_name = "URL",
        requires = "mail_from"
    )]
    pub(crate) smtp_url: Option<String>,
    /// File with the mail server's password.
    #[arg(
        long,
        env = "GUERDON_SMTP_PASSWORD_FILE",
        value_name = "FILE",
        requires = "smtp_url"
    )]
    pub(crate) smtp_password_file: Option<PathBuf>,
    /// Write the e-mails into this folder instead of sending them.
    #[arg(
        long,
        env = "GUERDON_MAIL_FOLDER",
        value_name = "DIR",
        conflicts_with = "smtp_url"
    )]
    pub(crate) mail_folder: Option<PathBuf>,
    /// Requests a minute that are taken of each API key; 0 takes as many as come.
    #[arg(
        long,
        env = "GUERDON_KEY_LIMIT",
        value_name = "NUMBER",
        default_value_t = 600
    )]
    pub(crate) key_limit: u32,
    /// Requests a minute that are taken of each session of the pages; 0 takes as many as come.
    #[arg(
        long,
        env = "GUERDON_SESSION_LIMIT",
        value_name = "NUMBER",
        default_value_t = 3_000
    )]
    pub(crate) session_limit: u32,
    /// Header in which the proxy in front says whom it speaks for, such as x-forwarded-for; the last
    /// address in it counts. Without it the tries to sign in are counted for all clients together.
    #[arg(
        long,
        env = "GUERDON_CLIENT_ADDRESS_HEADER",
        value_name = "NAME",
        requires = "public_url"
    )]
    pub(crate) client_address_header: Option<String>,
    #[command(flatten)]
    pub(crate) data_key: DataKeyArgs,
    /// Send events to this very machine as well, and by http: for trying things out alone.
    #[arg(long, env = "GUERDON_WEBHOOKS_TO_LOOPBACK")]
    pub(crate) webhooks_to_loopback: bool,
    /// A public node of the chain, for wallets that do not know it yet; every visitor may read it.
    #[arg(long, env = "GUERDON_WALLET_RPC_URL", value_name = "URL")]
    pub(crate) wallet_rpc_url: Option<String>,
    /// What wallets call the chain.
    #[arg(
        long,
        env = "GUERDON_WALLET_CHAIN_NAME",
        value_name = "NAME",
        requires = "wallet_rpc_url"
    )]
    pub(crate) wallet_chain_name: Option<String>,
    /// Symbol of the coin that pays for gas there [default: ETH].
    #[arg(
        long,
        env = "GUERDON_WALLET_COIN",
        value_name = "SYMBOL",
        requires = "wallet_rpc_url"
    )]
    pub(crate) wallet_coin: Option<String>,
    /// A block explorer of the chain.
    #[arg(
        long,
        env = "GUERDON_WALLET_EXPLORER_URL",
        value_name = "URL",
        requires = "wallet_rpc_url"
    )]
    pub(crate) wallet_explorer_url: Option<String>,
}
