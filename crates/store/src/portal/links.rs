//! Links that open something to whoever has them: by e-mail for signing in, of a grant for others
//! to read, of a calendar. The store is given hashes of their tokens, never tokens. Times are Unix
//! seconds of the wall clock.

use alloy_primitives::{Address, B256};

use super::owner::{Owner, PersonId};
use crate::text::{address, big, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// A link by e-mail that begins a session once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailLink {
    /// Hash of its token.
    pub hash: B256,
    /// Who may use it.
    pub person: PersonId,
    /// When it was sent.
    pub created_at: u64,
    /// From when on it is dead.
    pub expires_at: u64,
}

/// A link by which its holder lets others read a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareLink {
    /// Hash of its token.
    pub hash: B256,
    /// The grant.
    pub grant: B256,
    /// The holder who made it: dead when the grant has another holder.
    pub wallet: Address,
    /// What the holder calls it, or empty.
    pub label: String,
    /// When it was made.
    pub created_at: u64,
    /// From when on it is dead, if ever.
    pub expires_at: Option<u64>,
    /// When the holder revoked it.
    pub revoked_at: Option<u64>,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    person: i64,
}

#[derive(sqlx::FromRow)]
struct OwnerRow {
    owner: String,
}

#[derive(sqlx::FromRow)]
struct TimeRow {
    created_at: i64,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    n: i64,
}

#[derive(sqlx::FromRow)]
struct ShareRow {
    hash: String,
    grant_id: String,
    wallet: String,
    label: String,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl Read {
    /// Whether a link by e-mail could be taken at `now`: for the page with the button.
    ///
    /// # Errors
    /// The database failed.
    pub async fn mail_link_is_good(&mut self, hash: B256, now: u64) -> Result<bool, StoreError> {
        let sql = "SELECT person FROM mail_links \
                   WHERE hash = $1 AND taken_at IS NULL AND expires_at > $2";
        let now = big("time", now)?;
        let row = run!(self, fetch_optional as PersonRow, sql, word(&hash), now)?;
        Ok(row.is_some())
    }

    /// How many links were sent to a person since a time, taken ones included, as far as they are
    /// not purged.
    ///
    /// # Errors
    /// The database failed.
    pub async fn mail_links_since(
        &mut self,
        person: PersonId,
        since: u64,
    ) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM mail_links WHERE person = $1 AND created_at >= $2";
        let since = big("time", since)?;
        unsigned(
            "count",
            run!(self, fetch_one as CountRow, sql, person.0, since)?.n,
        )
    }

    /// The share link of a token's hash, if it is neither revoked nor expired at `now`. Whether
    /// its maker still holds the grant is for the caller to see.
    ///
    /// # Errors
    /// The database failed.
    pub async fn share_link(
        &mut self,
        hash: B256,
        now: u64,
    ) -> Result<Option<ShareLink>, StoreError> {
        let sql = "SELECT hash, grant_id, wallet, label, created_at, expires_at, revoked_at \
                   FROM share_links WHERE hash = $1 AND revoked_at IS NULL \
                   AND (expires_at IS NULL OR expires_at > $2)";
        let now = big("time", now)?;
        let row = run!(self, fetch_optional as ShareRow, sql, word(&hash), now)?;
        row.map(ShareLink::try_from).transpose()
    }

    /// Every share link of a grant, the newest first, dead ones included.
    ///
    /// # Errors
    /// The database failed.
    pub async fn share_links_of_grant(
        &mut self,
        grant: B256,
    ) -> Result<Vec<ShareLink>, StoreError> {
        let sql = "SELECT hash, grant_id, wallet, label, created_at, expires_at, revoked_at \
                   FROM share_links WHERE grant_id = $1 ORDER BY created_at DESC, hash";
        let rows = run!(self, fetch_all as ShareRow, sql, word(&grant))?;
        rows.into_iter().map(ShareLink::try_from).collect()
    }

    /// Every share link that a wallet made, the newest first, dead ones included.
    ///
    /// # Errors
    /// The database failed.
    pub async fn share_links_of_wallet(
        &mut self,
        wallet: Address,
    ) -> Result<Vec<ShareLink>, StoreError> {
        let sql = "SELECT hash, grant_id, wallet, label, created_at, expires_at, revoked_at \
                   FROM share_links WHERE wallet = $1 ORDER BY created_at DESC, hash";
        let rows = run!(self, fetch_all as ShareRow, sql, address(&wallet))?;
        rows.into_iter().map(ShareLink::try_from).collect()
    }

