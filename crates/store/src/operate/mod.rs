//! What keeps an instance going: who may do a task, how far the index is, the database as a whole.

mod index_state;
mod leases;
mod whole;

pub use index_state::IndexState;
pub use leases::Lease;
pub use whole::{Column, Kind, Row, Rows, Table};
