//! Claims that holders asked for: paid once, refused in words, whatever the keeper dies of.

use alloy_primitives::{Address, B256};
use guerdon_store::{JobState, RelayRequest, RelayState};

use super::script::{AMOUNT, Company, NOW, Script, company, keeper};
use super::{Keeper, Node as _, RelayPolicy, Stopped};

const WALLET: Address = Address::repeat_byte(7);

async fn asked(grants: u8) -> (Company, Keeper<Script>) {
    let (company, mut keeper) = company(grants).await;
    keeper.policy.relay = Some(RelayPolicy {
        min_payout: AMOUNT / 2,
        gas_per_day: 200_000,
    });
    keeper.policy.relay_only = true;
    ask(&company, company.ids[0]).await;
    (company, keeper)
}

async fn ask(company: &Company, grant: B256) {
    let mut tx = company.store.write().await.unwrap();
    let asked = tx.put_relay_request(grant, WALLET, NOW, NOW).await.unwrap();
    assert!(asked.is_some());
    tx.commit().await.unwrap();
}

async fn last(company: &Company, grant: B256) -> RelayRequest {
    let mut read = company.store.read().await.unwrap();
    read.last_relay_request(grant).await.unwrap().unwrap()
}

async fn outcome(company: &Company) -> (RelayState, String) {
    let last = last(company, company.ids[0]).await;
    (last.state, last.outcome)
}

#[tokio::test]
async fn who_asks_is_paid_once_and_nobody_else() {
    let (company, keeper) = asked(3).await;
    let pass = keeper.pass().await.unwrap();
    assert_eq!((pass.paid(), pass.gross()), (1, AMOUNT));
    assert_eq!(pass.stopped, Some(Stopped::Relayed));
    let (state, says) = outcome(&company).await;
    assert_eq!(
        (state, says.as_str()),
        (RelayState::Done, "Paid by the relay.")
    );

    company.index(&keeper.node).await;
    let again = keeper.pass().await.unwrap();
    assert_eq!((again.paid(), again.stopped), (0, None));
    // Within a day she cannot ask again.
    let mut tx = company.store.write().await.unwrap();
    let (grant, since) = (company.ids[0], NOW - 1);
    let soon = tx.put_relay_request(grant, WALLET, NOW, since).await;
    assert_eq!(soon.unwrap(), None);
    tx.commit().await.unwrap();
    // Asked again a day later, nothing is left to pay, and nothing is sent for it.
    ask(&company, company.ids[0]).await;
    keeper.pass().await.unwrap();
    assert_eq!(outcome(&company).await.0, RelayState::Refused);
    assert_eq!(keeper.node.world().next_nonce, 1);
}

#[tokio::test]
async fn everybody_due_is_paid_after_who_asked() {
    let (company, mut keeper) = asked(3).await;
    keeper.policy.relay_only = false;
    assert_eq!(keeper.pass().await.unwrap().paid(), 1);
    company.index(&keeper.node).await;
    assert_eq!(keeper.pass().await.unwrap().paid(), 2);
}

#[tokio::test]
async fn a_keeper_killed_before_it_hands_over_pays_once_all_the_same() {
    let (company, first) = asked(1).await;
    first.node.world().away = true;
    first.pass().await.unwrap_err();
    let tied = last(&company, company.ids[0]).await;
    assert_eq!((tied.state, tied.job), (RelayState::Open, Some(1)));

    let policy = first.policy.clone();
    let mut second = keeper(first.node, &company.store, "second");
    second.policy = policy;
    {
        let mut world = second.node.world();
        (world.away, world.time) = (false, NOW + 31);
    }
    let pass = second.pass().await.unwrap();
    assert_eq!((pass.paid(), second.node.world().next_nonce), (1, 1));
    assert_eq!(outcome(&company).await.0, RelayState::Done);
    company.index(&second.node).await;
    assert_eq!(second.pass().await.unwrap().paid(), 0);
}

