//! Where events are sent. The store is given sealed secrets, never secrets.

use std::collections::BTreeSet;

use crate::portal::Actor;
use crate::text::{big, unsigned};
use crate::{Read, StoreError, Tx};

/// A webhook to keep.
#[derive(Clone, PartialEq, Eq)]
pub struct NewWebhook {
    /// `wh_` and 16 digits.
    pub id: String,
    /// Where events are sent.
    pub url: String,
    /// The events that it asked for; none: all of them.
    pub events: BTreeSet<String>,
    /// Its secret, sealed.
    pub secret: String,
    /// When it was made.
    pub made_at: u64,
    /// Who made it.
    pub made_by: Actor,
}

/// A webhook as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// What it was made with.
    pub webhook: NewWebhook,
    /// The secret before, sealed, and until when it signs as well.
    pub old_secret: Option<(String, u64)>,
    /// Since when no delivery arrived, if the last ones failed.
    pub failing_since: Option<u64>,
    /// When it was switched off, and why, in a sentence.
    pub disabled: Option<(u64, String)>,
}

#[derive(sqlx::FromRow)]
struct HookRow {
    id: String,
    url: String,
    events: String,
    secret: String,
    old_secret: Option<String>,
    old_until: Option<i64>,
    made_at: i64,
    made_by: String,
    failing_since: Option<i64>,
    disabled_at: Option<i64>,
    disabled_why: Option<String>,
}

#[derive(sqlx::FromRow)]
struct MarkRow {
    mark: String,
}

/// Prints no secret, sealed or not: a log is kept elsewhere than a database.
impl std::fmt::Debug for NewWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewWebhook")
            .field("id", &self.id)
            .field("url", &self.url)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

impl Webhook {
    /// Whether events are sent to it.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.disabled.is_none()
    }
}

impl Read {
    /// Every webhook, in the order in which they were made.
    ///
    /// # Errors
    /// The database failed.
    pub async fn webhooks(&mut self) -> Result<Vec<Webhook>, StoreError> {
        let sql = "SELECT * FROM webhooks ORDER BY made_at, id";
        let rows = run!(self, fetch_all as HookRow, sql)?;
        rows.into_iter().map(Webhook::try_from).collect()
    }

    /// One webhook.
    ///
    /// # Errors
    /// The database failed.
    pub async fn webhook(&mut self, id: &str) -> Result<Option<Webhook>, StoreError> {
        let sql = "SELECT * FROM webhooks WHERE id = $1";
        let row = run!(self, fetch_optional as HookRow, sql, id)?;
        row.map(Webhook::try_from).transpose()
    }

    /// The mark of the data key that secrets are sealed with; nothing before the first one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn data_key_mark(&mut self) -> Result<Option<String>, StoreError> {
        let sql = "SELECT mark FROM data_key WHERE one = 1";
        let row = run!(self, fetch_optional as MarkRow, sql)?;
        Ok(row.map(|row| row.mark))
    }
}

impl Tx {
    /// Remembers the mark of the data key; the first one stays.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_data_key_mark(&mut self, mark: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO data_key (one, mark) VALUES (1, $1) ON CONFLICT (one) DO NOTHING";
        run!(self, sql, mark)?;
        Ok(())
    }

    /// Keeps a new webhook.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_webhook(&mut self, new: &NewWebhook) -> Result<(), StoreError> {
        let events: Vec<_> = new.events.iter().map(String::as_str).collect();
        let sql = "INSERT INTO webhooks (id, url, events, secret, made_at, made_by) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        run!(
            self,
            sql,
            &new.id,
            &new.url,
            events.join(" "),
            &new.secret,
            big("time", new.made_at)?,
            new.made_by.to_string()
        )?;
        Ok(())
    }

    /// Takes a webhook and its deliveries away; false if there is none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn remove_webhook(&mut self, id: &str) -> Result<bool, StoreError> {
        Ok(run!(self, "DELETE FROM webhooks WHERE id = $1", id)? == 1)
    }

    /// Switches a webhook off, with a sentence that says why, or on again with nothing; false if
    /// it stood so before, or there is none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn switch_webhook(
        &mut self,
        id: &str,
        off: Option<(u64, &str)>,
    ) -> Result<bool, StoreError> {
        let changed = match off {
            Some((at, why)) => {
                let sql = "UPDATE webhooks SET disabled_at = $2, disabled_why = $3 \
                           WHERE id = $1 AND disabled_at IS NULL";
                run!(self, sql, id, big("time", at)?, why)?
            }
            None => {
                let sql = "UPDATE webhooks SET disabled_at = NULL, disabled_why = NULL, \
                           failing_since = NULL WHERE id = $1 AND disabled_at IS NOT NULL";
                run!(self, sql, id)?
            }
        };
        Ok(changed == 1)
    }

    /// Gives a webhook a new secret, sealed; the one before signs as well until a time.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rotate_webhook(
        &mut self,
        id: &str,
        secret: &str,
        old_until: u64,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE webhooks SET old_secret = secret, old_until = $3, secret = $2 \
                   WHERE id = $1";
        Ok(run!(self, sql, id, secret, big("time", old_until)?)? == 1)
    }

    /// Forgets secrets whose time is over.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_old_secrets(&mut self, now: u64) -> Result<u64, StoreError> {
        let sql = "UPDATE webhooks SET old_secret = NULL, old_until = NULL WHERE old_until <= $1";
        Ok(run!(self, sql, big("time", now)?)?)
    }
}

impl TryFrom<HookRow> for Webhook {
    type Error = StoreError;

    fn try_from(row: HookRow) -> Result<Self, StoreError> {
        let time = |time: Option<i64>| time.map(|time| unsigned("time", time)).transpose();
        Ok(Self {
            old_secret: row.old_secret.zip(time(row.old_until)?),
            failing_since: time(row.failing_since)?,
            disabled: time(row.disabled_at)?.map(|at| (at, row.disabled_why.unwrap_or_default())),
            webhook: NewWebhook {
                id: row.id,
                url: row.url,
                events: row.events.split_whitespace().map(str::to_owned).collect(),
                secret: row.secret,
                made_at: unsigned("time", row.made_at)?,
                made_by: row.made_by.parse()?,
            },
        })
    }
}
