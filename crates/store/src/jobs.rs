//! What the keeper sends: each job is one nonce of one sender, written with its signed bytes
//! before they leave, and followed until the chain says what became of it.

use alloy_primitives::{Address, B256};

use crate::text::{NumberRow, address, big, bytes, corrupt, parse, parse_bytes, unsigned, word};
use crate::{Read, StoreError, Tx};

/// What became of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Not in a block, as far as is known.
    Open,
    /// In a block, and did what it should.
    Done,
    /// In a block, and failed there.
    Reverted,
    /// A transaction of somebody else used its nonce: it can never be mined.
    Displaced,
}

/// A job to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Who signs.
    pub sender: Address,
    /// The sender's nonce.
    pub nonce: u64,
    /// The contract called.
    pub to: Address,
    /// Call data.
    pub data: Vec<u8>,
    /// What it does, in one sentence.
    pub summary: String,
    /// The most gas it can use.
    pub gas_limit: u64,
    /// Days since 1970 by the chain's clock: whose budget pays for it.
    pub day: u64,
    /// The grants it is to pay.
    pub grants: Vec<B256>,
}

/// Signed bytes of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentBytes {
    /// Transaction hash.
    pub tx: B256,
    /// The signed transaction.
    pub raw: Vec<u8>,
    /// Most wei for a unit of gas.
    pub max_fee: u128,
    /// Of it to the block's maker; nothing on a chain without such fees.
    pub priority_fee: Option<u128>,
    /// When it was signed, Unix seconds of the sender's clock.
    pub sent_at: u64,
}

/// A job as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its number, rising.
    pub id: u64,
    /// What was to be done.
    pub job: NewJob,
    /// What became of it.
    pub state: JobState,
    /// Where it was mined.
    pub done: Option<JobDone>,
    /// Its signed bytes, the first ones first; at least one.
    pub sent: Vec<SentBytes>,
}

/// Where a job was mined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobDone {
    /// Which of its transactions.
    pub tx: B256,
    /// Height of the block.
    pub block: u64,
    /// Gas used, whole transaction.
    pub gas_used: u64,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    sender: String,
    nonce: i64,
    call_to: String,
    call_data: String,
    summary: String,
    gas_limit: i64,
    day: i64,
    state: String,
    tx: Option<String>,
    block: Option<i64>,
    gas_used: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct SentRow {
    tx: String,
    raw: String,
    max_fee: String,
    priority_fee: Option<String>,
    sent_at: i64,
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: String,
}

impl Read {
    /// The sender's jobs that are not known to be mined, in order of their nonces.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open_jobs(&mut self, sender: Address) -> Result<Vec<Job>, StoreError> {
        let sql = "SELECT * FROM jobs WHERE state = 'open' AND sender = $1 ORDER BY nonce, id";
        let rows = run!(self, fetch_all as JobRow, sql, address(&sender))?;
        self.whole(rows).await
    }

    /// The last jobs of all senders, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recent_jobs(&mut self, limit: u32) -> Result<Vec<Job>, StoreError> {
        let sql = "SELECT * FROM jobs ORDER BY id DESC LIMIT $1";
        let rows = run!(self, fetch_all as JobRow, sql, i64::from(limit))?;
        self.whole(rows).await
    }

    /// Jobs of all senders before one, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn jobs_before(
        &mut self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let sql = "SELECT * FROM jobs WHERE id < $1 ORDER BY id DESC LIMIT $2";
        let before = before.map_or(Ok(i64::MAX), |before| big("job", before))?;
        let rows = run!(self, fetch_all as JobRow, sql, before, i64::from(limit))?;
        self.whole(rows).await
    }

    /// A job by its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn job(&mut self, id: u64) -> Result<Option<Job>, StoreError> {
        let sql = "SELECT * FROM jobs WHERE id = $1";
        let row = run!(self, fetch_optional as JobRow, sql, big("job", id)?)?;
        Ok(self.whole(row.into_iter().collect()).await?.pop())
    }

    /// Grants of jobs that are in a block above this one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants_of_jobs_after(&mut self, block: u64) -> Result<Vec<B256>, StoreError> {
        let sql = "SELECT DISTINCT id FROM job_grants WHERE job IN \
                   (SELECT id FROM jobs WHERE state = 'done' AND block > $1)";
        let rows = run!(self, fetch_all as IdRow, sql, big("block", block)?)?;
        rows.iter().map(|row| parse("grant id", &row.id)).collect()
    }

    /// Gas that a day's jobs used; what is not mined counts with its limit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn gas_of_day(&mut self, day: u64) -> Result<u64, StoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(COALESCE(gas_used, gas_limit)), 0) AS BIGINT) AS n \
                   FROM jobs WHERE day = $1 AND state <> 'displaced'";
        let row = run!(self, fetch_one as NumberRow, sql, big("day", day)?)?;
        unsigned("gas", row.n)
    }

    /// Gas that a day's jobs for holders' own requests used; what is not mined counts with its
    /// limit.
    ///
    /// # Errors
    /// The database failed.
    pub async fn relay_gas_of_day(&mut self, day: u64) -> Result<u64, StoreError> {
        let sql = "SELECT CAST(COALESCE(SUM(COALESCE(gas_used, gas_limit)), 0) AS BIGINT) AS n \
                   FROM jobs WHERE day = $1 AND state <> 'displaced' \
                   AND id IN (SELECT job FROM relay_requests)";
        let row = run!(self, fetch_one as NumberRow, sql, big("day", day)?)?;
        unsigned("gas", row.n)
    }

    /// Whether the keeper signed a transaction.
    ///
    /// # Errors
    /// The database failed.
    pub async fn was_sent(&mut self, tx: B256) -> Result<bool, StoreError> {
        let sql = "SELECT tx AS id FROM sent WHERE tx = $1";
        let row = run!(self, fetch_optional as IdRow, sql, word(&tx))?;
        Ok(row.is_some_and(|row| !row.id.is_empty()))
    }

    async fn whole(&mut self, rows: Vec<JobRow>) -> Result<Vec<Job>, StoreError> {
        let mut jobs = Vec::with_capacity(rows.len());
        for row in rows {
            let sql = "SELECT tx, raw, max_fee, priority_fee, sent_at FROM sent \
                       WHERE job = $1 ORDER BY sent_at, LENGTH(max_fee), max_fee";
            let sent = run!(self, fetch_all as SentRow, sql, row.id)?;
            let sql = "SELECT id FROM job_grants WHERE job = $1 ORDER BY id";
            let grants = run!(self, fetch_all as IdRow, sql, row.id)?;
            let grants = grants.iter().map(|row| parse("grant id", &row.id));
            let grants = grants.collect::<Result<_, _>>()?;
            let mut job = Job::try_from(row)?;
            job.job.grants = grants;
            job.sent = sent
                .into_iter()
                .map(SentBytes::try_from)
                .collect::<Result<_, _>>()?;
            jobs.push(job);
        }
        Ok(jobs)
    }
}

