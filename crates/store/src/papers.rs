//! What a panel is asked to sign, its signatures, the files that results are read from, and what
//! challengers say. The chain knows the hashes of all of it; these are the words behind them.

use alloy_primitives::{Address, B256};

use crate::text::{address, big, bytes, parse, parse_bytes, unsigned, word};
use crate::{Owner, Read, StoreError, Tx};

/// Something that panel members are asked to sign for an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// The hash that is signed.
    pub digest: B256,
    /// The goal.
    pub goal: B256,
    /// Number of the attempt, from 0.
    pub attempt: u16,
    /// `accept` or `result`.
    pub kind: String,
    /// What is signed, as its page writes it.
    pub body: String,
    /// When, Unix seconds of the machine's clock.
    pub made_at: u64,
    /// Who asked for it.
    pub made_by: Owner,
}

/// A member's signature of a paper; it was checked before it came here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperSignature {
    /// The hash that was signed.
    pub digest: B256,
    /// Who signed.
    pub signer: Address,
    /// r, s and v.
    pub signature: Vec<u8>,
    /// When it came here, Unix seconds of the machine's clock.
    pub added_at: u64,
}

/// A file that a result is read from.
#[derive(Clone, PartialEq, Eq)]
pub struct ResultFile {
    /// The goal.
    pub goal: B256,
    /// Number of the attempt, from 0.
    pub attempt: u16,
    /// keccak256 of its bytes: the evidence that the panel signs.
    pub hash: B256,
    /// What it was called.
    pub name: String,
    /// Its bytes.
    pub content: Vec<u8>,
    /// When it came here, Unix seconds of the machine's clock.
    pub added_at: u64,
    /// Who brought it.
    pub added_by: Owner,
}

/// What a challenger says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChallengeReason {
    /// The goal.
    pub goal: B256,
    /// Number of the attempt, from 0.
    pub attempt: u16,
    /// keccak256 of the text: what the chain keeps.
    pub hash: B256,
    /// The text.
    pub reason: String,
    /// When it came here, Unix seconds of the machine's clock.
    pub added_at: u64,
    /// Who wrote it.
    pub added_by: Owner,
}

/// Prints no byte of the file, so that none reaches a log.
impl std::fmt::Debug for ResultFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResultFile")
            .field("hash", &self.hash)
            .field("bytes", &self.content.len())
            .finish_non_exhaustive()
    }
}

#[derive(sqlx::FromRow)]
pub(crate) struct PaperRow {
    digest: String,
    goal: String,
    attempt: i64,
    kind: String,
    body: String,
    made_at: i64,
    made_by: String,
}

#[derive(sqlx::FromRow)]
struct SignatureRow {
    digest: String,
    signer: String,
    signature: String,
    added_at: i64,
}

#[derive(sqlx::FromRow)]
struct FileRow {
    goal: String,
    attempt: i64,
    hash: String,
    name: String,
    content: String,
    added_at: i64,
    added_by: String,
}

#[derive(sqlx::FromRow)]
pub(crate) struct ReasonRow {
    goal: String,
    attempt: i64,
    hash: String,
    reason: String,
    added_at: i64,
    added_by: String,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    n: i64,
}

