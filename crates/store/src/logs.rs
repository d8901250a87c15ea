//! The raw logs: the ground that every derived row is folded from.

use std::sync::LazyLock;

use alloy_primitives::B256;
use guerdon_core::fact::{Log, Origin, Subject};

use crate::text::{address, big, bytes, corrupt, parse, parse_bytes, places, unsigned, word};
use crate::{Read, StoreError, Tx};

/// A log with what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// The log as the chain keeps it.
    pub log: Log,
    /// Name of the event.
    pub name: String,
    /// What it is about.
    pub subject: Subject,
    /// Whether the pool's record must see it too.
    pub moves_pool: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    block: i64,
    log_index: i64,
    block_hash: String,
    block_time: i64,
    tx: String,
    address: String,
    topics: String,
    data: String,
    name: String,
    subject: String,
    moves_pool: bool,
}

#[derive(sqlx::FromRow)]
struct SubjectRow {
    subject: String,
}

const TOPIC_BYTES: usize = 32;

/// Rows of one statement.
const AT_ONCE: usize = 50;
const INSERT: &str = "INSERT INTO logs (block, log_index, block_hash, block_time, tx, address, \
                      topics, data, name, subject, moves_pool) VALUES ";
static ONE: LazyLock<String> = LazyLock::new(|| format!("{INSERT}{}", places(11, 1)));
static MANY: LazyLock<String> = LazyLock::new(|| format!("{INSERT}{}", places(11, AT_ONCE)));

impl Row {
    fn of(row: &LogRow) -> Result<Self, StoreError> {
        let Log {
            origin,
            address: from,
            topics,
            data,
        } = &row.log;
        Ok(Self {
            block: big("block", origin.block)?,
            log_index: big("log index", origin.log_index)?,
            block_hash: word(&origin.block_hash),
            block_time: big("block time", origin.block_time)?,
            tx: word(&origin.tx),
            address: address(from),
            topics: bytes(&topics.iter().flat_map(|topic| topic.0).collect::<Vec<u8>>()),
            data: bytes(data),
            name: row.name.clone(),
            subject: subject_text(&row.subject),
            moves_pool: row.moves_pool,
        })
    }
}

impl Read {
    /// All logs about an entity, in the order of the chain. For the pool of a large
    /// company these are many: page through [`Read::logs_of_pool`] instead.
    ///
    /// # Errors
    /// The database failed.
    pub async fn logs_of(&mut self, subject: &Subject) -> Result<Vec<LogRow>, StoreError> {
        if *subject == Subject::Pool {
            return self.logs_of_pool(None, u32::MAX).await;
        }
        let sql = "SELECT block, log_index, block_hash, block_time, tx, address, topics, data, \
                   name, subject, moves_pool FROM logs WHERE subject = $1 \
                   ORDER BY block, log_index";
        let rows = run!(self, fetch_all as Row, sql, subject_text(subject))?;
        rows.into_iter().map(LogRow::try_from).collect()
    }

    /// Logs that change the pool's record, in the order of the chain, after a block and log index.
    ///
    /// # Errors
    /// The database failed.
    pub async fn logs_of_pool(
        &mut self,
        after: Option<(u64, u64)>,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let sql = "SELECT block, log_index, block_hash, block_time, tx, address, topics, data, \
                   name, subject, moves_pool FROM logs \
                   WHERE moves_pool AND (block, log_index) > ($1, $2) \
                   ORDER BY block, log_index LIMIT $3";
        let (block, index) = match after {
            Some((block, index)) => (big("block", block)?, big("log index", index)?),
            None => (-1, -1),
        };
        let rows = run!(self, fetch_all as Row, sql, block, index, i64::from(limit))?;
        rows.into_iter().map(LogRow::try_from).collect()
    }

    /// Every log up to a block, in the order of the chain, after a block and log index.
    ///
    /// # Errors
    /// The database failed.
    pub async fn logs_up_to(
        &mut self,
        block: u64,
        after: Option<(u64, u64)>,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let sql = "SELECT block, log_index, block_hash, block_time, tx, address, topics, data, \
                   name, subject, moves_pool FROM logs \
                   WHERE (block, log_index) > ($1, $2) AND block <= $3 \
                   ORDER BY block, log_index LIMIT $4";
        let (from, index) = match after {
            Some((block, index)) => (big("block", block)?, big("log index", index)?),
            None => (-1, -1),
        };
        let (to, limit) = (big("block", block)?, i64::from(limit));
        let rows = run!(self, fetch_all as Row, sql, from, index, to, limit)?;
        rows.into_iter().map(LogRow::try_from).collect()
    }

