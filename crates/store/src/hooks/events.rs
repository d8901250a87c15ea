//! Facts that are final, numbered in the order in which they were found.

use alloy_primitives::B256;

use crate::text::{big, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// A fact to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Follows from the fact alone, so that none is told twice.
    pub id: String,
    /// Its word, `grant.claimed`.
    pub kind: String,
    /// When it happened, by the chain's clock.
    pub at: u64,
    /// What is sent, JSON.
    pub body: String,
}

/// A fact as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number: rises, with gaps, and is never given again.
    pub seq: u64,
    /// What it says.
    pub event: NewEvent,
    /// When it was noted.
    pub noted_at: u64,
}

/// How far facts were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The last number that an event was given.
    pub seq: u64,
    /// The last block whose facts were told.
    pub block: u64,
    /// Its hash.
    pub hash: B256,
    /// From when on steps of schedules are told, by the chain's clock.
    pub begun_at: u64,
}

#[derive(sqlx::FromRow)]
pub(super) struct EventRow {
    pub(super) seq: i64,
    pub(super) id: String,
    pub(super) kind: String,
    pub(super) at: i64,
    pub(super) body: String,
    pub(super) noted_at: i64,
}

#[derive(sqlx::FromRow)]
struct ToldRow {
    seq: i64,
    block: i64,
    hash: String,
    begun_at: i64,
}

impl Read {
    /// Events after a number in their order, without tries of webhooks.
    ///
    /// # Errors
    /// The database failed.
    pub async fn events_after(&mut self, seq: u64, limit: u32) -> Result<Vec<Event>, StoreError> {
        let sql = "SELECT seq, id, kind, at, body, noted_at FROM events \
                   WHERE seq > $1 AND kind <> 'webhook.test' ORDER BY seq LIMIT $2";
        let (seq, limit) = (big("sequence", seq)?, i64::from(limit));
        let rows = run!(self, fetch_all as EventRow, sql, seq, limit)?;
        rows.into_iter().map(Event::try_from).collect()
    }

    /// How far facts were told; nothing before the first time.
    ///
    /// # Errors
    /// The database failed.
    pub async fn told(&mut self) -> Result<Option<Told>, StoreError> {
        let sql = "SELECT seq, block, hash, begun_at FROM told WHERE one = 1";
        let row = run!(self, fetch_optional as ToldRow, sql)?;
        row.map(Told::try_from).transpose()
    }

    async fn event_id_is_known(&mut self, id: &str) -> Result<bool, StoreError> {
        let sql = "SELECT seq, id, kind, at, body, noted_at FROM events WHERE id = $1";
        Ok(run!(self, fetch_optional as EventRow, sql, id)?.is_some())
    }
}

impl Tx {
    /// Says how far facts were told.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_told(&mut self, told: &Told) -> Result<(), StoreError> {
        let sql = "INSERT INTO told (one, seq, block, hash, begun_at) VALUES (1, $1, $2, $3, $4) \
                   ON CONFLICT (one) DO UPDATE SET seq = excluded.seq, block = excluded.block, \
                   hash = excluded.hash, begun_at = excluded.begun_at";
        run!(
            self,
            sql,
            big("sequence", told.seq)?,
            big("block", told.block)?,
            word(&told.hash),
            big("time", told.begun_at)?
        )?;
        Ok(())
    }

    /// Writes an event with the number after the last one, which it moves, and a delivery to each
    /// webhook that is on and asked for it; nothing if its id was told before.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_event(
        &mut self,
        told: &mut Told,
        event: &NewEvent,
        now: u64,
    ) -> Result<bool, StoreError> {
        if self.event_id_is_known(&event.id).await? {
            return Ok(false);
        }
        told.seq = told.seq.saturating_add(1);
        self.put_event(told.seq, event, now).await?;
        let sql = "INSERT INTO deliveries (webhook, event, attempts, next_at) \
                   SELECT id, $1, 0, $2 FROM webhooks WHERE disabled_at IS NULL \
                   AND (events = '' OR ' ' || events || ' ' LIKE '% ' || $3 || ' %')";
        let (seq, now) = (big("sequence", told.seq)?, big("time", now)?);
        run!(self, sql, seq, now, &event.kind)?;
        Ok(true)
    }

    /// Writes an event for one webhook alone, due at once; false if nothing was told yet, so that
    /// there are no numbers.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_test_event(
        &mut self,
        webhook: &str,
        event: &NewEvent,
        now: u64,
    ) -> Result<bool, StoreError> {
        let Some(mut told) = self.told().await? else {
            return Ok(false);
        };
        told.seq = told.seq.saturating_add(1);
        self.put_told(&told).await?;
        self.put_event(told.seq, event, now).await?;
        let sql = "INSERT INTO deliveries (webhook, event, attempts, next_at) \
                   VALUES ($1, $2, 0, $3)";
        let (seq, now) = (big("sequence", told.seq)?, big("time", now)?);
        run!(self, sql, webhook, seq, now)?;
        Ok(true)
    }

    async fn put_event(&mut self, seq: u64, new: &NewEvent, now: u64) -> Result<(), StoreError> {
        let sql = "INSERT INTO events (seq, id, kind, at, body, noted_at) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        run!(
            self,
            sql,
            big("sequence", seq)?,
            &new.id,
            &new.kind,
            big("time", new.at)?,
            &new.body,
            big("time", now)?
        )?;
        Ok(())
    }

    /// Forgets events that were noted before a time, with their deliveries.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_events(&mut self, before: u64) -> Result<u64, StoreError> {
        let sql = "DELETE FROM events WHERE noted_at < $1";
        Ok(run!(self, sql, big("time", before)?)?)
    }
}

impl TryFrom<EventRow> for Event {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        Ok(Self {
            seq: unsigned("sequence", row.seq)?,
            event: NewEvent {
                id: row.id,
                kind: row.kind,
                at: unsigned("time", row.at)?,
                body: row.body,
            },
            noted_at: unsigned("time", row.noted_at)?,
        })
    }
}

impl TryFrom<ToldRow> for Told {
    type Error = StoreError;

    fn try_from(row: ToldRow) -> Result<Self, StoreError> {
        Ok(Self {
            seq: unsigned("sequence", row.seq)?,
            block: unsigned("block", row.block)?,
            hash: parse("hash", &row.hash)?,
            begun_at: unsigned("time", row.begun_at)?,
        })
    }
}