    /// Whose calendar a token's hash opens.
    ///
    /// # Errors
    /// The database failed.
    pub async fn calendar_owner(&mut self, hash: B256) -> Result<Option<Owner>, StoreError> {
        let sql = "SELECT owner FROM calendar_links WHERE hash = $1";
        let row = run!(self, fetch_optional as OwnerRow, sql, word(&hash))?;
        row.map(|row| row.owner.parse()).transpose()
    }

    /// When an owner's calendar link was made, if there is one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn calendar_link_made_at(&mut self, owner: Owner) -> Result<Option<u64>, StoreError> {
        let sql = "SELECT created_at FROM calendar_links WHERE owner = $1";
        let row = run!(self, fetch_optional as TimeRow, sql, owner.to_string())?;
        row.map(|row| unsigned("time", row.created_at)).transpose()
    }
}

impl Tx {
    /// Writes a link by e-mail.
    ///
    /// # Errors
    /// The hash is known already, or the database failed.
    pub async fn put_mail_link(&mut self, link: &MailLink) -> Result<(), StoreError> {
        let sql = "INSERT INTO mail_links (hash, person, created_at, expires_at) \
                   VALUES ($1, $2, $3, $4)";
        run!(
            self,
            sql,
            word(&link.hash),
            link.person.0,
            big("time", link.created_at)?,
            big("time", link.expires_at)?
        )?;
        Ok(())
    }

    /// Takes a link by e-mail: answers its person once, and only before it expires.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_mail_link(
        &mut self,
        hash: B256,
        now: u64,
    ) -> Result<Option<PersonId>, StoreError> {
        let sql = "UPDATE mail_links SET taken_at = $2 \
                   WHERE hash = $1 AND taken_at IS NULL AND expires_at > $2 RETURNING person";
        let now = big("time", now)?;
        let row = run!(self, fetch_optional as PersonRow, sql, word(&hash), now)?;
        Ok(row.map(|row| PersonId(row.person)))
    }

    /// Writes a share link.
    ///
    /// # Errors
    /// The hash is known already, or the database failed.
    pub async fn put_share_link(&mut self, link: &ShareLink) -> Result<(), StoreError> {
        let sql = "INSERT INTO share_links \
                   (hash, grant_id, wallet, label, created_at, expires_at, revoked_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let time = |at: Option<u64>| at.map(|at| big("time", at)).transpose();
        run!(
            self,
            sql,
            word(&link.hash),
            word(&link.grant),
            address(&link.wallet),
            &link.label,
            big("time", link.created_at)?,
            time(link.expires_at)?,
            time(link.revoked_at)?
        )?;
        Ok(())
    }

    /// Revokes a share link that this wallet made. Answers whether it was good until now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_share_link(
        &mut self,
        hash: B256,
        wallet: Address,
        now: u64,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE share_links SET revoked_at = $3 \
                   WHERE hash = $1 AND wallet = $2 AND revoked_at IS NULL";
        let now = big("time", now)?;
        Ok(run!(self, sql, word(&hash), address(&wallet), now)? == 1)
    }

    /// Gives an owner a calendar link; the one before is dead from now on.
    ///
    /// # Errors
    /// The hash is known already, or the database failed.
    pub async fn put_calendar_link(
        &mut self,
        owner: Owner,
        hash: B256,
        now: u64,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO calendar_links (hash, owner, created_at) VALUES ($1, $2, $3) \
                   ON CONFLICT (owner) DO UPDATE SET hash = excluded.hash, \
                   created_at = excluded.created_at";
        run!(self, sql, word(&hash), owner.to_string(), big("time", now)?)?;
        Ok(())
    }

    /// Deletes an owner's calendar link. Answers whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_calendar_link(&mut self, owner: Owner) -> Result<bool, StoreError> {
        let sql = "DELETE FROM calendar_links WHERE owner = $1";
        Ok(run!(self, sql, owner.to_string())? == 1)
    }
}

impl TryFrom<ShareRow> for ShareLink {
    type Error = StoreError;

    fn try_from(row: ShareRow) -> Result<Self, StoreError> {
        let time = |at: Option<i64>| at.map(|at| unsigned("time", at)).transpose();
        Ok(Self {
            hash: parse("hash of a link", &row.hash)?,
            grant: parse("grant id", &row.grant_id)?,
            wallet: parse("wallet", &row.wallet)?,
            label: row.label,
            created_at: unsigned("time", row.created_at)?,
            expires_at: time(row.expires_at)?,
            revoked_at: time(row.revoked_at)?,
        })
    }
}
