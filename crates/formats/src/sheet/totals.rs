//! Control totals: what the file itself adds up to, whatever is wrong with its rows.

use super::Choices;
use super::columns::Header;
use super::read::{filled, records, total_row};
use crate::amount;

/// What stands in a sheet before anything is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Filled rows but for a total, those left out on purpose included.
    pub rows: usize,
    /// Sum of all quantities that are numbers, base units.
    pub sum: u128,
    /// Rows whose quantity is none.
    pub unread: usize,
    /// What the sheet's last row says the sum is, base units.
    pub stated: Option<u128>,
}

impl Totals {
    /// Whether the sheet states a sum that its rows do not have.
    #[must_use]
    pub fn disagree(&self) -> bool {
        self.stated.is_some_and(|stated| stated != self.sum)
    }
}

/// Sums up the quantities of a sheet of a token with `decimals` places.
#[must_use]
pub fn totals(csv: &[u8], choices: &Choices, decimals: u8) -> Totals {
    let records = records(csv).unwrap_or_default();
    let Some((first, rest)) = records.split_first() else {
        return Totals::default();
    };
    let all = Choices {
        left_out: [].into(),
        ..choices.clone()
    };
    let header = Header::read(first, &all, &mut Vec::new());
    let stated = total_row(&header, rest, &all);
    let mut totals = Totals {
        stated: stated.and_then(|(_, text)| amount::parse(text, decimals).ok()),
        ..Totals::default()
    };
    for (_, record) in filled(&header, rest, &all) {
        totals.rows += 1;
        let cell = header.place("quantity").and_then(|place| record.get(place));
        let text = cell.and_then(|cell| std::str::from_utf8(cell).ok());
        let amount = text.and_then(|text| amount::parse(text.trim(), decimals).ok());
        match amount.and_then(|amount| totals.sum.checked_add(amount)) {
            Some(sum) => totals.sum = sum,
            None => totals.unread += 1,
        }
    }
    totals
}

/// What each row calls its grant and its person, for showing a row that is wrong: number and name
/// as they stand in the sheet, rows left out included.
#[must_use]
pub fn labels(csv: &[u8], choices: &Choices) -> Vec<(usize, String)> {
    let records = records(csv).unwrap_or_default();
    let Some((first, rest)) = records.split_first() else {
        return Vec::new();
    };
    let all = Choices {
        left_out: [].into(),
        ..choices.clone()
    };
    let header = Header::read(first, &all, &mut Vec::new());
    let rows = filled(&header, rest, &all).into_iter();
    rows.map(|(number, record)| {
        let cell = |column| {
            let cell = header.place(column).and_then(|place| record.get(place));
            String::from_utf8_lossy(cell.unwrap_or_default())
                .trim()
                .to_owned()
        };
        let label = format!("{} {}", cell("external_id"), cell("name"));
        (number, label.trim().to_owned())
    })
    .collect()
}
