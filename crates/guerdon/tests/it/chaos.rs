//! Copies that index, pay and serve on one PostgreSQL are killed at random while people read:
//! nothing is lost, nobody is paid twice, and no page is old without a word.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::company::Acme;
use crate::database::Postgres;
use crate::harness::{Company, DAY, Rpc, START, Served, http, json_in};

/// `cargo xtask chaos` runs longer.
const SECONDS: u64 = 25;
/// The oldest that a page may be which does not say so, with some time to notice.
const STALE: Duration = Duration::from_secs(75);
const LEASE: [&str; 2] = ["--lease", "2"];
const KEEPER: [&str; 8] = [
    "--keep",
    "--from",
    "9",
    "--every",
    "1",
    "--min-payout",
    "1",
    "--open",
];

#[expect(
    clippy::disallowed_methods,
    reason = "the toolbox says how long and from which seed"
)]
fn asked(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(otherwise)
}

/// When each height was first seen.
#[derive(Debug, Default)]
struct Heights(Mutex<Vec<(u64, Instant)>>);

impl Heights {
    fn see(&self, height: u64) {
        let mut seen = self.0.lock().unwrap();
        if seen.last().is_none_or(|(last, _)| *last < height) {
            seen.push((height, Instant::now()));
        }
    }

    /// Whether a newer block than this one was there for too long to say nothing.
    fn is_stale(&self, height: u64) -> bool {
        let seen = self.0.lock().unwrap();
        let newer = seen.iter().find(|(later, _)| *later > height);
        newer.is_some_and(|(_, since)| since.elapsed() > STALE)
    }
}

#[test]
fn copies_killed_at_random_under_load_lose_nothing_and_pay_nobody_twice() {
    let Some(postgres) = Postgres::new("chaos") else {
        return;
    };
    let seconds = asked("GUERDON_CHAOS_SECONDS", SECONDS);
    let mut chance = Chance(asked("GUERDON_CHAOS_SEED", 7));
    let acme = Acme::with_round();
    acme.rpc.travel(START + 400 * DAY);
    acme.rpc.ask("evm_setIntervalMining", &json!([1]));
    let mut copies = [
        Copy::start(&acme.company, &postgres.url, &KEEPER),
        Copy::start(&acme.company, &postgres.url, &KEEPER),
        Copy::start(&acme.company, &postgres.url, &["--web-only"]),
    ];
    let watch = Watch::begin(&acme, &copies);

    let until = Instant::now() + Duration::from_secs(seconds);
    let mut kills = 0;
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(300 + chance.below(2_200)));
        let which = usize::try_from(chance.below(3)).unwrap();
        copies[which].kill();
        kills += 1;
        std::thread::sleep(Duration::from_millis(chance.below(1_500)));
        copies[which].revive(&acme.company, &postgres.url);
        acme.rpc
            .travel(acme.rpc.now() + DAY + chance.below(20 * DAY));
    }
    let answers = watch.end();
    acme.rpc.ask("evm_setIntervalMining", &json!([0]));
    acme.rpc.ask("evm_setAutomine", &json!([true]));
    for copy in &copies {
        copy.served().wait_for(acme.rpc.head());
    }
    drop(copies);
    finish(&acme, &postgres.url);
    println!("{kills} kills in {seconds} s, {answers} pages read meanwhile");
    assert!(kills >= seconds / 6, "only {kills} kills");
}

/// What was left is paid once; then chain, files and database say the same.
fn finish(acme: &Acme, url: &str) {
    let once = ["--database-url", url, "keep", "--once"];
    let once = [&once[..], &KEEPER[1..3], &KEEPER[5..], &LEASE[..]].concat();
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let ran = acme
            .company
            .run(&[&["-o", "json", "--yes"], &once[..]].concat());
        if ran.code == 0 && ran.value()["due"] == 0 {
            break;
        }
        assert!(Instant::now() < until, "{}{}", ran.stdout, ran.stderr);
        std::thread::sleep(Duration::from_millis(500));
    }
    let status = acme
        .company
        .json(&["--database-url", url, "keep", "status"]);
    assert_eq!(status["failing"], json!([]), "{status}");

    // Each claim is recomputed from the chain: a second payment would be more than vested.
    let verified = acme.company.json(&["verify", "all"]);
    assert_eq!(verified["failed"], 0, "{verified}");
    assert!(verified["claims"].as_u64().unwrap() > 0);
    let fresh = format!("sqlite://{}", acme.company.path("fresh.db").display());
    let (killed, anew) = (derived(acme, url), derived(acme, &fresh));
    assert!(killed == anew, "{killed}\nis not\n{anew}");
}

