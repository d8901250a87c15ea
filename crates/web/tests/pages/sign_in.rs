//! Signing in and out over the router: by a wallet's key, by a link in an e-mail.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use guerdon_chain::Signer;
use guerdon_store::{ListRole, NewMember};
use guerdon_web::Options;
use tower::ServiceExt;

use crate::check;
use crate::portal::{Portal, cookie};
use crate::sample::{ORIGIN, WALL};
use crate::site::Answer;

#[track_caller]
fn refused(answer: &Answer, words: &str) {
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    assert!(!answer.headers.contains_key("set-cookie"));
    check::page("refusal", &answer.body);
    let text = check::text(&answer.body);
    assert!(text.contains(words), "{words}: {text}");
}

#[tokio::test]
async fn a_wallet_signs_in_and_out() {
    let portal = Portal::open().await;
    let signer = Signer::embedded(3).unwrap();
    portal.list("E1", &[], &[&signer]).await;
    let page = portal.get("/sign-in?next=/me/grants", None).await;
    check::page("/sign-in", &page.body);
    assert!(
        page.body.contains("name=\"next\" value=\"/me/grants\""),
        "{}",
        page.body
    );

    let message = portal.message(&signer).await;
    for part in [
        "grants.acme.example wants you to sign in with your Ethereum account:\n",
        &signer.address().to_checksum(None),
        "This signs no transaction and moves no money.",
        "URI: https://grants.acme.example/sign-in\nVersion: 1\nChain ID: 31337\nNonce: ",
    ] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let cookie = portal.sign_in(&signer).await;
    assert!(portal.is_open(&cookie).await);
    let stored = portal
        .store
        .read()
        .await
        .unwrap()
        .audit(None, 10)
        .await
        .unwrap();
    assert_eq!(stored[0].entry.action, "signed in");
    assert!(!format!("{stored:?}").contains(cookie.split('=').nth(1).unwrap()));

    let out = portal.post("/sign-out", Some(&cookie), &[]).await;
    assert_eq!(
        (out.status, out.headers["location"].as_str()),
        (StatusCode::SEE_OTHER, "/")
    );
    assert!(out.headers["set-cookie"].contains("Max-Age=0"));
    assert!(!portal.is_open(&cookie).await);
}

#[tokio::test]
async fn a_message_is_good_once_and_for_five_minutes() {
    let portal = Portal::open().await;
    let signer = Signer::embedded(3).unwrap();
    let message = portal.message(&signer).await;
    let first = portal.hand_in(&message, &signer, None).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    refused(
        &portal.hand_in(&message, &signer, None).await,
        "was used before",
    );

    let late = portal.message(&signer).await;
    portal.wait(300);
    refused(
        &portal.hand_in(&late, &signer, None).await,
        "older than five minutes",
    );

    // A message that was refused is used up as well.
    let message = portal.message(&signer).await;
    let other = Signer::embedded(4).unwrap();
    refused(
        &portal.hand_in(&message, &other, None).await,
        "not of the wallet",
    );
    refused(
        &portal.hand_in(&message, &signer, None).await,
        "was used before",
    );
}

#[tokio::test]
async fn a_message_for_elsewhere_is_refused() {
    let portal = Portal::open().await;
    let signer = Signer::embedded(3).unwrap();
    let others = Signer::embedded(4).unwrap().address().to_checksum(None);
    let mine = signer.address().to_checksum(None);
    let swaps = [
        (
            "grants.acme.example wants",
            "evil.example wants",
            "for another site",
        ),
        (
            "URI: https://grants.acme.example/",
            "URI: https://evil.example/",
            "another address of a page",
        ),
        ("Chain ID: 31337", "Chain ID: 1", "for another chain"),
        (
            "moves no money",
            "moves all money",
            "not one that this server wrote",
        ),
        ("Version: 1", "Version: 2", "not one that this server wrote"),
        (mine.as_str(), others.as_str(), "not of the wallet"),
    ];
    for (from, to, words) in swaps {
        let message = portal.message(&signer).await;
        let swapped = message.replacen(from, to, 1);
        assert_ne!(message, swapped);
        refused(&portal.hand_in(&swapped, &signer, None).await, words);
    }
    let message = portal.message(&signer).await;
    let longer = message.replace("2026-", "2126-");
    refused(
        &portal.hand_in(&longer, &signer, None).await,
        "dated later than now",
    );
    let message = portal.message(&signer).await;
    let form = [("message", message.as_str()), ("signature", "0xzz")];
    refused(
        &portal.post("/sign-in", None, &form).await,
        "sent no signature",
    );
    let nonce = message.split("Nonce: ").nth(1).unwrap();
    let made_up = message.replace(&nonce[..64], &"0".repeat(64));
    refused(
        &portal.hand_in(&made_up, &signer, None).await,
        "was used before",
    );
}

