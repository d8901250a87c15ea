//! Several indexers on one database: the one with the lease writes.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use alloy_primitives::Address;
use guerdon_chain::{ChainError, Head};
use guerdon_core::fact::Log;
use guerdon_indexer::{Finality, Holding, Indexer, LEASE, Options, Source};
use guerdon_store::{IndexState, Store};

use crate::export::{Scratch, folded, identity, ledger};
use crate::script::Script;
use crate::story::Stories;

const SECONDS: u64 = 30;

async fn named<S: Source>(
    source: S,
    scratch: &Scratch,
    name: &str,
    wall: fn() -> u64,
) -> Indexer<S> {
    let options = Options {
        range_max: 1,
        ..Options::default()
    };
    let store = scratch.store.clone();
    let indexer = Indexer::new(source, store, &identity(), options)
        .await
        .unwrap();
    indexer.under_lease(Holding::new(name, SECONDS, wall).by_clock(wall))
}

async fn state(scratch: &Scratch) -> IndexState {
    let mut read = scratch.store.read().await.unwrap();
    read.index_state().await.unwrap().unwrap()
}

#[tokio::test]
async fn another_follows_when_the_lease_has_run_out() {
    static WALL: AtomicU64 = AtomicU64::new(1_000);
    let wall = || WALL.load(Ordering::SeqCst);
    let stories = three_blocks();
    let scratch = Scratch::new().await;
    let first = named(stories.chain.clone(), &scratch, "first", wall).await;
    let second = named(stories.chain.clone(), &scratch, "second", wall).await;

    assert_eq!(first.step().await.unwrap().to, 1);
    let seen = second.step().await.unwrap();
    assert!(seen.by_other, "{seen:?}");
    assert_eq!((seen.to, seen.head, seen.is_done()), (1, 3, false));

    // Killed: nothing is heard of it until its time is over.
    WALL.store(1_000 + SECONDS - 1, Ordering::SeqCst);
    assert!(second.step().await.unwrap().by_other);
    WALL.store(1_000 + SECONDS, Ordering::SeqCst);
    let taken = second.step().await.unwrap();
    assert_eq!((taken.by_other, taken.to), (false, 2));
    // It was only slow, and finds the lease gone.
    assert!(first.step().await.unwrap().by_other);

    second.release().await.unwrap();
    assert_eq!(first.catch_up().await.unwrap().to, 3);
    let mut read = scratch.store.read().await.unwrap();
    let lease = read.lease(LEASE).await.unwrap();
    assert_eq!(lease.unwrap().holder, "first");
    assert_eq!(ledger(&mut read).await, folded(&stories.chain.blocks()));
}

/// A chain whose first answer takes so long that another process has the lease meanwhile.
struct Slow {
    chain: Script,
    store: Store,
    wall: &'static AtomicU64,
    has_answered: AtomicBool,
}

impl Source for &Slow {
    async fn head(&self, finality: Finality) -> Result<Head, ChainError> {
        self.chain.head(finality).await
    }

    async fn block(&self, number: u64) -> Result<Option<Head>, ChainError> {
        self.chain.block(number).await
    }

    async fn logs(&self, from: u64, to: u64, of: &[Address]) -> Result<Vec<Log>, ChainError> {
        if self.has_answered.swap(true, Ordering::SeqCst) {
            return self.chain.logs(from, to, of).await;
        }
        let now = self.wall.fetch_add(SECONDS + 1, Ordering::SeqCst) + SECONDS + 1;
        let mut tx = self.store.write().await.unwrap();
        let lease = tx.take_lease(LEASE, "quick", now, SECONDS).await.unwrap();
        assert_eq!(lease.holder, "quick");
        tx.commit().await.unwrap();
        self.chain.logs(from, to, of).await
    }
}

