//! Re-orgs at every depth up to the limit, and beyond it.

use guerdon_indexer::{Indexer, Options, Rewound};

use crate::export::{Scratch, export, folded, identity, ledger};
use crate::story::Stories;

/// Choices that make a full life of grants and goals.
const LIFE: [&[u8]; 12] = [
    &[15, 0],
    &[1, 9],
    &[2, 4],
    &[10, 17],
    &[7, 33],
    &[11, 20],
    &[200, 205, 212],
    &[12, 14, 207],
    &[8, 1, 204, 219],
    &[0, 13, 203],
    &[26, 36, 206],
    &[4, 5, 6],
];
const OTHER_LIFE: [&[u8]; 6] = [
    &[0, 1, 4],
    &[9, 205, 201],
    &[10, 2, 206],
    &[11, 17, 20],
    &[12],
    &[8, 5, 30],
];

#[tokio::test]
async fn every_depth_up_to_the_limit_and_beyond_is_taken_back() {
    let limit = 8;
    for depth in 1..=12 {
        for grown in [0, 1, 6] {
            let rewound = check(depth, grown, limit).await;
            let remembered = u64::try_from(12 - depth).unwrap();
            let want = (remembered > 0 && depth as u64 <= limit).then_some(remembered);
            if depth as u64 <= limit {
                assert_eq!(
                    rewound,
                    Rewound {
                        was: 12,
                        ancestor: want
                    },
                    "depth {depth}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_reorg_between_any_two_answers_of_the_node_mixes_nothing() {
    for indexed in 0..3 {
        for answers in 0..12 {
            let mut stories = Stories::new();
            LIFE.iter()
                .take(indexed)
                .for_each(|choices| stories.mine(choices));
            let scratch = Scratch::new().await;
            let options = Options {
                reorg_depth: 8,
                ..Options::default()
            };
            let store = scratch.store.clone();
            let source = stories.chain.clone();
            let indexer = Indexer::new(source, store, &identity(), options)
                .await
                .unwrap();
            indexer.catch_up().await.unwrap();

            LIFE.iter()
                .skip(indexed)
                .take(4)
                .for_each(|choices| stories.mine(choices));
            stories.mine(&[]);
            let before = stories.chain.blocks();
            stories.cut(before.len());
            OTHER_LIFE
                .iter()
                .take(indexed + 4)
                .for_each(|choices| stories.mine(choices));
            stories.mine(&[]);
            let after = stories.chain.blocks();
            stories.chain.replace(before);
            stories.chain.become_later(answers, after.clone());

            indexer.catch_up().await.unwrap();
            stories.chain.settle();
            indexer.catch_up().await.unwrap();
            let records = ledger(&mut scratch.store.read().await.unwrap()).await;
            assert_eq!(
                records,
                folded(&after),
                "{indexed} indexed, {answers} answers"
            );
        }
    }
}

#[tokio::test]
async fn a_chain_that_returns_to_an_earlier_branch_is_followed_back() {
    let mut stories = Stories::new();
    LIFE.iter().for_each(|choices| stories.mine(choices));
    let scratch = Scratch::new().await;
    let store = scratch.store.clone();
    let source = stories.chain.clone();
    let options = Options::default();
    let indexer = Indexer::new(source, store, &identity(), options)
        .await
        .unwrap();
    indexer.catch_up().await.unwrap();

    let before = stories.chain.blocks();
    stories.cut(9);
    stories.mine(&[15, 15]);
    for _ in 0..10 {
        stories.mine(&[]);
    }
    indexer.catch_up().await.unwrap();
    stories.chain.replace(before.clone());
    indexer.catch_up().await.unwrap();
    let records = ledger(&mut scratch.store.read().await.unwrap()).await;
    assert_eq!(records, folded(&before));
}

/// Indexes a life block by block, replaces its last `depth` blocks by `grown` others, and compares
/// with a store that has seen only the result.
async fn check(depth: usize, grown: usize, reorg_depth: u64) -> Rewound {
    let mut stories = Stories::new();
    LIFE.iter().for_each(|choices| stories.mine(choices));
    let scratch = Scratch::new().await;
    let options = Options {
        range_max: 1,
        reorg_depth,
        ..Options::default()
    };
    let source = stories.chain.clone();
    let store = scratch.store.clone();
    let indexer = Indexer::new(source, store, &identity(), options)
        .await
        .unwrap();
    indexer.catch_up().await.unwrap();
    let life = stories.chain.blocks();
    assert_eq!(
        ledger(&mut scratch.store.read().await.unwrap()).await,
        folded(&life)
    );

    stories.cut(depth);
    OTHER_LIFE
        .iter()
        .take(grown)
        .for_each(|choices| stories.mine(choices));
    let rewound = indexer.step().await.unwrap().rewound.unwrap();
    indexer.catch_up().await.unwrap();

    let blocks = stories.chain.blocks();
    assert_eq!(
        ledger(&mut scratch.store.read().await.unwrap()).await,
        folded(&blocks)
    );
    let fresh = Scratch::new().await;
    let store = fresh.store.clone();
    let other = Indexer::new(stories.chain.clone(), store, &identity(), options)
        .await
        .unwrap();
    other.catch_up().await.unwrap();
    assert_eq!(export(&scratch.store).await, export(&fresh.store).await);
    rewound
}
