//! What the API reads: tags, grants that wait to be opened, pages of jobs; and sheets on their way.

use std::collections::BTreeSet;

use alloy_primitives::B256;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use guerdon_store::{Actor, ImportDraft, NewJob, Person, Scope, SentBytes};
use guerdon_web::{Limits, NewKey};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::api::{ALL, Api, put_key};
use crate::harness::on_both;
use crate::sample::address;

/// Status, tag and body of a GET.
async fn tagged(api: &Api, key: u8, path: &str, tag: Option<&str>) -> (u16, String, String) {
    let mut request = Request::builder().uri(format!("/api/v1{path}")).header(
        "authorization",
        format!("Bearer {}", NewKey::of([key; 32]).text),
    );
    if let Some(tag) = tag {
        request = request.header("if-none-match", tag);
    }
    let request = request.body(Body::empty()).unwrap();
    let answer = api.router.clone().oneshot(request).await.unwrap();
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
    (status, tag, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn who_has_an_answer_is_told_so_until_it_changes_and_nobody_else_is() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        put_key(&api.store, 2, &[Scope::ReadGrants, Scope::ReadPeople], None).await;
        put_key(&api.store, 3, &[Scope::ReadGrants], None).await;
        for path in [
            "/grants",
            "/overview",
            "/overview?as_of=2027-10-03",
            "/people",
        ] {
            let (status, tag, body) = tagged(&api, ALL, path, None).await;
            assert_eq!(status, 200, "{path}");
            // The first time it is read and compared, then the version alone says it.
            for _ in 0..3 {
                let (status, again, nothing) = tagged(&api, ALL, path, Some(&tag)).await;
                assert_eq!(
                    (status, again.as_str(), nothing.as_str()),
                    (304, tag.as_str(), "")
                );
            }
            let (status, other, same) = tagged(&api, 2, path, Some(&tag)).await;
            assert_eq!(status, 200, "{path}: another key's tag says nothing");
            assert!(other != tag && same == body, "{path}");
        }
        let (_, people, _) = tagged(&api, 2, "/people", None).await;
        let (_, grants, _) = tagged(&api, 2, "/grants", None).await;
        for _ in 0..2 {
            assert_eq!(tagged(&api, 2, "/people", Some(&people)).await.0, 304);
        }
        api.post("/people", "tagged", json!({"number": "E900"}))
            .await
            .good();
        assert_eq!(tagged(&api, 2, "/people", Some(&people)).await.0, 200);
        assert_eq!(tagged(&api, 2, "/grants", Some(&grants)).await.0, 304);
        // A tag opens nothing that the key does not.
        let asked = [("if-none-match", people.as_str())];
        let said = api.ask(3, Method::GET, ("/people", None), &asked).await;
        said.is(403, "scope_missing");
        api.store.close().await;
    })
    .await;
}

