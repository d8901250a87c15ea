//! What the company calls a grant, in one question.

use std::iter::repeat;

use alloy_primitives::B256;

use crate::text::{parse, parse_bytes, word};
use crate::{Read, StatedValue, StoreError};

/// How the company's own rows name a grant.
#[derive(Clone, PartialEq, Eq)]
pub struct GrantNames {
    /// The grant of the imported round: itself, or the one that it goes back to by replacements.
    pub origin: B256,
    /// The company's own name for that grant, or empty.
    pub external_id: String,
    /// Whom it is for, if that was imported and is not erased.
    pub person: Option<String>,
    /// What the sheet says that one token is worth.
    pub stated: Option<StatedValue>,
}

/// Prints no personal data, so that none reaches a log.
impl std::fmt::Debug for GrantNames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut form = f.debug_struct("GrantNames");
        form.field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// What was imported of a grant, with its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Papers {
    /// Canonical terms.
    pub terms: Vec<u8>,
    /// IANA name of the zone that the schedule was written in.
    pub zone: String,
    /// How the company names it; `origin` is its id.
    pub names: GrantNames,
}

/// Ids in one statement.
const ASKED: usize = 50;
/// Looked up row by row, since PostgreSQL would join whole tables before it knows how large they are.
const PAPERS: &str = "SELECT t.id, t.external_id, t.terms, t.zone, \
    (SELECT p.name FROM people p WHERE p.id = t.id AND p.erased_at IS NULL) AS name, \
    (SELECT v.unit_usd FROM stated_values v WHERE v.id = t.id) AS unit_usd, \
    (SELECT v.stated_on FROM stated_values v WHERE v.id = t.id) AS stated_on \
    FROM terms t WHERE t.id IN ( \
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, \
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, \
    $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50)";

#[derive(sqlx::FromRow)]
struct PapersRow {
    terms: String,
    zone: String,
    #[sqlx(flatten)]
    names: NamesRow,
}

#[derive(sqlx::FromRow)]
struct NamesRow {
    id: String,
    external_id: String,
    name: Option<String>,
    unit_usd: Option<String>,
    stated_on: Option<String>,
}

impl Read {
    /// What the company calls a grant; nothing if its round was not imported here.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grant_names(&mut self, id: B256) -> Result<Option<GrantNames>, StoreError> {
        let sql = "SELECT t.id, t.external_id, p.name, v.unit_usd, v.stated_on FROM terms t \
                   LEFT JOIN people p ON p.id = t.id AND p.erased_at IS NULL \
                   LEFT JOIN stated_values v ON v.id = t.id WHERE t.id = COALESCE( \
                   (SELECT o.id FROM grants g JOIN terms o ON o.root = g.root \
                   AND o.leaf_index = g.leaf_index WHERE g.id = $1), $1)";
        let row = run!(self, fetch_optional as NamesRow, sql, word(&id))?;
        row.map(GrantNames::try_from).transpose()
    }

    /// What the company's rows say of the grants of imported rounds among these, in no order; of
    /// the others nothing. One statement for fifty.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grant_papers(&mut self, ids: &[B256]) -> Result<Vec<Papers>, StoreError> {
        let mut found = Vec::with_capacity(ids.len());
        for part in ids.chunks(ASKED) {
            let words = part.iter().map(word).chain(repeat(String::new()));
            let words = words.take(ASKED);
            let rows = all_of!(self, PapersRow, PAPERS, words)?;
            for row in rows {
                found.push(Papers::try_from(row)?);
            }
        }
        Ok(found)
    }
}

impl TryFrom<NamesRow> for GrantNames {
    type Error = StoreError;

    fn try_from(row: NamesRow) -> Result<Self, StoreError> {
        let origin = parse("grant id", &row.id)?;
        let stated = row.unit_usd.zip(row.stated_on);
        Ok(Self {
            origin,
            external_id: row.external_id,
            person: row.name,
            stated: stated.map(|(unit_usd, stated_on)| StatedValue {
                id: origin,
                unit_usd,
                stated_on,
            }),
        })
    }
}

impl TryFrom<PapersRow> for Papers {
    type Error = StoreError;

    fn try_from(row: PapersRow) -> Result<Self, StoreError> {
        Ok(Self {
            terms: parse_bytes("terms", &row.terms)?,
            zone: row.zone,
            names: row.names.try_into()?,
        })
    }
}
