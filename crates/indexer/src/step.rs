//! One step: a range of blocks, or a re-org taken back.

use alloy_primitives::Address;
use guerdon_chain::{ChainError, Head};
use guerdon_store::{Checkpoint, Identity, Store};

use crate::IndexError;
use crate::fold::{fold, read_facts};
use crate::lead::{Holding, Turn};
use crate::pace::Pace;
use crate::range::{Ahead, Range};
use crate::source::{Finality, Source};

/// Follows one deployment on one chain into one store.
#[derive(Clone, Debug)]
pub struct Indexer<S> {
    pub(crate) source: S,
    pub(crate) store: Store,
    pub(crate) options: Options,
    pub(crate) start_block: u64,
    pub(crate) contracts: Vec<Address>,
    pub(crate) pace: Pace,
    pub(crate) ahead: Ahead,
    /// Who it is among several; `None`: there is no other.
    pub(crate) holding: Option<Holding>,
}

/// How to follow.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which head to trust; the embedded chain's latest is good, since nobody else makes blocks.
    pub finality: Finality,
    /// Most blocks in one step.
    pub range_max: u64,
    /// Depth, in blocks, to which re-orgs are found without reading the chain again from its
    /// start: hashes of blocks at most this deep are remembered.
    pub reorg_depth: u64,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// First block of the range.
    pub from: u64,
    /// Last block of the range; below `from` when there was none to take.
    pub to: u64,
    /// Height of the head that the policy trusts.
    pub head: u64,
    /// Logs taken.
    pub logs: u64,
    /// A re-org that was taken back instead.
    pub rewound: Option<Rewound>,
    /// Another process has the lease: this one only looked how far it is.
    pub by_other: bool,
    /// The chain's newest block was `head` at this time or later: Unix seconds of this machine's
    /// clock. 0 where nobody holds anything or another process has the lease.
    pub heard_at: u64,
}

/// A re-org that was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewound {
    /// The checkpoint that is no longer on the chain.
    pub was: u64,
    /// The common ancestor; nothing if none was remembered and all is read again.
    pub ancestor: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            finality: Finality::Latest,
            range_max: 5_000,
            reorg_depth: 256,
        }
    }
}

impl Progress {
    /// Whether everything up to the head is in the store.
    pub fn is_done(&self) -> bool {
        self.rewound.is_none() && self.to >= self.head
    }

    /// Whether there was nothing that could be taken or taken back.
    pub(crate) fn stood(&self) -> bool {
        self.rewound.is_none() && self.to < self.from
    }
}

impl<S: Source> Indexer<S> {
    /// Binds the store to the deployment's chain and contracts.
    ///
    /// # Errors
    /// The store follows another chain, or failed.
    pub async fn new(
        source: S,
        store: Store,
        identity: &Identity,
        options: Options,
    ) -> Result<Self, IndexError> {
        store.bind(identity).await?;
        let contracts = [
            Some(identity.grants),
            Some(identity.goals),
            identity.succession,
            identity.manager,
        ];
        let contracts = contracts.into_iter().flatten().collect();
        Ok(Self {
            source,
            store,
            options,
            start_block: identity.start_block,
            contracts,
            pace: Pace::default(),
            ahead: Ahead::default(),
            holding: None,
        })
    }

    /// Takes one range of blocks into the store, or takes back what a re-org replaced; under
    /// another's lease it only looks how far that one is. Safe to cancel and to repeat.
    ///
    /// # Errors
    /// The node or the database failed, nodes disagree, or a log cannot be read. Nothing was
    /// written then but, if nodes disagree, that they do.
    pub async fn step(&self) -> Result<Progress, IndexError> {
        let step = self.one_step().await;
        if let Err(IndexError::Chain(error @ ChainError::Disagreement { .. })) = &step {
            self.say_stopped(error).await?;
        }
        step
    }

    async fn one_step(&self) -> Result<Progress, IndexError> {
        // Asked before the head: what is said of it must hold from then on.
        let heard_at = self.holding.as_ref().map_or(0, |it| (it.wall)());
        let Turn { leads, began } = self.turn().await?;
        let head = self.source.head(self.options.finality).await?;
        let checkpoint = self.store.read().await?.checkpoint().await?;
        if !leads {
            return self.watch(&head, checkpoint.as_ref()).await;
        }
        let from = checkpoint.map_or(self.start_block, |checkpoint| checkpoint.block + 1);
        let idle = Progress {
            from,
            to: from.saturating_sub(1),
            head: head.number,
            logs: 0,
            rewound: None,
            by_other: false,
            heard_at,
        };
        if let Some(checkpoint) = checkpoint {
            match confirmed(self.is_on_chain(&checkpoint).await)? {
                Some(true) => {}
                Some(false) => return self.rewind(&checkpoint, &head).await,
                // Nodes that lag behind the checkpoint took nothing back.
                None => {
                    self.beat(&head, began).await?;
                    return Ok(idle);
                }
            }
        }
        if from > head.number {
            self.beat(&head, began).await?;
            return Ok(idle);
        }
        let range = self.range((from, head.number), checkpoint.as_ref()).await;
        let Some(range) = confirmed(range)?.flatten() else {
            return Ok(idle);
        };
        let to = range.target.number;
        let written = self.write(checkpoint, (&head, began), &range);
        let written = if to < head.number {
            let (written, next) = tokio::join!(written, self.ask(to + 1, head.number));
            // What went wrong there is met again when the range is asked for.
            self.ahead.put(next.ok().flatten());
            written?
        } else {
            written.await?
        };
        if !written {
            return Ok(idle);
        }
        Ok(Progress {
            to,
            logs: range.logs.len() as u64,
            ..idle
        })
    }

    /// Writes logs, records, block hashes and the checkpoint at once; false if another indexer
    /// has the lease or moved the checkpoint meanwhile.
    async fn write(
        &self,
        checkpoint: Option<Checkpoint>,
        (head, began): (&Head, u64),
        Range { target, logs, .. }: &Range,
    ) -> Result<bool, IndexError> {
        let facts = read_facts(logs)?;
        let mut tx = self.store.write().await?;
        if !self.fence(&mut tx).await? || tx.checkpoint().await? != checkpoint {
            return Ok(false);
        }
        fold(&mut tx, &facts).await?;

        let deepest = target.number.saturating_sub(self.options.reorg_depth);
        let mut noted = None;
        for log in logs {
            let origin = &log.origin;
            if origin.block >= deepest
                && noted.replace(origin.block_hash) != Some(origin.block_hash)
            {
                let block = Checkpoint {
                    block: origin.block,
                    hash: origin.block_hash,
                    time: origin.block_time,
                };
                tx.put_block(&block).await?;
            }
        }
        let to = Checkpoint {
            block: target.number,
            hash: target.hash,
            time: target.time,
        };
        tx.put_block(&to).await?;
        tx.prune_blocks(deepest).await?;
        tx.set_checkpoint(&to).await?;
        self.put_state(&mut tx, (head, began)).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Nothing where too few nodes have the block that was asked for: it may come, and is waited for.
pub(crate) fn confirmed<T>(answer: Result<T, IndexError>) -> Result<Option<T>, IndexError> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(IndexError::Chain(ChainError::Unconfirmed { .. })) => Ok(None),
        Err(error) => Err(error),
    }
}
