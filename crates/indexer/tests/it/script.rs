//! A chain in memory that can be cut, grown, moved under the reader's feet and taken away.

use std::sync::{Arc, Mutex, MutexGuard};

use alloy_primitives::{Address, B256, keccak256};
use guerdon_chain::{ChainError, Head};
use guerdon_core::fact::{Log, Origin};
use guerdon_indexer::{Finality, Source};

use crate::events::Event;

#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) head: Head,
    pub(crate) logs: Vec<Log>,
}

/// Clones share the chain.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    blocks: Vec<Block>,
    /// Makes the hash of every block ever made another one.
    made: u64,
    /// After so many more answers, the chain becomes this one.
    later: Option<(u32, Vec<Block>)>,
    /// After so many more answers, the node is away.
    away_after: Option<u32>,
    asked: u32,
}

impl Script {
    /// Adds a block with these events, ten seconds after the last one.
    pub(crate) fn mine(&self, events: Vec<Event>) {
        let mut inner = self.lock();
        let block = inner.block(events);
        inner.blocks.push(block);
    }

    pub(crate) fn cut(&self, depth: usize) {
        let mut inner = self.lock();
        let left = inner.blocks.len().saturating_sub(depth);
        inner.blocks.truncate(left);
    }

    pub(crate) fn blocks(&self) -> Vec<Block> {
        self.lock().blocks.clone()
    }

    pub(crate) fn replace(&self, blocks: Vec<Block>) {
        self.lock().blocks = blocks;
    }

    /// Blocks made from here on have other hashes than those of another script.
    pub(crate) fn make_unlike(&self, others: u64) {
        self.lock().made += others;
    }

    /// After `answers` more answers, the chain becomes another one.
    pub(crate) fn become_later(&self, answers: u32, blocks: Vec<Block>) {
        self.lock().later = Some((answers, blocks));
    }

    /// After `answers` more answers the node does not answer, until the next call of this.
    pub(crate) fn go_away_after(&self, answers: Option<u32>) {
        self.lock().away_after = answers;
    }

    /// What was planned for later happens now, and the node is back.
    pub(crate) fn settle(&self) {
        let mut inner = self.lock();
        inner.away_after = None;
        if let Some((_, blocks)) = inner.later.take() {
            inner.blocks = blocks;
        }
    }

    pub(crate) fn asked(&self) -> u32 {
        self.lock().asked
    }

    /// The next block's height and time.
    pub(crate) fn next(&self) -> (u64, u64) {
        let height = self.lock().blocks.len() as u64;
        (height, time_of(height))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    fn answer<T>(&self, read: impl FnOnce(&[Block]) -> T) -> Result<T, ChainError> {
        let mut inner = self.lock();
        inner.asked += 1;
        if let Some(left) = &mut inner.away_after {
            let Some(fewer) = left.checked_sub(1) else {
                let (url, reason) = ("http://script".to_owned(), "it is away".to_owned());
                return Err(ChainError::Unreachable { url, reason });
            };
            *left = fewer;
        }
        let answer = read(&inner.blocks);
        if let Some((left, blocks)) = inner.later.take() {
            match left.checked_sub(1) {
                Some(left) => inner.later = Some((left, blocks)),
                None => inner.blocks = blocks,
            }
        }
        Ok(answer)
    }
}

impl Inner {
    fn block(&mut self, events: Vec<Event>) -> Block {
        let number = self.blocks.len() as u64;
        self.made += 1;
        let hash = keccak256(self.made.to_be_bytes());
        let parent = self
            .blocks
            .last()
            .map_or(B256::ZERO, |block| block.head.hash);
        let head = Head {
            number,
            hash,
            parent,
            time: time_of(number),
        };
        let logs = (0_u64..).zip(events).map(|(log_index, event)| Log {
            origin: Origin {
                block: number,
                block_hash: hash,
                block_time: head.time,
                tx: keccak256([hash.as_slice(), &log_index.to_be_bytes()].concat()),
                log_index,
            },
            address: event.address,
            topics: event.topics,
            data: event.data,
        });
        Block {
            head,
            logs: logs.collect(),
        }
    }
}

impl Source for Script {
    async fn head(&self, _finality: Finality) -> Result<Head, ChainError> {
        tokio::task::yield_now().await;
        self.answer(|blocks| blocks.last().map(|block| block.head))?
            .ok_or_else(|| unreachable!("a chain has its first block"))
    }

    async fn block(&self, number: u64) -> Result<Option<Head>, ChainError> {
        tokio::task::yield_now().await;
        self.answer(|blocks| Some(blocks.get(usize::try_from(number).ok()?)?.head))
    }

    async fn logs(
        &self,
        from: u64,
        to: u64,
        contracts: &[Address],
    ) -> Result<Vec<Log>, ChainError> {
        // As from a node that gives one block's logs at a time: the chain may move in between.
        let mut logs = Vec::new();
        for height in from..=to {
            tokio::task::yield_now().await;
            let block = self.answer(|blocks| blocks.get(usize::try_from(height).ok()?).cloned())?;
            logs.extend(block.into_iter().flat_map(|block| block.logs));
        }
        logs.retain(|log| contracts.contains(&log.address));
        Ok(logs)
    }
}

fn time_of(height: u64) -> u64 {
    1_782_864_000 + 10 * height
}
