//! What was done here, when and by whom. Entries name people by serial numbers and wallets, never
//! by name, and are never changed: the schema refuses it.

use super::owner::Owner;
use crate::text::{NumberRow, big, parse, unsigned};
use crate::{Read, StoreError, Tx};

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who was signed in.
    Owner(Owner),
    /// Somebody at the company's own machine, by the command line.
    CommandLine,
    /// The keeper.
    Keeper,
    /// Another system, by its key of this number.
    Key(u64),
    /// Whoever has the auditor's link of this number.
    Link(u64),
}

/// An entry to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Unix seconds of the wall clock.
    pub at: u64,
    /// Who.
    pub actor: Actor,
    /// What was done: a few lower-case words, such as `person erased`.
    pub action: String,
    /// What it was done to: `P17`, a grant's id, a round's root; may be empty.
    pub subject: String,
    /// More about it, without personal data; may be empty.
    pub detail: String,
}

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, rising from 1 without a gap.
    pub id: u64,
    /// What was written.
    pub entry: NewEntry,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    id: i64,
    at: i64,
    actor: String,
    action: String,
    subject: String,
    detail: String,
}

impl Read {
    /// Entries below a number, or the last ones, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn audit(
        &mut self,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT id, at, actor, action, subject, detail FROM audit WHERE id < $1 \
                   ORDER BY id DESC LIMIT $2";
        let before = before_id(before)?;
        let rows = run!(self, fetch_all as EntryRow, sql, before, i64::from(limit))?;
        rows.into_iter().map(Entry::try_from).collect()
    }

    /// Entries about a subject below a number, or the last ones, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn audit_of_subject(
        &mut self,
        subject: &str,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT id, at, actor, action, subject, detail FROM audit \
                   WHERE subject = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        let (before, limit) = (before_id(before)?, i64::from(limit));
        let rows = run!(self, fetch_all as EntryRow, sql, subject, before, limit)?;
        rows.into_iter().map(Entry::try_from).collect()
    }

    /// What an actor did, below a number, or the last entries, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn audit_of_actor(
        &mut self,
        actor: Actor,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<Entry>, StoreError> {
        let sql = "SELECT id, at, actor, action, subject, detail FROM audit \
                   WHERE actor = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
        let (before, limit) = (before_id(before)?, i64::from(limit));
        let actor = actor.to_string();
        let rows = run!(self, fetch_all as EntryRow, sql, actor, before, limit)?;
        rows.into_iter().map(Entry::try_from).collect()
    }
}

impl Tx {
    /// Writes an entry.
    ///
    /// # Errors
    /// The database failed.
    pub async fn append_audit(&mut self, entry: &NewEntry) -> Result<(), StoreError> {
        let sql = "SELECT COALESCE(MAX(id), 0) AS n FROM audit";
        let id = run!(self, fetch_one as NumberRow, sql)?.n + 1;
        let sql = "INSERT INTO audit (id, at, actor, action, subject, detail) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        run!(
            self,
            sql,
            id,
            big("time", entry.at)?,
            entry.actor.to_string(),
            &entry.action,
            &entry.subject,
            &entry.detail
        )?;
        Ok(())
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Owner(owner) => owner.fmt(f),
            Self::CommandLine => f.write_str("command line"),
            Self::Keeper => f.write_str("keeper"),
            Self::Key(id) => write!(f, "key {id}"),
            Self::Link(id) => write!(f, "link {id}"),
        }
    }
}

impl std::str::FromStr for Actor {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text {
            "command line" => Ok(Self::CommandLine),
            "keeper" => Ok(Self::Keeper),
            _ => match text.split_once(' ') {
                Some(("key", id)) => parse("key", id).map(Self::Key),
                Some(("link", id)) => parse("link", id).map(Self::Link),
                _ => text.parse().map(Self::Owner),
            },
        }
    }
}

impl TryFrom<EntryRow> for Entry {
    type Error = StoreError;

    fn try_from(row: EntryRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: unsigned("audit entry", row.id)?,
            entry: NewEntry {
                at: unsigned("time", row.at)?,
                actor: row.actor.parse()?,
                action: row.action,
                subject: row.subject,
                detail: row.detail,
            },
        })
    }
}

fn before_id(before: Option<u64>) -> Result<i64, StoreError> {
    before.map_or(Ok(i64::MAX), |id| big("audit entry", id))
}