impl Read {
    /// What is to be signed at a goal, every attempt of it, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn panel_papers(&mut self, goal: B256) -> Result<Vec<Paper>, StoreError> {
        let sql = "SELECT digest, goal, attempt, kind, body, made_at, made_by FROM panel_papers \
                   WHERE goal = $1 ORDER BY attempt, made_at, digest";
        let rows = run!(self, fetch_all as PaperRow, sql, word(&goal))?;
        rows.into_iter().map(Paper::try_from).collect()
    }

    /// Every signature of the papers of a goal.
    ///
    /// # Errors
    /// The database failed.
    pub async fn paper_signatures(
        &mut self,
        goal: B256,
    ) -> Result<Vec<PaperSignature>, StoreError> {
        let sql = "SELECT s.digest, s.signer, s.signature, s.added_at FROM panel_signatures s \
                   JOIN panel_papers p ON p.digest = s.digest WHERE p.goal = $1 \
                   ORDER BY s.digest, s.signer";
        let rows = run!(self, fetch_all as SignatureRow, sql, word(&goal))?;
        rows.into_iter().map(PaperSignature::try_from).collect()
    }

    /// A file of an attempt.
    ///
    /// # Errors
    /// The database failed.
    pub async fn result_file(
        &mut self,
        (goal, attempt): (B256, u16),
        hash: B256,
    ) -> Result<Option<ResultFile>, StoreError> {
        let sql = "SELECT goal, attempt, hash, name, content, added_at, added_by \
                   FROM result_files WHERE goal = $1 AND attempt = $2 AND hash = $3";
        let attempt = i64::from(attempt);
        let row = run!(
            self,
            fetch_optional as FileRow,
            sql,
            word(&goal),
            attempt,
            word(&hash)
        )?;
        row.map(ResultFile::try_from).transpose()
    }

    /// What a challenger of an attempt wrote here, by its hash.
    ///
    /// # Errors
    /// The database failed.
    pub async fn challenge_reason(
        &mut self,
        (goal, attempt): (B256, u16),
        hash: B256,
    ) -> Result<Option<ChallengeReason>, StoreError> {
        let sql = "SELECT goal, attempt, hash, reason, added_at, added_by \
                   FROM challenge_reasons WHERE goal = $1 AND attempt = $2 AND hash = $3";
        let (goal, hash, attempt) = (word(&goal), word(&hash), i64::from(attempt));
        let row = run!(self, fetch_optional as ReasonRow, sql, goal, attempt, hash)?;
        row.map(ChallengeReason::try_from).transpose()
    }

    /// How many reasons an author wrote for an attempt, and how many everybody wrote.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_challenge_reasons(
        &mut self,
        (goal, attempt): (B256, u16),
        author: Owner,
    ) -> Result<(u64, u64), StoreError> {
        let (goal, attempt) = (word(&goal), i64::from(attempt));
        let sql = "SELECT COUNT(*) AS n FROM challenge_reasons WHERE goal = $1 AND attempt = $2";
        let all = run!(self, fetch_one as CountRow, sql, &goal, attempt)?;
        let sql = "SELECT COUNT(*) AS n FROM challenge_reasons \
                   WHERE goal = $1 AND attempt = $2 AND added_by = $3";
        let author = author.to_string();
        let hers = run!(self, fetch_one as CountRow, sql, goal, attempt, author)?;
        Ok((unsigned("count", hers.n)?, unsigned("count", all.n)?))
    }

    /// Whether an account is the sponsor, a panel member or the arbiter of any goal.
    ///
    /// # Errors
    /// The database failed.
    pub async fn judges(&mut self, account: Address) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM (SELECT id FROM goals WHERE sponsor = $1 \
                   OR arbiter = $1 UNION SELECT goal FROM panel_members WHERE member = $1) mine";
        Ok(run!(self, fetch_one as CountRow, sql, address(&account))?.n > 0)
    }
}

