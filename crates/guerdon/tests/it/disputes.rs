//! Goals beyond the straight way: a milestone, an expiry, a challenge that overturns a result.

use serde_json::Value;

use crate::company::{Acme, LAUNCH, PRODUCT, address};
use crate::harness::{DAY, START, sample};

const COIN: u128 = 1_000_000_000_000_000_000;

fn file(value: &Value) -> String {
    value["file"].as_str().unwrap().to_owned()
}

fn register(acme: &Acme, goal: &str, member: &str) {
    let model = format!("0x{}", "99".repeat(32));
    let accepted = acme
        .company
        .json(&["goal", "accept", goal, "--model", &model, "--from", member]);
    let signature = file(&accepted);
    acme.company.json(&[
        "goal",
        "register",
        goal,
        "--signature",
        &signature,
        "--from",
        "1",
    ]);
}

#[test]
fn a_signed_milestone_opens_the_grants_that_wait_for_it() {
    let acme = Acme::with_round();
    acme.rpc.travel(START + 10 * DAY);
    let stranger = acme.company.run(&[
        "goal",
        "accept",
        LAUNCH,
        "--model",
        &format!("0x{}", "99".repeat(32)),
        "--from",
        "2",
    ]);
    assert_eq!(stranger.code, 4, "{}", stranger.stderr);
    register(&acme, LAUNCH, "5");

    let manifest = acme.company.path("manifest.txt");
    std::fs::write(&manifest, "release 7 runs in fra and dub\n").unwrap();
    let mut signatures = Vec::new();
    for member in ["6", "7"] {
        signatures.push(file(&acme.company.json(&[
            "goal",
            "sign",
            LAUNCH,
            "--x",
            "1",
            "--evidence",
            manifest.to_str().unwrap(),
            "--from",
            member,
        ])));
    }
    let one = acme.company.run(&[
        "--yes",
        "goal",
        "propose",
        LAUNCH,
        "--signature",
        &signatures[0],
        "--from",
        "1",
    ]);
    assert_eq!(one.code, 6, "{}", one.stderr);
    acme.company.json(&[
        "goal",
        "propose",
        LAUNCH,
        "--signature",
        &signatures[0],
        "--signature",
        &signatures[1],
        "--from",
        "1",
    ]);
    let early = acme
        .company
        .run(&["--yes", "goal", "finalize", LAUNCH, "--from", "9"]);
    assert_eq!(early.code, 6, "{}", early.stderr);
    acme.rpc.travel(acme.rpc.now() + 8 * DAY);
    acme.company
        .json(&["goal", "finalize", LAUNCH, "--from", "9"]);
    acme.company.json(&["goal", "close", LAUNCH, "--from", "9"]);
    let paid = acme
        .company
        .json(&["grant", "claim", "G-1005", "--from", "9"]);
    assert_eq!(paid["paid"], (240_000 * COIN).to_string());
    acme.company
        .json(&["grant", "settle", "G-1005", "--from", "9"]);
    assert_eq!(acme.company.json(&["verify", "all"])["failed"], 0);
}

#[test]
fn a_challenge_overturns_a_result_and_the_bond_comes_back() {
    let acme = Acme::with_round();
    let coin = acme.contract("BondToken");
    let keeper = address(9);
    let mint = [
        "token", "mint", "5", "--token", &coin, "--to", &keeper, "--yes", "--from",
    ];
    acme.company.run(&[&mint[..], &["8"]].concat()).expect(0);
    acme.company.run(&[&mint[..], &["0"]].concat()).expect(4);

    acme.rpc.travel(START + 10 * DAY);
    register(&acme, PRODUCT, "2");
    propose_release_2(&acme);
    let step = |more: &[&str], code: i32| {
        acme.company
            .run(&[&["--yes", "goal"], more].concat())
            .expect(code);
    };
    step(
        &[
            "challenge",
            PRODUCT,
            "--reason",
            "wrong file",
            "--from",
            "9",
        ],
        0,
    );
    assert_eq!(acme.rpc.balance(&coin, &keeper), 4 * COIN);
    step(
        &["resolve", PRODUCT, "--verdict", "upheld", "--from", "9"],
        4,
    );
    step(
        &[
            "resolve",
            PRODUCT,
            "--verdict",
            "overturned",
            "--x",
            "428",
            "--from",
            "8",
        ],
        0,
    );
    assert_eq!(opened_permille(&acme), 610);
    step(&["withdraw-bond", "--from", "9"], 0);
    assert_eq!(acme.rpc.balance(&coin, &keeper), 5 * COIN);
    step(&["withdraw-bond", "--from", "9"], 5);

    // The second attempt is never reported: anyone records a zero, and the better one stays.
    register(&acme, PRODUCT, "2");
    step(&["seal", PRODUCT, "--from", "9"], 6);
    step(&["expire", PRODUCT, "--from", "9"], 6);
    acme.rpc.travel(acme.rpc.now() + 15 * DAY);
    step(&["expire", PRODUCT, "--from", "9"], 0);
    acme.rpc.travel(acme.rpc.now() + 8 * DAY);
    step(&["finalize", PRODUCT, "--from", "9"], 0);
    assert_eq!(opened_permille(&acme), 610);
    assert_eq!(acme.company.json(&["verify", "all"])["failed"], 0);
}

fn propose_release_2(acme: &Acme) {
    let result = sample("lm-eval-acme-coder-r2.json");
    let mut propose = vec!["goal".to_owned(), "propose".to_owned(), PRODUCT.to_owned()];
    for member in ["3", "4"] {
        let sign = [
            "goal",
            "sign",
            PRODUCT,
            "--result",
            &result,
            "--filter",
            "strict-match",
        ];
        let signed = acme
            .company
            .json(&[&sign[..], &["--from", member]].concat());
        propose.extend(["--signature".to_owned(), file(&signed)]);
    }
    propose.extend(["--from".to_owned(), "1".to_owned()]);
    acme.company
        .json(&propose.iter().map(String::as_str).collect::<Vec<_>>());
}

fn opened_permille(acme: &Acme) -> u64 {
    let goal = acme.company.json(&["goal", "show", PRODUCT]);
    goal["fraction_ppb"].as_u64().unwrap() / 1_000_000
}
