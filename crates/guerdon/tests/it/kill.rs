//! SIGKILL at any moment loses nothing and pays nobody twice.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::harness::{Company, Rpc, Served, signal};

const ROUNDS: u64 = 20;
const NAMES: [&str; 8] = [
    "G-1001", "G-1002", "G-1006", "G-1007", "G-1008", "G-1013", "G-1016", "G-1018",
];

#[test]
fn twenty_kills_during_indexing_and_claiming_lose_nothing() {
    let company = Company::new(None);
    company.json(&["demo", "--no-serve"]);
    let mut paid_before: u128 = total_released(&company);

    for round in 0..ROUNDS {
        if round % 3 == 0 {
            // So that there is everything to index, and not only the newest block.
            for name in ["guerdon.db", "guerdon.db-wal", "guerdon.db-shm"] {
                let _ = std::fs::remove_file(company.path(name));
            }
        }
        let mut served = Served::start(&company);
        let node = node_url(&company);
        let rpc = Rpc::new(&node);
        rpc.travel(rpc.now() + 17 * 86_400);
        let name = NAMES[usize::try_from(round).unwrap() % NAMES.len()];
        let mut claim = company
            .command(&["--yes", "grant", "claim", name])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Spread over everything that a claim does: reading, sending, waiting, showing.
        std::thread::sleep(Duration::from_millis(10 + round * 9));
        let _ = claim.kill();
        let _ = claim.wait();
        std::thread::sleep(Duration::from_millis(round % 5 * 8));
        served.process.kill().unwrap();
        served.process.wait().unwrap();

        // What was paid can only grow, by what vested and no more: verify recomputes each claim.
        let released = total_released(&company);
        assert!(
            released >= paid_before,
            "round {round}: {released} < {paid_before}"
        );
        paid_before = released;
    }
    finish(&company);
}

#[test]
fn a_demo_killed_again_and_again_comes_to_the_same_end() {
    let whole = Company::new(None);
    whole.json(&["demo", "--no-serve"]);
    let want = whole.json(&["verify", "all"]);

    let company = Company::new(None);
    for round in 0..8_u64 {
        let mut demo = company
            .command(&["demo", "--no-serve"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(150 + round * 70));
        let _ = demo.kill();
        let _ = demo.wait();
        if round % 2 == 1 {
            // The machine died: the chain's process with it.
            kill_node(&company);
        }
    }
    company.json(&["demo", "--no-serve"]);
    let found = company.json(&["verify", "all"]);
    assert_eq!(found["failed"], 0, "{found}");
    for field in ["funded", "promised", "released", "paid", "claims"] {
        assert_eq!(found[field], want[field], "{field}");
    }
}

fn kill_node(company: &Company) {
    if let Some(process) = company.node_process() {
        signal(process, "-KILL");
    }
}

/// Everybody claims once more, twice over; then all sides must agree.
fn finish(company: &Company) {
    for name in NAMES {
        let ran = company
            .run(&["-o", "json", "--yes", "grant", "claim", name])
            .expect(0);
        assert!(ran.value()["paid"].is_string());
        let again = company.json(&["grant", "claim", name]);
        assert_eq!(again["already"], true, "{name} was paid twice: {again}");
    }
    let verified = company.json(&["verify", "all"]);
    assert_eq!(verified["failed"], 0, "{verified}");

    let mut served = Served::start(company);
    let rpc = Rpc::new(&node_url(company));
    let head = rpc.ask("eth_blockNumber", &serde_json::json!([]));
    let head = u64::from_str_radix(head.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    served.wait_for(head);
    assert_eq!(served.stop(), Some(0));
    let stored = stored_released(company);
    assert_eq!(stored, total_released(company));
    assert_eq!(verified["released"], stored.to_string());
}

fn total_released(company: &Company) -> u128 {
    let listed = company.json(&["grant", "list"]);
    let rows = listed.as_array().unwrap();
    rows.iter()
        // A grant that is not opened yet has no such number.
        .filter_map(|row| row["released"].as_str())
        .map(|released| released.parse::<u128>().unwrap())
        .sum()
}

fn stored_released(company: &Company) -> u128 {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}", company.path("guerdon.db").display());
        let store = guerdon_store::Store::open(&url).await.unwrap();
        let pool = store.read().await.unwrap().pool().await.unwrap();
        pool.released
    })
}

/// Where the embedded chain listens, from the record of whoever runs it.
fn node_url(company: &Company) -> String {
    let record = std::fs::read(company.path("chain/anvil.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    format!("http://127.0.0.1:{}", record["port"])
}
