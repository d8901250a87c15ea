//! Sheets of people: a CSV of one person a row, in the form that the list is exported in.

use std::collections::BTreeMap;

use alloy_primitives::Address;

use crate::calendar::Zone;
use crate::sheet::RowError;

/// The columns, in the order of an export. All must be there but `id`, which is not read: a row
/// says everything about its person, and an empty cell says that there is nothing.
pub const COLUMNS: [&str; 8] = [
    "id", "number", "name", "email", "country", "zone", "roles", "wallets",
];
/// The longest text of a cell, in characters.
const TEXT_MAX: usize = 200;

/// A person as a row or a form says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonEntry {
    /// The company's number of the person.
    pub number: String,
    /// As people write it; may be empty.
    pub name: String,
    /// May be empty.
    pub email: String,
    /// Two capitals, or empty.
    pub country: String,
    /// A name of the IANA database, or empty.
    pub zone: String,
    /// Words, as written: `company`, `auditor`, `administrator`.
    pub roles: Vec<String>,
    /// Each with its right checksum.
    pub wallets: Vec<Address>,
}

impl PersonEntry {
    /// What is wrong with it: column and sentence. `roles` are the words that there are.
    #[must_use]
    pub fn check(&self, roles: &[&str]) -> Vec<(&'static str, String)> {
        let mut wrong = Vec::new();
        let texts = [
            ("number", &self.number),
            ("name", &self.name),
            ("email", &self.email),
        ];
        for (column, text) in texts {
            let long = text.chars().count() > TEXT_MAX;
            if long || text.chars().any(char::is_control) || text.trim() != text {
                let sentence = "has blanks around it, control characters or more than 200 letters";
                wrong.push((column, format!("the {column} {sentence}: correct it")));
            }
        }
        if self.number.is_empty() {
            wrong.push((
                "number",
                "the number is empty: give everybody one".to_owned(),
            ));
        }
        if !self.email.is_empty() && !is_mail_address(&self.email) {
            wrong.push(("email", format!("`{}` is no e-mail address", self.email)));
        }
        let country = self.country.as_bytes();
        let two = country.len() == 2 && country.iter().all(u8::is_ascii_uppercase);
        if !country.is_empty() && !two {
            let sentence = format!(
                "`{}` is no country: write two capitals, as DE",
                self.country
            );
            wrong.push(("country", sentence));
        }
        if !self.zone.is_empty()
            && let Err(error) = Zone::named(&self.zone)
        {
            wrong.push(("zone", error.to_string()));
        }
        for role in self
            .roles
            .iter()
            .filter(|role| !roles.contains(&role.as_str()))
        {
            let known = roles.join(", ");
            wrong.push(("roles", format!("`{role}` is no role: there are {known}")));
        }
        wrong
    }
}

/// One `@` with something on both sides, and no blank.
fn is_mail_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(' ')
    })
}

/// Reads wallets between blanks, commas, semicolons or lines.
///
/// # Errors
/// The first that is no address, in a sentence.
pub fn wallets(text: &str) -> Result<Vec<Address>, String> {
    let parts = text.split(|letter: char| letter.is_whitespace() || ",;".contains(letter));
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(crate::sheet::parse_wallet).collect()
}

/// Reads a sheet of people with all its errors at once; data rows count from 1.
///
/// # Errors
/// Every wrong cell, and rows that share a number or a wallet.
pub fn read(csv: &[u8], roles: &[&str]) -> Result<Vec<PersonEntry>, Vec<RowError>> {
    let csv = csv.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    let broken = |failed: &csv::Error| {
        vec![error(
            0,
            "",
            format!("the file is no CSV in UTF-8: {failed}"),
        )]
    };
    let header = reader.headers().map_err(|failed| broken(&failed))?.clone();
    let mut wrong = check_header(&header);
    let place = |column: &str| header.iter().position(|name| name.trim() == column);
    let mut entries = Vec::new();
    let (mut numbers, mut owners) = (BTreeMap::new(), BTreeMap::new());
    for (row, record) in (1..).zip(reader.records()) {
        let record = record.map_err(|failed| broken(&failed))?;
        let cell = |column: &str| {
            let cell = place(column).and_then(|place| record.get(place));
            plain(cell.unwrap_or_default().trim()).to_owned()
        };
        if record.len() != header.len() {
            let (cells, columns) = (record.len(), header.len());
            let message = format!(
                "the row has {cells} cells and the header {columns}: a comma is missing or too \
                 many"
            );
            wrong.push(error(row, "", message));
            continue;
        }
        let (entry, refused) = entry(&cell);
        wrong.extend(refused.map(|message| error(row, "wallets", message)));
        let of_cells = entry.check(roles).into_iter();
        wrong.extend(of_cells.map(|(column, message)| error(row, column, message)));
        if let Some(first) = numbers.insert(entry.number.clone(), row) {
            let message = format!("the number `{}` is already in row {first}", entry.number);
            wrong.push(error(row, "number", message));
        }
        for wallet in &entry.wallets {
            if let Some(first) = owners.insert(*wallet, row) {
                let message =
                    format!("{wallet} is already in row {first}: a wallet is one person's");
                wrong.push(error(row, "wallets", message));
            }
        }
        entries.push(entry);
    }
    if entries.is_empty() && wrong.is_empty() {
        wrong.push(error(
            0,
            "",
            "the sheet has a header and no rows".to_owned(),
        ));
    }
    if wrong.is_empty() {
        Ok(entries)
    } else {
        Err(wrong)
    }
}

