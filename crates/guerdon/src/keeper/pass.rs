//! One pass: what was open is decided first, then who is due is paid, batch by batch.

use guerdon_chain::plan::{Payee, pay};
use guerdon_chain::{ChainError, Next, Outgoing, Plan, next_batch};
use guerdon_store::{Job, JobState, NewJob, RelayState};

use super::due::Due;
use super::report::{Pass, Stopped};
use super::{DAY, Keeper, Node, Policy, survey};
use crate::error::Outcome;

/// A transaction can do nothing with less.
pub(super) const GAS_MIN: u64 = 21_000;

/// Grants that fit into one transaction.
#[derive(Debug)]
pub(crate) struct Batch {
    pub(crate) grants: usize,
    pub(crate) gas: u64,
}

impl<N: Node> Keeper<N> {
    /// Follows what is open, then pays who is due. Cut off at any line, the next pass goes on.
    pub(crate) async fn pass(&self) -> Outcome<Pass> {
        self.hold().await?;
        let mut pass = Pass::default();
        let open = self
            .store
            .read()
            .await?
            .open_jobs(self.node.sender())
            .await?;
        for job in open {
            self.follow(job, &mut pass).await?;
            if pass.stopped.is_some() {
                return Ok(pass);
            }
        }
        self.settle_requests().await?;
        if !pass.transactions.is_empty() {
            // What they paid is not indexed yet: the next pass sees it.
            pass.stopped = Some(Stopped::Reconciled);
            return Ok(pass);
        }
        pass.now = self.node.now().await?;
        self.relay(&mut pass).await?;
        if pass.stopped.is_some() || self.policy.relay_only {
            return Ok(pass);
        }
        let mut read = self.store.read().await?;
        let mut found = survey(&mut read, &self.policy, pass.now).await?;
        if let Some(at) = read.checkpoint().await? {
            // An index that follows final blocks alone sees payments late.
            let unseen = read.grants_of_jobs_after(at.block).await?;
            found.due.retain(|due| !unseen.contains(&due.id));
        }
        drop(read);
        (pass.due, pass.gross_due) = (found.due.len(), found.gross());
        (pass.backing_off, pass.too_small) = (found.backing_off, found.too_small);
        self.pay_all(&found.due, &mut pass).await?;
        Ok(pass)
    }

    async fn pay_all(&self, mut rest: &[Due], pass: &mut Pass) -> Outcome {
        let cap = self.node.gas_cap().await?;
        while let Some(first) = rest.first() {
            self.hold().await?;
            let limit = cap.min(self.budget(pass.now).await?);
            if limit < GAS_MIN {
                pass.stopped = Some(Stopped::Budget);
                break;
            }
            match measure_next(&self.node, &self.policy, rest, limit).await? {
                Next::Batch(batch) => {
                    let (now, later) = rest.split_at(batch.count);
                    self.send(now, batch.gas_limit(limit), None, pass).await?;
                    rest = later;
                    if pass.stopped.is_some() {
                        break;
                    }
                    continue;
                }
                // What fails for want of the day's gas alone is not the grant's fault.
                _ if limit < cap && self.fits_alone(first, cap).await? => {
                    pass.stopped = Some(Stopped::Budget);
                    break;
                }
                Next::TooMuch { .. } => {
                    let reason = "paying it needs more gas than a transaction may use";
                    self.fail_unsent([first.id].into_iter(), reason, pass)
                        .await?;
                }
                Next::Refused(error) => {
                    let reason = error.to_string();
                    self.fail_unsent([first.id].into_iter(), &reason, pass)
                        .await?;
                }
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        pass.left = rest.len();
        Ok(())
    }

    pub(super) async fn fits_alone(&self, due: &Due, cap: u64) -> Result<bool, ChainError> {
        let alone = std::slice::from_ref(due);
        let next = measure_next(&self.node, &self.policy, alone, cap).await?;
        Ok(matches!(next, Next::Batch(_)))
    }

    /// Gas that today's transactions may still use, by the chain's clock.
    pub(super) async fn budget(&self, now: u64) -> Outcome<u64> {
        let used = self.store.read().await?.gas_of_day(now / DAY).await?;
        Ok(self.policy.gas_per_day.saturating_sub(used))
    }

    /// Writes a job with its signed bytes, hands it over and follows it. A request of a holder is
    /// tied to it before anything leaves.
    pub(super) async fn send(
        &self,
        due: &[Due],
        gas_limit: u64,
        request: Option<u64>,
        pass: &mut Pass,
    ) -> Outcome {
        let plan = plan_of(&self.policy, due);
        let would_pay = match self.node.would_pay(&plan).await {
            Err(ChainError::Reverted(_)) => 0,
            answer => answer?,
        };
        if would_pay == 0 {
            let reason = "a try, without sending anything, paid nobody";
            let ids = due.iter().map(|due| due.id);
            return self.fail_unsent(ids, reason, pass).await;
        }
        let outgoing = Outgoing {
            nonce: self.node.next_nonce().await?,
            gas_limit,
            fees: self.node.fees().await?.at_most(self.policy.fee_max),
        };
        let sent = self.sign(&plan, &outgoing).await?;
        let job = NewJob {
            sender: self.node.sender(),
            nonce: outgoing.nonce,
            to: self.policy.grants,
            data: plan.data.to_vec(),
            summary: plan.summary,
            gas_limit,
            day: pass.now / DAY,
            grants: due.iter().map(|due| due.id).collect(),
        };
        let mut tx = self.locked().await?;
        let id = tx.add_job(&job, &sent).await?;
        if let Some(request) = request {
            let wall = self.node.wall();
            tx.set_relay_outcome(request, RelayState::Open, "", Some(id), wall)
                .await?;
        }
        tx.commit().await?;
        let job = Job {
            id,
            job,
            state: JobState::Open,
            done: None,
            sent: vec![sent],
        };
        self.follow(job, pass).await
    }
}

/// The batches of everything that is due, measured; nothing is sent.
pub(crate) async fn plan_batches<N: Node>(
    node: &N,
    policy: &Policy,
    mut rest: &[Due],
) -> Outcome<Vec<Batch>> {
    let cap = node.gas_cap().await?;
    let mut batches = Vec::new();
    while !rest.is_empty() {
        let count = match measure_next(node, policy, rest, cap).await? {
            Next::Batch(batch) => {
                batches.push(Batch {
                    grants: batch.count,
                    gas: batch.gas,
                });
                batch.count
            }
            Next::TooMuch { .. } | Next::Refused(_) => 1,
        };
        rest = rest.get(count..).unwrap_or_default();
    }
    Ok(batches)
}

pub(super) async fn measure_next<N: Node>(
    node: &N,
    policy: &Policy,
    rest: &[Due],
    limit: u64,
) -> Result<Next, ChainError> {
    let measure = async |count: usize| {
        let some = rest.get(..count).unwrap_or(rest);
        node.measure(&plan_of(policy, some), limit).await
    };
    next_batch(rest.len(), limit, measure).await
}

fn plan_of(policy: &Policy, due: &[Due]) -> Plan {
    let payees: Vec<Payee<'_>> = due.iter().map(Due::payee).collect();
    pay(policy.grants, &payees)
}
