//! What the person needs who runs an instance: copies, backups, numbers, several processes.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::database::Postgres;
use crate::harness::{Company, DAY, Ran, Rpc, Served};

/// What a database says, in every form that programs read; by a command each.
const EXPORTS: [&str; 5] = [
    "-o csv people list",
    "-o json people list",
    "-o json keep status",
    "-o csv grant list",
    "-o json round list",
];

pub(crate) fn with(company: &Company, url: &str, line: &str) -> Ran {
    let mut words = vec!["--database-url", url];
    words.extend(line.split(' '));
    company.run(&words)
}

/// The exports of commands and of pages, each with its name.
fn exports(company: &Company, url: &str) -> Vec<(String, String)> {
    let export = |line: &&str| {
        let text = with(company, url, line).expect(0).stdout;
        ((*line).to_owned(), text)
    };
    let mut found: Vec<_> = EXPORTS.iter().map(export).collect();
    let (mut served, _) = Served::run(company, &["--database-url", url, "serve", "--port", "0"]);
    served.wait_for(Rpc::new(&node_url(company)).head());
    for page in ["/index.csv", "/contracts.csv"] {
        let answer = served.get(page);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        found.push((page.to_owned(), body.to_owned()));
    }
    assert_eq!(served.stop(), Some(0));
    found
}

fn same(found: &[(String, String)], want: &[(String, String)]) {
    for ((name, found), (_, want)) in found.iter().zip(want) {
        assert!(found == want, "{name} differs");
        assert!(found.len() > 40, "{name} says nothing: {found}");
    }
}

pub(crate) fn file(company: &Company, name: &str) -> String {
    format!("sqlite://{}", company.path(name).display())
}

pub(crate) fn demo() -> Company {
    let company = Company::new(None);
    company.json(&["demo", "--no-serve"]);
    company
}

#[test]
fn backups_and_copies_say_the_same_byte_for_byte() {
    let company = demo();
    let first = file(&company, "guerdon.db");
    let want = exports(&company, &first);

    let backup = company.path("all.backup").display().to_string();
    let kept = with(&company, &first, &format!("-o json backup {backup}"));
    assert!(kept.expect(0).value()["rows"].as_u64().unwrap() > 100);
    with(&company, &first, &format!("backup {backup}")).expect(5);
    let nowhere = with(&company, &first, "backup nowhere/all.backup").expect(3);
    let said = nowhere.stderr;
    assert!(said.contains("there is no folder nowhere"), "{said}");
    let second = file(&company, "second.db");
    with(&company, &second, &format!("restore {backup}")).expect(0);
    same(&exports(&company, &second), &want);
    let refused = with(&company, &second, &format!("restore {backup}")).expect(5);
    assert!(
        refused.stderr.contains("is not empty"),
        "{}",
        refused.stderr
    );

    let third = file(&company, "third.db");
    with(&company, &second, &format!("db copy --to {third}")).expect(0);
    same(&exports(&company, &third), &want);
    with(&company, &second, &format!("db copy --to {third}")).expect(5);

    if let Some(postgres) = Postgres::new("copies") {
        let url = &postgres.url;
        with(&company, &first, &format!("db copy --to {url}")).expect(0);
        same(&exports(&company, url), &want);
        let back = file(&company, "back.db");
        with(&company, url, &format!("db copy --to {back}")).expect(0);
        same(&exports(&company, &back), &want);
        let other = company.path("postgres.backup").display().to_string();
        with(&company, url, &format!("backup {other}")).expect(0);
        let restored = file(&company, "restored.db");
        with(&company, &restored, &format!("restore {other}")).expect(0);
        same(&exports(&company, &restored), &want);
    }
    let checked = company.json(&["verify", "all"]);
    assert_eq!(checked["failed"], 0, "{checked}");
}

#[test]
fn a_damaged_or_strange_backup_writes_nothing() {
    let company = demo();
    let backup = company.path("all.backup");
    let shown = backup.display().to_string();
    let first = file(&company, "guerdon.db");
    with(&company, &first, &format!("backup {shown}")).expect(0);
    let whole = std::fs::read(&backup).unwrap();
    let restored = file(&company, "restored.db");
    let line = format!("restore {shown}");

    for at in [0, 20, whole.len() / 2, whole.len() - 80, whole.len() - 3] {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        std::fs::write(&backup, damaged).unwrap();
        let refused = with(&company, &restored, &line).expect(2);
        assert!(refused.stderr.contains("is damaged"), "{}", refused.stderr);
    }
    std::fs::write(&backup, &whole[..whole.len() - 1]).unwrap();
    with(&company, &restored, &line).expect(2);
    assert!(!company.path("restored.db").exists(), "a file was made");

    std::fs::write(&backup, &whole).unwrap();
    with(&company, &restored, &line).expect(0);
    with(&company, &restored, "people list").expect(0);
}

