//! Claims that holders asked for on the pages: tried first, sent one by one, each at most once.
//!
//! A request is tied to its job in the transaction that writes the job, before anything leaves.
//! What became of it is read from the job, by whichever keeper comes next.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_chain::Next;
use guerdon_core::fact::Fact;
use guerdon_store::{Job, JobState, RelayRequest, RelayState};

use super::due::{Due, claimable};
use super::pass::{GAS_MIN, measure_next};
use super::report::{Pass, Stopped};
use super::{DAY, Keeper, Node};
use crate::error::Outcome;

/// Requests looked at in one pass.
const AT_ONCE: u32 = 50;

/// What the relay pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RelayPolicy {
    /// Claims that bring their holder less are not sent, in base units.
    pub(crate) min_payout: u128,
    /// Gas for relayed claims of one day, by the chain's clock.
    pub(crate) gas_per_day: u64,
}

const NOTHING: &str = "Nothing was sent: nothing of this grant can be claimed for you now.";
const TOO_SMALL: &str = "Nothing was sent: the claim brings less than the relay pays for.";
const SPENT: &str = "Nothing was sent: the relay's gas for today is used up. Ask again tomorrow.";
const TRIED: &str = "Nothing was sent: a try, without sending anything, failed.";
const FAILED: &str = "The relay sent the claim, and it failed in its block. Nothing was paid.";
const LOST: &str =
    "Nothing was paid: another transaction took the place of the relay's. Ask again.";
const TOO_LATE: &str = "The relay sent the claim, and nothing was left to pay in its block: the \
                        grant had been claimed just before. Nothing was paid by it.";
const PAID: &str = "Paid by the relay.";

/// After so many seconds a mined transaction that no node shows any more counts as lost.
const DOUBTED: u64 = 3_600;

impl<N: Node> Keeper<N> {
    /// Writes what became of requests whose job is decided.
    pub(super) async fn settle_requests(&self) -> Outcome {
        let mut read = self.store.read().await?;
        let mut carried = Vec::new();
        for request in read.open_relay_requests(AT_ONCE).await? {
            if let Some(job) = request.job {
                carried.push((read.job(job).await?, request));
            }
        }
        drop(read);
        let mut decided = Vec::new();
        for (job, request) in carried {
            if let Some(outcome) = self.became(job, &request).await? {
                decided.push((request.id, outcome));
            }
        }
        if decided.is_empty() {
            return Ok(());
        }
        let mut tx = self.locked().await?;
        for (id, (state, says)) in decided {
            tx.set_relay_outcome(id, state, says, None, self.node.wall())
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// What became of a request by its job; `None` while nobody can say. A transaction that was
    /// mined has paid only if the chain's event says so for this very grant: whatever was claimed
    /// before it in the block leaves it nothing to pay.
    async fn became(
        &self,
        job: Option<Job>,
        request: &RelayRequest,
    ) -> Outcome<Option<(RelayState, &'static str)>> {
        let Some(Job { state, done, .. }) = job else {
            return Ok(Some((RelayState::Refused, LOST)));
        };
        let done = match (state, done) {
            (JobState::Open, _) => return Ok(None),
            (JobState::Done, Some(done)) => done,
            (JobState::Reverted, _) => return Ok(Some((RelayState::Refused, FAILED))),
            (JobState::Displaced | JobState::Done, _) => {
                return Ok(Some((RelayState::Refused, LOST)));
            }
        };
        let Some(landed) = self.node.landed(done.tx).await? else {
            // A node that lags, or a block that is no longer part of the chain.
            let waited = self.node.wall().saturating_sub(request.changed_at);
            return Ok((waited > DOUBTED).then_some((RelayState::Refused, LOST)));
        };
        let told = landed.facts.iter().find_map(|fact| match fact {
            Fact::Claimed { id, .. } if *id == request.grant => Some((RelayState::Done, PAID)),
            Fact::ClaimFailed { id, .. } if *id == request.grant => {
                Some((RelayState::Refused, FAILED))
            }
            _ => None,
        });
        Ok(told.or(Some((RelayState::Refused, TOO_LATE))))
    }

    /// Sends what holders asked for; the pass ends there, for the index must see it first.
    pub(super) async fn relay(&self, pass: &mut Pass) -> Outcome {
        let Some(policy) = self.policy.relay else {
            return Ok(());
        };
        let mut read = self.store.read().await?;
        let open = read.open_relay_requests(AT_ONCE).await?;
        let open: Vec<_> = open.into_iter().filter(|it| it.job.is_none()).collect();
        if open.is_empty() {
            return Ok(());
        }
        let found = claimable(&mut read, &self.policy, pass.now).await?;
        drop(read);
        let due: BTreeMap<B256, Due> = found.into_iter().map(|due| (due.id, due)).collect();
        for request in open {
            let refused = match due.get(&request.grant) {
                None => Some(NOTHING),
                Some(due) if due.payment.net < policy.min_payout => Some(TOO_SMALL),
                Some(due) => self.relay_one(&request, due, pass).await?,
            };
            if let Some(says) = refused {
                self.refuse(&request, says).await?;
            }
            if pass.stopped.is_some() {
                return Ok(());
            }
        }
        self.settle_requests().await?;
        if !pass.transactions.is_empty() {
            pass.stopped = Some(Stopped::Relayed);
        }
        Ok(())
    }

    /// Sends one claim; the sentence says why not.
    async fn relay_one(
        &self,
        request: &RelayRequest,
        due: &Due,
        pass: &mut Pass,
    ) -> Outcome<Option<&'static str>> {
        self.hold().await?;
        let cap = self.node.gas_cap().await?;
        let limit = cap.min(self.relay_budget(pass.now).await?);
        if limit < GAS_MIN {
            return Ok(Some(SPENT));
        }
        let alone = std::slice::from_ref(due);
        match measure_next(&self.node, &self.policy, alone, limit).await? {
            Next::Batch(batch) => {
                let before = pass.failed.len();
                self.send(alone, batch.gas_limit(limit), Some(request.id), pass)
                    .await?;
                let unsent = pass.failed.len() > before && pass.transactions.is_empty();
                Ok(unsent.then_some(TRIED))
            }
            _ if limit < cap && self.fits_alone(due, cap).await? => Ok(Some(SPENT)),
            Next::TooMuch { .. } | Next::Refused(_) => Ok(Some(TRIED)),
        }
    }

    /// Gas that relayed claims may still use today, and the keeper in all.
    async fn relay_budget(&self, now: u64) -> Outcome<u64> {
        let used = self.store.read().await?.relay_gas_of_day(now / DAY).await?;
        let own = self.policy.relay.map_or(0, |relay| relay.gas_per_day);
        Ok(own.saturating_sub(used).min(self.budget(now).await?))
    }

    async fn refuse(&self, request: &RelayRequest, says: &str) -> Outcome {
        let mut tx = self.locked().await?;
        tx.set_relay_outcome(
            request.id,
            RelayState::Refused,
            says,
            None,
            self.node.wall(),
        )
        .await?;
        Ok(tx.commit().await?)
    }
}
