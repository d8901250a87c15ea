//! The file that a command writes for a Safe, carried out by a real one: Safe 1.4.1, from its own
//! package, whose hashes must be ours.

use std::path::Path;
use std::time::{Duration, Instant};

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::sol;
use alloy::sol_types::SolCall;
use guerdon_chain::plan;
use guerdon_chain::safe::{MULTI_SEND, SafeTransaction};
use guerdon_chain::{Plan, Role, Signer};
use guerdon_formats::safe_batch::checksum;
use serde_json::{Value, json};

use crate::company::{Acme, address};
use crate::harness::{DAY, START};
use crate::promises::{done, promise, send, terms};

sol! {
    interface ISafeSetup {
        function setup(
            address[] owners, uint256 threshold, address to, bytes data, address fallbackHandler,
            address paymentToken, uint256 payment, address paymentReceiver
        ) external;
        function createProxyWithNonce(address singleton, bytes initializer, uint256 saltNonce)
            external returns (address proxy);
        function getTransactionHash(
            address to, uint256 value, bytes calldata data, uint8 operation, uint256 safeTxGas,
            uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver,
            uint256 _nonce
        ) external view returns (bytes32);
        function nonce() external view returns (uint256);
    }
}

/// A contract of the package: its code to deploy, and as it is once deployed.
fn contract(path: &str) -> (Bytes, Bytes) {
    let folder = "../../node_modules/@safe-global/safe-contracts/build/artifacts/contracts";
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(folder)
        .join(path);
    let text = std::fs::read(&file).expect("run `npm install` in the project");
    let artifact: Value = serde_json::from_slice(&text).unwrap();
    let code = |name: &str| artifact[name].as_str().unwrap().parse().unwrap();
    (code("bytecode"), code("deployedBytecode"))
}

