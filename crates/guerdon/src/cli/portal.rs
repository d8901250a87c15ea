//! How people reach the pages, and how the pages reach people.

use std::path::PathBuf;

use clap::Args;

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
}
