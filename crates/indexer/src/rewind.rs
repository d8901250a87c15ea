//! Taking back what a re-org replaced.

use guerdon_chain::Head;
use guerdon_store::Checkpoint;

use crate::IndexError;
use crate::fold::refold;
use crate::source::Source;
use crate::step::{Indexer, Progress, Rewound};

/// Remembered blocks read at a time on the way back.
const PAGE: u32 = 64;

impl<S: Source> Indexer<S> {
    /// Goes back to the highest remembered block that is still on the chain, in one transaction:
    /// deletes the logs above it and folds the records they had changed again from the rest.
    pub(crate) async fn rewind(
        &self,
        checkpoint: &Checkpoint,
        head: &Head,
    ) -> Result<Progress, IndexError> {
        let ancestor = self.common_ancestor(checkpoint).await?;
        let mut tx = self.store.write().await?;
        if self.fence(&mut tx).await? && tx.checkpoint().await? == Some(*checkpoint) {
            // Without an ancestor the first block to read is the deployment's, as at the start.
            let kept = ancestor.map_or(self.start_block.saturating_sub(1), |block| block.block);
            let touched = tx.delete_logs_after(kept).await?;
            refold(&mut tx, &touched).await?;
            tx.delete_blocks_after(kept).await?;
            match &ancestor {
                Some(ancestor) => tx.set_checkpoint(ancestor).await?,
                None => tx.clear_checkpoint().await?,
            }
            tx.commit().await?;
            log(checkpoint, head, ancestor.as_ref());
        }
        let to = ancestor.map_or(self.start_block.saturating_sub(1), |block| block.block);
        Ok(Progress {
            from: to + 1,
            to,
            head: head.number,
            logs: 0,
            rewound: Some(Rewound {
                was: checkpoint.block,
                ancestor: ancestor.map(|block| block.block),
            }),
            by_other: false,
            heard_at: 0,
        })
    }

    async fn common_ancestor(
        &self,
        checkpoint: &Checkpoint,
    ) -> Result<Option<Checkpoint>, IndexError> {
        let mut below = checkpoint.block;
        loop {
            let blocks = self.store.read().await?.blocks_below(below, PAGE).await?;
            let Some(lowest) = blocks.last() else {
                return Ok(None);
            };
            below = lowest.block;
            for block in blocks {
                if self.is_on_chain(&block).await? {
                    return Ok(Some(block));
                }
            }
        }
    }
}

fn log(checkpoint: &Checkpoint, head: &Head, ancestor: Option<&Checkpoint>) {
    let (was, head) = (checkpoint.block, head.number);
    match ancestor {
        Some(ancestor) => tracing::warn!(
            was,
            head,
            ancestor = ancestor.block,
            "the chain replaced its blocks after {}: indexing goes on from there",
            ancestor.block
        ),
        None => tracing::warn!(
            was,
            head,
            "the chain replaced every remembered block: it is read again from the start"
        ),
    }
}
