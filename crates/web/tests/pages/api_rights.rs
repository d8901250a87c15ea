//! What a key learns and does with few scopes: not more than they say.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256};
use axum::http::Method;
use guerdon_store::{NewMember, Person, PersonId, Scope};
use guerdon_web::Limits;
use serde_json::json;

use crate::api::{ALL, Api, Said, put_key, send};
use crate::harness::on_both;
use crate::sample::WALL;

/// The account that a grant was moved to.
const MOVED_TO: Address = Address::repeat_byte(0xd7);

/// A person of an imported round whom the list does not have, an e-mail address of two people, and
/// a grant that was moved.
async fn put_more(api: &Api) {
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
    let twin = NewMember {
        number: "E8".to_owned(),
        email: "e1@acme.example".to_owned(),
        ..NewMember::default()
    };
    tx.add_member(&twin, WALL).await.unwrap();
    let mut moved = api.story.ledger.grants[&api.story.id("G-1019")];
    moved.moved_to = Some(MOVED_TO);
    tx.put_grant(&moved).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_key_adds_nobody_with_what_is_somebodys() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        put_more(&api).await;
        let paid = |name: &str| api.story.grants[name].1.recipient;
        let with = |wallet: Address| json!({"number": "E600", "wallets": [format!("{wallet:#x}")]});
        let before = api.people().await;
        let mut details = BTreeSet::new();
        for (what, body) in [
            ("a wallet that will be paid", with(paid("G-1002"))),
            ("a wallet that is paid", with(paid("G-1005"))),
            ("a wallet that a grant was moved to", with(MOVED_TO)),
            ("a wallet of the list", with(Address::repeat_byte(0xc1))),
            ("a number of a round", json!({"number": "E9"})),
            ("a number of the list", json!({"number": "E1"})),
            (
                "an address of one",
                json!({"number": "E600", "email": "E2@ACME.example"}),
            ),
            (
                "an address of two",
                json!({"number": "E600", "email": "E1@ACME.example"}),
            ),
        ] {
            let said = api.post("/people", "one", body).await;
            assert_eq!(said.status.as_u16(), 409, "{what}: {}", said.body);
            said.is(409, "taken");
            details.insert(said.body["detail"].as_str().unwrap().to_owned());
        }
        assert_eq!(api.people().await, before);
        // Whose it is stays unsaid.
        assert_eq!(details.len(), 1, "{details:?}");
        let all = details.first().unwrap();
        assert!(!all.contains("C1") && !all.contains("E1"), "{all}");
        let free = json!({
            "number": "E600",
            "email": "e600@acme.example",
            "wallets": [format!("{:#x}", Address::repeat_byte(0xd9))],
        });
        api.post("/people", "one", free).await.good();
        assert_eq!(api.people().await, before + 1);
        api.store.close().await;
    })
    .await;
}

async fn plan(api: &Api, key: u8, (id, word): (B256, &str)) -> Said {
    let path = format!("/grants/{id}/plans/{word}");
    let name = format!("{word}-{id}");
    let headers = [("idempotency-key", name.as_str())];
    let asked = (path.as_str(), Some(json!({})));
    api.ask(key, Method::POST, asked, &headers).await
}

#[tokio::test]
async fn a_key_that_only_plans_reads_no_grant_by_its_plans() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let (plans, reads) = (2, 3);
        put_key(&api.store, plans, &[Scope::PlanWrite], None).await;
        let both = [Scope::PlanWrite, Scope::ReadGrants];
        put_key(&api.store, reads, &both, None).await;
        let (opened, waiting) = (api.story.id("G-1004"), api.story.id("G-1002"));
        let said = plan(&api, reads, (opened, "pause")).await.good();
        assert!(said["effect"]["before"]["vested"]["raw"].is_string());
        let said = plan(&api, plans, (opened, "pause")).await.good();
        assert!(said["plan"]["data"].is_string() && said["effect"].is_null());
        plan(&api, plans, (opened, "claim")).await.good();
        for word in ["claim", "open"] {
            let said = plan(&api, plans, (waiting, word)).await;
            said.is(403, "scope_missing");
            let detail = said.body["detail"].as_str().unwrap();
            assert!(detail.contains("read:grants"), "{detail}");
            // Nor whether there is one.
            let said = plan(&api, plans, (B256::ZERO, word)).await;
            said.is(403, "scope_missing");
            plan(&api, reads, (waiting, word)).await.good();
        }
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_list_does_not_go_on_after_somebody_who_is_gone() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let page = api.get("/people?limit=1").await.good();
        let cursor = page["next_cursor"].as_str().unwrap();
        let path = format!("/people?limit=1&cursor={cursor}");
        let next = api.get(&path).await.good();
        assert_ne!(next["data"], page["data"]);
        let nobody = format!(
            "/people?cursor={}{:064x}",
            &cursor[..cursor.len() - 64],
            999
        );
        api.get(&nobody).await.is(409, "cursor_of_other_list");
        let last: PersonId = page["data"][0]["id"].as_str().unwrap().parse().unwrap();
        let mut tx = api.store.write().await.unwrap();
        tx.erase_member(last, WALL).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let said = api.get(&path).await;
        said.is(409, "cursor_of_other_list");
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_key_costs_no_look_into_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
    let api = Api::of(&url, Limits::default()).await;
    api.store.close().await;
    let ask = async |headers: &[(&str, &str)]| {
        send(&api.router, Method::GET, ("/overview", None), headers).await
    };
    ask(&[]).await.is(401, "key_missing");
    for wrong in ["Basic abc", "Bearer gdn_0_0"] {
        ask(&[("authorization", wrong)])
            .await
            .is(401, "key_unknown");
    }
    // One that could be a key is looked for.
    let said = api.ask(ALL, Method::GET, ("/overview", None), &[]).await;
    said.is(500, "failed");
}
