//! Grant sheets: a CSV of one grant a row, read with all its errors at once.
//!
//! Data rows count from 1; row 0 is the header. Unknown columns are refused, so that a misspelt
//! `gates` never drops a condition; or a person matches them to ours ([`Choices`]).

mod annotate;
mod cells;
mod check;
mod choices;
mod columns;
mod doubts;
mod matching;
mod read;
mod round;
mod row;
mod summary;
mod totals;
mod types;
mod workbook;

pub use annotate::annotated;
pub use check::{Checked, check};
pub use choices::{Choices, NamedTerms};
pub use columns::offered;
pub use matching::{Matching, matching};
pub use read::{read, read_chosen};
pub use round::{KnownGoals, Place, own_judges};
pub use row::parse_wallet;
pub use summary::{ImportSummary, LeafSummary};
pub use totals::{Totals, labels, totals};
pub use types::{
    Context, Defaults, Documents, Draft, Inherited, Person, RowError, Sheet, StatedValue, TokenSpec,
};
pub use workbook::{WorkbookError, is_workbook, workbook_csv};
