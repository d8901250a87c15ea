//! The keeper on a real node: it pays everybody once, alone, whenever it is killed.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::company::Acme;
use crate::harness::{DAY, START, signal};

const KEEPER: &str = "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720";
/// Below this nothing is worth a transaction: vesting by the second would never end.
const ONCE: [&str; 9] = [
    "keep",
    "--once",
    "--open",
    "--from",
    "9",
    "--lease",
    "3",
    "--min-payout",
    "1",
];

#[test]
fn the_keeper_pays_all_that_is_due_and_serve_can_be_it() {
    let acme = Acme::with_round();
    acme.rpc.travel(START + 400 * DAY);
    let mut plan = ONCE.to_vec();
    plan.push("--dry-run");
    let planned = acme.company.json(&plan);
    assert_eq!(planned["batches"].as_array().unwrap().len(), 1);
    let defaults = ["keep", "--once", "--open", "--from", "9", "--dry-run"];
    assert_eq!(acme.company.json(&defaults)["due"], planned["due"]);
    assert_eq!(nonce(&acme), 0, "a dry run sends nothing");

    let pass = acme.company.json(&ONCE);
    assert!(pass["paid"].as_u64().unwrap() >= 15, "{pass}");
    assert_eq!(pass["paid"], planned["due"]);
    assert_eq!(pass["failed"], json!([]));
    assert_eq!(pass["transactions"].as_array().unwrap().len(), 1);
    let gas = pass["gas_used"].as_u64().unwrap();
    assert!(gas <= planned["gas"].as_u64().unwrap());
    let verified = verified(&acme);
    assert_eq!(verified["claims"], pass["paid"]);
    assert_eq!(verified["released"], pass["gross"]);

    let again = acme.company.json(&ONCE);
    assert_eq!((&again["due"], &again["paid"]), (&json!(0), &json!(0)));
    assert_eq!(nonce(&acme), 1);

    acme.rpc.travel(START + 500 * DAY);
    let mut served = acme
        .company
        .command(&["serve", "--port", "0", "--keep", "--from", "9"])
        .args(["--every", "1", "--min-payout", "1"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let paid = |status: &Value| status["jobs"].as_array().unwrap().len() == 2;
    wait_until(&acme, |status| paid(status) && open(status) == 0);
    signal(served.id(), "-INT");
    assert_eq!(served.wait().unwrap().code(), Some(0));
    assert_eq!(status(&acme)["keeper"], Value::Null, "the lease is back");
    assert_eq!(self::verified(&acme)["failed"], 0);
}

#[test]
fn ten_kills_during_paying_pay_nobody_twice_and_everybody_in_the_end() {
    let acme = Acme::with_round();
    acme.rpc.travel(START + 400 * DAY);
    // A block a second: most kills find a transaction that is on its way.
    acme.rpc.ask("evm_setAutomine", &json!([false]));
    acme.rpc.ask("evm_setIntervalMining", &json!([1]));
    let mut caught = 0;
    for round in 0..10_u64 {
        acme.rpc.travel(acme.rpc.now() + 31 * DAY);
        let mut keeper = keep(&acme);
        // Spread over looking, measuring, writing, sending and waiting.
        std::thread::sleep(Duration::from_millis(100 + round * 45));
        keeper.kill().unwrap();
        keeper.wait().unwrap();
        caught += open(&status(&acme));
        // The lease of the killed one lasts three seconds.
        std::thread::sleep(Duration::from_millis(3_100));
    }
    let until = Instant::now() + Duration::from_secs(30);
    let last = loop {
        let ran = acme.company.run(&[&["-o", "json"], &ONCE[..]].concat());
        if ran.code == 0 {
            break ran.value();
        }
        assert_eq!(ran.code, 5, "{}", ran.stderr);
        assert!(Instant::now() < until, "{}", ran.stderr);
        std::thread::sleep(Duration::from_millis(200));
    };
    assert_eq!(last["failed"], json!([]), "{last}");
    assert_eq!(acme.company.json(&ONCE)["due"], 0);

    // Each claim is recomputed from the chain: a second payment would be more than vested.
    assert_eq!(verified(&acme)["failed"], 0);
    let status = status(&acme);
    assert_eq!(open(&status), 0, "{status}");
    let sent = nonce(&acme);
    assert!((1..=11).contains(&sent), "{sent} transactions for 11 looks");
    println!("ten kills: {sent} transactions, {caught} of the kills between writing and knowing");
}

#[test]
fn one_keeper_at_a_time_and_the_next_one_begins_at_once() {
    let acme = Acme::with_round();
    // Longer than a busy machine takes between two renewals; the end gives it back.
    let mut first = keep_for(&acme, "60");
    wait_until(&acme, |status| status["keeper"].is_string());
    let refused = acme.company.run(&ONCE).expect(5);
    assert!(
        refused.stderr.contains("another keeper is at work"),
        "{}",
        refused.stderr
    );
    signal(first.id(), "-INT");
    assert_eq!(first.wait().unwrap().code(), Some(0));
    acme.company.json(&ONCE);
}

#[test]
fn a_transaction_without_a_block_is_replaced_and_found_again() {
    let acme = Acme::with_round();
    acme.rpc.travel(START + 400 * DAY);
    acme.rpc.ask("evm_setAutomine", &json!([false]));
    let slow = [&["-o", "json"], &ONCE[..], &["--stuck-after", "1"]].concat();
    let ran = acme.company.run(&slow).expect(7);
    assert_eq!(ran.value()["stopped"], "waiting");
    let waiting = status(&acme);
    assert_eq!(open(&waiting), 1);
    assert!(waiting["jobs"][0]["replaced"].as_u64().unwrap() >= 1);

    acme.rpc.ask("evm_setAutomine", &json!([true]));
    acme.rpc.ask("evm_mine", &json!([]));
    let pass = acme.company.json(&ONCE);
    assert!(pass["paid"].as_u64().unwrap() >= 15, "{pass}");
    assert_eq!(nonce(&acme), 1);
    assert_eq!(verified(&acme)["released"], pass["gross"]);
}

fn keep(acme: &Acme) -> Child {
    keep_for(acme, "3")
}

/// A keeper whose lease is of so many seconds.
fn keep_for(acme: &Acme, lease: &str) -> Child {
    acme.company
        .command(&["keep", "--open", "--from", "9", "--lease", lease])
        .args(["--every", "1", "--min-payout", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn status(acme: &Acme) -> Value {
    acme.company.json(&["keep", "status"])
}

fn verified(acme: &Acme) -> Value {
    acme.company.json(&["verify", "all"])
}

fn open(status: &Value) -> usize {
    let jobs = status["jobs"].as_array().unwrap();
    jobs.iter().filter(|job| job["state"] == "open").count()
}

fn nonce(acme: &Acme) -> u64 {
    let count = acme
        .rpc
        .ask("eth_getTransactionCount", &json!([KEEPER, "latest"]));
    u64::from_str_radix(count.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

fn wait_until(acme: &Acme, done: impl Fn(&Value) -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let status = status(acme);
        if done(&status) {
            return;
        }
        assert!(Instant::now() < until, "{status}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
