//! Roles and scheduled calls, as the indexer keeps them.

use alloy_primitives::Address;
use guerdon_core::ledger::OperationState;
use guerdon_indexer::{Indexer, Options};
use guerdon_store::{Identity, Operations};

use crate::access::{function_role, granted, operation, operation_over, revoked, scheduled};
use crate::events::funded;
use crate::export::{Scratch, identity};
use crate::script::Script;

/// The time of the first block; each is ten seconds later than the one before.
const START: u64 = 1_782_864_000;

async fn follow(chain: &Script, scratch: &Scratch, identity: &Identity) {
    let (chain, store) = (chain.clone(), scratch.store.clone());
    let indexer = Indexer::new(chain, store, identity, Options::default());
    indexer.await.unwrap().catch_up().await.unwrap();
}

#[tokio::test]
async fn roles_and_scheduled_calls_follow_the_manager() {
    let chain = Script::default();
    chain.mine(Vec::new());
    chain.mine(vec![
        granted((2, 0x41), 3_600, (START + 10, true)),
        granted((2, 0x42), 0, (START + 500, true)),
        function_role(0x51, 2),
        scheduled(7, 1, START + 3_610),
    ]);
    // A shorter delay comes into force when the difference has passed.
    chain.mine(vec![
        granted((2, 0x41), 600, (START + 3_020, false)),
        revoked(2, 0x42),
        operation_over("Canceled", 7, 1),
        scheduled(7, 2, START + 620),
    ]);
    let scratch = Scratch::new().await;
    follow(&chain, &scratch, &identity()).await;

    let mut read = scratch.store.read().await.unwrap();
    let (mine, theirs) = (Address::repeat_byte(0x41), Address::repeat_byte(0x42));
    let roles = read.roles_of(mine).await.unwrap();
    assert_eq!((roles.len(), roles[0].role), (1, 2));
    assert!(!roles[0].is_member(START + 9) && roles[0].is_member(START + 10));
    let delays = [START + 3_019, START + 3_020].map(|now| roles[0].delay_at(now));
    assert_eq!(delays, [3_600, 600]);
    let members = read.members_of(2).await.unwrap();
    let accounts: Vec<Address> = members.iter().map(|member| member.account).collect();
    assert_eq!(accounts, [mine, theirs]);
    assert!(!members[1].is_member(u64::MAX), "it was taken away");
    let function = read.function_role(Address::repeat_byte(0x51), [0xde, 0xad, 0xbe, 0xef]);
    assert_eq!(function.await.unwrap().unwrap().role, 2);

    let newest = read.operations(Operations::Newest(10)).await.unwrap();
    let states: Vec<_> = newest.iter().map(|it| (it.nonce, it.state)).collect();
    let (open, over) = (OperationState::Scheduled, OperationState::Canceled);
    assert_eq!(states, [(2, open), (1, over)]);
    let found = read.operation(operation(7)).await.unwrap().unwrap();
    assert_eq!((found.nonce, found.data), (2, vec![1, 2, 3, 4, 7]));
    let last = START + 620 + 7 * 86_400 - 1;
    for (now, count) in [(START, 1), (last, 1), (last + 1, 0)] {
        let open = read.operations(Operations::Open(now)).await.unwrap();
        assert_eq!(open.len(), count, "{now}");
        assert_eq!(newest[0].is_open(now), count == 1);
        assert_eq!(newest[0].is_due(now), now == last);
    }
}

#[tokio::test]
async fn a_database_from_before_roles_reads_the_chain_again() {
    let chain = Script::default();
    chain.mine(Vec::new());
    chain.mine(vec![granted((0, 0x41), 0, (START, true)), funded(5)]);
    let scratch = Scratch::new().await;
    let before = Identity {
        manager: None,
        ..identity()
    };
    follow(&chain, &scratch, &before).await;
    let account = Address::repeat_byte(0x41);
    let mut read = scratch.store.read().await.unwrap();
    assert!(read.roles_of(account).await.unwrap().is_empty());
    drop(read);

    follow(&chain, &scratch, &identity()).await;
    let mut read = scratch.store.read().await.unwrap();
    assert_eq!(read.roles_of(account).await.unwrap().len(), 1);
    assert_eq!(read.pool().await.unwrap().funded, 5, "counted once");
    assert_eq!(read.identity().await.unwrap(), Some(identity()));
}
