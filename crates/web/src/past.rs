//! The state at the end of a day: folded from the events of the store by `guerdon-core`, never read
//! from rows that say what is now.
//!
//! A day is a block ([`block_of`]), and what stood there is folded once for every hash
//! ([`up_to`]): however many ask at a time, and however often they change between days. What is
//! folded is checked against the node afterwards, so that nothing is kept under a block that the
//! store's events do not lead to. No connection to the database is held while the node is asked,
//! and few are held by those who read the whole log, whatever days are asked for.

mod day;

use std::collections::BTreeMap;
use std::sync::Arc;

use alloy_primitives::B256;
use guerdon_core::fact::{Fact, Log, Origin};
use guerdon_core::ledger::{Flows, Ledger};
use guerdon_core::terms::Terms;
use guerdon_store::Read;
use jiff::civil::Date;
use tokio::sync::{Semaphore, SemaphorePermit};

pub(crate) use day::{Block, block_of};

use crate::error::PageError;
use crate::memory::Weighed;
use crate::state::AppState;

/// Logs asked of the store at a time.
const BATCH: u32 = 2_000;
/// Records of all days that are kept together, at most, but for the day that was asked for last:
/// half a kilobyte each, so some 100 MB.
const RECORDS_MAX: usize = 200_000;
/// What a day weighs at least, so that no more than 40 are kept.
const RECORDS_MIN: usize = 5_000;
/// Readings of the log at a time: each holds a connection to the database until its end, and who
/// asks for more of them waits without one.
const READINGS: usize = 2;

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

/// Days that were asked for.
#[derive(Debug)]
pub(crate) struct Days {
    ends: day::Ends,
    folded: Weighed<Past>,
    reading: Semaphore,
}

impl Default for Days {
    fn default() -> Self {
        Self {
            ends: day::Ends::default(),
            folded: Weighed::new(RECORDS_MAX, Past::weight),
            reading: Semaphore::new(READINGS),
        }
    }
}

/// The block that ends a day, and everything up to it.
///
/// # Errors
/// As [`block_of`] and [`up_to`].
pub(crate) async fn at(state: &AppState, date: Date) -> Result<(Block, Arc<Past>), PageError> {
    let block = block_of(state, date).await?;
    let past = up_to(state, &block).await?;
    Ok((block, past))
}

/// Everything up to a block, folded by whoever asks first.
///
/// # Errors
/// The store's events do not lead to this block, they contradict each other, or the database
/// failed.
pub(crate) async fn up_to(state: &AppState, block: &Block) -> Result<Arc<Past>, PageError> {
    let make = async {
        let turn = turn(state).await;
        let mut read = state.store.read().await?;
        let past = fold(&mut read, state, block.number).await?;
        let is_known = read.is_on_chain(block.number, block.hash).await?;
        drop((read, turn));
        holds(state, block, (&past, is_known)).await?;
        Ok(past)
    };
    state.memory().days.folded.get(block.hash, make).await
}

/// What stood at the first of two blocks, what moved between them, and what stood at the second.
/// Without a first block everything moved.
///
/// # Errors
/// As [`up_to`].
pub(crate) async fn between(
    state: &AppState,
    (first, second): (Option<&Block>, &Block),
) -> Result<(Arc<Past>, Flows, Arc<Past>), PageError> {
    let before = match first {
        Some(first) => up_to(state, first).await?,
        None => Arc::default(),
    };
    let past = up_to(state, second).await?;
    let mut flows = Flows::default();
    let root_of = |id| past.ledger.grants.get(&id).map(|grant| grant.root);
    let _turn = turn(state).await;
    let mut read = state.store.read().await?;
    let span = (first.map(|first| first.number), second.number);
    let last = each_log(&mut read, span, |log| {
        let fact = (state.decode)(&log);
        let applied = fact.is_none_or(|fact| flows.apply(&fact, root_of).is_some());
        match applied {
            true => Ok(()),
            false => Err(PageError::Records {
                noun: "log in block",
                id: log.origin.block_hash,
                reason: "a sum of movements leaves its range".to_owned(),
            }),
        }
    })
    .await?;
    same(last.or(before.last), &past)?;
    Ok((before, flows, past))
}

/// The events that were read now end where those did that were folded.
///
/// # Errors
/// The chain was re-organised between the two.
pub(crate) fn same(found: Option<Origin>, past: &Past) -> Result<(), PageError> {
    let (Some(is), Some(was)) = (found, past.last) else {
        return Ok(());
    };
    match is.block_hash == was.block_hash && is.log_index == was.log_index {
        true => Ok(()),
        false => Err(PageError::Reorged {
            number: was.block,
            was: was.block_hash,
            is: is.block_hash,
        }),
    }
}

/// Logs of the store, taken a batch at a time.
#[derive(Debug)]
pub(crate) struct Logs {
    /// Block and log index of the last one that was taken.
    after: Option<(u64, u64)>,
    to: u64,
    /// Where the last one that was taken was written.
    pub(crate) last: Option<Origin>,
}

impl Logs {
    /// Those after a block, if one is named, and up to another, in the order of the chain.
    pub(crate) fn of((after, to): (Option<u64>, u64)) -> Self {
        Self {
            after: after.map(|block| (block, u32::MAX.into())),
            to,
            last: None,
        }
    }

