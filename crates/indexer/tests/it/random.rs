//! Property: index(chain with re-orgs) = index(final chain), whatever happens in between.

use std::future::Future;
use std::pin::pin;
use std::task::Poll;

use guerdon_indexer::{Indexer, Options, Progress};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::export::{Scratch, export, folded, identity, ledger};
use crate::script::Script;
use crate::story::Stories;

#[derive(Clone, Debug)]
enum Move {
    /// Adds a block with an event for each choice.
    Mine(Vec<u8>),
    /// Takes back blocks and adds others in their place, or fewer, or none.
    Reorg(usize, Vec<Vec<u8>>),
    /// Steps once.
    Step,
    /// Steps while, after so many answers of the node, a re-org happens.
    StepOver(u32, usize, Vec<Vec<u8>>),
    /// Steps on a node that goes away after so many answers.
    Fail(u32),
    /// Begins a step and drops it after so many polls, as a kill would.
    Kill(u32),
    /// Opens the store again.
    Restart,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let block = || vec(any::<u8>(), 0..6);
    let one = prop_oneof![
        6 => block().prop_map(Move::Mine),
        2 => (1..12_usize, vec(block(), 0..8)).prop_map(|(cut, add)| Move::Reorg(cut, add)),
        6 => Just(Move::Step),
        1 => (0..6_u32, 1..12_usize, vec(block(), 0..8))
            .prop_map(|(answers, cut, add)| Move::StepOver(answers, cut, add)),
        1 => (0..6_u32).prop_map(Move::Fail),
        1 => (0..60_u32).prop_map(Move::Kill),
        1 => Just(Move::Restart),
    ];
    vec(one, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_history_of_reorgs_ends_as_if_only_the_final_chain_had_been(
        moves in moves(),
        range_max in 1..5_u64,
        reorg_depth in 0..10_u64,
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let options = Options { range_max, reorg_depth, ..Options::default() };
        runtime.block_on(check(&moves, options));
    }
}

async fn check(moves: &[Move], options: Options) {
    let mut stories = Stories::new();
    let mut scratch = Scratch::new().await;
    for one in moves {
        play(one, &mut stories, &mut scratch, options).await;
    }
    indexer(&stories.chain, &scratch, options)
        .await
        .catch_up()
        .await
        .unwrap();

    let blocks = stories.chain.blocks();
    let fresh = Scratch::new().await;
    indexer(&stories.chain, &fresh, Options::default())
        .await
        .catch_up()
        .await
        .unwrap();
    assert_eq!(export(&scratch.store).await, export(&fresh.store).await);
    let records = ledger(&mut scratch.store.read().await.unwrap()).await;
    assert_eq!(records, folded(&blocks));
    scratch.store.close().await;
    fresh.store.close().await;
}

async fn play(one: &Move, stories: &mut Stories, scratch: &mut Scratch, options: Options) {
    match one {
        Move::Mine(choices) => stories.mine(choices),
        Move::Reorg(depth, blocks) => reorg(stories, *depth, blocks),
        Move::Step => {
            indexer(&stories.chain, scratch, options)
                .await
                .step()
                .await
                .unwrap();
        }
        Move::StepOver(answers, depth, blocks) => {
            let before = stories.chain.blocks();
            reorg(stories, *depth, blocks);
            let after = stories.chain.blocks();
            stories.chain.replace(before);
            stories.chain.become_later(*answers, after);
            indexer(&stories.chain, scratch, options)
                .await
                .step()
                .await
                .unwrap();
            stories.chain.settle();
        }
        Move::Fail(answers) => {
            stories.chain.go_away_after(Some(*answers));
            let _ = indexer(&stories.chain, scratch, options).await.step().await;
            stories.chain.settle();
        }
        Move::Kill(polls) => {
            let indexer = indexer(&stories.chain, scratch, options).await;
            polled(indexer.step(), *polls).await;
        }
        Move::Restart => scratch.reopen().await,
    }
}

fn reorg(stories: &mut Stories, depth: usize, blocks: &[Vec<u8>]) {
    stories.cut(depth);
    for choices in blocks {
        stories.mine(choices);
    }
}

async fn indexer(chain: &Script, scratch: &Scratch, options: Options) -> Indexer<Script> {
    Indexer::new(chain.clone(), scratch.store.clone(), &identity(), options)
        .await
        .unwrap()
}

/// Polls a step so many times, then drops it.
async fn polled<E>(step: impl Future<Output = Result<Progress, E>>, polls: u32) {
    let mut step = pin!(step);
    let mut left = polls;
    std::future::poll_fn(|context| {
        let Some(fewer) = left.checked_sub(1) else {
            return Poll::Ready(());
        };
        left = fewer;
        step.as_mut().poll(context).map(|_| ())
    })
    .await;
}
