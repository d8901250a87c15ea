//! A receiver that really listens: every fact once, signed, over a server that is killed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde_json::{Value, json};

use crate::api::{ask, key};
use crate::company::Acme;
use crate::harness::{Company, DAY, Served};

pub(crate) const SECRET_BYTES: [u8; 32] = [0x5c; 32];
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Clone, Debug)]
struct Sent {
    headers: BTreeMap<String, String>,
    body: String,
}

/// Listens on this machine; refuses the first try of all.
#[derive(Clone, Default)]
pub(crate) struct Receiver(Arc<Mutex<Vec<Sent>>>);

impl Receiver {
    pub(crate) fn start() -> (Self, String) {
        let receiver = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/guerdon", listener.local_addr().unwrap());
        let heard = receiver.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                heard.take(&stream.unwrap());
            }
        });
        (receiver, url)
    }

    /// A server that is killed leaves half a request.
    fn take(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length")?.parse().ok()?;
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let mut all = self.0.lock().unwrap();
        let status = match all.is_empty() {
            true => "500 Not yet",
            false => "204 No Content",
        };
        all.push(Sent {
            headers,
            body: String::from_utf8(body).unwrap(),
        });
        drop(all);
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        (&*stream).write_all(answer.as_bytes()).ok()
    }

    /// What was sent, once each; checks every signature, and that tries of one event are alike.
    pub(crate) fn facts(&self) -> BTreeMap<String, Value> {
        let mut facts = BTreeMap::new();
        for sent in self.0.lock().unwrap().iter() {
            let (id, at) = (
                &sent.headers["webhook-id"],
                &sent.headers["webhook-timestamp"],
            );
            let key = hmac::Key::new(hmac::HMAC_SHA256, &SECRET_BYTES);
            let tag = hmac::sign(&key, format!("{id}.{at}.{}", sent.body).as_bytes());
            let want = format!("v1,{}", STANDARD.encode(tag));
            assert_eq!(sent.headers["webhook-signature"], want);
            let body: Value = serde_json::from_str(&sent.body).unwrap();
            let before = facts.insert(id.clone(), body.clone());
            assert!(before.is_none_or(|before| before == body));
        }
        facts
    }

    /// Waits until every event of the list was sent.
    fn wait_for_all(&self, url: &str, key: &str) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            let listed = ask(url, key, ("/events?limit=200", None)).unwrap();
            assert_eq!(listed.0, 200, "{}", listed.1);
            let listed = listed.1["data"].as_array().unwrap().clone();
            let ids: BTreeSet<_> = listed.iter().map(|it| it["id"].as_str().unwrap()).collect();
            assert_eq!(ids.len(), listed.len(), "no fact has two ids");
            let facts = self.facts();
            let known: BTreeSet<_> = facts.keys().map(String::as_str).collect();
            if !ids.is_empty() && known == ids {
                return listed;
            }
            assert!(Instant::now() < until, "sent {known:?} of {listed:#?}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

fn kinds(listed: &[Value]) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for one in listed {
        let kind = one["event"]["type"].as_str().unwrap().to_owned();
        *kinds.entry(kind).or_default() += 1;
    }
    kinds
}

