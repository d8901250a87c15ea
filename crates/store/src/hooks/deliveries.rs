//! What became of each event at each webhook.

use super::events::{Event, EventRow};
use crate::text::{NumberRow, big, unsigned};
use crate::{Read, StoreError, Tx};

/// What became of an event at a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The event.
    pub event: Event,
    /// How often it was sent.
    pub attempts: u32,
    /// When it is sent again; `None`: never.
    pub next_at: Option<u64>,
    /// When it was sent last.
    pub tried_at: Option<u64>,
    /// The status that was answered last.
    pub status: Option<u16>,
    /// Why the last try failed, in a sentence.
    pub failure: Option<String>,
    /// When it arrived.
    pub done_at: Option<u64>,
}

/// An event to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The webhook.
    pub webhook: String,
    /// The event.
    pub event: Event,
    /// How often it was sent before.
    pub attempts: u32,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// When it was made.
    pub at: u64,
    /// The status that was answered.
    pub status: Option<u16>,
    /// Why it failed, in a sentence; nothing if it arrived.
    pub failure: Option<String>,
    /// When it is tried again, if it failed.
    pub next_at: Option<u64>,
}

#[derive(sqlx::FromRow)]
struct DeliveryRow {
    attempts: i64,
    next_at: Option<i64>,
    tried_at: Option<i64>,
    status: Option<i64>,
    failure: Option<String>,
    done_at: Option<i64>,
    #[sqlx(flatten)]
    event: EventRow,
}

impl Read {
    /// What is to be sent to a webhook at a time, the earliest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn deliveries_due(
        &mut self,
        webhook: &str,
        now: u64,
        limit: u32,
    ) -> Result<Vec<Due>, StoreError> {
        let sql = "SELECT d.attempts, d.next_at, d.tried_at, d.status, d.failure, d.done_at, \
                   e.seq, e.id, e.kind, e.at, e.body, e.noted_at \
                   FROM deliveries d JOIN events e ON e.seq = d.event \
                   WHERE d.webhook = $1 AND d.next_at <= $2 ORDER BY d.next_at, d.event LIMIT $3";
        let (now, limit) = (big("time", now)?, i64::from(limit));
        let rows = run!(self, fetch_all as DeliveryRow, sql, webhook, now, limit)?;
        let due = rows.into_iter().map(|row| {
            let delivery = Delivery::try_from(row)?;
            Ok(Due {
                webhook: webhook.to_owned(),
                event: delivery.event,
                attempts: delivery.attempts,
            })
        });
        due.collect()
    }

    /// The newest deliveries of a webhook, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn deliveries(
        &mut self,
        webhook: &str,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let sql = "SELECT d.attempts, d.next_at, d.tried_at, d.status, d.failure, d.done_at, \
                   e.seq, e.id, e.kind, e.at, e.body, e.noted_at \
                   FROM deliveries d JOIN events e ON e.seq = d.event \
                   WHERE d.webhook = $1 ORDER BY d.event DESC LIMIT $2";
        let rows = run!(
            self,
            fetch_all as DeliveryRow,
            sql,
            webhook,
            i64::from(limit)
        )?;
        rows.into_iter().map(Delivery::try_from).collect()
    }

    /// How many deliveries of a webhook wait, arrived later or not.
    ///
    /// # Errors
    /// The database failed.
    pub async fn deliveries_waiting(&mut self, webhook: &str) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM deliveries \
                   WHERE webhook = $1 AND next_at IS NOT NULL";
        let row = run!(self, fetch_one as NumberRow, sql, webhook)?;
        unsigned("count", row.n)
    }
}

impl Tx {
    /// Notes a try, and since when the webhook fails.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_outcome(&mut self, due: &Due, outcome: &Outcome) -> Result<(), StoreError> {
        let at = big("time", outcome.at)?;
        let next_at = outcome.next_at.map(|at| big("time", at)).transpose()?;
        let done_at = outcome.failure.is_none().then_some(at);
        let sql = "UPDATE deliveries SET attempts = attempts + 1, next_at = $3, tried_at = $4, \
                   status = $5, failure = $6, done_at = COALESCE($7, done_at) \
                   WHERE webhook = $1 AND event = $2";
        run!(
            self,
            sql,
            &due.webhook,
            big("sequence", due.event.seq)?,
            next_at,
            at,
            outcome.status.map(i64::from),
            outcome.failure.as_deref(),
            done_at
        )?;
        match done_at {
            Some(_) => {
                let sql = "UPDATE webhooks SET failing_since = NULL WHERE id = $1";
                run!(self, sql, &due.webhook)?;
            }
            None => {
                let sql = "UPDATE webhooks SET failing_since = COALESCE(failing_since, $2) \
                           WHERE id = $1";
                run!(self, sql, &due.webhook, at)?;
            }
        }
        Ok(())
    }

    /// Sends an event to a webhook again, from the first try on; false if it never was to be sent
    /// there, or is not remembered any more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn resend(&mut self, webhook: &str, seq: u64, now: u64) -> Result<bool, StoreError> {
        let sql = "UPDATE deliveries SET attempts = 0, next_at = $3 \
                   WHERE webhook = $1 AND event = $2";
        let (seq, now) = (big("sequence", seq)?, big("time", now)?);
        Ok(run!(self, sql, webhook, seq, now)? == 1)
    }
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let time = |time: Option<i64>| time.map(|time| unsigned("time", time)).transpose();
        Ok(Self {
            event: row.event.try_into()?,
            attempts: unsigned("attempts", row.attempts)?,
            next_at: time(row.next_at)?,
            tried_at: time(row.tried_at)?,
            status: row.status.map(|it| unsigned("status", it)).transpose()?,
            failure: row.failure,
            done_at: time(row.done_at)?,
        })
    }
}
