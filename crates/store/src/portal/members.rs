//! The people list: who works here, with which wallets, and what they may read.

use alloy_primitives::{Address, B256};

use super::owner::PersonId;
use crate::text::{NumberRow, address, corrupt, parse, unsigned, word};
use crate::{Read, StoreError};

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
pub(super) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}
