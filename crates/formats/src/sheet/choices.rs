//! What a person decided about a sheet before it is read: which column is which, which rows are
//! left out on purpose, and what the names of templates mean.

use std::collections::{BTreeMap, BTreeSet};

use super::Defaults;

/// How to read a sheet. The default is strict: the sheet's own column names, every row, templates
/// as labels.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// For each column of the sheet ours, or `None` for one that is not read. With it, columns
    /// that a template or [`Choices::token`] can stand in for may be missing, and a last row with
    /// nothing but a total is not taken for a grant.
    pub columns: Option<Vec<Option<String>>>,
    /// The token of rows that name none.
    pub token: Option<String>,
    /// Data rows that are not read, from 1.
    pub left_out: BTreeSet<usize>,
    /// Terms by the name that the column `template` uses.
    pub templates: BTreeMap<String, NamedTerms>,
}

impl Choices {
    /// Whether somebody matched the columns.
    pub(super) fn are_matched(&self) -> bool {
        self.columns.is_some()
    }
}

/// Terms under a name, as the cells of a sheet say them. A cell that is empty in a row is read from
/// here; what no column says (powers, withholding) always is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedTerms {
    /// Empty for calendar dates, else `even`, `continuous` or `graded-A-B-…`.
    pub kind: String,
    /// Months until the cliff; empty: none.
    pub cliff_months: String,
    /// Months until all has vested.
    pub duration_months: String,
    /// Months between dates.
    pub interval_months: String,
    /// Per cent at the cliff; empty: by time.
    pub cliff_percent: String,
    /// Day of the month of every date; empty: the start's.
    pub vest_day: String,
    /// Conditions on results, as in the column `gates`.
    pub gates: String,
    /// What no column says.
    pub defaults: Defaults,
}

impl NamedTerms {
    /// The cell that stands in for an empty one of this column; empty if there is none.
    pub(super) fn cell(&self, column: &str) -> &str {
        match column {
            "cliff_months" => &self.cliff_months,
            "duration_months" => &self.duration_months,
            "interval_months" => &self.interval_months,
            "cliff_percent" => &self.cliff_percent,
            "vest_day" => &self.vest_day,
            "gates" => &self.gates,
            _ => "",
        }
    }
}
