//! Following a job until the chain says what became of it: hand it over again, replace it when it
//! is stuck, give it up when its nonce went to somebody else.

use alloy_primitives::B256;
use guerdon_chain::{Fees, Outgoing, Plan, Signed};
use guerdon_core::fact::Fact;
use guerdon_store::{Failing, Job, JobDone, JobState, SentBytes, Tx};
use tokio::time::sleep;

use super::node::Landed;
use super::report::{Pass, Stopped, Transaction};
use super::{Keeper, Node};
use crate::error::Outcome;

/// How often in a row a job must be found without hope: nodes behind one address may lag.
const DOUBTS: u32 = 3;
const HOUR: u64 = 3_600;
const BACKOFF_MAX: u64 = 7 * 24 * HOUR;

/// What a look at the chain says about a job.
enum Look {
    Landed(B256, Landed),
    /// It can never be mined: its nonce is used, or far ahead of the chain.
    Hopeless,
    Waiting,
}

impl<N: Node> Keeper<N> {
    /// Follows a job until it is decided, or for twice as long as makes it stuck.
    pub(super) async fn follow(&self, mut job: Job, pass: &mut Pass) -> Outcome {
        let until = self
            .node
            .wall()
            .saturating_add(self.policy.stuck_after.saturating_mul(2));
        let (mut pause, mut doubts) = (self.policy.poll, 0);
        loop {
            match self.look(&job).await? {
                Look::Landed(tx, landed) => return self.land(&job, tx, &landed, pass).await,
                Look::Hopeless if doubts + 1 == DOUBTS => {
                    let mut tx = self.locked().await?;
                    tx.finish_job(job.id, JobState::Displaced, None).await?;
                    return Ok(tx.commit().await?);
                }
                Look::Hopeless => {
                    doubts += 1;
                    pause = self.policy.poll * 50;
                }
                Look::Waiting => {
                    doubts = 0;
                    self.hold().await?;
                    self.push(&mut job).await?;
                }
            }
            if self.node.wall() > until {
                pass.stopped = Some(Stopped::Waiting);
                return Ok(());
            }
            sleep(pause).await;
            pause = (pause * 2).min(self.policy.poll * 50);
        }
    }

    async fn look(&self, job: &Job) -> Outcome<Look> {
        // The nonce first: what is mined after it was read is seen by the receipts.
        let next = self.node.next_nonce().await?;
        for sent in job.sent.iter().rev() {
            if let Some(landed) = self.node.landed(sent.tx).await? {
                return Ok(Look::Landed(sent.tx, landed));
            }
        }
        Ok(if next == job.job.nonce {
            Look::Waiting
        } else {
            Look::Hopeless
        })
    }

    /// Sees to it that the node has the job's bytes, and dearer ones once they are stuck.
    async fn push(&self, job: &mut Job) -> Outcome {
        let Some(last) = job.sent.last().cloned() else {
            return Ok(());
        };
        let waited = self.node.wall().saturating_sub(last.sent_at);
        if waited >= self.policy.stuck_after
            && let Some(dearer) = self.replacement(job, &last).await?
        {
            let mut tx = self.locked().await?;
            tx.add_sent(job.id, &dearer).await?;
            tx.commit().await?;
            job.sent.push(dearer);
        }
        let Some(last) = job.sent.last() else {
            return Ok(());
        };
        if !self.node.knows(last.tx).await? {
            let signed = Signed {
                tx: last.tx,
                raw: last.raw.clone(),
            };
            // Whatever it answers, the next look tells what became of the nonce.
            self.node.hand_over(&signed).await?;
        }
        Ok(())
    }

