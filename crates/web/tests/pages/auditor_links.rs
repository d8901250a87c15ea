//! Links for auditors: made by an administrator, opened by a button, limited, and ended.

use axum::Router;
use axum::http::{Method, StatusCode};
use guerdon_store::{Actor, AuditorLink, Store};
use guerdon_web::{AppState, router};
use serde_json::Value;

use crate::check;
use crate::harness::on_both;
use crate::people::{self, Who};
use crate::sample::{ORIGIN, Story, WALL, inner};
use crate::site::{Answer, send_as, send_form};

const DAY: u64 = 86_400;

/// Pages at a time of the wall clock.
fn pages(story: &Story, store: &Store, wall: u64) -> Router {
    let mut parts = inner(store.clone(), &story.facts, Some(wall - 4));
    parts.wall = Box::new(move || wall);
    router(AppState::new(parts))
}

async fn put(url: &str) -> (Story, Store) {
    let story = Story::told();
    let store = Store::open(url).await.unwrap();
    story.put(&store).await;
    people::put(&store, &story).await;
    (story, store)
}

async fn send(pages: &Router, path: &str, form: &str) -> Answer {
    let cookie = Who::AdministratorByList.cookie();
    let asked = (Method::POST, path, Some(ORIGIN));
    send_form(pages, asked, cookie.as_deref(), form.to_owned()).await
}

async fn get(pages: &Router, path: &str, cookie: &str) -> Answer {
    send_as(pages, (Method::GET, path, None), Some(cookie)).await
}

/// Makes a link, and answers the path that it leads to.
async fn made(pages: &Router, days: u64) -> String {
    let page = send(pages, "/audit/links", &format!("label=KPMG&days={days}")).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert_eq!(page.headers["cache-control"], "no-store");
    let text = check::text(&page.body);
    let link = text
        .split_whitespace()
        .find(|word| word.starts_with(ORIGIN));
    link.unwrap().strip_prefix(ORIGIN).unwrap().to_owned()
}

/// Opens a link by its button, and answers the cookie of the session.
async fn opened(pages: &Router, path: &str) -> String {
    let answer = send_as(pages, (Method::POST, path, Some(ORIGIN)), None).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(answer.headers["location"], "/audit");
    let cookie = answer.headers["set-cookie"].split(';').next().unwrap();
    cookie.to_owned()
}

async fn newest(store: &Store) -> AuditorLink {
    let links = store.read().await.unwrap().auditor_links().await;
    links.unwrap().remove(0)
}

/// The log's entries about links, the oldest first: who, what, about which.
async fn told(store: &Store) -> Vec<(Actor, String, String)> {
    let entries = store.read().await.unwrap().audit(None, 50).await.unwrap();
    let entries = entries.into_iter().rev().map(|it| it.entry);
    let about = entries.filter(|entry| entry.subject.starts_with("link "));
    about.map(|it| (it.actor, it.action, it.subject)).collect()
}

