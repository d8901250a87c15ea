//! What an engineer is asked for, what she can take away, and what is not offered to her.

use alloy_primitives::{B256, U256};
use axum::http::StatusCode;
use guerdon_core::fact::Fact;
use guerdon_core::grant;
use guerdon_core::succession::SuccessionDomain;
use guerdon_core::tree::{Leaf, Proof, SumTree};
use guerdon_formats::agreement::Agreement;
use guerdon_formats::amount;
use guerdon_formats::grant_file::{GrantFile, RoundPlace};
use guerdon_formats::replacement_file::{NewGrant, ReplacementFile};
use guerdon_store::{Acceptance, NewRequest, Owner};

use crate::check;
use crate::me::{HERS, Portal, data, says};
use crate::people::Who;
use crate::sample::{AGREEMENT, CHAIN_ID, Story, WALL, address, definitions};

/// The story after a goal's window closed for good.
fn closed() -> Story {
    let mut story = Story::told();
    story.at("2028-08-01");
    let id = story.product;
    let fraction = story.ledger.goals[&id].state.fraction;
    story.say(Fact::GoalClosed {
        id,
        fraction,
        defaulted: 0,
    });
    story
}

#[tokio::test]
async fn a_worth_leaves_out_what_a_final_result_keeps_shut() {
    let story = closed();
    let most = |name: &str| {
        let (id, terms, _) = &story.grants[name];
        let state = story.ledger.grants[id].state;
        let gates = terms.gates.iter();
        let gates: Vec<_> = gates
            .map(|gate| story.ledger.goals[&gate.goal].gate_result(None))
            .collect();
        grant::reachable(terms, &state, &gates, story.now).unwrap()
    };
    let (one, other) = (most("G-1004"), most("G-1010"));
    let lost = story.grants["G-1004"].1.amount + story.grants["G-1010"].1.amount - one - other;
    assert!(lost > 0);
    let cents = amount::worth_of_all_in_cents(&[(one, "0.42"), (other, "0.50")], 18);
    let site = Portal::of(story, Some(WALL - 4)).await;
    let page = site.page(Who::Holder, "/me").await;
    let lost = amount::display(lost, 18);
    says(
        &page,
        &[
            &format!("What it is worth ${}", amount::display(cents.unwrap(), 2)),
            &format!("Leaves out {lost} ACC that can no longer be paid"),
            &format!(
                "paid or within reach {} ACC G-1004 SECRET at $0.42 each",
                amount::display(one, 18)
            ),
        ],
    );
    assert!(!page.contains("$51,066.00"), "{page}");
}

#[tokio::test]
async fn an_agreement_is_asked_for_until_it_is_accepted() {
    let site = Portal::told().await;
    let path = site.grant("G-1004");
    let asked = "G-1004 SECRET: Its agreement is not accepted yet.";
    let of_one = "Its agreement is not accepted yet.";
    for (page, asked) in [("/me", asked), (&path, of_one)] {
        let answer = site.get(Who::Holder, page).await;
        says(&check::text(&answer.body), &[asked, "Who acts next: you."]);
        assert!(
            answer
                .body
                .contains(&format!("{path}/accept\">Read and accept"))
        );
    }
    let by_mail = site.page(Who::HolderByMail, "/me").await;
    says(&by_mail, &["you: sign in with the wallet that holds it."]);
    let company = site.page(Who::CompanyByList, &path).await;
    assert!(!company.contains("is not accepted yet"), "{company}");

    let (id, terms, _) = &site.story.grants["G-1004"];
    let acceptance = |agreement: B256| Acceptance {
        grant: *id,
        agreement,
        wallet: terms.recipient,
        signed_at: WALL,
        signature: vec![1],
        added_at: WALL,
    };
    for (agreement, still_asked) in [(B256::ZERO, true), (terms.document, false)] {
        let mut tx = site.store.write().await.unwrap();
        assert!(tx.put_acceptance(&acceptance(agreement)).await.unwrap());
        tx.commit().await.unwrap();
        let home = site.page(Who::Holder, "/me").await;
        assert_eq!(home.contains(asked), still_asked, "{home}");
    }
    let page = site.page(Who::Holder, &path).await;
    assert!(!page.contains("is not accepted yet"), "{page}");
}

