//! People and programs at the pages while copies are killed: they read, ask and add, and remember
//! what they were answered.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Chance;
use super::freshness::{Heights, Told, of_page, of_readiness};
use crate::api;
use crate::company::{Acme, address};
use crate::visitor::{Answer, Visitor};

/// Accounts of the embedded chain that hold grants.
const HOLDERS: [u32; 6] = [10, 11, 15, 16, 18, 27];
/// Somebody who asks again and again is answered by then.
const PATIENCE: Duration = Duration::from_secs(180);
const FORM: &str = "application/x-www-form-urlencoded";

/// What was answered.
#[derive(Debug, Default)]
pub(super) struct Done {
    /// Pages and data.
    pub(super) read: u64,
    /// Of them those that said that they are old.
    pub(super) stale: u64,
    /// People that were added, by their numbers.
    pub(super) people: Vec<String>,
    /// Claims that were asked for.
    pub(super) asked: u64,
    /// POSTs that were not answered, or answered by an error of the server.
    pub(super) failed: u64,
}

/// Somebody signed in.
#[derive(Debug, Clone)]
struct Holder {
    cookie: Option<String>,
    grant: String,
}

/// What all threads share.
#[derive(Debug)]
struct Shared {
    urls: Vec<String>,
    holders: Vec<Holder>,
    root: String,
    key: String,
    heights: Heights,
    stop: AtomicBool,
    read: AtomicU64,
    stale: AtomicU64,
    asked: AtomicU64,
    failed: AtomicU64,
    people: Mutex<Vec<String>>,
}

/// The load.
#[derive(Debug)]
pub(super) struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    pub(super) fn begin(
        acme: &Acme,
        (database, urls): (&str, &[String]),
        heights: &Heights,
        seed: u64,
    ) -> Self {
        let key = api::key(&acme.company, Some(database), &["people:write"]);
        let shared = Arc::new(Shared {
            urls: urls.to_vec(),
            holders: holders(acme, &urls[0]),
            root: acme.root.clone(),
            key,
            heights: heights.clone(),
            stop: AtomicBool::new(false),
            read: AtomicU64::new(0),
            stale: AtomicU64::new(0),
            asked: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            people: Mutex::default(),
        });
        let mut load = Self {
            shared,
            threads: Vec::new(),
        };
        for which in 0..urls.len() {
            load.repeat(40, seed, move |shared, chance| shared.look(which, chance));
        }
        for which in 0..2 {
            let mut count = 0;
            load.repeat(250, seed + which, move |shared, chance| {
                count += 1;
                shared.add_person(&format!("C{which}-{count}"), chance);
            });
            load.repeat(250, seed + which, Shared::ask);
        }
        load
    }

    fn repeat(
        &mut self,
        pause: u64,
        seed: u64,
        mut act: impl FnMut(&Shared, &mut Chance) + Send + 'static,
    ) {
        let shared = Arc::clone(&self.shared);
        let mut chance = Chance(seed);
        self.threads.push(std::thread::spawn(move || {
            while !shared.stop.load(Ordering::SeqCst) {
                act(&shared, &mut chance);
                std::thread::sleep(Duration::from_millis(pause));
            }
        }));
    }

    /// Ends, once everybody was answered; fails if anybody saw what must not be.
    pub(super) fn end(self) -> Done {
        self.shared.stop.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap();
        }
        let shared = self.shared;
        let people = shared.people.lock().unwrap().clone();
        Done {
            read: shared.read.load(Ordering::SeqCst),
            stale: shared.stale.load(Ordering::SeqCst),
            people,
            asked: shared.asked.load(Ordering::SeqCst),
            failed: shared.failed.load(Ordering::SeqCst),
        }
    }
}

