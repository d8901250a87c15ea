//! The grants of a person or of wallets, opened or not, in order of their ids.

use alloy_primitives::{Address, B256};
use guerdon_core::ledger::GrantRecord;

use super::members::email_key;
use super::owner::PersonId;
use crate::grants::GrantRow;
use crate::imports::TermsRow;
use crate::text::{NumberRow, address, word};
use crate::{ImportedGrant, NewMember, Page, Read, StoreError};

/// A grant of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// Opened: the chain knows it.
    Opened(Box<GrantRecord>),
    /// Imported and not opened yet.
    Waiting(ImportedGrant),
}

impl Held {
    /// The grant's id.
    pub fn id(&self) -> B256 {
        match self {
            Self::Opened(record) => record.id,
            Self::Waiting(terms) => terms.id,
        }
    }
}

impl Read {
    /// Grants that these wallets hold now, and imported ones that are to be opened for them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants_of_wallets(
        &mut self,
        wallets: &[Address],
        page: &Page,
    ) -> Result<Vec<Held>, StoreError> {
        let after = page.after.as_ref().map(word).unwrap_or_default();
        let mut held = Vec::new();
        for wallet in wallets {
            let wallet = address(wallet);
            let sql = "SELECT * FROM grants WHERE recipient = $1 AND id > $2 \
                       AND moved_to IS NULL ORDER BY id LIMIT $3";
            held.extend(self.opened(sql, &wallet, &after, page.limit).await?);
            let sql = "SELECT * FROM grants WHERE moved_to = $1 AND id > $2 ORDER BY id LIMIT $3";
            held.extend(self.opened(sql, &wallet, &after, page.limit).await?);
            let sql = "SELECT id, root, leaf_index, terms, external_id, zone, agreement \
                       FROM terms WHERE substr(terms, 1, 42) = $1 AND id > $2 AND NOT EXISTS \
                       (SELECT 1 FROM grants g WHERE g.id = terms.id) ORDER BY id LIMIT $3";
            held.extend(self.waiting(sql, &wallet, &after, page.limit).await?);
        }
        Ok(first(held, page.limit))
    }

    /// Grants that were imported for a person, and those that replaced them, whoever holds them
    /// now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn grants_of_person(
        &mut self,
        person: PersonId,
        page: &Page,
    ) -> Result<Vec<Held>, StoreError> {
        let Some(member) = self.member(person).await? else {
            return Ok(Vec::new());
        };
        if member.erased_at.is_some() {
            return Ok(Vec::new());
        }
        let after = page.after.as_ref().map(word).unwrap_or_default();
        let sql = "SELECT g.* FROM people p JOIN terms t ON t.id = p.id \
                   JOIN grants g ON g.root = t.root AND g.leaf_index = t.leaf_index \
                   WHERE p.employee_id = $1 AND g.id > $2 ORDER BY g.id LIMIT $3";
        let number = &member.number;
        let mut held = self.opened(sql, number, &after, page.limit).await?;
        let sql = "SELECT t.id, t.root, t.leaf_index, t.terms, t.external_id, t.zone, \
                   t.agreement FROM people p JOIN terms t ON t.id = p.id \
                   WHERE p.employee_id = $1 AND t.id > $2 AND NOT EXISTS \
                   (SELECT 1 FROM grants g WHERE g.id = t.id) ORDER BY t.id LIMIT $3";
        held.extend(self.waiting(sql, number, &after, page.limit).await?);
        Ok(first(held, page.limit))
    }

    /// Whether somebody new would get what is somebody's already: a wallet that an imported or
    /// opened grant is or was to be paid to, the number that a grant was imported for, or the e-mail
    /// address of one or more people of the list.
    ///
    /// # Errors
    /// The database failed.
    pub async fn takes_from_somebody(&mut self, new: &NewMember) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM people WHERE employee_id = $1";
        let mut known = run!(self, fetch_one as NumberRow, sql, &new.number)?.n;
        let email = email_key(&new.email);
        if !email.is_empty() {
            let sql = "SELECT COUNT(*) AS n FROM members \
                       WHERE email_key = $1 AND erased_at IS NULL";
            known += run!(self, fetch_one as NumberRow, sql, email)?.n;
        }
        for wallet in &new.wallets {
            let wallet = address(wallet);
            for sql in [
                "SELECT COUNT(*) AS n FROM grants WHERE recipient = $1",
                "SELECT COUNT(*) AS n FROM grants WHERE moved_to = $1",
                "SELECT COUNT(*) AS n FROM terms WHERE substr(terms, 1, 42) = $1",
            ] {
                known += run!(self, fetch_one as NumberRow, sql, &wallet)?.n;
            }
        }
        Ok(known > 0)
    }

    async fn opened(
        &mut self,
        sql: &'static str,
        whose: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Held>, StoreError> {
        let limit = i64::from(limit);
        let rows = run!(self, fetch_all as GrantRow, sql, whose, after, limit)?;
        let records = rows.into_iter().map(GrantRecord::try_from);
        records
            .map(|record| record.map(|it| Held::Opened(Box::new(it))))
            .collect()
    }

    async fn waiting(
        &mut self,
        sql: &'static str,
        whose: &str,
        after: &str,
        limit: u32,
    ) -> Result<Vec<Held>, StoreError> {
        let limit = i64::from(limit);
        let rows = run!(self, fetch_all as TermsRow, sql, whose, after, limit)?;
        let grants = rows.into_iter().map(ImportedGrant::try_from);
        grants.map(|grant| grant.map(Held::Waiting)).collect()
    }
}

/// The first of several lists that are each in order.
fn first(mut held: Vec<Held>, limit: u32) -> Vec<Held> {
    held.sort_by_key(Held::id);
    held.dedup_by_key(|it| it.id());
    held.truncate(limit as usize);
    held
}
