//! Writes each final fact into the store once: logs of final blocks, and steps of schedules that
//! chain time has completed.

use alloy_primitives::B256;
use guerdon_indexer::{Finality, Source};
use guerdon_store::{Checkpoint, GrantSteps, Store, Told};

use super::found::{Facts, Found, filled};
use super::turn::Turn;
use crate::error::Outcome;

/// How far back facts are looked for again after a re-organisation, in blocks.
const DEPTH: u64 = 256;
/// Blocks without a fact after which it is noted how far facts were told.
const QUIET: u64 = 1_000;
/// A chain on a machine of one's own, where nobody else makes blocks and each is final.
const LOCAL_CHAIN: u64 = 31_337;
/// Events, and what became of them, are kept for so many seconds: 30 days.
pub(crate) const KEPT_SECONDS: u64 = 30 * 86_400;
/// What is too old is looked for once in so many seconds.
const PRUNED_EVERY: u64 = 3_600;

/// Tells the facts of one deployment.
#[derive(Debug)]
pub(crate) struct Scribe<S> {
    source: S,
    store: Store,
    turn: Turn,
    facts: Facts,
    /// The head at which nothing was left to tell.
    idle_at: Option<Checkpoint>,
    /// Grants whose steps are still to be looked for come after this one; `None`: there are none.
    unfilled: Option<B256>,
    pruned_at: u64,
}

impl<S: Source> Scribe<S> {
    pub(super) fn new(source: S, turn: Turn, facts: Facts) -> Self {
        Self {
            source,
            store: turn.store.clone(),
            turn,
            facts,
            idle_at: None,
            unfilled: Some(B256::ZERO),
            pruned_at: 0,
        }
    }

    /// Tells what is final and was not told; answers whether there may be more at once. `now` is
    /// the wall's.
    ///
    /// # Errors
    /// The node or the database failed, or the node does not say what is final.
    pub(super) async fn pass(&mut self, now: u64) -> Outcome<bool> {
        let mut read = self.store.read().await?;
        let head = read.checkpoint().await?;
        let is_idle = head == self.idle_at && self.unfilled.is_none();
        if head.is_none() || is_idle || self.turn.is_anothers(&mut read).await? {
            drop(read);
            self.prune(now).await?;
            return Ok(false);
        }
        drop(read);
        // Nothing is held while the node is asked.
        let last_final = match self.facts.chain_id {
            LOCAL_CHAIN => None,
            _ => Some(self.source.head(Finality::Finalized).await?),
        };
        let mut read = self.store.read().await?;
        let Some(head) = read.checkpoint().await? else {
            return Ok(false);
        };
        let end = match last_final {
            Some(last) if last.number < head.block => Checkpoint {
                block: last.number,
                hash: last.hash,
                time: last.time,
            },
            _ => head,
        };
        let Some(told) = read.told().await? else {
            drop(read);
            return self.begin(&end).await;
        };
        let found = self.facts.look(&mut read, &told, &end).await?;
        let filled = match self.unfilled {
            Some(after) => Some(filled(&mut read, (&told, &end), after).await?),
            None => None,
        };
        drop(read);
        let more = found.more;
        let wrote = self.write((told, head), found, filled, now).await?;
        if wrote && !more && self.unfilled.is_none() {
            self.idle_at = Some(head);
        }
        Ok(wrote && (more || self.unfilled.is_some()))
    }

    /// Facts from here on are told; what happened before stands in the records.
    async fn begin(&self, end: &Checkpoint) -> Outcome<bool> {
        let Some(mut tx) = self.turn.locked().await? else {
            return Ok(false);
        };
        if tx.told().await?.is_none() {
            tx.put_told(&Told {
                seq: 0,
                block: end.block,
                hash: end.hash,
                begun_at: end.time,
            })
            .await?;
        }
        tx.commit().await?;
        tracing::info!("events are told after block {}", end.block);
        Ok(true)
    }

    /// Writes what was found, if the chain is still the one that it was found on and nobody else
    /// told meanwhile.
    async fn write(
        &mut self,
        (told, head): (Told, Checkpoint),
        found: Found,
        filled: Option<(Vec<GrantSteps>, Option<B256>)>,
        now: u64,
    ) -> Outcome<bool> {
        let back = self.replaced(&told).await?;
        let far = found.to.0.saturating_sub(told.block) >= QUIET;
        let steps = filled.as_ref().map_or(0, |(steps, _)| steps.len());
        if found.events.is_empty() && found.steps.is_empty() && steps == 0 && !far && back.is_none()
        {
            if let Some((_, unfilled)) = filled {
                self.unfilled = unfilled;
            }
            return Ok(true);
        }
        if !self.is_on_chain(head.block, head.hash).await? {
            return Ok(false);
        }
        let Some(mut tx) = self.turn.locked().await? else {
            return Ok(false);
        };
        let Some(mut known) = tx.told().await? else {
            return Ok(false);
        };
        if (known.block, known.hash) != (told.block, told.hash) {
            return Ok(false);
        }
        if let Some(back) = back {
            // What the new blocks repeat has the same ids, and is not told again.
            tracing::warn!(
                "block {} was replaced: its facts are looked for again",
                told.block
            );
            (known.block, known.hash) = back;
            tx.put_told(&known).await?;
            tx.commit().await?;
            return Ok(false);
        }
        for event in &found.events {
            tx.add_event(&mut known, event, now).await?;
        }
        let (more, unfilled) = filled.unwrap_or((Vec::new(), self.unfilled));
        for steps in found.steps.iter().chain(&more) {
            tx.put_grant_steps(steps).await?;
        }
        (known.block, known.hash) = found.to;
        tx.put_told(&known).await?;
        tx.commit().await?;
        self.unfilled = unfilled;
        Ok(true)
    }

    /// Where to look for facts again, if the block that they were told up to was replaced: only on
    /// a chain of one's own, where every block counts as final.
    async fn replaced(&self, told: &Told) -> Outcome<Option<(u64, B256)>> {
        let is_local = self.facts.chain_id == LOCAL_CHAIN;
        if !is_local || self.is_on_chain(told.block, told.hash).await? {
            return Ok(None);
        }
        let back = told.block.saturating_sub(DEPTH);
        let block = self.source.block(back).await?;
        Ok(block.map(|block| (block.number, block.hash)))
    }

    async fn is_on_chain(&self, block: u64, hash: B256) -> Outcome<bool> {
        let there = self.source.block(block).await?;
        Ok(there.is_some_and(|there| there.hash == hash))
    }

    /// Forgets what is too old, and looks for grants whose terms came late.
    async fn prune(&mut self, now: u64) -> Outcome {
        if now < self.pruned_at.saturating_add(PRUNED_EVERY) {
            return Ok(());
        }
        let Some(mut tx) = self.turn.locked().await? else {
            return Ok(());
        };
        tx.forget_events(now.saturating_sub(KEPT_SECONDS)).await?;
        tx.forget_old_secrets(now).await?;
        tx.commit().await?;
        self.pruned_at = now;
        self.unfilled = Some(B256::ZERO);
        Ok(())
    }

    pub(super) async fn release(&self) {
        self.turn.release().await;
    }
}