/// Signs the holders in, and finds a grant of each.
fn holders(acme: &Acme, url: &str) -> Vec<Holder> {
    let listed = acme.company.json(&["grant", "list"]);
    let grants = listed.as_array().unwrap().iter();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let by_holder: BTreeMap<String, String> = grants
        .map(|grant| (text(&grant["recipient"]).to_lowercase(), text(&grant["id"])))
        .collect();
    let holder = |account: &u32| {
        let mut visitor = Visitor::at(url);
        visitor.sign_in(*account);
        Holder {
            cookie: visitor.cookie,
            grant: by_holder[&address(*account).to_lowercase()].clone(),
        }
    };
    HOLDERS.iter().map(holder).collect()
}

impl Shared {
    /// A visitor of a copy; signed in if a holder is given.
    fn visitor(&self, which: usize, holder: Option<&Holder>) -> Visitor {
        let mut visitor = Visitor::at(&self.urls[which]);
        visitor.cookie = holder.and_then(|holder| holder.cookie.clone());
        visitor
    }

    fn any<'a, T>(&self, of: &'a [T], chance: &mut Chance) -> &'a T {
        &of[usize::try_from(chance.below(of.len() as u64)).unwrap()]
    }

    fn any_copy(&self, chance: &mut Chance) -> usize {
        usize::try_from(chance.below(self.urls.len() as u64)).unwrap()
    }

    /// Reads one page or one piece of data, and judges how old it says it is.
    fn look(&self, which: usize, chance: &mut Chance) {
        let holder = self.any(&self.holders, chance);
        let round = format!("/rounds/{}", self.root);
        let own = format!("/grants/{}", holder.grant);
        let claim = format!("{own}/claim");
        let paths = ["/readyz", "/", &round, "/me", &own, &claim];
        let path = *self.any(&paths, chance);
        let asked_at = Instant::now();
        let mut visitor = self.visitor(which, Some(holder));
        let Some(answer) = visitor.attempt("GET", path, ("", "")) else {
            return;
        };
        let told = match (path, answer.status) {
            ("/readyz", 200 | 503) => {
                let now = jiff::Timestamp::now().as_second();
                of_readiness(&answer.json(), u64::try_from(now).unwrap())
            }
            (_, 200) => of_page(&answer.body),
            // A copy that begins knows no grant until it is read; then it says so.
            (_, 404) if answer.body.contains("class=\"why stale\"") => Told::Old,
            (_, 500 | 503) => return,
            _ => panic!("{path}: {answer:?}"),
        };
        self.read.fetch_add(1, Ordering::SeqCst);
        if self.heights.judge(&told, asked_at) {
            self.stale.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Adds a person, by the same request again and again until it is answered.
    fn add_person(&self, number: &str, chance: &mut Chance) {
        let until = Instant::now() + PATIENCE;
        let body = json!({"number": number, "name": "Ada"});
        loop {
            let url = &self.urls[self.any_copy(chance)];
            let sent = ("/people", Some((number, body.clone())));
            match api::ask(url, &self.key, sent) {
                Some((201, _)) => break,
                Some((409 | 429 | 500 | 503, _)) | None => {}
                Some(answer) => panic!("{number}: {answer:?}"),
            }
            self.failed.fetch_add(1, Ordering::SeqCst);
            assert!(Instant::now() < until, "{number} was never answered");
            std::thread::sleep(Duration::from_millis(200));
        }
        self.people.lock().unwrap().push(number.to_owned());
    }

    /// Asks for a claim as its holder, by the form of the page.
    fn ask(&self, chance: &mut Chance) {
        let holder = self.any(&self.holders, chance);
        let mut visitor = self.visitor(self.any_copy(chance), Some(holder));
        let path = format!("/grants/{}/relay", holder.grant);
        match visitor.attempt("POST", &path, (FORM, "")) {
            Some(Answer { status: 303, .. }) => self.asked.fetch_add(1, Ordering::SeqCst),
            Some(Answer {
                status: 500 | 503, ..
            })
            | None => self.failed.fetch_add(1, Ordering::SeqCst),
            Some(answer) => panic!("{path}: {answer:?}"),
        };
    }
}