/// What a database says that follows from the chain alone.
fn derived(acme: &Acme, url: &str) -> String {
    let (mut served, _) = Served::run(
        &acme.company,
        &["--database-url", url, "serve", "--port", "0"],
    );
    served.wait_for(acme.rpc.head());
    let round = format!("/rounds/{}.csv", acme.root);
    let pages = ["/index.csv", &round].map(|page| {
        let answer = served.get(page);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    });
    assert_eq!(served.stop(), Some(0));
    pages.concat()
}

/// A process that serves, on a port of its own, whenever it lives.
#[derive(Debug)]
struct Copy {
    more: Vec<String>,
    served: Option<Served>,
    url: Arc<Mutex<Option<String>>>,
}

impl Copy {
    fn start(company: &Company, database: &str, more: &[&str]) -> Self {
        let mut copy = Self {
            more: more.iter().map(|word| (*word).to_owned()).collect(),
            served: None,
            url: Arc::default(),
        };
        copy.revive(company, database);
        copy
    }

    fn revive(&mut self, company: &Company, database: &str) {
        let mut words = vec!["--database-url", database, "serve", "--port", "0"];
        words.extend(LEASE);
        words.extend(self.more.iter().map(String::as_str));
        let (served, _) = Served::run(company, &words);
        *self.url.lock().unwrap() = Some(served.url.clone());
        self.served = Some(served);
    }

    fn kill(&mut self) {
        *self.url.lock().unwrap() = None;
        // Dropped, it is killed.
        self.served = None;
    }

    fn served(&self) -> &Served {
        self.served.as_ref().unwrap()
    }
}

/// Readers, who look at every answer.
struct Watch {
    stop: Arc<AtomicBool>,
    answers: Arc<AtomicU64>,
    readers: Vec<std::thread::JoinHandle<()>>,
}

impl Watch {
    fn begin(acme: &Acme, copies: &[Copy]) -> Self {
        let (stop, answers) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let heights = Arc::new(Heights::default());
        let mut watch = Self {
            stop,
            answers,
            readers: Vec::new(),
        };
        let node = acme.company.url.clone().unwrap();
        let seen = Arc::clone(&heights);
        watch.repeat(move || {
            seen.see(Rpc::new(&node).head());
            0
        });
        for copy in copies {
            let (url, seen) = (Arc::clone(&copy.url), Arc::clone(&heights));
            watch.repeat(move || read(&url, &seen));
        }
        watch
    }

    fn repeat(&mut self, look: impl Fn() -> u64 + Send + 'static) {
        let (stop, answers) = (Arc::clone(&self.stop), Arc::clone(&self.answers));
        self.readers.push(std::thread::spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                answers.fetch_add(look(), Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(50));
            }
        }));
    }

    fn end(self) -> u64 {
        self.stop.store(true, Ordering::SeqCst);
        for reader in self.readers {
            reader.join().unwrap();
        }
        self.answers.load(Ordering::SeqCst)
    }
}

/// Reads a page and the readiness of a copy that lives; answers how many answers came.
fn read(url: &Mutex<Option<String>>, heights: &Heights) -> u64 {
    let Some(url) = url.lock().unwrap().clone() else {
        return 0;
    };
    let address = url.trim_start_matches("http://").to_owned();
    // It may be killed while it answers.
    let get = |path| std::panic::catch_unwind(|| http(&address, "GET", path, "")).ok();
    let Some(ready) = get("/readyz").and_then(|answer| json_in(&answer)) else {
        return 0;
    };
    if let Some(block) = ready["block"].as_u64() {
        let silent = ready["status"] == "ready" && heights.is_stale(block);
        assert!(!silent, "old without a word: {ready}");
    }
    let Some(page) = get("/").filter(|page| !page.is_empty()) else {
        return 1;
    };
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    2
}

/// The same kills for the same seed, as far as the machine allows.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}
