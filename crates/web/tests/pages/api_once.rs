//! A request of one name is done once, however many send it at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::http::StatusCode;
use guerdon_store::Actor;
use guerdon_web::Limits;
use serde_json::json;

use crate::api::Api;
use crate::harness::on_both;

#[tokio::test]
async fn a_request_of_one_name_writes_once_whoever_is_faster() {
    on_both(|url| async move {
        let api = Arc::new(Api::of(&url, Limits::default()).await);
        let before = api.people().await;
        let mut tasks = Vec::new();
        for _ in 0..50 {
            let api = Arc::clone(&api);
            let body = json!({"number": "E500", "name": "Ada"});
            tasks.push(tokio::spawn(async move {
                api.post("/people", "the-same", body).await
            }));
        }
        let (mut first, mut answers) = (0, BTreeSet::new());
        for task in tasks {
            let said = task.await.unwrap();
            first += u32::from(!said.replayed);
            assert_eq!(said.status, StatusCode::CREATED, "{}", said.body);
            answers.insert(said.body.to_string());
        }
        assert_eq!((first, answers.len()), (1, 1), "{answers:?}");
        assert_eq!(api.people().await, before + 1);
        let other = json!({"number": "E501"});
        let said = api.post("/people", "the-same", other.clone()).await;
        said.is(422, "idempotency_key_reused");
        assert_eq!(api.people().await, before + 1);
        api.post("/people", "another", other).await.good();
        assert_eq!(api.people().await, before + 2);
        api.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn fifty_who_ask_for_one_plan_by_one_name_get_one_and_the_log_has_one() {
    on_both(|url| async move {
        let api = Arc::new(Api::of(&url, Limits::default()).await);
        let path = format!("/grants/{}/plans/pause", api.story.id("G-1004"));
        let ask = |_| {
            let (api, path) = (Arc::clone(&api), path.clone());
            tokio::spawn(async move { api.post(&path, "one-plan", json!({})).await })
        };
        let (mut first, mut answers) = (0, BTreeMap::new());
        for task in (0..50).map(ask).collect::<Vec<_>>() {
            let said = task.await.unwrap();
            first += u32::from(!said.replayed);
            *answers.entry(said.good().to_string()).or_insert(0) += 1;
        }
        assert_eq!((first, answers.len()), (1, 1), "{answers:?}");
        let mut read = api.store.read().await.unwrap();
        let log = read.audit_of_actor(Actor::Key(1), None, 50).await.unwrap();
        assert_eq!(log.len(), 1);
        drop(read);
        api.store.close().await;
    })
    .await;
}
