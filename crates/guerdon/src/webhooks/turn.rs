//! Whose turn a job is: of all processes on a database, the one with the job's lease.

use guerdon_store::{Read, Store, StoreError, Tx};

/// A job that one process at a time does.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(super) store: Store,
    pub(super) job: &'static str,
    /// This process, in words that no other has.
    pub(super) holder: String,
    /// Seconds for which the lease is taken.
    pub(super) seconds: u64,
}

impl Turn {
    /// Whether another process does it now.
    pub(super) async fn is_anothers(&self, read: &mut Read) -> Result<bool, StoreError> {
        let Some(lease) = read.lease(self.job).await? else {
            return Ok(false);
        };
        Ok(lease.holder != self.holder && lease.expires_at > read.clock().await?)
    }

    /// A write transaction in which the lease is this process's; nothing if another has it.
    pub(super) async fn locked(&self) -> Result<Option<Tx>, StoreError> {
        let mut tx = self.store.write().await?;
        let lease = tx.hold_lease(self.job, &self.holder, self.seconds).await?;
        Ok((lease.holder == self.holder).then_some(tx))
    }

    /// Lets the next process begin at once.
    pub(super) async fn release(&self) {
        let given = async {
            let mut tx = self.store.write().await?;
            tx.release_lease(self.job, &self.holder).await?;
            tx.commit().await
        };
        if let Err(error) = given.await {
            tracing::info!("the lease of {} was not given back: {error}", self.job);
        }
    }
}
