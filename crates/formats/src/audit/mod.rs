//! What auditors are given: the register of grants, totals and movements, and the bundle of
//! evidence that holds them together with the events they follow from.

mod archive;
mod bundle;
mod gather;
mod lines;
mod logs;
mod manifest;
mod movements;
mod readme;
mod register;
mod same;
mod tables;

pub use archive::Archive;
pub use bundle::{Bundle, BundleError};
pub use gather::Gathering;
pub use logs::{each_log, read_logs, write_logs};
pub use manifest::{Code, FileHash, Manifest, Pin};
pub use movements::{Measure, Movements, Row};
pub use readme::README;
pub use register::{Line, RoundLine, Standing};
pub use tables::{
    attempts_table, movements_table, pool_table, read_terms, register_table, rounds_table,
    terms_lines,
};
