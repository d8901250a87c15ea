//! Holders' signed words that they accept their grants. Without effect on money.

use alloy_primitives::{Address, B256};

use crate::text::{address, big, bytes, parse, parse_bytes, unsigned, word};
use crate::{Read, StoreError, Tx};

/// An `AcceptGrant` that was signed and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The grant.
    pub grant: B256,
    /// Hash of the agreement: the `document` of the terms.
    pub agreement: B256,
    /// Who signed.
    pub wallet: Address,
    /// What the signed words give as their time, Unix seconds.
    pub signed_at: u64,
    /// The signature, as the wallet gave it.
    pub signature: Vec<u8>,
    /// When it came here, Unix seconds of the wall clock.
    pub added_at: u64,
}

#[derive(sqlx::FromRow)]
struct AcceptanceRow {
    grant_id: String,
    agreement: String,
    wallet: String,
    signed_at: i64,
    signature: String,
    added_at: i64,
}

impl Read {
    /// The acceptances of a grant, the first one first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn acceptances(&mut self, grant: B256) -> Result<Vec<Acceptance>, StoreError> {
        let sql = "SELECT grant_id, agreement, wallet, signed_at, signature, added_at \
                   FROM acceptances WHERE grant_id = $1 ORDER BY added_at, agreement, wallet";
        let rows = run!(self, fetch_all as AcceptanceRow, sql, word(&grant))?;
        rows.into_iter().map(Acceptance::try_from).collect()
    }
}

impl Tx {
    /// Writes an acceptance; the first one of a wallet for an agreement stays. Answers whether it
    /// is new.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_acceptance(&mut self, acceptance: &Acceptance) -> Result<bool, StoreError> {
        let sql = "INSERT INTO acceptances \
                   (grant_id, agreement, wallet, signed_at, signature, added_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (grant_id, agreement, wallet) DO NOTHING";
        let written = run!(
            self,
            sql,
            word(&acceptance.grant),
            word(&acceptance.agreement),
            address(&acceptance.wallet),
            big("time", acceptance.signed_at)?,
            bytes(&acceptance.signature),
            big("time", acceptance.added_at)?
        )?;
        Ok(written == 1)
    }
}

impl TryFrom<AcceptanceRow> for Acceptance {
    type Error = StoreError;

    fn try_from(row: AcceptanceRow) -> Result<Self, StoreError> {
        Ok(Self {
            grant: parse("grant id", &row.grant_id)?,
            agreement: parse("agreement", &row.agreement)?,
            wallet: parse("wallet", &row.wallet)?,
            signed_at: unsigned("time", row.signed_at)?,
            signature: parse_bytes("signature", &row.signature)?,
            added_at: unsigned("time", row.added_at)?,
        })
    }
}
