//! Reads and writes the files people have: bytes in, core types out, and back, with errors that
//! say what is wrong, where, and what to do. No clock, no randomness, no input or output.

#![warn(missing_docs)]

/// Agreements behind grants.
pub mod agreement;
/// Amounts of tokens, exact or for reading.
pub mod amount;
/// What auditors are given.
pub mod audit;
/// Dates and time zones, from one bundled database.
pub mod calendar;
/// Evaluation results, and whether they may decide money.
pub mod eval;
/// Gates of a row.
pub mod gates;
/// Slips in definitions of goals.
pub mod goal_doubts;
/// Definitions of goals.
pub mod goal_file;
/// All that a holder needs.
pub mod grant_file;
/// Vesting terms of the Open Cap Format.
pub mod ocf;
/// Sheets of people.
pub mod people_sheet;
/// Shares in per cent.
pub mod percent;
/// What a replacement means, before and after, in words.
pub mod replacement;
/// What takes a grant's place, for its holder to sign.
pub mod replacement_file;
/// The terms of every grant of a round.
pub mod round_file;
/// Calls for the owners of a Safe.
pub mod safe_batch;
/// Vesting in words to segments.
pub mod schedule;
/// Grant sheets.
pub mod sheet;
/// Signatures of panel members.
pub mod signature_file;
/// Tables as CSV and JSON.
pub mod table;
/// Terms by the contract's field names.
pub mod terms_json;
/// Typed messages for wallets.
pub mod typed_data;
/// Text of somebody else, for a terminal.
pub mod visible;
/// Words for people.
pub mod words;
/// Tables as workbooks.
pub mod workbook;

mod json;

pub use json::FileError;
