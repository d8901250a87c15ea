//! What the company alone does: batches for a Safe, rounds, replacements it prepares.

use alloy_primitives::{B256, keccak256};
use axum::http::StatusCode;
use guerdon_store::{Aside, ImportedGrant, Page, Store};

use crate::check;
use crate::office::{LISTED, Office, PEOPLE};
use crate::people::MINE;
use crate::sample::Story;

#[tokio::test]
async fn who_lacks_the_role_is_told_so_and_can_add_to_a_batch() {
    let office = Office::of(Story::told()).await;
    let path = office.grant(MINE, "/change");
    let answer = office.get(LISTED, &format!("{path}?act=pause")).await;
    let page = check::text(&answer.body);
    assert!(page.contains("You cannot sign this yourself."), "{page}");
    assert!(page.contains("has no people role on 0x"), "{page}");
    assert!(
        answer
            .body
            .contains("value=\"sign\" class=\"button\" disabled")
    );

    let fields = [("act", "pause"), ("go", "batch"), ("batch", "new")];
    let to = office.sent(LISTED, &path, &fields).await;
    assert_eq!(to, "/company/batches/1");
    let page = office.read(LISTED, &to).await;
    let holder = office.story.grants[MINE].1.recipient.to_checksum(None);
    let short = format!("{}…{}", &holder[..6], &holder[38..]);
    assert!(
        page.contains(&format!("Pause the grant of Person E1 ({short}).")),
        "{page}"
    );
    assert!(
        page.contains(&format!("Pause the grant of {holder}.")),
        "whole beside the bytes: {page}"
    );
    assert!(page.contains("Give the address of the Safe"), "{page}");
    let fields = [("act", "hold"), ("go", "batch"), ("batch", "1")];
    assert_eq!(
        office.post(LISTED, &path, &fields).await.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "no company's call"
    );
}

/// An order that goes into the first batch.
fn faster() -> Vec<(&'static str, &'static str)> {
    vec![
        ("act", "accelerate"),
        ("seconds", "86400"),
        ("confirm", "G-1004 SECRET"),
        ("go", "batch"),
        ("batch", "1"),
    ]
}

#[tokio::test]
async fn a_batch_shows_what_signers_see_until_it_is_closed() {
    let office = Office::of(Story::told()).await;
    let path = office.grant(MINE, "/change");
    let fields = [("act", "pause"), ("go", "batch"), ("batch", "new")];
    let to = office.sent(PEOPLE, &path, &fields).await;
    office.sent(PEOPLE, &path, &faster()).await;
    let safe = "0x5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a";
    let seen = office
        .read(PEOPLE, &format!("{to}?safe={safe}&nonce=7"))
        .await;
    for words in [
        "Advance the clock of the grant of 0x",
        "safeTxHash",
        "Domain hash",
        "Message hash",
        "MultiSend assumed",
        "This server has no node to ask",
    ] {
        assert!(seen.contains(words), "{words}: {seen}");
    }
    let unknown = office.read(PEOPLE, &format!("{to}?safe={safe}")).await;
    assert!(
        unknown.contains("Give the Safe's nonce: a whole number."),
        "{unknown}"
    );

    let file = office
        .get(PEOPLE, &format!("{to}/safe.json?safe={safe}"))
        .await;
    let file: serde_json::Value = serde_json::from_str(&file.body).unwrap();
    assert_eq!(file["transactions"].as_array().unwrap().len(), 2);
    let checksum = guerdon_formats::safe_batch::checksum(&file).to_string();
    assert_eq!(file["meta"]["checksum"], checksum);

    office
        .sent(PEOPLE, &to, &[("go", "remove"), ("place", "0")])
        .await;
    office.sent(PEOPLE, &to, &[("go", "close")]).await;
    let page = office.read(PEOPLE, &to).await;
    assert!(
        page.contains("Closed on ") && !page.contains("Pause the grant"),
        "{page}"
    );
    assert_eq!(
        office.sent(PEOPLE, &path, &faster()).await,
        "/company/batches?said=closed"
    );
    let actions: Vec<_> = office
        .log()
        .await
        .into_iter()
        .map(|entry| entry.0)
        .collect();
    assert_eq!(
        actions,
        [
            "batch closed",
            "call taken out of batch",
            "call added to batch",
            "call added to batch"
        ]
    );
}

