//! Personal data, in a table of its own: it never leaves the company's database.

use alloy_primitives::{Address, B256};

use crate::text::{address, parse, word};
use crate::{Read, StoreError, Tx};

/// Whom a grant is for, as the sheet named them.
#[derive(Clone, PartialEq, Eq)]
pub struct Person {
    /// The grant's id.
    pub id: B256,
    /// The company's own name for the grant.
    pub external_id: String,
    /// Full name.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// The company's number for the person; several grants may share it.
    pub employee_id: String,
    /// Wallet at the time of the import.
    pub wallet: Address,
    /// Tax country, ISO 3166 alpha-2, or empty.
    pub country: String,
}

/// Prints no personal data, so that none reaches a log.
impl std::fmt::Debug for Person {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Person")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: String,
    external_id: String,
    name: String,
    email: String,
    employee_id: String,
    wallet: String,
    country: String,
}

impl Read {
    /// Whom a grant is for, if its round was imported here and the person is not erased.
    ///
    /// # Errors
    /// The database failed.
    pub async fn person(&mut self, id: B256) -> Result<Option<Person>, StoreError> {
        let sql = "SELECT id, external_id, name, email, employee_id, wallet, country \
                   FROM people WHERE id = $1 AND erased_at IS NULL";
        run!(self, fetch_optional as PersonRow, sql, word(&id))?
            .map(Person::try_from)
            .transpose()
    }

    /// The people of an imported round, in leaf order, without erased ones.
    ///
    /// # Errors
    /// The database failed.
    pub async fn people_of_round(&mut self, root: B256) -> Result<Vec<Person>, StoreError> {
        let sql = "SELECT p.id, p.external_id, p.name, p.email, p.employee_id, p.wallet, \
                   p.country FROM people p JOIN terms t ON t.id = p.id \
                   WHERE t.root = $1 AND p.erased_at IS NULL ORDER BY t.leaf_index";
        let rows = run!(self, fetch_all as PersonRow, sql, word(&root))?;
        rows.into_iter().map(Person::try_from).collect()
    }
}

impl Tx {
    /// Writes whom a grant is for; its terms must have been written before. A row that was erased
    /// stays erased.
    ///
    /// # Errors
    /// The database failed, or the grant's terms are not there.
    pub async fn put_person(&mut self, person: &Person) -> Result<(), StoreError> {
        let sql = "INSERT INTO people \
                   (id, external_id, name, email, employee_id, wallet, country) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) \
                   ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, \
                   name = excluded.name, email = excluded.email, \
                   employee_id = excluded.employee_id, wallet = excluded.wallet, \
                   country = excluded.country WHERE people.erased_at IS NULL";
        run!(
            self,
            sql,
            word(&person.id),
            &person.external_id,
            &person.name,
            &person.email,
            &person.employee_id,
            address(&person.wallet),
            &person.country
        )?;
        Ok(())
    }
}

impl TryFrom<PersonRow> for Person {
    type Error = StoreError;

    fn try_from(row: PersonRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: parse("grant id", &row.id)?,
            external_id: row.external_id,
            name: row.name,
            email: row.email,
            employee_id: row.employee_id,
            wallet: parse("wallet", &row.wallet)?,
            country: row.country,
        })
    }
}
