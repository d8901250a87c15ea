//! Tables as workbooks (XLSX): the same table is the same bytes, whenever it is written.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};
use thiserror::Error;

use crate::table::{Cell, Kind, Table, amount_of, is_formula, shown};

/// Rows that one sheet holds, without its header.
const ROWS_MAX: usize = 1_048_575;
/// Characters that one cell holds.
const TEXT_MAX: usize = 32_767;
/// Digits that a number of a spreadsheet keeps.
const DIGITS_MAX: u128 = 1_000_000_000_000_000;
/// Decimal places of the rounded column beside an exact amount.
const PLACES: u8 = 6;
/// Width of the widest column.
const WIDTH_PIXELS_MAX: u32 = 420;

/// Why a table is no workbook.
#[derive(Debug, Error)]
pub enum WorkbookError {
    /// A sheet has an end.
    #[error("the table has {rows} rows and a sheet holds {ROWS_MAX}: take the CSV")]
    TooLong {
        /// Rows of the table.
        rows: usize,
    },
    /// The writer refused.
    #[error("the workbook cannot be written: {0}")]
    Write(#[from] XlsxError),
}

/// Writes tables as sheets of one workbook, each with a name of at most 31 characters.
///
/// An amount stands exactly, as text, and beside it rounded down as a number to reckon with. A text
/// is never a formula. There is no time of making: the same tables are the same bytes.
///
/// # Errors
/// More rows than a sheet holds, or a name that no sheet can have.
pub fn write(sheets: &[(&str, &Table)]) -> Result<Vec<u8>, WorkbookError> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for (name, table) in sheets {
        let rows = table.len();
        if rows > ROWS_MAX {
            return Err(WorkbookError::TooLong { rows });
        }
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name)?;
        fill(sheet, table)?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn fill(sheet: &mut Worksheet, table: &Table) -> Result<(), XlsxError> {
    let looks = Looks::new();
    let mut column: u16 = 0;
    for (name, kind) in &table.columns {
        sheet.write_string_with_format(0, column, name, &looks.header)?;
        column = column.saturating_add(1);
        if *kind != Kind::Plain {
            let beside = format!("{}_rounded", name.strip_suffix("_raw").unwrap_or(name));
            sheet.write_string_with_format(0, column, beside, &looks.header)?;
            column = column.saturating_add(1);
        }
    }
    for (line, row) in (1..).zip(&table.rows) {
        let mut column: u16 = 0;
        for (kind, cell) in table.pairs(row) {
            put(sheet, (line, column), (kind, cell), &looks)?;
            column = column.saturating_add(if kind == Kind::Plain { 1 } else { 2 });
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_autofit_max_width(WIDTH_PIXELS_MAX);
    sheet.autofit();
    Ok(())
}

/// How cells look.
struct Looks {
    header: Format,
    text: Format,
    guarded: Format,
    exact: Format,
    rounded: Format,
}

impl Looks {
    fn new() -> Self {
        let header = Format::new().set_bold();
        Self {
            header: header
                .set_border_bottom(FormatBorder::Thin)
                .set_border_bottom_color(Color::Gray),
            text: Format::new().set_num_format("@"),
            guarded: Format::new().set_num_format("@").set_quote_prefix(),
            exact: Format::new()
                .set_num_format("@")
                .set_align(FormatAlign::Right),
            rounded: Format::new().set_num_format("#,##0.00####"),
        }
    }
}

fn put(
    sheet: &mut Worksheet,
    (line, column): (u32, u16),
    (kind, cell): (Kind, &Cell),
    looks: &Looks,
) -> Result<(), XlsxError> {
    let text = shown(kind, cell);
    let below = match (kind, cell) {
        // Only base units stand in a column with a sign: what a replacement took is below 0.
        (Kind::Raw { decimals }, Cell::Signed(units)) if *units < 0 => {
            Some(-rounded_down(units.unsigned_abs(), decimals))
        }
        _ => None,
    };
    let amount = amount_of(kind, cell).map(|(units, decimals)| rounded_down(units, decimals));
    if let Some(rounded) = amount.or(below) {
        sheet.write_string_with_format(line, column, text, &looks.exact)?;
        let beside = column.saturating_add(1);
        sheet.write_number_with_format(line, beside, rounded, &looks.rounded)?;
        return Ok(());
    }
    let small = match cell {
        Cell::Number(number) => *number < DIGITS_MAX,
        Cell::Signed(number) => number.unsigned_abs() < DIGITS_MAX,
        Cell::Text(_) => false,
    };
    match (small, text.parse::<f64>()) {
        (true, Ok(number)) => sheet.write_number(line, column, number)?,
        _ if text.is_empty() => sheet,
        _ if text.chars().count() > TEXT_MAX => {
            let words = format!("{} characters: see the CSV", text.chars().count());
            sheet.write_string_with_format(line, column, words, &looks.text)?
        }
        _ if is_formula(&text) => {
            sheet.write_string_with_format(line, column, text, &looks.guarded)?
        }
        _ => sheet.write_string_with_format(line, column, text, &looks.text)?,
    };
    Ok(())
}

/// Tokens as a number that a spreadsheet can add: rounded down to six places, and no more exact
/// than its own numbers are. Never used for money; the exact text stands beside it.
fn rounded_down(units: u128, decimals: u8) -> f64 {
    let cut = 10_u128.saturating_pow(u32::from(decimals.saturating_sub(PLACES)));
    let places = decimals.min(PLACES);
    let text = crate::amount::exact(units.checked_div(cut).unwrap_or(0), places);
    text.parse().unwrap_or(0.0)
}
