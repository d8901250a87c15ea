//! A person adds wallets and takes them off.

use std::time::Duration;

use axum::http::StatusCode;
use guerdon_chain::Signer;
use guerdon_store::{ListRole, PersonId};
use serde_json::Value;

use crate::check;
use crate::harness::on_both;
use crate::portal::{Portal, signed};
use crate::site::Answer;

const ASK: &str = "/me/settings/wallet/message.json";
const ADD: &str = "/me/settings/wallet";
const REMOVE: &str = "/me/settings/wallet/remove";

fn signer(number: u32) -> Signer {
    Signer::embedded(number).unwrap()
}

/// The two texts for a wallet to add.
async fn texts(portal: &Portal, cookie: &str, new: &Signer) -> (String, String) {
    let address = new.address().to_string();
    let answer = portal
        .post(ASK, Some(cookie), &[("address", &address)])
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let data: Value = serde_json::from_str(&answer.body).unwrap();
    let text = |name: &str| data[name].as_str().unwrap().to_owned();
    (text("message"), text("confirmation"))
}

async fn hand_in(portal: &Portal, cookie: &str, (message, by): (&str, [String; 2])) -> Answer {
    let form = [
        ("message", message),
        ("signature", by[0].as_str()),
        ("confirmation", by[1].as_str()),
    ];
    portal.post(ADD, Some(cookie), &form).await
}

async fn wallets(portal: &Portal, person: PersonId) -> usize {
    let mut read = portal.store.read().await.unwrap();
    read.member(person).await.unwrap().unwrap().wallets.len()
}

