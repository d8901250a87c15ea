//! The keeper: pays due grants by itself, at most once each, whenever it is killed.
//!
//! Nothing leaves before it is written: a job is one nonce with its signed bytes. A keeper that
//! starts looks at its open jobs first and asks the chain what became of them.

mod due;
mod follow;
mod node;
mod pass;
mod relay;
#[cfg(test)]
mod relay_tests;
mod report;
#[cfg(test)]
mod script;
#[cfg(test)]
mod tests;

use std::time::Duration;

use alloy_primitives::Address;
use guerdon_store::{Store, Tx};

pub(crate) use due::survey;
pub(crate) use node::{LiveNode, Node};
pub(crate) use pass::plan_batches;
pub(crate) use relay::RelayPolicy;
pub(crate) use report::{Pass, Stopped, failing_value};

use crate::error::{Failure, Outcome};

/// The task that one keeper at a time may do.
pub(crate) const LEASE: &str = "keeper";
pub(crate) const DAY: u64 = 86_400;

/// How the keeper decides.
#[derive(Debug, Clone)]
pub(crate) struct Policy {
    pub(crate) grants: Address,
    /// Payments that bring their holder less are left to grow, in base units.
    pub(crate) min_payout: u128,
    /// Gas for transactions of one day, by the chain's clock.
    pub(crate) gas_per_day: u64,
    /// The most wei for a unit of gas, replacements included.
    pub(crate) fee_max: u128,
    /// Seconds after which a transaction without a block is replaced.
    pub(crate) stuck_after: u64,
    /// Seconds for which the lease is taken.
    pub(crate) lease: u64,
    /// Whether grants that nobody opened are opened and paid.
    pub(crate) open: bool,
    /// What holders may ask for; `None`: their requests are left alone.
    pub(crate) relay: Option<RelayPolicy>,
    /// Whether nobody is paid who did not ask.
    pub(crate) relay_only: bool,
    /// First wait between two looks at a transaction; it doubles up to fifty times as long.
    pub(crate) poll: Duration,
}

/// Keeps one deployment's payments going.
#[derive(Debug)]
pub(crate) struct Keeper<N> {
    pub(crate) node: N,
    pub(crate) store: Store,
    pub(crate) policy: Policy,
    /// Who holds the lease, in words.
    pub(crate) holder: String,
}

impl<N: Node> Keeper<N> {
    /// Takes the lease, or renews it.
    pub(crate) async fn hold(&self) -> Outcome {
        Ok(self.locked().await?.commit().await?)
    }

    /// A write transaction in which the lease is ours: what two keepers write cannot mix.
    async fn locked(&self) -> Outcome<Tx> {
        let mut tx = self.store.write().await?;
        let now = match self.node.lease_time() {
            Some(now) => now,
            None => tx.clock().await?,
        };
        let lease = tx
            .take_lease(LEASE, &self.holder, now, self.policy.lease)
            .await?;
        if lease.holder == self.holder {
            return Ok(tx);
        }
        let left = lease.expires_at.saturating_sub(now);
        Err(Failure::precondition(format!(
            "another keeper is at work: {}, for {left} more seconds at least",
            lease.holder
        ))
        .hint("wait until it ends; a keeper that was killed lets go by itself"))
    }

    /// Lets the next keeper begin at once.
    pub(crate) async fn release(&self) -> Outcome {
        let mut tx = self.store.write().await?;
        tx.release_lease(LEASE, &self.holder).await?;
        Ok(tx.commit().await?)
    }
}