#[tokio::test]
async fn a_link_reads_what_auditors_read_until_it_ends_and_writes_nothing() {
    on_both(|url| async move {
        let (story, store) = put(&url).await;
        let now = pages(&story, &store, WALL);
        let path = made(&now, 14).await;
        let token = path.rsplit('/').next().unwrap();
        assert_eq!(token.len(), 64);
        let shown = get(
            &now,
            "/audit/links",
            &Who::AdministratorByList.cookie().unwrap(),
        )
        .await;
        assert!(!shown.body.contains(token), "a link is shown once");

        // Programs that scan mail read the page as often as they like.
        for _ in 0..3 {
            let page = get(&now, &path, "").await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(check::text(&page.body).contains("It changes nothing"));
        }
        let link = newest(&store).await;
        let stands = (link.first_used_at, link.link.expires_at);
        assert_eq!(stands, (None, WALL + 14 * DAY));

        let cookie = opened(&now, &path).await;
        let id = story.id("G-1004");
        for read in [
            "/audit",
            "/audit/register.csv",
            "/audit/contracts",
            "/audit/bundle",
        ] {
            assert_eq!(
                get(&now, read, &cookie).await.status,
                StatusCode::OK,
                "{read}"
            );
        }
        let grant = get(&now, &format!("/grants/{id}"), &cookie).await;
        assert_eq!(grant.status, StatusCode::OK);
        assert!(!grant.body.contains("SECRET"));
        for refused in [
            "/me",
            "/me/settings",
            "/company",
            "/audit/links",
            "/company/people",
        ] {
            let answer = get(&now, refused, &cookie).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{refused}");
        }
        // A second browser is another session, and no second entry.
        opened(&now, &path).await;
        let entries = told(&store).await;
        let said: Vec<_> = entries.iter().map(|it| it.1.as_str()).collect();
        assert_eq!(
            said,
            ["link for auditors made", "link for auditors first used"]
        );
        assert_eq!(
            (entries[1].0, entries[1].2.as_str()),
            (Actor::Link(2), "link 2")
        );
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_list_of_links_is_also_data_that_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
    let (story, store) = put(&url).await;
    let now = pages(&story, &store, WALL);
    let path = made(&now, 14).await;
    let (_, token) = path.rsplit_once('/').unwrap();
    let hash = newest(&store).await.link.hash.to_string();
    let administrator = Who::AdministratorByList.cookie().unwrap();
    let row = async || {
        let data = get(&now, "/audit/links.json", &administrator).await;
        assert_eq!(data.status, StatusCode::OK, "{}", data.body);
        let data: Value = serde_json::from_str(&data.body).unwrap();
        let rows = data["rows"].as_array().unwrap().clone();
        assert_eq!(rows.len(), 2);
        rows.into_iter().find(|row| row["number"] == 2).unwrap()
    };
    let fresh = row().await;
    assert_eq!(fresh["label"], "KPMG");
    assert_eq!(fresh["standing"], "good");
    assert_eq!(fresh["first_used"], "");
    assert_eq!(fresh["revoked"], "");
    assert!(fresh["made"].as_str() < fresh["ends"].as_str(), "{fresh}");
    opened(&now, &path).await;
    send(&now, "/audit/links/revoke", "link=2").await;
    let over = row().await;
    assert_eq!(over["standing"], "revoked");
    assert_eq!(over["first_used"], fresh["made"]);
    assert_eq!(over["revoked"], fresh["made"]);
    let csv = get(&now, "/audit/links.csv", &administrator).await.body;
    assert!(csv.starts_with("number,label,made,made_by,"), "{csv}");
    assert_eq!(csv.lines().count(), 3);
    assert!(!csv.contains(token) && !csv.contains(&hash[2..]), "{csv}");
    let page = get(&now, "/audit/links", &administrator).await;
    assert!(page.body.contains("href=\"/audit/links.csv\""));
    store.close().await;
}

#[tokio::test]
async fn no_session_lives_longer_than_its_link() {
    on_both(|url| async move {
        let (story, store) = put(&url).await;
        let now = pages(&story, &store, WALL);
        let short = made(&now, 1).await;
        let cookie = opened(&now, &short).await;
        let late = pages(&story, &store, WALL + DAY - 1);
        assert_eq!(
            get(&late, "/audit/register.csv", &cookie).await.status,
            StatusCode::UNAUTHORIZED
        );
        let cookie = opened(&late, &short).await;
        assert_eq!(
            get(&late, "/audit/register.csv", &cookie).await.status,
            StatusCode::OK
        );
        let over = pages(&story, &store, WALL + DAY);
        assert_eq!(
            get(&over, "/audit/register.csv", &cookie).await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(get(&over, &short, "").await.status, StatusCode::BAD_REQUEST);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn revoking_a_link_ends_its_sessions_at_once() {
    on_both(|url| async move {
        let (story, store) = put(&url).await;
        let now = pages(&story, &store, WALL);
        let (path, other) = (made(&now, 14).await, made(&now, 90).await);
        let (cookie, stays) = (opened(&now, &path).await, opened(&now, &other).await);
        let read = "/audit/register.csv";
        assert_eq!(get(&now, read, &cookie).await.status, StatusCode::OK);
        for _ in 0..2 {
            let gone = send(&now, "/audit/links/revoke", "link=2").await;
            assert_eq!(gone.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(
            get(&now, read, &cookie).await.status,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(get(&now, read, &stays).await.status, StatusCode::OK);
        for method in [Method::GET, Method::POST] {
            let dead = send_as(&now, (method, &path, Some(ORIGIN)), None).await;
            assert_eq!(dead.status, StatusCode::BAD_REQUEST);
            assert!(
                check::text(&dead.body).contains("was revoked"),
                "{}",
                dead.body
            );
        }
        let revoked = told(&store).await;
        let revoked = revoked
            .iter()
            .filter(|it| it.1 == "link for auditors revoked");
        assert_eq!(revoked.count(), 1);
        let page = get(
            &now,
            "/audit/links",
            &Who::AdministratorByChain.cookie().unwrap(),
        )
        .await;
        assert!(check::text(&page.body).contains("revoked on"));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_link_without_a_name_or_with_another_end_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
    let (story, store) = put(&url).await;
    let now = pages(&story, &store, WALL);
    for form in [
        "",
        "label=KPMG",
        "label=&days=14",
        "label=KPMG&days=91",
        "label=KPMG&days=0",
    ] {
        let page = send(&now, "/audit/links", form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(
            check::text(&page.body).contains("No link was made."),
            "{form}"
        );
    }
    assert_eq!(
        store
            .read()
            .await
            .unwrap()
            .auditor_links()
            .await
            .unwrap()
            .len(),
        1
    );
    store.close().await;
}

#[tokio::test]
async fn links_that_were_made_up_spend_nobodys_tries() {
    on_both(|url| async move {
        let (story, store) = put(&url).await;
        let now = pages(&story, &store, WALL);
        let path = made(&now, 14).await;
        let (place, _) = path.rsplit_once('/').unwrap();
        // As many as all clients together have in a minute.
        for number in 1..=1_200 {
            let made_up = format!("{place}/f{number:063x}");
            let answer = send_as(&now, (Method::POST, &made_up, Some(ORIGIN)), None).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{number}");
        }
        opened(&now, &path).await;
        store.close().await;
    })
    .await;
}
