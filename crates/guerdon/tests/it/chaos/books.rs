//! What must hold in the end, from the chain, from the database and from a fresh index.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use alloy_primitives::{Address, B256};
use guerdon_chain::{Signer, decode};
use guerdon_core::fact::Fact;
use guerdon_store::{Job, JobState, Row, Store};
use serde_json::{Value, json};

use super::load::Done;
use crate::company::Acme;
use crate::harness::{DAY, Served};

/// One pass of a keeper that leaves nothing worth a token.
const ONCE: [&str; 12] = [
    "keep",
    "--once",
    "--from",
    "9",
    "--min-payout",
    "1",
    "--open",
    "--relay",
    "--relay-min-payout",
    "0",
    "--lease",
    "3",
];
/// Tables that follow from the chain alone.
const OF_THE_CHAIN: [&str; 14] = [
    "attempt_history",
    "attempts",
    "checkpoint",
    "function_roles",
    "goals",
    "grants",
    "logs",
    "operations",
    "panel_members",
    "pool",
    "role_members",
    "rounds",
    "successor_gates",
    "successors",
];

/// What was paid.
#[derive(Debug, Default)]
pub(super) struct Paid {
    pub(super) payments: usize,
    pub(super) transactions: usize,
    /// Payments that holders had asked for.
    pub(super) relayed: usize,
}

/// Everything that the databases and the chain must say now.
pub(super) fn check(acme: &Acme, url: &str, done: &Done) -> Paid {
    pay_the_rest(acme, url);
    // Each claim is recomputed from the chain: a second payment would be more than vested.
    let verified = acme.company.json(&["verify", "all"]);
    assert_eq!(verified["failed"], 0, "{verified}");

    let fresh = format!("sqlite://{}", acme.company.path("fresh.db").display());
    let head = acme.rpc.head();
    for database in [url, &fresh] {
        let words = ["--database-url", database, "serve", "--port", "0"];
        let (mut served, _) = Served::run(&acme.company, &words);
        served.wait_for(head);
        assert_eq!(served.stop(), Some(0));
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (killed, anew) = runtime.block_on(async { (Dump::of(url).await, Dump::of(&fresh).await) });
    for name in OF_THE_CHAIN {
        let (killed, anew) = (&killed.tables[name], &anew.tables[name]);
        let differs = killed.iter().zip(anew).find(|(one, other)| one != other);
        assert_eq!(differs, None, "{name}");
        assert_eq!(killed.len(), anew.len(), "{name}");
    }
    let leases = killed.named("leases");
    assert!(leases.is_empty(), "not given back: {leases:?}");
    nothing_lost(acme, url, done);
    payments(acme, &killed, &verified)
}

/// Nobody is due in the end, and no request waits.
fn pay_the_rest(acme: &Acme, url: &str) {
    // Whoever could not be paid for a moment is tried again after a week at most.
    acme.rpc.travel(acme.rpc.now() + 40 * DAY);
    let once = [&["-o", "json", "--yes", "--database-url", url], &ONCE[..]].concat();
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let ran = acme.company.run(&once);
        if ran.code == 0 {
            let pass = ran.value();
            let left = ["due", "backing_off", "left"].map(|name| pass[name].as_u64().unwrap());
            if left == [0; 3] {
                assert_eq!(pass["failed"], json!([]), "{pass}");
                return;
            }
        }
        assert!(Instant::now() < until, "{}{}", ran.stdout, ran.stderr);
        std::thread::sleep(Duration::from_millis(500));
    }
}

/// Every POST that was answered with success is there, once.
fn nothing_lost(acme: &Acme, url: &str, done: &Done) {
    let listed = acme
        .company
        .json(&["--database-url", url, "people", "list"]);
    let mut count: BTreeMap<&str, u32> = BTreeMap::new();
    for person in listed.as_array().unwrap() {
        *count.entry(person["number"].as_str().unwrap()).or_default() += 1;
    }
    for number in &done.people {
        assert_eq!(count.get(number.as_str()), Some(&1), "{number}");
    }
    let ours = |number: &&&str| number.starts_with("C0-") || number.starts_with("C1-");
    assert_eq!(count.keys().filter(ours).count(), done.people.len());
}

