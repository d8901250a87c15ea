//! Opened grants.

use std::iter::repeat;
use std::sync::LazyLock;

use alloy_primitives::{Address, B256};
use guerdon_core::fact::Origin;
use guerdon_core::ledger::{Descent, GrantRecord};
use guerdon_core::state::{Clock, Flags, Phase, State};
use guerdon_core::succession::Recovery;

use crate::text::{NumberRow, address, big, parse, places, unsigned, word};
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

/// Rows of one statement.
const AT_ONCE: usize = 50;
const COLUMNS: &str = "id, root, leaf_index, recipient, amount, released, flags, withhold_bps, \
                       since, stop_at, credit, lost, settled_value, moved_to, paid_net, withheld, \
                       freed, payments, opened_block, opened_hash, opened_time, opened_tx, \
                       opened_log, changed_block, changed_hash, changed_time, changed_tx, \
                       changed_log, replaces, place, inherited, recovery_to, \
                       recovery_announced_at, recovery_cancelled_at";
/// Writes so many rows, in the place of those that have their ids.
static ONE: LazyLock<String> = LazyLock::new(|| put(1));
static MANY: LazyLock<String> = LazyLock::new(|| put(AT_ONCE));
static FIND: LazyLock<String> =
    LazyLock::new(|| format!("SELECT * FROM grants WHERE id IN {}", places(AT_ONCE, 1)));

/// A row that is there is changed, not written anew: no index is touched whose columns stay.
fn put(rows: usize) -> String {
    let columns = || COLUMNS.split(", ");
    let others = columns().skip(1);
    let others: Vec<String> = others
        .map(|one| format!("{one} = excluded.{one}"))
        .collect();
    format!(
        "INSERT INTO grants ({COLUMNS}) VALUES {} ON CONFLICT (id) DO UPDATE SET {}",
        places(columns().count(), rows),
        others.join(", ")
    )
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

    /// Those of these grants that are opened, in no order; one statement for fifty.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants_of_ids(&mut self, ids: &[B256]) -> Result<Vec<GrantRecord>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for part in ids.chunks(AT_ONCE) {
            let words = part.iter().map(word).chain(repeat(String::new()));
            let words = words.take(AT_ONCE);
            let rows = all_of!(self, GrantRow, FIND.as_str(), words)?;
            for row in rows {
                found.push(GrantRecord::try_from(row)?);
            }
        }
        Ok(found)
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
            run!(self, fetch_one as NumberRow, sql, word(&root))?.n,
        )
    }
}

impl Tx {
    /// Writes a grant's record.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_grant(&mut self, grant: &GrantRecord) -> Result<(), StoreError> {
        self.put_grants(std::slice::from_ref(grant)).await
    }

    /// Writes records of grants, each of another grant.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_grants(&mut self, grants: &[GrantRecord]) -> Result<(), StoreError> {
        let rows = grants.iter().map(GrantRow::of);
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        for part in rows.chunks(AT_ONCE) {
            if part.len() == AT_ONCE {
                self.replace_grants(&MANY, part).await?;
                continue;
            }
            for one in part.chunks(1) {
                self.replace_grants(&ONE, one).await?;
            }
        }
        Ok(())
    }

    async fn replace_grants(
        &mut self,
        text: &'static str,
        rows: &[GrantRow],
    ) -> Result<(), StoreError> {
        run_many!(self, text, rows, |query, row| query
            .bind(&row.id)
            .bind(&row.root)
            .bind(row.leaf_index)
            .bind(&row.recipient)
            .bind(&row.amount)
            .bind(&row.released)
            .bind(row.flags)
            .bind(row.withhold_bps)
            .bind(row.since)
            .bind(row.stop_at)
            .bind(row.credit)
            .bind(row.lost)
            .bind(&row.settled_value)
            .bind(&row.moved_to)
            .bind(&row.paid_net)
            .bind(&row.withheld)
            .bind(&row.freed)
            .bind(row.payments)
            .bind(row.opened.opened_block)
            .bind(&row.opened.opened_hash)
            .bind(row.opened.opened_time)
            .bind(&row.opened.opened_tx)
            .bind(row.opened.opened_log)
            .bind(row.changed.changed_block)
            .bind(&row.changed.changed_hash)
            .bind(row.changed.changed_time)
            .bind(&row.changed.changed_tx)
            .bind(row.changed.changed_log)
            .bind(&row.replaces)
            .bind(row.place)
            .bind(&row.inherited)
            .bind(&row.recovery_to)
            .bind(row.recovery_announced_at)
            .bind(row.recovery_cancelled_at))?;
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

impl GrantRow {
    fn of(grant: &GrantRecord) -> Result<Self, StoreError> {
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
        Ok(Self {
            id: word(&grant.id),
            root: word(&grant.root),
            leaf_index: i64::from(grant.index),
            recipient: address(&grant.recipient),
            amount: grant.amount.to_string(),
            released: released.to_string(),
            flags: i64::from(flags.0),
            withhold_bps: i64::from(withhold_bps),
            since: i64::from(since),
            stop_at: big("time", stop_at)?,
            credit: i64::from(credit),
            lost: i64::from(lost),
            settled_value,
            moved_to: grant.moved_to.as_ref().map(address),
            paid_net: grant.paid_net.to_string(),
            withheld: grant.withheld.to_string(),
            freed: grant.freed.to_string(),
            payments: i64::from(grant.payments),
            replaces: grant.descent.as_ref().map(|descent| word(&descent.old)),
            place: grant.descent.map(|descent| i64::from(descent.place)),
            inherited: grant.inherited.to_string(),
            recovery_to: (recovery.to != Address::ZERO).then(|| address(&recovery.to)),
            recovery_announced_at: big("time", recovery.announced_at)?,
            recovery_cancelled_at: big("time", recovery.cancelled_at)?,
            opened: Opened::try_from(&grant.opened)?,
            changed: Changed::try_from(&grant.changed)?,
        })
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
