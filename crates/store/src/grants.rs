//! Opened grants.

use alloy_primitives::{Address, B256};
use guerdon_core::fact::Origin;
use guerdon_core::ledger::{Descent, GrantRecord};
use guerdon_core::state::{Clock, Flags, Phase, State};
use guerdon_core::succession::Recovery;

use crate::text::{address, big, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// A part of a long list: what follows a key, and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The last key of the page before; nothing for the first page.
    pub after: Option<B256>,
    /// Most rows.
    pub limit: u32,
}

origin_columns!(
    Opened,
    opened_block,
    opened_hash,
    opened_time,
    opened_tx,
    opened_log
);
origin_columns!(
    Changed,
    changed_block,
    changed_hash,
    changed_time,
    changed_tx,
    changed_log
);

#[derive(sqlx::FromRow)]
pub(crate) struct GrantRow {
    id: String,
    root: String,
    leaf_index: i64,
    recipient: String,
    amount: String,
    released: String,
    flags: i64,
    withhold_bps: i64,
    since: i64,
    stop_at: i64,
    credit: i64,
    lost: i64,
    settled_value: Option<String>,
    moved_to: Option<String>,
    paid_net: String,
    withheld: String,
    freed: String,
    payments: i64,
    replaces: Option<String>,
    place: Option<i64>,
    inherited: String,
    recovery_to: Option<String>,
    recovery_announced_at: i64,
    recovery_cancelled_at: i64,
    #[sqlx(flatten)]
    opened: Opened,
    #[sqlx(flatten)]
    changed: Changed,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    n: i64,
}

impl Read {
    /// An opened grant.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grant(&mut self, id: B256) -> Result<Option<GrantRecord>, StoreError> {
        let sql = "SELECT * FROM grants WHERE id = $1";
        let row = run!(self, fetch_optional as GrantRow, sql, word(&id))?;
        row.map(GrantRecord::try_from).transpose()
    }

    /// An opened grant.
    ///
    /// # Errors
    /// [`StoreError::GrantMissing`], or the database failed.
    pub async fn expect_grant(&mut self, id: B256) -> Result<GrantRecord, StoreError> {
        self.grant(id).await?.ok_or(StoreError::GrantMissing { id })
    }

    /// Opened grants in order of their ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants(&mut self, page: &Page) -> Result<Vec<GrantRecord>, StoreError> {
        let sql = "SELECT * FROM grants WHERE id > $1 ORDER BY id LIMIT $2";
        let after = page.after.as_ref().map(word).unwrap_or_default();
        let rows = run!(
            self,
            fetch_all as GrantRow,
            sql,
            after,
            i64::from(page.limit)
        )?;
        rows.into_iter().map(GrantRecord::try_from).collect()
    }

    /// The grants opened from a round's leaves, from one leaf on, in leaf order. What replaced them
    /// is told by [`Read::successors_of_round`].
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants_of_round(
        &mut self,
        root: B256,
        from_index: u32,
        limit: u32,
    ) -> Result<Vec<GrantRecord>, StoreError> {
        let sql = "SELECT * FROM grants WHERE root = $1 AND leaf_index >= $2 \
                   AND replaces IS NULL ORDER BY leaf_index LIMIT $3";
        let (from, limit) = (i64::from(from_index), i64::from(limit));
        let rows = run!(self, fetch_all as GrantRow, sql, word(&root), from, limit)?;
        rows.into_iter().map(GrantRecord::try_from).collect()
    }

    /// Opened grants of a recipient in order of their ids.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants_of_recipient(
        &mut self,
        recipient: Address,
        page: &Page,
    ) -> Result<Vec<GrantRecord>, StoreError> {
        let sql = "SELECT * FROM grants WHERE recipient = $1 AND id > $2 ORDER BY id LIMIT $3";
        let after = page.after.as_ref().map(word).unwrap_or_default();
        let limit = i64::from(page.limit);
        let rows = run!(
            self,
            fetch_all as GrantRow,
            sql,
            address(&recipient),
            after,
            limit
        )?;
        rows.into_iter().map(GrantRecord::try_from).collect()
    }

    /// How many leaves of a round are opened.
    ///
    /// # Errors
    /// The database failed.
    pub async fn opened_of_round(&mut self, root: B256) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM grants WHERE root = $1 AND replaces IS NULL";
        unsigned(
            "count",
            run!(self, fetch_one as CountRow, sql, word(&root))?.n,
        )
    }
}

