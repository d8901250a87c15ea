//! The people list: who works here, with which wallets, and what they may read.

use alloy_primitives::{Address, B256};

use super::owner::PersonId;
use crate::text::{address, big, corrupt, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// What the list lets a person read, beside his or her own grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ListRole {
    /// Everything, and the list itself.
    Administrator,
    /// The company's pages.
    Company,
    /// The auditor's pages.
    Auditor,
}

/// A wallet of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberWallet {
    /// Its address.
    pub address: Address,
    /// When the person first signed in with it, Unix seconds; never, if only the list says so.
    pub proven_at: Option<u64>,
}

/// What the company's list says about a person.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct NewMember {
    /// The company's number for the person, unique; not empty.
    pub number: String,
    /// Full name, or empty.
    pub name: String,
    /// E-mail address, or empty.
    pub email: String,
    /// Tax country, ISO 3166 alpha-2, or empty.
    pub country: String,
    /// IANA name of the person's time zone, or empty.
    pub zone: String,
    /// What the person may read.
    pub roles: Vec<ListRole>,
    /// The person's wallets, none of anybody else.
    pub wallets: Vec<Address>,
}

/// A person of the list.
#[derive(Clone, PartialEq, Eq)]
pub struct Member {
    /// The serial number here.
    pub person: PersonId,
    /// The company's number for the person; empty after erasure.
    pub number: String,
    /// Full name, or empty.
    pub name: String,
    /// E-mail address, or empty.
    pub email: String,
    /// Tax country, ISO 3166 alpha-2, or empty.
    pub country: String,
    /// IANA name of the person's time zone, or empty.
    pub zone: String,
    /// What the person may read, without repetition.
    pub roles: Vec<ListRole>,
    /// The person's wallets, those used for signing in first.
    pub wallets: Vec<MemberWallet>,
    /// When the person came onto the list, Unix seconds.
    pub added_at: u64,
    /// When the person was erased, Unix seconds.
    pub erased_at: Option<u64>,
}

/// Prints no personal data, so that none reaches a log.
impl std::fmt::Debug for Member {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut form = f.debug_struct("Member");
        form.field("person", &self.person).finish_non_exhaustive()
    }
}

