//! The keeper on a scripted chain: failures, kills between two lines, stuck and displaced
//! transactions, leases, budgets.

use guerdon_store::JobState;

use super::script::{AMOUNT, NOW, company, keeper};
use super::{DAY, Stopped};
use crate::error::Kind;

#[tokio::test]
async fn everybody_due_is_paid_once() {
    let (company, keeper) = company(5).await;
    let pass = keeper.pass().await.unwrap();
    assert_eq!((pass.due, pass.paid(), pass.left), (5, 5, 0));
    assert_eq!(pass.gross(), 5 * AMOUNT);
    assert_eq!(pass.transactions.len(), 1);
    company.index(&keeper.node).await;
    let again = keeper.pass().await.unwrap();
    assert_eq!((again.due, again.transactions.len()), (0, 0));
}

#[tokio::test]
async fn a_recipient_that_fails_is_isolated_and_tried_less_and_less_often() {
    let (company, keeper) = company(3).await;
    let bad = company.ids[1];
    keeper.node.world().refused.insert(bad);
    let pass = keeper.pass().await.unwrap();
    assert_eq!((pass.paid(), pass.failed.len()), (2, 1));
    let failing = &pass.failed[0];
    assert_eq!((failing.id, failing.times), (bad, 1));
    assert_eq!(failing.retry_at, NOW + 3_600);
    assert!(failing.reason.contains("0xbbbb"), "{}", failing.reason);
    company.index(&keeper.node).await;

    let soon = keeper.pass().await.unwrap();
    assert_eq!((soon.due, soon.backing_off), (0, 1));

    // An hour later a try shows that it would fail alone: nothing is sent for it.
    keeper.node.world().time = NOW + 3_600;
    let later = keeper.pass().await.unwrap();
    assert_eq!((later.due, later.transactions.len()), (1, 0));
    assert_eq!(later.failed[0].times, 2);
    assert_eq!(later.failed[0].retry_at, NOW + 3 * 3_600);

    keeper.node.world().refused.clear();
    keeper.node.world().time = NOW + 3 * 3_600;
    assert_eq!(keeper.pass().await.unwrap().paid(), 1);
    let mut read = company.store.read().await.unwrap();
    assert!(read.failures().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_grant_that_no_transaction_can_hold_does_not_stop_the_others() {
    let (company, keeper) = company(6).await;
    keeper.node.world().poison.insert(company.ids[2]);
    let pass = keeper.pass().await.unwrap();
    assert_eq!((pass.paid(), pass.left), (5, 0));
    assert_eq!(pass.failed[0].id, company.ids[2]);
}

#[tokio::test]
async fn what_was_written_and_not_sent_is_sent_by_the_next_keeper() {
    let (company, first) = company(4).await;
    first.node.world().away = true;
    // As a kill between the commit and the hand-over.
    assert_eq!(first.pass().await.unwrap_err().kind, Kind::NotFound);
    let mut read = company.store.read().await.unwrap();
    let open = read.open_jobs(keeper_sender(&first)).await.unwrap();
    drop(read);
    assert_eq!(open.len(), 1);

    let second = keeper(first.node, &company.store, "second");
    second.node.world().away = false;
    let held = second.pass().await.unwrap_err();
    assert_eq!(held.kind, Kind::Precondition);
    assert!(held.to_string().contains("first"), "{held}");

    second.node.world().time += 31;
    let pass = second.pass().await.unwrap();
    assert_eq!(pass.stopped, Some(Stopped::Reconciled));
    assert_eq!(pass.paid(), 4);
    assert_eq!(
        pass.transactions[0].tx, open[0].sent[0].tx,
        "the same bytes"
    );
    company.index(&second.node).await;
    assert_eq!(second.pass().await.unwrap().due, 0);
}

#[tokio::test]
async fn a_stuck_transaction_is_replaced_at_the_same_nonce() {
    let (company, keeper) = company(2).await;
    {
        let mut world = keeper.node.world();
        (world.least_fee, world.pace) = (120, 20);
    }
    let waiting = keeper.pass().await.unwrap();
    assert_eq!(waiting.stopped, Some(Stopped::Waiting));
    keeper.node.world().pace = 0;
    let pass = keeper.pass().await.unwrap();
    assert_eq!((pass.paid(), keeper.node.world().next_nonce), (2, 1));
    let mut read = company.store.read().await.unwrap();
    let jobs = read.recent_jobs(9).await.unwrap();
    assert_eq!(jobs.len(), 1);
    let fees: Vec<u128> = jobs[0].sent.iter().map(|sent| sent.max_fee).collect();
    assert_eq!(fees, [100, 113, 128], "an eighth more each time");
    assert_eq!(jobs[0].done.unwrap().tx, jobs[0].sent[2].tx);
}

#[tokio::test]
async fn replacements_stop_at_the_highest_fee_and_the_keeper_waits() {
    let (company, keeper) = company(2).await;
    {
        let mut world = keeper.node.world();
        (world.least_fee, world.pace) = (5_000, 200);
    }
    for _ in 0..20 {
        let pass = keeper.pass().await.unwrap();
        assert_eq!(pass.stopped, Some(Stopped::Waiting));
    }
    let mut read = company.store.read().await.unwrap();
    let jobs = read.recent_jobs(9).await.unwrap();
    drop(read);
    let highest = jobs[0].sent.iter().map(|sent| sent.max_fee).max().unwrap();
    assert!((888..=1_000).contains(&highest), "{highest}");

    {
        let mut world = keeper.node.world();
        (world.least_fee, world.pace) = (0, 0);
        world.pool.clear();
    }
    let pass = keeper.pass().await.unwrap();
    assert_eq!((pass.paid(), jobs.len()), (2, 1));
}

#[tokio::test]
async fn a_nonce_that_somebody_else_used_is_given_up() {
    let (company, first) = company(2).await;
    first.node.world().away = true;
    first.pass().await.unwrap_err();
    let second = keeper(first.node, &company.store, "first");
    {
        let mut world = second.node.world();
        (world.away, world.next_nonce) = (false, 1);
    }
    let pass = second.pass().await.unwrap();
    assert_eq!((pass.paid(), second.node.world().next_nonce), (2, 2));
    let mut read = company.store.read().await.unwrap();
    let jobs = read.recent_jobs(9).await.unwrap();
    let states: Vec<JobState> = jobs.iter().map(|job| job.state).collect();
    assert_eq!(states, [JobState::Done, JobState::Displaced]);
}

#[tokio::test]
async fn a_days_gas_is_not_passed() {
    let (company, mut keeper) = company(40).await;
    keeper.policy.gas_per_day = 500_000;
    let first = keeper.pass().await.unwrap();
    assert_eq!(first.stopped, Some(Stopped::Budget));
    assert!((15..40).contains(&first.paid()), "{}", first.paid());
    assert_eq!(first.left, 40 - first.paid());
    assert!(first.gas_used() <= 500_000);

    company.index(&keeper.node).await;
    let same_day = keeper.pass().await.unwrap();
    assert!(first.gas_used() + same_day.gas_used() <= 500_000);
    company.index(&keeper.node).await;
    keeper.node.world().time += DAY;
    let next_day = keeper.pass().await.unwrap();
    assert!(next_day.paid() > 0);
}

#[tokio::test]
async fn small_payments_are_left_to_grow() {
    let (_company, mut keeper) = company(3).await;
    keeper.policy.min_payout = AMOUNT + 1;
    let pass = keeper.pass().await.unwrap();
    assert_eq!((pass.due, pass.too_small), (0, 3));
}

fn keeper_sender<N: super::Node>(keeper: &super::Keeper<N>) -> alloy_primitives::Address {
    keeper.node.sender()
}
