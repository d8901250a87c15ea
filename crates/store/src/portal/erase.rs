//! Erasure: takes a person out of the database and leaves the serial number.

use alloy_primitives::B256;

use super::Member;
use super::owner::{Owner, PersonId};
use crate::text::{address, big, parse, parse_bytes};
use crate::{StoreError, Tx};

/// What an erasure took, and what it left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// The grants that were imported for the person: the round file and the chain keep them,
    /// without a name.
    pub grants: Vec<B256>,
    /// Sessions that ended.
    pub sessions: u64,
    /// Links that are dead: by e-mail, shared, calendar.
    pub links: u64,
    /// Wallets that the list no longer knows.
    pub wallets: u64,
    /// Sheets on their way to become rounds that named the person, and are discarded.
    pub drafts: u64,
}

#[derive(sqlx::FromRow)]
struct IdRow {
    id: String,
}

#[derive(sqlx::FromRow)]
struct SheetRow {
    id: String,
    name: String,
    sheet: String,
}

impl Tx {
    /// Clears every personal column about a person: name, number, e-mail, country, zone, roles,
    /// wallets, settings, links, sessions, the text of agreements, replacements offered, reasons of
    /// challenges, names of files brought, labels of auditors' links and sheets not imported yet,
    /// which name the person. Kept are the serial number, terms, audit entries and acceptances,
    /// which name nobody, and papers and files that a panel signs for. Answers nothing if the person
    /// is unknown or was erased before. What deleted rows leave in the files of the database [`crate::Store::scrub`] takes.
    ///
    /// # Errors
    /// The database failed.
    pub async fn erase_member(
        &mut self,
        person: PersonId,
        now: u64,
    ) -> Result<Option<Erased>, StoreError> {
        let known = self.member(person).await?;
        let Some(member) = known.filter(|member| member.erased_at.is_none()) else {
            return Ok(None);
        };
        self.erase_labels(&member).await?;
        let mut erased = Erased {
            drafts: self.erase_sheets(&member).await?,
            grants: self.erase_grants(&member.number, big("time", now)?).await?,
            ..Erased::default()
        };
        erased.sessions += self
            .revoke_all_sessions(Owner::Person(person), None)
            .await?;
        let sql = "DELETE FROM mail_links WHERE person = $1";
        erased.links += run!(self, sql, person.0)?;
        self.erase_owner(Owner::Person(person), &mut erased).await?;
        for wallet in &member.wallets {
            let owner = Owner::Wallet(wallet.address);
            erased.sessions += self.revoke_all_sessions(owner, None).await?;
            let sql = "DELETE FROM share_links WHERE wallet = $1";
            erased.links += run!(self, sql, address(&wallet.address))?;
            self.erase_owner(owner, &mut erased).await?;
        }
        let sql = "DELETE FROM member_wallets WHERE person = $1";
        erased.wallets = run!(self, sql, person.0)?;
        run!(self, "DELETE FROM member_roles WHERE person = $1", person.0)?;
        let sql = "UPDATE members SET number = '', name = '', email = '', email_key = '', \
                   country = '', zone = '', erased_at = $2 WHERE person = $1";
        run!(self, sql, person.0, big("time", now)?)?;
        Ok(Some(erased))
    }

    async fn erase_grants(&mut self, number: &str, now: i64) -> Result<Vec<B256>, StoreError> {
        let sql = "SELECT id FROM people WHERE employee_id = $1 ORDER BY id";
        let rows = run!(self, fetch_all as IdRow, sql, number)?;
        let sql = "UPDATE terms SET agreement = NULL \
                   WHERE id IN (SELECT id FROM people WHERE employee_id = $1)";
        run!(self, sql, number)?;
        // A replacement that was offered holds an agreement of its own.
        let sql = "DELETE FROM requests WHERE kind = 'replace' AND subject IN \
                   (SELECT 'grant:' || p.id FROM people p WHERE p.employee_id = $1 \
                   UNION SELECT 'grant:' || g.id FROM people p JOIN terms t ON t.id = p.id \
                   JOIN grants g ON g.root = t.root AND g.leaf_index = t.leaf_index \
                   WHERE p.employee_id = $1)";
        run!(self, sql, number)?;
        let sql = "UPDATE people SET name = '', email = '', employee_id = '', country = '', \
                   wallet = '', erased_at = $2 WHERE employee_id = $1";
        run!(self, sql, number, now)?;
        rows.iter().map(|row| parse("grant id", &row.id)).collect()
    }

    /// Deletes the drafts whose sheet or name has the person's name, e-mail address or number.
    async fn erase_sheets(&mut self, member: &Member) -> Result<u64, StoreError> {
        let sql = "SELECT id, name, sheet FROM imports";
        let mut deleted = 0;
        for row in run!(self, fetch_all as SheetRow, sql)? {
            let sheet = parse_bytes("sheet", &row.sheet)?;
            let sheet = String::from_utf8_lossy(&sheet);
            let words = [&member.number, &member.name, &member.email];
            if words
                .iter()
                .any(|it| names(&sheet, it) || names(&row.name, it))
            {
                self.delete_import_draft(&row.id).await?;
                deleted += 1;
            }
        }
        Ok(deleted)
    }

    async fn erase_owner(&mut self, owner: Owner, erased: &mut Erased) -> Result<(), StoreError> {
        erased.links += u64::from(self.delete_calendar_link(owner).await?);
        self.erase_brought(owner).await?;
        let sql = "DELETE FROM settings WHERE owner = $1";
        run!(self, sql, owner.to_string())?;
        Ok(())
    }
}

/// Whether a text has these words with no letter or digit beside them, in capitals or not.
pub(super) fn names(text: &str, words: &str) -> bool {
    let (text, words) = (text.to_lowercase(), words.trim().to_lowercase());
    let is_part = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    !words.is_empty()
        && text.match_indices(&words).any(|(at, found)| {
            let (before, after) = (&text[..at], &text[at + found.len()..]);
            !is_part(before.chars().next_back()) && !is_part(after.chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn a_sheet_names_whom_it_names() {
        let sheet = "G-1,E20,\"Müller, Ada\",ADA@acme.example\r\n";
        for words in ["E20", "Müller, Ada", "ada@acme.example", "müller"] {
            assert!(names(sheet, words), "{words}");
        }
        for words in ["E2", "20", "Ada M", "", " ", "da@acme.example"] {
            assert!(!names(sheet, words), "{words}");
        }
    }
}
