//! What pages are made of, kept for as long as the database is exactly what it was.
//!
//! A request asks the database for its version first, one cheap statement, and finds the
//! [`Moment`] of that version: who its session belongs to, which grants that may read, the contents
//! of pages that it has read before. Any commit, by whichever process, is another version, and
//! another moment that begins empty; so nothing here can be older than the database, and nothing
//! is ever told to forget. What follows from the wall clock (the age of a page, whether a session is
//! over) is not kept but said anew each time.

mod moment;
mod page;
mod shelf;
mod weighed;

pub(crate) use moment::{Memory, Moment, Recalled};
pub(crate) use page::{Asking, Kept};
pub(crate) use weighed::Weighed;
