//! Blocks and logs, read as core types.

use std::collections::BTreeMap;

use alloy::consensus::BlockHeader;
use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, keccak256};
use alloy::providers::Provider;
use alloy::rpc::types::{Filter, Log as RpcLog};
use futures::stream::{self, StreamExt, TryStreamExt};
use guerdon_core::fact::{Log, Origin};

use crate::connect::Chain;
use crate::error::{ChainError, from_transport};
use crate::nodes::Node;
use crate::span::Span;

/// Block headers asked for side by side.
const HEADERS_AT_ONCE: usize = 8;

/// A block, as far as we follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Head {
    /// Number.
    pub number: u64,
    /// Hash.
    pub hash: B256,
    /// Hash of the block before it.
    pub parent: B256,
    /// Unix seconds.
    pub time: u64,
}

/// Which head to trust: the later it comes, the less can be replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Finality {
    /// The newest block; good where nobody else makes blocks, as on the embedded chain.
    #[default]
    Latest,
    /// The newest block that the chain's validators have mostly accepted.
    Safe,
    /// The newest block that cannot be replaced.
    Finalized,
}

impl Node {
    /// Logs, asked once.
    async fn logs(&self, filter: &Filter) -> Result<Vec<RpcLog>, ChainError> {
        let logs = self.provider.get_logs(filter).await;
        logs.map_err(|error| from_transport(error, "eth_getLogs", &self.shown))
    }
}

