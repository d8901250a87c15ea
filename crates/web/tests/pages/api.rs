//! The API over a real store: who may ask what, what is answered, and that the document says so.

use std::collections::BTreeSet;

use alloy_primitives::B256;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use guerdon_store::{Actor, ImportDraft, NewApiKey, NewWebhook, Scope, Store};
use guerdon_web::{AppState, Limits, NewKey, document, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::harness::on_both;
use crate::people;
use crate::sample::{Story, WALL, inner};

/// A key with some scopes.
fn secret(number: u8) -> NewKey {
    NewKey::of([number; 32])
}

pub(crate) async fn put_key(
    store: &Store,
    number: u8,
    scopes: &[Scope],
    expires_at: Option<u64>,
) -> u64 {
    let key = secret(number);
    let mut tx = store.write().await.unwrap();
    let new = NewApiKey {
        hash: key.hash,
        prefix: key.prefix,
        label: format!("system {number}"),
        scopes: scopes.iter().copied().collect(),
        made_at: WALL - 60,
        made_by: Actor::CommandLine,
        expires_at,
    };
    let id = tx.add_api_key(&new).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// The number of a sheet that is on its way.
const SHEET: &str = "5eed5eed5eed5eed";

/// The number of a receiver of events.
const HOOK: &str = "wh_5eed5eed5eed5eed";

async fn put_more(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let draft = ImportDraft {
        id: SHEET.to_owned(),
        name: "sheet.csv".to_owned(),
        sheet: b"external_id\nG-9000\n".to_vec(),
        matched: None,
        left_out: BTreeSet::new(),
        created_by: "P1".to_owned(),
        created_at: WALL,
        changed_at: WALL,
        binding_at: None,
        root: None,
    };
    tx.put_import_draft(&draft).await.unwrap();
    tx.add_webhook(&NewWebhook {
        id: HOOK.to_owned(),
        url: "https://hooks.acme.example/guerdon".to_owned(),
        events: BTreeSet::new(),
        secret: String::new(),
        made_at: WALL,
        made_by: Actor::CommandLine,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

pub(crate) const ALL: u8 = 1;

pub(crate) struct Api {
    pub(crate) router: Router,
    pub(crate) story: Story,
    pub(crate) store: Store,
}

pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) kind: String,
    pub(crate) replayed: bool,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Value,
}

impl Api {
    pub(crate) async fn of(url: &str, limits: Limits) -> Self {
        let story = Story::told();
        let store = Store::open(url).await.unwrap();
        story.put(&store).await;
        people::put(&store, &story).await;
        put_key(&store, ALL, &Scope::ALL, None).await;
        put_more(&store).await;
        let mut inner = inner(store.clone(), &story.facts, Some(WALL - 4));
        inner.options.limits = limits;
        Self {
            router: router(AppState::new(inner)),
            story,
            store,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        self.ask(ALL, Method::GET, (path, None), &[]).await
    }

    pub(crate) async fn post(&self, path: &str, name: &str, body: Value) -> Said {
        let headers = [("idempotency-key", name)];
        self.ask(ALL, Method::POST, (path, Some(body)), &headers)
            .await
    }

    pub(crate) async fn ask(
        &self,
        key: u8,
        method: Method,
        (path, body): (&str, Option<Value>),
        headers: &[(&str, &str)],
    ) -> Said {
        as_key(&self.router, key, method, (path, body), headers).await
    }

    pub(crate) async fn people(&self) -> u64 {
        let mut read = self.store.read().await.unwrap();
        read.count_members().await.unwrap()
    }
}

/// A request with a key.
pub(crate) async fn as_key(
    router: &Router,
    key: u8,
    method: Method,
    asked: (&str, Option<Value>),
    headers: &[(&str, &str)],
) -> Said {
    let bearer = format!("Bearer {}", secret(key).text);
    let mut all = vec![("authorization", bearer.as_str())];
    all.extend(headers);
    send(router, method, asked, &all).await
}

pub(crate) async fn send(
    router: &Router,
    method: Method,
    (path, body): (&str, Option<Value>),
    headers: &[(&str, &str)],
) -> Said {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = match body {
        Some(body) => {
            request = request.header("content-type", "application/json");
            Body::from(body.to_string())
        }
        None => Body::empty(),
    };
    let request = request.body(body).unwrap();
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let header = |name: &str| {
        let value = parts.headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    let (kind, replayed) = (header("content-type"), header("idempotent-replayed"));
    let (retry_after, status) = (header("retry-after"), parts.status);
    let policy = header("content-security-policy");
    assert_eq!(policy.as_deref(), Some(guerdon_web::POLICY), "{path}");
    let bytes = to_bytes(body, 10_000_000).await.unwrap();
    Said {
        status,
        kind: kind.unwrap_or_default(),
        replayed: replayed.is_some(),
        retry_after,
        body: serde_json::from_slice(&bytes).unwrap_or_default(),
    }
}

impl Said {
    pub(crate) fn is(&self, status: u16, code: &str) {
        let body = &self.body;
        assert_eq!(self.status.as_u16(), status, "{body}");
        assert_eq!(self.kind, "application/problem+json", "{body}");
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(body["status"], status, "{body}");
        assert_eq!(body["type"], format!("/api#{code}"), "{body}");
        assert!(body["detail"].as_str().unwrap().ends_with('.'), "{body}");
    }

    pub(crate) fn good(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        assert_eq!(self.kind, "application/json");
        self.body
    }
}

/// A path with something real in the place of each name.
fn filled(path: &str, story: &Story) -> String {
    path.replace("{root}", &story.root.to_string())
        .replace("{person}", "P1")
        .replace("{import}", SHEET)
        .replace("{webhook}", HOOK)
        .replace("/goals/{id}", &format!("/goals/{}", story.product))
        .replace("{id}", &story.id("G-1004").to_string())
}

/// Method, path and the scope that its description names.
fn operations() -> Vec<(Method, String, Scope)> {
    let document = document();
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let says = operation["description"].as_str().unwrap();
            let scope = Scope::named(says.split('`').nth(1).unwrap()).unwrap();
            let method: Method = method.to_uppercase().parse().unwrap();
            all.push((method, path.clone(), scope));
        }
    }
    all
}

#[tokio::test]
async fn every_operation_lets_in_keys_with_its_scope_alone() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        for (number, scope) in (10..).zip(Scope::ALL) {
            put_key(&api.store, number, &[scope], None).await;
        }
        let operations = operations();
        assert!(operations.len() > 25, "{}", operations.len());
        for (method, path, scope) in operations {
            let path = filled(&path, &api.story);
            let writes = method == Method::POST;
            let headers = [("idempotency-key", "once")];
            let body = || writes.then(|| json!([]));
            for (key, held) in (10..).zip(Scope::ALL) {
                let said = api
                    .ask(key, method.clone(), (&path, body()), &headers)
                    .await;
                match held == scope {
                    true if writes => said.is(422, "invalid"),
                    true => {
                        said.good();
                    }
                    false => said.is(403, "scope_missing"),
                }
            }
            let nobody = send(&api.router, method.clone(), (&path, body()), &headers).await;
            nobody.is(401, "key_missing");
        }
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_dead_or_comes_with_a_cookie_opens_nothing() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        put_key(&api.store, 2, &Scope::ALL, Some(WALL)).await;
        put_key(&api.store, 3, &Scope::ALL, Some(WALL + 1)).await;
        let id = put_key(&api.store, 4, &Scope::ALL, None).await;
        let mut tx = api.store.write().await.unwrap();
        assert!(tx.revoke_api_key(id, WALL).await.unwrap());
        assert!(!tx.revoke_api_key(id, WALL).await.unwrap());
        tx.commit().await.unwrap();
        for (key, good) in [(ALL, true), (2, false), (3, true), (4, false), (5, false)] {
            let said = api.ask(key, Method::GET, ("/overview", None), &[]).await;
            match good {
                true => drop(said.good()),
                false => said.is(401, "key_unknown"),
            }
        }
        let cookie = [("cookie", "__Host-guerdon=ab")];
        let said = api
            .ask(ALL, Method::GET, ("/overview", None), &cookie)
            .await;
        said.is(400, "key_with_cookie");
        for wrong in ["Basic abc", "Bearer", "Bearer gdn_0_0", "gdn_0_0"] {
            let headers = [("authorization", wrong)];
            let said = send(&api.router, Method::GET, ("/overview", None), &headers).await;
            said.is(401, "key_unknown");
        }
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn every_failure_is_a_problem_with_its_code() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
    let api = Api::of(&url, Limits::default()).await;
    api.get("/nothing").await.is(404, "not_found");
    let zeros = format!("/grants/0x{}", "0".repeat(64));
    api.get(&zeros).await.is(404, "not_found");
    let said = api.ask(ALL, Method::DELETE, ("/overview", None), &[]).await;
    said.is(405, "method_not_allowed");
    for (path, why) in [
        ("/grants?limit=0", "must be from 1 to 200"),
        ("/grants?limit=x", "must be of the type \"integer\""),
        ("/grants?limit=1&limit=2", "was given twice"),
        ("/grants?other=1", "is not known here"),
        ("/grants?state=rich", "must be one of [\"not opened yet\""),
        ("/grants/G-1004", "must look like ^0x"),
        ("/grants?as_of=2027-02-30", "such as 2026-12-31"),
        ("/grants?holder=0x12", "must look like ^0x"),
    ] {
        let said = api.get(path).await;
        said.is(422, "invalid");
        let detail = said.body["errors"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(why), "{path}: {detail}");
    }
    api.get("/overview?as_of=2999-01-01")
        .await
        .is(404, "as_of_unknown");
    let person = json!({"number": "E77"});
    let said = api
        .ask(ALL, Method::POST, ("/people", Some(person.clone())), &[])
        .await;
    said.is(400, "idempotency_key_missing");
    let headers = [("idempotency-key", "a b")];
    let said = api
        .ask(ALL, Method::POST, ("/people", Some(person)), &headers)
        .await;
    said.is(422, "invalid");
    let headers = [("idempotency-key", "a")];
    let said = api
        .ask(ALL, Method::POST, ("/people", None), &headers)
        .await;
    said.is(415, "not_json");
    let large = Value::from("x".repeat(5 << 20));
    api.post("/people", "large", large)
        .await
        .is(413, "too_large");
    let said = api.post("/people", "b", json!({"name": "Ada"})).await;
    said.is(422, "invalid");
    assert_eq!(said.body["errors"][0]["at"], "/number", "{}", said.body);
    let taken = json!({"number": "E1"});
    api.post("/people", "c", taken).await.is(409, "taken");
}

#[tokio::test]
async fn a_caller_that_asks_too_often_is_told_when_to_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
    let limits = Limits {
        key: Some(3),
        session: Some(2),
    };
    let api = Api::of(&url, limits).await;
    for _ in 0..3 {
        api.get("/overview").await.good();
    }
    let said = api.get("/overview").await;
    said.is(429, "too_many_requests");
    assert_eq!(said.retry_after.as_deref(), Some("20"));
    let cookie = people::Who::Holder.cookie().unwrap();
    for want in [200, 200, 429] {
        let request = Request::builder()
            .uri("/glossary")
            .header("cookie", &cookie)
            .body(Body::empty())
            .unwrap();
        let response = api.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), want);
        assert_eq!(response.headers().contains_key("retry-after"), want == 429);
    }
}

