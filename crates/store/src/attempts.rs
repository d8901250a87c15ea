//! Attempts at goals, and each status they went through.

use alloy_primitives::B256;
use guerdon_core::fact::Origin;
use guerdon_core::goal::{Attempt, AttemptStatus};
use guerdon_core::ledger::AttemptRecord;

use crate::text::{address, big, bytes, corrupt, parse, parse_bytes, unsigned, word};
use crate::{Read, StoreError, Tx};

origin_columns!(At, at_block, at_hash, at_time, at_tx, at_log);

#[derive(sqlx::FromRow)]
struct AttemptRow {
    number: i64,
    registered_at: i64,
    registered_block: i64,
    deadline: i64,
    fraction: i64,
    status: i64,
    signed: bool,
    cleared_demand: bool,
    seed: String,
    model: String,
    challenger: Option<String>,
    reason: String,
    bond: String,
    has_result: bool,
    x: String,
    y: String,
    samples: i64,
    guards: i64,
    evidence: String,
    signers: i64,
    lower_bound: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct HistoryRow {
    attempt: i64,
    status: i64,
    #[sqlx(flatten)]
    at: At,
}

impl Read {
    pub(crate) async fn attempts_of(
        &mut self,
        goal: B256,
    ) -> Result<Vec<AttemptRecord>, StoreError> {
        let sql = "SELECT * FROM attempts WHERE goal = $1 ORDER BY number";
        let rows = run!(self, fetch_all as AttemptRow, sql, word(&goal))?;
        let sql = "SELECT * FROM attempt_history WHERE goal = $1 ORDER BY attempt, place";
        let history = run!(self, fetch_all as HistoryRow, sql, word(&goal))?;
        rows.into_iter()
            .map(|row| whole_attempt(row, &history))
            .collect()
    }
}

impl Tx {
    pub(crate) async fn insert_attempt(
        &mut self,
        goal: B256,
        attempt: &AttemptRecord,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO attempts (goal, number, registered_at, registered_block, deadline, \
                   fraction, status, signed, cleared_demand, seed, model, challenger, reason, \
                   bond, has_result, x, y, samples, guards, evidence, signers, lower_bound) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, \
                   $17, $18, $19, $20, $21, $22)";
        let word_of = &attempt.word;
        run!(
            self,
            sql,
            word(&goal),
            i64::from(attempt.number),
            big("time", word_of.registered_at)?,
            big("block", word_of.registered_block)?,
            big("time", word_of.deadline)?,
            i64::from(word_of.fraction),
            i64::from(word_of.status as u8),
            word_of.signed,
            word_of.cleared_demand,
            bytes(&word_of.seed),
            word(&attempt.model),
            attempt.challenger.as_ref().map(address),
            word(&attempt.reason),
            attempt.bond.to_string(),
            attempt.has_result,
            attempt.x.to_string(),
            attempt.y.to_string(),
            i64::from(attempt.samples),
            i64::from(attempt.guards),
            word(&attempt.evidence),
            i64::from(attempt.signers),
            attempt.lower
        )?;
        for (place, (status, origin)) in (0_i64..).zip(&attempt.history) {
            self.insert_status((goal, attempt.number, place), *status, origin)
                .await?;
        }
        Ok(())
    }

    async fn insert_status(
        &mut self,
        (goal, attempt, place): (B256, u16, i64),
        status: AttemptStatus,
        origin: &Origin,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO attempt_history (goal, attempt, place, status, at_block, at_hash, \
                   at_time, at_tx, at_log) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        run!(
            self,
            sql,
            word(&goal),
            i64::from(attempt),
            place,
            i64::from(status as u8),
            big("block", origin.block)?,
            word(&origin.block_hash),
            big("block time", origin.block_time)?,
            word(&origin.tx),
            big("log index", origin.log_index)?
        )?;
        Ok(())
    }
}

fn whole_attempt(row: AttemptRow, history: &[HistoryRow]) -> Result<AttemptRecord, StoreError> {
    let seed = parse_bytes("seed", &row.seed)?;
    let own = history.iter().filter(|past| past.attempt == row.number);
    Ok(AttemptRecord {
        number: unsigned("attempt", row.number)?,
        word: Attempt {
            registered_at: unsigned("time", row.registered_at)?,
            registered_block: unsigned("block", row.registered_block)?,
            deadline: unsigned("time", row.deadline)?,
            fraction: unsigned("fraction", row.fraction)?,
            status: status_of(row.status)?,
            signed: row.signed,
            cleared_demand: row.cleared_demand,
            seed: seed.try_into().map_err(|_| corrupt("seed", &row.seed))?,
        },
        model: parse("model", &row.model)?,
        challenger: row
            .challenger
            .map(|who| parse("challenger", &who))
            .transpose()?,
        reason: parse("reason", &row.reason)?,
        bond: parse("bond", &row.bond)?,
        has_result: row.has_result,
        x: parse("count", &row.x)?,
        y: parse("count", &row.y)?,
        samples: unsigned("samples", row.samples)?,
        guards: unsigned("guards", row.guards)?,
        evidence: parse("evidence", &row.evidence)?,
        signers: unsigned("signers", row.signers)?,
        lower: row.lower_bound,
        history: own
            .map(|past| Ok((status_of(past.status)?, Origin::try_from(&past.at)?)))
            .collect::<Result<_, StoreError>>()?,
    })
}

fn status_of(number: i64) -> Result<AttemptStatus, StoreError> {
    let status = u8::try_from(number).ok().and_then(AttemptStatus::from_bits);
    status.ok_or_else(|| corrupt("status", number))
}