async fn all(api: &Api, key: u8, path: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{path}{cursor}");
        let page = api.ask(key, Method::GET, (&path, None), &[]).await.good();
        rows.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

/// The name beside a grant that waits.
async fn put_name(api: &Api) {
    let (id, terms, _) = &api.story.grants["G-1002"];
    let mut tx = api.store.write().await.unwrap();
    tx.put_person(&Person {
        id: *id,
        external_id: "G-1002".to_owned(),
        name: "Dolores Ibárruri-Vega".to_owned(),
        email: "dolores@acme.example".to_owned(),
        employee_id: "E9".to_owned(),
        wallet: terms.recipient,
        country: String::new(),
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn grants_that_wait_to_be_opened_stand_in_the_list_without_names_of_people() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        put_key(&api.store, 2, &[Scope::ReadGrants], None).await;
        put_name(&api).await;
        let rows = all(&api, ALL, "/grants?limit=3").await;
        let ids: Vec<B256> = rows
            .iter()
            .map(|row| row["id"].as_str().unwrap().parse().unwrap())
            .collect();
        assert!(ids.is_sorted(), "in order of their ids, each once");
        let of_round = api.story.grants.values().map(|(id, ..)| *id);
        let want: BTreeSet<_> = of_round
            .chain(api.story.ledger.grants.keys().copied())
            .collect();
        assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), want);
        let waiting = all(&api, ALL, "/grants?limit=2&state=not%20opened%20yet").await;
        let opened = &api.story.ledger.grants;
        assert!(!waiting.is_empty());
        assert_eq!(waiting.len() + opened.len(), want.len());
        for row in &waiting {
            let id: B256 = row["id"].as_str().unwrap().parse().unwrap();
            assert!(
                !opened.contains_key(&id) && row["opened_at"].is_null(),
                "{row}"
            );
            let one = api.get(&format!("/grants/{id}")).await.good();
            assert_eq!(one["grant"], *row);
        }
        assert!(rows.iter().any(|row| row["person"].is_string()));
        let nameless = all(&api, 2, "/grants?limit=200").await;
        assert_eq!(nameless.len(), rows.len());
        assert!(nameless.iter().all(|row| row["person"].is_null()));
        // On the day of its commitment the whole round waited; before that there was nothing.
        let first = all(&api, ALL, "/grants?as_of=2026-07-01&limit=4").await;
        assert_eq!(first.len(), api.story.grants.len());
        let waits = |row: &Value| row["state"] == "not opened yet";
        assert!(first.iter().all(waits));
        let before = api.get("/grants?as_of=2026-06-30").await;
        before.is(404, "as_of_unknown");
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_keepers_transactions_are_read_page_by_page_from_the_newest() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let mut tx = api.store.write().await.unwrap();
        let mut made = Vec::new();
        for nonce in 0..5 {
            let job = NewJob {
                sender: address(0x77),
                nonce,
                to: address(0x6a),
                data: vec![1, 2],
                summary: format!("Claims {nonce}"),
                gas_limit: 90_000,
                day: 21_000,
                grants: vec![api.story.id("G-1004")],
            };
            let number = u8::try_from(nonce).unwrap();
            let sent = SentBytes {
                tx: B256::repeat_byte(number),
                raw: vec![number],
                max_fee: 9,
                priority_fee: None,
                sent_at: 1_782_864_000,
            };
            made.push(tx.add_job(&job, &sent).await.unwrap());
        }
        tx.commit().await.unwrap();
        let rows = all(&api, ALL, "/jobs/keeper?limit=2").await;
        let ids: Vec<_> = rows
            .iter()
            .map(|row| row["job"].as_u64().unwrap())
            .collect();
        made.reverse();
        assert_eq!(ids, made);
        let calls = all(&api, ALL, "/jobs/scheduled?limit=1").await;
        let whole = api.get("/jobs/scheduled?limit=200").await.good();
        assert_eq!(Value::from(calls), whole["data"]);
        let page = api.get("/jobs/keeper?limit=2").await.good();
        let cursor = page["next_cursor"].as_str().unwrap();
        let made_up = format!("{}{}", &cursor[..88], "f".repeat(64));
        let said = api
            .get(&format!("/jobs/keeper?limit=2&cursor={made_up}"))
            .await;
        assert_eq!(said.good()["data"].as_array().unwrap().len(), 2);
        api.store.close().await;
    })
    .await;
}

const HEAD: &str = "external_id,name,employee_id,wallet,token,quantity,vesting_start,timezone,\
                    cliff_months,duration_months,interval_months,cliff_percent";

fn row(id: &str, wallet: u8, quantity: &str) -> String {
    let wallet = format!("{:#x}", address(wallet));
    format!("{id},Ada,{id},{wallet},ACC,{quantity},2029-01-01,Europe/London,12,48,1,25")
}

