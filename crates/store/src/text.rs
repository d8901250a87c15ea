//! Values as they stand in the database, and back.

use std::fmt::Display;
use std::str::FromStr;

use alloy_primitives::{Address, B256, hex};

use crate::StoreError;

/// One number, `AS n`.
#[derive(sqlx::FromRow)]
pub(crate) struct NumberRow {
    pub(crate) n: i64,
}

/// A hash or word: `0x` and 64 lower-case digits.
pub(crate) fn word(value: &B256) -> String {
    hex::encode_prefixed(value)
}

/// An address: `0x` and 40 lower-case digits, without the checksum's capitals.
pub(crate) fn address(value: &Address) -> String {
    hex::encode_prefixed(value)
}

/// Any bytes: `0x` and lower-case digits.
pub(crate) fn bytes(value: &[u8]) -> String {
    hex::encode_prefixed(value)
}

/// A number, time or height as BIGINT.
pub(crate) fn big(what: &'static str, value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::TooLarge { what, value })
}

/// Reads any TEXT value by its own parser: hashes, addresses, decimal amounts.
pub(crate) fn parse<T: FromStr>(what: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| corrupt(what, text))
}

/// Reads `0x` bytes.
pub(crate) fn parse_bytes(what: &'static str, text: &str) -> Result<Vec<u8>, StoreError> {
    hex::decode(text).map_err(|_| corrupt(what, text))
}

/// Reads a BIGINT into the unsigned type that it came from.
pub(crate) fn unsigned<T: TryFrom<i64>>(what: &'static str, value: i64) -> Result<T, StoreError> {
    T::try_from(value).map_err(|_| corrupt(what, value))
}

pub(crate) fn corrupt(what: &'static str, text: impl Display) -> StoreError {
    StoreError::Corrupt {
        what,
        text: text.to_string(),
    }
}

/// `($1, $2), ($3, $4)`: the places of so many rows.
pub(crate) fn places(columns: usize, rows: usize) -> String {
    let row = |row: usize| {
        let places = (1..=columns).map(|column| format!("${}", row * columns + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
