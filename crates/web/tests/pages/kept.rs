//! What is kept between requests is never old, never another reader's, and keeps nobody waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::{Method, StatusCode};
use guerdon_chain::Chain;
use guerdon_core::state::Flags;
use guerdon_store::Store;
use guerdon_web::{AppState, Heartbeat, Inner, router};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::company::{WALLETS, matched, post, row, sheet, upload};
use crate::people::{self, MINE, Who};
use crate::sample::{ORIGIN, Story, WALL, inner};
use crate::site::{Answer, Site, send_as};

/// A site whose parts a test changes, with its store.
async fn site(change: impl FnOnce(&mut Inner)) -> (Site, Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let story = Story::told();
    let store = story.stored(folder.path()).await;
    people::put(&store, &story).await;
    let mut parts = inner(store.clone(), &story.facts, Some(WALL - 4));
    change(&mut parts);
    let site = Site::over(router(AppState::new(parts)), story);
    (site, store, folder)
}

async fn get(site: &Site, who: Who, path: &str) -> Answer {
    let cookie = who.cookie();
    send_as(&site.router, (Method::GET, path, None), cookie.as_deref()).await
}

#[tokio::test]
async fn a_page_is_never_older_than_the_last_commit_of_anybody() {
    let (site, store, _folder) = site(|_| ()).await;
    let id = site.story.id(MINE);
    let pages = ["/me/grants".to_owned(), format!("/grants/{id}")];
    for page in &pages {
        for _ in 0..2 {
            let body = get(&site, Who::Holder, page).await.body;
            assert!(!body.contains("paused"), "{page}: {body}");
        }
    }
    let mut tx = store.write().await.unwrap();
    let mut record = tx.expect_grant(id).await.unwrap();
    record.state.flags = record.state.flags.with(Flags::PAUSED);
    tx.put_grant(&record).await.unwrap();
    tx.commit().await.unwrap();
    for page in &pages {
        let body = get(&site, Who::Holder, page).await.body;
        assert!(body.contains("paused"), "{page}: {body}");
    }
}

#[tokio::test]
async fn one_readers_page_is_never_anothers_and_an_ended_session_reads_nothing() {
    let (site, store, _folder) = site(|_| ()).await;
    let grant = format!("/grants/{}", site.story.id(MINE));
    for _ in 0..3 {
        let hers = get(&site, Who::Holder, &grant).await.body;
        let theirs = get(&site, Who::CompanyByList, &grant).await.body;
        let by_id = get(&site, Who::AuditorByMail, &grant).await.body;
        let others = get(&site, Who::OtherHolder, &grant).await;
        assert!(hers.contains("What if I leave") && !hers.contains("End it"));
        assert!(theirs.contains("End it") && !theirs.contains("What if I leave"));
        assert!(
            hers.contains("SECRET") && !by_id.contains("SECRET"),
            "{by_id}"
        );
        assert_eq!(others.status, StatusCode::FORBIDDEN);
        let none = get(&site, Who::Nobody, &grant).await;
        assert_eq!(none.status, StatusCode::SEE_OTHER);
        let list = get(&site, Who::Holder, "/me/grants").await.body;
        let empty = get(&site, Who::Engineer, "/me/grants").await.body;
        assert!(list.contains("G-1004") && !empty.contains("G-10"));
    }
    let mut tx = store.write().await.unwrap();
    assert!(tx.end_session(Who::Holder.session()).await.unwrap());
    tx.commit().await.unwrap();
    let ended = get(&site, Who::Holder, &grant).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER);
    assert!(
        get(&site, Who::CompanyByList, &grant)
            .await
            .status
            .is_success()
    );
}