#[tokio::test]
async fn a_keeper_killed_after_the_block_still_says_what_became_of_it() {
    let (company, keeper) = asked(1).await;
    keeper.pass().await.unwrap();
    // As if the outcome had not been written.
    let mut tx = company.store.write().await.unwrap();
    tx.set_relay_outcome(1, RelayState::Open, "", None, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    company.index(&keeper.node).await;
    assert_eq!(keeper.pass().await.unwrap().paid(), 0);
    assert_eq!(outcome(&company).await.0, RelayState::Done);
}

#[tokio::test]
async fn who_was_overtaken_in_the_block_is_not_told_that_the_relay_paid() {
    let (company, keeper) = asked(1).await;
    keeper.node.world().overtaken.insert(company.ids[0]);
    assert_eq!(keeper.pass().await.unwrap().paid(), 0);
    assert_eq!(keeper.node.world().next_nonce, 1, "it was sent");
    let (state, says) = outcome(&company).await;
    assert_eq!(state, RelayState::Refused);
    assert!(says.contains("nothing was left to pay"), "{says}");
    // What the relay did not pay keeps nobody from asking again.
    ask(&company, company.ids[0]).await;
}

#[tokio::test]
async fn a_receipt_that_no_node_shows_decides_nothing_for_an_hour() {
    let (company, keeper) = asked(1).await;
    keeper.pass().await.unwrap();
    let mut tx = company.store.write().await.unwrap();
    tx.set_relay_outcome(1, RelayState::Open, "", None, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    keeper.node.world().landed.clear();
    keeper.pass().await.unwrap();
    assert_eq!(outcome(&company).await.0, RelayState::Open);
    keeper.node.world().time = NOW + 3_601;
    keeper.pass().await.unwrap();
    let (state, says) = outcome(&company).await;
    assert_eq!(state, RelayState::Refused);
    assert!(says.contains("Nothing was paid"), "{says}");
}

#[tokio::test]
async fn small_claims_and_those_past_the_days_gas_are_refused_in_words() {
    let (company, mut keeper) = asked(2).await;
    let relay = |min_payout, gas_per_day| {
        Some(RelayPolicy {
            min_payout,
            gas_per_day,
        })
    };
    keeper.policy.relay = relay(AMOUNT + 1, 200_000);
    keeper.pass().await.unwrap();
    let (state, says) = outcome(&company).await;
    assert_eq!(state, RelayState::Refused);
    assert!(says.contains("less than the relay pays for"), "{says}");

    ask(&company, company.ids[0]).await;
    keeper.policy.relay = relay(0, 60_000);
    keeper.pass().await.unwrap();
    let (_, says) = outcome(&company).await;
    assert!(says.contains("gas for today is used up"), "{says}");
    assert_eq!(keeper.node.world().next_nonce, 0, "nothing was sent");

    // The first claim of the day leaves too little for the second.
    ask(&company, company.ids[0]).await;
    ask(&company, company.ids[1]).await;
    keeper.policy.relay = relay(0, 100_000);
    assert_eq!(keeper.pass().await.unwrap().paid(), 1);
    let second = last(&company, company.ids[1]).await;
    assert!(second.outcome.contains("used up"), "{}", second.outcome);
}

#[tokio::test]
async fn a_claim_that_would_fail_is_tried_and_not_sent() {
    let (company, keeper) = asked(1).await;
    keeper.node.world().refused.insert(company.ids[0]);
    keeper.pass().await.unwrap();
    let (state, says) = outcome(&company).await;
    assert_eq!(state, RelayState::Refused);
    assert!(says.contains("a try"), "{says}");
    assert_eq!(keeper.node.world().next_nonce, 0);

    let (company, keeper) = asked(1).await;
    keeper.node.world().poison.insert(company.ids[0]);
    keeper.pass().await.unwrap();
    assert!(outcome(&company).await.1.contains("a try"));
}

#[tokio::test]
async fn a_displaced_transaction_leaves_the_holder_free_to_ask_again() {
    let (company, first) = asked(1).await;
    first.node.world().away = true;
    first.pass().await.unwrap_err();
    {
        let mut world = first.node.world();
        (world.away, world.next_nonce) = (false, 1);
    }
    first.pass().await.unwrap();
    let (state, says) = outcome(&company).await;
    assert_eq!(state, RelayState::Refused);
    assert!(says.contains("took the place"), "{says}");
    ask(&company, company.ids[0]).await;
    assert_eq!(first.pass().await.unwrap().paid(), 1);
    let mut read = company.store.read().await.unwrap();
    let jobs = read.recent_jobs(9).await.unwrap();
    let states: Vec<JobState> = jobs.iter().map(|job| job.state).collect();
    assert_eq!(states, [JobState::Done, JobState::Displaced]);
}

#[tokio::test]
async fn without_a_relay_requests_are_left_alone() {
    let (company, mut keeper) = asked(1).await;
    keeper.policy.relay = None;
    assert_eq!(keeper.pass().await.unwrap().paid(), 0);
    assert_eq!(outcome(&company).await.0, RelayState::Open);
    assert_eq!(keeper.node.sender(), Address::repeat_byte(9));
}
