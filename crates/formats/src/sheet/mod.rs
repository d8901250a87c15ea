//! Grant sheets: a CSV of one grant a row, read with all its errors at once.
//!
//! Data rows count from 1; row 0 is the header. Unknown columns are refused, so that a misspelt
//! `gates` never drops a condition.

mod annotate;
mod cells;
mod columns;
mod read;
mod row;
mod summary;
mod types;

pub use annotate::annotated;
pub use read::read;
pub use summary::{ImportSummary, LeafSummary};
pub use types::{
    Context, Defaults, Documents, Draft, Person, RowError, Sheet, StatedValue, TokenSpec,
};
