//! Several nodes of one chain: which of them is asked, and whether they tell the same.
//!
//! The first one is asked until it fails; then the next one that is not known to be away. What
//! decides money, the hashes of blocks, is asked of all that answer: if two differ, nobody here
//! chooses between them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use alloy::consensus::BlockHeader;
use alloy::eips::BlockNumberOrTag;
use alloy::primitives::U64;
use alloy::providers::{Provider, RootProvider};
use futures::future::join_all;
use reqwest::Url;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use crate::blocks::Head;
use crate::connect::Chain;
use crate::error::{ChainError, from_transport};

/// A node that failed is left alone for so long, and twice as long after each failure.
const AWAY_MIN: Duration = Duration::from_secs(1);
const AWAY_MAX: Duration = Duration::from_secs(60);
/// How long all nodes together may take to be compared.
const COMPARE_TIMEOUT: Duration = Duration::from_secs(5);

/// How a node fared since the process began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeState {
    /// Scheme, host and port.
    pub shown: String,
    /// Whether it is the one that is asked now.
    pub is_current: bool,
    /// Whether it failed lately and is left alone for a while.
    pub is_away: bool,
    /// Requests that failed.
    pub failures: u64,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) provider: RootProvider,
    pub(crate) url: Url,
    /// Scheme, host and port: paths of hosted nodes hold keys.
    pub(crate) shown: String,
    /// The chain id that it answered, once it did.
    chain_id: OnceCell<u64>,
    failures: AtomicU64,
    away: Mutex<Away>,
}

#[derive(Debug, Default)]
struct Away {
    until: Option<Instant>,
    wait: Duration,
}

impl Node {
    pub(crate) fn new(provider: RootProvider, url: Url, shown: String) -> Self {
        Self {
            provider,
            url,
            shown,
            chain_id: OnceCell::new(),
            failures: AtomicU64::new(0),
            away: Mutex::default(),
        }
    }

    /// Asks for the chain id, the first time.
    pub(crate) async fn chain_id(&self) -> Result<u64, ChainError> {
        let ask = || async {
            let client = self.provider.client();
            let answer = client.request_noparams::<U64>("eth_chainId").await;
            let id = answer.map_err(|error| from_transport(error, "eth_chainId", &self.shown))?;
            Ok(id.to::<u64>())
        };
        self.chain_id.get_or_try_init(ask).await.copied()
    }

    pub(crate) fn is_away(&self) -> bool {
        let away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.until.is_some_and(|until| Instant::now() < until)
    }

    pub(crate) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        away.wait = (away.wait * 2).clamp(AWAY_MIN, AWAY_MAX);
        away.until = Some(Instant::now() + away.wait);
    }

    pub(crate) fn answered(&self) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        *away = Away::default();
    }

    /// The block, asked once; the chain id before it, if it was never asked.
    async fn block(&self, chain_id: u64, at: BlockNumberOrTag) -> Result<Option<Head>, ChainError> {
        let id = self.chain_id().await?;
        if id != chain_id {
            return Err(other_chain(&self.shown, id, chain_id));
        }
        let block = self.provider.get_block_by_number(at).await;
        let block =
            block.map_err(|error| from_transport(error, "eth_getBlockByNumber", &self.shown))?;
        Ok(block.map(|block| Head {
            number: block.header.number(),
            hash: block.header.hash,
            parent: block.header.parent_hash(),
            time: block.header.timestamp(),
        }))
    }
}

pub(crate) fn other_chain(shown: &str, id: u64, chain_id: u64) -> ChainError {
    ChainError::Disagreement {
        about: "the chain".to_owned(),
        one: format!("{shown} serves chain {id}"),
        other: format!("chain {chain_id} was asked for"),
    }
}

