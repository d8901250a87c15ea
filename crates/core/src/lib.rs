//! The words and laws of compensation, as pure functions: terms of grants, what they pay and when,
//! rounds as trees with sums, goals and the bounds that decide them, and the records that events
//! add up to.
//!
//! Money is `u128` in base units of the token, times are `u64` unix seconds, shares are parts per
//! billion (`ppb`, [`PPB`] is the whole). There is no clock, no randomness, no input or output and
//! no floating point here: time and chance are arguments. The contracts obey the same rules; shared
//! tables in `vectors/` hold both together.

#![warn(missing_docs)]
#![warn(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic
)]

/// Every change of a grant by one name: what it leaves, what it means, what the chain says of it.
pub mod act;
/// What happened on the chain, in our words: one fact per event.
pub mod fact;
/// Goals: definitions, attempts, bounds, payouts, drawn items, typed messages.
pub mod goal;
/// What a grant pays, what it holds, and what may change it.
pub mod grant;
/// Names of things: domains and ids of grants.
pub mod id;
/// Records folded from facts.
pub mod ledger;
/// The money of a company's grants, and the rounds it is promised to.
pub mod pool;
/// The one word of state a grant has.
pub mod state;
/// Who holds a grant, and what replaces it: replacing, moving, recovering.
pub mod succession;
/// Terms of grants and their schedules, in canonical bytes.
pub mod terms;
/// Rounds: Merkle trees with sums, and proofs.
pub mod tree;

mod pack;

/// The whole, in parts per billion.
pub const PPB: u32 = 1_000_000_000;