    /// The next ones; none after the last.
    ///
    /// # Errors
    /// The database failed.
    pub(crate) async fn take(&mut self, read: &mut Read) -> Result<Vec<Log>, PageError> {
        let batch = read.logs_up_to(self.to, self.after, BATCH).await?;
        if let Some(origin) = batch.last().map(|row| row.log.origin) {
            self.after = Some((origin.block, origin.log_index));
            self.last = Some(origin);
        }
        Ok(batch.into_iter().map(|row| row.log).collect())
    }
}

/// Gives each log of a span, as [`Logs::of`] takes it, to `take`. Answers where the last one was
/// written.
async fn each_log(
    read: &mut Read,
    span: (Option<u64>, u64),
    mut take: impl FnMut(Log) -> Result<(), PageError>,
) -> Result<Option<Origin>, PageError> {
    let mut logs = Logs::of(span);
    loop {
        let batch = logs.take(read).await?;
        if batch.is_empty() {
            return Ok(logs.last);
        }
        for log in batch {
            take(log)?;
        }
    }
}

/// Waits for one's turn to read the log. Whoever waits holds no connection to the database.
pub(crate) async fn turn(state: &AppState) -> Option<SemaphorePermit<'_>> {
    state.memory().days.reading.acquire().await.ok()
}

/// Folds the events up to a block, here and now, in one's [`turn`].
///
/// # Errors
/// The events contradict each other, or the database failed.
pub(crate) async fn fold(read: &mut Read, state: &AppState, block: u64) -> Result<Past, PageError> {
    let mut past = Past::default();
    let take = |log: Log| past.take(&log, (state.decode)(&log));
    each_log(read, (None, block), take).await?;
    Ok(past)
}

/// The events are of the chain that the block ends. The block may come from the node and the store
/// may have followed another chain until now; or the store has moved on since the block was found.
async fn holds(
    state: &AppState,
    block: &Block,
    (past, is_known): (&Past, bool),
) -> Result<(), PageError> {
    let reorged = |number, was, is| Err(PageError::Reorged { number, was, is });
    let here = past.last.filter(|last| last.block == block.number);
    if let Some(last) = here.filter(|last| last.block_hash != block.hash) {
        return reorged(block.number, last.block_hash, block.hash);
    }
    let on_node = async |number| match &state.chain {
        Some(chain) => chain.block(number).await.ok().flatten(),
        None => None,
    };
    let mut end = None;
    match past.last {
        None => end = on_node(block.number).await,
        Some(last) => match on_node(last.block).await {
            Some(there) if there.hash != last.block_hash => {
                return reorged(last.block, last.block_hash, there.hash);
            }
            Some(_) => end = on_node(block.number).await,
            // The end alone would say nothing of the events before it.
            None => {}
        },
    }
    match end {
        Some(there) if there.hash == block.hash => Ok(()),
        Some(there) => reorged(block.number, block.hash, there.hash),
        // Without a node that answers, the block came from the store.
        None if here.is_some() || is_known => Ok(()),
        None => {
            let last = past.last.map(|last| last.block_hash);
            reorged(block.number, block.hash, last.unwrap_or_default())
        }
    }
}

impl Past {
    /// Records that are held in memory.
    fn weight(&self) -> usize {
        let ledger = &self.ledger;
        let of_goals = ledger.goals.values().map(|goal| goal.attempts.len() + 1);
        let records = ledger.grants.len() + ledger.rounds.len() + of_goals.sum::<usize>();
        records.max(RECORDS_MIN)
    }

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
    use alloy_primitives::Address;
    use guerdon_store::Store;

    use super::*;
    use crate::numbers::Token;
    use crate::state::{Company, DeploymentView, Heartbeat, Inner, Options};

    fn state(store: &Store) -> AppState {
        let token = Token {
            symbol: "ACC".to_owned(),
            name: "Access".to_owned(),
            decimals: 0,
        };
        AppState::new(Inner {
            store: store.clone(),
            company: Company {
                name: "Acme".to_owned(),
            },
            deployment: DeploymentView {
                chain_id: 1,
                genesis_hash: B256::ZERO,
                start_block: 0,
                grants: Address::ZERO,
                goals: Address::ZERO,
                token,
                bond_token: Arc::default(),
                wallet_network: None,
                contracts: Vec::new(),
            },
            chain: None,
            options: Options::at("https://grants.acme.example"),
            heartbeat: Heartbeat::default(),
            decode: Box::new(|_| None),
            importer: None,
            wall: Box::new(|| 0),
            random: Box::new(|| [0; 32]),
        })
    }

    #[tokio::test]
    async fn who_waits_to_read_the_log_holds_no_connection() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_file(&folder.path().join("guerdon.db")).await;
        let store = store.unwrap();
        let state = state(&store);
        let held = [turn(&state).await, turn(&state).await];
        let ask = |number: u8| {
            let state = state.clone();
            tokio::spawn(async move {
                let block = Block {
                    number: number.into(),
                    hash: B256::repeat_byte(number),
                    time: 0,
                    is_closed: true,
                    is_final: true,
                };
                match number % 2 {
                    0 => up_to(&state, &block).await.is_err(),
                    _ => between(&state, (None, &block)).await.is_err(),
                }
            })
        };
        // More than there are connections, each of another block.
        let asked: Vec<_> = (0..12).map(ask).collect();
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let (open, idle) = store.connections();
        assert_eq!(open, idle, "connections are held");
        assert!(asked.iter().all(|asked| !asked.is_finished()));
        drop(held);
        for asked in asked {
            assert!(asked.await.unwrap(), "the store knows none of these blocks");
        }
        store.close().await;
    }
}