#[tokio::test]
async fn a_binding_round_cannot_be_taken_back_and_is_committed_once() {
    let office = Office::of(Story::told()).await;
    let root = office.story.root;
    let commit = office
        .read(PEOPLE, &format!("/company/rounds/{root}/commit"))
        .await;
    assert!(
        commit.contains("This round was committed on 1 Jul 2026"),
        "{commit}"
    );
    let rescind = office
        .read(PEOPLE, &format!("/company/rounds/{root}/rescind"))
        .await;
    assert!(
        rescind.contains("It is binding since 4 Jul 2026"),
        "{rescind}"
    );
    let nowhere = B256::repeat_byte(9);
    let nowhere = office
        .get(PEOPLE, &format!("/company/rounds/{nowhere}/commit"))
        .await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_round_is_committed_with_its_day_and_can_be_taken_back_until_then() {
    let mut story = Story::begun();
    story.at("2026-07-02");
    let office = Office::of(story).await;
    let root = office.story.root;
    let path = format!("/company/rounds/{root}/rescind");
    let page = office.read(PEOPLE, &path).await;
    for words in [
        "Free 588,796.00 ACC 1,443,596.00 ACC",
        "It binds on 4 Jul 2026, 12:00 UTC.",
        "has no issuer role on 0x",
        "This cannot be undone: the root is used up.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let short: String = root.to_string().chars().take(10).collect();
    let wrong = office
        .post(PEOPLE, &path, &[("confirm", "0x"), ("go", "sign")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    check::page(&path, &wrong.body);
    let said = check::text(&wrong.body);
    assert!(
        said.contains("exactly as it stands here. Nothing was changed."),
        "{said}"
    );
    let to = office
        .sent(PEOPLE, &path, &[("confirm", &short), ("go", "sign")])
        .await;
    let page = office.read(PEOPLE, &to).await;
    assert!(
        page.contains("There is nothing to sign here for you."),
        "{page}"
    );

    let other = put_round(&office.store, 900_000).await;
    let short = format!("/company/rounds/{other}/commit");
    let page = office.read(PEOPLE, &short).await;
    assert!(
        page.contains("fund the pool with at least 311,204.00 ACC first."),
        "{page}"
    );
    let small = put_round(&office.store, 1_000).await;
    let path = format!("/company/rounds/{small}/commit");
    let page = office
        .read(PEOPLE, &format!("{path}?binding=2026-07-15"))
        .await;
    assert!(
        page.contains("It binds on 15 Jul 2026, 00:00 UTC."),
        "{page}"
    );
    assert!(
        page.contains(&format!(
            "guerdon round commit {small} --binding-at 2026-07-15"
        )),
        "{page}"
    );
    let late = office
        .read(PEOPLE, &format!("{path}?binding=2026-09-15"))
        .await;
    assert!(
        late.contains("A round binds 30 days ahead at the latest"),
        "{late}"
    );
    let now = office.read(PEOPLE, &path).await;
    assert!(
        now.contains("It binds at once: nobody can ever take it back"),
        "{now}"
    );
}

#[tokio::test]
async fn a_round_with_a_grant_of_another_round_or_set_aside_is_not_committed() {
    let office = Office::of(Story::told()).await;
    let root = put_round(&office.store, 1_000).await;
    let path = format!("/company/rounds/{root}/commit");
    let page = office.read(PEOPLE, &path).await;
    assert!(page.contains("It binds at once"), "{page}");

    let mut tx = office.store.write().await.unwrap();
    let known = Page {
        after: None,
        limit: 1,
    };
    let known = tx.imported_grants(&known).await.unwrap().remove(0);
    let (name, short) = (known.external_id.clone(), known.root.to_string());
    tx.put_terms(&ImportedGrant {
        id: keccak256("the same grant with another document"),
        root,
        index: 0,
        ..known
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let page = office.read(PEOPLE, &path).await;
    assert!(
        page.contains(&format!("The grant {name} is in the round {}", &short[..6])),
        "{page}"
    );
    assert!(page.contains("would be promised twice"), "{page}");

    let mut tx = office.store.write().await.unwrap();
    let aside = Some(Aside::Discarded);
    tx.set_round_aside(root, aside).await.unwrap();
    tx.commit().await.unwrap();
    let page = office.read(PEOPLE, &path).await;
    assert!(page.contains("This round was discarded"), "{page}");
}

#[tokio::test]
async fn a_round_that_nobody_committed_is_linked_nowhere_and_an_attempt_is_found() {
    let office = Office::of(Story::told()).await;
    let root = put_round(&office.store, 1_000).await;
    let path = format!("/company/rounds/{root}/commit");
    let short = &root.to_string()[..10];
    let fields = [("binding", ""), ("confirm", short), ("go", "sign")];
    let request = office.sent(PEOPLE, &path, &fields).await;
    for page in [&path, &request, "/company/audit", "/company/rounds"] {
        let body = office.get(PEOPLE, page).await.body;
        assert!(
            !body.contains(&format!("\"/rounds/{root}\"")),
            "{page}: {body}"
        );
    }
    let known = office.story.root;
    let body = office.get(PEOPLE, "/company/rounds").await.body;
    assert!(body.contains(&format!("\"/rounds/{known}\"")), "{body}");

    let goal = office.story.product;
    let answer = office
        .get(PEOPLE, &format!("/goals/{goal}/attempts/1"))
        .await;
    let place = format!("/goals/{goal}#attempt-1");
    assert_eq!(answer.headers["location"], place);
    let page = office.get(PEOPLE, &format!("/goals/{goal}")).await.body;
    assert!(page.contains("id=\"attempt-1\""), "{page}");
    let answer = office
        .get(PEOPLE, &format!("/goals/{goal}/attempts/9"))
        .await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

/// An imported round of one grant of so many tokens; answers its root.
async fn put_round(store: &Store, tokens: u128) -> B256 {
    let root = keccak256(tokens.to_be_bytes());
    let mut tx = store.write().await.unwrap();
    tx.put_imported_round(&guerdon_store::ImportedRound {
        root,
        total: tokens * 10_u128.pow(18),
        count: 1,
        label: format!("round of {tokens}"),
        file: "more.csv".to_owned(),
        document: B256::ZERO,
        tzdb: "2026a".to_owned(),
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    root
}

#[tokio::test]
async fn a_replacement_that_is_wrong_says_so_and_keeps_nothing() {
    let office = Office::of(Story::told()).await;
    let path = office.grant(MINE, "/replace");
    let form = office.read(PEOPLE, &path).await;
    assert!(form.contains("Days that the holder has to sign"), "{form}");
    let fields = [("sheet", "external_id,amount\nX-1,12"), ("days", "30")];
    let answer = office.post(PEOPLE, &path, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    check::page(&path, &answer.body);
    assert!(
        check::text(&answer.body).contains("The column names, amount: there is no column"),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("X-1,12"),
        "what was typed stands again"
    );
    let fields = [("sheet", ""), ("days", "900")];
    let answer = office.post(PEOPLE, &path, &fields).await;
    assert!(
        check::text(&answer.body).contains("from 1 to 365"),
        "{}",
        answer.body
    );
    assert!(office.log().await.is_empty());
}