/// Prints no personal data, so that none reaches a log.
impl std::fmt::Debug for NewMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewMember").finish_non_exhaustive()
    }
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    person: i64,
    number: String,
    name: String,
    email: String,
    country: String,
    zone: String,
    added_at: i64,
    erased_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct WalletRow {
    wallet: String,
    proven_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct RoleRow {
    role: String,
}

#[derive(sqlx::FromRow)]
struct NumberRow {
    n: i64,
}

impl Read {
    /// A person by the serial number, erased or not.
    ///
    /// # Errors
    /// The database failed.
    pub async fn member(&mut self, person: PersonId) -> Result<Option<Member>, StoreError> {
        let sql = "SELECT person, number, name, email, country, zone, added_at, erased_at \
                   FROM members WHERE person = $1";
        let row = run!(self, fetch_optional as MemberRow, sql, person.0)?;
        self.one_member(row).await
    }

    /// A person by the company's number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn member_of_number(&mut self, number: &str) -> Result<Option<Member>, StoreError> {
        let sql = "SELECT person, number, name, email, country, zone, added_at, erased_at \
                   FROM members WHERE number = $1 AND erased_at IS NULL";
        let row = run!(self, fetch_optional as MemberRow, sql, number)?;
        self.one_member(row).await
    }

    /// The person whose wallet it is.
    ///
    /// # Errors
    /// The database failed.
    pub async fn member_of_wallet(
        &mut self,
        wallet: Address,
    ) -> Result<Option<Member>, StoreError> {
        let sql = "SELECT m.person, m.number, m.name, m.email, m.country, m.zone, m.added_at, \
                   m.erased_at FROM member_wallets w JOIN members m ON m.person = w.person \
                   WHERE w.wallet = $1";
        let row = run!(self, fetch_optional as MemberRow, sql, address(&wallet))?;
        self.one_member(row).await
    }

    /// The person with this e-mail address, in capitals or not; nobody if several have it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn member_of_email(&mut self, email: &str) -> Result<Option<Member>, StoreError> {
        let key = email_key(email);
        if key.is_empty() {
            return Ok(None);
        }
        let sql = "SELECT person, number, name, email, country, zone, added_at, erased_at \
                   FROM members WHERE email_key = $1 AND erased_at IS NULL LIMIT 2";
        let mut rows = run!(self, fetch_all as MemberRow, sql, key)?;
        let only = if rows.len() == 1 { rows.pop() } else { None };
        self.one_member(only).await
    }

    /// Whom a grant is for: the person of its leaf in the imported round, also when the grant
    /// replaced another.
    ///
    /// # Errors
    /// The database failed.
    pub async fn member_of_grant(&mut self, id: B256) -> Result<Option<Member>, StoreError> {
        let sql = "SELECT m.person, m.number, m.name, m.email, m.country, m.zone, m.added_at, \
                   m.erased_at FROM people p \
                   JOIN members m ON m.number = p.employee_id AND m.erased_at IS NULL \
                   WHERE p.erased_at IS NULL AND p.id = COALESCE( \
                   (SELECT t.id FROM grants g JOIN terms t ON t.root = g.root \
                   AND t.leaf_index = g.leaf_index WHERE g.id = $1), $1)";
        let row = run!(self, fetch_optional as MemberRow, sql, word(&id))?;
        self.one_member(row).await
    }

    /// People by name and serial number, after the last of the page before; erased ones are left
    /// out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn members(
        &mut self,
        after: Option<&Member>,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError> {
        let sql = "SELECT person, number, name, email, country, zone, added_at, erased_at \
                   FROM members WHERE erased_at IS NULL AND (name, person) > ($1, $2) \
                   ORDER BY name, person LIMIT $3";
        let (name, person) = after.map_or(("", 0), |last| (last.name.as_str(), last.person.0));
        let rows = run!(
            self,
            fetch_all as MemberRow,
            sql,
            name,
            person,
            i64::from(limit)
        )?;
        let mut members = Vec::with_capacity(rows.len());
        for row in rows {
            members.push(self.whole_member(row).await?);
        }
        Ok(members)
    }

    /// How many people are on the list, without erased ones.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_members(&mut self) -> Result<u64, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM members WHERE erased_at IS NULL";
        unsigned("count", run!(self, fetch_one as NumberRow, sql)?.n)
    }

    async fn one_member(&mut self, row: Option<MemberRow>) -> Result<Option<Member>, StoreError> {
        match row {
            Some(row) => self.whole_member(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn whole_member(&mut self, row: MemberRow) -> Result<Member, StoreError> {
        let sql = "SELECT role FROM member_roles WHERE person = $1 ORDER BY role";
        let roles = run!(self, fetch_all as RoleRow, sql, row.person)?;
        let sql = "SELECT wallet, proven_at FROM member_wallets WHERE person = $1 \
                   ORDER BY proven_at IS NULL, proven_at, wallet";
        let wallets = run!(self, fetch_all as WalletRow, sql, row.person)?;
        let roles = roles.iter().map(|row| ListRole::named(&row.role));
        let wallets = wallets.iter().map(MemberWallet::try_from);
        Ok(Member {
            person: PersonId(row.person),
            number: row.number,
            name: row.name,
            email: row.email,
            country: row.country,
            zone: row.zone,
            roles: roles.collect::<Result<_, _>>()?,
            wallets: wallets.collect::<Result<_, _>>()?,
            added_at: unsigned("time", row.added_at)?,
            erased_at: row.erased_at.map(|at| unsigned("time", at)).transpose()?,
        })
    }
}

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
    /// keeps its proof. A person who is unknown or erased is not changed: answers whether there
    /// was one.
    ///
    /// # Errors
    /// [`StoreError::NumberTaken`], [`StoreError::WalletTaken`], or the database failed.
    pub async fn put_member(
        &mut self,
        person: PersonId,
        new: &NewMember,
    ) -> Result<bool, StoreError> {
        self.check_number(person, &new.number).await?;
        let sql = "UPDATE members SET number = $2, name = $3, email = $4, email_key = $5, \
                   country = $6, zone = $7 WHERE person = $1 AND erased_at IS NULL";
        let changed = run!(
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
        if changed == 0 {
            return Ok(false);
        }
        self.put_roles(person, &new.roles).await?;
        let before = self.member(person).await?.map(|member| member.wallets);
        for wallet in before.unwrap_or_default() {
            if !new.wallets.contains(&wallet.address) {
                let sql = "DELETE FROM member_wallets WHERE wallet = $1";
                run!(self, sql, address(&wallet.address))?;
            }
        }
        for wallet in &new.wallets {
            self.add_member_wallet(person, *wallet).await?;
        }
        Ok(true)
    }

    /// Adds a wallet to a person; one that is hers already stays as it is.
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
        run!(self, sql, address(&wallet), person.0)?;
        match self.member_of_wallet(wallet).await? {
            Some(owner) if owner.person != person => Err(StoreError::WalletTaken {
                wallet,
                number: owner.number,
            }),
            _ => Ok(()),
        }
    }

    /// Puts the people of an imported round onto the list at `now` (Unix seconds), as the round
    /// names them. What the list says about somebody stays; a wallet that it lacks is added.
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
            let member = NewMember {
                number: row.employee_id,
                name: row.name,
                email: row.email,
                country: row.country,
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

impl ListRole {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Administrator, Self::Company, Self::Auditor];

    /// One lower-case word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Company => "company",
            Self::Auditor => "auditor",
        }
    }

    fn named(name: &str) -> Result<Self, StoreError> {
        let mut all = Self::ALL.into_iter();
        all.find(|role| role.name() == name)
            .ok_or_else(|| corrupt("role", name))
    }
}

impl Member {
    /// What the list says, to be changed and written again.
    pub fn to_new(&self) -> NewMember {
        NewMember {
            number: self.number.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            country: self.country.clone(),
            zone: self.zone.clone(),
            roles: self.roles.clone(),
            wallets: self.wallets.iter().map(|it| it.address).collect(),
        }
    }
}

impl TryFrom<&WalletRow> for MemberWallet {
    type Error = StoreError;

    fn try_from(row: &WalletRow) -> Result<Self, StoreError> {
        Ok(Self {
            address: parse("wallet", &row.wallet)?,
            proven_at: row.proven_at.map(|at| unsigned("time", at)).transpose()?,
        })
    }
}

/// An e-mail address as it is compared: without blanks around it, in small letters.
fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}
