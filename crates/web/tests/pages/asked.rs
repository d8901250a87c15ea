//! What was asked of grants: what is possible, what became of it, and who may read it.

use alloy_primitives::Address;
use axum::http::{Method, StatusCode};
use guerdon_core::fact::Fact;
use guerdon_store::{NewRequest, Owner};
use guerdon_web::{Access, table};

use crate::check;
use crate::office::{LISTED, Office, PEOPLE};
use crate::people::{MINE, Who};
use crate::sample::{Story, WALL};

/// The clock of G-1004 has stood for ten days.
fn paused() -> Story {
    let mut story = Story::told();
    story.at("2028-07-02");
    let (id, stop_at) = (story.id(MINE), story.now);
    story.say(Fact::Paused { id, stop_at });
    story.at("2028-07-12");
    story
}

/// Keeps a request to pause it, as the page does; `seen`: the last block that was read then.
async fn keep(office: &Office, seen: u64) -> u64 {
    let mut tx = office.store.write().await.unwrap();
    let request = NewRequest {
        subject: format!("grant:{}", office.story.id(MINE)),
        kind: "pause".to_owned(),
        body: format!("{{\"act\":\"pause\",\"seen\":{seen}}}"),
        made_at: WALL,
        made_by: Owner::Wallet(Address::repeat_byte(0xc2)),
    };
    let number = tx.add_request(&request).await.unwrap();
    tx.commit().await.unwrap();
    number
}

/// The block in which its clock was stopped.
fn block_of_pause(story: &Story) -> u64 {
    let mut facts = story.facts.iter().rev();
    let found = facts.find(|(_, fact)| matches!(fact, Fact::Paused { .. }));
    found.unwrap().0.block
}

