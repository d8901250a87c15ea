//! Sheets on their way to become rounds, kept until they are imported or discarded.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::B256;

use crate::text::{address, big, bytes, corrupt, parse, parse_bytes, unsigned, word};
use crate::{Member, Read, StoreError, Tx};

/// A sheet that somebody uploaded or typed in.
#[derive(Clone, PartialEq, Eq)]
pub struct ImportDraft {
    /// A random name, part of its address.
    pub id: String,
    /// Name of the sheet's file.
    pub name: String,
    /// The sheet as CSV; empty once its round is imported.
    pub sheet: Vec<u8>,
    /// For each column of the sheet ours, `None` for one that is not read; no entry before
    /// somebody matched them.
    pub matched: Option<Vec<Option<String>>>,
    /// Data rows that are left out on purpose, from 1.
    pub left_out: BTreeSet<u64>,
    /// Whose it is, as the audit log names people.
    pub created_by: String,
    /// Wall time.
    pub created_at: u64,
    /// Wall time of the last change.
    pub changed_at: u64,
    /// When its round shall be binding, Unix seconds, once that was chosen.
    pub binding_at: Option<u64>,
    /// The root of its round, once it is imported.
    pub root: Option<B256>,
}

/// Prints no cell of the sheet, so that none reaches a log.
impl std::fmt::Debug for ImportDraft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportDraft")
            .field("id", &self.id)
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl ImportDraft {
    /// Whether a cell of the sheet holds the person's name, number, address or wallet.
    fn names(&self, member: &Member) -> bool {
        let sheet = String::from_utf8_lossy(&self.sheet).to_lowercase();
        let wallets = member.wallets.iter().map(|wallet| address(&wallet.address));
        let own = [&member.number, &member.name, &member.email];
        let mut own = own
            .into_iter()
            .cloned()
            .chain(wallets)
            .filter(|text| !text.is_empty());
        own.any(|text| {
            let text = text.to_lowercase();
            let mut places = sheet.match_indices(&text);
            places.any(|(place, found)| {
                let letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
                let before = sheet
                    .get(..place)
                    .and_then(|before| before.chars().next_back());
                let after = sheet.get(place.saturating_add(found.len())..);
                !letter(before) && !letter(after.and_then(|after| after.chars().next()))
            })
        })
    }
}

#[derive(sqlx::FromRow)]
struct DraftRow {
    id: String,
    name: String,
    sheet: String,
    matched: String,
    left_out: String,
    created_by: String,
    created_at: i64,
    changed_at: i64,
    binding_at: Option<i64>,
    root: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ColumnRow {
    theirs: String,
    ours: String,
}

impl Read {
    /// A draft with its sheet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn import_draft(&mut self, id: &str) -> Result<Option<ImportDraft>, StoreError> {
        let sql = "SELECT id, name, sheet, matched, left_out, created_by, created_at, \
                   changed_at, binding_at, root FROM imports WHERE id = $1";
        let row = run!(self, fetch_optional as DraftRow, sql, id)?;
        row.map(ImportDraft::try_from).transpose()
    }

    /// The drafts without their sheets, the last changed first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn import_drafts(&mut self, limit: u32) -> Result<Vec<ImportDraft>, StoreError> {
        let sql = "SELECT id, name, '0x' AS sheet, matched, left_out, created_by, created_at, \
                   changed_at, binding_at, root FROM imports \
                   ORDER BY changed_at DESC, id LIMIT $1";
        let rows = run!(self, fetch_all as DraftRow, sql, i64::from(limit))?;
        rows.into_iter().map(ImportDraft::try_from).collect()
    }

    /// How columns of sheets were matched the last time: ours by theirs.
    ///
    /// # Errors
    /// The database failed.
    pub async fn import_columns(&mut self) -> Result<BTreeMap<String, String>, StoreError> {
        let sql = "SELECT theirs, ours FROM import_columns";
        let rows = run!(self, fetch_all as ColumnRow, sql)?;
        Ok(rows.into_iter().map(|row| (row.theirs, row.ours)).collect())
    }
}

impl Tx {
    /// Writes a draft, or what changed of it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_import_draft(&mut self, draft: &ImportDraft) -> Result<(), StoreError> {
        let sql = "INSERT INTO imports (id, name, sheet, matched, left_out, created_by, \
                   created_at, changed_at, binding_at, root) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name, sheet = excluded.sheet, \
                   matched = excluded.matched, left_out = excluded.left_out, \
                   changed_at = excluded.changed_at, binding_at = excluded.binding_at, \
                   root = excluded.root";
        let left_out: Vec<_> = draft.left_out.iter().map(u64::to_string).collect();
        run!(
            self,
            sql,
            &draft.id,
            &draft.name,
            bytes(&draft.sheet),
            columns_text(draft.matched.as_deref()),
            left_out.join(","),
            &draft.created_by,
            big("time", draft.created_at)?,
            big("time", draft.changed_at)?,
            draft.binding_at.map(|at| big("time", at)).transpose()?,
            draft.root.map(|root| word(&root))
        )?;
        Ok(())
    }

    /// Forgets a draft and its sheet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_import_draft(&mut self, id: &str) -> Result<(), StoreError> {
        run!(self, "DELETE FROM imports WHERE id = $1", id)?;
        Ok(())
    }

    /// Deletes the drafts whose sheets name a person, and says how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn erase_from_drafts(&mut self, member: &Member) -> Result<u64, StoreError> {
        let mut erased = 0;
        for head in self.import_drafts(u32::MAX).await? {
            let draft = self.import_draft(&head.id).await?;
            if draft.is_some_and(|draft| draft.names(member)) {
                self.delete_import_draft(&head.id).await?;
                erased += 1;
            }
        }
        Ok(erased)
    }

    /// Remembers how a column was matched.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_import_column(&mut self, theirs: &str, ours: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO import_columns (theirs, ours) VALUES ($1, $2) \
                   ON CONFLICT (theirs) DO UPDATE SET ours = excluded.ours";
        run!(self, sql, theirs, ours)?;
        Ok(())
    }
}

impl TryFrom<DraftRow> for ImportDraft {
    type Error = StoreError;

    fn try_from(row: DraftRow) -> Result<Self, StoreError> {
        let rows = row.left_out.split(',').filter(|text| !text.is_empty());
        let rows = rows.map(|text| parse("row that is left out", text));
        Ok(Self {
            id: row.id,
            name: row.name,
            sheet: parse_bytes("sheet", &row.sheet)?,
            matched: columns(&row.matched)?,
            left_out: rows.collect::<Result<_, _>>()?,
            created_by: row.created_by,
            created_at: unsigned("time", row.created_at)?,
            changed_at: unsigned("time", row.changed_at)?,
            binding_at: row.binding_at.map(|at| unsigned("time", at)).transpose()?,
            root: row.root.map(|root| parse("root", &root)).transpose()?,
        })
    }
}

/// One line a column: ours, or nothing.
fn columns_text(matched: Option<&[Option<String>]>) -> String {
    let Some(columns) = matched else {
        return String::new();
    };
    let names = columns.iter().map(|name| name.as_deref().unwrap_or("-"));
    names.collect::<Vec<_>>().join("\n")
}

fn columns(text: &str) -> Result<Option<Vec<Option<String>>>, StoreError> {
    if text.is_empty() {
        return Ok(None);
    }
    if text
        .chars()
        .any(|letter| letter.is_control() && letter != '\n')
    {
        return Err(corrupt("matching of columns", text));
    }
    let named = |name: &str| (name != "-").then(|| name.to_owned());
    Ok(Some(text.split('\n').map(named).collect()))
}
