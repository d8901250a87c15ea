//! The processes that are killed, stopped and started again.

use std::ops::Range;

use serde_json::json;

use crate::harness::{Company, Served, signal};

/// Copies that serve pages alone.
pub(super) const PAGES: Range<usize> = 0..2;
/// Copies that index and pay as well: one of them does, and the other stands by.
pub(super) const WORKERS: Range<usize> = 2..4;

const EACH: [&str; 6] = [
    "serve",
    "--lease",
    "3",
    "--relay",
    "--relay-min-payout",
    "0",
];
const PAGES_ALONE: [&str; 1] = ["--web-only"];
/// What the keeper pays: less than this is left to those who ask.
pub(super) const KEEPER: [&str; 5] = ["--from", "9", "--min-payout", "2000", "--open"];
const WORKING: [&str; 3] = ["--keep", "--every", "1"];

/// Four copies on one database; each has a port of its own for its whole life.
#[derive(Debug)]
pub(super) struct Copies<'c> {
    company: &'c Company,
    database: String,
    ports: Vec<u16>,
    served: Vec<Option<Served>>,
    paused: Vec<bool>,
}

impl<'c> Copies<'c> {
    pub(super) fn start(company: &'c Company, database: &str) -> Self {
        let count = WORKERS.end;
        let mut copies = Self {
            company,
            database: database.to_owned(),
            ports: free_ports(count),
            served: (0..count).map(|_| None).collect(),
            paused: vec![false; count],
        };
        // A worker first: it fills the database from the files.
        for which in WORKERS.chain(PAGES) {
            copies.revive(which);
        }
        copies
    }

    pub(super) fn urls(&self) -> Vec<String> {
        let url = |port: &u16| format!("http://127.0.0.1:{port}");
        self.ports.iter().map(url).collect()
    }

    /// Fails if a copy ended before anybody ended it.
    fn must_live(&mut self, which: usize) {
        let process = &mut self.served[which].as_mut().unwrap().process;
        let ended = process.try_wait().unwrap();
        assert!(ended.is_none(), "copy {which} ended by itself: {ended:?}");
    }

    pub(super) fn kill(&mut self, which: usize) {
        self.must_live(which);
        // Dropped, it is killed.
        self.served[which] = None;
        self.paused[which] = false;
    }

    pub(super) fn revive(&mut self, which: usize) {
        let port = self.ports[which].to_string();
        let mut words = vec!["--database-url", self.database.as_str()];
        words.extend(EACH);
        words.extend(["--port", &port]);
        match WORKERS.contains(&which) {
            true => words.extend(KEEPER.iter().chain(&WORKING)),
            false => words.extend(PAGES_ALONE),
        }
        let (served, _) = Served::run(self.company, &words);
        self.served[which] = Some(served);
    }

    pub(super) fn pause(&mut self, which: usize) {
        self.must_live(which);
        signal(self.one(which).process.id(), "-STOP");
        self.paused[which] = true;
    }

    pub(super) fn go_on(&mut self, which: usize) {
        signal(self.one(which).process.id(), "-CONT");
        self.paused[which] = false;
    }

    pub(super) fn one(&self, which: usize) -> &Served {
        self.served[which].as_ref().unwrap()
    }

    pub(super) fn served(&self) -> impl Iterator<Item = &Served> {
        self.served.iter().flatten()
    }

    /// Whatever was done to them, all are there, and nobody of them had ended by itself.
    pub(super) fn all_live(&mut self) {
        for which in 0..self.served.len() {
            self.must_live(which);
        }
        assert!(!self.paused.contains(&true));
    }

    /// All end when told to, with what they held given back.
    pub(super) fn stop(&mut self) {
        for served in self.served.iter_mut().flatten() {
            assert_eq!(served.stop(), Some(0));
        }
        let status = ["--database-url", &self.database, "keep", "status"];
        assert_eq!(self.company.json(&status)["keeper"], json!(null));
    }
}

/// Below those that the system gives to whoever asks for none in particular: a copy that comes back
/// must find its own free.
fn free_ports(count: usize) -> Vec<u16> {
    let first = 20_000 + u16::try_from(std::process::id() % 10_000).unwrap();
    let is_free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (first..32_000).filter(is_free).take(count).collect()
}
