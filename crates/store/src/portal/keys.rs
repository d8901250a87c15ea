//! Keys of other systems and what was answered to them. The store is given hashes of keys, never
//! keys. Times are Unix seconds of the wall clock.

use std::collections::BTreeSet;

use alloy_primitives::B256;

use super::audit::Actor;
use crate::text::{big, corrupt, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Read the pool, rounds, grants and what happened to them.
    ReadGrants,
    /// Read goals, attempts and results.
    ReadResults,
    /// Read the people list.
    ReadPeople,
    /// Read scheduled calls and the keeper's transactions.
    ReadJobs,
    /// Get calls to sign; nothing is sent.
    PlanWrite,
    /// Add people to the list, without roles.
    PeopleWrite,
    /// Bring in sheets of grants, and read what is wrong with them.
    ImportWrite,
    /// Read what happens, as a list and as a stream.
    ReadEvents,
    /// Say where events are sent.
    WebhooksWrite,
}

/// A key as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its number, from 1.
    pub id: u64,
    /// What it was made with.
    pub key: NewApiKey,
    /// When it was last noted as used.
    pub used_at: Option<u64>,
    /// When it was revoked.
    pub revoked_at: Option<u64>,
}

/// A key to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// Hash of its secret.
    pub hash: B256,
    /// Its first signs, which are no secret.
    pub prefix: String,
    /// What the company calls it.
    pub label: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// When it was made.
    pub made_at: u64,
    /// Who made it.
    pub made_by: Actor,
    /// From when on it is dead, if ever.
    pub expires_at: Option<u64>,
}

/// What a request was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiAnswer {
    /// Hash of the request: method, path and body.
    pub request: B256,
    /// Status of the answer.
    pub status: u16,
    /// Its JSON; holds nothing personal.
    pub body: String,
    /// When it was answered.
    pub answered_at: u64,
}

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: i64,
    hash: String,
    prefix: String,
    label: String,
    scopes: String,
    made_at: i64,
    made_by: String,
    expires_at: Option<i64>,
    used_at: Option<i64>,
    revoked_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct AnswerRow {
    request: String,
    status: i64,
    body: String,
    answered_at: i64,
}

#[derive(sqlx::FromRow)]
struct NumberRow {
    n: i64,
}

impl Scope {
    /// All of them, in the order to show.
    pub const ALL: [Self; 9] = [
        Self::ReadGrants,
        Self::ReadResults,
        Self::ReadPeople,
        Self::ReadJobs,
        Self::PlanWrite,
        Self::PeopleWrite,
        Self::ImportWrite,
        Self::ReadEvents,
        Self::WebhooksWrite,
    ];

    /// Its word, `read:grants`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ReadGrants => "read:grants",
            Self::ReadResults => "read:results",
            Self::ReadPeople => "read:people",
            Self::ReadJobs => "read:jobs",
            Self::PlanWrite => "plan:write",
            Self::PeopleWrite => "people:write",
            Self::ImportWrite => "imports:write",
            Self::ReadEvents => "read:events",
            Self::WebhooksWrite => "webhooks:write",
        }
    }

    /// The scope of a word.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

impl ApiKey {
    /// Whether it opens anything at `now`, Unix seconds.
    #[must_use]
    pub fn is_alive(&self, now: u64) -> bool {
        self.revoked_at.is_none() && self.key.expires_at.is_none_or(|end| end > now)
    }
}

impl Read {
    /// The key of a secret's hash, if it is neither revoked nor expired at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn api_key(&mut self, hash: B256, now: u64) -> Result<Option<ApiKey>, StoreError> {
        let sql = "SELECT id, hash, prefix, label, scopes, made_at, made_by, expires_at, used_at, \
                   revoked_at FROM api_keys WHERE hash = $1";
        let row = run!(self, fetch_optional as KeyRow, sql, word(&hash))?;
        let key = row.map(ApiKey::try_from).transpose()?;
        Ok(key.filter(|key| key.is_alive(now)))
    }

    /// Every key, the newest first, dead ones included.
    ///
    /// # Errors
    /// The database failed.
    pub async fn api_keys(&mut self) -> Result<Vec<ApiKey>, StoreError> {
        let sql = "SELECT id, hash, prefix, label, scopes, made_at, made_by, expires_at, used_at, \
                   revoked_at FROM api_keys ORDER BY id DESC";
        let rows = run!(self, fetch_all as KeyRow, sql)?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }

    /// What a request of this name was answered to a key.
    ///
    /// # Errors
    /// The database failed.
    pub async fn api_answer(
        &mut self,
        key: u64,
        name: &str,
    ) -> Result<Option<ApiAnswer>, StoreError> {
        let sql = "SELECT request, status, body, answered_at FROM api_answers \
                   WHERE api_key = $1 AND name = $2";
        let key = big("key", key)?;
        let row = run!(self, fetch_optional as AnswerRow, sql, key, name)?;
        row.map(ApiAnswer::try_from).transpose()
    }
}