#[tokio::test]
async fn what_has_happened_is_said_with_its_receipt() {
    let office = Office::of(paused()).await;
    let block = block_of_pause(&office.story);
    let before = keep(&office, block - 1).await;
    let path = office.grant(MINE, &format!("/sign/{before}"));
    let answer = office.get(PEOPLE, &path).await;
    let page = check::text(&answer.body);
    for words in [
        "Done: Pause its clock: G-1004 SECRET",
        "On the chain since 2 Jul 2028, 14:00 Europe/Madrid, in block",
        "Clock stopped on 2 Jul 2028.",
        "Receipt",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(answer.body.contains("href=\"/sent/0x"), "{}", answer.body);
    assert!(!answer.body.contains("<guerdon-sign"), "{}", answer.body);

    // A pause that was there before it was asked for is not this one.
    let after = keep(&office, block).await;
    let page = office
        .read(PEOPLE, &office.grant(MINE, &format!("/sign/{after}")))
        .await;
    assert!(
        page.contains("This cannot be carried out as the grant stands now."),
        "{page}"
    );
}

#[tokio::test]
async fn a_paused_grant_and_the_preview_of_its_end_say_the_same_stake() {
    let office = Office::of(paused()).await;
    let page = office.read(PEOPLE, &office.grant(MINE, "")).await;
    let (before, _) = page.split_once(" at stake today").unwrap();
    let stake = before.rsplit_once("back: ").unwrap().1;
    assert_ne!(stake, "nothing");
    let end = office.grant(MINE, "/end?when=now&leaver=bad");
    let preview = office.read(PEOPLE, &end).await;
    let line = format!("An end could take back {stake}");
    assert!(preview.contains(&line), "{line}: {preview}");
    let change = office.read(PEOPLE, &office.grant(MINE, "/change")).await;
    assert!(!change.contains("ends by itself"), "{change}");
}

#[tokio::test]
async fn a_grant_that_is_not_opened_is_opened_first_and_says_so_once() {
    let office = Office::of(Story::told()).await;
    for rest in ["/change", "/change?act=pause", "/end", "/end?when=now"] {
        let answer = office.get(PEOPLE, &office.grant("G-1002", rest)).await;
        let page = check::text(&answer.body);
        let said = page
            .matches("not opened yet, so nothing can be asked")
            .count();
        assert_eq!(said, 1, "{rest}: {page}");
        assert!(answer.body.contains("/open\">Open it first</a>"), "{rest}");
        assert!(
            !page.contains("What this means") && !page.contains("Not now"),
            "{page}"
        );
    }
    let path = office.grant("G-1002", "/open");
    let answer = office.get(PEOPLE, &path).await;
    let page = check::text(&answer.body);
    assert!(
        page.contains("Open this grant") && page.contains("of round 0x"),
        "{page}"
    );
    assert!(answer.body.contains("data-call=\"0x"), "{}", answer.body);
    let opened = office.read(PEOPLE, &office.grant(MINE, "/open")).await;
    assert!(opened.contains("This grant is opened."), "{opened}");
    let stranger = office.get(Who::OtherHolder, &path).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn each_side_sees_its_own_first_and_each_reason_once() {
    let office = Office::of(Story::told()).await;
    let path = office.grant(MINE, "/change");
    let hers = office.get(Who::Holder, &path).await;
    let page = check::text(&hers.body);
    let (mine, theirs) = (
        page.find("What you may do as its holder").unwrap(),
        page.find("What the company may do").unwrap(),
    );
    assert!(mine < theirs, "{page}");
    assert!(hers.body.contains("change?act=hold"), "{}", hers.body);
    for company in ["/end\"", "change?act=pause", "/replace"] {
        assert!(!hers.body.contains(company), "{company}: {}", hers.body);
    }
    let theirs = office.get(PEOPLE, &path).await;
    assert!(theirs.body.contains("change?act=pause") && theirs.body.contains("/end\""));
    assert!(!theirs.body.contains("change?act=hold"), "{}", theirs.body);

    let path = office.grant("G-1006", "");
    let ended = office.read(PEOPLE, &format!("{path}/change")).await;
    let reason = "The grant's state is ended, which does not allow this.";
    let (company, _) = ended.split_once("What anyone may do").unwrap();
    assert_eq!(company.matches(reason).count(), 1, "{ended}");
    let end = office.read(PEOPLE, &format!("{path}/end")).await;
    assert!(
        end.contains(reason) && !end.contains("When vesting stops"),
        "{end}"
    );
}

#[tokio::test]
async fn a_missing_role_is_said_first_with_those_who_have_it() {
    let office = Office::of(Story::begun()).await;
    let root = office.story.root;
    let path = format!("/company/rounds/{root}/commit");
    let page = office.read(PEOPLE, &path).await;
    let role = page.find("has no issuer role on 0x").unwrap();
    assert!(
        role < page.find("Binding from the start").unwrap(),
        "{page}"
    );
    assert!(
        page.contains("No wallet has it now: an administrator gives it."),
        "{page}"
    );
    let office = Office::of(Story::told()).await;
    let page = office
        .read(LISTED, &office.grant(MINE, "/change?act=pause"))
        .await;
    let held = page.find("It is held by 0x").unwrap();
    assert!(held < page.find("Figure").unwrap(), "{page}");
}

#[tokio::test]
async fn calls_of_a_batch_that_would_be_refused_are_marked() {
    let office = Office::of(Story::told()).await;
    let path = office.grant(MINE, "/change");
    let first = [("act", "pause"), ("go", "batch"), ("batch", "new")];
    let batch = office.sent(PEOPLE, &path, &first).await;
    let faster = [
        ("act", "accelerate"),
        ("seconds", "86400"),
        ("confirm", "G-1004 SECRET"),
        ("go", "batch"),
        ("batch", "1"),
    ];
    office.sent(PEOPLE, &path, &faster).await;
    let page = office.read(PEOPLE, &batch).await;
    assert!(!page.contains("would be refused now"), "{page}");
    let again = [("act", "pause"), ("go", "batch"), ("batch", "1")];
    office.sent(PEOPLE, &path, &again).await;
    let page = office.read(PEOPLE, &batch).await;
    assert!(
        page.contains("1 call of this batch would be refused now"),
        "{page}"
    );
    let (before, after) = page.split_once("It would be refused now.").unwrap();
    assert!(after.contains("Take call 3 out"), "{page}");
    assert!(before.contains("Take call 2 out"), "{page}");
    assert!(after.contains("which does not allow this."), "{page}");

    office
        .sent(PEOPLE, &batch, &[("go", "remove"), ("place", "2")])
        .await;
    let page = office.read(PEOPLE, &batch).await;
    assert!(!page.contains("would be refused now"), "{page}");
    for menu in ["/company", "/company/jobs"] {
        let answer = office.get(PEOPLE, menu).await;
        assert!(answer.body.contains("href=\"/company/batches\""), "{menu}");
    }
}

#[tokio::test]
async fn an_auditor_reads_grants_by_id_and_nobodys_name() {
    let office = Office::of(Story::told()).await;
    let number = keep(&office, 0).await;
    let id = office.story.id(MINE);
    let mut facts = office.story.facts.iter();
    let paid = facts.find_map(|(origin, fact)| match fact {
        Fact::Claimed { id: of, .. } if *of == id => Some(origin.tx.to_string()),
        _ => None,
    });
    let paid = paid.unwrap();
    let (mut read, mut refused) = (0, 0);
    for (method, path, access) in table() {
        if method != Method::GET || !path.starts_with("/grants/{id}") {
            continue;
        }
        let path = path
            .replace("{id}", &id.to_string())
            .replace("{request}", &number.to_string())
            .replace("{tx}", &paid);
        let answer = office.get(Who::AuditorByMail, &path).await;
        match access {
            Access::GrantReader => assert_eq!(answer.status, StatusCode::OK, "{path}"),
            _ => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} ({access:?})"),
        }
        read += u32::from(access == Access::GrantReader);
        refused += u32::from(access == Access::GrantParty);
        for personal in ["SECRET", "Person E1", "@acme.example"] {
            assert!(!answer.body.contains(personal), "{path} shows {personal}");
        }
    }
    assert!(read >= 3 && refused >= 6, "{read} read, {refused} refused");
    let json = office
        .get(Who::AuditorByMail, &format!("/grants/{id}.json"))
        .await;
    assert!(!json.body.contains("SECRET"), "{}", json.body);
}
