//! Workbooks: the first worksheet of an XLSX file as a CSV, cell by cell as people see it.
//!
//! Cells are read in the order of the file and counted, so that a small file which claims a large
//! sheet, or unpacks to one, is refused instead of held.

use std::io::{Cursor, Read as _};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx, XlsxError};
use thiserror::Error;

/// Rows of a workbook, its header included.
const ROWS_MAX: u32 = 20_001;
/// Columns of a workbook.
const COLUMNS_MAX: u32 = 100;
/// Bytes that a workbook may unpack to.
const UNPACKED_MAX: u64 = 64 << 20;

/// Why a workbook cannot be read. Each message is a sentence for whoever uploads it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WorkbookError {
    /// Not a workbook, or a damaged one.
    #[error("the workbook cannot be read ({0}): save it again as XLSX, or as CSV UTF-8")]
    Damaged(String),
    /// It unpacks to more than anyone's sheet.
    #[error("the workbook unpacks to more than 64 MiB: save its first sheet as CSV UTF-8")]
    TooLarge,
    /// Cells far away from the others.
    #[error(
        "the workbook has a cell in row {row}, column {column}, and at most {ROWS_MAX} rows and \
         {COLUMNS_MAX} columns are read: delete what stands outside of the table"
    )]
    TooFar {
        /// From 1.
        row: u32,
        /// From 1.
        column: u32,
    },
    /// A formula that failed.
    #[error(
        "the cell in row {row}, column {column} of the workbook shows the error {text}: correct it"
    )]
    Failed {
        /// From 1.
        row: u32,
        /// From 1.
        column: u32,
        /// As the workbook shows it.
        text: String,
    },
    /// No cell is filled.
    #[error("the workbook's first sheet is empty")]
    Empty,
}

impl From<XlsxError> for WorkbookError {
    fn from(error: XlsxError) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// Whether the bytes begin as a workbook does, which no CSV can.
#[must_use]
pub fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The first worksheet as CSV. Dates become `2026-06-30`, numbers plain decimals without exponent
/// (a spreadsheet holds 15 digits: write longer amounts as text), formulas their last value.
///
/// # Errors
/// [`WorkbookError`] when it is no workbook, too large, or shows an error of its own.
pub fn workbook_csv(bytes: &[u8]) -> Result<Vec<u8>, WorkbookError> {
    refuse_bomb(bytes)?;
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes))?;
    let name = workbook.sheet_names().into_iter().next();
    let name = name.ok_or(WorkbookError::Empty)?;
    let mut cells = workbook.worksheet_cells_reader(&name)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        let value = text(cell.get_value(), (row, column))?;
        if value.trim().is_empty() {
            continue;
        }
        if row >= ROWS_MAX || column >= COLUMNS_MAX {
            let (row, column) = (row.saturating_add(1), column.saturating_add(1));
            return Err(WorkbookError::TooFar { row, column });
        }
        let (row, column) = (row as usize, column as usize);
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if let Some(row) = rows.get_mut(row) {
            if row.len() <= column {
                row.resize(column + 1, String::new());
            }
            if let Some(place) = row.get_mut(column) {
                *place = value;
            }
        }
    }
    written(rows)
}

/// The header is the first filled row; every row gets as many cells as the longest, so that a
/// row without a note is no short row.
fn written(mut rows: Vec<Vec<String>>) -> Result<Vec<u8>, WorkbookError> {
    let first = rows.iter().position(|row| !row.is_empty());
    rows.drain(..first.ok_or(WorkbookError::Empty)?);
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    let mut writer = csv::Writer::from_writer(Vec::new());
    for mut row in rows {
        row.resize(width, String::new());
        let written = writer.write_record(&row);
        written.map_err(|error| WorkbookError::Damaged(error.to_string()))?;
    }
    let written = writer.into_inner();
    written.map_err(|error| WorkbookError::Damaged(error.to_string()))
}

fn refuse_bomb(bytes: &[u8]) -> Result<(), WorkbookError> {
    let damaged = |error: &dyn ToString| WorkbookError::Damaged(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let mut left = UNPACKED_MAX;
    for place in 0..archive.len() {
        let file = archive.by_index(place).map_err(|error| damaged(&error))?;
        // What the file says of its size is not believed.
        let read = std::io::copy(&mut file.take(left + 1), &mut std::io::sink());
        let read = read.map_err(|error| damaged(&error))?;
        left = left.checked_sub(read).ok_or(WorkbookError::TooLarge)?;
    }
    Ok(())
}

fn text(value: &DataRef<'_>, (row, column): (u32, u32)) -> Result<String, WorkbookError> {
    Ok(match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        // Never with an exponent, and no more digits than tell the number apart.
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::DateTimeIso(text) => text.split('T').next().unwrap_or_default().to_owned(),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => {
            return Err(WorkbookError::Failed {
                row: row.saturating_add(1),
                column: column.saturating_add(1),
                text: error.to_string(),
            });
        }
    })
}

/// A day; with its time if it has one, which the check then refuses in words.
fn date(moment: &ExcelDateTime) -> String {
    if moment.is_duration() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    match (hour, minute) {
        (0, 0) => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
    }
}