impl Tx {
    /// Writes a grant's record.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_grant(&mut self, grant: &GrantRecord) -> Result<(), StoreError> {
        let sql = "INSERT INTO grants (id, root, leaf_index, recipient, amount, released, flags, \
                   withhold_bps, since, stop_at, credit, lost, settled_value, moved_to, \
                   paid_net, withheld, freed, payments, opened_block, opened_hash, opened_time, \
                   opened_tx, opened_log, changed_block, changed_hash, changed_time, changed_tx, \
                   changed_log, replaces, place, inherited, recovery_to, recovery_announced_at, \
                   recovery_cancelled_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
                   $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
                   $27, $28, $29, $30, $31, $32, $33, $34)";
        let State {
            released,
            flags,
            withhold_bps,
            since,
            phase,
        } = grant.state;
        let Clock {
            stop_at,
            credit,
            lost,
        } = grant.state.clock();
        let settled_value = match phase {
            Phase::Settled { value } => Some(value.to_string()),
            Phase::Active(_) => None,
        };
        let recovery = &grant.recovery;
        self.delete_grant(grant.id).await?;
        run!(
            self,
            sql,
            word(&grant.id),
            word(&grant.root),
            i64::from(grant.index),
            address(&grant.recipient),
            grant.amount.to_string(),
            released.to_string(),
            i64::from(flags.0),
            i64::from(withhold_bps),
            i64::from(since),
            big("time", stop_at)?,
            i64::from(credit),
            i64::from(lost),
            settled_value,
            grant.moved_to.as_ref().map(address),
            grant.paid_net.to_string(),
            grant.withheld.to_string(),
            grant.freed.to_string(),
            i64::from(grant.payments),
            big("block", grant.opened.block)?,
            word(&grant.opened.block_hash),
            big("block time", grant.opened.block_time)?,
            word(&grant.opened.tx),
            big("log index", grant.opened.log_index)?,
            big("block", grant.changed.block)?,
            word(&grant.changed.block_hash),
            big("block time", grant.changed.block_time)?,
            word(&grant.changed.tx),
            big("log index", grant.changed.log_index)?,
            grant.descent.as_ref().map(|descent| word(&descent.old)),
            grant.descent.map(|descent| i64::from(descent.place)),
            grant.inherited.to_string(),
            (recovery.to != Address::ZERO).then(|| address(&recovery.to)),
            big("time", recovery.announced_at)?,
            big("time", recovery.cancelled_at)?
        )?;
        Ok(())
    }

    /// Deletes a grant's record, when no log of it is left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_grant(&mut self, id: B256) -> Result<(), StoreError> {
        run!(self, "DELETE FROM grants WHERE id = $1", word(&id))?;
        Ok(())
    }
}

impl TryFrom<GrantRow> for GrantRecord {
    type Error = StoreError;

    fn try_from(row: GrantRow) -> Result<Self, StoreError> {
        let phase = match &row.settled_value {
            Some(value) => Phase::Settled {
                value: parse("settled amount", value)?,
            },
            None => Phase::Active(Clock {
                stop_at: unsigned("time", row.stop_at)?,
                credit: unsigned("credit", row.credit)?,
                lost: unsigned("lost seconds", row.lost)?,
            }),
        };
        Ok(Self {
            id: parse("grant id", &row.id)?,
            root: parse("root", &row.root)?,
            index: unsigned("leaf index", row.leaf_index)?,
            recipient: parse("recipient", &row.recipient)?,
            amount: parse("amount", &row.amount)?,
            descent: descent(row.replaces.as_deref(), row.place)?,
            state: State {
                released: parse("released amount", &row.released)?,
                flags: Flags(unsigned("flags", row.flags)?),
                withhold_bps: unsigned("withholding", row.withhold_bps)?,
                since: unsigned("epoch", row.since)?,
                phase,
            },
            moved_to: row.moved_to.map(|to| parse("holder", &to)).transpose()?,
            recovery: Recovery {
                to: row
                    .recovery_to
                    .map(|to| parse("new holder", &to))
                    .transpose()?
                    .unwrap_or_default(),
                announced_at: unsigned("time", row.recovery_announced_at)?,
                cancelled_at: unsigned("time", row.recovery_cancelled_at)?,
            },
            inherited: parse("inherited amount", &row.inherited)?,
            paid_net: parse("paid amount", &row.paid_net)?,
            withheld: parse("withheld amount", &row.withheld)?,
            freed: parse("freed amount", &row.freed)?,
            payments: unsigned("payments", row.payments)?,
            opened: Origin::try_from(&row.opened)?,
            changed: Origin::try_from(&row.changed)?,
        })
    }
}

fn descent(replaces: Option<&str>, place: Option<i64>) -> Result<Option<Descent>, StoreError> {
    let Some(old) = replaces else { return Ok(None) };
    Ok(Some(Descent {
        old: parse("replaced grant", old)?,
        place: unsigned("place", place.unwrap_or_default())?,
    }))
}
