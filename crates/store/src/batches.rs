//! Calls that the owners of a Safe sign together.

use alloy_primitives::Address;

use crate::text::{NumberRow, address, big, bytes, parse, parse_bytes, unsigned};
use crate::{Owner, Read, StoreError, Tx};

/// A call of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchCall {
    /// What it is about: `grant:0x…` or `round:0x…`.
    pub subject: String,
    /// What is asked, in one word.
    pub kind: String,
    /// The order itself, as its page writes it.
    pub body: String,
    /// The contract.
    pub to: Address,
    /// Call data.
    pub data: Vec<u8>,
    /// What it does, in one sentence that names no person.
    pub summary: String,
    /// When it was added, Unix seconds of the machine's clock.
    pub added_at: u64,
    /// By whom.
    pub added_by: Owner,
}

/// A batch with its calls, in the order in which they are carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its number, rising.
    pub id: u64,
    /// When it was begun, Unix seconds of the machine's clock.
    pub made_at: u64,
    /// By whom.
    pub made_by: Owner,
    /// Whose it is, once somebody said so.
    pub safe: Option<Address>,
    /// When it was closed: nothing can be added any more.
    pub closed_at: Option<u64>,
    /// Its calls, each with its place; places may have gaps.
    pub calls: Vec<(u64, BatchCall)>,
}

#[derive(sqlx::FromRow)]
struct BatchRow {
    id: i64,
    made_at: i64,
    made_by: String,
    safe: Option<String>,
    closed_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct CallRow {
    place: i64,
    subject: String,
    kind: String,
    body: String,
    call_to: String,
    data: String,
    summary: String,
    added_at: i64,
    added_by: String,
}

impl Read {
    /// A batch by its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn batch(&mut self, id: u64) -> Result<Option<Batch>, StoreError> {
        let sql = "SELECT * FROM batches WHERE id = $1";
        let row = run!(self, fetch_optional as BatchRow, sql, big("batch", id)?)?;
        match row {
            Some(row) => Ok(Some(self.whole_batch(row).await?)),
            None => Ok(None),
        }
    }

    /// The newest batches, open and closed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn batches(&mut self, limit: u32) -> Result<Vec<Batch>, StoreError> {
        let sql = "SELECT * FROM batches ORDER BY id DESC LIMIT $1";
        let rows = run!(self, fetch_all as BatchRow, sql, i64::from(limit))?;
        let mut batches = Vec::with_capacity(rows.len());
        for row in rows {
            batches.push(self.whole_batch(row).await?);
        }
        Ok(batches)
    }

    async fn whole_batch(&mut self, row: BatchRow) -> Result<Batch, StoreError> {
        let sql = "SELECT place, subject, kind, body, call_to, data, summary, added_at, added_by \
                   FROM batch_calls WHERE batch = $1 ORDER BY place";
        let calls = run!(self, fetch_all as CallRow, sql, row.id)?;
        let call = |row: CallRow| {
            let place = unsigned("place", row.place)?;
            Ok::<_, StoreError>((place, BatchCall::try_from(row)?))
        };
        Ok(Batch {
            id: unsigned("batch", row.id)?,
            made_at: unsigned("time", row.made_at)?,
            made_by: parse("owner", &row.made_by)?,
            safe: row.safe.map(|safe| parse("safe", &safe)).transpose()?,
            closed_at: row.closed_at.map(|at| unsigned("time", at)).transpose()?,
            calls: calls.into_iter().map(call).collect::<Result<_, _>>()?,
        })
    }
}

impl Tx {
    /// Begins a batch and answers its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_batch(&mut self, made_by: &Owner, now: u64) -> Result<u64, StoreError> {
        let sql = "SELECT COALESCE(MAX(id), 0) AS n FROM batches";
        let id = run!(self, fetch_one as NumberRow, sql)?.n + 1;
        let sql = "INSERT INTO batches (id, made_at, made_by) VALUES ($1, $2, $3)";
        run!(self, sql, id, big("time", now)?, made_by.to_string())?;
        unsigned("batch", id)
    }

    /// Puts a call at the end of an open batch. Answers its place; `None`: the batch is closed or
    /// there is none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_batch_call(
        &mut self,
        batch: u64,
        call: &BatchCall,
    ) -> Result<Option<u64>, StoreError> {
        let batch = big("batch", batch)?;
        let sql = "SELECT COUNT(*) AS n FROM batches WHERE id = $1 AND closed_at IS NULL";
        if run!(self, fetch_one as NumberRow, sql, batch)?.n == 0 {
            return Ok(None);
        }
        let sql = "SELECT COALESCE(MAX(place), -1) AS n FROM batch_calls WHERE batch = $1";
        let place = run!(self, fetch_one as NumberRow, sql, batch)?.n + 1;
        let sql = "INSERT INTO batch_calls (batch, place, subject, kind, body, call_to, data, \
                   summary, added_at, added_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        run!(
            self,
            sql,
            batch,
            place,
            &call.subject,
            &call.kind,
            &call.body,
            address(&call.to),
            bytes(&call.data),
            &call.summary,
            big("time", call.added_at)?,
            call.added_by.to_string()
        )?;
        unsigned("place", place).map(Some)
    }

    /// Takes a call out of an open batch. Answers whether it was there.
    ///
    /// # Errors
    /// The database failed.
    pub async fn remove_batch_call(&mut self, batch: u64, place: u64) -> Result<bool, StoreError> {
        let sql = "DELETE FROM batch_calls WHERE batch = $1 AND place = $2 AND EXISTS \
                   (SELECT 1 FROM batches WHERE id = $1 AND closed_at IS NULL)";
        let removed = run!(self, sql, big("batch", batch)?, big("place", place)?)?;
        Ok(removed == 1)
    }

    /// Names the Safe of an open batch. Answers whether it is open.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_batch_safe(&mut self, id: u64, safe: Address) -> Result<bool, StoreError> {
        let sql = "UPDATE batches SET safe = $2 WHERE id = $1 AND closed_at IS NULL";
        let changed = run!(self, sql, big("batch", id)?, address(&safe))?;
        Ok(changed == 1)
    }

    /// Closes a batch. Answers whether it was open.
    ///
    /// # Errors
    /// The database failed.
    pub async fn close_batch(&mut self, id: u64, now: u64) -> Result<bool, StoreError> {
        let sql = "UPDATE batches SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL";
        let changed = run!(self, sql, big("batch", id)?, big("time", now)?)?;
        Ok(changed == 1)
    }
}

impl TryFrom<CallRow> for BatchCall {
    type Error = StoreError;

    fn try_from(row: CallRow) -> Result<Self, StoreError> {
        Ok(Self {
            to: parse("contract", &row.call_to)?,
            data: parse_bytes("call data", &row.data)?,
            added_at: unsigned("time", row.added_at)?,
            added_by: parse("owner", &row.added_by)?,
            subject: row.subject,
            kind: row.kind,
            body: row.body,
            summary: row.summary,
        })
    }
}
