//! What somebody brought to goals: papers to be signed, files, reasons of challenges.

use alloy_primitives::B256;
use serde_json::{Map, Value};

use super::Owner;
use crate::papers::{PaperRow, ReasonRow};
use crate::text::{parse, unsigned};
use crate::{ChallengeReason, Paper, Read, StoreError, Tx};

/// A file that a result is read from, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BroughtFile {
    /// The goal.
    pub goal: B256,
    /// Number of the attempt, from 0.
    pub attempt: u16,
    /// keccak256 of its bytes.
    pub hash: B256,
    /// What it was called; empty once its author was erased.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// When it came here, Unix seconds of the machine's clock.
    pub added_at: u64,
}

#[derive(sqlx::FromRow)]
struct FileRow {
    goal: String,
    attempt: i64,
    hash: String,
    name: String,
    size: i64,
    added_at: i64,
}

#[derive(sqlx::FromRow)]
struct BodyRow {
    digest: String,
    body: String,
}

impl Read {
    /// What somebody asked panel members to sign, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn papers_by(&mut self, author: Owner) -> Result<Vec<Paper>, StoreError> {
        let sql = "SELECT digest, goal, attempt, kind, body, made_at, made_by FROM panel_papers \
                   WHERE made_by = $1 ORDER BY made_at, digest";
        let rows = run!(self, fetch_all as PaperRow, sql, author.to_string())?;
        rows.into_iter().map(Paper::try_from).collect()
    }

    /// Files that somebody brought for results, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn result_files_by(&mut self, author: Owner) -> Result<Vec<BroughtFile>, StoreError> {
        let sql = "SELECT goal, attempt, hash, name, size, added_at FROM result_files \
                   WHERE added_by = $1 ORDER BY added_at, goal, attempt, hash";
        let rows = run!(self, fetch_all as FileRow, sql, author.to_string())?;
        rows.into_iter().map(BroughtFile::try_from).collect()
    }

    /// Reasons that somebody wrote for challenges, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn challenge_reasons_by(
        &mut self,
        author: Owner,
    ) -> Result<Vec<ChallengeReason>, StoreError> {
        let sql = "SELECT goal, attempt, hash, reason, added_at, added_by FROM challenge_reasons \
                   WHERE added_by = $1 ORDER BY added_at, goal, attempt, hash";
        let rows = run!(self, fetch_all as ReasonRow, sql, author.to_string())?;
        rows.into_iter().map(ChallengeReason::try_from).collect()
    }
}

impl Tx {
    /// Deletes the reasons that somebody wrote, and takes the names off the files that she brought.
    /// What the files hold stays: members signed for their hashes.
    pub(super) async fn erase_brought(&mut self, author: Owner) -> Result<(), StoreError> {
        let author = author.to_string();
        let sql = "DELETE FROM challenge_reasons WHERE added_by = $1";
        run!(self, sql, &author)?;
        let sql = "UPDATE result_files SET name = '' WHERE added_by = $1";
        run!(self, sql, &author)?;
        let sql = "SELECT digest, body FROM panel_papers WHERE made_by = $1";
        for row in run!(self, fetch_all as BodyRow, sql, author)? {
            let Ok(mut body) = serde_json::from_str::<Map<String, Value>>(&row.body) else {
                continue;
            };
            if let Some(name) = body.get_mut("file") {
                *name = Value::String(String::new());
                let digest = parse("digest", &row.digest)?;
                self.set_paper_body(digest, &Value::Object(body).to_string())
                    .await?;
            }
        }
        Ok(())
    }
}

impl TryFrom<FileRow> for BroughtFile {
    type Error = StoreError;

    fn try_from(row: FileRow) -> Result<Self, StoreError> {
        Ok(Self {
            goal: parse("goal id", &row.goal)?,
            attempt: unsigned("attempt", row.attempt)?,
            hash: parse("hash", &row.hash)?,
            name: row.name,
            size: unsigned("size", row.size)?,
            added_at: unsigned("time", row.added_at)?,
        })
    }
}
