//! What happens, as other systems are told it: one table of kinds, the facts that make them, the
//! list and the stream. Webhooks send the same.

mod facts;
mod kinds;
mod list;
mod stream;
#[cfg(test)]
mod tests;

pub(super) use facts::test_body;
pub use facts::{event_of, vested_event};
pub use kinds::EventKind;
pub(super) use list::{list, shapes};
pub(super) use stream::{Places, listens, stream};

/// The operation that is a list, or a stream where one is asked for.
pub(super) const LIST: &str = "events";
