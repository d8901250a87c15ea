//! What an import says about itself.

use guerdon_core::tree::TreeError;

use super::{RowError, Sheet};

/// The summary of an import, as `round import` prints it. With errors there are no grants.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ImportSummary {
    /// How many.
    pub grants: usize,
    /// Sum of all amounts, base units as a decimal string.
    pub total: String,
    /// The root of the round; none with errors.
    pub root: Option<String>,
    /// In the order of the sheet.
    pub leaves: Vec<LeafSummary>,
    /// In the order of rows.
    pub errors: Vec<RowError>,
}

/// One grant of an import.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct LeafSummary {
    /// The company's number of the grant.
    pub external_id: String,
    /// Its id on chain.
    pub id: String,
    /// Base units as a decimal string.
    pub amount: String,
}

impl Sheet {
    /// Sums up the sheet.
    ///
    /// # Errors
    /// [`TreeError`] when a sheet without errors makes no tree (amounts of 2^128 in all).
    pub fn summary(&self) -> Result<ImportSummary, TreeError> {
        if !self.errors.is_empty() {
            return Ok(ImportSummary {
                grants: 0,
                total: "0".to_owned(),
                root: None,
                leaves: Vec::new(),
                errors: self.errors.clone(),
            });
        }
        let root = self.tree()?.root();
        let leaves = self.drafts.iter().map(|draft| LeafSummary {
            external_id: draft.external_id.clone(),
            id: draft.id.to_string(),
            amount: draft.terms.amount.to_string(),
        });
        Ok(ImportSummary {
            grants: self.drafts.len(),
            total: root.total.to_string(),
            root: Some(root.hash.to_string()),
            leaves: leaves.collect(),
            errors: Vec::new(),
        })
    }
}
