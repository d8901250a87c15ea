//! What is kept of one version of the database.

use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::B256;
use guerdon_core::tree::SumTree;
use guerdon_store::{Session, Store, Version};

use super::page::{Kept, Name};
use super::shelf::Shelf;
use super::weighed::Weighed;
use crate::access::{Viewer, Why};
use crate::error::PageError;
use crate::past::Days;

/// Sessions, and rights to read a grant, that are kept at most.
const FACTS_MAX: usize = 4_096;
/// Contents of pages that are kept at most: some 30 MB of those that are long.
const PAGES_MAX: usize = 400;

/// Leaves of all kept trees together, at most, but for the tree that was asked for last: some
/// hundred bytes each.
const LEAVES_MAX: usize = 2_000_000;

/// The moment of the version that was met last, and what no version changes.
#[derive(Debug)]
pub(crate) struct Memory {
    last: Mutex<Option<Arc<Moment>>>,
    /// Trees of rounds by their roots, for the proofs of first claims.
    pub(crate) trees: Weighed<SumTree>,
    /// What stood at the ends of days.
    pub(crate) days: Days,
}

/// Everything that is kept of one version of the database.
#[derive(Debug)]
pub(crate) struct Moment {
    version: Version,
    /// By the hash of a session: the session, and whose it is.
    pub(crate) sessions: Shelf<B256, Option<Arc<Recalled>>>,
    /// By which right a session (the first hash) reads a grant (the second).
    pub(crate) rights: Shelf<(B256, B256), Option<Why>>,
    pub(super) pages: Shelf<Name, Arc<Kept>>,
}

/// A session that was alive when it was read.
#[derive(Debug)]
pub(crate) struct Recalled {
    pub(crate) session: Session,
    pub(crate) viewer: Option<Arc<Viewer>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            last: Mutex::default(),
            trees: Weighed::new(LEAVES_MAX, |tree| tree.leaves().len()),
            days: Days::default(),
        }
    }
}

impl Memory {
    /// The moment of the version that the database has now.
    pub(crate) async fn moment(&self, store: &Store) -> Result<Arc<Moment>, PageError> {
        let version = store.version().await?;
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = last.as_ref().filter(|known| known.version == version) {
            return Ok(Arc::clone(known));
        }
        let moment = Arc::new(Moment {
            version,
            sessions: Shelf::new(FACTS_MAX),
            rights: Shelf::new(FACTS_MAX),
            pages: Shelf::new(PAGES_MAX),
        });
        *last = Some(Arc::clone(&moment));
        Ok(moment)
    }
}