    /// The newest logs, newest first, below a block and log index.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recent_logs(
        &mut self,
        before: Option<(u64, u64)>,
        limit: u32,
    ) -> Result<Vec<LogRow>, StoreError> {
        let sql = "SELECT block, log_index, block_hash, block_time, tx, address, topics, data, \
                   name, subject, moves_pool FROM logs \
                   WHERE (block, log_index) < ($1, $2) \
                   ORDER BY block DESC, log_index DESC LIMIT $3";
        let (block, index) = match before {
            Some((block, index)) => (big("block", block)?, big("log index", index)?),
            None => (i64::MAX, i64::MAX),
        };
        let rows = run!(self, fetch_all as Row, sql, block, index, i64::from(limit))?;
        rows.into_iter().map(LogRow::try_from).collect()
    }
}

impl Tx {
    /// Writes logs. A block and log index that is already there is an error: what a re-org
    /// replaced must be deleted before.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_logs(&mut self, logs: &[LogRow]) -> Result<(), StoreError> {
        let rows = logs.iter().map(Row::of).collect::<Result<Vec<_>, _>>()?;
        for part in rows.chunks(AT_ONCE) {
            let texts = match part.len() == AT_ONCE {
                true => vec![(MANY.as_str(), part)],
                false => part.chunks(1).map(|one| (ONE.as_str(), one)).collect(),
            };
            for (sql, rows) in texts {
                run_many!(self, sql, rows, |query, row| query
                    .bind(row.block)
                    .bind(row.log_index)
                    .bind(&row.block_hash)
                    .bind(row.block_time)
                    .bind(&row.tx)
                    .bind(&row.address)
                    .bind(&row.topics)
                    .bind(&row.data)
                    .bind(&row.name)
                    .bind(&row.subject)
                    .bind(row.moves_pool))?;
            }
        }
        Ok(())
    }

    /// Deletes the logs above a height and says whose records they had changed, without
    /// repetition; the pool is among them if any had changed it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_logs_after(&mut self, height: u64) -> Result<Vec<Subject>, StoreError> {
        let touched = "SELECT subject FROM logs WHERE block > $1 \
                       UNION SELECT 'pool' FROM logs WHERE block > $1 AND moves_pool \
                       ORDER BY subject";
        let height = big("block", height)?;
        let rows = run!(self, fetch_all as SubjectRow, touched, height)?;
        run!(self, "DELETE FROM logs WHERE block > $1", height)?;
        rows.iter().map(|row| subject_of(&row.subject)).collect()
    }
}

impl TryFrom<Row> for LogRow {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let topics = parse_bytes("topics", &row.topics)?;
        if topics.len() % TOPIC_BYTES != 0 {
            return Err(corrupt("topics", row.topics));
        }
        Ok(Self {
            log: Log {
                origin: Origin {
                    block: unsigned("block", row.block)?,
                    block_hash: parse("block hash", &row.block_hash)?,
                    block_time: unsigned("block time", row.block_time)?,
                    tx: parse("transaction", &row.tx)?,
                    log_index: unsigned("log index", row.log_index)?,
                },
                address: parse("address", &row.address)?,
                topics: topics
                    .chunks_exact(TOPIC_BYTES)
                    .map(B256::from_slice)
                    .collect(),
                data: parse_bytes("data", &row.data)?,
            },
            name: row.name,
            subject: subject_of(&row.subject)?,
            moves_pool: row.moves_pool,
        })
    }
}

fn subject_text(subject: &Subject) -> String {
    match subject {
        Subject::Pool => "pool".to_owned(),
        Subject::Token => "token".to_owned(),
        Subject::Round(root) => format!("round:{}", word(root)),
        Subject::Grant(id) => format!("grant:{}", word(id)),
        Subject::Goal(id) => format!("goal:{}", word(id)),
        Subject::Member(role, account) => format!("member:{role}:{}", address(account)),
        Subject::Function(target, selector) => {
            format!("function:{}:{}", address(target), bytes(selector))
        }
        Subject::Operation(id, nonce) => format!("operation:{}:{nonce}", word(id)),
    }
}

fn subject_of(text: &str) -> Result<Subject, StoreError> {
    match text.split_once(':') {
        None if text == "pool" => Ok(Subject::Pool),
        None if text == "token" => Ok(Subject::Token),
        Some(("round", root)) => Ok(Subject::Round(parse("root", root)?)),
        Some(("grant", id)) => Ok(Subject::Grant(parse("grant id", id)?)),
        Some(("goal", id)) => Ok(Subject::Goal(parse("goal id", id)?)),
        Some((kind, rest)) => access_subject(kind, rest).ok_or_else(|| corrupt("subject", text)),
        _ => Err(corrupt("subject", text)),
    }
}

/// Subjects of two parts: members of roles, functions, scheduled calls.
fn access_subject(kind: &str, rest: &str) -> Option<Subject> {
    let (first, second) = rest.split_once(':')?;
    match kind {
        "member" => Some(Subject::Member(first.parse().ok()?, second.parse().ok()?)),
        "function" => {
            let selector = parse_bytes("selector", second).ok()?.try_into().ok()?;
            Some(Subject::Function(first.parse().ok()?, selector))
        }
        "operation" => Some(Subject::Operation(
            first.parse().ok()?,
            second.parse().ok()?,
        )),
        _ => None,
    }
}
