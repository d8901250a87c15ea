//! Grants that could not be paid, so that one of them does not cost gas at every pass.

use alloy_primitives::B256;

use crate::text::{big, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// A grant whose last payment failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// The grant.
    pub id: B256,
    /// How often in a row.
    pub times: u32,
    /// Why, the last time.
    pub reason: String,
    /// When, Unix seconds of the chain's clock.
    pub last_at: u64,
    /// When the keeper tries again, by the same clock.
    pub retry_at: u64,
}

#[derive(sqlx::FromRow)]
struct FailingRow {
    id: String,
    times: i64,
    reason: String,
    last_at: i64,
    retry_at: i64,
}

impl Read {
    /// Every grant whose last payment failed, in order of their ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn failures(&mut self) -> Result<Vec<Failing>, StoreError> {
        let sql = "SELECT id, times, reason, last_at, retry_at FROM failures ORDER BY id";
        let rows = run!(self, fetch_all as FailingRow, sql)?;
        rows.into_iter().map(Failing::try_from).collect()
    }

    /// A grant's failure, if its last payment failed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn failure(&mut self, id: B256) -> Result<Option<Failing>, StoreError> {
        let sql = "SELECT id, times, reason, last_at, retry_at FROM failures WHERE id = $1";
        run!(self, fetch_optional as FailingRow, sql, word(&id))?
            .map(Failing::try_from)
            .transpose()
    }
}

impl Tx {
    /// Remembers a failed payment.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_failure(&mut self, failing: &Failing) -> Result<(), StoreError> {
        let sql = "INSERT INTO failures (id, times, reason, last_at, retry_at) \
                   VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (id) DO UPDATE SET times = excluded.times, \
                   reason = excluded.reason, last_at = excluded.last_at, \
                   retry_at = excluded.retry_at";
        run!(
            self,
            sql,
            word(&failing.id),
            i64::from(failing.times),
            &failing.reason,
            big("time", failing.last_at)?,
            big("time", failing.retry_at)?
        )?;
        Ok(())
    }

    /// Forgets a grant's failures, once it was paid.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clear_failure(&mut self, id: B256) -> Result<(), StoreError> {
        run!(self, "DELETE FROM failures WHERE id = $1", word(&id))?;
        Ok(())
    }
}

impl TryFrom<FailingRow> for Failing {
    type Error = StoreError;

    fn try_from(row: FailingRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse("grant id", &row.id)?,
            times: unsigned("count", row.times)?,
            reason: row.reason,
            last_at: unsigned("time", row.last_at)?,
            retry_at: unsigned("time", row.retry_at)?,
        })
    }
}
