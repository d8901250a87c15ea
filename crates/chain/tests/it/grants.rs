//! Deploy, fund, commit, open, claim, end, settle: the contracts against core.

use alloy::primitives::{Address, B256};
use guerdon_chain::plan::{self, Place};
use guerdon_chain::{Role, decode, deploy_bond_token};
use guerdon_core::fact::Fact;
use guerdon_core::grant;
use guerdon_core::terms::Terms;
use guerdon_core::tree::SumTree;

use crate::support::{START, TOKEN, World, YEAR, acc, signer, terms};

const POOL: u128 = 1_000_000 * TOKEN;

async fn claim_first(world: &World, tree: &SumTree, terms: &Terms) -> u128 {
    let index = tree.index_of(world.id(terms)).unwrap();
    let proof = tree.proof(index).unwrap();
    let place = Place {
        root: tree.root().hash,
        index,
        proof: &proof,
    };
    let encoded = terms.encode().unwrap();
    let receipt = world
        .send(9, plan::claim_first(world.grants(), &encoded, &place))
        .await;
    let claimed = receipt.logs.iter().filter_map(|log| decode(log).unwrap());
    claimed
        .filter_map(|fact| match fact {
            Fact::Claimed { gross, .. } => Some(gross),
            _ => None,
        })
        .sum()
}

async fn agrees(world: &World, all: &[Terms]) {
    let (chain, grants) = (world.chain(), world.grants());
    let head = chain.head().await.unwrap();
    let ledger = world.ledger().await;
    assert_eq!(
        ledger.pool.funded,
        chain.funded(grants, None).await.unwrap()
    );
    assert_eq!(
        ledger.pool.promised,
        chain.promised(grants, None).await.unwrap()
    );
    for terms in all {
        let (id, encoded) = (world.id(terms), terms.encode().unwrap());
        let state = chain.words(grants, id, None).await.unwrap();
        let Some(record) = ledger.grants.get(&id) else {
            continue;
        };
        assert_eq!(record.state, state);
        assert_eq!(
            chain.holders(grants, id, None).await.unwrap(),
            Address::ZERO
        );
        let found = chain
            .amounts(grants, &encoded, Some(head.number))
            .await
            .unwrap();
        assert_eq!(
            found,
            grant::amounts(terms, &state, &[], head.time).unwrap()
        );
    }
}

#[tokio::test]
async fn a_round_pays_what_was_earned() {
    let world = World::new(POOL).await;
    let (chain, grants) = (world.chain(), world.grants());
    let all: Vec<Terms> = (10..15)
        .map(|who| terms(who, u128::from(who) * 1_000 * TOKEN))
        .collect();
    let tree = world.tree(&all);
    let commit = plan::commit(grants, &tree.root(), B256::ZERO, 0, &acc());
    assert_eq!(
        world.refused(5, commit.clone()).await,
        "AccessManagedUnauthorized"
    );
    let receipt = world.send(0, commit.clone()).await;
    assert_eq!(world.refused(0, commit).await, "RootUsed");
    let round = chain.round(grants, tree.root().hash, None).await.unwrap();
    assert_eq!(
        (round.total, round.committed_at),
        (tree.root().total, receipt.block_time)
    );

    // Nothing before the cliff; a quarter after a year.
    let first = &all[0];
    let encoded = first.encode().unwrap();
    let index = tree.index_of(world.id(first)).unwrap();
    let proof = tree.proof(index).unwrap();
    let place = Place {
        root: tree.root().hash,
        index,
        proof: &proof,
    };
    let early = plan::claim_first(grants, &encoded, &place);
    assert_eq!(world.refused(9, early).await, "NothingClaimable");
    world.embedded.set_time(START + YEAR).await.unwrap();
    for terms in &all {
        assert_eq!(claim_first(&world, &tree, terms).await, terms.amount / 4);
        assert_eq!(world.balance(terms.recipient).await, terms.amount / 4);
    }
    assert_eq!(
        world.refused(9, plan::claim(grants, &encoded)).await,
        "NothingClaimable"
    );
    agrees(&world, &all).await;

    // One ends after two years, the keeper pays the others, time runs out, all settle.
    let two_years = world.embedded.set_time(START + 2 * YEAR).await.unwrap();
    world
        .send(0, plan::end(grants, &encoded, two_years.time, false))
        .await;
    agrees(&world, &all).await;
    let many: Vec<Vec<u8>> = all.iter().map(|terms| terms.encode().unwrap()).collect();
    world.send(9, plan::claim_many(grants, &many)).await;
    for terms in &all {
        assert_eq!(world.balance(terms.recipient).await, terms.amount / 2);
    }
    agrees(&world, &all).await;
    world.embedded.set_time(START + 4 * YEAR).await.unwrap();
    world.send(9, plan::claim_many(grants, &many)).await;
    for terms in &all[1..] {
        assert_eq!(world.balance(terms.recipient).await, terms.amount);
        world
            .send(9, plan::settle(grants, &terms.encode().unwrap()))
            .await;
    }
    assert_eq!(world.balance(first.recipient).await, first.amount / 2);
    agrees(&world, &all).await;

    let free =
        chain.funded(grants, None).await.unwrap() - chain.promised(grants, None).await.unwrap();
    let to = Address::repeat_byte(3);
    let all_of_it = plan::withdraw_free(grants, to, free + 1, &acc());
    assert_eq!(world.refused(0, all_of_it).await, "NotFreeEnough");
    world
        .send(0, plan::withdraw_free(grants, to, free, &acc()))
        .await;
    assert_eq!(world.balance(to).await, free);
    world.stop().await;
}