fn error(row: usize, column: &str, message: String) -> RowError {
    RowError {
        row,
        column: column.to_owned(),
        message,
    }
}

fn check_header(header: &csv::StringRecord) -> Vec<RowError> {
    let names: Vec<_> = header.iter().map(str::trim).collect();
    let mut wrong = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if !COLUMNS.contains(name) {
            let known = COLUMNS.join(", ");
            let message = format!("there is no column `{name}`: there are {known}");
            wrong.push(error(0, name, message));
        } else if names.iter().take(place).any(|other| other == name) {
            let message = format!("the column `{name}` is there twice");
            wrong.push(error(0, name, message));
        }
    }
    for column in COLUMNS.iter().filter(|column| **column != "id") {
        if !names.contains(column) {
            let message = format!("the sheet has no column `{column}`: add it");
            wrong.push(error(0, column, message));
        }
    }
    wrong
}

/// A cell without the apostrophe that keeps a spreadsheet from running it.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => cell,
    }
}

fn entry(cell: &dyn Fn(&str) -> String) -> (PersonEntry, Option<String>) {
    let (wallets, refused) = match wallets(&cell("wallets")) {
        Ok(wallets) => (wallets, None),
        Err(message) => (Vec::new(), Some(message)),
    };
    let roles = cell("roles");
    let roles = roles.split(|letter: char| letter.is_whitespace() || ",;".contains(letter));
    let entry = PersonEntry {
        number: cell("number"),
        name: cell("name"),
        email: cell("email"),
        country: cell("country"),
        zone: cell("zone"),
        roles: roles
            .filter(|role| !role.is_empty())
            .map(str::to_owned)
            .collect(),
        wallets,
    };
    (entry, refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [&str; 2] = ["company", "auditor"];

    #[test]
    fn a_sheet_of_people_is_read_or_told_in_rows_and_columns() {
        let csv = "number,name,email,country,zone,roles,wallets\n\
                   E1,Ada,ada@acme.example,GB,Europe/London,company auditor,\
                   0x1111111111111111111111111111111111111111\nE2,,,,,,\n";
        let people = read(csv.as_bytes(), &ROLES).unwrap();
        assert_eq!(
            (people.len(), people[0].roles.len(), people[0].wallets.len()),
            (2, 2, 1)
        );
        let wrong = "number,name,email,country,zone,roles,wallets,shoe\n\
                     ,Ada,ada,gb,Mars,king,0x12,44\nE2,,,,,,,\nE2,,,,,,,\nE3,,\n";
        let told = read(wrong.as_bytes(), &ROLES).unwrap_err();
        let told: Vec<_> = told.iter().map(|it| (it.row, it.column.as_str())).collect();
        let wanted = [
            (0, "shoe"),
            (1, "wallets"),
            (1, "number"),
            (1, "email"),
            (1, "country"),
            (1, "zone"),
            (1, "roles"),
            (3, "number"),
            (4, ""),
        ];
        assert_eq!(told, wanted);
        assert!(read(b"\xff\xfe", &ROLES).is_err() && read(b"", &ROLES).is_err());
    }

    #[test]
    fn a_sheet_without_a_column_wipes_nothing() {
        let told = read(b"number,roles,number\nE1,auditor,E1\n", &ROLES).unwrap_err();
        let told: Vec<_> = told.iter().map(|it| it.column.as_str()).collect();
        let wanted = ["number", "name", "email", "country", "zone", "wallets"];
        assert_eq!(told, wanted);
    }

    #[test]
    fn a_cell_that_was_kept_from_running_reads_back_as_it_was() {
        let csv = "number,name,email,country,zone,roles,wallets\n\
                   E1,'=1+1,'+ada@acme.example,,,,\nE2,'Ada',,,,,\n";
        let people = read(csv.as_bytes(), &ROLES).unwrap();
        assert_eq!(people[0].name, "=1+1");
        assert_eq!(people[0].email, "+ada@acme.example");
        assert_eq!(people[1].name, "'Ada'");
    }
}