#[tokio::test]
async fn lists_are_read_page_by_page_and_say_what_the_ledger_says() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let ledger = &api.story.ledger;
        let mut seen = BTreeSet::new();
        let mut path = "/grants?limit=2".to_owned();
        loop {
            let page = api.get(&path).await.good();
            for grant in page["data"].as_array().unwrap() {
                let id: B256 = grant["id"].as_str().unwrap().parse().unwrap();
                let Some(record) = ledger.grants.get(&id) else {
                    assert_eq!(grant["state"], "not opened yet");
                    continue;
                };
                assert_eq!(grant["granted"]["raw"], record.amount.to_string());
                assert_eq!(grant["claimed"]["raw"], record.paid_net.to_string());
                assert!(grant["amounts"]["vested"]["raw"].is_string(), "{grant}");
                assert!(seen.insert(id), "{id} came twice");
            }
            let Some(next) = page["next_cursor"].as_str() else {
                assert_eq!(page["has_more"], false);
                break;
            };
            path = format!("/grants?limit=2&cursor={next}");
        }
        let want: BTreeSet<_> = ledger.grants.keys().copied().collect();
        assert_eq!(seen, want);
        let ended = api.get("/grants?state=ended").await.good();
        let ids: Vec<_> = ended["data"].as_array().unwrap().iter().collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(ids[0]["id"], api.story.id("G-1006").to_string());
        let first = api.get("/grants?limit=1").await.good();
        let cursor = first["next_cursor"].as_str().unwrap();
        let other = format!("/grants?limit=1&state=ended&cursor={cursor}");
        api.get(&other).await.is(409, "cursor_of_other_list");
        // Another block of the same height: what was read before is gone.
        let forged = format!("{}{}{}", &cursor[..16], "ab".repeat(32), &cursor[80..]);
        let forged = format!("/grants?limit=1&cursor={forged}");
        api.get(&forged).await.is(409, "as_of_reorged");
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_day_in_the_past_is_answered_from_its_events() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let mut before = guerdon_core::ledger::Ledger::default();
        let end = crate::sample::noon("2027-10-04") - 43_200;
        let facts = api.story.facts.iter();
        for (origin, fact) in facts.filter(|(origin, _)| origin.block_time < end) {
            before.apply(origin, fact).unwrap();
        }
        let day = "as_of=2027-10-03";
        let overview = api.get(&format!("/overview?{day}")).await.good();
        assert_eq!(overview["as_of"]["day"], "2027-10-03");
        let pool = before.pool;
        assert_eq!(overview["paid"]["raw"], pool.paid_net().to_string());
        assert_eq!(overview["opened_grants"], before.grants.len());
        let page = api.get(&format!("/grants?limit=200&{day}")).await.good();
        let rows = page["data"].as_array().unwrap().iter();
        let opened = rows.filter(|row| !row["opened_at"].is_null());
        assert_eq!(opened.count(), before.grants.len());
        let id = api.story.id("G-1004");
        let then = api.get(&format!("/grants/{id}?{day}")).await.good();
        let now = api.get(&format!("/grants/{id}")).await.good();
        let paid = before.grants[&id].paid_net.to_string();
        assert_eq!(then["grant"]["claimed"]["raw"], paid);
        assert_ne!(now["grant"]["claimed"], then["grant"]["claimed"]);
        assert_ne!(now["as_of"]["hash"], then["as_of"]["hash"]);
        let events = api.get(&format!("/grants/{id}/events?{day}")).await.good();
        assert_eq!(events["data"].as_array().unwrap().len(), 2, "{events}");
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_plan_is_the_call_that_the_page_would_sign_and_refusals_are_words() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let id = api.story.id("G-1004");
        let path = format!("/grants/{id}/plans/pause");
        let said = api.post(&path, "pause-1", json!({})).await.good();
        let terms = api.story.grants["G-1004"].1.encode().unwrap();
        let call = guerdon_chain::plan::pause(crate::sample::address(0x6a), &terms);
        assert_eq!(said["plan"]["data"], call.data.to_string());
        assert_eq!(said["plan"]["summary"], call.summary);
        assert_eq!(said["plan"]["value"], "0");
        assert_eq!(said["signer"], "people");
        let mut read = api.store.read().await.unwrap();
        let entry = read.audit(None, 1).await.unwrap().remove(0).entry;
        assert_eq!(
            (entry.action.as_str(), entry.detail.as_str()),
            ("plan made", "pause")
        );
        assert_eq!(entry.actor, Actor::Key(1));
        drop(read);
        let resume = format!("/grants/{id}/plans/resume");
        let said = api.post(&resume, "resume-1", json!({})).await;
        said.is(409, "refused_by_contract");
        // What was refused is not kept: the same name may try again.
        let said = api.post(&resume, "resume-1", json!({})).await;
        assert!(!said.replayed);
        let claim = format!("/grants/{id}/plans/claim");
        let said = api.post(&claim, "claim-1", json!({})).await.good();
        let call = guerdon_chain::plan::claim(crate::sample::address(0x6a), &terms);
        assert_eq!(said["plan"]["data"], call.data.to_string());
        let commit = format!("/rounds/{}/plans/commit", api.story.root);
        let said = api.post(&commit, "commit-1", json!({})).await;
        said.is(409, "refused_by_contract");
        api.store.close().await;
    })
    .await;
}