#[tokio::test]
async fn a_kept_page_ages_says_when_it_is_stale_and_ends_with_its_session() {
    let (clock, heartbeat) = (Arc::new(AtomicU64::new(WALL)), Heartbeat::default());
    heartbeat.beat(WALL - 4);
    let (read, beats) = (Arc::clone(&clock), heartbeat.clone());
    let (site, _store, _folder) = site(move |parts| {
        parts.wall = Box::new(move || read.load(Ordering::Relaxed));
        parts.heartbeat = beats;
    })
    .await;
    let grant = format!("/grants/{}", site.story.id(MINE));
    let at = async |wall: u64| {
        clock.store(wall, Ordering::Relaxed);
        get(&site, Who::Holder, &grant).await
    };
    assert!(at(WALL).await.body.contains("4 s ago"));
    let later = at(WALL + 30).await.body;
    assert!(
        later.contains("34 s ago") && !later.contains("4 s ago</span>\n      </"),
        "{later}"
    );
    let claimable = later.contains("/claim\">");
    assert!(claimable, "{later}");
    let stale = at(WALL + 90).await.body;
    assert!(stale.contains("the node does not answer"), "{stale}");
    assert!(!stale.contains("/claim\">"), "claiming is off: {stale}");
    heartbeat.beat(WALL + 95);
    let fresh = at(WALL + 100).await.body;
    assert!(
        fresh.contains("5 s ago") && fresh.contains("/claim\">"),
        "{fresh}"
    );
    // Seven days and more: the session is over by the clock alone, though nothing was written.
    let over = at(WALL + 30 * 86_400).await;
    assert_eq!(over.status, StatusCode::SEE_OTHER);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sheet_is_checked_while_somebody_else_writes() {
    let (site, store, _folder) = site(|_| ()).await;
    let csv = sheet(&[row(0, WALLETS[0], "100.5", "UTC")]);
    let sent = upload(&site, ("/company/imports", "sheet"), csv.as_bytes()).await;
    let map = sent.headers["location"].clone();
    let writes = store.write().await.unwrap();
    // Two columns for one of ours: found wrong without asking for the lock.
    let twice = "column-0=external_id&column-1=external_id";
    let asked = post(&site, Who::CompanyByList, &map, twice);
    let answer = tokio::time::timeout(Duration::from_secs(5), asked).await;
    let answer = answer.expect("it waited for the writer");
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("<select"),
        "the form is shown again: {}",
        answer.body
    );
    drop(writes);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_does_not_answer_keeps_no_connection_of_the_database() {
    let node = silent_node().await;
    let chain = Chain::connect(&node).await.unwrap();
    let (site, store, _folder) = site(|parts| parts.chain = Some(chain)).await;
    let csv = sheet(&[row(0, WALLETS[0], "100.5", "UTC")]);
    let draft = matched(&site, &csv).await;
    let ask = |_| {
        let (router, path) = (site.router.clone(), format!("{draft}/check"));
        let cookie = Who::CompanyByList.cookie();
        tokio::spawn(async move {
            send_as(&router, (Method::GET, &path, None), cookie.as_deref()).await
        })
    };
    // More than there are connections, and each waits for the node.
    let asked: Vec<_> = (0..12).map(ask).collect();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(
        !asked.iter().any(|asked| asked.is_finished()),
        "the node was not asked"
    );
    let read = tokio::time::timeout(Duration::from_secs(2), store.read()).await;
    assert!(read.is_ok(), "no connection is left");
    drop(read);
    for asked in asked {
        assert_eq!(asked.await.unwrap().status, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn definitions_that_are_judged_keep_no_connection_of_the_database() {
    let (site, store, _folder) = site(|_| ()).await;
    let path = "/company/goals/new?name=slow&kind=PAIRED&threshold=1&base=50&samples=10000\
                &attempts=32&pool=10000&data=public&opens=2028-07-01&closes=2029-07-01\
                &sponsor=0x5151515151515151515151515151515151515151\
                &arbiter=0x8888888888888888888888888888888888888888\
                &panel=0x2020202020202020202020202020202020202020";
    let ask = |_| {
        let (router, cookie) = (site.router.clone(), Who::CompanyByList.cookie());
        tokio::spawn(
            async move { send_as(&router, (Method::GET, path, None), cookie.as_deref()).await },
        )
    };
    // More than there are connections; two are judged at a time, and the others wait.
    let asked: Vec<_> = (0..24).map(ask).collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (open, idle) = store.connections();
    let waiting = asked.iter().filter(|asked| !asked.is_finished()).count();
    assert!(waiting > 8, "{waiting} wait: nothing was shown");
    assert!(open - idle <= 2, "{} connections are held", open - idle);
    asked.iter().for_each(tokio::task::JoinHandle::abort);
}

/// A node that says which chain it is on and nothing about code.
async fn silent_node() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answered(stream));
        }
    });
    url
}

async fn answered(mut stream: TcpStream) {
    let mut asked = Vec::new();
    let mut part = [0_u8; 4_096];
    while let Ok(length @ 1..) = stream.read(&mut part).await {
        asked.extend_from_slice(&part[..length]);
        let text = String::from_utf8_lossy(&asked).into_owned();
        let Some(id) = text.split("\"id\":").nth(1) else {
            continue;
        };
        if text.contains("eth_getCode") {
            tokio::time::sleep(Duration::from_secs(60)).await;
            return;
        }
        let id: String = id.chars().take_while(char::is_ascii_digit).collect();
        let body = format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":\"0x7a69\"}}");
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
        let answer = format!("{head} {}\r\n\r\n{body}", body.len());
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        asked.clear();
    }
}

#[tokio::test]
async fn a_form_with_errors_answers_422_in_its_own_words() {
    let (site, _store, _folder) = site(|_| ()).await;
    for (who, path, form, words) in [
        (
            Who::AdministratorByList,
            "/company/people/new",
            "number=&name=x",
            "number-wrong",
        ),
        (
            Who::CompanyByList,
            "/company/imports/small",
            "timezone=UTC",
            "Fill in at least one grant",
        ),
    ] {
        let asked = (Method::POST, path, Some(ORIGIN));
        let cookie = who.cookie();
        let answer =
            crate::site::send_form(&site.router, asked, cookie.as_deref(), form.to_owned()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        assert!(answer.body.contains(words), "{path}: {}", answer.body);
        assert!(answer.body.contains("<form"), "{path}: {}", answer.body);
    }
}
