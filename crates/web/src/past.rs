//! The state at the end of a day: folded from the events of the store by `guerdon-core`, never read
//! from rows that say what is now.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_chain::{Chain, ChainError, Finality};
use guerdon_core::fact::{Fact, Log, Origin};
use guerdon_core::ledger::{Flows, Ledger};
use guerdon_core::terms::Terms;
use guerdon_store::{Checkpoint, Read};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::PageError;
use crate::state::AppState;

/// Logs asked of the store at a time.
const BATCH: u32 = 2_000;
/// A chain on a machine of one's own, where nobody else makes blocks and each is final.
const LOCAL_CHAIN: u64 = 31_337;

/// A block that a report is pinned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) number: u64,
    pub(crate) hash: B256,
    /// Unix seconds.
    pub(crate) time: u64,
    /// Whether the day is over: a later block is final, too, so this stays its last one.
    pub(crate) is_closed: bool,
    /// Whether the chain cannot replace it any more, as far as the node says.
    pub(crate) is_final: bool,
}

/// Everything that the events up to a block add up to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Past {
    pub(crate) ledger: Ledger,
    /// Terms of grants that replaced others, which the chain published.
    pub(crate) successors: BTreeMap<B256, Terms>,
    /// How many logs were read.
    pub(crate) logs: u64,
    /// Where the last log was written.
    pub(crate) last: Option<Origin>,
}

/// Midnight UTC at the end of a day, in unix seconds.
pub(crate) fn midnight_after(date: Date) -> u64 {
    let next = date.tomorrow().unwrap_or(date);
    let zoned = next.to_zoned(TimeZone::UTC);
    let second = zoned.map_or(0, |zoned| zoned.timestamp().as_second());
    u64::try_from(second).unwrap_or(0)
}

/// The last final block before the midnight (UTC) that ends a day, as far as the store has read.
///
/// # Errors
/// Nothing was read yet, or the contracts are younger.
pub(crate) async fn block_of(
    read: &mut Read,
    state: &AppState,
    date: Date,
) -> Result<Block, PageError> {
    let head = read.checkpoint().await?.ok_or(PageError::NothingRead)?;
    let midnight = midnight_after(date);
    let end = finality(state, head).await;
    let is_closed = end.to.time >= midnight;
    let young = || PageError::BeforeAll {
        date: date.to_string(),
    };
    if !is_closed {
        return Ok(Block {
            number: end.to.block,
            hash: end.to.hash,
            time: end.to.time,
            is_closed,
            is_final: end.is_final,
        });
    }
    let found = match &state.chain {
        Some(chain) => on_node(chain, (state, end.to), midnight).await,
        None => Ok(None),
    };
    let found = match found {
        Ok(Some(found)) => found,
        Ok(None) | Err(_) => in_store(read, midnight).await?.ok_or_else(young)?,
    };
    if found.block < state.deployment.start_block {
        return Err(young());
    }
    Ok(Block {
        number: found.block,
        hash: found.hash,
        time: found.time,
        is_closed,
        is_final: end.is_final,
    })
}

/// Up to where blocks are final.
struct End {
    to: Checkpoint,
    is_final: bool,
}

/// The last final block that the store has; its newest one where the node cannot say.
async fn finality(state: &AppState, head: Checkpoint) -> End {
    let newest = |is_final| End { to: head, is_final };
    if state.deployment.chain_id == LOCAL_CHAIN {
        return newest(true);
    }
    let Some(chain) = &state.chain else {
        return newest(false);
    };
    match chain.head_of(Finality::Finalized).await {
        Ok(final_block) if final_block.number >= head.block => newest(true),
        Ok(final_block) => End {
            to: Checkpoint {
                block: final_block.number,
                hash: final_block.hash,
                time: final_block.time,
            },
            is_final: true,
        },
        Err(_) => newest(false),
    }
}

/// Halves the blocks until the last one before a time is found.
async fn on_node(
    chain: &Chain,
    (state, end): (&AppState, Checkpoint),
    midnight: u64,
) -> Result<Option<Checkpoint>, ChainError> {
    let (mut low, mut high) = (state.deployment.start_block, end.block);
    let mut found = None;
    while low <= high {
        let middle = low + (high - low) / 2;
        let Some(block) = chain.block(middle).await? else {
            return Ok(None);
        };
        if block.time < midnight {
            found = Some(Checkpoint {
                block: block.number,
                hash: block.hash,
                time: block.time,
            });
            low = middle + 1;
        } else if middle == 0 {
            break;
        } else {
            high = middle - 1;
        }
    }
    Ok(found)
}

