//! Sessions and the nonces of signing in. The store is given hashes of tokens, never tokens.
//! Times are Unix seconds of the wall clock.

use alloy_primitives::{Address, B256};

use super::owner::{Owner, PersonId};
use crate::text::{address, big, corrupt, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// By a wallet's signature.
    Wallet,
    /// By a link sent by e-mail: may read, not sign.
    MailLink,
    /// By the auditor's link of this number: may read what auditors read, and nothing else.
    AuditorLink(u64),
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Hash of its token.
    pub hash: B256,
    /// How it was begun.
    pub means: Means,
    /// Whose it is, if the list knows.
    pub person: Option<PersonId>,
    /// The wallet that signed in.
    pub wallet: Option<Address>,
    /// What the browser called itself, in a few words.
    pub agent: String,
    /// When it began.
    pub created_at: u64,
    /// When it was last used.
    pub seen_at: u64,
    /// From when on it is dead unless it is used before.
    pub idle_at: u64,
    /// From when on it is dead in any case.
    pub expires_at: u64,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    hash: String,
    means: String,
    person: Option<i64>,
    wallet: Option<String>,
    agent: String,
    created_at: i64,
    seen_at: i64,
    idle_at: i64,
    expires_at: i64,
    link: Option<i64>,
}

impl Read {
    /// The session of a token's hash, if it is alive at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn session(&mut self, hash: B256, now: u64) -> Result<Option<Session>, StoreError> {
        let sql = "SELECT hash, means, person, wallet, agent, created_at, seen_at, idle_at, \
                   expires_at, link FROM sessions WHERE hash = $1 AND idle_at > $2 AND expires_at > $2";
        let now = big("time", now)?;
        let row = run!(self, fetch_optional as SessionRow, sql, word(&hash), now)?;
        row.map(Session::try_from).transpose()
    }

    /// The sessions of a person or wallet that are alive at `now`, the last used first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_sessions(
        &mut self,
        owner: Owner,
        now: u64,
    ) -> Result<Vec<Session>, StoreError> {
        let now = big("time", now)?;
        let rows = match owner {
            Owner::Person(person) => {
                let sql = "SELECT hash, means, person, wallet, agent, created_at, seen_at, \
                           idle_at, expires_at, link FROM sessions WHERE person = $1 \
                           AND idle_at > $2 AND expires_at > $2 ORDER BY seen_at DESC, hash";
                run!(self, fetch_all as SessionRow, sql, person.0, now)?
            }
            Owner::Wallet(wallet) => {
                let sql = "SELECT hash, means, person, wallet, agent, created_at, seen_at, \
                           idle_at, expires_at, link FROM sessions WHERE wallet = $1 \
                           AND idle_at > $2 AND expires_at > $2 ORDER BY seen_at DESC, hash";
                run!(self, fetch_all as SessionRow, sql, address(&wallet), now)?
            }
        };
        rows.into_iter().map(Session::try_from).collect()
    }
}

