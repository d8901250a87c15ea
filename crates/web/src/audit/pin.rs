//! The day that a page is about: its block, the state there, and what moved since an earlier one.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::ledger::{Flows, Ledger};
use guerdon_core::terms::Terms;
use guerdon_formats::audit::Standing;
use guerdon_store::Read;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;

use crate::dates;
use crate::error::PageError;
use crate::past::{self, Block, Past};
use crate::state::AppState;

/// Rows asked of the store at a time.
const BATCH: u32 = 1_000;

/// What the address of a page says: a day, and the block that an earlier report named.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    pub(super) date: Option<String>,
    pub(super) block: Option<B256>,
}

/// The state at the end of a day.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) date: Date,
    pub(super) block: Block,
    pub(super) past: Past,
    /// Terms of opened grants, as far as they are known here.
    pub(super) terms: BTreeMap<B256, Terms>,
}

/// Two days, and what moved between them.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// Before the first block of these contracts: nothing.
    pub(super) opening: Option<(Date, Block)>,
    pub(super) before: Ledger,
    pub(super) flows: Flows,
    pub(super) closing: At,
}

impl Asked {
    /// The day that is asked for; the last one that is over, if none is.
    pub(super) async fn date(&self, read: &mut Read) -> Result<Date, PageError> {
        match &self.date {
            Some(text) => day(read, text).await,
            None => newest(read).await,
        }
    }
}

/// A day in a path or a form.
pub(super) async fn day(read: &mut Read, text: &str) -> Result<Date, PageError> {
    let wrong = || PageError::NotADate(text.chars().take(40).collect());
    let date: Date = text.parse().map_err(|_| wrong())?;
    // One form for each day, so that one address is one report.
    if date.to_string() != text || date > today(read).await? {
        return Err(wrong());
    }
    Ok(date)
}

/// The day of the last block that was read.
pub(super) async fn today(read: &mut Read) -> Result<Date, PageError> {
    let head = read.checkpoint().await?.ok_or(PageError::NothingRead)?;
    Ok(dates::zoned(head.time, &TimeZone::UTC).date())
}

/// The last day that is over.
pub(super) async fn newest(read: &mut Read) -> Result<Date, PageError> {
    let today = today(read).await?;
    Ok(today.yesterday().unwrap_or(today))
}

impl At {
    /// Folds what happened up to the end of a day. `pinned` is the block that an earlier report
    /// named: if the chain has another one now, the report does not hold.
    pub(super) async fn read(
        read: &mut Read,
        state: &AppState,
        date: Date,
        pinned: Option<B256>,
    ) -> Result<Self, PageError> {
        let block = past::block_of(read, state, date).await?;
        let past = past::fold(read, state, block.number).await?;
        holds(state, &block, (&past, pinned)).await?;
        let terms = terms_of(read, &past).await?;
        Ok(Self {
            date,
            block,
            past,
            terms,
        })
    }

    pub(super) fn standing(&self) -> Standing<'_> {
        Standing {
            ledger: &self.past.ledger,
            terms: &self.terms,
            now: self.block.time,
        }
    }
}

impl Span {
    /// From the end of one day to the end of a later one.
    pub(super) async fn read(
        read: &mut Read,
        state: &AppState,
        (from, to): (Date, Date),
        pinned: Option<B256>,
    ) -> Result<Self, PageError> {
        let opening = match past::block_of(read, state, from).await {
            Ok(block) => Some((from, block)),
            Err(PageError::BeforeAll { .. }) => None,
            Err(error) => return Err(error),
        };
        let block = past::block_of(read, state, to).await?;
        let first = opening.map(|(_, block)| block.number);
        let (before, flows, past) = past::between(read, state, (first, block.number)).await?;
        holds(state, &block, (&past, pinned)).await?;
        let terms = terms_of(read, &past).await?;
        Ok(Self {
            opening,
            before,
            flows,
            closing: At {
                date: to,
                block,
                past,
                terms,
            },
        })
    }

    /// What stood at the first block.
    pub(super) fn before(&self) -> Standing<'_> {
        Standing {
            ledger: &self.before,
            terms: &self.closing.terms,
            now: self.opening.map_or(0, |(_, block)| block.time),
        }
    }
}

/// The block is the one that was named, and the events are of the chain that it ends: the block
/// may come from the node, and the store may have followed another chain until now.
async fn holds(
    state: &AppState,
    block: &Block,
    (past, pinned): (&Past, Option<B256>),
) -> Result<(), PageError> {
    let reorged = |number, was, is| Err(PageError::Reorged { number, was, is });
    let last = past.last.filter(|last| last.block == block.number);
    let named = [pinned, last.map(|last| last.block_hash)];
    if let Some(was) = named.into_iter().flatten().find(|hash| *hash != block.hash) {
        return reorged(block.number, was, block.hash);
    }
    // Without a node that answers, the block came from the store, as the events did.
    if let (Some(chain), Some(last)) = (&state.chain, past.last)
        && let Ok(Some(there)) = chain.block(last.block).await
        && there.hash != last.block_hash
    {
        return reorged(last.block, last.block_hash, there.hash);
    }
    Ok(())
}

/// Terms of what was opened: from imported rounds, and of successors as the chain published them.
async fn terms_of(read: &mut Read, past: &Past) -> Result<BTreeMap<B256, Terms>, PageError> {
    let mut terms = past.successors.clone();
    for root in past.ledger.rounds.keys() {
        let mut from = 0;
        loop {
            let batch = read.terms_of_round(*root, from, BATCH).await?;
            let Some(last) = batch.last() else { break };
            from = last.index.saturating_add(1);
            for grant in batch {
                if past.ledger.grants.contains_key(&grant.id)
                    && let Ok(decoded) = Terms::decode(&grant.terms)
                {
                    terms.insert(grant.id, decoded);
                }
            }
        }
    }
    Ok(terms)
}