/// Waits until the log has some words.
pub(crate) fn wait_for_words(log: &Mutex<String>, words: &str) {
    let until = Instant::now() + PATIENCE;
    while !log.lock().unwrap().contains(words) {
        assert!(Instant::now() < until, "the log never says: {words}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Makes a webhook by the API and answers its id.
pub(crate) fn make(url: &str, key: &str, address: &str) -> String {
    let secret = format!("whsec_{}", STANDARD.encode(SECRET_BYTES));
    let hook = json!({"url": address, "secret": secret});
    let (status, made) = ask(url, key, ("/webhooks", Some(("one", hook)))).unwrap();
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// Waits until so many events of a kind are listed.
fn wait_for(url: &str, key: &str, (kind, count): (&str, usize)) {
    let until = Instant::now() + PATIENCE;
    loop {
        let listed = ask(url, key, ("/events?limit=200", None)).unwrap().1;
        let found = kinds(listed["data"].as_array().unwrap());
        if found.get(kind).is_some_and(|found| *found >= count) {
            return;
        }
        assert!(Instant::now() < until, "no {kind}: {found:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The stream's text until it has some words.
fn stream(url: &str, key: &str, (after, words): (u64, &str)) -> String {
    let address = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\n\
         Accept: text/event-stream\r\nLast-Event-ID: {after}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut heard = String::new();
    let mut piece = [0; 4_096];
    while !heard.contains(words) {
        let count = stream.read(&mut piece).unwrap();
        assert!(count > 0, "the stream ended: {heard}");
        heard.push_str(&String::from_utf8_lossy(&piece[..count]));
    }
    heard
}

#[test]
fn every_fact_arrives_once_and_signed_though_the_server_is_killed() {
    let acme = Acme::with_round();
    let company = &acme.company;
    let key = key(company, None, &["webhooks:write", "read:events"]);
    let (receiver, address) = Receiver::start();
    let serve = ["-vvv", "serve", "--port", "0", "--webhooks-to-loopback"];
    let (mut served, log) = Served::run(company, &serve);
    wait_for_words(&log, "events are told after block");
    let secret = format!("whsec_{}", STANDARD.encode(SECRET_BYTES));
    make(&served.url, &key, &address);
    let metadata = json!({"url": "https://169.254.169.254/", "secret": secret});
    let refused = ask(&served.url, &key, ("/webhooks", Some(("two", metadata))));
    assert_eq!(refused.unwrap().0, 409);

    let fund = || company.json(&["fund", "1", "--from", "0"]);
    fund();
    wait_for(&served.url, &key, ("pool.funded", 1));
    let file = acme.grant_file("G-1001");
    acme.rpc.travel(acme.rpc.now() + 400 * DAY);
    company.json(&["grant", "claim", &file, "--from", "10"]);
    wait_for(&served.url, &key, ("grant.claimed", 1));
    receiver.wait_for_all(&served.url, &key);

    // Killed while facts come: nothing is lost, and none has another id.
    fund();
    served.process.kill().unwrap();
    served.process.wait().unwrap();
    fund();
    acme.rpc.travel(acme.rpc.now() + 40 * DAY);
    let (mut served, again) = Served::run(company, &serve);
    wait_for(&served.url, &key, ("pool.funded", 3));
    wait_for(&served.url, &key, ("grant.vested", 1));
    let listed = receiver.wait_for_all(&served.url, &key);
    let kinds = kinds(&listed);
    assert_eq!(kinds["pool.funded"], 3, "{kinds:?}");
    assert_eq!(
        (kinds["grant.opened"], kinds["grant.claimed"]),
        (1, 1),
        "{kinds:?}"
    );
    let vested = listed
        .iter()
        .find(|it| it["event"]["type"] == "grant.vested")
        .unwrap();
    let vested = &vested["event"]["data"];
    assert!(
        vested["earned_by_time"]["raw"].as_str().unwrap().len() > 10,
        "{vested}"
    );
    assert_eq!(vested["transaction"], Value::Null);

    let first = listed[0]["sequence"].as_u64().unwrap();
    let second = listed[1]["id"].as_str().unwrap();
    let heard = stream(&served.url, &key, (first, "grant.vested"));
    assert!(heard.contains("text/event-stream"), "{heard}");
    assert!(!heard.contains(&format!("\nid: {first}\n")), "{heard}");
    assert!(
        heard.contains(&format!("\nid: {}\n", listed[1]["sequence"])),
        "{second}: {heard}"
    );

    assert_eq!(served.stop(), Some(0));
    let said = [log, again].map(|log| log.lock().unwrap().clone()).concat();
    nobody_says_the_secret(company, &said);
}

/// Neither the database nor a log has it.
fn nobody_says_the_secret(company: &Company, said: &str) {
    assert!(said.contains("TRACE"));
    let secret = STANDARD.encode(SECRET_BYTES);
    let part = secret.get(..24).unwrap();
    assert!(!said.contains(part), "a log has the secret");
    for entry in std::fs::read_dir(company.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_file() {
            continue;
        }
        let content = std::fs::read(&path).unwrap();
        let has = |what: &[u8]| content.windows(what.len()).any(|window| window == what);
        assert!(
            !has(part.as_bytes()) && !has(&SECRET_BYTES),
            "{}",
            path.display()
        );
    }
    assert!(company.path("data.key").is_file());
}
