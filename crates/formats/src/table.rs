//! Tables: one value that is written as CSV, as a workbook and as JSON.
//!
//! Every amount is exact in all three. Text that a spreadsheet would take for a formula stays text.

use serde_json::{Map, Value, json};

use crate::amount;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Texts and plain numbers.
    Plain,
    /// Amounts, shown in whole base units.
    Raw { decimals: u8 },
    /// Amounts, shown in tokens with every decimal place.
    Exact { decimals: u8 },
}

/// What stands in a row under a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Any text.
    Text(String),
    /// A number that is no amount of a token, or an amount in base units under a column of amounts.
    Number(u128),
    /// A number that may be below 0.
    Signed(i128),
}

/// Rows under named columns.
#[derive(Clone, Debug)]
pub struct Table {
    pub(crate) columns: Vec<(String, Kind)>,
    pub(crate) rows: Vec<Vec<Cell>>,
    symbol: String,
}

impl Table {
    /// A table without rows; its columns are plain.
    #[must_use]
    pub fn new(header: &[&str]) -> Self {
        let plain = |name: &&str| ((*name).to_owned(), Kind::Plain);
        Self {
            columns: header.iter().map(plain).collect(),
            rows: Vec::new(),
            symbol: String::new(),
        }
    }

    /// Says which columns are amounts of a token. A name that ends in `_raw` shows base units, any
    /// other shows tokens with every decimal place.
    #[must_use]
    pub fn amounts(mut self, (symbol, decimals): (&str, u8), names: &[&str]) -> Self {
        for (name, kind) in &mut self.columns {
            if names.contains(&name.as_str()) {
                *kind = match name.ends_with("_raw") {
                    true => Kind::Raw { decimals },
                    false => Kind::Exact { decimals },
                };
            }
        }
        symbol.clone_into(&mut self.symbol);
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    /// Says in every row the block that it speaks of.
    #[must_use]
    pub fn pinned(mut self, (block, hash): (u64, &str)) -> Self {
        for name in ["block", "block_hash"] {
            self.columns.push((name.to_owned(), Kind::Plain));
        }
        for row in &mut self.rows {
            row.push(Cell::Number(block.into()));
            row.push(Cell::Text(hash.to_owned()));
        }
        self
    }

    /// Puts beside a column another one, with what `called` makes of its texts.
    #[must_use]
    pub fn beside(mut self, (of, name): (&str, &str), called: impl Fn(&str) -> String) -> Self {
        let Some(place) = self.columns.iter().position(|(known, _)| known == of) else {
            return self;
        };
        let after = place.saturating_add(1);
        self.columns.insert(after, (name.to_owned(), Kind::Plain));
        for row in &mut self.rows {
            let text = match row.get(place) {
                Some(Cell::Text(text)) => called(text),
                _ => String::new(),
            };
            row.insert(after.min(row.len()), Cell::Text(text));
        }
        self
    }

    /// Says in every row of which token its amounts are, and how many decimal places that has.
    #[must_use]
    pub fn with_unit(mut self, (symbol, decimals): (&str, u8)) -> Self {
        for name in ["token", "decimals"] {
            self.columns.push((name.to_owned(), Kind::Plain));
        }
        for row in &mut self.rows {
            row.push(Cell::Text(symbol.to_owned()));
            row.push(Cell::Number(decimals.into()));
        }
        self
    }

    /// How many rows there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Rows under a header, each ended by CR LF. A text that a spreadsheet would take for a formula
    /// gets an apostrophe.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut csv = String::new();
        let names = self.columns.iter().map(|(name, _)| quoted(name));
        line(&mut csv, names);
        for row in &self.rows {
            line(&mut csv, self.pairs(row).map(written));
        }
        csv
    }

    /// One object a row, by the names of the columns. An amount is its exact base units beside the
    /// written form: `{"raw","decimals","display","symbol"}`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let pairs = self.columns.iter().zip(row);
            let object = pairs.map(|((name, kind), cell)| match amount_of(*kind, cell) {
                Some((units, decimals)) => (
                    name.strip_suffix("_raw").unwrap_or(name).to_owned(),
                    self.amount(units, decimals),
                ),
                None => (name.clone(), plain(cell)),
            });
            Value::Object(object.collect::<Map<_, _>>())
        });
        Value::Array(rows.collect())
    }

    fn amount(&self, units: u128, decimals: u8) -> Value {
        json!({
            "raw": units.to_string(),
            "decimals": decimals,
            "display": amount::display(units, decimals),
            "symbol": self.symbol,
        })
    }

    pub(crate) fn pairs<'a>(
        &'a self,
        row: &'a [Cell],
    ) -> impl Iterator<Item = (Kind, &'a Cell)> + 'a {
        self.columns.iter().map(|(_, kind)| *kind).zip(row)
    }
}

/// The units of an amount and its decimals; nothing for what is no amount.
pub(crate) fn amount_of(kind: Kind, cell: &Cell) -> Option<(u128, u8)> {
    match (kind, cell) {
        (Kind::Raw { decimals } | Kind::Exact { decimals }, Cell::Number(units)) => {
            Some((*units, decimals))
        }
        (Kind::Raw { decimals }, Cell::Signed(units)) => {
            Some((u128::try_from(*units).ok()?, decimals))
        }
        _ => None,
    }
}

/// A cell as it reads.
pub(crate) fn shown(kind: Kind, cell: &Cell) -> String {
    match (kind, cell) {
        (Kind::Exact { decimals }, Cell::Number(units)) => amount::exact(*units, decimals),
        (_, Cell::Number(number)) => number.to_string(),
        (_, Cell::Signed(number)) => number.to_string(),
        (_, Cell::Text(text)) => text.clone(),
    }
}

/// Whether a spreadsheet would take a text for a formula.
pub(crate) fn is_formula(text: &str) -> bool {
    let is_number = text.parse::<i128>().is_ok();
    // The wide forms are what some input methods write; spreadsheets read them alike.
    let starts = [
        '=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
    ];
    !is_number && text.starts_with(starts)
}

fn plain(cell: &Cell) -> Value {
    match cell {
        Cell::Text(text) => json!(text),
        Cell::Number(number) => match u64::try_from(*number) {
            Ok(small) if small < 1 << 53 => json!(small),
            _ => json!(number.to_string()),
        },
        Cell::Signed(number) => match i64::try_from(*number) {
            Ok(small) if small.unsigned_abs() < 1 << 53 => json!(small),
            _ => json!(number.to_string()),
        },
    }
}

fn line(csv: &mut String, cells: impl Iterator<Item = String>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            csv.push(',');
        }
        csv.push_str(&cell);
    }
    csv.push_str("\r\n");
}

fn written((kind, cell): (Kind, &Cell)) -> String {
    let text = shown(kind, cell);
    match cell {
        Cell::Text(_) if is_formula(&text) => quoted(&format!("'{text}")),
        _ => quoted(&text),
    }
}

/// In quotes where it must be.
fn quoted(text: &str) -> String {
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
