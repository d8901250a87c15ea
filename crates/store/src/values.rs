//! What the company's sheet says that one token is worth: its word, not a valuation.

use alloy_primitives::B256;

use crate::text::{parse, word};
use crate::{Read, StoreError, Tx};

/// The value that a sheet states for one token of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedValue {
    /// The grant, imported before.
    pub id: B256,
    /// US dollars for one whole token, a plain decimal number as the sheet has it: `0.42`.
    pub unit_usd: String,
    /// The grant date of its row, `2026-06-30`; empty if the row has none.
    pub stated_on: String,
}

#[derive(sqlx::FromRow)]
struct ValueRow {
    id: String,
    unit_usd: String,
    stated_on: String,
}

impl Read {
    /// What the sheet said that one token of a grant is worth.
    ///
    /// # Errors
    /// The database failed.
    pub async fn stated_value(&mut self, id: B256) -> Result<Option<StatedValue>, StoreError> {
        let sql = "SELECT id, unit_usd, stated_on FROM stated_values WHERE id = $1";
        let row = run!(self, fetch_optional as ValueRow, sql, word(&id))?;
        row.map(StatedValue::try_from).transpose()
    }
}

impl Tx {
    /// Writes what the sheet said; the grant's terms must have been written before.
    ///
    /// # Errors
    /// The database failed, or the grant's terms are not there.
    pub async fn put_stated_value(&mut self, value: &StatedValue) -> Result<(), StoreError> {
        let sql = "INSERT INTO stated_values (id, unit_usd, stated_on) VALUES ($1, $2, $3) \
                   ON CONFLICT (id) DO UPDATE SET unit_usd = excluded.unit_usd, \
                   stated_on = excluded.stated_on";
        run!(
            self,
            sql,
            word(&value.id),
            &value.unit_usd,
            &value.stated_on
        )?;
        Ok(())
    }
}

impl TryFrom<ValueRow> for StatedValue {
    type Error = StoreError;

    fn try_from(row: ValueRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse("grant id", &row.id)?,
            unit_usd: row.unit_usd,
            stated_on: row.stated_on,
        })
    }
}