impl Tx {
    /// Writes a new session.
    ///
    /// # Errors
    /// The hash is known already, or the database failed.
    pub async fn add_session(&mut self, session: &Session) -> Result<(), StoreError> {
        let sql = "INSERT INTO sessions (hash, means, person, wallet, agent, created_at, \
                   seen_at, idle_at, expires_at, link) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let link = match session.means {
            Means::AuditorLink(id) => Some(big("link", id)?),
            Means::Wallet | Means::MailLink => None,
        };
        run!(
            self,
            sql,
            word(&session.hash),
            session.means.name(),
            session.person.map(|person| person.0),
            session.wallet.as_ref().map(address),
            &session.agent,
            big("time", session.created_at)?,
            big("time", session.seen_at)?,
            big("time", session.idle_at)?,
            big("time", session.expires_at)?,
            link
        )?;
        Ok(())
    }

    /// Notes that a session was used at `now` and lives on until `idle_at`; a dead one stays
    /// dead. Answers whether it was alive.
    ///
    /// # Errors
    /// The database failed.
    pub async fn touch_session(
        &mut self,
        hash: B256,
        now: u64,
        idle_at: u64,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE sessions SET seen_at = $2, idle_at = $3 \
                   WHERE hash = $1 AND idle_at > $2 AND expires_at > $2";
        let (now, idle_at) = (big("time", now)?, big("time", idle_at)?);
        Ok(run!(self, sql, word(&hash), now, idle_at)? == 1)
    }

    /// Ends the session of a token's hash. Answers whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_session(&mut self, hash: B256) -> Result<bool, StoreError> {
        let sql = "DELETE FROM sessions WHERE hash = $1";
        Ok(run!(self, sql, word(&hash))? == 1)
    }

    /// Ends a session of an owner, and nobody else's. Answers whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_session(&mut self, hash: B256, owner: Owner) -> Result<bool, StoreError> {
        let ended = match owner {
            Owner::Person(person) => {
                let sql = "DELETE FROM sessions WHERE hash = $1 AND person = $2";
                run!(self, sql, word(&hash), person.0)?
            }
            Owner::Wallet(wallet) => {
                let sql = "DELETE FROM sessions WHERE hash = $1 AND wallet = $2";
                run!(self, sql, word(&hash), address(&wallet))?
            }
        };
        Ok(ended == 1)
    }

    /// Ends all sessions of an owner but one, and says how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_all_sessions(
        &mut self,
        owner: Owner,
        except: Option<B256>,
    ) -> Result<u64, StoreError> {
        let kept = except.as_ref().map(word).unwrap_or_default();
        match owner {
            Owner::Person(person) => {
                let sql = "DELETE FROM sessions WHERE person = $1 AND hash <> $2";
                Ok(run!(self, sql, person.0, kept)?)
            }
            Owner::Wallet(wallet) => {
                let sql = "DELETE FROM sessions WHERE wallet = $1 AND hash <> $2";
                Ok(run!(self, sql, address(&wallet), kept)?)
            }
        }
    }

    /// Writes the hash of a nonce that is good for one sign-in before `expires_at`.
    ///
    /// # Errors
    /// The hash is known already, or the database failed.
    pub async fn put_nonce(&mut self, hash: B256, expires_at: u64) -> Result<(), StoreError> {
        let sql = "INSERT INTO sign_in_nonces (hash, expires_at) VALUES ($1, $2)";
        run!(self, sql, word(&hash), big("time", expires_at)?)?;
        Ok(())
    }

    /// Takes a nonce, whatever becomes of the sign-in: true once, and only before it expires.
    /// Commit at once; what is checked afterwards must not bring the nonce back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn take_nonce(&mut self, hash: B256, now: u64) -> Result<bool, StoreError> {
        let sql = "DELETE FROM sign_in_nonces WHERE hash = $1 AND expires_at > $2";
        Ok(run!(self, sql, word(&hash), big("time", now)?)? == 1)
    }

    /// Deletes sessions, nonces and links that are dead at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn purge_expired(&mut self, now: u64) -> Result<(), StoreError> {
        let now = big("time", now)?;
        run!(self, "DELETE FROM sessions WHERE expires_at <= $1", now)?;
        run!(
            self,
            "DELETE FROM sign_in_nonces WHERE expires_at <= $1",
            now
        )?;
        run!(self, "DELETE FROM mail_links WHERE expires_at <= $1", now)?;
        Ok(())
    }
}

impl Means {
    fn name(self) -> &'static str {
        match self {
            Self::Wallet => "wallet",
            Self::MailLink => "mail_link",
            Self::AuditorLink(_) => "auditor_link",
        }
    }

    fn of(row: &SessionRow) -> Result<Self, StoreError> {
        match (row.means.as_str(), row.link) {
            ("wallet", None) => Ok(Self::Wallet),
            ("mail_link", None) => Ok(Self::MailLink),
            ("auditor_link", Some(id)) => unsigned("link", id).map(Self::AuditorLink),
            (other, _) => Err(corrupt("means of a session", other)),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            hash: parse("hash of a session", &row.hash)?,
            means: Means::of(&row)?,
            person: row.person.map(PersonId),
            wallet: row.wallet.map(|it| parse("wallet", &it)).transpose()?,
            agent: row.agent,
            created_at: unsigned("time", row.created_at)?,
            seen_at: unsigned("time", row.seen_at)?,
            idle_at: unsigned("time", row.idle_at)?,
            expires_at: unsigned("time", row.expires_at)?,
        })
    }
}
