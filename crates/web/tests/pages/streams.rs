//! Streams of events: how many, how long, and what they hold while a node is slow.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream, Bytes};
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use futures::StreamExt;
use guerdon_chain::{Chain, Signer};
use guerdon_store::{Means, Session, Store};
use guerdon_web::{AppState, router};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::people::{self, MINE, Who};
use crate::portal::Portal;
use crate::sample::{CHAIN_ID, Story, WALL, inner};

const SOON: Duration = Duration::from_secs(8);

async fn open(router: &Router, path: &str, cookie: Option<&str>) -> (StatusCode, BodyDataStream) {
    let mut request = Request::get(path).header("host", "grants.acme.example");
    if let Some(cookie) = cookie {
        request = request.header("cookie", cookie);
    }
    let request = request.body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    (response.status(), response.into_body().into_data_stream())
}

/// Reads on until the stream ends.
async fn ends(mut stream: BodyDataStream) -> bool {
    let read = async { while stream.next().await.is_some() {} };
    tokio::time::timeout(SOON, read).await.is_ok()
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let portal = Portal::open().await;
    let signer = Signer::embedded(3).unwrap();
    let (one, other) = (portal.sign_in(&signer).await, portal.sign_in(&signer).await);
    let (status, mut stream) = open(&portal.router, "/events", Some(&other)).await;
    assert_eq!(status, StatusCode::OK);
    let first = tokio::time::timeout(SOON, stream.next()).await.unwrap();
    assert!(String::from_utf8_lossy(&first.unwrap().unwrap()).contains("event: block"));
    let path = "/me/sessions/revoke-others";
    portal.post(path, Some(&one), &[]).await;
    assert!(ends(stream).await, "it outlived a session that was revoked");

    let token = [0x31; 32];
    let session = Session {
        hash: alloy_primitives::keccak256(token),
        means: Means::Wallet,
        person: None,
        wallet: Some(signer.address()),
        agent: "Firefox on Linux".to_owned(),
        created_at: WALL - 60,
        seen_at: WALL,
        idle_at: WALL + 30,
        expires_at: WALL + 600,
    };
    let mut tx = portal.store.write().await.unwrap();
    tx.add_session(&session).await.unwrap();
    tx.commit().await.unwrap();
    let cookie = format!("__Host-guerdon={}", alloy_primitives::hex::encode(token));
    let (status, stream) = open(&portal.router, "/events", Some(&cookie)).await;
    assert_eq!(status, StatusCode::OK);
    portal.wait(31);
    assert!(ends(stream).await, "it outlived a session that was idle");
}

#[tokio::test]
async fn a_stream_ends_when_its_reader_may_not_read_any_more() {
    let (folder, story) = (tempfile::tempdir().unwrap(), Story::told());
    let store = story.stored(folder.path()).await;
    let people = people::put(&store, &story).await;
    let pages = router(AppState::new(inner(
        store.clone(),
        &story.facts,
        Some(WALL - 4),
    )));
    let path = format!("/events?grant={}", story.id(MINE));
    let cookie = Who::CompanyByList.cookie();
    let (status, stream) = open(&pages, &path, cookie.as_deref()).await;
    assert_eq!(status, StatusCode::OK);
    let mut tx = store.write().await.unwrap();
    let mut member = tx.member(people[2]).await.unwrap().unwrap().to_new();
    member.roles.clear();
    tx.put_member(people[2], &member).await.unwrap();
    tx.commit().await.unwrap();
    assert!(
        ends(stream).await,
        "it tells of a grant that is not hers to read"
    );
}

#[tokio::test]
async fn one_session_has_so_many_streams_and_then_an_answer_in_words() {
    let portal = Portal::open().await;
    let cookie = portal.sign_in(&Signer::embedded(3).unwrap()).await;
    let mut held = Vec::new();
    let refused = loop {
        let (status, stream) = open(&portal.router, "/events", Some(&cookie)).await;
        if status != StatusCode::OK {
            break status;
        }
        held.push(stream);
        assert!(
            held.len() < 100,
            "there is no end to the streams of a session"
        );
    };
    assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
    let told = portal.get("/events", Some(&cookie)).await;
    assert!(told.headers.contains_key("retry-after"));
    assert!(
        told.body.contains("Too many of your pages listen"),
        "{}",
        told.body
    );
    held.pop();
    let (status, _stream) = open(&portal.router, "/events", Some(&cookie)).await;
    assert_eq!(status, StatusCode::OK, "a place that was given back");

    // Visitors have a number of their own, and the session's is not of it.
    let mut crowd = Vec::new();
    let refused = loop {
        let (status, stream) = open(&portal.router, "/events", None).await;
        if status != StatusCode::OK {
            break status;
        }
        crowd.push(stream);
        assert!(crowd.len() < 2_000, "there is no end to the streams");
    };
    assert_eq!(refused, StatusCode::SERVICE_UNAVAILABLE);
    let person = Signer::embedded(4).unwrap();
    portal.list("E1", &[], &[&person]).await;
    let cookie = portal.sign_in(&person).await;
    let (status, _stream) = open(&portal.router, "/events", Some(&cookie)).await;
    assert_eq!(
        status,
        StatusCode::OK,
        "visitors took the places of the people"
    );
}

/// A node that says which chain it is of, and then nothing any more.
async fn silent_node() -> Chain {
    let answer = |body: Bytes| async move {
        let call: Value = serde_json::from_slice(&body).unwrap();
        if call["method"] != "eth_chainId" {
            std::future::pending::<()>().await;
        }
        let id = format!("{CHAIN_ID:#x}");
        axum::Json(json!({"jsonrpc": "2.0", "id": call["id"], "result": id})).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let node = Router::new().route("/", post(answer));
    tokio::spawn(async move { axum::serve(listener, node).await });
    Chain::connect(&url).await.unwrap()
}

#[tokio::test]
async fn a_silent_node_takes_no_connection_of_the_store() {
    let (folder, story) = (tempfile::tempdir().unwrap(), Story::told());
    let store: Store = story.stored(folder.path()).await;
    people::put(&store, &story).await;
    let mut parts = inner(store.clone(), &story.facts, Some(WALL - 4));
    parts.chain = Some(silent_node().await);
    let pages = router(AppState::new(parts));
    let tx = format!("0x{}", "7a".repeat(32));
    let mut held = Vec::new();
    for _ in 0..12 {
        let (status, mut stream) = open(&pages, &format!("/events?tx={tx}"), None).await;
        assert_eq!(status, StatusCode::OK);
        held.push(tokio::spawn(async move {
            while stream.next().await.is_some() {}
        }));
        let (pages, path) = (pages.clone(), format!("/sent/{tx}"));
        held.push(tokio::spawn(async move {
            drop(open(&pages, &path, None).await);
        }));
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    // As many at once as there are connections, and more.
    for _ in 0..20 {
        let read = tokio::time::timeout(Duration::from_secs(3), store.read());
        assert!(read.await.is_ok(), "the store waits for the node");
    }
    for task in held {
        task.abort();
    }
}
