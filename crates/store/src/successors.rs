//! Grants that replaced others: their terms, which the chain published, and where they come from.

use alloy_primitives::B256;
use guerdon_core::terms::Terms;

use crate::grants::GrantRow;
use crate::text::{bytes, corrupt, parse, parse_bytes, word};
use crate::{Page, Read, StoreError, Tx};
use guerdon_core::ledger::GrantRecord;

/// The terms of a grant that replaced another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Successor {
    /// Its id.
    pub id: B256,
    /// The canonical bytes of its terms.
    pub terms: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct SuccessorRow {
    id: String,
    terms: String,
}

impl Read {
    /// The terms of a grant that replaced another.
    ///
    /// # Errors
    /// The database failed.
    pub async fn successor(&mut self, id: B256) -> Result<Option<Successor>, StoreError> {
        let sql = "SELECT id, terms FROM successors WHERE id = $1";
        let row = run!(self, fetch_optional as SuccessorRow, sql, word(&id))?;
        row.map(Successor::try_from).transpose()
    }

    /// All grants that replaced others, in order of their ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn successors(&mut self, page: &Page) -> Result<Vec<Successor>, StoreError> {
        let sql = "SELECT id, terms FROM successors WHERE id > $1 ORDER BY id LIMIT $2";
        let after = page.after.as_ref().map(word).unwrap_or_default();
        let limit = i64::from(page.limit);
        let rows = run!(self, fetch_all as SuccessorRow, sql, after, limit)?;
        rows.into_iter().map(Successor::try_from).collect()
    }

    /// The grants that a grant was replaced by, in their places.
    ///
    /// # Errors
    /// The database failed.
    pub async fn successors_of(&mut self, old: B256) -> Result<Vec<GrantRecord>, StoreError> {
        let sql = "SELECT * FROM grants WHERE replaces = $1 ORDER BY place";
        let rows = run!(self, fetch_all as GrantRow, sql, word(&old))?;
        rows.into_iter().map(GrantRecord::try_from).collect()
    }

    /// The grants that replaced grants of a round, in the order of its leaves.
    ///
    /// # Errors
    /// The database failed.
    pub async fn successors_of_round(
        &mut self,
        root: B256,
    ) -> Result<Vec<GrantRecord>, StoreError> {
        // From the few successors to their grants, never through all grants of a round: CROSS JOIN
        // keeps that order in SQLite.
        let sql = "SELECT g.* FROM successors s CROSS JOIN grants g \
                   WHERE g.id = s.id AND g.root = $1 \
                   ORDER BY g.leaf_index, g.opened_block, g.opened_log";
        let rows = run!(self, fetch_all as GrantRow, sql, word(&root))?;
        rows.into_iter().map(GrantRecord::try_from).collect()
    }
}

impl Tx {
    /// Writes the terms of a grant that replaced another, and the gates in them.
    ///
    /// # Errors
    /// The terms are not canonical, or the database failed.
    pub async fn put_successor(&mut self, successor: &Successor) -> Result<(), StoreError> {
        let Successor { id, terms } = successor;
        let decoded = Terms::decode(terms)
            .map_err(|error| corrupt("terms", format_args!("{id} ({error})")))?;
        let sql = "INSERT INTO successors (id, terms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
        run!(self, sql, word(id), bytes(terms))?;
        let gates = "INSERT INTO successor_gates (id, place, goal, share_ppb, lapse, is_trigger) \
                     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id, place) DO NOTHING";
        for (place, gate) in (0_i64..).zip(&decoded.gates) {
            self.put_gate(gates, (*id, place), gate).await?;
        }
        Ok(())
    }

    /// Deletes the terms of a grant whose replacing was undone by a re-org.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_successor(&mut self, id: B256) -> Result<(), StoreError> {
        run!(self, "DELETE FROM successors WHERE id = $1", word(&id))?;
        Ok(())
    }
}

impl TryFrom<SuccessorRow> for Successor {
    type Error = StoreError;

    fn try_from(row: SuccessorRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse("grant id", &row.id)?,
            terms: parse_bytes("terms", &row.terms)?,
        })
    }
}