#[tokio::test]
async fn what_was_read_under_a_lost_lease_is_not_written() {
    static WALL: AtomicU64 = AtomicU64::new(1_000);
    let wall = || WALL.load(Ordering::SeqCst);
    let stories = three_blocks();
    let scratch = Scratch::new().await;
    let slow = Slow {
        chain: stories.chain.clone(),
        store: scratch.store.clone(),
        wall: &WALL,
        has_answered: AtomicBool::new(false),
    };
    let indexer = named(&slow, &scratch, "slow", wall).await;
    let step = indexer.step().await.unwrap();
    assert_eq!((step.to, step.logs), (0, 0), "{step:?}");
    let mut read = scratch.store.read().await.unwrap();
    assert_eq!(read.checkpoint().await.unwrap(), None);
    assert_eq!(read.recent_logs(None, 10).await.unwrap().len(), 0);
    assert_eq!(read.lease(LEASE).await.unwrap().unwrap().holder, "quick");
}

#[tokio::test]
async fn what_was_heard_of_the_chain_is_known_to_all() {
    static WALL: AtomicU64 = AtomicU64::new(1_000);
    let wall = || WALL.load(Ordering::SeqCst);
    let stories = three_blocks();
    let scratch = Scratch::new().await;
    let indexer = named(stories.chain.clone(), &scratch, "first", wall).await;
    indexer.step().await.unwrap();
    let heard = state(&scratch).await;
    assert_eq!(
        (heard.holder.as_str(), heard.answered_at, heard.head),
        ("first", 1_000, 3)
    );
    indexer.catch_up().await.unwrap();
    WALL.store(1_020, Ordering::SeqCst);
    indexer.step().await.unwrap();
    let heard = state(&scratch).await;
    assert_eq!((heard.answered_at, heard.stopped), (1_020, None));
}

/// A chain whose newest block is told a minute late.
struct Late(Script, &'static AtomicU64);

impl Source for &Late {
    async fn head(&self, finality: Finality) -> Result<Head, ChainError> {
        let head = self.0.head(finality).await;
        self.1.fetch_add(60, Ordering::SeqCst);
        head
    }

    async fn block(&self, number: u64) -> Result<Option<Head>, ChainError> {
        self.0.block(number).await
    }

    async fn logs(&self, from: u64, to: u64, of: &[Address]) -> Result<Vec<Log>, ChainError> {
        self.0.logs(from, to, of).await
    }
}

#[tokio::test]
async fn what_was_heard_is_as_old_as_the_question() {
    static WALL: AtomicU64 = AtomicU64::new(1_000);
    let wall = || WALL.load(Ordering::SeqCst);
    let scratch = Scratch::new().await;
    let late = Late(three_blocks().chain, &WALL);
    let indexer = named(&late, &scratch, "first", wall).await;
    let step = indexer.step().await.unwrap();
    assert_eq!(
        (step.heard_at, state(&scratch).await.answered_at),
        (1_000, 1_000)
    );
}

#[tokio::test]
async fn a_clock_a_day_ahead_holds_no_lease_for_a_day() {
    let wrong = || u64::MAX / 4;
    let stories = three_blocks();
    let scratch = Scratch::new().await;
    let options = Options::default();
    let store = || scratch.store.clone();
    let indexer = Indexer::new(stories.chain.clone(), store(), &identity(), options).await;
    let indexer = indexer
        .unwrap()
        .under_lease(Holding::new("ahead", SECONDS, wrong));
    indexer.step().await.unwrap();
    let mut read = scratch.store.read().await.unwrap();
    let (now, lease) = (
        read.clock().await.unwrap(),
        read.lease(LEASE).await.unwrap(),
    );
    let left = lease.unwrap().expires_at.saturating_sub(now);
    assert!((SECONDS - 5..=SECONDS).contains(&left), "{left} s are left");
    let answered = read.index_state().await.unwrap().unwrap().answered_at;
    assert!(answered <= now, "{answered} lies ahead of {now}");
}

fn three_blocks() -> Stories {
    let mut stories = Stories::new();
    for choices in [[15, 0], [1, 9], [2, 4]] {
        stories.mine(&choices);
    }
    stories
}
