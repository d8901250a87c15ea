//! Every test of the store, on both engines.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

mod harness;

mod concurrency;
mod folding;
mod imports;
mod keeper;
mod place;
mod requests;
mod schema;
mod successors;
