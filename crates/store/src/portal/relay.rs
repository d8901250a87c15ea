//! Claims that holders asked the keeper to send and pay for.

use alloy_primitives::{Address, B256};

use crate::text::{address, big, corrupt, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayState {
    /// The keeper has not finished with it.
    Open,
    /// Paid.
    Done,
    /// Not sent, or sent and failed; the outcome says why.
    Refused,
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayRequest {
    /// Its number, rising.
    pub id: u64,
    /// The grant to claim.
    pub grant: B256,
    /// Who asked.
    pub wallet: Address,
    /// When, Unix seconds of the chain's clock.
    pub asked_at: u64,
    /// What became of it.
    pub state: RelayState,
    /// In one sentence; empty while it is open and untouched.
    pub outcome: String,
    /// The keeper's job that carries it.
    pub job: Option<u64>,
    /// When the state, outcome or job was last written, Unix seconds of the wall clock.
    pub changed_at: u64,
}

#[derive(sqlx::FromRow)]
struct RelayRow {
    id: i64,
    grant_id: String,
    wallet: String,
    asked_at: i64,
    state: String,
    outcome: String,
    job: Option<i64>,
    changed_at: i64,
}

impl Read {
    /// Requests that the keeper has not finished with, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open_relay_requests(
        &mut self,
        limit: u32,
    ) -> Result<Vec<RelayRequest>, StoreError> {
        let sql = "SELECT id, grant_id, wallet, asked_at, state, outcome, job, changed_at \
                   FROM relay_requests WHERE state = 'open' ORDER BY id LIMIT $1";
        let rows = run!(self, fetch_all as RelayRow, sql, i64::from(limit))?;
        rows.into_iter().map(RelayRequest::try_from).collect()
    }

    /// The last request for a grant.
    ///
    /// # Errors
    /// The database failed.
    pub async fn last_relay_request(
        &mut self,
        grant: B256,
    ) -> Result<Option<RelayRequest>, StoreError> {
        let sql = "SELECT id, grant_id, wallet, asked_at, state, outcome, job, changed_at \
                   FROM relay_requests WHERE grant_id = $1 ORDER BY id DESC LIMIT 1";
        let row = run!(self, fetch_optional as RelayRow, sql, word(&grant))?;
        row.map(RelayRequest::try_from).transpose()
    }
}

impl Tx {
    /// Asks for a claim at `now` (Unix seconds of the chain's clock), in one statement: nothing is
    /// written while a request for the grant is open, or if one that was not refused was asked
    /// after `since`. Answers the number of the request.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_relay_request(
        &mut self,
        grant: B256,
        wallet: Address,
        now: u64,
        since: u64,
    ) -> Result<Option<u64>, StoreError> {
        let sql = "INSERT INTO relay_requests \
                   (id, grant_id, wallet, asked_at, state, outcome, changed_at) \
                   SELECT COALESCE((SELECT MAX(id) FROM relay_requests), 0) + 1, \
                   CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), 'open', '', \
                   CAST($3 AS BIGINT) WHERE NOT EXISTS (SELECT 1 FROM relay_requests \
                   WHERE grant_id = $1 AND (state = 'open' \
                   OR (state <> 'refused' AND asked_at > $4))) \
                   RETURNING id, grant_id, wallet, asked_at, state, outcome, job, changed_at";
        let row = run!(
            self,
            fetch_optional as RelayRow,
            sql,
            word(&grant),
            address(&wallet),
            big("time", now)?,
            big("time", since)?
        )?;
        row.map(|row| unsigned("relay request", row.id)).transpose()
    }

    /// Writes what became of a request at `now` (Unix seconds of the wall clock).
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_relay_outcome(
        &mut self,
        id: u64,
        state: RelayState,
        outcome: &str,
        job: Option<u64>,
        now: u64,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE relay_requests SET state = $2, outcome = $3, \
                   job = COALESCE($4, job), changed_at = $5 WHERE id = $1";
        run!(
            self,
            sql,
            big("relay request", id)?,
            state.name(),
            outcome,
            job.map(|job| big("job", job)).transpose()?,
            big("time", now)?
        )?;
        Ok(())
    }
}

impl RelayState {
    const ALL: [Self; 3] = [Self::Open, Self::Done, Self::Refused];

    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Refused => "refused",
        }
    }
}

impl TryFrom<RelayRow> for RelayRequest {
    type Error = StoreError;

    fn try_from(row: RelayRow) -> Result<Self, StoreError> {
        let state = RelayState::ALL
            .into_iter()
            .find(|state| state.name() == row.state)
            .ok_or_else(|| corrupt("state of a relay request", &row.state))?;
        Ok(Self {
            id: unsigned("relay request", row.id)?,
            grant: parse("grant id", &row.grant_id)?,
            wallet: parse("wallet", &row.wallet)?,
            asked_at: unsigned("time", row.asked_at)?,
            state,
            outcome: row.outcome,
            job: row.job.map(|job| unsigned("job", job)).transpose()?,
            changed_at: unsigned("time", row.changed_at)?,
        })
    }
}
