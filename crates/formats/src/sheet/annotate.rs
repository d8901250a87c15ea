//! The sheet again, with what is wrong beside each row.

use csv::ByteRecord;

use super::RowError;
use super::columns::{ERROR_COLUMN, is_number};
use super::read::records;
use crate::amount;

/// Writes the sheet with a column `error`: the original cells, then the errors of the row as
/// `column: sentence`. Cells that a spreadsheet would run as formulas get a leading apostrophe.
/// Fields beyond the header stand after the error.
#[must_use]
pub fn annotated(csv: &[u8], errors: &[RowError]) -> Vec<u8> {
    let records = records(csv).unwrap_or_default();
    let empty = ByteRecord::new();
    let header = records.first().unwrap_or(&empty);
    let names: Vec<_> = header
        .iter()
        .map(|cell| String::from_utf8_lossy(cell).trim().to_owned())
        .collect();
    let mut writer = csv::WriterBuilder::new()
        .flexible(true)
        .from_writer(Vec::new());
    for (row, record) in records.iter().enumerate() {
        let told = if row == 0 {
            ERROR_COLUMN.to_owned()
        } else {
            told(errors, row)
        };
        let line = line(record, &names, &told);
        // Writing to memory fails only if fields differ in number, which `flexible` allows.
        let _ = writer.write_byte_record(&line);
    }
    let of_header = told(errors, 0);
    if !of_header.is_empty() {
        let line = line(&ByteRecord::from(vec![""; names.len()]), &names, &of_header);
        let _ = writer.write_byte_record(&line);
    }
    writer.into_inner().unwrap_or_default()
}

fn told(errors: &[RowError], row: usize) -> String {
    let of_row = errors.iter().filter(|error| error.row == row);
    let sentences = of_row.map(|error| match error.column.as_str() {
        "" => error.message.clone(),
        column => format!("{column}: {}", error.message),
    });
    sentences.collect::<Vec<_>>().join("; ")
}

fn line(record: &ByteRecord, names: &[String], told: &str) -> ByteRecord {
    let mut line = ByteRecord::new();
    // An annotated sheet that was corrected and is wrong again keeps one column of errors.
    let old = names.iter().position(|name| name == ERROR_COLUMN);
    for (place, name) in names
        .iter()
        .enumerate()
        .filter(|(place, _)| Some(*place) != old)
    {
        line.push_field(&neutral(
            record.get(place).unwrap_or_default(),
            is_number(name),
        ));
    }
    line.push_field(&neutral(told.as_bytes(), false));
    for surplus in record.iter().skip(names.len()) {
        line.push_field(&neutral(surplus, false));
    }
    line
}

/// A cell that no spreadsheet takes for a formula. Plain numbers of numeric columns stay.
fn neutral(cell: &[u8], number: bool) -> Vec<u8> {
    let dangerous = matches!(
        cell.first(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')
    );
    let plain = || {
        let text = std::str::from_utf8(cell).unwrap_or_default();
        amount::split(text.strip_prefix('-').unwrap_or(text)).is_some()
    };
    if dangerous && !(number && plain()) {
        [b"'", cell].concat()
    } else {
        cell.to_vec()
    }
}
