//! Vesting terms of the Open Cap Format, in and out.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod examples;
mod export;
mod refusals;
mod support;
