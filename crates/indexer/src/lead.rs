//! One of many: of all processes that could index into a database, the one with the lease does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guerdon_chain::{ChainError, Head};
use guerdon_store::{Checkpoint, IndexState, Read, StoreError, Tx};

use crate::IndexError;
use crate::source::Source;
use crate::step::{Indexer, Progress, confirmed};

/// The task that one indexer at a time may do.
pub const LEASE: &str = "indexer";
/// What was heard is written anew after so many seconds, if nothing else was to be written.
const BEAT_SECONDS: u64 = 15;

/// Under which name, and for how long at a time, a process indexes.
#[derive(Clone, Debug)]
pub struct Holding {
    /// The process, in words; no two have the same.
    pub holder: String,
    /// Seconds for which the lease is taken: after them another process follows on one that was
    /// killed. With 0 there is no lease: several may write, one range after the other.
    pub seconds: u64,
    /// Unix seconds of this machine's clock: how old what was heard is, nothing about leases.
    pub wall: fn() -> u64,
    /// What leases run by in place of the database's clock.
    clock: Option<fn() -> u64>,
    /// When the state was last written, by the clock of leases.
    written: Arc<AtomicU64>,
}

impl Holding {
    /// A process that takes the lease for `seconds` at a time.
    #[must_use]
    pub fn new(holder: &str, seconds: u64, wall: fn() -> u64) -> Self {
        Self {
            holder: holder.to_owned(),
            seconds,
            wall,
            clock: None,
            written: Arc::default(),
        }
    }

    /// Leases run by this clock, Unix seconds, in place of the database's.
    #[must_use]
    pub fn by_clock(mut self, clock: fn() -> u64) -> Self {
        self.clock = Some(clock);
        self
    }

    async fn now(&self, read: &mut Read) -> Result<u64, StoreError> {
        match self.clock {
            Some(clock) => Ok(clock()),
            None => read.clock().await,
        }
    }
}

/// Whether a process indexes in this step, and when the step began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn {
    pub(crate) leads: bool,
    /// By the clock of leases: what is heard from now on is at least as new.
    pub(crate) began: u64,
}

impl<S: Source> Indexer<S> {
    /// Writes only while it holds the lease; without this call it needs none.
    #[must_use]
    pub fn under_lease(mut self, holding: Holding) -> Self {
        self.holding = Some(holding);
        self
    }

    /// Lets the next process begin at once.
    ///
    /// # Errors
    /// The database failed; then the lease expires by itself.
    pub async fn release(&self) -> Result<(), StoreError> {
        let Some(holding) = &self.holding else {
            return Ok(());
        };
        let mut tx = self.store.write().await?;
        tx.release_lease(LEASE, &holding.holder).await?;
        tx.commit().await
    }

    /// Whether this process indexes; takes the lease if it is free, renews it when a third of it is
    /// gone.
    pub(crate) async fn turn(&self) -> Result<Turn, IndexError> {
        let alone = |began| Turn { leads: true, began };
        let Some(holding) = &self.holding else {
            return Ok(alone(0));
        };
        let mut read = self.store.read().await?;
        let began = holding.now(&mut read).await?;
        if holding.seconds == 0 {
            return Ok(alone(began));
        }
        let lease = read.lease(LEASE).await?;
        drop(read);
        if let Some(lease) = lease {
            let is_mine = lease.holder == holding.holder;
            let fresh_until = began.saturating_add(holding.seconds * 2 / 3);
            if is_mine && lease.expires_at > fresh_until {
                return Ok(alone(began));
            }
            if !is_mine && lease.expires_at > began {
                let leads = false;
                return Ok(Turn { leads, began });
            }
        }
        let mut tx = self.store.write().await?;
        let leads = self.fence(&mut tx).await?;
        if leads {
            tx.commit().await?;
        }
        Ok(Turn { leads, began })
    }

    /// Whether this process still holds the lease, asked in the transaction that is to be written.
    pub(crate) async fn fence(&self, tx: &mut Tx) -> Result<bool, IndexError> {
        let Some(holding) = self.holding.as_ref().filter(|it| it.seconds > 0) else {
            return Ok(true);
        };
        let now = holding.now(tx).await?;
        let lease = tx
            .take_lease(LEASE, &holding.holder, now, holding.seconds)
            .await?;
        Ok(lease.holder == holding.holder)
    }

    /// Says in the transaction what was heard of the chain in a step that began then.
    pub(crate) async fn put_state(
        &self,
        tx: &mut Tx,
        (head, began): (&Head, u64),
    ) -> Result<(), IndexError> {
        let Some(holding) = &self.holding else {
            return Ok(());
        };
        tx.put_index_state(&IndexState {
            holder: holding.holder.clone(),
            answered_at: began,
            head: head.number,
            head_time: head.time,
            stopped: None,
        })
        .await?;
        holding.written.store(began, Ordering::Relaxed);
        Ok(())
    }

    /// Says what was heard of the chain when there was nothing to write with it, now and then.
    pub(crate) async fn beat(&self, head: &Head, began: u64) -> Result<(), IndexError> {
        let Some(holding) = &self.holding else {
            return Ok(());
        };
        if began < holding.written.load(Ordering::Relaxed) + BEAT_SECONDS {
            return Ok(());
        }
        let mut tx = self.store.write().await?;
        if self.fence(&mut tx).await? {
            self.put_state(&mut tx, (head, began)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Says why nothing newer is read.
    pub(crate) async fn say_stopped(&self, error: &ChainError) -> Result<(), IndexError> {
        let Some(holding) = &self.holding else {
            return Ok(());
        };
        let mut tx = self.store.write().await?;
        if !self.fence(&mut tx).await? {
            return Ok(());
        }
        let known = tx.index_state().await?;
        let checkpoint = tx.checkpoint().await?;
        let answered_at = holding.now(&mut tx).await?;
        let head = known.as_ref().map_or(0, |known| known.head);
        let head_time = known.map_or(0, |known| known.head_time);
        tx.put_index_state(&IndexState {
            holder: holding.holder.clone(),
            answered_at,
            head: head.max(checkpoint.map_or(0, |at| at.block)),
            head_time: head_time.max(checkpoint.map_or(0, |at| at.time)),
            stopped: Some(error.to_string()),
        })
        .await?;
        tx.commit().await?;
        // When the nodes agree again, that is said at once.
        holding.written.store(0, Ordering::Relaxed);
        Ok(())
    }

    /// What a process sees that does not index: how far another one is.
    pub(crate) async fn watch(
        &self,
        head: &Head,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<Progress, IndexError> {
        let before = self.start_block.saturating_sub(1);
        let to = match checkpoint {
            Some(checkpoint) if confirmed(self.is_on_chain(checkpoint).await)?.unwrap_or(true) => {
                checkpoint.block
            }
            _ => before,
        };
        Ok(Progress {
            from: to + 1,
            to,
            head: head.number,
            logs: 0,
            rewound: None,
            by_other: true,
            heard_at: 0,
        })
    }
}