/// Each payment belongs to one job that was to make it, and to no second one; the chain has no
/// transaction of the keeper that was not written down before; balances are the sums.
fn payments(acme: &Acme, dump: &Dump, verified: &Value) -> Paid {
    let jobs = dump.jobs.iter().filter_map(|job| Some((job.done?.tx, job)));
    let jobs: BTreeMap<B256, &Job> = jobs.collect();
    let keeper = Signer::embedded(9).unwrap().address();
    let sent = acme
        .rpc
        .ask("eth_getTransactionCount", &json!([keeper, "latest"]));
    let sent = sent.as_str().unwrap().trim_start_matches("0x").to_owned();
    assert_eq!(
        usize::from_str_radix(&sent, 16).unwrap(),
        jobs.len(),
        "not written down"
    );

    let mut paid: BTreeSet<(B256, B256)> = BTreeSet::new();
    let mut by_wallet: BTreeMap<Address, u128> = BTreeMap::new();
    let mut released = 0;
    for (tx, fact) in &dump.facts {
        let Fact::Claimed {
            id,
            to,
            gross,
            withheld,
        } = *fact
        else {
            continue;
        };
        let job = jobs
            .get(tx)
            .unwrap_or_else(|| panic!("nobody was to pay {id} in {tx}"));
        assert!(
            job.job.grants.contains(&id),
            "{id} was paid in {tx} unasked"
        );
        assert_eq!(job.state, JobState::Done);
        assert!(paid.insert((*tx, id)), "{id} was paid twice in {tx}");
        *by_wallet.entry(to).or_default() += gross - withheld;
        released += gross;
    }
    assert_eq!(verified["released"], released.to_string());
    let token = acme.contract("AccessToken");
    for (wallet, net) in by_wallet {
        assert_eq!(
            acme.rpc.balance(&token, &wallet.to_string()),
            net,
            "{wallet}"
        );
    }
    Paid {
        payments: paid.len(),
        transactions: jobs.len(),
        relayed: asked_claims(dump, &paid),
    }
}

/// Each asked claim is decided and in the log of who did what; those that are done were paid by the
/// one job that carries them.
fn asked_claims(dump: &Dump, paid: &BTreeSet<(B256, B256)>) -> usize {
    let requests = dump.named("relay_requests");
    let asked = |entry: &&BTreeMap<String, Value>| entry["action"] == "claim asked of the relay";
    let logged = dump.named("audit").iter().filter(asked).count();
    assert_eq!(logged, requests.len());
    let mut carried = BTreeSet::new();
    for request in requests {
        assert_ne!(request["state"], "open", "{request:?}");
        if request["state"] != "done" {
            continue;
        }
        let number = request["job"].as_u64().unwrap();
        assert!(carried.insert(number), "job {number} carries two requests");
        let job = dump.jobs.iter().find(|job| job.id == number).unwrap();
        let grant: B256 = request["grant_id"].as_str().unwrap().parse().unwrap();
        assert!(paid.contains(&(job.done.unwrap().tx, grant)), "{request:?}");
    }
    carried.len()
}

/// A database, read whole.
#[derive(Debug)]
struct Dump {
    tables: BTreeMap<String, Vec<Row>>,
    columns: BTreeMap<String, Vec<String>>,
    jobs: Vec<Job>,
    facts: Vec<(B256, Fact)>,
}

impl Dump {
    async fn of(url: &str) -> Self {
        use futures::StreamExt;
        let store = Store::open(url).await.unwrap();
        let mut read = store.read().await.unwrap();
        let (mut tables, mut columns) = (BTreeMap::new(), BTreeMap::new());
        for table in read.tables().await.unwrap() {
            let rows: Vec<_> = read.rows(&table).collect().await;
            let rows: Vec<Row> = rows.into_iter().map(Result::unwrap).collect();
            let names = table.columns.into_iter().map(|column| column.name);
            columns.insert(table.name.clone(), names.collect());
            tables.insert(table.name, rows);
        }
        let jobs = read.recent_jobs(u32::MAX).await.unwrap();
        let logs = read.recent_logs(None, u32::MAX).await.unwrap();
        let fact = |log: &guerdon_core::fact::Log| decode(log).unwrap();
        let facts = logs
            .iter()
            .filter_map(|row| Some((row.log.origin.tx, fact(&row.log)?)));
        let facts = facts.collect();
        drop(read);
        store.close().await;
        Self {
            tables,
            columns,
            jobs,
            facts,
        }
    }

    /// The rows of a table, by the names of their columns.
    fn named(&self, table: &str) -> Vec<BTreeMap<String, Value>> {
        let names = &self.columns[table];
        let row = |row: &Row| names.iter().cloned().zip(row.iter().cloned()).collect();
        self.tables[table].iter().map(row).collect()
    }
}
