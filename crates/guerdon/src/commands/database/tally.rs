//! What a table holds, in two numbers: how many rows, and a hash over all of them in order.

use guerdon_store::Row;
use sha2::{Digest, Sha256};

use crate::error::{Failure, Outcome};

/// Counts rows and hashes their lines.
#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    rows: u64,
    hash: Sha256,
}

impl Tally {
    /// Adds a row; answers its line, as files hold it.
    pub(super) fn add(&mut self, row: &Row) -> Outcome<String> {
        let mut line = serde_json::to_string(row)
            .map_err(|error| Failure::failed(format!("a row cannot be written: {error}")))?;
        line.push('\n');
        self.rows += 1;
        self.hash.update(line.as_bytes());
        Ok(line)
    }

    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Both numbers, to compare and to write down.
    pub(super) fn sums(&self) -> (u64, String) {
        (self.rows, hex(self.hash.clone()))
    }
}

pub(super) fn hex(hash: Sha256) -> String {
    alloy_primitives::hex::encode(hash.finalize())
}
