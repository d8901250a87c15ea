//! A sheet row by row: what is good, what is wrong, what deserves a look.

use std::collections::BTreeSet;

use super::{Choices, Context, Draft, RowError, read_chosen};

/// Rows that are right can hide what is wrong with them together until others are set aside.
const ROUNDS_MAX: usize = 8;

/// What a sheet holds.
#[derive(Debug, Default)]
pub struct Checked {
    /// The rows that are right, by themselves and with each other.
    pub good: Vec<Draft>,
    /// In the order of rows; row 0 is the header or the file, and then nothing is good.
    pub errors: Vec<RowError>,
    /// Of good and wrong rows, in their order.
    pub doubts: Vec<RowError>,
}

impl Checked {
    /// The rows with an error.
    #[must_use]
    pub fn wrong(&self) -> BTreeSet<usize> {
        let rows = self.errors.iter().map(|error| error.row);
        rows.filter(|row| *row > 0).collect()
    }

    /// Adds what somebody else found wrong with rows, which are good no more.
    pub fn refuse(&mut self, errors: Vec<RowError>) {
        let rows: BTreeSet<_> = errors.iter().map(|error| error.row).collect();
        self.good.retain(|draft| !rows.contains(&draft.row));
        self.errors.extend(errors);
        self.errors.sort();
    }
}

/// Reads the rows that are right although others are wrong: for showing, never for a round.
pub fn check(csv: &[u8], choices: &Choices, context: &mut Context<'_>) -> Checked {
    let mut chosen = choices.clone();
    let mut checked = Checked::default();
    for round in 0..ROUNDS_MAX {
        let sheet = read_chosen(csv, &chosen, context);
        if round == 0 {
            checked.doubts = sheet.doubts;
        }
        if sheet.errors.is_empty() {
            checked.good = sheet.drafts;
            break;
        }
        let rows: BTreeSet<_> = sheet.errors.iter().map(|error| error.row).collect();
        checked.errors.extend(sheet.errors);
        if rows.contains(&0) {
            break;
        }
        chosen.left_out.extend(rows);
    }
    checked.errors.sort();
    checked
}