#[test]
fn a_keeper_after_a_restore_pays_nobody_twice() {
    let company = demo();
    let first = file(&company, "guerdon.db");
    let backup = company.path("all.backup").display().to_string();
    with(&company, &first, &format!("backup {backup}")).expect(0);
    company.json(&["travel", "40d"]);
    let paid = company.json(&["keep", "--once", "--from", "9"]);
    let transactions = paid["transactions"].as_array().map(Vec::len);
    assert!(transactions.is_some_and(|sent| sent > 0), "{paid}");
    let released = company.json(&["verify", "all"])["released"].clone();

    let second = file(&company, "second.db");
    with(&company, &second, &format!("restore {backup}")).expect(0);
    let again = with(&company, &second, "-o json keep --once --from 9").expect(0);
    let again = again.value();
    assert_eq!(
        again["transactions"].as_array().map(Vec::len),
        Some(0),
        "{again}"
    );
    let after = company.json(&["verify", "all"]);
    assert_eq!(
        (&after["released"], &after["failed"]),
        (&released, &Value::from(0))
    );
}

#[test]
fn an_instance_says_how_it_is() {
    let company = demo();
    let port = free_port();
    let metrics = format!("127.0.0.1:{port}");
    let command = ["serve", "--port", "0", "--metrics", &metrics];
    let (mut served, _) = Served::run(&company, &command);
    let rpc = Rpc::new(&node_url(&company));
    served.wait_for(rpc.head());
    assert!(served.get("/healthz").contains("\"status\":\"ok\""));
    wait_until("ready", || {
        served.get("/readyz").starts_with("HTTP/1.1 200")
    });
    served.get("/contracts");
    served.get("/goals/0x00");
    let numbers = crate::harness::http(&metrics, "GET", "/metrics", "");
    for name in [
        "guerdon_requests_total{route=\"/contracts\",method=\"GET\",status=\"200\"} 1",
        "guerdon_request_duration_seconds_bucket{",
        "guerdon_index{what=\"block\"}",
        "guerdon_index{what=\"stopped\"} 0",
        "guerdon_database_connections{state=\"open\"}",
        "guerdon_node_failures_total{node=\"http://127.0.0.1:",
    ] {
        assert!(numbers.contains(name), "{name} is missing in\n{numbers}");
    }
    assert!(!numbers.contains("0x00"), "an id stands in a label");

    let checks = company.json(&["doctor", "--from", "0"]);
    let states = checks
        .as_array()
        .unwrap()
        .iter()
        .map(|check| &check["state"]);
    assert!(states.clone().all(|state| state != "fail"), "{checks}");
    for what in [
        "settings",
        "disk",
        "node",
        "contracts",
        "artifacts",
        "database",
        "data key",
        "index",
    ] {
        assert!(
            checks
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it["check"] == what),
            "{what}"
        );
    }
    let began = Instant::now();
    crate::harness::signal(served.process.id(), "-TERM");
    assert_eq!(served.process.wait().unwrap().code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn of_two_copies_the_second_indexes_when_the_first_is_killed() {
    let Some(postgres) = Postgres::new("lease") else {
        return;
    };
    let company = demo();
    let url = &postgres.url;
    let first = file(&company, "guerdon.db");
    with(&company, &first, &format!("db copy --to {url}")).expect(0);
    let serve = [
        "--database-url",
        url,
        "serve",
        "--port",
        "0",
        "--lease",
        "3",
    ];
    let (mut leader, _) = Served::run(&company, &serve);
    let rpc = Rpc::new(&node_url(&company));
    leader.wait_for(rpc.head());
    let (mut follower, _) = Served::run(&company, &serve);
    let only = [&serve[..], &["--web-only"]].concat();
    let (mut reader, _) = Served::run(&company, &only);
    rpc.travel(rpc.now() + DAY);
    follower.wait_for(rpc.head());
    reader.wait_for(rpc.head());

    leader.process.kill().unwrap();
    leader.process.wait().unwrap();
    rpc.travel(rpc.now() + DAY);
    let killed = Instant::now();
    follower.wait_for(rpc.head());
    assert!(
        killed.elapsed() < Duration::from_secs(20),
        "{:?}",
        killed.elapsed()
    );
    wait_until("ready", || {
        reader.get("/readyz").starts_with("HTTP/1.1 200")
    });
    assert_eq!(follower.stop(), Some(0));
    assert_eq!(reader.stop(), Some(0));

    postgres.run("UPDATE index_state SET answered_at = answered_at - 90");
    let (reader, _) = Served::run(&company, &only);
    wait_until("known that nobody reads", || {
        reader
            .get("/readyz")
            .contains("no process has read the chain since")
    });
    let checks = with(&company, url, "doctor --from 0").stdout;
    assert!(checks.contains("no process reads the chain"), "{checks}");
}

#[test]
fn a_server_of_databases_that_is_away_is_named_at_once() {
    let company = Company::new(None);
    let began = Instant::now();
    let url = "postgres://postgres:hidden@127.0.0.1:1/payroll";
    let said = with(&company, url, "people list").expect(3).stderr;
    assert!(
        said.contains("the database at postgres@127.0.0.1:1/payroll cannot be opened")
            && !said.contains("hidden"),
        "{said}"
    );
    assert!(began.elapsed() < Duration::from_secs(10));
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

pub(crate) fn node_url(company: &Company) -> String {
    let record = std::fs::read(company.path("chain/anvil.json")).unwrap();
    let record: Value = serde_json::from_slice(&record).unwrap();
    format!("http://127.0.0.1:{}", record["port"])
}

fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < until, "it never became {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
