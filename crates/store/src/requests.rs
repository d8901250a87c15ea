//! What was asked for on a page and waits for a signature.

use crate::text::{NumberRow, big, bytes, parse, parse_bytes, unsigned};
use crate::{Owner, Read, StoreError, Tx};

/// Something to sign, as it was asked for. It names grants and rounds by their ids, no person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// What it is about: `grant:0x…` or `round:0x…`.
    pub subject: String,
    /// What is asked, in one word: `end`, `pause`, `replace`, …
    pub kind: String,
    /// The order itself, as its page writes it.
    pub body: String,
    /// When, Unix seconds of the machine's clock.
    pub made_at: u64,
    /// Who asked.
    pub made_by: Owner,
}

/// A request as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number, rising.
    pub id: u64,
    /// What was asked.
    pub request: NewRequest,
    /// The signature that was handed in, and when.
    pub signature: Option<(Vec<u8>, u64)>,
    /// When it was taken back.
    pub withdrawn_at: Option<u64>,
}

impl Request {
    /// Whether it still waits, or was signed: not taken back.
    pub fn stands(&self) -> bool {
        self.withdrawn_at.is_none()
    }
}

#[derive(sqlx::FromRow)]
struct RequestRow {
    id: i64,
    subject: String,
    kind: String,
    body: String,
    made_at: i64,
    made_by: String,
    signature: Option<String>,
    signed_at: Option<i64>,
    withdrawn_at: Option<i64>,
}

impl Read {
    /// A request by its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn request(&mut self, id: u64) -> Result<Option<Request>, StoreError> {
        let sql = "SELECT * FROM requests WHERE id = $1";
        let row = run!(self, fetch_optional as RequestRow, sql, big("request", id)?)?;
        row.map(Request::try_from).transpose()
    }

    /// The requests about a subject, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn requests_of(
        &mut self,
        subject: &str,
        limit: u32,
    ) -> Result<Vec<Request>, StoreError> {
        let sql = "SELECT * FROM requests WHERE subject = $1 ORDER BY id DESC LIMIT $2";
        let rows = run!(
            self,
            fetch_all as RequestRow,
            sql,
            subject,
            i64::from(limit)
        )?;
        rows.into_iter().map(Request::try_from).collect()
    }

    /// The requests of a kind that stand, signed or not, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn standing_requests(
        &mut self,
        kind: &str,
        limit: u32,
    ) -> Result<Vec<Request>, StoreError> {
        let sql = "SELECT * FROM requests WHERE kind = $1 AND withdrawn_at IS NULL \
                   ORDER BY id DESC LIMIT $2";
        let rows = run!(self, fetch_all as RequestRow, sql, kind, i64::from(limit))?;
        rows.into_iter().map(Request::try_from).collect()
    }
}

impl Tx {
    /// Writes a request and answers its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_request(&mut self, new: &NewRequest) -> Result<u64, StoreError> {
        let sql = "SELECT COALESCE(MAX(id), 0) AS n FROM requests";
        let id = run!(self, fetch_one as NumberRow, sql)?.n + 1;
        let sql = "INSERT INTO requests (id, subject, kind, body, made_at, made_by) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        run!(
            self,
            sql,
            id,
            &new.subject,
            &new.kind,
            &new.body,
            big("time", new.made_at)?,
            new.made_by.to_string()
        )?;
        unsigned("request", id)
    }

    /// Keeps the signature of a request that stands and has none. Answers whether it was kept.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sign_request(
        &mut self,
        id: u64,
        signature: &[u8],
        now: u64,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE requests SET signature = $2, signed_at = $3 \
                   WHERE id = $1 AND signature IS NULL AND withdrawn_at IS NULL";
        let id = big("request", id)?;
        let changed = run!(self, sql, id, bytes(signature), big("time", now)?)?;
        Ok(changed == 1)
    }

    /// Takes a request back; a signature handed in before is kept. Answers whether it stood.
    ///
    /// # Errors
    /// The database failed.
    pub async fn withdraw_request(&mut self, id: u64, now: u64) -> Result<bool, StoreError> {
        let sql = "UPDATE requests SET withdrawn_at = $2 WHERE id = $1 AND withdrawn_at IS NULL";
        let changed = run!(self, sql, big("request", id)?, big("time", now)?)?;
        Ok(changed == 1)
    }
}

impl TryFrom<RequestRow> for Request {
    type Error = StoreError;

    fn try_from(row: RequestRow) -> Result<Self, StoreError> {
        let signature = match (&row.signature, row.signed_at) {
            (Some(text), Some(at)) => {
                Some((parse_bytes("signature", text)?, unsigned("time", at)?))
            }
            _ => None,
        };
        let withdrawn_at = row
            .withdrawn_at
            .map(|at| unsigned("time", at))
            .transpose()?;
        Ok(Self {
            id: unsigned("request", row.id)?,
            request: NewRequest {
                made_by: parse("owner", &row.made_by)?,
                made_at: unsigned("time", row.made_at)?,
                subject: row.subject,
                kind: row.kind,
                body: row.body,
            },
            signature,
            withdrawn_at,
        })
    }
}