impl Chain {
    /// How each node fared.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeState> {
        let current = self.current();
        let states = self
            .all_nodes()
            .iter()
            .enumerate()
            .map(|(at, node)| NodeState {
                shown: node.shown.clone(),
                is_current: at == current,
                is_away: node.is_away(),
                failures: node.failures.load(Ordering::Relaxed),
            });
        states.collect()
    }

    /// Turns to the next node that is not known to be away. False if there is none.
    pub(crate) async fn fail_over(&self, failed: usize) -> Result<bool, ChainError> {
        let nodes = self.all_nodes();
        if self.current() != failed {
            return Ok(true);
        }
        for step in 1..nodes.len() {
            let at = (failed + step) % nodes.len();
            let Some(node) = nodes.get(at).filter(|node| !node.is_away()) else {
                continue;
            };
            match node.chain_id().await {
                Ok(id) if id == self.chain_id() => {
                    tracing::warn!("asking {} from now on", node.shown);
                    self.turn_to(at);
                    return Ok(true);
                }
                Ok(id) => return Err(other_chain(&node.shown, id, self.chain_id())),
                Err(_) => node.failed(),
            }
        }
        Ok(false)
    }

    /// A block as all nodes tell it that answer; `None` if none of them has it. For a tag, the
    /// highest of their answers, once they agree at the height of the lowest.
    ///
    /// # Errors
    /// [`ChainError::Disagreement`] if two nodes differ; when no node answers, why the last one
    /// did not.
    pub(crate) async fn agreed(&self, at: BlockNumberOrTag) -> Result<Option<Head>, ChainError> {
        let answers = self.ask_all(at).await?;
        let mut found: Vec<(&Node, Head)> = Vec::new();
        for (node, head) in answers {
            found.extend(head.map(|head| (node, head)));
        }
        let Some((lowest_node, lowest)) = found.iter().min_by_key(|(_, head)| head.number) else {
            return Ok(None);
        };
        for (node, head) in &found {
            let there = match head.number == lowest.number {
                true => Some(*head),
                false => {
                    let number = BlockNumberOrTag::Number(lowest.number);
                    node.block(self.chain_id(), number).await?
                }
            };
            // A higher head without that block is a chain that moved meanwhile: ask again.
            let there = there.ok_or_else(|| {
                let reason = format!("{} lost block {} meanwhile", node.shown, lowest.number);
                ChainError::bad_answer("eth_getBlockByNumber", reason)
            })?;
            if there.hash != lowest.hash {
                return Err(ChainError::Disagreement {
                    about: format!("block {}", lowest.number),
                    one: format!("{} has {}", lowest_node.shown, lowest.hash),
                    other: format!("{} has {}", node.shown, there.hash),
                });
            }
        }
        Ok(found
            .into_iter()
            .map(|(_, head)| head)
            .max_by_key(|head| head.number))
    }

    /// What each node answers that is not away; of those away, the one that is asked otherwise.
    async fn ask_all(
        &self,
        at: BlockNumberOrTag,
    ) -> Result<Vec<(&Node, Option<Head>)>, ChainError> {
        let mut asked: Vec<&Node> = self.all_nodes().iter().filter(|it| !it.is_away()).collect();
        if asked.is_empty() {
            asked = self.all_nodes().iter().collect();
        }
        let answers = asked.into_iter().map(|node| async move {
            let answer = timeout(COMPARE_TIMEOUT, node.block(self.chain_id(), at)).await;
            (node, answer)
        });
        let mut found = Vec::new();
        let mut last = None;
        for (node, answer) in join_all(answers).await {
            match answer {
                Ok(Ok(head)) => {
                    node.answered();
                    found.push((node, head));
                }
                Ok(Err(error @ ChainError::Disagreement { .. })) => return Err(error),
                Ok(Err(error)) => {
                    node.failed();
                    last = Some(error);
                }
                Err(_) => {
                    node.failed();
                    last = Some(ChainError::Unreachable {
                        url: node.shown.clone(),
                        reason: "it took too long".to_owned(),
                    });
                }
            }
        }
        match last {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }

    /// Makes sure that the node that answered a range has all of it: a node that lags answers with
    /// fewer logs and no error.
    pub(crate) async fn must_have(&self, asked: usize, block: u64) -> Result<(), ChainError> {
        let node = self.all_nodes().get(asked);
        let answer = match node {
            Some(node) => {
                node.block(self.chain_id(), BlockNumberOrTag::Number(block))
                    .await?
            }
            None => None,
        };
        if answer.is_some() && self.current() == asked {
            return Ok(());
        }
        self.fail_over(asked).await?;
        let reason = format!("the node does not have block {block} yet, which another one has");
        Err(ChainError::bad_answer("eth_getLogs", reason))
    }
}
