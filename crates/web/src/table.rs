//! Tables of pages: the same rows as CSV, workbook and JSON.

use std::fmt::Debug;

use alloy_primitives::{Address, B256};
use axum::Json;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use guerdon_formats::table::{Cell, Table};
use guerdon_formats::workbook;
use guerdon_store::{Actor, PersonId};
use serde_json::json;

use crate::error::PageError;
use crate::numbers::Token;
use crate::pages::{Answer, Form};

/// What XLSX is called on the wire.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// What can stand in a cell.
pub(crate) trait AsCell: Debug {
    fn cell(&self) -> Cell;
}

/// Rows under a header.
#[derive(Clone, Debug)]
pub(crate) struct Rows(Table);

impl Rows {
    pub(crate) fn new(header: &[&str]) -> Self {
        Self(Table::new(header))
    }

    /// Says which columns are amounts: base units where the name ends in `_raw`, else tokens with
    /// every decimal place. Their cells are base units.
    pub(crate) fn amounts(self, token: &Token, names: &[&str]) -> Self {
        Self(self.0.amounts((&token.symbol, token.decimals), names))
    }

    pub(crate) fn row(&mut self, cells: &[&dyn AsCell]) {
        self.0.row(cells.iter().map(|cell| cell.cell()).collect());
    }

    /// The table of another part.
    pub(crate) fn of(table: Table) -> Self {
        Self(table)
    }

    pub(crate) fn table(&self) -> &Table {
        &self.0
    }
}

/// A table as an answer, in the form that was asked for.
pub(crate) async fn answer(form: Form, rows: Rows) -> Answer {
    Ok(match form {
        Form::Json => Json(json!({ "rows": rows.0.to_json() })).into_response(),
        Form::Html | Form::Csv => csv(rows.0.to_csv()),
        Form::Xlsx => book(vec![("Data", rows)]).await?,
    })
}

/// Tables as the sheets of one workbook.
pub(crate) async fn book(sheets: Vec<(&'static str, Rows)>) -> Result<Response, PageError> {
    let write = move || {
        let sheets: Vec<_> = sheets
            .iter()
            .map(|(name, rows)| (*name, rows.table()))
            .collect();
        workbook::write(&sheets)
    };
    let written = tokio::task::spawn_blocking(write).await;
    let written = written.map_err(|error| PageError::Workbook(error.to_string()))?;
    let bytes = written.map_err(|error| PageError::Workbook(error.to_string()))?;
    Ok(([(CONTENT_TYPE, XLSX)], bytes).into_response())
}

fn csv(text: String) -> Response {
    ([(CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response()
}

macro_rules! text {
    ($($of:ty),*) => {$(
        impl AsCell for $of {
            fn cell(&self) -> Cell {
                Cell::Text(self.to_string())
            }
        }
    )*};
}

macro_rules! number {
    ($($of:ty),*) => {$(
        impl AsCell for $of {
            fn cell(&self) -> Cell {
                Cell::Number(u128::from(*self))
            }
        }
    )*};
}

macro_rules! signed {
    ($($of:ty),*) => {$(
        impl AsCell for $of {
            fn cell(&self) -> Cell {
                Cell::Signed(i128::from(*self))
            }
        }
    )*};
}

text!(String, &str, B256, PersonId, Actor);
number!(u8, u16, u32, u64, u128);
signed!(i64, i128);

impl AsCell for Address {
    fn cell(&self) -> Cell {
        Cell::Text(self.to_checksum(None))
    }
}

impl<T: AsCell> AsCell for Option<T> {
    fn cell(&self) -> Cell {
        match self {
            Some(some) => some.cell(),
            None => Cell::Text(String::new()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        let mut rows = Rows::new(&["a", "b"]);
        rows.row(&[&"x,\"y\"", &"=1+1"]);
        rows.row(&[&-5_i64, &None::<u64>]);
        assert_eq!(
            rows.table().to_csv(),
            "a,b\r\n\"x,\"\"y\"\"\",'=1+1\r\n-5,\r\n"
        );
    }
}