#[tokio::test]
async fn a_session_ends_by_itself() {
    let portal = Portal::open().await;
    let signer = Signer::embedded(3).unwrap();
    let idle = portal.sign_in(&signer).await;
    portal.wait(12 * 3_600 - 1);
    assert!(portal.is_open(&idle).await);
    // Its use was noted: it has 12 more hours.
    portal.wait(12 * 3_600 - 1);
    assert!(portal.is_open(&idle).await);
    portal.wait(12 * 3_600);
    assert!(!portal.is_open(&idle).await);

    let used = portal.sign_in(&signer).await;
    for _ in 0..20 {
        portal.wait(8 * 3_600);
        assert!(portal.is_open(&used).await);
    }
    portal.wait(8 * 3_600);
    assert!(!portal.is_open(&used).await, "seven days have passed");
}

#[tokio::test]
async fn a_new_sign_in_ends_the_session_before_and_others_can_be_revoked() {
    let portal = Portal::open().await;
    let signer = Signer::embedded(3).unwrap();
    let before = portal.sign_in(&signer).await;
    let message = portal.message(&signer).await;
    let now = cookie(&portal.hand_in(&message, &signer, Some(&before)).await);
    assert_ne!(before, now);
    assert!(portal.is_open(&now).await && !portal.is_open(&before).await);

    let (other, third) = (portal.sign_in(&signer).await, portal.sign_in(&signer).await);
    let token = alloy_primitives::hex::decode(other.split('=').nth(1).unwrap()).unwrap();
    let hash = alloy_primitives::keccak256(token).to_string();
    let form = [("session", hash.as_str())];
    let stranger = portal.sign_in(&Signer::embedded(4).unwrap()).await;
    portal
        .post("/me/sessions/revoke", Some(&stranger), &form)
        .await;
    assert!(portal.is_open(&other).await, "a stranger ended it");
    let answer = portal.post("/me/sessions/revoke", Some(&now), &form).await;
    assert_eq!(answer.headers["location"], "/me/settings#sessions");
    assert!(!portal.is_open(&other).await && portal.is_open(&third).await);
    portal
        .post("/me/sessions/revoke-others", Some(&now), &[])
        .await;
    assert!(portal.is_open(&now).await && !portal.is_open(&third).await);
    assert!(portal.is_open(&stranger).await);
}

#[tokio::test]
async fn too_many_messages_end_for_a_minute_and_no_wallet_is_locked_out_before() {
    let portal = Portal::open().await;
    let signer = Signer::embedded(3).unwrap();
    let address = signer.address().to_string();
    let form = [("address", address.as_str())];
    for n in 0..1_200 {
        let answer = portal.post("/sign-in/message.json", None, &form).await;
        assert_eq!(answer.status, StatusCode::OK, "{n}");
    }
    let answer = portal.post("/sign-in/message.json", None, &form).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer.headers["retry-after"], "60");
    assert!(answer.body.contains("Too many sign-ins"), "{}", answer.body);
    portal.wait(60);
    portal.message(&signer).await;
}

/// Asks for a message from an address, as a proxy in front tells it.
async fn ask_from(portal: &Portal, address: &str) -> StatusCode {
    let wallet = Signer::embedded(3).unwrap().address();
    let request = Request::post("/sign-in/message.json")
        .header("host", "grants.acme.example")
        .header("origin", ORIGIN)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-forwarded-for", format!("9.9.9.9, {address}"))
        .body(Body::from(format!("address={wallet}")))
        .unwrap();
    let answer = portal.router.clone().oneshot(request).await.unwrap();
    answer.status()
}