#[tokio::test]
async fn a_sheet_is_taken_in_checked_and_forgotten_and_nothing_wrong_is_imported() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let csv = format!(
            "{HEAD}\n{}\n{}\n",
            row("G-9001", 0xe1, "10"),
            row("G-9002", 0xe2, "ten")
        );
        let sent = json!({"name": "sheet.csv", "sheet": csv});
        let begun = api.post("/imports", "sheet", sent.clone()).await.good();
        let again = api.post("/imports", "sheet", sent).await;
        assert!(again.replayed);
        assert_eq!(again.good(), begun);
        let path = format!("/imports/{}", begun["import"].as_str().unwrap());
        let said = api.get(&path).await.good();
        let checked = &said["checked"];
        assert_eq!(checked["rows"], 2, "{said}");
        assert_eq!(checked["good"], 1, "{said}");
        assert_eq!(checked["good_sum"]["raw"], "10000000000000000000", "{said}");
        assert_eq!(checked["errors"][0]["row"], 2, "{said}");
        assert_eq!(checked["errors"][0]["column"], "quantity", "{said}");
        assert_eq!(checked["ready"], false);
        let commit = format!("{path}/commit");
        api.post(&commit, "commit", json!({}))
            .await
            .is(409, "sheet_refused");
        // The same with the wrong row left out is good; this server has no importer.
        let left_out = json!({"name": "sheet.csv", "sheet": csv, "left_out": [2],
            "columns": [{"theirs": "name", "ours": null}]});
        let begun = api.post("/imports", "again", left_out).await.good();
        let good = format!("/imports/{}", begun["import"].as_str().unwrap());
        let said = api.get(&good).await.good();
        assert_eq!(said["checked"]["ready"], true, "{said}");
        assert_eq!(
            said["checked"]["columns"][1],
            json!({"theirs": "name", "ours": null})
        );
        let (commit_good, read) = (format!("{good}/commit"), json!({"doubts_read": true}));
        let said = api.post(&commit_good, "good", read).await;
        said.is(409, "sheet_refused");
        let detail = said.body["detail"].to_string();
        assert!(detail.contains("guerdon round import"), "{detail}");
        api.post(&format!("{path}/discard"), "discard", json!({}))
            .await
            .good();
        api.get(&path).await.is(404, "not_found");
        api.post(&commit, "late", json!({}))
            .await
            .is(404, "not_found");
        let mut read = api.store.read().await.unwrap();
        assert!(read.grants_named("G-9001").await.unwrap().is_empty());
        let log = read.audit_of_actor(Actor::Key(1), None, 50).await.unwrap();
        let said: Vec<_> = log
            .iter()
            .rev()
            .map(|line| line.entry.action.as_str())
            .collect();
        assert_eq!(said, ["import begun", "import begun", "import discarded"]);
        drop(read);
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_key_leaves_fifty_sheets_waiting_and_no_more() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let csv = format!("{HEAD}\n{}\n", row("G-9001", 0xe1, "10"));
        let send = async |name: &str| {
            let sheet = json!({"name": "sheet.csv", "sheet": csv});
            api.post("/imports", name, sheet).await
        };
        let one = send("one").await.good()["import"].clone();
        let mut tx = api.store.write().await.unwrap();
        let one = tx.import_draft(one.as_str().unwrap()).await;
        let one = one.unwrap().unwrap();
        tx.delete_import_draft(&one.id).await.unwrap();
        let id = |number| format!("{number:016x}");
        for number in 1..=50 {
            let another = ImportDraft {
                id: id(number),
                ..one.clone()
            };
            tx.put_import_draft(&another).await.unwrap();
        }
        tx.commit().await.unwrap();
        let said = send("more").await;
        said.is(409, "sheet_refused");
        assert!(said.body.to_string().contains("50 sheets"), "{}", said.body);
        let discard = format!("/imports/{}/discard", id(1));
        api.post(&discard, "discard", json!({})).await.good();
        send("more").await.good();
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_sheet_is_not_taken_in() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let csv = format!("{HEAD}\n{}\n", row("G-9001", 0xe1, "10"));
        for strange in [
            json!({"name": "s.csv", "sheet": "a;b\n1;2\n"}),
            json!({"name": "s.csv", "sheet": csv, "columns": [{"theirs": "nobody's"}]}),
        ] {
            let said = api.post("/imports", "wrong", strange).await;
            said.is(409, "sheet_refused");
        }
        for wrong in [
            json!({"name": "s.csv"}),
            json!({"name": "s.csv", "sheet": csv, "left_out": [0]}),
        ] {
            api.post("/imports", "wrong", wrong)
                .await
                .is(422, "invalid");
        }
        let mut read = api.store.read().await.unwrap();
        assert_eq!(read.import_drafts(10).await.unwrap().len(), 1);
        drop(read);
        api.store.close().await;
    })
    .await;
}
