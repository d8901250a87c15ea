//! Several nodes of one chain: which of them is asked, and whether they tell the same.
//!
//! The first one is asked until it fails; then the next one that is not known to be away. What
//! decides money, the hashes of blocks, is asked of all that answer: if two differ, nobody here
//! chooses between them. Of several that answer none is believed alone: a block is there once two
//! have it.

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
/// How long a node may take to say who it is, or which block it has when it is compared with others.
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

    /// Asks for the chain id, the first time, and not for long.
    pub(crate) async fn chain_id(&self) -> Result<u64, ChainError> {
        let ask = || async {
            let client = self.provider.client();
            let answer = client.request_noparams::<U64>("eth_chainId");
            let answer = timeout(COMPARE_TIMEOUT, answer)
                .await
                .map_err(|_| self.too_slow())?;
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

    /// The block, asked once and not for long; the chain id before it, if it was never asked.
    pub(crate) async fn block(
        &self,
        chain_id: u64,
        at: BlockNumberOrTag,
    ) -> Result<Option<Head>, ChainError> {
        let answer = timeout(COMPARE_TIMEOUT, self.ask(chain_id, at)).await;
        answer.unwrap_or_else(|_| Err(self.too_slow()))
    }

    fn too_slow(&self) -> ChainError {
        ChainError::Unreachable {
            url: self.shown.clone(),
            reason: "it took too long".to_owned(),
        }
    }

    async fn ask(&self, chain_id: u64, at: BlockNumberOrTag) -> Result<Option<Head>, ChainError> {
        const CALL: &str = "eth_getBlockByNumber";
        let id = self.chain_id().await?;
        if id != chain_id {
            return Err(other_chain(&self.shown, id, chain_id));
        }
        let block = self.provider.get_block_by_number(at).await;
        let block = block.map_err(|error| from_transport(error, CALL, &self.shown))?;
        let head = block.map(|block| Head {
            number: block.header.number(),
            hash: block.header.hash,
            parent: block.header.parent_hash(),
            time: block.header.timestamp(),
        });
        match (at, head) {
            (BlockNumberOrTag::Number(number), Some(head)) if head.number != number => {
                let reason = format!("{} gave {} for {number}", self.shown, head.number);
                Err(ChainError::bad_answer(CALL, reason))
            }
            (_, head) => Ok(head),
        }
    }
}

/// A node and the newest block that it has, or the one that it was asked for.
type Told<'n> = (&'n Node, Head);

/// The one block of these nodes; nothing if there are none.
///
/// # Errors
/// [`ChainError::Disagreement`] if two differ.
fn same(told: &[Told<'_>]) -> Result<Option<Head>, ChainError> {
    let Some(((one, first), rest)) = told.split_first() else {
        return Ok(None);
    };
    match rest.iter().find(|(_, head)| head.hash != first.hash) {
        None => Ok(Some(*first)),
        Some((other, head)) => Err(ChainError::Disagreement {
            about: format!("block {}", first.number),
            one: format!("{} has {}", one.shown, first.hash),
            other: format!("{} has {}", other.shown, head.hash),
        }),
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
    /// highest block that two of them have. One that answers alone is believed.
    ///
    /// # Errors
    /// [`ChainError::Disagreement`] if two nodes differ; [`ChainError::Unconfirmed`] if several
    /// answered and one alone has the block of that number; when no node answers, why the last one
    /// did not.
    pub(crate) async fn agreed(&self, at: BlockNumberOrTag) -> Result<Option<Head>, ChainError> {
        let answers = self.ask_all(at).await?;
        let several = answers.len() > 1;
        let mut told: Vec<Told<'_>> = Vec::new();
        for (node, head) in answers {
            told.extend(head.map(|head| (node, head)));
        }
        match at {
            BlockNumberOrTag::Number(block) if several && told.len() == 1 => {
                Err(ChainError::Unconfirmed { block })
            }
            BlockNumberOrTag::Number(_) => same(&told),
            _ => self.newest_of_two(told).await,
        }
    }

    /// The highest block that two of these nodes have, once all agree at the height of the lowest.
    async fn newest_of_two(&self, mut told: Vec<Told<'_>>) -> Result<Option<Head>, ChainError> {
        if let Some(lowest) = told.iter().map(|(_, head)| head.number).min() {
            (told, _) = self.same_at(told, lowest).await?;
        }
        loop {
            told.sort_by_key(|(_, head)| std::cmp::Reverse(head.number));
            let Some((_, second)) = told.get(1) else {
                return Ok(told.first().map(|(_, head)| *head));
            };
            let (asked, number) = (told.len(), second.number);
            let (left, head) = self.same_at(told, number).await?;
            if left.len() == asked {
                return Ok(head);
            }
            told = left;
        }
    }

    /// Compares at one height the nodes that are at least so high. Gives back the nodes but for
    /// those that could not tell a block below their own head, and the block.
    async fn same_at<'n>(
        &self,
        told: Vec<Told<'n>>,
        number: u64,
    ) -> Result<(Vec<Told<'n>>, Option<Head>), ChainError> {
        let answers = told.into_iter().map(|(node, head)| async move {
            let there = match head.number > number {
                true => {
                    let at = BlockNumberOrTag::Number(number);
                    node.block(self.chain_id(), at).await
                }
                false => Ok(Some(head)),
            };
            (node, head, there)
        });
        let (mut left, mut compared) = (Vec::new(), Vec::new());
        for (node, head, there) in join_all(answers).await {
            match there {
                Ok(Some(there)) => {
                    left.push((node, head));
                    compared.extend((there.number == number).then_some((node, there)));
                }
                Err(error @ ChainError::Disagreement { .. }) => return Err(error),
                Ok(None) | Err(_) => {
                    tracing::warn!("{} tells no block {number} below its head", node.shown);
                    node.failed();
                }
            }
        }
        Ok((left, same(&compared)?))
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
        let answers = asked
            .into_iter()
            .map(|node| async move { (node, node.block(self.chain_id(), at).await) });
        let mut found = Vec::new();
        let mut last = None;
        for (node, answer) in join_all(answers).await {
            match answer {
                Ok(head) => {
                    // A tag alone does not clear a node that cannot tell its blocks by number.
                    if matches!((at, head), (BlockNumberOrTag::Number(_), Some(_))) {
                        node.answered();
                    }
                    found.push((node, head));
                }
                Err(error @ ChainError::Disagreement { .. }) => return Err(error),
                Err(error) => {
                    node.failed();
                    last = Some(error);
                }
            }
        }
        match last {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }
}
