//! Several nodes of one chain that fail, lag and disagree: what is indexed is the final chain, or
//! nothing newer.

use std::time::Duration;

use guerdon_chain::{Chain, ChainError};
use guerdon_indexer::{Holding, IndexError, Indexer, Options};
use guerdon_store::Checkpoint;
use proptest::prelude::*;

use crate::export::{Scratch, folded, identity, ledger};
use crate::script::{Block, Script};
use crate::server::Server;
use crate::story::Stories;

pub(crate) struct World {
    pub(crate) stories: Stories,
    pub(crate) nodes: Vec<Server>,
    scratch: Scratch,
    pub(crate) indexer: Indexer<Chain>,
    /// The connection that it reads by.
    pub(crate) chain: Chain,
}

impl World {
    /// Nodes with a chain of one block each, and an indexer that knows them all.
    pub(crate) async fn new(count: usize) -> Self {
        let stories = Stories::new();
        let mut nodes = Vec::new();
        for _ in 0..count {
            let chain = Script::default();
            chain.replace(stories.chain.blocks());
            nodes.push(Server::start(chain).await);
        }
        let urls: Vec<&str> = nodes.iter().map(|node| node.url.as_str()).collect();
        let chain = Chain::connect(&urls.join(",")).await.unwrap();
        let scratch = Scratch::new().await;
        let options = Options {
            range_max: 2,
            ..Options::default()
        };
        let store = scratch.store.clone();
        let indexer = Indexer::new(chain.clone(), store, &identity(), options)
            .await
            .unwrap();
        Self {
            stories,
            nodes,
            scratch,
            indexer: indexer.under_lease(Holding::new("test", 0, || 1_000)),
            chain,
        }
    }

    /// All nodes get what the story adds.
    pub(crate) fn mine(&mut self, choices: &[u8]) {
        self.stories.mine(choices);
        self.agree();
    }

    pub(crate) fn agree(&self) {
        for node in &self.nodes {
            node.chain.replace(self.stories.chain.blocks());
        }
    }

    /// One node goes a way of its own from the last block on.
    pub(crate) fn fork(&self, node: usize, choices: &[u8]) {
        let mut own = self.stories.clone();
        own.chain = Script::default();
        let mut blocks = self.stories.chain.blocks();
        blocks.pop();
        own.chain.replace(blocks);
        // Other blocks than the story's: their hashes count what was made.
        own.chain.make_unlike(1_000 + node as u64);
        own.mine(choices);
        self.nodes[node].chain.replace(own.chain.blocks());
    }

    /// One node has a block more, which it alone knows of.
    pub(crate) fn invent(&self, node: usize, choices: &[u8]) {
        let mut own = self.stories.clone();
        own.chain = Script::default();
        own.chain.replace(self.stories.chain.blocks());
        own.chain.make_unlike(2_000 + node as u64);
        own.mine(choices);
        self.nodes[node].chain.replace(own.chain.blocks());
    }

