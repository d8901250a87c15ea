//! Every test of the store, on both engines.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

mod harness;
mod hooks;

mod access;
mod access_tokens;
mod auditor_links;
mod concurrency;
mod drafts;
mod erasure;
mod folding;
mod imports;
mod keeper;
mod members;
mod papers;
mod place;
mod requests;
mod schema;
mod standing;
mod successors;
mod version;
mod whole;
