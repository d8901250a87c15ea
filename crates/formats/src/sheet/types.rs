use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_core::id::Domain;
use guerdon_core::terms::{Gate, Powers, Terms, Unlock};
use guerdon_core::tree::{Leaf, SumTree, TreeError};

use crate::agreement::Agreement;

/// A token that a sheet may grant.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSpec {
    /// As the sheet writes it.
    pub symbol: String,
    /// Decimal places.
    pub decimals: u8,
}

/// Where the `document` of each grant comes from.
pub enum Documents<'a> {
    /// keccak256(salt ‖ external id in UTF-8): the same on every machine, for dry runs only.
    Salt(B256),
    /// The hash of a generated agreement, each with its own 32 random bytes.
    Nonces(&'a mut dyn FnMut() -> [u8; 32]),
}

impl std::fmt::Debug for Documents<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Salt(_) => "Salt",
            Self::Nonces(_) => "Nonces",
        })
    }
}

/// What every grant of a sheet gets, since no column says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Defaults {
    /// What the company and the holder may do later.
    pub powers: Powers,
    /// Seconds that a good leaver vests on.
    pub grace_seconds: u32,
    /// Seconds that an end may reach back.
    pub backdate_seconds: u32,
    /// Seconds that the company may pause in all.
    pub pause_max: u32,
    /// Basis points withheld for tax.
    pub withhold_bps: u16,
}

impl Default for Defaults {
    /// All powers, no grace, 30 days back, a year of pauses, nothing withheld.
    fn default() -> Self {
        Self {
            powers: Powers::ALL,
            grace_seconds: 0,
            backdate_seconds: 30 * 86_400,
            pause_max: 365 * 86_400,
            withhold_bps: 0,
        }
    }
}

impl Defaults {
    /// What holds for a grant now, for grants that take its place. `withhold_bps`: the rate of now,
    /// which may be lower than that of its terms.
    #[must_use]
    pub fn of(terms: &Terms, withhold_bps: u16) -> Self {
        Self {
            powers: terms.powers,
            grace_seconds: terms.grace_seconds,
            backdate_seconds: terms.backdate_seconds,
            pause_max: terms.pause_max,
            withhold_bps,
        }
    }
}

/// What rows take over from the grant that they replace; the default is nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inherited {
    /// No column says it.
    pub unlock: Option<Unlock>,
    /// Of a sheet without the column `gates`; with it, an empty cell means none.
    pub gates: Vec<Gate>,
}

impl Inherited {
    /// From these terms.
    #[must_use]
    pub fn of(terms: &Terms) -> Self {
        Self {
            unlock: terms.unlock.clone(),
            gates: terms.gates.clone(),
        }
    }
}

/// What a sheet is read for.
#[derive(Debug)]
pub struct Context<'a> {
    /// Chain id at deployment.
    pub chain_id: u64,
    /// The Grants contract.
    pub grants: Address,
    /// The token's contract, when known: it cannot be a recipient.
    pub token: Option<Address>,
    /// Who grants, as agreements call it.
    pub company: String,
    /// Tokens that a row may name; a sheet uses one of them.
    pub tokens: Vec<TokenSpec>,
    /// Ids of goals by the name that gates use.
    pub goals: BTreeMap<String, B256>,
    /// What no column says.
    pub defaults: Defaults,
    /// What is taken over from a grant that the rows replace.
    pub inherited: Inherited,
    /// Where `document` comes from.
    pub documents: Documents<'a>,
}

impl Context<'_> {
    /// The domain of ids.
    #[must_use]
    pub fn domain(&self) -> Domain {
        Domain::new(self.chain_id, self.grants)
    }
}

/// A wrong cell or row.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct RowError {
    /// Data rows count from 1; 0 is the header or the file.
    pub row: usize,
    /// The column's name; empty when it is about the whole row.
    pub column: String,
    /// A sentence: what is wrong and what to do.
    pub message: String,
}

impl RowError {
    pub(super) fn new(row: usize, column: &str, message: impl Into<String>) -> Self {
        Self {
            row,
            column: column.to_owned(),
            message: message.into(),
        }
    }
}

/// Whose grant it is. Never leaves the company's own files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// As the sheet has it; may be empty.
    pub name: String,
    /// As the sheet has it; may be empty.
    pub email: String,
    /// The company's number of the person; may be empty.
    pub employee_id: String,
    /// As the sheet has it; may be empty.
    pub country: String,
}

/// A grant of a sheet, ready to be committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// From 1.
    pub row: usize,
    /// The company's number of the grant, unique in the sheet and safe as a file name.
    pub external_id: String,
    /// Whose it is.
    pub person: Person,
    /// Symbol and places of the token.
    pub token: TokenSpec,
    /// The IANA name of its time zone.
    pub zone: String,
    /// The name of its template, as a label.
    pub template: String,
    /// What is promised.
    pub terms: Terms,
    /// The canonical bytes of the terms.
    pub encoded: Vec<u8>,
    /// keccak256(domain ‖ encoded).
    pub id: B256,
    /// The agreement, unless `document` comes from a salt.
    pub agreement: Option<Agreement>,
    /// What the sheet says that one token is worth, if it says so.
    pub stated_value: Option<StatedValue>,
}

/// The company's word on what one token is worth. It decides nothing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedValue {
    /// US dollars for one whole token, as the sheet has it: a plain decimal number.
    pub unit_usd: String,
    /// The grant date of the row, `2026-06-30`; empty if it has none.
    pub stated_on: String,
}

impl Draft {
    /// Whether an earlier import promised the same by these canonical terms, in this zone: all but
    /// the document, since agreements have a nonce of their own each time.
    #[must_use]
    pub fn promises_like(&self, terms: &[u8], zone: &str) -> bool {
        let document = self.terms.document;
        let known = Terms::decode(terms).map(|terms| Terms { document, ..terms });
        zone == self.zone && known.is_ok_and(|known| known == self.terms)
    }

    /// The grant as a leaf of a round.
    #[must_use]
    pub const fn leaf(&self) -> Leaf {
        Leaf {
            id: self.id,
            amount: self.terms.amount,
        }
    }
}

/// A sheet that was read. Drafts are there only if nothing is wrong: a sheet is never half
/// imported.
#[derive(Debug, Default)]
pub struct Sheet {
    /// One for each row, in the order of the sheet.
    pub drafts: Vec<Draft>,
    /// In the order of rows.
    pub errors: Vec<RowError>,
    /// What is allowed and worth a second look, in the order of rows.
    pub doubts: Vec<RowError>,
}

impl Sheet {
    /// The tree over the drafts.
    ///
    /// # Errors
    /// [`TreeError`] when there is no draft or the amounts pass 2^128.
    pub fn tree(&self) -> Result<SumTree, TreeError> {
        SumTree::build(self.drafts.iter().map(Draft::leaf))
    }
}
