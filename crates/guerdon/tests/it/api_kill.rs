//! A web process that is killed in the middle of each POST of the API leaves all of it or nothing.
//! The POSTs are those of the document that the server prints, so none can be forgotten: one that
//! this file has no body for fails it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use alloy_primitives::keccak256;
use guerdon_store::{Actor, Store};
use serde_json::{Value, json};

use crate::api::{ask, key};
use crate::database::Postgres;
use crate::harness::{Company, Served, json_in};

/// Kills, each at another moment of a round of requests.
const KILLS: u32 = 6;
/// Plans that nothing in the demonstration takes as it stands: no grant withholds, no recovery can
/// be executed or has lapsed, and what waits to be opened is of a round that is not binding. They
/// are worked out and written down as the others are.
const NOT_HERE: [&str; 4] = [
    "/grants/{id}/plans/clear-recovery",
    "/grants/{id}/plans/execute-recovery",
    "/grants/{id}/plans/lower-withholding",
    "/grants/{id}/plans/open",
];

/// A POST of the document with what it is tried on.
#[derive(Clone, Debug)]
struct Post {
    path: String,
    /// The name of its body's schema.
    schema: String,
    /// Its path with something real in each place, if that stays the same.
    target: Option<String>,
    /// What the log says of it.
    entry: (String, String),
}

struct Tried<'a> {
    company: &'a Company,
    database: Option<&'a str>,
    key: String,
}

/// One request: its name, its path and its body.
type Request = (String, String, Value);

impl Tried<'_> {
    fn serve(&self) -> Served {
        let data_key = self.company.path("data.key");
        let mut words = vec!["serve", "--port", "0", "--key-limit", "0"];
        words.extend(["--data-key", data_key.to_str().unwrap()]);
        words.extend(self.database.iter().flat_map(|url| ["--database-url", url]));
        Served::run(self.company, &words).0
    }

    fn get(&self, served: &Served, path: &str) -> Value {
        let (status, answer) = ask(&served.url, &self.key, (path, None)).unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    fn post(&self, served: &Served, (name, path, body): &Request) -> (u16, Value) {
        let sent = (path.as_str(), Some((name.as_str(), body.clone())));
        ask(&served.url, &self.key, sent).unwrap()
    }

    /// A sheet of one grant, taken in.
    fn import(&self, served: &Served, tag: &str) -> String {
        let request = (format!("{tag}-sheet"), "/imports".to_owned(), sheet(tag));
        let (status, answer) = self.post(served, &request);
        assert_eq!(status, 201, "{answer}");
        answer["import"].as_str().unwrap().to_owned()
    }

    /// A path with something real in each place.
    fn target(&self, served: &Served, post: &Post, tag: &str) -> String {
        match &post.target {
            Some(target) => target.clone(),
            None => {
                assert!(post.path.contains("{import}"), "{}", post.path);
                let import = self.import(served, tag);
                post.path.replace("{import}", &import)
            }
        }
    }

    fn request(&self, served: &Served, post: &Post, tag: &str) -> Request {
        let path = self.target(served, post, tag);
        (tag.to_owned(), path, body_of(&post.schema, tag))
    }

    /// What the log has of the key, by what it says, and which names were answered.
    fn books(&self, names: &[&str]) -> (BTreeMap<(String, String), usize>, Vec<bool>) {
        let file = format!("sqlite://{}", self.company.path("guerdon.db").display());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let store = Store::open(self.database.unwrap_or(&file)).await.unwrap();
            let mut read = store.read().await.unwrap();
            let log = read.audit_of_actor(Actor::Key(1), None, 100_000).await;
            let mut said = BTreeMap::new();
            for line in log.unwrap() {
                *said.entry(spoken(&line.entry)).or_insert(0) += 1;
            }
            let mut kept = Vec::new();
            for name in names {
                kept.push(read.api_answer(1, name).await.unwrap().is_some());
            }
            drop(read);
            store.close().await;
            (said, kept)
        })
    }
}

/// An entry without what differs from one request to the next.
fn spoken(entry: &guerdon_store::NewEntry) -> (String, String) {
    let detail = match entry.action.as_str() {
        "plan made" => entry.detail.clone(),
        _ => String::new(),
    };
    (entry.action.clone(), detail)
}

fn sheet(tag: &str) -> Value {
    let wallet = format!("0x{}", hex::encode(&keccak256(tag)[..20]));
    let head = "external_id,name,employee_id,wallet,token,quantity,vesting_start,timezone,\
                cliff_months,duration_months,interval_months,cliff_percent";
    let row = format!("{tag},Ada,{tag},{wallet},ACC,1,2029-01-01,Europe/London,12,48,1,25");
    json!({"name": format!("{tag}.csv"), "sheet": format!("{head}\n{row}\n")})
}

