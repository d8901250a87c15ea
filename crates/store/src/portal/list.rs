//! Changes of the people list: who is added and changed, and whose wallets are whose.

use alloy_primitives::{Address, B256};

use super::members::email_key;
use super::{ListRole, NewMember, PersonId};
use crate::text::{NumberRow, address, big};
use crate::{StoreError, Tx};

impl Tx {
    /// Puts a person onto the list at `now` (Unix seconds) and answers the serial number.
    ///
    /// # Errors
    /// [`StoreError::NumberTaken`], [`StoreError::WalletTaken`], or the database failed.
    pub async fn add_member(&mut self, new: &NewMember, now: u64) -> Result<PersonId, StoreError> {
        let sql = "SELECT COALESCE(MAX(person), 0) AS n FROM members";
        let person = PersonId(run!(self, fetch_one as NumberRow, sql)?.n + 1);
        self.check_number(person, &new.number).await?;
        let sql = "INSERT INTO members \
                   (person, number, name, email, email_key, country, zone, added_at) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        run!(
            self,
            sql,
            person.0,
            &new.number,
            &new.name,
            &new.email,
            email_key(&new.email),
            &new.country,
            &new.zone,
            big("time", now)?
        )?;
        self.put_roles(person, &new.roles).await?;
        for wallet in &new.wallets {
            self.add_member_wallet(person, *wallet).await?;
        }
        Ok(person)
    }

    /// Replaces what the list says about a person, roles and wallets included; a wallet that stays
    /// keeps its proof. Sessions by a wallet that goes end, and so do sessions and links by an
    /// e-mail address that is not the person's any more. A person who is unknown or erased is not
    /// changed: answers whether there was one.
    ///
    /// # Errors
    /// [`StoreError::NumberTaken`], [`StoreError::WalletTaken`], or the database failed.
    pub async fn put_member(
        &mut self,
        person: PersonId,
        new: &NewMember,
    ) -> Result<bool, StoreError> {
        self.check_number(person, &new.number).await?;
        let known = self.member(person).await?;
        let Some(before) = known.filter(|member| member.erased_at.is_none()) else {
            return Ok(false);
        };
        let sql = "UPDATE members SET number = $2, name = $3, email = $4, email_key = $5, \
                   country = $6, zone = $7 WHERE person = $1";
        run!(
            self,
            sql,
            person.0,
            &new.number,
            &new.name,
            &new.email,
            email_key(&new.email),
            &new.country,
            &new.zone
        )?;
        self.put_roles(person, &new.roles).await?;
        if email_key(&before.email) != email_key(&new.email) {
            self.end_mail(person).await?;
        }
        for wallet in before.wallets {
            if !new.wallets.contains(&wallet.address) {
                self.take_wallet(wallet.address).await?;
            }
        }
        for wallet in &new.wallets {
            self.add_member_wallet(person, *wallet).await?;
        }
        Ok(true)
    }

    /// Adds a wallet to a person; one that is hers already stays as it is. Sessions by it are hers
    /// from now on.
    ///
    /// # Errors
    /// [`StoreError::WalletTaken`], or the database failed.
    pub async fn add_member_wallet(
        &mut self,
        person: PersonId,
        wallet: Address,
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO member_wallets (wallet, person) VALUES ($1, $2) \
                   ON CONFLICT (wallet) DO NOTHING";
        if run!(self, sql, address(&wallet), person.0)? == 1 {
            let sql = "UPDATE sessions SET person = $2 WHERE wallet = $1";
            run!(self, sql, address(&wallet), person.0)?;
            return Ok(());
        }
        match self.member_of_wallet(wallet).await? {
            Some(owner) if owner.person != person => Err(StoreError::WalletTaken {
                wallet,
                number: owner.number,
            }),
            _ => Ok(()),
        }
    }

    async fn take_wallet(&mut self, wallet: Address) -> Result<(), StoreError> {
        let wallet = address(&wallet);
        let sql = "DELETE FROM member_wallets WHERE wallet = $1";
        run!(self, sql, &wallet)?;
        run!(self, "DELETE FROM sessions WHERE wallet = $1", &wallet)?;
        Ok(())
    }

    async fn end_mail(&mut self, person: PersonId) -> Result<(), StoreError> {
        let sql = "DELETE FROM mail_links WHERE person = $1";
        run!(self, sql, person.0)?;
        let sql = "DELETE FROM sessions WHERE person = $1 AND wallet IS NULL";
        run!(self, sql, person.0)?;
        Ok(())
    }

    /// Puts the people of an imported round onto the list at `now` (Unix seconds), as the round
    /// names them, in the zone of their grant. What the list says about somebody stays; a wallet
    /// that it lacks is added.
    /// Answers who is new.
    ///
    /// # Errors
    /// [`StoreError::WalletTaken`]: the round gives one person's wallet to another; or the
    /// database failed.
    pub async fn add_members_of_round(
        &mut self,
        root: B256,
        now: u64,
    ) -> Result<Vec<PersonId>, StoreError> {
        let mut new = Vec::new();
        for row in self.people_of_round(root).await? {
            if row.employee_id.is_empty() {
                continue;
            }
            let known = self.member_of_number(&row.employee_id).await?;
            if let Some(member) = known {
                self.add_member_wallet(member.person, row.wallet).await?;
                continue;
            }
            let terms = self.terms(row.id).await?;
            let member = NewMember {
                number: row.employee_id,
                name: row.name,
                email: row.email,
                country: row.country,
                zone: terms.map_or_else(String::new, |grant| grant.zone),
                wallets: vec![row.wallet],
                ..NewMember::default()
            };
            new.push(self.add_member(&member, now).await?);
        }
        Ok(new)
    }

    /// Notes that a person signed in with a wallet of the list at `now` (Unix seconds); the first
    /// time counts.
    ///
    /// # Errors
    /// The database failed.
    pub async fn prove_wallet(&mut self, wallet: Address, now: u64) -> Result<(), StoreError> {
        let sql = "UPDATE member_wallets SET proven_at = $2 \
                   WHERE wallet = $1 AND proven_at IS NULL";
        run!(self, sql, address(&wallet), big("time", now)?)?;
        Ok(())
    }

    async fn check_number(&mut self, person: PersonId, number: &str) -> Result<(), StoreError> {
        match self.member_of_number(number).await? {
            Some(other) if other.person != person => Err(StoreError::NumberTaken {
                number: number.to_owned(),
            }),
            _ => Ok(()),
        }
    }

    async fn put_roles(&mut self, person: PersonId, roles: &[ListRole]) -> Result<(), StoreError> {
        run!(self, "DELETE FROM member_roles WHERE person = $1", person.0)?;
        for role in roles {
            let sql = "INSERT INTO member_roles (person, role) VALUES ($1, $2) \
                       ON CONFLICT (person, role) DO NOTHING";
            run!(self, sql, person.0, role.name())?;
        }
        Ok(())
    }
}
