//! A real Safe 1.4.1, from Safe's own package, signs and executes calls of ours.

use std::path::Path;

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::providers::RootProvider;
use alloy::providers::ext::AnvilApi;
use alloy::sol;
use alloy::sol_types::SolCall;
use guerdon_chain::plan::{self, Plan};
use guerdon_chain::safe::{
    MULTI_SEND, MULTI_SEND_CODE, MultiSend, SafeTransaction, Trial, VERSION,
};
use guerdon_chain::{Allowed, Role};
use guerdon_core::terms::Terms;

use crate::support::{START, TOKEN, World, acc, signer, terms};

sol! {
    interface ISafeSetup {
        function setup(
            address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler,
            address paymentToken, uint256 payment, address paymentReceiver
        ) external;
        function createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce)
            external returns (address proxy);
    }
}

const POOL: u128 = 1_000_000 * TOKEN;
/// The owners of the Safe, any two of whom must sign.
const OWNERS: [u32; 3] = [5, 6, 7];

/// A contract of the package: its code to deploy, and as it is once deployed.
fn contract(path: &str) -> (Bytes, Bytes) {
    let folder = "../../node_modules/@safe-global/safe-contracts/build/artifacts/contracts";
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(path);
    let text = std::fs::read(&file).expect("run `npm install` in the project");
    let artifact: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let code = |name: &str| artifact[name].as_str().unwrap().parse().unwrap();
    (code("bytecode"), code("deployedBytecode"))
}

async fn deploy(world: &World, path: &str) -> Address {
    let plan = Plan {
        to: None,
        data: contract(path).0,
        summary: format!("Deploy {path}"),
    };
    world.send(0, plan).await.created.unwrap()
}

/// A Safe of three owners through the factory, on its singleton with its fallback handler.
async fn safe(world: &World) -> Address {
    let singleton = deploy(world, "SafeL2.sol/SafeL2.json").await;
    let factory = deploy(world, "proxies/SafeProxyFactory.sol/SafeProxyFactory.json").await;
    let handler = "handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json";
    let setup = ISafeSetup::setupCall {
        owners: OWNERS.map(|owner| signer(owner).address()).to_vec(),
        threshold: U256::from(2),
        to: Address::ZERO,
        data: Bytes::new(),
        fallbackHandler: deploy(world, handler).await,
        paymentToken: Address::ZERO,
        payment: U256::ZERO,
        paymentReceiver: Address::ZERO,
    };
    let create = ISafeSetup::createProxyWithNonceCall {
        singleton,
        initializer: setup.abi_encode().into(),
        saltNonce: U256::from(7),
    };
    let plan = Plan {
        to: Some(factory),
        data: create.abi_encode().into(),
        summary: "Create the Safe".to_owned(),
    };
    let output = world.chain().simulate(&plan, signer(0).address()).await;
    let output = output.unwrap().output;
    world.send(0, plan).await;
    Address::from_slice(&output[12..])
}

/// Signatures of the first two owners, in the order of their addresses.
fn signed(hash: &B256) -> Vec<u8> {
    let mut owners = OWNERS.map(signer);
    owners.sort_by_key(guerdon_chain::Signer::address);
    let two = owners.iter().take(2);
    two.flat_map(|owner| owner.sign_digest(hash).unwrap())
        .collect()
}

/// Puts MultiSendCallOnly where it is on other chains.
async fn place_multi_send(world: &World) {
    let (_, code) = contract("libraries/MultiSendCallOnly.sol/MultiSendCallOnly.json");
    assert_eq!(keccak256(&code), MULTI_SEND_CODE);
    let url = world.embedded.url().parse().unwrap();
    let node: RootProvider = RootProvider::new_http(url);
    node.anvil_set_code(MULTI_SEND, code).await.unwrap();
}

async fn carry_out(world: &World, safe: Address, calls: &[Plan]) -> SafeTransaction {
    let chain = world.chain();
    let view = chain.safe(safe).await.unwrap().unwrap();
    let of = (chain.chain_id(), safe);
    let transaction = SafeTransaction::of(of, calls, view.nonce).unwrap();
    assert_eq!(
        chain.safe_hash(&transaction).await.unwrap(),
        transaction.hash()
    );
    let plan = transaction.execute(&signed(&transaction.hash()), "Execute the batch");
    world.send(9, plan).await;
    transaction
}

fn round(world: &World, all: &[Terms]) -> Plan {
    let tree = world.tree(all);
    plan::commit(world.grants(), &tree.root(), B256::ZERO, 0, &acc())
}

