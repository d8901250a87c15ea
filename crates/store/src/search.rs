//! Finding people of the list by what somebody remembers of them.

use crate::portal::PersonId;
use crate::text::{NumberRow, unsigned};
use crate::{Member, Read, StoreError};

#[derive(sqlx::FromRow)]
struct FoundRow {
    person: i64,
}

impl Read {
    /// People whose name or number holds the text, or whose wallet begins with it, by name; erased
    /// ones are left out. `skip` are those of the pages before.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_members(
        &mut self,
        text: &str,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError> {
        let sql = "SELECT m.person AS person FROM members m WHERE m.erased_at IS NULL \
                   AND (m.name LIKE $1 ESCAPE '!' OR LOWER(m.name) LIKE $2 ESCAPE '!' \
                   OR LOWER(m.number) LIKE $2 ESCAPE '!' \
                   OR EXISTS (SELECT 1 FROM member_wallets w WHERE w.person = m.person \
                   AND w.wallet LIKE $3 ESCAPE '!')) \
                   ORDER BY m.name, m.person LIMIT $4 OFFSET $5";
        let plain = escaped(text);
        let lower = escaped(&text.to_lowercase());
        let rows = run!(
            self,
            fetch_all as FoundRow,
            sql,
            format!("%{plain}%"),
            format!("%{lower}%"),
            format!("{lower}%"),
            i64::from(limit),
            i64::from(skip)
        )?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.extend(self.member(PersonId(row.person)).await?);
        }
        Ok(found)
    }
}

/// The signs that LIKE reads in its own way, made plain.
fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            plain.push('!');
        }
        plain.push(letter);
    }
    plain
}

impl Read {
    /// How many imported grants of committed rounds nobody has accepted; rescinded rounds do not
    /// count.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_not_accepted(&mut self) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM terms t JOIN rounds r ON r.root = t.root \
                   WHERE NOT r.rescinded AND NOT EXISTS \
                   (SELECT 1 FROM acceptances a WHERE a.grant_id = t.id)";
        let row = run!(self, fetch_one as NumberRow, sql)?;
        unsigned("count", row.n)
    }
}
