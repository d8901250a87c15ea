//! The pool's record, and how much there is of everything.

use guerdon_core::ledger::PoolRecord;

use crate::text::{NumberRow, parse, unsigned};
use crate::{Read, StoreError, Tx};

/// How many rows of each kind there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Committed rounds.
    pub rounds: u64,
    /// Opened grants.
    pub grants: u64,
    /// Defined goals.
    pub goals: u64,
    /// Logs.
    pub logs: u64,
    /// Grants whose terms were imported.
    pub imported_grants: u64,
}

#[derive(sqlx::FromRow)]
struct PoolRow {
    funded: String,
    promised: String,
    released: String,
    withheld: String,
}

#[derive(sqlx::FromRow)]
struct ImportedRow {
    rounds: i64,
    grants: i64,
}

#[derive(sqlx::FromRow)]
struct CountsRow {
    rounds: i64,
    grants: i64,
    goals: i64,
    logs: i64,
    imported_grants: i64,
}

impl Read {
    /// The money of the Grants contract; zeros before anything happened.
    ///
    /// # Errors
    /// The database failed.
    pub async fn pool(&mut self) -> Result<PoolRecord, StoreError> {
        let sql = "SELECT funded, promised, released, withheld FROM pool WHERE one = 1";
        let row = run!(self, fetch_optional as PoolRow, sql)?;
        row.map_or_else(|| Ok(PoolRecord::default()), PoolRecord::try_from)
    }

    /// How many rows of each kind there are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn counts(&mut self) -> Result<Counts, StoreError> {
        let sql = "SELECT (SELECT COUNT(*) FROM rounds) AS rounds, \
                   (SELECT COUNT(*) FROM grants) AS grants, \
                   (SELECT COUNT(*) FROM goals) AS goals, \
                   (SELECT COUNT(*) FROM logs) AS logs, \
                   (SELECT COUNT(*) FROM terms) AS imported_grants";
        let row = run!(self, fetch_one as CountsRow, sql)?;
        Ok(Counts {
            rounds: unsigned("count", row.rounds)?,
            grants: unsigned("count", row.grants)?,
            goals: unsigned("count", row.goals)?,
            logs: unsigned("count", row.logs)?,
            imported_grants: unsigned("count", row.imported_grants)?,
        })
    }
}

impl Read {
    /// How many rounds were imported, and grants in all of them: another import, another answer.
    ///
    /// # Errors
    /// The database failed.
    pub async fn imported_size(&mut self) -> Result<(u64, u64), StoreError> {
        let sql = "SELECT COUNT(*) AS rounds, CAST(COALESCE(SUM(leaves), 0) AS BIGINT) AS grants \
                   FROM imported_rounds";
        let row = run!(self, fetch_one as ImportedRow, sql)?;
        let rounds = unsigned("count", row.rounds)?;
        Ok((rounds, unsigned("count", row.grants)?))
    }

    /// How many goal definitions were imported: another import, another answer.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_goal_definitions(&mut self) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM goal_definitions";
        let row = run!(self, fetch_one as NumberRow, sql)?;
        unsigned("count", row.n)
    }
}

impl Tx {
    /// Writes the pool's record.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_pool(&mut self, pool: &PoolRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO pool (one, funded, promised, released, withheld) \
                   VALUES (1, $1, $2, $3, $4) ON CONFLICT (one) DO UPDATE SET \
                   funded = excluded.funded, promised = excluded.promised, \
                   released = excluded.released, withheld = excluded.withheld";
        run!(
            self,
            sql,
            pool.funded.to_string(),
            pool.promised.to_string(),
            pool.released.to_string(),
            pool.withheld.to_string()
        )?;
        Ok(())
    }
}

impl TryFrom<PoolRow> for PoolRecord {
    type Error = StoreError;

    fn try_from(row: PoolRow) -> Result<Self, StoreError> {
        Ok(Self {
            funded: parse("funded amount", &row.funded)?,
            promised: parse("promised amount", &row.promised)?,
            released: parse("released amount", &row.released)?,
            withheld: parse("withheld amount", &row.withheld)?,
        })
    }
}
