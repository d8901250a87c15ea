//! Which steps of grants' schedules were told, and when the next ones are complete.

use alloy_primitives::B256;

use crate::text::{big, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// The steps of one grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantSteps {
    /// The grant.
    pub id: B256,
    /// How many steps were told, or passed before anything was told of the grant.
    pub done: u32,
    /// When its clock, as it stands, completes the next one; `None`: never.
    pub next_at: Option<u64>,
}

#[derive(sqlx::FromRow)]
struct StepsRow {
    grant_id: String,
    done: i64,
    next_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: String,
}

impl Read {
    /// The steps of a grant, if they are known.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grant_steps(&mut self, id: B256) -> Result<Option<GrantSteps>, StoreError> {
        let sql = "SELECT grant_id, done, next_at FROM grant_steps WHERE grant_id = $1";
        let row = run!(self, fetch_optional as StepsRow, sql, word(&id))?;
        row.map(GrantSteps::try_from).transpose()
    }

    /// Grants whose next step is complete at a time of the chain's clock and whose records no
    /// later block than `block` changed, the earliest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn steps_due(
        &mut self,
        (now, block): (u64, u64),
        limit: u32,
    ) -> Result<Vec<GrantSteps>, StoreError> {
        let sql = "SELECT s.grant_id, s.done, s.next_at FROM grant_steps s \
                   JOIN grants g ON g.id = s.grant_id \
                   WHERE s.next_at <= $1 AND g.changed_block <= $2 \
                   ORDER BY s.next_at, s.grant_id LIMIT $3";
        let (now, block) = (big("time", now)?, big("block", block)?);
        let rows = run!(
            self,
            fetch_all as StepsRow,
            sql,
            now,
            block,
            i64::from(limit)
        )?;
        rows.into_iter().map(GrantSteps::try_from).collect()
    }

    /// Opened grants after an id whose steps are not known though their terms are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants_without_steps(
        &mut self,
        after: B256,
        limit: u32,
    ) -> Result<Vec<B256>, StoreError> {
        let sql = "SELECT g.id FROM grants g WHERE g.id > $1 \
                   AND NOT EXISTS (SELECT 1 FROM grant_steps s WHERE s.grant_id = g.id) \
                   AND (EXISTS (SELECT 1 FROM terms t WHERE t.id = g.id) \
                   OR EXISTS (SELECT 1 FROM successors n WHERE n.id = g.id)) \
                   ORDER BY g.id LIMIT $2";
        let rows = run!(
            self,
            fetch_all as IdRow,
            sql,
            word(&after),
            i64::from(limit)
        )?;
        rows.iter().map(|row| parse("grant id", &row.id)).collect()
    }
}

impl Tx {
    /// Writes what is known of a grant's steps.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_grant_steps(&mut self, steps: &GrantSteps) -> Result<(), StoreError> {
        let sql = "INSERT INTO grant_steps (grant_id, done, next_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (grant_id) DO UPDATE SET done = excluded.done, \
                   next_at = excluded.next_at";
        let next_at = steps.next_at.map(|at| big("time", at)).transpose()?;
        run!(self, sql, word(&steps.id), i64::from(steps.done), next_at)?;
        Ok(())
    }
}

impl TryFrom<StepsRow> for GrantSteps {
    type Error = StoreError;

    fn try_from(row: StepsRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse("grant id", &row.grant_id)?,
            done: unsigned("steps", row.done)?,
            next_at: row.next_at.map(|at| unsigned("time", at)).transpose()?,
        })
    }
}
