//! The columns of a grant sheet.

use csv::ByteRecord;

use super::{Choices, RowError};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A sheet without it is refused.
    Required,
    /// A sheet may leave it out. Unknown columns are refused, so a misspelt name is noticed.
    Optional,
}

/// Every column, whether it must be there, and whether its cells are numbers.
const COLUMNS: [(&str, Kind, bool); 24] = [
    ("external_id", Kind::Required, false),
    ("name", Kind::Optional, false),
    ("email", Kind::Optional, false),
    ("employee_id", Kind::Required, false),
    ("wallet", Kind::Required, false),
    ("token", Kind::Required, false),
    ("quantity", Kind::Required, true),
    ("grant_date", Kind::Optional, false),
    ("vesting_start", Kind::Required, false),
    ("timezone", Kind::Required, false),
    ("template", Kind::Required, false),
    ("cliff_months", Kind::Required, true),
    ("duration_months", Kind::Required, true),
    ("interval_months", Kind::Required, true),
    ("cliff_percent", Kind::Required, true),
    ("vest_day", Kind::Optional, true),
    ("rounding", Kind::Optional, false),
    ("gates", Kind::Optional, false),
    ("board_approval_date", Kind::Optional, false),
    ("unit_value_usd", Kind::Optional, true),
    ("tax_country", Kind::Optional, false),
    ("document_refs", Kind::Optional, false),
    ("notes", Kind::Optional, false),
    (ERROR_COLUMN, Kind::Optional, false),
];

/// The column that an annotated sheet has besides; ignored when it is read again.
pub(super) const ERROR_COLUMN: &str = "error";

/// Without these no row can be read, whatever a template says.
const ALWAYS: [&str; 4] = ["external_id", "wallet", "quantity", "vesting_start"];

/// Every column that a sheet's can be matched to.
pub fn offered() -> impl Iterator<Item = &'static str> {
    let all = COLUMNS.iter().map(|(column, ..)| *column);
    all.filter(|column| *column != ERROR_COLUMN)
}

/// Whether the cells of this column are numbers.
pub(super) fn is_number(name: &str) -> bool {
    COLUMNS
        .iter()
        .any(|(column, _, number)| *column == name && *number)
}

/// Where each column stands.
#[derive(Debug)]
pub(super) struct Header {
    names: Vec<String>,
}

impl Header {
    /// Reads the first row; what is missing, unknown or there twice goes to `errors` as row 0.
    pub(super) fn read(record: &ByteRecord, choices: &Choices, errors: &mut Vec<RowError>) -> Self {
        if let Some(columns) = &choices.columns {
            return Self::matched(record.len(), columns, errors);
        }
        let header = Self {
            names: names(record),
        };
        if let [only] = header.names.as_slice()
            && only.contains([';', '\t'])
        {
            let message = "the columns are not separated by commas: save the sheet as CSV with \
                           commas";
            errors.push(RowError::new(0, "", message));
            return header;
        }
        for (place, name) in header.names.iter().enumerate() {
            let known = COLUMNS.iter().any(|(column, ..)| column == name);
            if !known {
                let message = format!("there is no column `{name}`: remove it or correct its name");
                errors.push(RowError::new(0, name, message));
            } else if header.names[..place].contains(name) {
                errors.push(RowError::new(
                    0,
                    name,
                    format!("the column `{name}` is there twice"),
                ));
            }
        }
        for (column, kind, _) in COLUMNS {
            if kind == Kind::Required && header.place(column).is_none() {
                let message = format!("the sheet has no column `{column}`: add it");
                errors.push(RowError::new(0, column, message));
            }
        }
        header
    }

    /// The columns as somebody matched them; one that is not read has no name.
    fn matched(length: usize, columns: &[Option<String>], errors: &mut Vec<RowError>) -> Self {
        let mut names: Vec<_> = columns
            .iter()
            .map(|column| column.clone().unwrap_or_default())
            .collect();
        names.resize(length, String::new());
        for (place, name) in names.iter().enumerate() {
            if !name.is_empty() && names.iter().take(place).any(|other| other == name) {
                let message = format!("two columns are matched to `{name}`: choose one of them");
                errors.push(RowError::new(0, name, message));
            }
        }
        for column in ALWAYS {
            if !names.iter().any(|name| name == column) {
                let message =
                    format!("no column of the sheet is matched to `{column}`: choose one");
                errors.push(RowError::new(0, column, message));
            }
        }
        Self { names }
    }

    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }
}

/// The names that a header row gives its columns.
pub(super) fn names(record: &ByteRecord) -> Vec<String> {
    let trimmed = |cell: &[u8]| String::from_utf8_lossy(cell).trim().to_owned();
    record.iter().map(trimmed).collect()
}
