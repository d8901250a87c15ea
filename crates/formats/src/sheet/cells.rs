//! The cells of one row, and the errors found in them.

use csv::ByteRecord;

use super::columns::Header;
use super::{Choices, NamedTerms, RowError};

/// A row whose cells are all text.
#[derive(Debug)]
pub(super) struct Cells<'a> {
    pub(super) row: usize,
    header: &'a Header,
    record: &'a ByteRecord,
    choices: &'a Choices,
    named: Option<&'a NamedTerms>,
    pub(super) errors: Vec<RowError>,
    pub(super) doubts: Vec<RowError>,
}

impl<'a> Cells<'a> {
    /// Checks the number of fields and that all are UTF-8.
    pub(super) fn new(
        row: usize,
        header: &'a Header,
        record: &'a ByteRecord,
        choices: &'a Choices,
    ) -> Result<Self, Vec<RowError>> {
        let (fields, columns) = (record.len(), header.names().len());
        if fields != columns {
            let message = format!(
                "the row has {fields} fields and the header {columns}: look for a comma too {} \
                 (text with commas stands in double quotes)",
                if fields > columns { "many" } else { "few" }
            );
            return Err(vec![RowError::new(row, "", message)]);
        }
        let wrong = record
            .iter()
            .zip(header.names())
            .filter(|(cell, _)| !is_text(cell));
        let errors: Vec<_> = wrong
            .map(|(_, name)| {
                let message = "the cell is not UTF-8 text: save the sheet as CSV UTF-8";
                RowError::new(row, name, message)
            })
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut cells = Self {
            row,
            header,
            record,
            choices,
            named: None,
            errors,
            doubts: Vec::new(),
        };
        cells.named = choices.templates.get(cells.own("template"));
        Ok(cells)
    }

    /// The terms that the row's template names.
    pub(super) fn named(&self) -> Option<&'a NamedTerms> {
        self.named
    }

    /// Whether a template or a choice may say what the row does not.
    pub(super) fn are_matched(&self) -> bool {
        self.choices.are_matched()
    }

    /// The trimmed text of a cell, or what its template says, or the sheet's token.
    pub(super) fn text(&self, column: &str) -> &'a str {
        let own = self.own(column);
        if !own.is_empty() {
            return own;
        }
        let said = self.named.map_or("", |named| named.cell(column));
        match (column, &self.choices.token) {
            ("token", Some(token)) => token,
            _ => said,
        }
    }

    /// The trimmed text of a cell of the sheet; empty when the sheet has no such column.
    pub(super) fn own(&self, column: &str) -> &'a str {
        let cell = self
            .header
            .place(column)
            .and_then(|place| self.record.get(place));
        cell.and_then(|cell| std::str::from_utf8(cell).ok())
            .unwrap_or_default()
            .trim()
    }

    /// Whether the sheet has the column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.header.place(column).is_some()
    }

    /// A cell that must not be empty. Missing columns were reported with the header.
    pub(super) fn required(&mut self, column: &str) -> Option<&'a str> {
        let text = self.text(column);
        if text.is_empty() {
            if self.has(column) || self.are_matched() {
                self.refuse(column, self.missing(column));
            }
            return None;
        }
        Some(text)
    }

    fn missing(&self, column: &str) -> String {
        match column {
            "timezone" => "the dates of this row have no time zone, and a day begins elsewhere \
                           hours earlier: write one such as Europe/London in `timezone`"
                .to_owned(),
            "duration_months" if self.are_matched() => "`duration_months` is empty, and the row \
                                                        names no template that says it"
                .to_owned(),
            _ => format!("`{column}` is empty"),
        }
    }

    /// A whole number, 0 when the cell is empty.
    pub(super) fn whole(&mut self, column: &str) -> Option<u32> {
        match self.text(column) {
            "" => Some(0),
            text => self.number(column, text),
        }
    }

    /// A whole number that must be there.
    pub(super) fn required_whole(&mut self, column: &str) -> Option<u32> {
        let text = self.required(column)?;
        self.number(column, text)
    }

    fn number(&mut self, column: &str, text: &str) -> Option<u32> {
        let plain = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| plain);
        if number.is_none() {
            self.refuse(
                column,
                format!("`{text}` is not a whole number of months or days"),
            );
        }
        number
    }

    /// Keeps the value or notes the error.
    pub(super) fn keep<T>(
        &mut self,
        column: &str,
        result: Result<T, impl std::fmt::Display>,
    ) -> Option<T> {
        result
            .map_err(|error| self.refuse(column, error.to_string()))
            .ok()
    }

    pub(super) fn refuse(&mut self, column: &str, message: impl Into<String>) {
        self.errors.push(RowError::new(self.row, column, message));
    }

    /// What is allowed and worth a second look.
    pub(super) fn doubt(&mut self, column: &str, message: impl Into<String>) {
        self.doubts.push(RowError::new(self.row, column, message));
    }
}

fn is_text(cell: &[u8]) -> bool {
    std::str::from_utf8(cell).is_ok()
}
