//! Leases: who may do a task alone, until when. They run by the database's clock, which is the same
//! for all processes: one whose own clock is wrong holds no lease for longer than any other.

use crate::db::Conn;
use crate::text::{NumberRow, big, unsigned};
use crate::{Read, StoreError, Tx};

const CLOCK_LITE: &str = "SELECT unixepoch() AS n";
const CLOCK_PG: &str = "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp())) AS BIGINT) AS n";

/// Who may do a task alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The process that holds it, in its own words.
    pub holder: String,
    /// When anyone else may take it, Unix seconds of the database's clock.
    pub expires_at: u64,
}

#[derive(sqlx::FromRow)]
struct LeaseRow {
    holder: String,
    expires_at: i64,
}

impl Read {
    /// What time it is for the database, Unix seconds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clock(&mut self) -> Result<u64, StoreError> {
        let sql = match &self.conn {
            Conn::Lite(_) => CLOCK_LITE,
            Conn::Pg(_) => CLOCK_PG,
        };
        unsigned("time", run!(self, fetch_one as NumberRow, sql)?.n)
    }

    /// The lease of a task, if it was ever taken; it may have expired.
    ///
    /// # Errors
    /// The database failed.
    pub async fn lease(&mut self, name: &str) -> Result<Option<Lease>, StoreError> {
        let sql = "SELECT holder, expires_at FROM leases WHERE name = $1";
        run!(self, fetch_optional as LeaseRow, sql, name)?
            .map(Lease::try_from)
            .transpose()
    }
}

impl Tx {
    /// [`Self::take_lease`] from now on, by the database's clock.
    ///
    /// # Errors
    /// The database failed.
    pub async fn hold_lease(
        &mut self,
        name: &str,
        holder: &str,
        seconds: u64,
    ) -> Result<Lease, StoreError> {
        let now = self.clock().await?;
        self.take_lease(name, holder, now, seconds).await
    }

    /// Takes the lease of a task, or renews it, for `seconds` from `now` (Unix seconds). Answers
    /// the lease that stands afterwards: another holder's if it has not expired.
    ///
    /// What is written in the same transaction after one's own lease came back cannot be the work
    /// of two holders.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_lease(
        &mut self,
        name: &str,
        holder: &str,
        now: u64,
        seconds: u64,
    ) -> Result<Lease, StoreError> {
        if let Some(lease) = self.lease(name).await?
            && lease.holder != holder
            && lease.expires_at > now
        {
            return Ok(lease);
        }
        let lease = Lease {
            holder: holder.to_owned(),
            expires_at: now.saturating_add(seconds),
        };
        let sql = "INSERT INTO leases (name, holder, expires_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, \
                   expires_at = excluded.expires_at";
        let expires_at = big("time", lease.expires_at)?;
        run!(self, sql, name, holder, expires_at)?;
        Ok(lease)
    }

    /// Gives the lease of a task back, if this holder has it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn release_lease(&mut self, name: &str, holder: &str) -> Result<(), StoreError> {
        let sql = "DELETE FROM leases WHERE name = $1 AND holder = $2";
        run!(self, sql, name, holder)?;
        Ok(())
    }
}

impl TryFrom<LeaseRow> for Lease {
    type Error = StoreError;

    fn try_from(row: LeaseRow) -> Result<Self, StoreError> {
        Ok(Self {
            holder: row.holder,
            expires_at: unsigned("time", row.expires_at)?,
        })
    }
}