impl Tx {
    /// Writes a job with its first signed bytes and answers its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_job(&mut self, job: &NewJob, sent: &SentBytes) -> Result<u64, StoreError> {
        let sql = "SELECT COALESCE(MAX(id), 0) AS n FROM jobs";
        let id = run!(self, fetch_one as NumberRow, sql)?.n + 1;
        let sql = "INSERT INTO jobs (id, sender, nonce, call_to, call_data, summary, gas_limit, \
                   day, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open')";
        run!(
            self,
            sql,
            id,
            address(&job.sender),
            big("nonce", job.nonce)?,
            address(&job.to),
            bytes(&job.data),
            &job.summary,
            big("gas", job.gas_limit)?,
            big("day", job.day)?
        )?;
        for grant in &job.grants {
            let sql = "INSERT INTO job_grants (job, id) VALUES ($1, $2)";
            run!(self, sql, id, word(grant))?;
        }
        let id = unsigned("job", id)?;
        self.add_sent(id, sent).await?;
        Ok(id)
    }

    /// Writes further signed bytes of a job: the same nonce at a higher fee.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_sent(&mut self, job: u64, sent: &SentBytes) -> Result<(), StoreError> {
        let sql = "INSERT INTO sent (tx, job, raw, max_fee, priority_fee, sent_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tx) DO NOTHING";
        run!(
            self,
            sql,
            word(&sent.tx),
            big("job", job)?,
            bytes(&sent.raw),
            sent.max_fee.to_string(),
            sent.priority_fee.map(|fee| fee.to_string()),
            big("time", sent.sent_at)?
        )?;
        Ok(())
    }

    /// Writes what became of a job.
    ///
    /// # Errors
    /// The database failed.
    pub async fn finish_job(
        &mut self,
        id: u64,
        state: JobState,
        done: Option<&JobDone>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE jobs SET state = $2, tx = $3, block = $4, gas_used = $5 WHERE id = $1";
        run!(
            self,
            sql,
            big("job", id)?,
            state.name(),
            done.map(|done| word(&done.tx)),
            done.map(|done| big("block", done.block)).transpose()?,
            done.map(|done| big("gas", done.gas_used)).transpose()?
        )?;
        Ok(())
    }
}

impl JobState {
    const ALL: [Self; 4] = [Self::Open, Self::Done, Self::Reverted, Self::Displaced];

    /// One lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Reverted => "reverted",
            Self::Displaced => "displaced",
        }
    }
}

impl TryFrom<JobRow> for Job {
    type Error = StoreError;

    fn try_from(row: JobRow) -> Result<Self, StoreError> {
        let state = JobState::ALL
            .into_iter()
            .find(|state| state.name() == row.state)
            .ok_or_else(|| corrupt("state of a job", &row.state))?;
        let done = match (&row.tx, row.block, row.gas_used) {
            (Some(tx), Some(block), Some(gas_used)) => Some(JobDone {
                tx: parse("transaction", tx)?,
                block: unsigned("block", block)?,
                gas_used: unsigned("gas", gas_used)?,
            }),
            _ => None,
        };
        Ok(Self {
            id: unsigned("job", row.id)?,
            job: NewJob {
                sender: parse("sender", &row.sender)?,
                nonce: unsigned("nonce", row.nonce)?,
                to: parse("contract", &row.call_to)?,
                data: parse_bytes("call data", &row.call_data)?,
                summary: row.summary,
                gas_limit: unsigned("gas", row.gas_limit)?,
                day: unsigned("day", row.day)?,
                grants: Vec::new(),
            },
            state,
            done,
            sent: Vec::new(),
        })
    }
}

impl TryFrom<SentRow> for SentBytes {
    type Error = StoreError;

    fn try_from(row: SentRow) -> Result<Self, StoreError> {
        Ok(Self {
            tx: parse("transaction", &row.tx)?,
            raw: parse_bytes("signed transaction", &row.raw)?,
            max_fee: parse("fee", &row.max_fee)?,
            priority_fee: row.priority_fee.map(|fee| parse("fee", &fee)).transpose()?,
            sent_at: unsigned("time", row.sent_at)?,
        })
    }
}
