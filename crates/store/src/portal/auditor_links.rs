//! Links by which somebody reads what auditors read, until they expire or are revoked. The store is
//! given hashes of their tokens, never tokens. Times are Unix seconds of the wall clock.

use alloy_primitives::B256;

use super::Member;
use super::audit::Actor;
use super::erase::names;
use crate::text::{NumberRow, big, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// A link to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAuditorLink {
    /// Hash of its token.
    pub hash: B256,
    /// What the company calls it; empty once it named somebody who was erased.
    pub label: String,
    /// When it was made.
    pub made_at: u64,
    /// Who made it.
    pub made_by: Actor,
    /// From when on it is dead.
    pub expires_at: u64,
}

/// A link as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditorLink {
    /// Its number, from 1.
    pub id: u64,
    /// What it was made with.
    pub link: NewAuditorLink,
    /// When it was first opened.
    pub first_used_at: Option<u64>,
    /// When it was last opened.
    pub used_at: Option<u64>,
    /// When it was revoked.
    pub revoked_at: Option<u64>,
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    id: i64,
    hash: String,
    label: String,
    made_at: i64,
    made_by: String,
    expires_at: i64,
    first_used_at: Option<i64>,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl AuditorLink {
    /// Whether it opens anything at `now`, Unix seconds.
    #[must_use]
    pub fn is_alive(&self, now: u64) -> bool {
        self.revoked_at.is_none() && self.link.expires_at > now
    }
}

impl Read {
    /// The link of a token's hash, if it is neither revoked nor expired at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn auditor_link(
        &mut self,
        hash: B256,
        now: u64,
    ) -> Result<Option<AuditorLink>, StoreError> {
        let sql = "SELECT id, hash, label, made_at, made_by, expires_at, first_used_at, used_at, \
                   revoked_at FROM auditor_links WHERE hash = $1";
        let row = run!(self, fetch_optional as LinkRow, sql, word(&hash))?;
        let link = row.map(AuditorLink::try_from).transpose()?;
        Ok(link.filter(|link| link.is_alive(now)))
    }

    /// Whether the link of a number opens anything at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn auditor_link_is_alive(&mut self, id: u64, now: u64) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM auditor_links \
                   WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2";
        let (id, now) = (big("link", id)?, big("time", now)?);
        Ok(run!(self, fetch_one as NumberRow, sql, id, now)?.n > 0)
    }

    /// Every link, the newest first, dead ones included.
    ///
    /// # Errors
    /// The database failed.
    pub async fn auditor_links(&mut self) -> Result<Vec<AuditorLink>, StoreError> {
        let sql = "SELECT id, hash, label, made_at, made_by, expires_at, first_used_at, used_at, \
                   revoked_at FROM auditor_links ORDER BY id DESC";
        let rows = run!(self, fetch_all as LinkRow, sql)?;
        rows.into_iter().map(AuditorLink::try_from).collect()
    }
}

impl Tx {
    /// Keeps a new link and answers its number.
    ///
    /// # Errors
    /// The hash is known already, or the database failed.
    pub async fn add_auditor_link(&mut self, new: &NewAuditorLink) -> Result<u64, StoreError> {
        let sql = "SELECT COALESCE(MAX(id), 0) AS n FROM auditor_links";
        let id = run!(self, fetch_one as NumberRow, sql)?.n + 1;
        let sql = "INSERT INTO auditor_links (id, hash, label, made_at, made_by, expires_at) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        run!(
            self,
            sql,
            id,
            word(&new.hash),
            &new.label,
            big("time", new.made_at)?,
            new.made_by.to_string(),
            big("time", new.expires_at)?
        )?;
        unsigned("link", id)
    }

    /// Notes that a living link was opened at `now`. Answers the link as it was before, so that
    /// its first use shows; nothing for one that is dead.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_auditor_link(
        &mut self,
        hash: B256,
        now: u64,
    ) -> Result<Option<AuditorLink>, StoreError> {
        let Some(link) = self.auditor_link(hash, now).await? else {
            return Ok(None);
        };
        let sql = "UPDATE auditor_links SET first_used_at = COALESCE(first_used_at, $2), \
                   used_at = $2 WHERE hash = $1";
        run!(self, sql, word(&hash), big("time", now)?)?;
        Ok(Some(link))
    }

    /// Revokes a link and ends the sessions that were opened by it; false if there is none or it
    /// was revoked before.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_auditor_link(&mut self, id: u64, now: u64) -> Result<bool, StoreError> {
        let (id, now) = (big("link", id)?, big("time", now)?);
        run!(self, "DELETE FROM sessions WHERE link = $1", id)?;
        let sql = "UPDATE auditor_links SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        Ok(run!(self, sql, id, now)? == 1)
    }

    /// Empties the labels that name a person.
    pub(super) async fn erase_labels(&mut self, member: &Member) -> Result<(), StoreError> {
        let mut words = vec![member.number.as_str(), &member.name, &member.email];
        words.extend(member.name.split_whitespace());
        for AuditorLink { id, link, .. } in self.auditor_links().await? {
            if words.iter().any(|it| names(&link.label, it)) {
                let sql = "UPDATE auditor_links SET label = '' WHERE id = $1";
                run!(self, sql, big("link", id)?)?;
            }
        }
        Ok(())
    }
}

impl TryFrom<LinkRow> for AuditorLink {
    type Error = StoreError;

    fn try_from(row: LinkRow) -> Result<Self, StoreError> {
        let time = |time: Option<i64>| time.map(|time| unsigned("time", time)).transpose();
        Ok(Self {
            id: unsigned("link", row.id)?,
            link: NewAuditorLink {
                hash: parse("hash of a link", &row.hash)?,
                label: row.label,
                made_at: unsigned("time", row.made_at)?,
                made_by: row.made_by.parse()?,
                expires_at: unsigned("time", row.expires_at)?,
            },
            first_used_at: time(row.first_used_at)?,
            used_at: time(row.used_at)?,
            revoked_at: time(row.revoked_at)?,
        })
    }
}