#[tokio::test]
async fn a_wallet_comes_in_by_its_own_signature_and_the_present_ones() {
    on_both(|url| async move {
        let portal = Portal::over(&url).await;
        let (mine, new) = (signer(3), signer(4));
        let person = portal.list("E1", &[], &[&mine]).await;
        let cookie = portal.sign_in(&mine).await;
        let (message, confirmation) = texts(&portal, &cookie, &new).await;
        for part in [
            &mine.address().to_checksum(None),
            &new.address().to_checksum(None),
            &format!("to person {person} of Acme AI"),
            "URI: https://grants.acme.example/me/settings/wallet\n",
        ] {
            assert!(message.contains(part), "{part}: {message}");
        }
        let both = [signed(&message, &new), signed(&confirmation, &mine)];
        let added = hand_in(&portal, &cookie, (&message, both.clone())).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
        assert_eq!(added.headers["location"], "/me/settings#wallets");
        assert_eq!(wallets(&portal, person).await, 2);
        assert_eq!(portal.log().await[0], "wallet added");
        let again = hand_in(&portal, &cookie, (&message, both)).await;
        assert_eq!(again.status, StatusCode::BAD_REQUEST, "used once");
        let page = portal.get("/me/settings", Some(&cookie)).await.body;
        check::page("/me/settings", &page);
        assert_eq!(page.matches(&format!("action=\"{REMOVE}\"")).count(), 1);
        portal.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn no_other_signature_adds_a_wallet() {
    let portal = Portal::open().await;
    let (mine, new, thief) = (signer(3), signer(4), signer(5));
    let person = portal.list("E1", &[], &[&mine]).await;
    portal.list("E2", &[], &[&signer(6)]).await;
    let cookie = portal.sign_in(&mine).await;
    let refused = async |message: &str, by: [String; 2]| {
        let answer = hand_in(&portal, &cookie, (message, by)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    };
    // A signature given for signing in.
    let sign_in = portal.message(&new).await;
    let by = [signed(&sign_in, &new), signed(&sign_in, &mine)];
    refused(&sign_in, by).await;
    // The wallet to add alone, the present one alone, a third one.
    for [first, second] in [
        [&new, &new],
        [&mine, &mine],
        [&new, &thief],
        [&thief, &mine],
    ] {
        let (message, confirmation) = texts(&portal, &cookie, &new).await;
        let by = [signed(&message, first), signed(&confirmation, second)];
        refused(&message, by).await;
    }
    // What was written for somebody else's session.
    let other = portal.sign_in(&signer(6)).await;
    let (message, _) = texts(&portal, &other, &new).await;
    let confirmation = message.replacen(
        &new.address().to_checksum(None),
        &mine.address().to_checksum(None),
        1,
    );
    let by = [signed(&message, &new), signed(&confirmation, &mine)];
    refused(&message, by).await;
    // And the other way round: these texts sign nobody in.
    let (message, _) = texts(&portal, &cookie, &new).await;
    let answer = portal.hand_in(&message, &new, None).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    // Somebody else's wallet stays hers.
    let (message, confirmation) = texts(&portal, &cookie, &signer(6)).await;
    let by = [signed(&message, &signer(6)), signed(&confirmation, &mine)];
    let answer = hand_in(&portal, &cookie, (&message, by)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.body.contains("belongs to somebody else"));
    assert_eq!(wallets(&portal, person).await, 1);
}

#[tokio::test]
async fn whoever_has_a_role_asks_an_administrator() {
    let portal = Portal::open().await;
    for (number, role) in (3..).zip(ListRole::ALL) {
        let mine = signer(number);
        let person = portal
            .list(role.name(), &[role], &[&mine, &signer(10 + number)])
            .await;
        let cookie = portal.sign_in(&mine).await;
        let address = signer(20).address().to_string();
        let other = signer(10 + number).address().to_string();
        for (path, form) in [
            (ASK, [("address", address.as_str())]),
            (REMOVE, [("wallet", other.as_str())]),
        ] {
            let answer = portal.post(path, Some(&cookie), &form).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {path}");
            assert!(
                answer.body.contains("administrator adds"),
                "{}",
                answer.body
            );
        }
        let page = portal.get("/me/settings", Some(&cookie)).await.body;
        assert!(
            !page.contains(ADD) && page.contains("administrator adds"),
            "{page}"
        );
        assert_eq!(wallets(&portal, person).await, 2);
    }
}

#[tokio::test]
async fn a_wallet_is_taken_off_with_its_sessions_and_never_the_present_one() {
    let portal = Portal::open().await;
    let (mine, second) = (signer(3), signer(4));
    let person = portal.list("E1", &[], &[&mine, &second]).await;
    let (cookie, lost) = (portal.sign_in(&mine).await, portal.sign_in(&second).await);
    let remove = async |signer: &Signer| {
        let address = signer.address().to_string();
        portal
            .post(REMOVE, Some(&cookie), &[("wallet", &address)])
            .await
    };
    let present = remove(&mine).await;
    assert_eq!(present.status, StatusCode::FORBIDDEN);
    assert!(
        present.body.contains("signed in with this wallet"),
        "{}",
        present.body
    );
    assert_eq!(remove(&signer(9)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(wallets(&portal, person).await, 2);
    assert_eq!(remove(&second).await.status, StatusCode::SEE_OTHER);
    assert_eq!(wallets(&portal, person).await, 1);
    assert!(portal.is_open(&cookie).await && !portal.is_open(&lost).await);
    assert_eq!(portal.log().await[0], "wallet taken off");
    assert_eq!(
        remove(&second).await.status,
        StatusCode::FORBIDDEN,
        "it is off"
    );
}

/// Sends a form and changes the list after the request was let in, before it writes.
async fn overtaken(
    portal: &Portal,
    person: PersonId,
    (role, rest): (Option<ListRole>, &[&Signer]),
    request: impl Future<Output = Answer>,
) -> Answer {
    let mut tx = portal.store.write().await.unwrap();
    let mut member = tx.member(person).await.unwrap().unwrap().to_new();
    member.roles = Vec::from_iter(role);
    member.wallets = rest.iter().map(|signer| signer.address()).collect();
    tx.put_member(person, &member).await.unwrap();
    let commit = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        tx.commit().await.unwrap();
    };
    tokio::join!(request, commit).0
}

#[tokio::test]
async fn the_list_is_asked_again_when_a_wallet_is_written() {
    let auditor = Some(ListRole::Auditor);
    let (mine, second, new) = (signer(3), signer(4), signer(5));
    let (all, one) = ([&mine, &second], [&second]);
    for (becomes, said) in [
        ((auditor, all.as_slice()), "administrator adds"),
        ((None, one.as_slice()), "none of yours"),
    ] {
        let portal = Portal::open().await;
        let person = portal.list("E1", &[], &all).await;
        let cookie = portal.sign_in(&mine).await;
        let (message, confirmation) = texts(&portal, &cookie, &new).await;
        let both = [signed(&message, &new), signed(&confirmation, &mine)];
        let adds = hand_in(&portal, &cookie, (&message, both));
        let answer = overtaken(&portal, person, becomes, adds).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
        assert!(answer.body.contains(said), "{said}: {}", answer.body);
        assert_eq!(wallets(&portal, person).await, becomes.1.len());
    }
    let portal = Portal::open().await;
    let person = portal.list("E1", &[], &all).await;
    let cookie = portal.sign_in(&mine).await;
    let address = second.address().to_string();
    let form = [("wallet", address.as_str())];
    let removes = portal.post(REMOVE, Some(&cookie), &form);
    let answer = overtaken(&portal, person, (auditor, all.as_slice()), removes).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
    assert_eq!(wallets(&portal, person).await, 2);
}
