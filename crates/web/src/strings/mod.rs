//! Every sentence that is made in code, one file a part.

pub(crate) mod access;
pub(crate) mod actions;
pub(crate) mod api;
pub(crate) mod audit;
pub(crate) mod auditor_links;
pub(crate) mod calendar;
pub(crate) mod charts;
pub(crate) mod claim;
pub(crate) mod company;
pub(crate) mod demo;
pub(crate) mod errors;
pub(crate) mod goal;
pub(crate) mod goal_builder;
pub(crate) mod goal_words;
pub(crate) mod grant;
pub(crate) mod history;
pub(crate) mod jobs;
pub(crate) mod lately;
pub(crate) mod leave;
pub(crate) mod log;
pub(crate) mod me;
pub(crate) mod next;
pub(crate) mod powers;
pub(crate) mod public;
pub(crate) mod questions;
pub(crate) mod reasons;
pub(crate) mod result;
pub(crate) mod results;
pub(crate) mod round;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod signing;
pub(crate) mod webhooks;

#[cfg(test)]
mod parts;
#[cfg(test)]
mod snapshot;
