//! The page of a webhook: made, tried, replaced, switched off, and what the log says of each.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use guerdon_store::{Actor, NewWebhook, Store, Told};
use guerdon_web::{AppState, NewSecret, Webhooks, router};

use crate::office::{LISTED, Office};
use crate::people::Who;
use crate::sample::{Story, WALL, inner};

const PAGE: &str = "/company/integrations";
const ADMINISTRATOR: Who = Who::AdministratorByList;

/// A webhook that was made before.
pub(crate) async fn put(store: &Store, id: &str) {
    let mut tx = store.write().await.unwrap();
    tx.add_webhook(&NewWebhook {
        id: id.to_owned(),
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
    assert_eq!(office.log().await[0].0, "webhook made");

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
