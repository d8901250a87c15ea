//! The main job on real input, every balance compared three ways.

use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};
use guerdon_chain::Chain;
use guerdon_core::grant::{GateResult, amounts};
use guerdon_core::terms::Terms;
use guerdon_store::Store;
use serde_json::Value;

use crate::company::{Acme, PRODUCT};
use crate::harness::{DAY, START, Served, reader_sample};

#[test]
fn a_company_pays_what_was_earned_and_all_three_sides_agree() {
    let acme = Acme::with_round();
    acme.company.run(&["verify", "all"]).expect(0);

    acme.rpc.travel(START + 100 * DAY);
    for name in ["G-1001", "G-1006", "G-1010", "G-1020"] {
        claim(&acme, name);
    }
    acme.attempt("lm-eval-acme-coder-r2.json", "0");
    let after_release_2 = acme.company.json(&["goal", "show", PRODUCT]);
    assert_eq!(after_release_2["fraction_ppb"], 0);

    acme.rpc.travel(START + 460 * DAY);
    refuse_the_inspect_file(&acme);
    acme.attempt("lm-eval-acme-coder-r3.json", "1");
    let after_release_3 = acme.company.json(&["goal", "show", PRODUCT]);
    assert_eq!(
        after_release_3["fraction_ppb"].as_u64().unwrap() / 1_000_000,
        610
    );

    for name in ["G-1004", "G-1010", "G-1016", "G-1021"] {
        claim(&acme, name);
    }
    claim(&acme, "G-1012");
    let ended = acme
        .company
        .json(&["grant", "end", "G-1012", "--from", "0"]);
    assert!(ended["freed"].as_str().unwrap().parse::<u128>().unwrap() > 0);
    acme.rpc.travel(acme.rpc.now() + 60); // the second of the end must be over
    acme.company
        .json(&["grant", "settle", "G-1012", "--from", "9"]);
    acme.company
        .json(&["grant", "open", "G-1005", "--from", "9"]);

    acme.rpc.travel(START + 700 * DAY);
    acme.company
        .json(&["goal", "close", PRODUCT, "--from", "9"]);
    for name in ["G-1001", "G-1015", "G-1020"] {
        claim(&acme, name);
    }
    // All of it is earned and paid: nothing can change it any more.
    acme.company
        .json(&["grant", "settle", "G-1020", "--from", "9"]);

    let mut served = Served::start(&acme.company);
    served.wait_for(head(&acme));
    let home = served.get("/");
    assert!(
        home.contains("Acme AI") && home.starts_with("HTTP/1.1 200"),
        "{home}"
    );
    assert_eq!(served.stop(), Some(0));
    compare_three_ways(&acme);

    let verified = acme.company.json(&["verify", "all"]);
    assert_eq!(verified["failed"], 0);
    assert_eq!(verified["claims"], 12);
}

fn claim(acme: &Acme, name: &str) {
    let paid = acme.company.json(&["grant", "claim", name, "--from", "9"]);
    assert_eq!(paid["already"], false, "{name}: {paid}");
}

/// 200 questions are not 500, whoever asked them, and another task is not the goal's.
fn refuse_the_inspect_file(acme: &Acme) {
    let file = reader_sample("evals/inspect-acme-coder-r3.eval");
    let mut words = vec![
        "goal", "sign", PRODUCT, "--result", &file, "--metric", "accuracy", "--from", "2",
    ];
    let ran = acme.company.run(&words);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("has no task"), "{}", ran.stderr);
    words.extend(["--task", "product_200", "--filter", "match"]);
    let ran = acme.company.run(&words);
    assert_eq!(ran.code, 5, "{}", ran.stderr);
    assert!(ran.stderr.contains("WrongSamples"), "{}", ran.stderr);
}

fn head(acme: &Acme) -> u64 {
    let number = acme.rpc.ask("eth_blockNumber", &serde_json::json!([]));
    u64::from_str_radix(number.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

/// Contract, store and core: pool, every grant, every wallet.
fn compare_three_ways(acme: &Acme) {
    let listed = acme.company.json(&["grant", "list"]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(compare(acme, listed.as_array().unwrap()));
}

async fn compare(acme: &Acme, listed: &[Value]) {
    let chain = Chain::connect(acme.company.url.as_ref().unwrap())
        .await
        .unwrap();
    let database = acme.company.path("guerdon.db");
    let store = Store::open(&format!("sqlite://{}", database.display()))
        .await
        .unwrap();
    let mut read = store.read().await.unwrap();
    let grants: Address = acme.contract("Grants").parse().unwrap();
    let token: Address = acme.contract("AccessToken").parse().unwrap();
    let head = chain.head().await.unwrap();
    let at = Some(head.number);

    let pool = read.pool().await.unwrap();
    assert_eq!(chain.funded(grants, at).await.unwrap(), pool.funded);
    assert_eq!(chain.promised(grants, at).await.unwrap(), pool.promised);
    assert_eq!(
        chain.balance_of(token, grants, at).await.unwrap(),
        pool.owed()
    );

    let mut wallets: BTreeMap<String, u128> = BTreeMap::new();
    let mut released = 0;
    for row in listed {
        let number = |field: &str| row[field].as_str().unwrap().parse::<u128>().unwrap();
        let id: B256 = row["id"].as_str().unwrap().parse().unwrap();
        *wallets
            .entry(row["recipient"].as_str().unwrap().to_owned())
            .or_default() += number("claimed");
        released += number("released");
        let Some(record) = read.grant(id).await.unwrap() else {
            assert_eq!(row["state"], "not opened");
            continue;
        };
        let imported = read.terms(id).await.unwrap().unwrap();
        let terms = Terms::decode(&imported.terms).unwrap();
        assert_eq!(
            chain.words(grants, id, at).await.unwrap(),
            record.state,
            "{row}"
        );

        let mut gates: Vec<GateResult> = Vec::new();
        for gate in &terms.gates {
            let goal = read.goal(gate.goal).await.unwrap().unwrap();
            gates.push(goal.gate_result(None));
        }
        let core = amounts(&terms, &record.state, &gates, head.time).unwrap();
        let contract = chain.amounts(grants, &imported.terms, at).await.unwrap();
        assert_eq!(core.payable, contract.payable, "{row}");
        assert_eq!(core.held, contract.held, "{row}");
        assert_eq!(
            (core.vested, core.released),
            (contract.vested, contract.released),
            "{row}"
        );
        assert_eq!(number("payable"), contract.payable, "{row}");
        assert_eq!(number("claimed"), record.paid_net, "{row}");
    }
    assert_eq!(pool.released, released);
    for (wallet, claimed) in wallets {
        let owner: Address = wallet.parse().unwrap();
        assert_eq!(
            chain.balance_of(token, owner, at).await.unwrap(),
            claimed,
            "{wallet}"
        );
    }
}
