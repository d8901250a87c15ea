//! Finding people of the list by what somebody remembers of them.

use std::collections::BTreeSet;

use crate::portal::PersonId;
use crate::text::{NumberRow, unsigned};
use crate::{Member, Read, StoreError};

#[derive(sqlx::FromRow)]
struct FoundRow {
    person: i64,
}

#[derive(sqlx::FromRow)]
struct NamedRow {
    person: i64,
    name: String,
    number: String,
}

impl Read {
    /// People whose name or number holds the text, whatever its accents and capitals, whose wallet
    /// begins with it, or who have a grant whose name holds it or whose id begins with it; by name,
    /// without erased ones. `skip` are those of the pages before.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_members(
        &mut self,
        text: &str,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError> {
        let also = match text.is_empty() {
            true => BTreeSet::new(),
            false => self.people_of(text).await?,
        };
        // No database takes accents off in the way of the other.
        let sql = "SELECT person, name, number FROM members WHERE erased_at IS NULL";
        let wanted = folded(text);
        let rows = run!(self, fetch_all as NamedRow, sql)?.into_iter();
        let found = rows.filter(|row| {
            let holds = |words: &str| folded(words).contains(&wanted);
            holds(&row.name) || holds(&row.number) || also.contains(&row.person)
        });
        self.people_by(found, (skip, limit)).await
    }

    /// By the beginning of a wallet or of a grant's id, or by part of a grant's name.
    async fn people_of(&mut self, text: &str) -> Result<BTreeSet<i64>, StoreError> {
        let lower = escaped(&text.to_lowercase());
        let sql = "SELECT w.person AS person FROM member_wallets w \
                   WHERE w.wallet LIKE $1 ESCAPE '!' \
                   UNION SELECT m.person AS person FROM terms t \
                   JOIN people p ON p.id = t.id AND p.erased_at IS NULL \
                   JOIN members m ON m.number = p.employee_id AND m.erased_at IS NULL \
                   WHERE t.id LIKE $1 ESCAPE '!' OR LOWER(t.external_id) LIKE $2 ESCAPE '!'";
        let begins = format!("{lower}%");
        let holds = format!("%{lower}%");
        let rows = run!(self, fetch_all as FoundRow, sql, begins, holds)?;
        Ok(rows.into_iter().map(|row| row.person).collect())
    }

    /// People with a grant of a committed round that nobody has accepted, by name; rescinded rounds
    /// do not count.
    ///
    /// # Errors
    /// The database failed.
    pub async fn members_not_accepted(
        &mut self,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError> {
        let sql = "SELECT m.person, m.name, m.number FROM members m WHERE m.erased_at IS NULL \
                   AND EXISTS (SELECT 1 FROM people p JOIN terms t ON t.id = p.id \
                   JOIN rounds r ON r.root = t.root AND NOT r.rescinded \
                   WHERE p.employee_id = m.number AND p.erased_at IS NULL AND NOT EXISTS \
                   (SELECT 1 FROM acceptances a WHERE a.grant_id = t.id))";
        let rows = run!(self, fetch_all as NamedRow, sql)?;
        self.people_by(rows, (skip, limit)).await
    }

    /// One page of those found, as a list of names is read: Émile beside Emil.
    async fn people_by(
        &mut self,
        found: impl IntoIterator<Item = NamedRow>,
        (skip, limit): (u32, u32),
    ) -> Result<Vec<Member>, StoreError> {
        let found = found.into_iter();
        let mut found: Vec<_> = found.map(|row| (folded(&row.name), row.person)).collect();
        found.sort_unstable();
        let mut page = Vec::new();
        for (_, person) in found.into_iter().skip(skip as usize).take(limit as usize) {
            page.extend(self.member(PersonId(person)).await?);
        }
        Ok(page)
    }
}

/// Without accents and capitals, so that Ibarruri finds Ibárruri.
fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            // Accents that stand as signs of their own.
            '\u{300}'..='\u{36f}' => {}
            'à'..='å' | 'ā' | 'ă' | 'ą' => plain.push('a'),
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => plain.push('c'),
            'ď' | 'đ' | 'ð' => plain.push('d'),
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => plain.push('e'),
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => plain.push('g'),
            'ĥ' | 'ħ' => plain.push('h'),
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => plain.push('i'),
            'ķ' => plain.push('k'),
            'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => plain.push('l'),
            'ñ' | 'ń' | 'ņ' | 'ň' => plain.push('n'),
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => plain.push('o'),
            'ŕ' | 'ŗ' | 'ř' => plain.push('r'),
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => plain.push('s'),
            'ţ' | 'ť' | 'ŧ' | 'ț' => plain.push('t'),
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => plain.push('u'),
            'ý' | 'ÿ' | 'ŷ' => plain.push('y'),
            'ź' | 'ż' | 'ž' => plain.push('z'),
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            other => plain.push(other),
        }
    }
    plain
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
