//! Sentences of what companies and holders do to grants and rounds.

mod acts;
mod batches;
mod consequences;
mod leaver;
mod refusals;
mod requests;
mod rounds;

#[cfg(test)]
mod tests;

pub(crate) use acts::{button, heading, undo, what};
pub(crate) use batches::*;
pub(crate) use consequences::{Told, consequences, gate_line};
pub(crate) use leaver::{Leaver, letter};
pub(crate) use refusals::{Names, rate, refused, short_of};
pub(crate) use requests::*;
pub(crate) use rounds::*;