impl Tx {
    /// Keeps a new key and answers its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_api_key(&mut self, new: &NewApiKey) -> Result<u64, StoreError> {
        let sql = "SELECT COALESCE(MAX(id), 0) AS n FROM api_keys";
        let id = run!(self, fetch_one as NumberRow, sql)?.n + 1;
        let names: Vec<_> = new.scopes.iter().map(|scope| scope.name()).collect();
        let expires_at = new.expires_at.map(|end| big("time", end)).transpose()?;
        let sql = "INSERT INTO api_keys \
                   (id, hash, prefix, label, scopes, made_at, made_by, expires_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        run!(
            self,
            sql,
            id,
            word(&new.hash),
            &new.prefix,
            &new.label,
            names.join(" "),
            big("time", new.made_at)?,
            new.made_by.to_string(),
            expires_at
        )?;
        unsigned("key", id)
    }

    /// Ends a key; false if there is none or it was ended before.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_api_key(&mut self, id: u64, now: u64) -> Result<bool, StoreError> {
        let sql = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
        Ok(run!(self, sql, big("key", id)?, big("time", now)?)? == 1)
    }

    /// Notes that a key was used.
    ///
    /// # Errors
    /// The database failed.
    pub async fn touch_api_key(&mut self, id: u64, now: u64) -> Result<(), StoreError> {
        let sql = "UPDATE api_keys SET used_at = $2 WHERE id = $1";
        run!(self, sql, big("key", id)?, big("time", now)?)?;
        Ok(())
    }

    /// Keeps what a request of this name was answered. A name that the key used before is an
    /// error: look it up in the same transaction first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_api_answer(
        &mut self,
        key: u64,
        name: &str,
        answer: &ApiAnswer,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO api_answers (api_key, name, request, status, body, answered_at) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        run!(
            self,
            sql,
            big("key", key)?,
            name,
            word(&answer.request),
            i64::from(answer.status),
            &answer.body,
            big("time", answer.answered_at)?
        )?;
        Ok(())
    }

    /// Forgets answers from before a time.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_api_answers(&mut self, before: u64) -> Result<(), StoreError> {
        let sql = "DELETE FROM api_answers WHERE answered_at < $1";
        run!(self, sql, big("time", before)?)?;
        Ok(())
    }
}

impl TryFrom<KeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: KeyRow) -> Result<Self, StoreError> {
        let scope = |name: &str| Scope::named(name).ok_or_else(|| corrupt("scope", name));
        let time = |time: Option<i64>| time.map(|time| unsigned("time", time)).transpose();
        Ok(Self {
            id: unsigned("key", row.id)?,
            key: NewApiKey {
                hash: parse("hash", &row.hash)?,
                prefix: row.prefix,
                label: row.label,
                scopes: row
                    .scopes
                    .split_whitespace()
                    .map(scope)
                    .collect::<Result<_, _>>()?,
                made_at: unsigned("time", row.made_at)?,
                made_by: row.made_by.parse()?,
                expires_at: time(row.expires_at)?,
            },
            used_at: time(row.used_at)?,
            revoked_at: time(row.revoked_at)?,
        })
    }
}

impl TryFrom<AnswerRow> for ApiAnswer {
    type Error = StoreError;

    fn try_from(row: AnswerRow) -> Result<Self, StoreError> {
        Ok(Self {
            request: parse("request", &row.request)?,
            status: unsigned("status", row.status)?,
            body: row.body,
            answered_at: unsigned("time", row.answered_at)?,
        })
    }
}
