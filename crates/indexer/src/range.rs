//! The logs of a range of blocks. While one range is written, the next is read; what was read is
//! used only if the chain did not move around it.

use std::sync::{Arc, Mutex, PoisonError};

use guerdon_chain::Head;
use guerdon_core::fact::Log;
use guerdon_store::Checkpoint;

use crate::IndexError;
use crate::source::Source;
use crate::step::Indexer;

/// Blocks with their logs.
#[derive(Debug)]
pub(crate) struct Range {
    pub(crate) from: u64,
    /// The last block, as it was before the logs were read.
    pub(crate) target: Head,
    pub(crate) logs: Vec<Log>,
}

/// The range that was read while another was written. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ahead(Arc<Mutex<Option<Range>>>);

impl Ahead {
    pub(crate) fn put(&self, range: Option<Range>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = range;
    }

    /// What was read from this block on; whatever else was read is forgotten.
    fn take(&self, from: u64, head: u64) -> Option<Range> {
        let range = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        range.filter(|range| range.from == from && range.target.number <= head)
    }
}

impl Range {
    /// Whether every log is of these blocks, those of the last one as it is.
    fn fits(&self) -> bool {
        let Head { number, hash, .. } = self.target;
        self.logs.iter().all(|log| {
            let origin = &log.origin;
            (self.from..=number).contains(&origin.block)
                && (origin.block != number || origin.block_hash == hash)
        })
    }
}

impl<S: Source> Indexer<S> {
    /// Whether a block that was read is still on the chain; fails while one of several nodes alone
    /// has a block of its height.
    pub(crate) async fn is_on_chain(&self, block: &Checkpoint) -> Result<bool, IndexError> {
        let there = self.source.block(block.block).await?;
        Ok(there.is_some_and(|there| there.hash == block.hash))
    }

    /// The logs of the next range and its last block, or nothing if the chain moved while they were
    /// read.
    pub(crate) async fn range(
        &self,
        (from, head): (u64, u64),
        checkpoint: Option<&Checkpoint>,
    ) -> Result<Option<Range>, IndexError> {
        let range = match self.ahead.take(from, head) {
            Some(range) => range,
            None => match self.ask(from, head).await? {
                Some(range) => range,
                None => return Ok(None),
            },
        };
        // The answers come one by one: only if nothing moved around them do they belong together.
        if let Some(checkpoint) = checkpoint
            && !self.is_on_chain(checkpoint).await?
        {
            return Ok(None);
        }
        let is_same = self.source.block(range.target.number).await? == Some(range.target);
        Ok((is_same && range.fits()).then_some(range))
    }

    /// Reads the next range; whether it holds is asked when it is used.
    pub(crate) async fn ask(&self, from: u64, head: u64) -> Result<Option<Range>, IndexError> {
        let blocks = self.pace.blocks(self.options.range_max);
        let to = head.min(from.saturating_add(blocks - 1));
        let Some(target) = self.source.block(to).await? else {
            return Ok(None);
        };
        let logs = self.source.logs(from, to, &self.contracts).await?;
        self.pace.heard(to - from + 1, logs.len() as u64);
        Ok(Some(Range { from, target, logs }))
    }
}