#[tokio::test]
async fn a_replacement_is_asked_for_where_its_holder_looks() {
    let site = Portal::told().await;
    let (id, terms, _) = &site.story.grants["G-1004"];
    let file = |deadline| ReplacementFile {
        domain: SuccessionDomain {
            chain_id: CHAIN_ID,
            succession: address(0x5c),
        },
        old: *id,
        old_word: U256::ZERO,
        successors: vec![NewGrant {
            name: "G-1004-S".to_owned(),
            file: GrantFile {
                chain_id: CHAIN_ID,
                contract: address(0x6a),
                terms: terms.clone(),
                round: None,
                proof: Proof::default(),
                goals: definitions()
                    .into_iter()
                    .filter(|goal| terms.gates.iter().any(|gate| goal.id() == Some(gate.goal)))
                    .collect(),
                agreement: None,
            },
        }],
        deadline,
        signature: None,
    };
    let keep = async |deadline| {
        let mut tx = site.store.write().await.unwrap();
        let body = file(deadline).encode().unwrap();
        let request = NewRequest {
            subject: format!("grant:{id}"),
            kind: "replace".to_owned(),
            body: String::from_utf8(body).unwrap(),
            made_at: WALL,
            made_by: Owner::Wallet(address(0xc2)),
        };
        let number = tx.add_request(&request).await.unwrap();
        tx.commit().await.unwrap();
        number
    };
    let path = site.grant("G-1004");
    let asked = "The company asks you to sign a replacement of this grant.";
    keep(site.story.now).await;
    assert!(!site.page(Who::Holder, &path).await.contains(asked), "late");
    let number = keep(site.story.now + 86_400).await;
    let link = format!("href=\"{path}/sign/{number}\">Read the replacement");
    for page in ["/me", &path] {
        let answer = site.get(Who::Holder, page).await;
        let text = check::text(&answer.body);
        says(&text, &[asked, "Its agreement is not accepted yet."]);
        assert!(answer.body.contains(&link), "{page}: {}", answer.body);
    }
    let home = site.page(Who::Holder, "/me").await;
    assert_eq!(home.matches("G-1004 SECRET: ").count(), 1, "{home}");
    let company = site.page(Who::CompanyByList, &path).await;
    says(
        &company,
        &[
            "A replacement waits for its holder's signature.",
            "Who acts next: the holder.",
        ],
    );
    let auditor = site.page(Who::AuditorByMail, &path).await;
    assert!(!auditor.contains("replacement waits"), "{auditor}");
    let mut tx = site.store.write().await.unwrap();
    assert!(tx.withdraw_request(number, WALL).await.unwrap());
    tx.commit().await.unwrap();
    assert!(!site.page(Who::Holder, "/me").await.contains(asked));
}

/// The file as `guerdon round import` writes it.
fn file(story: &Story, name: &str) -> GrantFile {
    let (id, terms, _) = &story.grants[name];
    let leaves = story.grants.values().map(|(id, terms, _)| Leaf {
        id: *id,
        amount: terms.amount,
    });
    let tree = SumTree::build(leaves.collect::<Vec<_>>()).unwrap();
    let index = tree.index_of(*id).unwrap();
    let used = |goal: &guerdon_formats::goal_file::GoalDefinition| {
        terms.gates.iter().any(|gate| Some(gate.goal) == goal.id())
    };
    GrantFile {
        chain_id: CHAIN_ID,
        contract: address(0x6a),
        terms: terms.clone(),
        round: Some(RoundPlace {
            root: tree.root(),
            index,
        }),
        proof: tree.proof(index).unwrap(),
        goals: definitions().into_iter().filter(used).collect(),
        agreement: Some(Agreement {
            text: AGREEMENT.to_owned(),
        }),
    }
}