    /// The same call and nonce at a higher fee; nothing once the highest fee is reached.
    async fn replacement(&self, job: &Job, last: &SentBytes) -> Outcome<Option<SentBytes>> {
        let old = Fees {
            max_fee: last.max_fee,
            priority_fee: last.priority_fee,
        };
        let fees = old.raised(&self.node.fees().await?);
        // Nodes take no replacement that pays less than a tenth more.
        let least = old.raised(&old).max_fee;
        let fees = fees.at_most(self.policy.fee_max);
        if fees.max_fee < least {
            return Ok(None);
        }
        let plan = Plan {
            to: Some(job.job.to),
            data: job.job.data.clone().into(),
            summary: job.job.summary.clone(),
        };
        let outgoing = Outgoing {
            nonce: job.job.nonce,
            gas_limit: job.job.gas_limit,
            fees,
        };
        Ok(Some(self.sign(&plan, &outgoing).await?))
    }

    pub(super) async fn sign(&self, plan: &Plan, outgoing: &Outgoing) -> Outcome<SentBytes> {
        let signed = self.node.sign(plan, outgoing).await?;
        Ok(SentBytes {
            tx: signed.tx,
            raw: signed.raw,
            max_fee: outgoing.fees.max_fee,
            priority_fee: outgoing.fees.priority_fee,
            sent_at: self.node.wall(),
        })
    }

    /// Writes what a mined job did: payments, and failures with the time to try again.
    async fn land(&self, job: &Job, hash: B256, landed: &Landed, pass: &mut Pass) -> Outcome {
        let mut tx = self.locked().await?;
        let state = if landed.success {
            JobState::Done
        } else {
            JobState::Reverted
        };
        let done = JobDone {
            tx: hash,
            block: landed.block,
            gas_used: landed.gas_used,
        };
        tx.finish_job(job.id, state, Some(&done)).await?;
        let mut sent = Transaction::new(job, &done, state);
        if landed.success {
            for fact in &landed.facts {
                match *fact {
                    Fact::Claimed {
                        id,
                        gross,
                        withheld,
                        ..
                    } => {
                        tx.clear_failure(id).await?;
                        sent.paid += 1;
                        (sent.gross, sent.withheld) =
                            (sent.gross + gross, sent.withheld + withheld);
                    }
                    Fact::ClaimFailed { id, reason, .. } => {
                        let reason = words(reason);
                        let failing = fail(&mut tx, id, reason, landed.block_time).await?;
                        pass.failed.push(failing);
                    }
                    _ => {}
                }
            }
        } else {
            for id in &job.job.grants {
                let reason = "its transaction failed in its block".to_owned();
                pass.failed
                    .push(fail(&mut tx, *id, reason, landed.block_time).await?);
            }
        }
        tx.commit().await?;
        pass.transactions.push(sent);
        Ok(())
    }

    /// Leaves grants alone for a while that cannot even be sent.
    pub(super) async fn fail_unsent(
        &self,
        ids: impl Iterator<Item = B256>,
        reason: &str,
        pass: &mut Pass,
    ) -> Outcome {
        let mut tx = self.locked().await?;
        for id in ids {
            let failing = fail(&mut tx, id, reason.to_owned(), pass.now).await?;
            pass.failed.push(failing);
        }
        Ok(tx.commit().await?)
    }
}

/// Counts a failure: an hour until the next try, and twice as long after each, at most a week.
async fn fail(tx: &mut Tx, id: B256, reason: String, now: u64) -> Outcome<Failing> {
    let before = tx.failure(id).await?.map_or(0, |failing| failing.times);
    let wait = HOUR.checked_shl(before.min(32)).unwrap_or(BACKOFF_MAX);
    let failing = Failing {
        id,
        times: before.saturating_add(1),
        reason,
        last_at: now,
        retry_at: now.saturating_add(wait.min(BACKOFF_MAX)),
    };
    tx.put_failure(&failing).await?;
    Ok(failing)
}

/// The first 32 bytes that the token returned.
fn words(reason: B256) -> String {
    if reason.is_zero() {
        return "the token did not pay its holder and gave no reason".to_owned();
    }
    format!("the token did not pay its holder and answered {reason}")
}
