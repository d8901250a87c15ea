//! What the company calls a grant, in one question.

use alloy_primitives::B256;

use crate::text::{parse, word};
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
        let Some(row) = row else { return Ok(None) };
        let origin = parse("grant id", &row.id)?;
        let stated = row.unit_usd.zip(row.stated_on);
        Ok(Some(GrantNames {
            origin,
            external_id: row.external_id,
            person: row.name,
            stated: stated.map(|(unit_usd, stated_on)| StatedValue {
                id: origin,
                unit_usd,
                stated_on,
            }),
        }))
    }
}