#[tokio::test]
async fn a_grant_file_is_the_one_that_the_import_wrote() {
    let site = Portal::told().await;
    for name in ["G-1004", "G-1002", "G-1005"] {
        let path = format!("{}/file.json", site.grant(name));
        let page = site.get(Who::Holder, &site.grant(name)).await.body;
        assert!(page.contains(&format!("href=\"{path}\"")), "{page}");
        says(
            &check::text(&page),
            &["Download grant file", "Keep this file"],
        );
        for who in [Who::Holder, Who::HolderByMail, Who::CompanyByList] {
            let answer = site.get(who, &path).await;
            assert_eq!(answer.status, StatusCode::OK, "{who:?}: {}", answer.body);
            let wanted = file(&site.story, name).encode().unwrap();
            assert_eq!(answer.body.as_bytes(), wanted, "{name}");
            let told = &answer.headers["content-disposition"];
            assert!(told.starts_with("attachment; filename="), "{told}");
            assert_eq!(answer.headers["cache-control"], "no-store");
        }
        GrantFile::decode(&site.get(Who::Holder, &path).await.body.into_bytes()).unwrap();
    }
    let path = site.grant("G-1004");
    for who in [Who::AuditorByMail, Who::OtherHolder, Who::Engineer] {
        let refused = site.get(who, &format!("{path}/file.json")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{who:?}");
    }
    let auditor = site.page(Who::AuditorByMail, &path).await;
    assert!(!auditor.contains("Download grant file"), "{auditor}");
}

#[tokio::test]
async fn what_is_over_offers_only_what_is_possible() {
    let mut story = Story::told();
    let id = story.id("G-1010");
    let (value, freed) = (story.ledger.grants[&id].state.released, 0);
    story.say(Fact::Settled { id, value, freed });
    let site = Portal::of(story, Some(WALL - 4)).await;
    let rows = [
        // Running, ended, settled and paid.
        ("G-1004", ["/leave", "/change", "/end"].as_slice()),
        ("G-1006", &["/change"]),
        ("G-1010", &[]),
    ];
    for (name, offered) in rows {
        let path = site.grant(name);
        for (who, acts) in [
            (Who::Holder, ["/leave", "/change"].as_slice()),
            (Who::CompanyByList, &["/leave", "/change", "/end"]),
        ] {
            let page = site.get(who, &path).await.body;
            for act in acts {
                let there = page.contains(&format!("href=\"{path}{act}\""));
                assert_eq!(there, offered.contains(act), "{name} {act} by {who:?}");
            }
            assert!(page.contains(&format!("href=\"{path}/accept\"")), "{name}");
        }
    }
}

/// What stands behind "Who acts next:", of the blocks that say `what`.
fn next(page: &str, what: &str) -> String {
    let mut blocks = page.split("<div class=\"why").skip(1);
    let block = blocks.find(|it| it.contains(what));
    let block = block.unwrap_or_else(|| panic!("{what}: {page}"));
    let (_, next) = block.split_once("Who acts next: ").unwrap();
    next.split('<').next().unwrap().trim().to_owned()
}

#[tokio::test]
async fn every_page_names_the_same_who_acts_next() {
    let mut story = closed();
    let now = story.now;
    story.say(Fact::Paused {
        id: story.id("G-1019"),
        stop_at: now,
    });
    let id = story.id("G-1010");
    story.say(Fact::ClaimsHeld { id, on: true });
    let id = story.id("G-1004");
    let to = address(0x99);
    story.say(Fact::RecoveryAnnounced { id, to, at: now });
    story.say(Fact::RecoveringSet { id, on: true });
    let site = Portal::of(story, Some(WALL - 4)).await;
    // What the grant's page says, and what the page of its claim says of the same thing.
    let rows = [
        ("G-1002", "not opened yet", "Nobody has opened this grant"),
        ("G-1019", "clock has been stopped", "has been paused"),
        (
            "G-1010",
            "Only the holder may call",
            "Only the holder may call",
        ),
        ("G-1010", "stay shut", "stay shut"),
        ("G-1004", "recovery is announced", "recovery is announced"),
        ("G-1006", "The grant ended on", "The grant ended on"),
        ("G-1005", "wait for a result", "wait for the goal"),
    ];
    for (name, on_grant, on_claim) in rows {
        let path = site.grant(name);
        let grant = site.get(Who::Holder, &path).await.body;
        let claim = site.get(Who::Holder, &format!("{path}/claim")).await.body;
        let said = next(&grant, on_grant);
        assert_eq!(said, next(&claim, on_claim), "{name}: {on_grant}");
        assert!(said.ends_with('.'), "{said}");
    }
}

#[tokio::test]
async fn a_goals_twin_says_its_fields_as_its_file_does() {
    let site = Portal::told().await;
    for definition in definitions() {
        let path = format!("/goals/{}.json", definition.id().unwrap());
        let twin = data(&site.get(Who::Nobody, &path).await);
        let file: serde_json::Value = serde_json::from_slice(&definition.encode()).unwrap();
        assert_eq!(twin["definition"], file["goal"]);
        assert!(twin["definition"]["threshold"].is_string());
    }
}

#[tokio::test]
async fn a_list_has_no_bare_nothing() {
    let site = Portal::told().await;
    let body = site.get(Who::Holder, "/me/grants").await.body;
    assert!(body.contains("data-label=\"claimable\""), "{body}");
    assert!(
        !body.contains("data-label=\"claimable\"><data value=\"0\""),
        "{body}"
    );
    // One starts to vest next year; one was claimed on the day of its last payment.
    says(&check::text(&body), &["nothing before 1 Jun 2029"]);
    let begun = Portal::of(Story::begun(), Some(WALL - 4)).await;
    let list = begun.page(Who::Holder, "/me/grants").await;
    says(&list, &["nothing before 4 Jul 2026"]);
}

#[tokio::test]
async fn a_home_is_data_too_with_its_sums_reasons_and_what_happened_lately() {
    let site = Portal::told().await;
    let page = site.page(Who::Holder, "/me").await;
    let home = data(&site.get(Who::Holder, "/me.json").await);
    let list = data(&site.get(Who::Holder, "/me/grants.json").await);
    assert_eq!(home["grants"], list["grants"]);
    assert_eq!(home["more_grants"], false);
    let units =
        |amount: &serde_json::Value| -> u128 { amount["raw"].as_str().unwrap().parse().unwrap() };
    let parts = home["parts"].as_array().unwrap();
    assert!(!parts.is_empty());
    let sum: u128 = parts.iter().map(|part| units(&part["amount"])).sum();
    assert_eq!(sum, units(&home["granted"]));
    let claimable = home["grants"].as_array().unwrap().iter();
    let claimable: u128 = claimable.map(|grant| units(&grant["claimable"])).sum();
    assert_eq!(claimable, units(&home["claim"]["pays"]));
    let reasons = home["reasons"].as_array().unwrap();
    let first = reasons[0]["what"].as_str().unwrap();
    assert!(page.contains(first), "{first}: {page}");
    let lately = home["lately"].as_array().unwrap();
    assert!(!lately.is_empty());
    for event in lately {
        let what = event["what"].as_str().unwrap();
        assert!(page.contains(what), "{what}: {page}");
        assert!(event["tx"].as_str().unwrap().parse::<B256>().is_ok());
    }
    let csv = site.get(Who::Holder, "/me.csv").await.body;
    assert_eq!(csv.lines().count(), HERS.len() + 1, "{csv}");
    let book = site.get(Who::Holder, "/me.xlsx").await;
    assert!(book.status == StatusCode::OK && book.body.starts_with("PK"));
}
