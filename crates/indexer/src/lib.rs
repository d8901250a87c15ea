//! Follows the chain and folds its logs into the store.
//!
//! [`Indexer::step`] takes one range of blocks, or takes back what a re-org replaced, in one
//! transaction with the checkpoint: a process killed at any line loses nothing and counts nothing
//! twice. What the store derives after any re-orgs equals what it derives from the final chain.

mod access;
mod error;
mod fold;
mod lead;
mod pace;
mod range;
mod rewind;
mod run;
mod source;
mod step;

pub use error::IndexError;
pub use lead::{Holding, LEASE};
pub use source::{Finality, Source};
pub use step::{Indexer, Options, Progress, Rewound};
