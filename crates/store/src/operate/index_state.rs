//! What the indexer last heard of the chain, for every process that serves pages.

use crate::text::{big, unsigned};
use crate::{Read, StoreError, Tx};

/// What the indexer last heard of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexState {
    /// The process that indexes, in its own words.
    pub holder: String,
    /// When a node last answered, Unix seconds of that process's clock.
    pub answered_at: u64,
    /// Height of the chain's head then.
    pub head: u64,
    /// The head's timestamp, Unix seconds.
    pub head_time: u64,
    /// Why nothing newer is read, if something stands in the way, as one sentence.
    pub stopped: Option<String>,
}

#[derive(sqlx::FromRow)]
struct StateRow {
    holder: String,
    answered_at: i64,
    head: i64,
    head_time: i64,
    stopped: Option<String>,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    state: String,
    n: i64,
}

impl Read {
    /// What the indexer last heard; nothing before its first step.
    ///
    /// # Errors
    /// The database failed.
    pub async fn index_state(&mut self) -> Result<Option<IndexState>, StoreError> {
        let sql = "SELECT holder, answered_at, head, head_time, stopped FROM index_state \
                   WHERE one = 1";
        run!(self, fetch_optional as StateRow, sql)?
            .map(IndexState::try_from)
            .transpose()
    }

    /// How many of the keeper's jobs are in each state.
    ///
    /// # Errors
    /// The database failed.
    pub async fn jobs_by_state(&mut self) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT state, COUNT(*) AS n FROM jobs GROUP BY state ORDER BY state";
        let rows = run!(self, fetch_all as CountRow, sql)?;
        let counted = rows
            .into_iter()
            .map(|row| Ok((row.state, unsigned("count", row.n)?)));
        counted.collect()
    }
}

impl Tx {
    /// Says what the indexer heard.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_index_state(&mut self, state: &IndexState) -> Result<(), StoreError> {
        let sql = "INSERT INTO index_state (one, holder, answered_at, head, head_time, stopped) \
                   VALUES (1, $1, $2, $3, $4, $5) ON CONFLICT (one) DO UPDATE SET \
                   holder = excluded.holder, answered_at = excluded.answered_at, \
                   head = excluded.head, head_time = excluded.head_time, \
                   stopped = excluded.stopped";
        run!(
            self,
            sql,
            &state.holder,
            big("time", state.answered_at)?,
            big("block", state.head)?,
            big("time", state.head_time)?,
            state.stopped.as_deref()
        )?;
        Ok(())
    }
}

impl TryFrom<StateRow> for IndexState {
    type Error = StoreError;

    fn try_from(row: StateRow) -> Result<Self, StoreError> {
        Ok(Self {
            holder: row.holder,
            answered_at: unsigned("time", row.answered_at)?,
            head: unsigned("block", row.head)?,
            head_time: unsigned("time", row.head_time)?,
            stopped: row.stopped,
        })
    }
}
