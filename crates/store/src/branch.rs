//! Whether a block is still of the chain that the store follows.

use alloy_primitives::B256;

use crate::text::{big, parse, unsigned};
use crate::{Read, StoreError};

#[derive(sqlx::FromRow)]
struct HashRow {
    hash: String,
}

#[derive(sqlx::FromRow)]
struct LowestRow {
    block: i64,
}

impl Read {
    /// Whether a block that was the last of the store once is still on its chain. One that lies
    /// deeper than the remembered ones is: no re-org reaches it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_on_chain(&mut self, block: u64, hash: B256) -> Result<bool, StoreError> {
        let Some(head) = self.checkpoint().await? else {
            return Ok(false);
        };
        if block > head.block {
            return Ok(false);
        }
        let sql = "SELECT hash FROM blocks WHERE block = $1";
        let height = big("block", block)?;
        if let Some(row) = run!(self, fetch_optional as HashRow, sql, height)? {
            let known: B256 = parse("block hash", &row.hash)?;
            return Ok(known == hash);
        }
        let sql = "SELECT block FROM blocks ORDER BY block LIMIT 1";
        let lowest = run!(self, fetch_optional as LowestRow, sql)?;
        let lowest: Option<u64> = lowest.map(|row| unsigned("block", row.block)).transpose()?;
        Ok(match lowest {
            Some(lowest) => block < lowest,
            None => block == head.block && hash == head.hash,
        })
    }
}
