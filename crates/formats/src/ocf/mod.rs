//! Vesting terms of the Open Cap Format, in and out.
//!
//! Open Cap describes vesting as a graph of conditions and leaves money to shares of stock; a grant
//! has segments of parts per billion and gates. What the two say alike is read and written
//! exactly; what differs by the rounding of a part per billion is read and the difference told;
//! everything else is refused in a sentence. `docs/OCF.md` has the table.

mod allocation;
mod chain;
mod document;
mod error;
mod export;
mod import;
mod ratio;
mod steps;

pub use allocation::Allocation;
pub use error::OcfError;
pub use export::{Export, Written, write_vesting_terms};
pub use import::{Event, Imported, Options, Quantity, read_vesting_terms};
