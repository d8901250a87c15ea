//! Every sentence that is made in code, one file a part.

pub(crate) mod access;
pub(crate) mod actions;
pub(crate) mod calendar;
pub(crate) mod claim;
pub(crate) mod company;
pub(crate) mod demo;
pub(crate) mod jobs;
pub(crate) mod lately;
pub(crate) mod leave;
pub(crate) mod me;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod signing;

#[cfg(test)]
mod snapshot;