impl Tx {
    /// Asks for a paper to be signed. Answers whether it is new.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_paper(&mut self, paper: &Paper) -> Result<bool, StoreError> {
        let sql = "INSERT INTO panel_papers \
                   (digest, goal, attempt, kind, body, made_at, made_by) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (digest) DO NOTHING";
        let written = run!(
            self,
            sql,
            word(&paper.digest),
            word(&paper.goal),
            i64::from(paper.attempt),
            &paper.kind,
            &paper.body,
            big("time", paper.made_at)?,
            paper.made_by.to_string()
        )?;
        Ok(written == 1)
    }

    /// Writes anew what is known of a paper; what was signed stays.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_paper_body(&mut self, digest: B256, body: &str) -> Result<(), StoreError> {
        let sql = "UPDATE panel_papers SET body = $2 WHERE digest = $1";
        run!(self, sql, word(&digest), body)?;
        Ok(())
    }

    /// Keeps a signature that was checked; a member's first one stays. Answers whether it is new.
    ///
    /// # Errors
    /// The paper is not there, or the database failed.
    pub async fn put_paper_signature(
        &mut self,
        signature: &PaperSignature,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO panel_signatures (digest, signer, signature, added_at) \
                   VALUES ($1, $2, $3, $4) ON CONFLICT (digest, signer) DO NOTHING";
        let written = run!(
            self,
            sql,
            word(&signature.digest),
            address(&signature.signer),
            bytes(&signature.signature),
            big("time", signature.added_at)?
        )?;
        Ok(written == 1)
    }

    /// Keeps a file; the same bytes are kept once an attempt. Answers whether it is new.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_result_file(&mut self, file: &ResultFile) -> Result<bool, StoreError> {
        let sql = "INSERT INTO result_files \
                   (goal, attempt, hash, name, size, content, added_at, added_by) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                   ON CONFLICT (goal, attempt, hash) DO NOTHING";
        let size = u64::try_from(file.content.len()).unwrap_or(u64::MAX);
        let written = run!(
            self,
            sql,
            word(&file.goal),
            i64::from(file.attempt),
            word(&file.hash),
            &file.name,
            big("size", size)?,
            bytes(&file.content),
            big("time", file.added_at)?,
            file.added_by.to_string()
        )?;
        Ok(written == 1)
    }

    /// Keeps what a challenger says. Answers whether it is new.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_challenge_reason(
        &mut self,
        reason: &ChallengeReason,
    ) -> Result<bool, StoreError> {
        let sql = "INSERT INTO challenge_reasons \
                   (goal, attempt, hash, reason, added_at, added_by) \
                   VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (goal, attempt, hash) DO NOTHING";
        let written = run!(
            self,
            sql,
            word(&reason.goal),
            i64::from(reason.attempt),
            word(&reason.hash),
            &reason.reason,
            big("time", reason.added_at)?,
            reason.added_by.to_string()
        )?;
        Ok(written == 1)
    }
}

impl TryFrom<PaperRow> for Paper {
    type Error = StoreError;

    fn try_from(row: PaperRow) -> Result<Self, StoreError> {
        Ok(Self {
            digest: parse("digest", &row.digest)?,
            goal: parse("goal id", &row.goal)?,
            attempt: unsigned("attempt", row.attempt)?,
            kind: row.kind,
            body: row.body,
            made_at: unsigned("time", row.made_at)?,
            made_by: parse("owner", &row.made_by)?,
        })
    }
}

impl TryFrom<SignatureRow> for PaperSignature {
    type Error = StoreError;

    fn try_from(row: SignatureRow) -> Result<Self, StoreError> {
        Ok(Self {
            digest: parse("digest", &row.digest)?,
            signer: parse("wallet", &row.signer)?,
            signature: parse_bytes("signature", &row.signature)?,
            added_at: unsigned("time", row.added_at)?,
        })
    }
}

impl TryFrom<FileRow> for ResultFile {
    type Error = StoreError;

    fn try_from(row: FileRow) -> Result<Self, StoreError> {
        Ok(Self {
            goal: parse("goal id", &row.goal)?,
            attempt: unsigned("attempt", row.attempt)?,
            hash: parse("hash", &row.hash)?,
            name: row.name,
            content: parse_bytes("result file", &row.content)?,
            added_at: unsigned("time", row.added_at)?,
            added_by: parse("owner", &row.added_by)?,
        })
    }
}

impl TryFrom<ReasonRow> for ChallengeReason {
    type Error = StoreError;

    fn try_from(row: ReasonRow) -> Result<Self, StoreError> {
        Ok(Self {
            goal: parse("goal id", &row.goal)?,
            attempt: unsigned("attempt", row.attempt)?,
            hash: parse("hash", &row.hash)?,
            reason: row.reason,
            added_at: unsigned("time", row.added_at)?,
            added_by: parse("owner", &row.added_by)?,
        })
    }
}