#[tokio::test]
async fn a_round_that_is_not_binding_can_be_taken_back() {
    let world = World::new(POOL).await;
    let grants = world.grants();
    let tree = world.tree(&[terms(10, TOKEN)]);
    let binding_at = START + 7 * 86_400;
    world
        .send(
            0,
            plan::commit(grants, &tree.root(), B256::ZERO, binding_at, &acc()),
        )
        .await;
    let encoded = terms(10, TOKEN).encode().unwrap();
    let proof = tree.proof(0).unwrap();
    let place = Place {
        root: tree.root().hash,
        index: 0,
        proof: &proof,
    };
    assert_eq!(
        world.refused(9, plan::open(grants, &encoded, &place)).await,
        "NotYet"
    );
    world.send(0, plan::rescind(grants, tree.root().hash)).await;
    assert_eq!(world.chain().promised(grants, None).await.unwrap(), 0);
    agrees(&world, &[]).await;
    world.stop().await;
}

#[tokio::test]
async fn company_and_holder_steer_a_grant() {
    let world = World::new(POOL).await;
    let grants = world.grants();
    let one = Terms {
        withhold_bps: 4_000,
        ..terms(10, 4_800 * TOKEN)
    };
    let tree = world.tree(std::slice::from_ref(&one));
    world
        .send(0, plan::commit(grants, &tree.root(), B256::ZERO, 0, &acc()))
        .await;
    let encoded = one.encode().unwrap();
    let proof = tree.proof(0).unwrap();
    let place = Place {
        root: tree.root().hash,
        index: 0,
        proof: &proof,
    };
    world.send(9, plan::open(grants, &encoded, &place)).await;

    world.send(0, plan::pause(grants, &encoded)).await;
    world.embedded.advance(86_400).await.unwrap();
    world.send(0, plan::resume(grants, &encoded)).await;
    world
        .send(
            0,
            plan::accelerate(grants, &encoded, YEAR as u32 + 86_400 * 2),
        )
        .await;
    world
        .send(0, plan::lower_withholding(grants, &encoded, 1_000))
        .await;
    assert_eq!(
        world
            .refused(11, plan::hold_claims(grants, &encoded, true))
            .await,
        "NotHolder"
    );
    world
        .send(10, plan::hold_claims(grants, &encoded, true))
        .await;
    assert_eq!(
        world.refused(9, plan::claim(grants, &encoded)).await,
        "NotHolder"
    );
    world.send(10, plan::claim(grants, &encoded)).await;
    assert_eq!(world.balance(one.recipient).await, 1_080 * TOKEN);
    agrees(&world, std::slice::from_ref(&one)).await;
    let ahead = world.chain().now().await.unwrap() + 86_400;
    world
        .send(0, plan::end(grants, &encoded, ahead, true))
        .await;
    world.send(0, plan::end(grants, &encoded, 0, false)).await;
    world.send(10, plan::waive(grants, &encoded)).await;
    agrees(&world, &[one]).await;
    world.stop().await;
}

#[tokio::test]
async fn roles_are_given_out_and_the_bond_is_out_of_reach() {
    let world = World::new(0).await;
    let manager = world.deployment.contracts.access_manager.address;
    for role in Role::ALL {
        for (account, has) in [(0, true), (1, false)] {
            let found = world
                .chain()
                .has_role(manager, role.id(), signer(account).address())
                .await
                .unwrap();
            assert_eq!(found, has, "{role:?}");
        }
    }
    let config = guerdon_chain::DeployConfig {
        name: "Arbiter".to_owned(),
        token_name: "Bond".to_owned(),
        token_symbol: "BOND".to_owned(),
        cap: 1_000_000 * TOKEN,
        roles: Vec::new(),
    };
    let bond = deploy_bond_token(world.chain(), &signer(8), &config)
        .await
        .unwrap();
    let unit = world.chain().unit_of(bond.token.address).await.unwrap();
    let mint = plan::mint(bond.token.address, signer(1).address(), TOKEN, &unit);
    assert_eq!(
        world.refused(0, mint.clone()).await,
        "AccessManagedUnauthorized"
    );
    world.send(8, mint).await;
    let found = world
        .chain()
        .balance_of(bond.token.address, signer(1).address(), None)
        .await;
    assert_eq!(found.unwrap(), TOKEN);
    world.stop().await;
}
