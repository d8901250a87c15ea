//! Which column of somebody's sheet is which of ours.

use std::collections::BTreeMap;

use super::columns::{names, offered};
use super::read::records;

/// What other sheets call our columns, in lower case with single spaces.
const ALSO: [(&str, &[&str]); 17] = [
    (
        "external_id",
        &["id", "grant", "grant id", "grant number", "reference"],
    ),
    (
        "name",
        &[
            "employee",
            "employee name",
            "full name",
            "stakeholder",
            "stakeholder name",
        ],
    ),
    ("email", &["e mail", "email address", "mail", "work email"]),
    (
        "employee_id",
        &[
            "employee number",
            "person",
            "person id",
            "staff id",
            "stakeholder id",
        ],
    ),
    (
        "wallet",
        &["address", "wallet address", "recipient", "account"],
    ),
    ("token", &["symbol", "currency"]),
    (
        "quantity",
        &[
            "amount",
            "tokens",
            "units",
            "shares",
            "number of tokens",
            "granted",
        ],
    ),
    (
        "grant_date",
        &["date", "date of grant", "issue date", "issued"],
    ),
    (
        "vesting_start",
        &[
            "start",
            "start date",
            "vesting start date",
            "vesting commencement date",
        ],
    ),
    ("timezone", &["time zone", "tz", "zone"]),
    (
        "template",
        &["schedule", "vesting schedule", "plan", "terms"],
    ),
    ("cliff_months", &["cliff", "months of cliff"]),
    (
        "duration_months",
        &["duration", "months", "vesting months", "period months"],
    ),
    (
        "interval_months",
        &["interval", "frequency", "every months"],
    ),
    ("cliff_percent", &["cliff %", "percent at cliff"]),
    ("gates", &["goals", "conditions", "milestones"]),
    ("tax_country", &["country"]),
];

/// The columns of a sheet, with what each is probably for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    /// As the sheet names them.
    pub theirs: Vec<String>,
    /// The first filled row, for recognising a column by what is in it.
    pub example: Vec<String>,
    /// Ours, if one was recognised.
    pub ours: Vec<Option<String>>,
}

/// Recognises the columns of a sheet: by how they were matched before, by our own names, or by
/// what other sheets call them. Each of ours is given once.
///
/// # Errors
/// A sentence, when the file is no CSV or has no header.
pub fn matching(csv: &[u8], before: &BTreeMap<String, String>) -> Result<Matching, String> {
    let records = records(csv)?;
    let Some((first, rest)) = records.split_first() else {
        return Err("the file is empty: the first row must name the columns".to_owned());
    };
    let theirs = names(first);
    if let [only] = theirs.as_slice()
        && only.contains([';', '\t'])
    {
        return Err(
            "the columns are not separated by commas: save the sheet as CSV with commas".to_owned(),
        );
    }
    let example = rest
        .iter()
        .find(|row| row.iter().any(|cell| !cell.is_empty()));
    let mut ours: Vec<Option<String>> = Vec::with_capacity(theirs.len());
    for name in &theirs {
        let found = recognised(name, before).filter(|found| {
            let taken = |other: &Option<String>| other.as_deref() == Some(found);
            !ours.iter().any(taken)
        });
        ours.push(found.map(str::to_owned));
    }
    Ok(Matching {
        example: example.map(names).unwrap_or_default(),
        theirs,
        ours,
    })
}

fn recognised<'a>(name: &str, before: &'a BTreeMap<String, String>) -> Option<&'a str> {
    if let Some(ours) = before.get(name) {
        return offered().find(|column| column == ours);
    }
    let plain = plain(name);
    let exact = offered().find(|column| column.replace('_', " ") == plain);
    let also = || {
        let known = ALSO
            .iter()
            .find(|(_, others)| others.contains(&plain.as_str()));
        known.map(|(column, _)| *column)
    };
    exact.or_else(also)
}

/// Lower case, with one space for whatever stands between words.
fn plain(name: &str) -> String {
    let words = name.split(|letter: char| !letter.is_alphanumeric() && letter != '%');
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").to_lowercase()
}