#[tokio::test]
async fn a_safe_commits_a_round_and_ends_a_grant() {
    let world = World::new(POOL).await;
    let chain = world.chain();
    let safe = safe(&world).await;
    let view = chain.safe(safe).await.unwrap().unwrap();
    assert_eq!(
        (view.version.as_str(), view.nonce, view.threshold),
        (VERSION, 0, 2)
    );
    assert_eq!(view.owners, OWNERS.map(|owner| signer(owner).address()));
    let none = chain.safe(signer(3).address()).await.unwrap();
    assert_eq!(none, None, "an account is no Safe");

    let (all, grants) = ([terms(10, 4_800 * TOKEN)], world.grants());
    let commit = round(&world, &all);
    let trial = chain
        .try_from_safe(safe, std::slice::from_ref(&commit))
        .await
        .unwrap();
    let Trial::Fails { place: 0, reason } = trial else {
        panic!("without the role it is refused: {trial:?}");
    };
    assert_eq!(reason.name, "AccessManagedUnauthorized");
    let manager = world.deployment.contracts.access_manager.address;
    for role in [Role::Issuer, Role::People] {
        world
            .send(0, plan::grant_role(manager, role.id(), safe, 0))
            .await;
    }
    let trial = chain
        .try_from_safe(safe, std::slice::from_ref(&commit))
        .await
        .unwrap();
    assert_eq!(trial, Trial::Succeeds);
    let sent = carry_out(&world, safe, &[commit]).await;
    assert!(!sent.delegated);
    assert_eq!(chain.promised(grants, None).await.unwrap(), 4_800 * TOKEN);

    let tree = world.tree(&all);
    let (encoded, proof) = (all[0].encode().unwrap(), tree.proof(0).unwrap());
    let place = plan::Place {
        root: tree.root().hash,
        index: 0,
        proof: &proof,
    };
    let batch = [
        plan::open(grants, &encoded, &place),
        plan::pause(grants, &encoded),
        plan::resume(grants, &encoded),
        plan::end(grants, &encoded, START + 400 * 86_400, false),
    ];
    several(&world, safe, &batch).await;
    let state = chain.words(grants, world.id(&all[0]), None).await.unwrap();
    assert_eq!(state.clock().stop_at, START + 400 * 86_400);
    world.stop().await;
}

/// Four calls that need each other: tried, refused where they do not fit, and carried out.
async fn several(world: &World, safe: Address, batch: &[Plan; 4]) {
    let chain = world.chain();
    assert_eq!(chain.multi_send().await.unwrap(), MultiSend::Missing);
    let trial = chain.try_from_safe(safe, batch).await.unwrap();
    let Trial::Untried { reason } = trial else {
        panic!("without MultiSendCallOnly it cannot be tried: {trial:?}");
    };
    assert!(reason.contains("MultiSendCallOnly 1.4.1"), "{reason}");
    place_multi_send(world).await;
    assert_eq!(chain.multi_send().await.unwrap(), MultiSend::There);

    let [open, pause, resume, _] = batch.clone();
    let twice = [open.clone(), pause.clone(), pause.clone()];
    let trial = chain.try_from_safe(safe, &twice).await.unwrap();
    let Trial::Fails { place: 2, reason } = trial else {
        panic!("a paused grant cannot be paused: {trial:?}");
    };
    assert!(
        reason.sentence.contains("after the calls before it"),
        "{reason}"
    );
    let early = [resume, open, pause];
    let trial = chain.try_from_safe(safe, &early).await.unwrap();
    assert!(matches!(&trial, Trial::Fails { place: 0, .. }), "{trial:?}");
    let trial = chain.try_from_safe(safe, batch).await.unwrap();
    assert_eq!(trial, Trial::Succeeds);
    let sent = carry_out(world, safe, batch).await;
    assert!(sent.delegated && sent.to == MULTI_SEND && sent.nonce == 1);
}

#[tokio::test]
async fn a_call_under_a_delay_is_scheduled_executed_and_cancelled() {
    let world = World::new(POOL).await;
    let (chain, grants) = (world.chain(), world.grants());
    let manager = world.deployment.contracts.access_manager.address;
    let treasurer = signer(3).address();
    let day = 86_400;
    let grant = plan::grant_role(manager, Role::Treasury.id(), treasurer, day);
    world.send(0, grant).await;

    let take = |amount| plan::withdraw_free(grants, treasurer, amount, &acc());
    let (one, two) = (take(TOKEN), take(2 * TOKEN));
    let allowed = chain.may_call(manager, treasurer, &one).await.unwrap();
    assert_eq!(allowed, Allowed::After(day));
    let stranger = signer(4).address();
    let allowed = chain.may_call(manager, stranger, &one).await.unwrap();
    assert_eq!(allowed, Allowed::No);
    assert_eq!(
        world.refused(3, one.clone()).await,
        "AccessManagerNotScheduled"
    );

    let schedule = plan::schedule(manager, &one, None);
    let receipt = world.send(3, schedule.clone()).await;
    assert_eq!(
        world.refused(3, schedule).await,
        "AccessManagerAlreadyScheduled"
    );
    let id = plan::operation_id(treasurer, grants, &one.data);
    let at = receipt.block_time + u64::from(day);
    assert_eq!(chain.scheduled_at(manager, id).await.unwrap(), Some(at));
    let execute = plan::execute(manager, &one);
    assert_eq!(
        world.refused(3, execute.clone()).await,
        "AccessManagerNotReady"
    );

    let later = at + 3_600;
    world
        .send(3, plan::schedule(manager, &two, Some(later)))
        .await;
    let cancel = plan::cancel(manager, treasurer, &two);
    assert_eq!(
        world.refused(4, cancel.clone()).await,
        "AccessManagerUnauthorizedCancel"
    );
    world.send(0, cancel).await;
    let other = plan::operation_id(treasurer, grants, &two.data);
    assert_eq!(chain.scheduled_at(manager, other).await.unwrap(), None);

    world.embedded.set_time(at).await.unwrap();
    world.send(3, execute).await;
    assert_eq!(world.balance(treasurer).await, TOKEN);
    assert_eq!(chain.scheduled_at(manager, id).await.unwrap(), None);

    world.send(3, plan::schedule(manager, &two, None)).await;
    world
        .embedded
        .set_time(at + 10 * u64::from(day))
        .await
        .unwrap();
    let execute = plan::execute(manager, &two);
    assert_eq!(world.refused(3, execute).await, "AccessManagerExpired");
    world.stop().await;
}