    /// Steps until done, waiting for whatever passes.
    pub(crate) async fn settle(&self) -> Result<(), IndexError> {
        for _ in 0..80 {
            match self.indexer.step().await {
                Ok(progress) if progress.is_done() => return Ok(()),
                Ok(_) => {}
                Err(error @ IndexError::Chain(ChainError::Disagreement { .. })) => {
                    return Err(error);
                }
                Err(error) if error.is_passing() => {
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
                Err(error) => return Err(error),
            }
        }
        panic!("the index never came to the head");
    }

    pub(crate) async fn holds(&self, blocks: &[Block]) {
        let mut read = self.scratch.store.read().await.unwrap();
        assert_eq!(ledger(&mut read).await, folded(blocks));
    }

    pub(crate) async fn checkpoint(&self) -> Option<Checkpoint> {
        let mut read = self.scratch.store.read().await.unwrap();
        read.checkpoint().await.unwrap()
    }

    /// When each log was written that was read.
    pub(crate) async fn times(&self) -> Vec<u64> {
        let mut read = self.scratch.store.read().await.unwrap();
        let logs = read.recent_logs(None, u32::MAX).await.unwrap();
        logs.iter().map(|row| row.log.origin.block_time).collect()
    }

    pub(crate) async fn stopped(&self) -> Option<String> {
        let mut read = self.scratch.store.read().await.unwrap();
        read.index_state()
            .await
            .unwrap()
            .and_then(|state| state.stopped)
    }
}

#[tokio::test]
async fn a_node_that_goes_away_is_followed_by_the_next() {
    let mut world = World::new(2).await;
    world.mine(&[15, 0]);
    world.mine(&[1, 9]);
    world.settle().await.unwrap();
    world.nodes[0].set_up(false);
    world.mine(&[2, 4]);
    world.settle().await.unwrap();
    world.holds(&world.stories.chain.blocks()).await;
    world.nodes[0].set_up(true);
    world.nodes[1].set_up(false);
    world.mine(&[10, 17]);
    world.settle().await.unwrap();
    world.holds(&world.stories.chain.blocks()).await;
}

#[tokio::test]
async fn a_node_that_lags_is_no_reorg_and_loses_no_log() {
    let mut world = World::new(3).await;
    for choices in [[15, 0], [1, 9], [2, 4], [10, 17]] {
        world.mine(&choices);
    }
    world.settle().await.unwrap();
    let before = world.checkpoint().await;
    // The node that is asked falls back, and the others go on.
    world.nodes[0].set_lag(3);
    let step = world.indexer.step().await.unwrap();
    assert_eq!(step.rewound, None);
    assert_eq!(world.checkpoint().await, before);
    world.mine(&[7, 33]);
    world.settle().await.unwrap();
    world.holds(&world.stories.chain.blocks()).await;
}

#[tokio::test]
async fn nodes_that_disagree_stop_the_index_until_they_agree() {
    let mut world = World::new(3).await;
    world.mine(&[15, 0]);
    world.settle().await.unwrap();
    world.mine(&[1, 9]);
    world.fork(2, &[2, 4]);
    let error = world.settle().await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("nodes disagree about block 2: "),
        "{error}"
    );
    assert!(world.stopped().await.unwrap().contains("nodes disagree"));
    let before = &world.stories.chain.blocks()[..2];
    world.holds(before).await;

    world.agree();
    world.settle().await.unwrap();
    world.holds(&world.stories.chain.blocks()).await;
    world.indexer.step().await.unwrap();
    assert_eq!(world.stopped().await, None);
}

#[tokio::test]
async fn nodes_of_different_chains_are_refused() {
    let one = Server::start(Stories::new().chain).await;
    let other = Server::start(Stories::new().chain).await;
    other.set_chain_id(5);
    let both = format!("{},{}", one.url, other.url);
    let error = Chain::connect(&both).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("nodes disagree about the chain: "),
        "{error}"
    );
}

/// What happens to the nodes.
#[derive(Clone, Debug)]
enum Turn {
    Mine(Vec<u8>),
    Reorg(usize, Vec<u8>),
    Away(usize),
    Back(usize),
    Lag(usize, u64),
    Fork(usize, Vec<u8>),
    Step,
}

fn turns() -> impl Strategy<Value = Vec<Turn>> {
    let choices = || proptest::collection::vec(any::<u8>(), 1..4);
    let turn = prop_oneof![
        4 => choices().prop_map(Turn::Mine),
        1 => (1..3_usize, choices()).prop_map(|(depth, made)| Turn::Reorg(depth, made)),
        1 => (0..3_usize).prop_map(Turn::Away),
        1 => (0..3_usize).prop_map(Turn::Back),
        1 => (0..3_usize, 0..3_u64).prop_map(|(node, lag)| Turn::Lag(node, lag)),
        1 => (0..3_usize, choices()).prop_map(|(node, made)| Turn::Fork(node, made)),
        4 => Just(Turn::Step),
    ];
    proptest::collection::vec(turn, 4..24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 40, ..Default::default() })]

    #[test]
    fn the_index_is_that_of_the_final_chain_or_stops(turns in turns()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(play(&turns));
    }
}

async fn play(turns: &[Turn]) {
    let mut world = World::new(3).await;
    for turn in turns {
        match turn {
            Turn::Mine(choices) => world.mine(choices),
            Turn::Reorg(depth, choices) => {
                world.stories.cut(*depth);
                world.mine(choices);
            }
            Turn::Away(node) => world.nodes[*node].set_up(false),
            Turn::Back(node) => world.nodes[*node].set_up(true),
            Turn::Lag(node, blocks) => world.nodes[*node].set_lag(*blocks),
            Turn::Fork(node, choices) => world.fork(*node, choices),
            Turn::Step => drop(world.indexer.step().await),
        }
    }
    // While all are there and one differs, nothing is chosen.
    for node in &world.nodes {
        node.set_up(true);
        node.set_lag(0);
    }
    world.agree();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    while let Err(error) = world.settle().await {
        let apart = matches!(&error, IndexError::Chain(ChainError::Disagreement { .. }));
        assert!(apart, "{error}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world.holds(&world.stories.chain.blocks()).await;
}