#[tokio::test]
async fn one_client_on_the_network_uses_up_nobody_elses_tries() {
    let portal = Portal::with(Options {
        client_header: Some("x-forwarded-for".to_owned()),
        ..Options::at(ORIGIN)
    })
    .await;
    let mut taken = 0;
    while ask_from(&portal, "203.0.113.7").await == StatusCode::OK {
        taken += 1;
        assert!(taken < 200, "one client is never told to wait");
    }
    for _ in 0..20 {
        let status = ask_from(&portal, "203.0.113.7").await;
        assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(ask_from(&portal, "203.0.113.8").await, StatusCode::OK);
    portal.wait(60);
    assert_eq!(ask_from(&portal, "203.0.113.7").await, StatusCode::OK);
}

#[tokio::test]
async fn a_wallet_that_nobody_knows_writes_nothing_into_the_log() {
    let portal = Portal::open().await;
    let (stranger, known) = (Signer::embedded(3).unwrap(), Signer::embedded(4).unwrap());
    portal.list("E1", &[], &[&known]).await;
    for _ in 0..3 {
        let cookie = portal.sign_in(&stranger).await;
        for path in [
            "/me/settings/calendar",
            "/me/settings/calendar/revoke",
            "/me/sessions/revoke-others",
            "/sign-out",
        ] {
            let answer = portal.post(path, Some(&cookie), &[]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        }
    }
    assert_eq!(portal.log().await, [""; 0]);
    let cookie = portal.sign_in(&known).await;
    portal.post("/sign-out", Some(&cookie), &[]).await;
    assert_eq!(portal.log().await, ["signed out", "signed in"]);
}

#[tokio::test]
async fn an_e_mail_link_opens_once_and_only_by_its_button() {
    let portal = Portal::open().await;
    let mut tx = portal.store.write().await.unwrap();
    let member = NewMember {
        number: "E1".to_owned(),
        name: "Dolores I.".to_owned(),
        email: "dolores@acme.example".to_owned(),
        roles: vec![ListRole::Auditor],
        ..NewMember::default()
    };
    tx.add_member(&member, WALL).await.unwrap();
    tx.commit().await.unwrap();

    let known = portal
        .post("/sign-in/mail", None, &[("email", "Dolores@Acme.example")])
        .await;
    let unknown = portal
        .post("/sign-in/mail", None, &[("email", "nobody@acme.example")])
        .await;
    assert_eq!(
        (known.status, &known.headers),
        (unknown.status, &unknown.headers)
    );
    assert_eq!(known.headers["location"], "/sign-in/mail");
    check::page("asked", &portal.get("/sign-in/mail", None).await.body);
    let letter = portal.letter().await.unwrap();
    assert_eq!(letter.to, "dolores@acme.example");
    assert!(!format!("{letter:?}").contains("dolores"), "{letter:?}");
    let start = letter.text.find(ORIGIN).unwrap() + ORIGIN.len();
    let path = letter.text[start..]
        .split_whitespace()
        .next()
        .unwrap()
        .to_owned();

    // Whoever scans the e-mail reads it any number of times.
    for _ in 0..3 {
        let page = portal.get(&path, None).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains(&format!("action=\"{path}\"")),
            "{}",
            page.body
        );
        assert!(!page.headers.contains_key("set-cookie"));
    }
    let answer = portal.post(&path, None, &[]).await;
    assert_eq!(
        (answer.status, answer.headers["location"].as_str()),
        (StatusCode::SEE_OTHER, "/me")
    );
    let cookie = cookie(&answer);
    let page = portal.get("/sign-in", Some(&cookie)).await;
    assert!(
        page.body.contains("You are signed in as Dolores I."),
        "{}",
        page.body
    );
    // It looks: it makes no link of its own and ends no other session.
    for path in ["/me/settings/calendar", "/me/sessions/revoke-others"] {
        let answer = portal.post(path, Some(&cookie), &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }
    let other = format!("0x{}", "11".repeat(32));
    let form = [("session", other.as_str())];
    let answer = portal
        .post("/me/sessions/revoke", Some(&cookie), &form)
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    refused(&portal.post(&path, None, &[]).await, "was used before");
    refused(&portal.get(&path, None).await, "was used before");
    let zeros = format!("/sign-in/mail/{}", "0".repeat(64));
    refused(&portal.get(&zeros, None).await, "was used before");
}

#[tokio::test]
async fn links_are_few_and_expire() {
    let portal = Portal::open().await;
    let mut tx = portal.store.write().await.unwrap();
    let member = NewMember {
        number: "E1".to_owned(),
        email: "dolores@acme.example".to_owned(),
        ..NewMember::default()
    };
    tx.add_member(&member, WALL).await.unwrap();
    tx.commit().await.unwrap();
    let form = [("email", "dolores@acme.example")];
    let mut last = None;
    for _ in 0..3 {
        portal.post("/sign-in/mail", None, &form).await;
        last = portal.letter().await;
    }
    let text = last.unwrap().text;
    portal.post("/sign-in/mail", None, &form).await;
    assert_eq!(portal.letter().await, None, "a fourth link in 15 minutes");
    portal.wait(900);
    let start = text.find(ORIGIN).unwrap() + ORIGIN.len();
    let path = text[start..].split_whitespace().next().unwrap();
    refused(&portal.post(path, None, &[]).await, "older than 15 minutes");
}
