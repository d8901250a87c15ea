//! One step at a time.

use std::time::Duration;

use guerdon_indexer::{IndexError, Indexer, Options, Progress};
use guerdon_store::{Identity, StoreError};
use tokio::sync::oneshot;

use crate::events::{claimed, funded};
use crate::export::{Scratch, identity};
use crate::script::Script;
use crate::story::Stories;

async fn indexer(chain: &Script, scratch: &Scratch, range_max: u64) -> Indexer<Script> {
    let options = Options {
        range_max,
        ..Options::default()
    };
    let store = scratch.store.clone();
    Indexer::new(chain.clone(), store, &identity(), options)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_step_takes_one_range_and_says_so() {
    let mut stories = Stories::new();
    for _ in 0..5 {
        stories.mine(&[15, 14]);
    }
    let scratch = Scratch::new().await;
    let indexer = indexer(&stories.chain, &scratch, 2).await;
    let want = |from, to, logs| Progress {
        from,
        to,
        head: 5,
        logs,
        rewound: None,
        by_other: false,
        heard_at: 0,
    };
    assert_eq!(indexer.step().await.unwrap(), want(1, 2, 4));
    assert_eq!(indexer.step().await.unwrap(), want(3, 4, 4));
    assert!(!want(3, 4, 4).is_done());
    assert_eq!(indexer.step().await.unwrap(), want(5, 5, 2));
    assert_eq!(indexer.step().await.unwrap(), want(6, 5, 0));
    assert!(want(6, 5, 0).is_done());
    let counts = scratch.store.read().await.unwrap().counts().await.unwrap();
    assert_eq!(counts.logs, 5, "an event that states no fact is not kept");
}

#[tokio::test]
async fn a_chain_before_the_deployment_is_done_at_once() {
    let stories = Stories::new();
    let scratch = Scratch::new().await;
    let indexer = indexer(&stories.chain, &scratch, 10).await;
    assert!(indexer.step().await.unwrap().is_done());
    assert_eq!(
        scratch
            .store
            .read()
            .await
            .unwrap()
            .checkpoint()
            .await
            .unwrap(),
        None
    );
}

#[tokio::test]
async fn a_head_below_the_checkpoint_is_taken_back() {
    let mut stories = Stories::new();
    for _ in 0..6 {
        stories.mine(&[15]);
    }
    let scratch = Scratch::new().await;
    let indexer = indexer(&stories.chain, &scratch, 10).await;
    indexer.catch_up().await.unwrap();
    stories.cut(2);
    let progress = indexer.step().await.unwrap();
    assert_eq!(progress.rewound.unwrap().ancestor, Some(4));
    assert_eq!(progress.head, 4);
    assert!(indexer.step().await.unwrap().is_done());
    let counts = scratch.store.read().await.unwrap().counts().await.unwrap();
    assert_eq!(counts.logs, 4);
}

#[tokio::test]
async fn another_chain_is_refused() {
    let stories = Stories::new();
    let scratch = Scratch::new().await;
    indexer(&stories.chain, &scratch, 1).await;
    let other = Identity {
        chain_id: 1,
        ..identity()
    };
    let store = scratch.store.clone();
    let error = Indexer::new(stories.chain.clone(), store, &other, Options::default()).await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, IndexError::Store(StoreError::OtherChain { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn a_log_that_contradicts_earlier_ones_stops_with_its_place() {
    let stories = Stories::new();
    stories.chain.mine(vec![funded(5)]);
    stories
        .chain
        .mine(vec![funded(5), claimed([9; 32].into(), 1, 0)]);
    let scratch = Scratch::new().await;
    let indexer = indexer(&stories.chain, &scratch, 1).await;
    indexer.step().await.unwrap();
    let error = indexer.step().await.unwrap_err();
    assert!(
        matches!(
            error,
            IndexError::Contradiction {
                block: 2,
                log_index: 1,
                ..
            }
        ),
        "{error}"
    );
    assert!(!error.is_passing());
    let mut read = scratch.store.read().await.unwrap();
    assert_eq!(
        read.checkpoint().await.unwrap().unwrap().block,
        1,
        "nothing of it was written"
    );
    assert_eq!(read.pool().await.unwrap().funded, 5);
}

#[tokio::test]
async fn two_indexers_of_one_store_count_nothing_twice() {
    let mut stories = Stories::new();
    for _ in 0..20 {
        stories.mine(&[15, 15]);
    }
    let scratch = Scratch::new().await;
    let one = indexer(&stories.chain, &scratch, 3).await;
    let other = one.clone();
    let (left, right) = tokio::join!(one.catch_up(), other.catch_up());
    left.unwrap();
    right.unwrap();
    let counts = scratch.store.read().await.unwrap().counts().await.unwrap();
    assert_eq!(counts.logs, 40);
}

#[tokio::test]
async fn running_waits_for_a_node_that_is_away_and_stops_when_told() {
    let mut stories = Stories::new();
    stories.mine(&[15]);
    let scratch = Scratch::new().await;
    let indexer = indexer(&stories.chain, &scratch, 1).await;
    let chain = stories.chain.clone();
    chain.go_away_after(Some(0));
    let (stop, stopped) = oneshot::channel::<()>();
    let run = tokio::spawn(async move {
        let mut steps = 0;
        let stopped = async { stopped.await.unwrap() };
        indexer.run(stopped, |_| steps += 1).await.map(|()| steps)
    });

    while chain.asked() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    chain.go_away_after(None);
    loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let mut read = scratch.store.read().await.unwrap();
        if read.checkpoint().await.unwrap().is_some() {
            break;
        }
    }
    stop.send(()).unwrap();
    assert!(run.await.unwrap().unwrap() >= 1);
}