/// The last block before a time in which anything happened to these contracts.
async fn in_store(read: &mut Read, midnight: u64) -> Result<Option<Checkpoint>, PageError> {
    let mut before = None;
    loop {
        let batch = read.recent_logs(before, BATCH).await?;
        let mut origins = batch.iter().map(|row| row.log.origin);
        if let Some(origin) = origins.find(|origin| origin.block_time < midnight) {
            return Ok(Some(Checkpoint {
                block: origin.block,
                hash: origin.block_hash,
                time: origin.block_time,
            }));
        }
        let Some(last) = batch.last() else {
            return Ok(None);
        };
        before = Some((last.log.origin.block, last.log.origin.log_index));
    }
}

/// Gives each log up to a block to `take`, in the order of the chain.
pub(crate) async fn each_log(
    read: &mut Read,
    block: u64,
    mut take: impl FnMut(Log) -> Result<(), PageError>,
) -> Result<(), PageError> {
    let mut after = None;
    loop {
        let batch = read.logs_up_to(block, after, BATCH).await?;
        let Some(last) = batch.last() else {
            return Ok(());
        };
        after = Some((last.log.origin.block, last.log.origin.log_index));
        for row in batch {
            take(row.log)?;
        }
    }
}

/// Folds the events up to a block.
///
/// # Errors
/// The events contradict each other, or the database failed.
pub(crate) async fn fold(read: &mut Read, state: &AppState, block: u64) -> Result<Past, PageError> {
    let mut past = Past::default();
    each_log(read, block, |log| past.take(&log, (state.decode)(&log))).await?;
    Ok(past)
}

/// What stood at the first of two blocks, what moved between them, and what stood at the second.
/// Without a first block everything moved.
///
/// # Errors
/// As [`fold`].
pub(crate) async fn between(
    read: &mut Read,
    state: &AppState,
    (first, second): (Option<u64>, u64),
) -> Result<(Ledger, Flows, Past), PageError> {
    let mut past = Past::default();
    let mut before = first.is_none().then(Ledger::default);
    let mut flows = Flows::default();
    each_log(read, second, |log| {
        let fact = (state.decode)(&log);
        if before.is_none() && first.is_some_and(|first| log.origin.block > first) {
            before = Some(past.ledger.clone());
        }
        past.take(&log, fact.clone())?;
        let (Some(fact), true) = (fact, before.is_some()) else {
            return Ok(());
        };
        let root_of = |id| past.ledger.grants.get(&id).map(|grant| grant.root);
        flows
            .apply(&fact, root_of)
            .ok_or_else(|| PageError::Records {
                noun: "log in block",
                id: log.origin.block_hash,
                reason: "a sum of movements leaves its range".to_owned(),
            })
    })
    .await?;
    let before = before.unwrap_or_else(|| past.ledger.clone());
    Ok((before, flows, past))
}

/// The ledger of [`fold`] alone.
///
/// # Errors
/// As [`fold`].
pub(crate) async fn ledger(
    read: &mut Read,
    state: &AppState,
    block: u64,
) -> Result<Ledger, PageError> {
    Ok(fold(read, state, block).await?.ledger)
}

impl Past {
    fn take(&mut self, log: &Log, fact: Option<Fact>) -> Result<(), PageError> {
        let origin = &log.origin;
        self.logs = self.logs.saturating_add(1);
        self.last = Some(*origin);
        let Some(fact) = fact else {
            return Ok(());
        };
        if let Fact::Succeeded { id, terms, .. } = &fact
            && let Ok(terms) = Terms::decode(terms)
        {
            self.successors.insert(*id, terms);
        }
        let applied = self.ledger.apply(origin, &fact);
        applied.map_err(|error| PageError::Records {
            noun: "log in block",
            id: origin.block_hash,
            reason: error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_the_midnight_after_it() {
        let day = jiff::civil::date(2026, 11, 22);
        assert_eq!(midnight_after(day), 1_795_392_000);
        assert_eq!(midnight_after(Date::MAX) % 86_400, 0);
    }
}
