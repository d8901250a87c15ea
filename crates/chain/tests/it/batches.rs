//! Batches on a node that keeps the limit of EIP-7825: all are paid, in as few transactions as fit.

use std::time::Duration;

use alloy::primitives::{Address, B256, keccak256};
use guerdon_chain::plan::{self, Payee, Place, Plan};
use guerdon_chain::{Batch, GAS_PER_TRANSACTION, Handed, Mined, Next, Outgoing, next_batch};
use guerdon_core::terms::Terms;
use guerdon_core::tree::{Proof, SumTree};

use crate::support::{START, TOKEN, World, YEAR, acc, signer, terms};

const GRANTS: u32 = 1_000;
const KEEPER: u32 = 9;

#[tokio::test]
async fn a_thousand_grants_are_opened_and_paid_in_measured_batches() {
    let world = World::new(u128::from(GRANTS) * TOKEN).await;
    let all: Vec<Terms> = (0..GRANTS).map(person).collect();
    let tree = world.tree(&all);
    let commit = plan::commit(world.grants(), &tree.root(), B256::ZERO, 0, &acc());
    world.send(0, commit).await;
    world.embedded.set_time(START + YEAR + 1).await.unwrap();
    let encoded: Vec<Vec<u8>> = all.iter().map(|terms| terms.encode().unwrap()).collect();
    let proofs: Vec<(u32, Proof)> = all
        .iter()
        .map(|terms| proof(&world, &tree, terms))
        .collect();

    let unopened: Vec<Payee<'_>> = encoded
        .iter()
        .zip(&proofs)
        .map(|(terms, (index, proof))| Payee {
            terms,
            place: Some(Place {
                root: tree.root().hash,
                index: *index,
                proof,
            }),
        })
        .collect();
    let (opening, open_gas) = pay_all(&world, &unopened).await;
    assert!(opening <= 8, "{opening} transactions to open and pay");
    assert_eq!(world.balance(all[7].recipient).await, TOKEN / 4);

    world.embedded.set_time(START + 2 * YEAR).await.unwrap();
    let opened: Vec<Payee<'_>> = encoded
        .iter()
        .map(|terms| Payee { terms, place: None })
        .collect();
    let (paying, pay_gas) = pay_all(&world, &opened).await;
    assert!(paying <= 2, "{paying} transactions to pay");
    let each = pay_gas / u64::from(GRANTS);
    assert!(each <= 24_000, "{each} gas each");
    println!("opened and paid: {opening} transactions, {open_gas} gas; paid: {paying}, {pay_gas}");
    world.stop().await;
}

#[tokio::test]
async fn a_grant_that_cannot_be_opened_is_found_among_others() {
    let world = World::new(10 * TOKEN).await;
    let all: Vec<Terms> = (0..5).map(person).collect();
    let tree = world.tree(&all);
    let commit = plan::commit(world.grants(), &tree.root(), B256::ZERO, 0, &acc());
    world.send(0, commit).await;
    let encoded: Vec<Vec<u8>> = all.iter().map(|terms| terms.encode().unwrap()).collect();
    let mut proofs: Vec<(u32, Proof)> = all
        .iter()
        .map(|terms| proof(&world, &tree, terms))
        .collect();
    proofs[2].1.0[5] ^= 1;
    let payees: Vec<Payee<'_>> = encoded
        .iter()
        .zip(&proofs)
        .map(|(terms, (index, proof))| Payee {
            terms,
            place: Some(Place {
                root: tree.root().hash,
                index: *index,
                proof,
            }),
        })
        .collect();
    assert_eq!(batch(&world, &payees).await.unwrap().count, 2);
    let error = batch(&world, &payees[2..]).await.unwrap_err();
    assert!(error.contains("proof"), "{error}");
    assert_eq!(batch(&world, &payees[3..]).await.unwrap().count, 2);
    world.stop().await;
}

/// How many transactions it took, and their gas.
async fn pay_all(world: &World, payees: &[Payee<'_>]) -> (usize, u64) {
    let (mut rest, mut sent, mut gas) = (payees, 0, 0);
    while !rest.is_empty() {
        let batch = batch(world, rest).await.unwrap();
        let (now, later) = rest.split_at(batch.count);
        let plan = plan::pay(world.grants(), now);
        let keeper = signer(KEEPER).address();
        let output = world.chain().call_plan(&plan, keeper).await.unwrap();
        assert_eq!(plan::paid(&plan, &output), Some(now.len()));

        let mined = send(world, &plan, &batch).await;
        assert!(mined.success);
        assert!(mined.gas_used <= batch.gas);
        (rest, sent, gas) = (later, sent + 1, gas + mined.gas_used);
    }
    (sent, gas)
}

async fn batch(world: &World, payees: &[Payee<'_>]) -> Result<Batch, String> {
    let (chain, keeper) = (world.chain(), signer(KEEPER).address());
    let limit = chain.gas_per_transaction().await.unwrap();
    assert_eq!(limit, GAS_PER_TRANSACTION);
    let measure = async |count: usize| {
        let plan = plan::pay(world.grants(), &payees[..count]);
        chain.measure(&plan, keeper, limit).await
    };
    match next_batch(payees.len(), limit, measure).await.unwrap() {
        Next::Batch(batch) => Ok(batch),
        Next::TooMuch { gas } => Err(format!("too much gas: {gas:?}")),
        Next::Refused(error) => Err(error.to_string()),
    }
}

/// Signs, hands over twice, and waits.
async fn send(world: &World, plan: &Plan, batch: &Batch) -> Mined {
    let (chain, keeper) = (world.chain(), signer(KEEPER));
    let outgoing = Outgoing {
        nonce: chain.next_nonce(keeper.address()).await.unwrap(),
        gas_limit: batch.gas_limit(GAS_PER_TRANSACTION),
        fees: chain.fees().await.unwrap(),
    };
    let signed = chain.sign_plan(plan, &keeper, &outgoing).await.unwrap();
    for _ in 0..2 {
        let handed = chain.hand_over(&signed, keeper.address()).await.unwrap();
        assert_eq!(handed, Handed::There);
    }
    for _ in 0..500 {
        if let Some(mined) = chain.mined(signed.tx).await.unwrap() {
            return mined;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} was not mined", signed.tx);
}

fn person(number: u32) -> Terms {
    let hash = keccak256(number.to_be_bytes());
    Terms {
        recipient: Address::from_slice(&hash[12..]),
        document: hash,
        ..terms(10, TOKEN)
    }
}

fn proof(world: &World, tree: &SumTree, terms: &Terms) -> (u32, Proof) {
    let index = tree.index_of(world.id(terms)).unwrap();
    (index, tree.proof(index).unwrap())
}
