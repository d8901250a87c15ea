//! The page of a webhook: made, tried, replaced, switched off, and what the log says of each.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use guerdon_store::{Actor, NewWebhook, Outcome, Scope, Store, Told};
use guerdon_web::{AppState, Limits, NewSecret, Webhooks, router, test_event};
use serde_json::Value;

use crate::api::{ALL, Api, put_key};
use crate::harness::on_both;
use crate::office::{LISTED, Office};
use crate::people::Who;
use crate::sample::{Story, WALL, inner};

const PAGE: &str = "/company/integrations";
const ADMINISTRATOR: Who = Who::AdministratorByList;

/// A webhook that was made before.
pub(crate) async fn put(store: &Store, id: &str) {
    put_by(store, (id, Actor::CommandLine)).await;
}

async fn put_by(store: &Store, (id, made_by): (&str, Actor)) {
    let mut tx = store.write().await.unwrap();
    tx.add_webhook(&NewWebhook {
        id: id.to_owned(),
        url: "https://hooks.acme.example/guerdon".to_owned(),
        events: BTreeSet::new(),
        secret: String::new(),
        made_at: WALL,
        made_by,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
}

/// Pages whose server has a data key, which seals by writing backwards.
async fn office() -> Office {
    let mut office = Office::of(Story::told()).await;
    let mut inner = inner(office.store.clone(), &office.story.facts, Some(WALL - 4));
    let check = |url: &str| match url.starts_with("https://") {
        true => Ok(url.to_owned()),
        false => Err("Events are sent by https alone."),
    };
    let seal = |id: &str, brought: Option<&str>| {
        let text = brought.map_or_else(|| format!("whsec_of_{id}"), str::to_owned);
        let sealed = text.chars().rev().collect();
        Ok(NewSecret { text, sealed })
    };
    inner.options.webhooks = Some(Webhooks::new(check, seal));
    office.router = router(AppState::new(inner));
    office
}

#[tokio::test]
async fn a_webhook_is_made_and_its_secret_is_shown_this_once() {
    let office = office().await;
    let before = office.read(ADMINISTRATOR, PAGE).await;
    assert!(before.contains("Add a receiver"), "{before}");
    let fields = [
        ("url", "https://hooks.acme.example/"),
        ("event", "grant.claimed"),
        ("event", "grant.ended"),
    ];
    let path = format!("{PAGE}/webhooks");
    let made = office.post(ADMINISTRATOR, &path, &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    assert_eq!(made.headers["cache-control"], "no-store");
    let known = office.store.read().await.unwrap().webhooks().await.unwrap();
    let hook = &known[0].webhook;
    let secret = format!("whsec_of_{}", hook.id);
    assert!(made.body.contains(&secret), "{}", made.body);
    assert_eq!(hook.events.len(), 2);
    assert!(!hook.secret.contains("whsec"), "it is kept sealed");
    let page = format!("{PAGE}/webhooks/{}", hook.id);
    let later = office.read(ADMINISTRATOR, &page).await;
    assert!(!later.contains("whsec"), "{later}");
    assert!(later.contains("grant.claimed, grant.ended"), "{later}");
    assert!(
        office
            .read(ADMINISTRATOR, PAGE)
            .await
            .contains("https://hooks.acme.example/")
    );
    let logged = office.log().await;
    assert_eq!(logged[0].0, "webhook made");
    let detail = "https://hooks.acme.example, grant.claimed, grant.ended";
    assert_eq!(logged[0].2, detail, "where to, for good");

    for (url, event) in [
        ("http://hooks.acme.example/", ""),
        ("https://a.example/", "grant"),
    ] {
        let fields = [("url", url), ("event", event)];
        let fields = if event.is_empty() {
            &fields[..1]
        } else {
            &fields
        };
        let refused = office.post(ADMINISTRATOR, &path, fields).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.body.contains("No webhook was made."),
            "{}",
            refused.body
        );
        assert!(refused.body.contains(url), "what was typed stands there");
    }
    let foreign = office.post(LISTED, &path, &fields).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_webhook_is_tried_replaced_switched_and_removed() {
    let office = office().await;
    put(&office.store, "wh_1").await;
    let page = format!("{PAGE}/webhooks/wh_1");
    let press = async |what: &str| office.post(ADMINISTRATOR, &page, &[("do", what)]).await;
    let early = press("try").await;
    assert!(
        early.body.contains("No final block was read yet"),
        "{}",
        early.body
    );
    let mut tx = office.store.write().await.unwrap();
    let told = Told {
        seq: 4,
        block: 1,
        hash: Default::default(),
        begun_at: 0,
    };
    tx.put_told(&told).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(press("try").await.status, StatusCode::SEE_OTHER);
    let shown = office.read(ADMINISTRATOR, &page).await;
    assert!(
        shown.contains("webhook.test") && shown.contains("not sent yet"),
        "{shown}"
    );

    let rotated = press("rotate").await;
    assert!(rotated.body.contains("whsec_of_wh_1"), "{}", rotated.body);
    assert!(
        rotated.body.contains("for a day from now"),
        "{}",
        rotated.body
    );
    for (what, stands) in [("off", "off since"), ("on", "on")] {
        assert_eq!(press(what).await.status, StatusCode::SEE_OTHER);
        let shown = office.read(ADMINISTRATOR, &page).await;
        assert!(shown.contains(stands), "{shown}");
    }
    let again = [("do", "again"), ("event", "5")];
    let again = office.post(ADMINISTRATOR, &page, &again).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert_eq!(press("").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(press("remove").await.headers["location"], PAGE);
    assert_eq!(
        office.get(ADMINISTRATOR, &page).await.status,
        StatusCode::NOT_FOUND
    );
    let log: Vec<_> = office.log().await.into_iter().map(|it| it.0).collect();
    let want = [
        "webhook removed",
        "event sent again",
        "webhook switched on",
        "webhook switched off",
        "webhook secret rotated",
        "webhook tried",
    ];
    assert_eq!(log[..want.len()], want);
}

/// Two events, numbered 5 and 6, that wait for a webhook.
async fn put_events(store: &Store, id: &str) {
    let mut tx = store.write().await.unwrap();
    let told = Told {
        seq: 4,
        block: 1,
        hash: Default::default(),
        begun_at: 0,
    };
    tx.put_told(&told).await.unwrap();
    for mark in [7, 8] {
        let event = test_event((31_337, WALL), [mark; 32]);
        assert!(tx.add_test_event(id, &event, WALL).await.unwrap());
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_log_of_a_webhook_is_also_data() {
    let office = office().await;
    put(&office.store, "wh_1").await;
    put_events(&office.store, "wh_1").await;
    let page = format!("{PAGE}/webhooks/wh_1");
    let mut read = office.store.read().await.unwrap();
    let due = read.deliveries_due("wh_1", WALL, 10).await.unwrap();
    drop(read);
    let tried = Outcome {
        at: WALL,
        status: Some(503),
        failure: Some("=it answered a failure".to_owned()),
        next_at: Some(WALL + 60),
    };
    let mut tx = office.store.write().await.unwrap();
    tx.put_outcome(&due[0], &tried).await.unwrap();
    tx.commit().await.unwrap();

    let shown = office.get(ADMINISTRATOR, &page).await.body;
    assert!(shown.contains("Times in Europe/Madrid"), "{shown}");
    assert!(shown.contains(&format!("href=\"{page}.csv\"")), "{shown}");
    let data = office.get(ADMINISTRATOR, &format!("{page}.json")).await;
    let data: Value = serde_json::from_str(&data.body).unwrap();
    let rows = data["rows"].as_array().unwrap();
    let numbers: Vec<_> = rows
        .iter()
        .map(|row| row["number"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [6, 5], "the newest first, as the page has it");
    let row = |seq: u64| rows.iter().find(|row| row["number"] == seq).unwrap();
    let (failed, other) = (row(due[0].event.seq), row(11 - due[0].event.seq));
    assert_eq!(failed["outcome"], "failed");
    assert_eq!(
        (failed["status"].as_u64(), failed["tries"].as_u64()),
        (Some(503), Some(1))
    );
    assert!(
        failed["next_try"].as_str() > failed["tried"].as_str(),
        "{failed}"
    );
    assert_eq!(other["outcome"], "waiting");
    assert_eq!(other["event"].as_str(), Some(&*due[1].event.event.id));
    let csv = office.get(ADMINISTRATOR, &format!("{page}.csv")).await.body;
    assert!(
        csv.starts_with("number,event,kind,happened,tries,outcome,"),
        "{csv}"
    );
    assert_eq!(csv.lines().count(), 3);
    assert!(
        csv.contains(",503,'=it answered a failure,"),
        "no formula: {csv}"
    );
    let book = office.get(ADMINISTRATOR, &format!("{page}.xlsx")).await;
    assert!(book.body.starts_with("PK"));
    for (who, path, status) in [
        (ADMINISTRATOR, "wh_2.csv", StatusCode::NOT_FOUND),
        (LISTED, "wh_1.csv", StatusCode::FORBIDDEN),
        (Who::Nobody, "wh_1.csv", StatusCode::UNAUTHORIZED),
    ] {
        let answer = office.get(who, &format!("{PAGE}/webhooks/{path}")).await;
        assert_eq!(answer.status, status, "{path}");
    }
}

#[tokio::test]
async fn keys_and_webhooks_are_also_data_that_opens_and_signs_nothing() {
    let office = office().await;
    let id = put_key(&office.store, 7, &[Scope::WebhooksWrite], None).await;
    let url = "https://hooks.acme.example/guerdon?for=all";
    let fields = [("url", url), ("event", "grant.claimed")];
    let made = format!("{PAGE}/webhooks");
    let made = office.post(ADMINISTRATOR, &made, &fields).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.body);
    let mut read = office.store.read().await.unwrap();
    let hook = read.webhooks().await.unwrap().remove(0).webhook;
    let key = read.api_keys().await.unwrap().remove(0);
    drop(read);
    let shown = office.get(ADMINISTRATOR, PAGE).await.body;
    assert!(shown.contains("Times in Europe/Madrid"), "{shown}");
    assert!(
        shown.contains("href=\"/company/integrations.csv\""),
        "{shown}"
    );
    let data = office
        .get(ADMINISTRATOR, &format!("{PAGE}.json"))
        .await
        .body;
    let rows: Value = serde_json::from_str(&data).unwrap();
    let rows = rows["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    let of = |kind: &str| rows.iter().find(|row| row["kind"] == kind).unwrap();
    assert_eq!(of("key")["id"], id);
    for (kind, column, says) in [
        ("key", "name", "system 7"),
        ("key", "may", "webhooks:write"),
        ("key", "begins_with", &*key.key.prefix),
        ("key", "standing", "good"),
        ("webhook", "id", &*hook.id),
        ("webhook", "name", url),
        ("webhook", "may", "grant.claimed"),
        ("webhook", "standing", "on"),
    ] {
        assert_eq!(of(kind)[column], says, "{kind} {column}");
    }
    let csv = office.get(ADMINISTRATOR, &format!("{PAGE}.csv")).await.body;
    assert!(csv.starts_with("kind,id,name,begins_with,may,"), "{csv}");
    assert_eq!(csv.lines().count(), 3);
    for text in [&data, &csv] {
        assert!(
            !text.contains("whsec") && !text.contains(&hook.secret),
            "{text}"
        );
        assert!(!text.contains(&key.key.hash.to_string()[2..]), "{text}");
    }
    let foreign = office.get(LISTED, &format!("{PAGE}.csv")).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn revoking_a_key_names_the_webhooks_that_it_made_and_that_go_on() {
    let office = office().await;
    let id = put_key(&office.store, 7, &[Scope::WebhooksWrite], None).await;
    for (hook, by) in [
        ("wh_1", Actor::Key(id)),
        ("wh_2", Actor::Key(id)),
        ("wh_3", Actor::CommandLine),
    ] {
        put_by(&office.store, (hook, by)).await;
    }
    let mut tx = office.store.write().await.unwrap();
    tx.switch_webhook("wh_2", Some((WALL, "by hand")))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let page = |id: &str| format!("{PAGE}/webhooks/{id}");
    let by = async |id: &str| office.read(ADMINISTRATOR, &page(id)).await;
    assert!(by("wh_1").await.contains("Made by the key system 7 Stands"));
    assert!(by("wh_3").await.contains("Made by the command line"));
    let made_up = office
        .read(ADMINISTRATOR, &format!("{PAGE}?revoked={id}"))
        .await;
    assert!(!made_up.contains("opens nothing any more"), "{made_up}");

    let fields = [("key", &*id.to_string())];
    let revoke = format!("{PAGE}/revoke");
    let revoked = office.post(ADMINISTRATOR, &revoke, &fields).await;
    assert_eq!(revoked.status, StatusCode::SEE_OTHER);
    let location = revoked.headers["location"].as_str();
    let said = office.get(ADMINISTRATOR, location).await.body;
    let (_, said) = said.split_once("The key system 7 opens nothing").unwrap();
    let (said, _) = said.split_once("</div>").unwrap();
    assert!(said.contains("the company's and go on"), "{said}");
    assert!(said.contains(&page("wh_1")), "{said}");
    assert!(!said.contains(&page("wh_2")), "it is off: {said}");
    assert!(!said.contains(&page("wh_3")), "another's: {said}");
    let later = by("wh_1").await;
    assert!(later.contains("the key system 7, revoked on"), "{later}");
    let known = office.store.read().await.unwrap().webhook("wh_1").await;
    assert!(known.unwrap().unwrap().is_on(), "it goes on");
}

#[tokio::test]
async fn a_server_without_a_data_key_says_so_and_makes_none() {
    let office = Office::of(Story::told()).await;
    let shown = office.read(ADMINISTRATOR, PAGE).await;
    assert!(shown.contains("--data-key"), "{shown}");
    let path = format!("{PAGE}/webhooks");
    let fields = [("url", "https://hooks.acme.example/")];
    let refused = office.post(ADMINISTRATOR, &path, &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        office
            .store
            .read()
            .await
            .unwrap()
            .webhooks()
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn an_event_that_nobody_was_told_is_not_waited_for() {
    on_both(|url| async move {
        let api = Api::of(&url, Limits::default()).await;
        let told = Told {
            seq: 11,
            block: 1,
            hash: Default::default(),
            begun_at: 0,
        };
        let mut tx = api.store.write().await.unwrap();
        tx.put_told(&told).await.unwrap();
        tx.commit().await.unwrap();
        let last = api.get("/events?after=11").await;
        assert_eq!(last.status, StatusCode::OK, "{}", last.body);
        let listed = api.get("/events?after=12").await;
        listed.is(409, "event_unknown");
        let stream = [("accept", "text/event-stream"), ("last-event-id", "99999")];
        let heard = api.ask(ALL, Method::GET, ("/events", None), &stream).await;
        heard.is(409, "event_unknown");
        let detail = heard.body["detail"].as_str().unwrap();
        assert!(
            detail.contains("no event 99999: the newest is 11"),
            "{detail}"
        );

        let path = "/webhooks/wh_0000000000000000";
        let gone = api.ask(ALL, Method::DELETE, (path, None), &[]).await;
        gone.is(404, "not_found");
        assert_eq!(
            gone.body["detail"],
            "No webhook with this id is known here."
        );
    })
    .await;
}
