//! Which imported rounds stand. A grant is promised once: of all rounds with a grant of one name,
//! one at most may be committed, whichever machines they were imported on.

use alloy_primitives::{Address, B256};

use crate::text::{NumberRow, address, big, corrupt, parse, unsigned, word};
use crate::{Read, StoreError, Tx};

/// Why an imported round holds the names of its grants no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aside {
    /// It was imported by mistake. If it is committed all the same, it stands.
    Discarded,
    /// It was committed and taken back: its root is used up.
    Rescinded,
}

/// A commitment that was begun, and of which nobody wrote down what became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Who signs.
    pub signer: Address,
    /// The account's next nonce before it signed: the transaction has this one or a later one.
    pub nonce: u64,
}

#[derive(sqlx::FromRow)]
struct RivalRow {
    name: String,
    root: String,
}

#[derive(sqlx::FromRow)]
struct AsideRow {
    aside: Option<String>,
}

#[derive(sqlx::FromRow)]
struct BegunRow {
    signer: String,
    nonce: i64,
}

impl Aside {
    const fn word(self) -> &'static str {
        match self {
            Self::Discarded => "discarded",
            Self::Rescinded => "rescinded",
        }
    }
}

impl Read {
    /// Whether an imported round holds the names of its grants: it was not set aside, or is
    /// committed all the same, and was not taken back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn round_stands(&mut self, root: B256) -> Result<bool, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM imported_rounds i LEFT JOIN rounds r ON r.root = i.root \
                   WHERE i.root = $1 AND (i.aside IS NULL OR r.root IS NOT NULL) \
                   AND COALESCE(i.aside, '') <> 'rescinded' AND NOT COALESCE(r.rescinded, FALSE)";
        Ok(run!(self, fetch_one as NumberRow, sql, word(&root))?.n > 0)
    }

    /// Another round that stands and has a grant of the same name as one of this round's: that
    /// name, and the other round.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rival_of_round(
        &mut self,
        root: B256,
    ) -> Result<Option<(String, B256)>, StoreError> {
        let sql = "SELECT t.external_id AS name, i.root AS root FROM terms t \
                   JOIN terms o ON o.external_id = t.external_id AND o.root <> t.root \
                   JOIN imported_rounds i ON i.root = o.root LEFT JOIN rounds r ON r.root = i.root \
                   WHERE t.root = $1 AND t.external_id <> '' \
                   AND (i.aside IS NULL OR r.root IS NOT NULL) \
                   AND COALESCE(i.aside, '') <> 'rescinded' AND NOT COALESCE(r.rescinded, FALSE) \
                   ORDER BY t.leaf_index, i.root LIMIT 1";
        let row = run!(self, fetch_optional as RivalRow, sql, word(&root))?;
        row.map(|row| Ok((row.name, parse("root", &row.root)?)))
            .transpose()
    }

    /// Why an imported round holds no names; `None` if it was not set aside, or not imported.
    ///
    /// # Errors
    /// The database failed.
    pub async fn round_aside(&mut self, root: B256) -> Result<Option<Aside>, StoreError> {
        let sql = "SELECT aside FROM imported_rounds WHERE root = $1";
        let row = run!(self, fetch_optional as AsideRow, sql, word(&root))?;
        match row.and_then(|row| row.aside).as_deref() {
            None => Ok(None),
            Some("discarded") => Ok(Some(Aside::Discarded)),
            Some("rescinded") => Ok(Some(Aside::Rescinded)),
            Some(other) => Err(corrupt("reason of a round set aside", other)),
        }
    }

    /// The commitments of a round that were begun, until it is known what came of them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begun_commitments(&mut self, root: B256) -> Result<Vec<Begun>, StoreError> {
        let sql = "SELECT signer, nonce FROM begun_commitments WHERE root = $1 ORDER BY signer";
        let rows = run!(self, fetch_all as BegunRow, sql, word(&root))?;
        let begun = |row: BegunRow| {
            Ok(Begun {
                signer: parse("account", &row.signer)?,
                nonce: unsigned("nonce", row.nonce)?,
            })
        };
        rows.into_iter().map(begun).collect()
    }
}

impl Tx {
    /// Gives the names of a round's grants free, or with `None` holds them again.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_round_aside(
        &mut self,
        root: B256,
        aside: Option<Aside>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE imported_rounds SET aside = $2 WHERE root = $1";
        run!(self, sql, word(&root), aside.map(Aside::word))?;
        Ok(())
    }

    /// Writes down that an account begins to commit an imported round.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin_commitment(&mut self, root: B256, begun: Begun) -> Result<(), StoreError> {
        let sql = "INSERT INTO begun_commitments (root, signer, nonce) VALUES ($1, $2, $3) \
                   ON CONFLICT (root, signer) DO UPDATE SET nonce = excluded.nonce";
        let signer = address(&begun.signer);
        run!(self, sql, word(&root), signer, big("nonce", begun.nonce)?)?;
        Ok(())
    }

    /// Forgets a commitment of which it is known what came of it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_commitment(&mut self, root: B256, signer: Address) -> Result<(), StoreError> {
        let sql = "DELETE FROM begun_commitments WHERE root = $1 AND signer = $2";
        run!(self, sql, word(&root), address(&signer))?;
        Ok(())
    }
}