/// A body that a POST takes, by the name of its schema in the document.
fn body_of(schema: &str, tag: &str) -> Value {
    match schema {
        "Nothing" | "Commit" => json!({}),
        "NewPerson" => json!({"number": tag, "name": "Ada"}),
        "End" => json!({"stop_at": "2031-01-01T00:00:00Z", "grace": false}),
        "Accelerate" => json!({"seconds": 86_400}),
        "LowerWithholding" => json!({"withhold_bps": 0}),
        "To" => json!({"to": format!("0x{}", "d7".repeat(20))}),
        "NewImport" => sheet(tag),
        "CommitImport" => json!({"doubts_read": true}),
        "NewWebhook" => json!({
            "url": format!("https://hooks.acme.example/{tag}"),
            "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        }),
        other => panic!("a POST takes {other}: say here what that looks like"),
    }
}

/// Every POST of the document: its path and the schema of its body.
fn posts(served: &Served) -> Vec<(String, String)> {
    let document = json_in(&served.get("/api/openapi.json")).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some(post) = methods.get("post") else {
            continue;
        };
        let body = &post["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let schema = body.as_str().unwrap().rsplit('/').next().unwrap();
        found.push((path.clone(), schema.to_owned()));
    }
    found
}

fn ids(list: &Value, field: &str) -> Vec<String> {
    let rows = list["data"].as_array().unwrap().iter();
    rows.map(|row| row[field].as_str().unwrap().to_owned())
        .collect()
}

/// Finds for each POST what takes it, and what the log says then.
fn found(tried: &Tried<'_>, served: &Served) -> Vec<Post> {
    let import = tried.import(served, "found-round");
    let path = format!("/imports/{import}/commit");
    let request = ("found-root".to_owned(), path, json!({"doubts_read": true}));
    let (status, answer) = tried.post(served, &request);
    assert_eq!(status, 201, "{answer}");
    let grants = ids(&tried.get(served, "/grants?limit=200"), "id");
    let mut roots = ids(&tried.get(served, "/rounds"), "root");
    roots.push(answer["round"].as_str().unwrap().to_owned());
    let (mut all, mut refused) = (Vec::new(), Vec::new());
    for (place, (path, schema)) in posts(served).into_iter().enumerate() {
        let targets: Vec<Option<String>> = match () {
            () if path.contains("/grants/{id}") => {
                let filled = grants.iter().map(|id| path.replace("{id}", id));
                filled.map(Some).collect()
            }
            () if path.contains("{root}") => {
                let filled = roots.iter().map(|root| path.replace("{root}", root));
                filled.map(Some).collect()
            }
            () if path.contains("{import}") => vec![None],
            () => vec![Some(path.clone())],
        };
        let (before, _) = tried.books(&[]);
        let good = targets.into_iter().enumerate().find_map(|(n, target)| {
            let post = Post {
                path: path.clone(),
                schema: schema.clone(),
                target,
                entry: Default::default(),
            };
            let tag = format!("found-{place}-{n}");
            let request = tried.request(served, &post, &tag);
            let (status, answer) = tried.post(served, &request);
            assert!([201, 409].contains(&status), "{request:?}: {answer}");
            (status == 201).then_some(post)
        });
        let Some(post) = good else {
            refused.push(path);
            continue;
        };
        let (after, _) = tried.books(&[]);
        let new = after.into_iter().filter(|(entry, count)| {
            let known = before.get(entry).copied().unwrap_or(0);
            // Sheets are sent here for others, too.
            *count > known && (entry.0 != "import begun" || path == "/imports")
        });
        let new: Vec<_> = new.collect();
        assert_eq!(new.len(), 1, "{path} leaves one entry in the log: {new:?}");
        let entry = new[0].0.clone();
        all.push(Post { entry, ..post });
    }
    refused.sort();
    assert_eq!(refused, NOT_HERE, "POSTs that nothing here takes");
    all
}

/// Sends all of them at once and kills the server after a while, if it is told to.
fn round(
    tried: &Tried<'_>,
    served: &mut Served,
    (requests, kill): (&[Request], Option<Duration>),
) -> Vec<Option<(u16, Value)>> {
    let clients = requests.iter().cloned().map(|(name, path, body)| {
        let (url, key) = (served.url.clone(), tried.key.clone());
        std::thread::spawn(move || ask(&url, &key, (&path, Some((&name, body)))))
    });
    let clients: Vec<_> = clients.collect();
    if let Some(after) = kill {
        std::thread::sleep(after);
        served.process.kill().unwrap();
        served.process.wait().unwrap();
    }
    clients.into_iter().map(|it| it.join().unwrap()).collect()
}

fn killed(database: Option<&str>) {
    let company = Company::new(None);
    let mut demo = vec!["demo", "--no-serve"];
    demo.extend(database.iter().flat_map(|url| ["--database-url", url]));
    company.json(&demo);
    let scopes = [
        "read:grants",
        "plan:write",
        "people:write",
        "imports:write",
        "webhooks:write",
    ];
    let tried = Tried {
        key: key(&company, database, &scopes),
        company: &company,
        database,
    };
    let mut served = tried.serve();
    let posts = found(&tried, &served);
    let requests = |served: &Served, round: u32| -> Vec<Request> {
        let all = posts.iter().enumerate();
        all.map(|(n, post)| tried.request(served, post, &format!("K{round}-{n}")))
            .collect()
    };
    let whole = requests(&served, 0);
    let begun = Instant::now();
    let answers = round(&tried, &mut served, (&whole, None));
    let took = begun.elapsed();
    assert!(answers.iter().all(|it| it.as_ref().unwrap().0 == 201));
    let (mut cut, mut written) = (0, 0);
    for kill in 1..=KILLS {
        let sent = requests(&served, kill);
        let names: Vec<_> = sent.iter().map(|(name, ..)| name.as_str()).collect();
        let (mut want, _) = tried.books(&[]);
        let after = took * (kill - 1) / KILLS;
        let answers = round(&tried, &mut served, (&sent, Some(after)));
        let (said, kept) = tried.books(&names);
        let all = posts.iter().zip(&kept).zip(&answers).zip(&names);
        for (((post, kept), answer), name) in all {
            assert!(
                *kept || answer.is_none(),
                "{name} {}: {answer:?}",
                post.path
            );
            if *kept {
                *want.entry(post.entry.clone()).or_insert(0) += 1;
            }
            cut += u32::from(answer.is_none());
            written += u32::from(*kept);
        }
        // What was done and what was answered: both, or neither.
        assert_eq!(said, want, "kill {kill}");
        served = tried.serve();
        for ((request, answer), kept) in sent.iter().zip(answers).zip(kept) {
            let again = tried.post(&served, request);
            assert_eq!(again.0, 201, "{request:?}: {}", again.1);
            if let Some(first) = answer {
                assert_eq!(first, again, "{request:?}");
            }
            let post = &posts[sent.iter().position(|it| it == request).unwrap()];
            *want.entry(post.entry.clone()).or_insert(0) += usize::from(!kept);
        }
        assert_eq!(
            tried.books(&[]).0,
            want,
            "after kill {kill}: each was done once"
        );
    }
    assert!(cut > 0 && written > 0, "{cut} cut off, {written} written");
    served.stop();
    once_each(&company, database, posts.len());
}

/// No sheet became two rounds, no person came twice.
fn once_each(company: &Company, database: Option<&str>, posts: usize) {
    let mut words = vec!["people", "list"];
    words.extend(database.iter().flat_map(|url| ["--database-url", url]));
    let listed = company.json(&words);
    let listed = listed.as_array().unwrap();
    let file = format!("sqlite://{}", company.path("guerdon.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let store = Store::open(database.unwrap_or(&file)).await.unwrap();
        let mut read = store.read().await.unwrap();
        let (mut people, mut rounds) = (0, 0);
        for tag in (0..=KILLS).flat_map(|kill| (0..posts).map(move |n| format!("K{kill}-{n}"))) {
            let named = listed.iter().filter(|person| person["number"] == tag);
            let (named, grants) = (named.count(), read.grants_named(&tag).await.unwrap());
            assert!(named <= 1 && grants.len() <= 1, "{tag}");
            people += named;
            rounds += grants.len();
        }
        let each = usize::try_from(KILLS).unwrap() + 1;
        // Who is granted something in a sheet comes onto the list, too.
        assert_eq!((people, rounds), (2 * each, each));
        drop(read);
        store.close().await;
    });
}

#[test]
fn a_server_killed_in_the_middle_of_each_post_leaves_all_or_nothing() {
    killed(None);
}

#[test]
fn a_server_killed_over_postgresql_leaves_all_or_nothing() {
    if let Some(postgres) = Postgres::new("api_kill") {
        killed(Some(&postgres.url));
    }
}