impl Chain {
    /// The newest block.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn head(&self) -> Result<Head, ChainError> {
        self.head_of(Finality::Latest).await
    }

    /// The newest block that the policy trusts.
    ///
    /// # Errors
    /// When the node does not answer, or knows no such block.
    pub async fn head_of(&self, finality: Finality) -> Result<Head, ChainError> {
        let tag = match finality {
            Finality::Latest => BlockNumberOrTag::Latest,
            Finality::Safe => BlockNumberOrTag::Safe,
            Finality::Finalized => BlockNumberOrTag::Finalized,
        };
        let head = self.told(tag).await?;
        let missing = || format!("it has no {tag} block");
        head.ok_or_else(|| ChainError::bad_answer("eth_getBlockByNumber", missing()))
    }

    /// A block by number; `None` when the chain is not that long.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn block(&self, number: u64) -> Result<Option<Head>, ChainError> {
        self.told(BlockNumberOrTag::Number(number)).await
    }

    /// A block as the node tells it, or as several nodes agree on it.
    async fn told(&self, at: BlockNumberOrTag) -> Result<Option<Head>, ChainError> {
        match self.has_several() {
            true => self.agreed(at).await,
            false => self.block_at(at).await,
        }
    }

    /// The time of the pending block: what a call made now would see, in unix seconds.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn now(&self) -> Result<u64, ChainError> {
        match self.block_at(BlockNumberOrTag::Pending).await {
            Ok(Some(pending)) => Ok(pending.time),
            Ok(None) | Err(ChainError::Refused { .. } | ChainError::BadAnswer { .. }) => {
                Ok(self.head().await?.time)
            }
            Err(error) => Err(error),
        }
    }

    async fn block_at(&self, number: BlockNumberOrTag) -> Result<Option<Head>, ChainError> {
        let block = self.read("eth_getBlockByNumber", || async {
            self.provider().get_block_by_number(number).await
        });
        Ok(block.await?.map(|block| Head {
            number: block.header.number(),
            hash: block.header.hash,
            parent: block.header.parent_hash(),
            time: block.header.timestamp(),
        }))
    }

    /// The logs of these contracts in blocks `from..=to`, in the order of the chain. Asks for
    /// fewer blocks at a time when the provider refuses more, and for more again later. Of several nodes a second one is
    /// asked for the same, if another one answers.
    ///
    /// # Errors
    /// When the node does not answer, or refuses even a single block;
    /// [`ChainError::Disagreement`] if two nodes have other logs of the same blocks.
    pub async fn logs(
        &self,
        from: u64,
        to: u64,
        addresses: &[Address],
    ) -> Result<Vec<Log>, ChainError> {
        let asked = self.current();
        let span = self.log_span();
        let mut found = self.ranged(None, (from, to), (addresses, span)).await?;
        if self.has_several() {
            self.confirm(asked, &mut found, ((from, to), addresses))
                .await?;
        }
        self.dated(found).await
    }

    /// The logs of a range as one node tells them; without one, as the node that is asked now.
    pub(crate) async fn ranged(
        &self,
        node: Option<&Node>,
        (from, to): (u64, u64),
        (addresses, span): (&[Address], &Span),
    ) -> Result<Vec<RpcLog>, ChainError> {
        let mut found = Vec::new();
        let mut next = from;
        while next <= to && !addresses.is_empty() {
            let last = span.last(next, to);
            let blocks = last - next + 1;
            let filter = Filter::new()
                .address(addresses.to_vec())
                .from_block(next)
                .to_block(last);
            let logs = match node {
                Some(node) => node.logs(&filter).await,
                None => {
                    let logs = self.read("eth_getLogs", || async {
                        self.provider().get_logs(&filter).await
                    });
                    logs.await
                }
            };
            match logs {
                Ok(logs) => {
                    span.answered(blocks);
                    found.extend(logs);
                    next = last + 1;
                }
                Err(ChainError::Refused { .. } | ChainError::BadAnswer { .. }) if last > next => {
                    span.refused(blocks);
                }
                Err(error) => {
                    // It may have been too much to answer in time.
                    span.refused(blocks);
                    return Err(error);
                }
            }
        }
        Ok(found)
    }

    /// keccak256 of the code at an address, now; the hash of no bytes when there is none.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn code_hash(&self, address: Address) -> Result<B256, ChainError> {
        let code = self
            .read("eth_getCode", || async {
                self.provider().get_code_at(address).await
            })
            .await?;
        Ok(keccak256(&code))
    }

    /// The balance of the chain's own coin, in its base units (wei).
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn coin_of(&self, account: Address) -> Result<u128, ChainError> {
        let balance = self
            .read("eth_getBalance", || async {
                self.provider().get_balance(account).await
            })
            .await?;
        Ok(u128::try_from(balance).unwrap_or(u128::MAX))
    }

    /// Gives logs their block's time, asking for the blocks that the node did not date.
    async fn dated(&self, logs: Vec<RpcLog>) -> Result<Vec<Log>, ChainError> {
        let mut undated: Vec<u64> = logs
            .iter()
            .filter(|log| log.block_timestamp.is_none())
            .filter_map(|log| log.block_number)
            .collect();
        undated.dedup();
        let heads: BTreeMap<u64, Head> = stream::iter(undated)
            .map(|number| async move {
                let head = self.block(number).await?.ok_or_else(|| {
                    ChainError::bad_answer("eth_getLogs", format!("block {number} is gone"))
                })?;
                Ok::<_, ChainError>((number, head))
            })
            .buffered(HEADERS_AT_ONCE)
            .try_collect()
            .await?;

        let of = |log: &RpcLog| heads.get(&log.block_number?);
        let moved = logs
            .iter()
            .find(|log| of(log).is_some_and(|head| log.block_hash != Some(head.hash)));
        if let Some(number) = moved.and_then(|log| log.block_number) {
            let reason = format!("block {number} was replaced meanwhile");
            return Err(ChainError::bad_answer("eth_getLogs", reason));
        }
        core_logs(&logs, |number| heads.get(&number).map(|head| head.time))
    }
}

/// `None` asks for the newest block.
pub(crate) fn block_id(at: Option<u64>) -> BlockId {
    at.map_or_else(BlockId::latest, BlockId::number)
}

pub(crate) fn core_logs(
    logs: &[RpcLog],
    time_of: impl Fn(u64) -> Option<u64>,
) -> Result<Vec<Log>, ChainError> {
    logs.iter()
        .map(|log| {
            core_log(log, &time_of)
                .ok_or_else(|| ChainError::bad_answer("eth_getLogs", "a log names no block"))
        })
        .collect()
}

fn core_log(log: &RpcLog, time_of: &impl Fn(u64) -> Option<u64>) -> Option<Log> {
    let block = log.block_number?;
    Some(Log {
        origin: Origin {
            block,
            block_hash: log.block_hash?,
            block_time: log.block_timestamp.or_else(|| time_of(block))?,
            tx: log.transaction_hash?,
            log_index: log.log_index?,
        },
        address: log.address(),
        topics: log.topics().to_vec(),
        data: log.data().data.to_vec(),
    })
}