fn deploy(acme: &Acme, path: &str) -> Address {
    let call = json!([{"from": address(0), "data": contract(path).0, "gas": "0xf00000"}]);
    let hash = acme.rpc.ask("eth_sendTransaction", &call);
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let receipt = acme.rpc.ask("eth_getTransactionReceipt", &json!([hash]));
        if let Some(made) = receipt["contractAddress"].as_str() {
            return made.parse().unwrap();
        }
        assert!(Instant::now() < until, "no receipt of {hash}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn view(acme: &Acme, to: Address, call: &impl SolCall) -> Bytes {
    let data: Bytes = call.abi_encode().into();
    let answer = acme
        .rpc
        .ask("eth_call", &json!([{"to": to, "data": data}, "latest"]));
    answer.as_str().unwrap().parse().unwrap()
}

/// The owners in the order of their addresses; both must sign.
fn owners() -> [Signer; 2] {
    let mut owners = [5, 6].map(|index| Signer::embedded(index).unwrap());
    owners.sort_by_key(Signer::address);
    owners
}

/// A Safe with the roles that the company's actions need.
fn safe_with_roles(acme: &Acme) -> Address {
    let factory = deploy(acme, "proxies/SafeProxyFactory.sol/SafeProxyFactory.json");
    let handler = "handler/CompatibilityFallbackHandler.sol/CompatibilityFallbackHandler.json";
    let setup = ISafeSetup::setupCall {
        owners: owners().map(|owner| owner.address()).to_vec(),
        threshold: U256::from(2),
        to: Address::ZERO,
        data: Bytes::new(),
        fallbackHandler: deploy(acme, handler),
        paymentToken: Address::ZERO,
        payment: U256::ZERO,
        paymentReceiver: Address::ZERO,
    };
    let create = ISafeSetup::createProxyWithNonceCall {
        singleton: deploy(acme, "Safe.sol/Safe.json"),
        initializer: setup.abi_encode().into(),
        saltNonce: U256::from(1),
    };
    let safe = Address::from_slice(&view(acme, factory, &create)[12..]);
    let data: Bytes = create.abi_encode().into();
    send(acme, &address(0), &json!({"to": factory, "data": data}));
    let manager = acme.contract("AccessManager").parse().unwrap();
    for role in [Role::Issuer, Role::People] {
        let plan = plan::grant_role(manager, role.id(), safe, 0);
        send(
            acme,
            &address(0),
            &json!({"to": plan.to, "data": plan.data}),
        );
    }
    let (_, code) = contract("libraries/MultiSendCallOnly.sol/MultiSendCallOnly.json");
    acme.rpc.ask("anvil_setCode", &json!([MULTI_SEND, code]));
    safe
}

/// The calls of a file of the transaction builder, as its application reads them.
fn calls(file: &Path) -> Vec<Plan> {
    let batch: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let want = json!(checksum(&batch).to_string());
    assert_eq!(batch["meta"]["checksum"], want);
    let calls = batch["transactions"].as_array().unwrap().iter();
    let text = |call: &Value, name: &str| call[name].as_str().unwrap().to_owned();
    calls
        .map(|call| Plan {
            to: Some(text(call, "to").parse().unwrap()),
            data: text(call, "data").parse().unwrap(),
            summary: String::new(),
        })
        .collect()
}

/// Has the owners sign what the file asks for, and the Safe carry it out.
fn carry_out(acme: &Acme, safe: Address, calls: &[Plan]) {
    let nonce = view(acme, safe, &ISafeSetup::nonceCall {});
    let nonce = U256::from_be_slice(&nonce);
    let transaction = SafeTransaction::of((31_337, safe), calls, nonce.to()).unwrap();
    let call = ISafeSetup::getTransactionHashCall {
        to: transaction.to,
        value: U256::ZERO,
        data: transaction.data.clone(),
        operation: u8::from(calls.len() > 1),
        safeTxGas: U256::ZERO,
        baseGas: U256::ZERO,
        gasPrice: U256::ZERO,
        gasToken: Address::ZERO,
        refundReceiver: Address::ZERO,
        _nonce: nonce,
    };
    let said = B256::from_slice(&view(acme, safe, &call));
    assert_eq!(transaction.hash(), said, "the Safe computes the same hash");
    let signatures = owners().map(|owner| owner.sign_digest(&said).unwrap());
    let plan = transaction.execute(&signatures.concat(), "");
    send(
        acme,
        &address(9),
        &json!({"to": plan.to, "data": plan.data}),
    );
}

#[test]
fn a_real_safe_commits_a_round_and_ends_a_grant_by_our_files() {
    let acme = Acme::with_round();
    let safe = safe_with_roles(&acme);
    let root = promise(&acme, "P-1", terms(10, "P-1"));
    let file = acme.company.path("batch.json");
    let options = format!("--safe-batch {} --sender {safe}", file.display());
    let committed = |root: &str| {
        let rounds = done(&acme, "round list");
        let mut rounds = rounds.as_array().unwrap().iter();
        let found = rounds.find(|round| round["root"] == root).unwrap();
        found["state"].as_str().unwrap().to_owned()
    };
    done(&acme, &format!("round commit {root} {options}"));
    assert_eq!(committed(&root), "not committed");
    carry_out(&acme, safe, &calls(&file));
    assert_eq!(committed(&root), "binding");

    acme.company.json(&["grant", "open", "P-1", "--from", "9"]);
    acme.rpc.travel(START + 100 * DAY);
    done(&acme, &format!("grant end P-1 --at 2026-10-05 {options}"));
    assert_eq!(done(&acme, "grant show P-1")["state"], "active");
    carry_out(&acme, safe, &calls(&file));
    let state = done(&acme, "grant show P-1")["state"].clone();
    assert_eq!(state, "ended");

    // Two calls in one file: the tokens are approved and put into the pool, or neither is.
    let token = acme.contract("AccessToken");
    done(&acme, &format!("token mint 5 --to {safe} --from 0"));
    done(&acme, &format!("fund 3 {options}"));
    let two = calls(&file);
    assert_eq!(two.len(), 2);
    let before = acme.rpc.balance(&token, &acme.contract("Grants"));
    carry_out(&acme, safe, &two);
    let after = acme.rpc.balance(&token, &acme.contract("Grants"));
    assert_eq!(after - before, 3 * crate::promises::COIN);
}
