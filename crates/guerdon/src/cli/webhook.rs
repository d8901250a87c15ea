use clap::{Args, Subcommand};

/// Receivers that are told what happens. They are made on the pages, or by the API.
#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Every webhook, who made it, and how it stands.
    List,
    /// What became of a webhook's events, the newest first.
    Log(WebhookLogArgs),
    /// Send a test event to a webhook alone.
    Test(WebhookArgs),
    /// Send an event to a webhook again, from the first try on.
    Resend(ResendArgs),
    /// Send nothing to a webhook until it is switched on again.
    Off(WebhookArgs),
    /// Send to a webhook again that was switched off.
    On(WebhookArgs),
    /// Take a webhook away, and forget what became of its events.
    Remove(WebhookArgs),
}

#[derive(Debug, Args)]
pub(crate) struct WebhookArgs {
    /// The webhook, as `guerdon webhook list` names it.
    pub(crate) webhook: String,
}

#[derive(Debug, Args)]
pub(crate) struct WebhookLogArgs {
    #[command(flatten)]
    pub(crate) of: WebhookArgs,
    /// How many events at most.
    #[arg(long, default_value_t = 20, value_name = "NUMBER")]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) limit: u32,
}

#[derive(Debug, Args)]
pub(crate) struct ResendArgs {
    #[command(flatten)]
    pub(crate) of: WebhookArgs,
    /// The event's number, as `guerdon webhook log` names it.
    pub(crate) event: u64,
}
