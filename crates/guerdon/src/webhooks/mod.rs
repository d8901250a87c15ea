//! What other systems are told: facts become events when they are final, events are sent.
//!
//! Two jobs, each under a lease of its own: [`scribe::Scribe`] writes each final fact into the
//! store once, [`sender::Sender`] sends what waits. A process killed at any line tells nothing
//! twice under another id and forgets nothing: what was sent and not noted is sent again, with the
//! same id.

mod address;
mod data_key;
mod found;
mod jobs;
mod lent;
mod schedule;
mod scribe;
mod sender;
mod sign;
mod target;
#[cfg(test)]
mod tests;
mod turn;

pub(crate) use data_key::DataKey;
pub(crate) use jobs::{Jobs, beside, key_path};
