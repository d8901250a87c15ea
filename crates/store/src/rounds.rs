//! Committed rounds.

use alloy_primitives::B256;
use guerdon_core::fact::Origin;
use guerdon_core::ledger::RoundRecord;

use crate::text::{big, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

origin_columns!(
    Committed,
    committed_block,
    committed_hash,
    committed_time,
    committed_tx,
    committed_log
);

#[derive(sqlx::FromRow)]
struct RoundRow {
    root: String,
    total: String,
    document: String,
    committed_at: i64,
    binding_at: i64,
    since: i64,
    rescinded: bool,
    #[sqlx(flatten)]
    committed: Committed,
}

impl Read {
    /// All committed rounds, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rounds(&mut self) -> Result<Vec<RoundRecord>, StoreError> {
        let sql = "SELECT * FROM rounds ORDER BY committed_block DESC, committed_log DESC";
        let rows = run!(self, fetch_all as RoundRow, sql)?;
        rows.into_iter().map(RoundRecord::try_from).collect()
    }

    /// A committed round.
    ///
    /// # Errors
    /// The database failed.
    pub async fn round(&mut self, root: B256) -> Result<Option<RoundRecord>, StoreError> {
        let sql = "SELECT * FROM rounds WHERE root = $1";
        let row = run!(self, fetch_optional as RoundRow, sql, word(&root))?;
        row.map(RoundRecord::try_from).transpose()
    }

    /// A committed round.
    ///
    /// # Errors
    /// [`StoreError::RoundMissing`], or the database failed.
    pub async fn expect_round(&mut self, root: B256) -> Result<RoundRecord, StoreError> {
        self.round(root)
            .await?
            .ok_or(StoreError::RoundMissing { root })
    }
}

impl Tx {
    /// Writes a round's record.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_round(&mut self, round: &RoundRecord) -> Result<(), StoreError> {
        self.delete_round(round.root).await?;
        let sql = "INSERT INTO rounds (root, total, document, committed_at, binding_at, since, \
                   rescinded, committed_block, committed_hash, committed_time, committed_tx, \
                   committed_log) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let Origin {
            block,
            block_hash,
            block_time,
            tx,
            log_index,
        } = round.committed;
        run!(
            self,
            sql,
            word(&round.root),
            round.total.to_string(),
            word(&round.document),
            big("time", round.committed_at)?,
            big("time", round.binding_at)?,
            i64::from(round.since),
            round.rescinded,
            big("block", block)?,
            word(&block_hash),
            big("block time", block_time)?,
            word(&tx),
            big("log index", log_index)?
        )?;
        Ok(())
    }

    /// Deletes a round's record, when no log of it is left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_round(&mut self, root: B256) -> Result<(), StoreError> {
        run!(self, "DELETE FROM rounds WHERE root = $1", word(&root))?;
        Ok(())
    }
}

impl TryFrom<RoundRow> for RoundRecord {
    type Error = StoreError;

    fn try_from(row: RoundRow) -> Result<Self, StoreError> {
        Ok(Self {
            root: parse("root", &row.root)?,
            total: parse("total", &row.total)?,
            document: parse("document", &row.document)?,
            committed_at: unsigned("time", row.committed_at)?,
            binding_at: unsigned("time", row.binding_at)?,
            since: unsigned("epoch", row.since)?,
            rescinded: row.rescinded,
            committed: Origin::try_from(&row.committed)?,
        })
    }
}
