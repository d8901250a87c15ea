//! Nodes that invent, hide and hang: none of several is believed alone, and none stops the others.

use guerdon_chain::ChainError;
use guerdon_indexer::IndexError;

use crate::nodes::World;
use crate::server::Manner;

#[tokio::test]
async fn a_block_that_one_node_alone_has_is_not_written() {
    let mut world = World::new(3).await;
    world.mine(&[15, 0]);
    world.mine(&[1, 9]);
    let honest = world.stories.chain.blocks();
    // The liar is the one that is asked.
    world.invent(0, &[2, 4]);
    world.settle().await.unwrap();
    assert_eq!(world.checkpoint().await.unwrap().block, 2);
    world.holds(&honest).await;
    assert_eq!(world.stopped().await, None);

    // Once a second one has the block, it is the chain's.
    let more = world.nodes[0].chain.blocks();
    world.nodes[1].chain.replace(more.clone());
    world.settle().await.unwrap();
    assert_eq!(world.checkpoint().await.unwrap().block, 3);
    world.holds(&more).await;
}

#[tokio::test]
async fn of_two_nodes_the_slower_one_sets_the_pace() {
    let mut world = World::new(2).await;
    world.mine(&[15, 0]);
    world.mine(&[1, 9]);
    world.settle().await.unwrap();
    world.nodes[1].set_lag(1);
    world.mine(&[2, 4]);
    let honest = &world.stories.chain.blocks()[..3];
    world.settle().await.unwrap();
    world.holds(honest).await;
    world.nodes[1].set_lag(0);
    world.settle().await.unwrap();
    world.holds(&world.stories.chain.blocks()).await;
}

#[tokio::test]
async fn one_node_alone_takes_nothing_back() {
    let mut world = World::new(2).await;
    for choices in [[15, 0], [1, 9], [2, 4]] {
        world.mine(&choices);
    }
    world.settle().await.unwrap();
    let before = world.checkpoint().await;
    world.nodes[1].set_lag(2);
    world.fork(0, &[10, 17]);
    let step = world.indexer.step().await.unwrap();
    assert_eq!(step.rewound, None);
    assert_eq!(world.checkpoint().await, before);
    world.holds(&world.stories.chain.blocks()).await;
}

#[tokio::test]
async fn a_node_that_cannot_tell_its_blocks_stops_nobody() {
    for manner in [Manner::Forgets, Manner::Hangs] {
        let mut world = World::new(3).await;
        world.mine(&[15, 0]);
        let honest = world.stories.chain.blocks();
        world.invent(2, &[1, 9]);
        world.nodes[2].set_manner(manner);
        world.indexer.step().await.unwrap();
        assert_eq!(world.checkpoint().await.unwrap().block, 1, "{manner:?}");
        world.holds(&honest).await;
        assert!(world.chain.nodes()[2].failures > 0, "{manner:?}");
    }
}

#[tokio::test]
async fn logs_that_one_node_leaves_out_stop_the_index() {
    // The one that is asked leaves them out, or the one that it is compared with.
    for liar in [0, 1] {
        let mut world = World::new(2).await;
        world.mine(&[15, 0]);
        world.nodes[liar].set_manner(Manner::LeavesOut);
        let error = world.settle().await.unwrap_err();
        let apart = matches!(&error, IndexError::Chain(ChainError::Disagreement { .. }));
        assert!(apart, "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with("nodes disagree about the logs of blocks 1 to 1: "),
            "{text}"
        );
        assert!(world.stopped().await.is_some());
        assert_eq!(world.checkpoint().await, None);

        world.nodes[liar].set_manner(Manner::Honest);
        world.settle().await.unwrap();
        world.holds(&world.stories.chain.blocks()).await;
    }
}

#[tokio::test]
async fn a_time_that_one_node_alone_tells_is_not_written() {
    let mut world = World::new(2).await;
    world.mine(&[15, 0]);
    world.nodes[0].set_manner(Manner::Misdates);
    world.settle().await.unwrap();
    let block = &world.stories.chain.blocks()[1];
    let times: Vec<u64> = block.logs.iter().map(|_| block.head.time).collect();
    assert!(!times.is_empty());
    assert_eq!(world.times().await, times);
}
