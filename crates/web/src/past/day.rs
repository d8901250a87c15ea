//! The block that ends a day.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use alloy_primitives::B256;
use guerdon_chain::{Chain, ChainError, Finality};
use guerdon_store::Checkpoint;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::BATCH;
use crate::error::PageError;
use crate::state::AppState;

/// A chain on a machine of one's own, where nobody else makes blocks and each is final.
const LOCAL_CHAIN: u64 = 31_337;
/// Days whose last blocks are remembered at most; each costs the node two questions then, in place
/// of some twenty-five.
const DAYS_MAX: usize = 1_000;

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

/// Last blocks of days that are over and final.
#[derive(Debug, Default)]
pub(crate) struct Ends(Mutex<BTreeMap<Date, Checkpoint>>);

/// Midnight UTC at the end of a day, in unix seconds.
pub(crate) fn midnight_after(date: Date) -> u64 {
    let next = date.tomorrow().unwrap_or(date);
    let zoned = next.to_zoned(TimeZone::UTC);
    let second = zoned.map_or(0, |zoned| zoned.timestamp().as_second());
    u64::try_from(second).unwrap_or(0)
}

/// The last final block before the midnight (UTC) that ends a day, as far as the store has read.
/// No connection to the database is held while the node is asked.
///
/// # Errors
/// Nothing was read yet, or the contracts are younger.
pub(crate) async fn block_of(state: &AppState, date: Date) -> Result<Block, PageError> {
    let head = state.store.read().await?.checkpoint().await?;
    let head = head.ok_or(PageError::NothingRead)?;
    let midnight = midnight_after(date);
    let end = finality(state, head).await;
    if end.to.time < midnight {
        return Ok(Block::of(end.to, (false, end.is_final)));
    }
    let young = || PageError::BeforeAll {
        date: date.to_string(),
    };
    let found = match &state.chain {
        Some(chain) => on_node((state, chain), &end, (date, midnight)).await,
        None => Ok(None),
    };
    let found = match found {
        Ok(Some(found)) => found,
        Ok(None) | Err(_) => in_store(state, midnight).await?.ok_or_else(young)?,
    };
    if found.block < state.deployment.start_block {
        return Err(young());
    }
    Ok(Block::of(found, (true, end.is_final)))
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

/// The last block before a midnight: the one that is remembered, if it still is; else found by
/// halving.
async fn on_node(
    (state, chain): (&AppState, &Chain),
    end: &End,
    (date, midnight): (Date, u64),
) -> Result<Option<Checkpoint>, ChainError> {
    let ends = &state.memory().days.ends;
    if let Some(known) = ends.get(date)
        && still_ends(chain, &known, midnight).await?
    {
        return Ok(Some(known));
    }
    let first = state.deployment.start_block;
    let found = last_before(chain, (first, end.to.block), midnight).await?;
    if let Some(found) = found.filter(|_| end.is_final) {
        ends.put(date, found);
    }
    Ok(found)
}

/// Whether a block has its hash yet, and the one after it is of the next day.
async fn still_ends(chain: &Chain, known: &Checkpoint, midnight: u64) -> Result<bool, ChainError> {
    let here = chain.block(known.block).await?;
    if here.is_none_or(|here| here.hash != known.hash) {
        return Ok(false);
    }
    let next = chain.block(known.block.saturating_add(1)).await?;
    Ok(next.is_some_and(|next| next.time >= midnight))
}

/// Halves the blocks until the last one before a time is found.
async fn last_before(
    chain: &Chain,
    (mut low, mut high): (u64, u64),
    midnight: u64,
) -> Result<Option<Checkpoint>, ChainError> {
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
async fn in_store(state: &AppState, midnight: u64) -> Result<Option<Checkpoint>, PageError> {
    let mut read = state.store.read().await?;
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

impl Block {
    fn of(at: Checkpoint, (is_closed, is_final): (bool, bool)) -> Self {
        Self {
            number: at.block,
            hash: at.hash,
            time: at.time,
            is_closed,
            is_final,
        }
    }
}

impl Ends {
    fn get(&self, date: Date) -> Option<Checkpoint> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&date).copied()
    }

    fn put(&self, date: Date, end: Checkpoint) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= DAYS_MAX {
            kept.clear();
        }
        kept.insert(date, end);
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
