//! The day that a page is about: its block, the state there, and what moved since an earlier one.

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::B256;
use guerdon_core::ledger::Flows;
use guerdon_core::terms::Terms;
use guerdon_formats::audit::Standing;
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
    pub(super) past: Arc<Past>,
    /// Terms of opened grants, as far as they are known here.
    pub(super) terms: BTreeMap<B256, Terms>,
}

/// Two days, and what moved between them.
#[derive(Clone, Debug)]
pub(super) struct Span {
    /// Before the first block of these contracts: nothing.
    pub(super) opening: Option<(Date, Block)>,
    pub(super) before: Arc<Past>,
    pub(super) flows: Flows,
    pub(super) closing: At,
}

impl Asked {
    /// The day that is asked for; the last one that is over, if none is.
    pub(super) async fn date(&self, state: &AppState) -> Result<Date, PageError> {
        match &self.date {
            Some(text) => day(state, text).await,
            None => newest(state).await,
        }
    }

    /// The state at the end of that day.
    pub(super) async fn at(&self, state: &AppState) -> Result<At, PageError> {
        At::read(state, self.date(state).await?, self.block).await
    }
}

/// A day in a path or a form.
pub(super) async fn day(state: &AppState, text: &str) -> Result<Date, PageError> {
    let wrong = || PageError::NotADate(text.chars().take(40).collect());
    let date: Date = text.parse().map_err(|_| wrong())?;
    // One form for each day, so that one address is one report.
    if date.to_string() != text || date > today(state).await? {
        return Err(wrong());
    }
    Ok(date)
}

/// The day of the last block that was read.
pub(super) async fn today(state: &AppState) -> Result<Date, PageError> {
    let head = state.store.read().await?.checkpoint().await?;
    let head = head.ok_or(PageError::NothingRead)?;
    Ok(dates::zoned(head.time, &TimeZone::UTC).date())
}

/// The last day that is over.
pub(super) async fn newest(state: &AppState) -> Result<Date, PageError> {
    let today = today(state).await?;
    Ok(today.yesterday().unwrap_or(today))
}

impl At {
    /// What stood at the end of a day. `pinned` is the block that an earlier report named: if the
    /// chain has another one now, the report does not hold.
    pub(super) async fn read(
        state: &AppState,
        date: Date,
        pinned: Option<B256>,
    ) -> Result<Self, PageError> {
        let (block, past) = past::at(state, date).await?;
        is_named(&block, pinned)?;
        let terms = terms_of(state, &past).await?;
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
        state: &AppState,
        (from, to): (Date, Date),
        pinned: Option<B256>,
    ) -> Result<Self, PageError> {
        let opening = match past::block_of(state, from).await {
            Ok(block) => Some((from, block)),
            Err(PageError::BeforeAll { .. }) => None,
            Err(error) => return Err(error),
        };
        let block = past::block_of(state, to).await?;
        is_named(&block, pinned)?;
        let first = opening.as_ref().map(|(_, block)| block);
        let (before, flows, past) = past::between(state, (first, &block)).await?;
        let terms = terms_of(state, &past).await?;
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
            ledger: &self.before.ledger,
            terms: &self.closing.terms,
            now: self.opening.map_or(0, |(_, block)| block.time),
        }
    }
}

/// The block is the one that an earlier report named.
fn is_named(block: &Block, pinned: Option<B256>) -> Result<(), PageError> {
    match pinned.filter(|was| *was != block.hash) {
        Some(was) => Err(PageError::Reorged {
            number: block.number,
            was,
            is: block.hash,
        }),
        None => Ok(()),
    }
}

/// Terms of what was opened: from imported rounds, and of successors as the chain published them.
async fn terms_of(state: &AppState, past: &Past) -> Result<BTreeMap<B256, Terms>, PageError> {
    let mut read = state.store.read().await?;
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
