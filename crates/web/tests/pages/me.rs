//! What an engineer reads: her home, her grants, what an end would leave, receipts, settings.

use axum::http::{Method, StatusCode};
use guerdon_core::fact::Fact;
use guerdon_store::{Person, StatedValue, Store};
use guerdon_web::{AppState, router};
use serde_json::Value;
use tempfile::TempDir;

use crate::check;
use crate::people::{self, Who};
use crate::sample::{ORIGIN, Story, WALL, inner};
use crate::site::{Answer, send_form};

/// Her grants by the company's list: one of each kind. The sample's names end in SECRET.
pub(crate) const HERS: [&str; 6] = ["G-1004", "G-1005", "G-1006", "G-1010", "G-1019", "G-1002"];

pub(crate) struct Portal {
    router: axum::Router,
    pub(crate) story: Story,
    pub(crate) store: Store,
    _folder: TempDir,
}

impl Portal {
    /// The holder of G-1004 has all of HERS, some of them with a stated value.
    pub(crate) async fn of(story: Story, answered: Option<u64>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = story.stored(folder.path()).await;
        people::put(&store, &story).await;
        let mut tx = store.write().await.unwrap();
        for name in HERS {
            let (id, terms, _) = &story.grants[name];
            let person = Person {
                id: *id,
                external_id: name.to_owned(),
                name: "Dolores Ibárruri-Vega".to_owned(),
                email: "dolores@acme.example".to_owned(),
                employee_id: "E1".to_owned(),
                wallet: terms.recipient,
                country: "ES".to_owned(),
            };
            tx.put_person(&person).await.unwrap();
        }
        for (name, unit) in [("G-1004", "0.42"), ("G-1010", "0.50")] {
            let value = StatedValue {
                id: story.id(name),
                unit_usd: unit.to_owned(),
                stated_on: "2026-06-30".to_owned(),
            };
            tx.put_stated_value(&value).await.unwrap();
        }
        tx.commit().await.unwrap();
        let router = router(AppState::new(inner(store.clone(), &story.facts, answered)));
        Self {
            router,
            story,
            store,
            _folder: folder,
        }
    }

    pub(crate) async fn told() -> Self {
        Self::of(Story::told(), Some(WALL - 4)).await
    }

    pub(crate) async fn get(&self, who: Who, path: &str) -> Answer {
        let asked = (Method::GET, path, None);
        send_form(&self.router, asked, who.cookie().as_deref(), String::new()).await
    }

    pub(crate) async fn post(&self, who: Who, path: &str, form: &str) -> Answer {
        let asked = (Method::POST, path, Some(ORIGIN));
        send_form(
            &self.router,
            asked,
            who.cookie().as_deref(),
            form.to_owned(),
        )
        .await
    }

    /// A page that must be whole, as text.
    pub(crate) async fn page(&self, who: Who, path: &str) -> String {
        let answer = self.get(who, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        check::page(path, &answer.body);
        check::text(&answer.body)
    }

    pub(crate) fn grant(&self, name: &str) -> String {
        format!("/grants/{}", self.story.id(name))
    }
}

pub(crate) fn says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word}: {page}");
    }
}

pub(crate) fn data(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

#[tokio::test]
async fn a_home_answers_the_three_questions_over_all_grants() {
    let site = Portal::told().await;
    let body = site.get(Who::Holder, "/me").await.body;
    let page = check::text(&body);
    says(
        &page,
        &[
            "Your grants at Acme AI",
            "6 grants in Acme Access (ACC), the first since 29 Feb 2024",
            "You can claim now",
            "What comes next",
            "ACC of G-1004 SECRET vest",
            "Then on ",
            "What it is worth",
            // 7,300 at 0.42 and 96,000 at 0.50; the odd base units are worth nothing.
            "$51,066.00",
            "Stated by the company, no market price: $0.42 each (30 Jun 2026), $0.50 each",
            "G-1004 SECRET paid or within reach 7,300.00 ACC G-1004 SECRET at $0.42 each",
            "paid or within reach 96,000.00 ACC",
            "4 grants have no stated value and are left out.",
            "All your tokens, 695,800 ACC granted",
            "not earned yet",
            "Who acts next:",
            "You have earned",
            "results have unlocked",
            "of that.",
            "Lately",
            "Paid to its holder",
            "Ended by the company",
            "the company",
            "Explain this number",
            "Claimable is payable less withholding.",
            "As of block 1,650 of",
            "Times in Europe/Madrid",
        ],
    );
    assert_eq!(
        body.matches("class=\"button first\"").count(),
        1,
        "one filled button"
    );
    assert!(
        body.contains("href=\"/me/claim\""),
        "several grants are claimed on one page"
    );
    assert!(!body.contains("style="), "no inline style");
}

#[tokio::test]
async fn the_numbers_of_a_home_are_the_sums_of_its_grants() {
    let site = Portal::told().await;
    let list = data(&site.get(Who::Holder, "/me/grants.json").await);
    let grants = list["grants"].as_array().unwrap();
    assert_eq!(grants.len(), HERS.len());
    let sum = |field: &str| -> u128 {
        let raw = |grant: &Value| {
            grant[field]["raw"]
                .as_str()
                .unwrap()
                .parse::<u128>()
                .unwrap()
        };
        grants.iter().map(raw).sum()
    };
    let promised: u128 = HERS
        .iter()
        .map(|name| site.story.grants[name].1.amount)
        .sum();
    assert_eq!(sum("granted"), promised);
    let paid = |name: &&str| {
        site.story
            .ledger
            .grants
            .get(&site.story.id(name))
            .map_or(0, |it| it.paid_net)
    };
    assert_eq!(sum("claimed"), HERS.iter().map(paid).sum::<u128>());
    assert!(sum("claimable") > 0);
    let page = site.page(Who::Holder, "/me/claim").await;
    let whole = sum("claimable") / 10u128.pow(16);
    let shown = format!("{}.{:02} ACC", grouped(whole / 100), whole % 100);
    says(
        &page,
        &[
            &format!("Claim {shown}"),
            "All in one transaction",
            "Claim G-1004",
        ],
    );
    let csv = site.get(Who::Holder, "/me/grants.csv").await.body;
    assert_eq!(csv.lines().count(), HERS.len() + 1, "{csv}");
    assert!(csv.contains("not opened yet"), "{csv}");
}

fn grouped(number: u128) -> String {
    let text = number.to_string();
    let head = text.len() % 3;
    let mut out = text[..head].to_owned();
    for piece in text.as_bytes()[head..].chunks(3) {
        if !out.is_empty() {
            out.push(',');
        }
        out.push_str(std::str::from_utf8(piece).unwrap());
    }
    out
}

#[tokio::test]
async fn the_list_goes_on_after_its_cursor_and_shows_every_state() {
    let site = Portal::told().await;
    let page = site.page(Who::Holder, "/me/grants").await;
    says(
        &page,
        &[
            "6 grants of Acme AI",
            "active",
            "ended",
            "not opened yet",
            "G-1019 SECRET",
        ],
    );
    let list = data(&site.get(Who::Holder, "/me/grants.json").await);
    let ids: Vec<_> = list["grants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    let third = ids[2].as_str().unwrap();
    let rest = data(
        &site
            .get(Who::Holder, &format!("/me/grants.json?after={third}"))
            .await,
    );
    let rest: Vec<_> = rest["grants"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].clone())
        .collect();
    assert_eq!(rest, ids[3..]);
    let wrong = site.get(Who::Holder, "/me/grants?after=G-1004").await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn nothing_to_show_is_said_with_whom_to_ask() {
    let site = Portal::told().await;
    let page = site.page(Who::Engineer, "/me").await;
    says(
        &page,
        &["No grants for this wallet. Ask the people team, or open a grant file."],
    );
    says(
        &site.page(Who::Engineer, "/me/grants").await,
        &["No grants for this wallet."],
    );
    says(
        &site.page(Who::Engineer, "/me/claim").await,
        &["Nothing to claim now"],
    );
    let page = site.page(Who::Engineer, "/me/settings").await;
    says(
        &page,
        &[
            "the people list does not know this wallet",
            "Ask the people team",
        ],
    );
}

#[tokio::test]
async fn a_session_by_mail_looks_and_cannot_claim() {
    let site = Portal::told().await;
    let answer = site.get(Who::HolderByMail, "/me").await;
    says(
        &check::text(&answer.body),
        &["You signed in by e-mail, which lets you look."],
    );
    assert!(!answer.body.contains("class=\"button first\""));
    let shared = site
        .post(
            Who::HolderByMail,
            &format!("{}/share", site.grant("G-1004")),
            "label=x",
        )
        .await;
    assert_eq!(shared.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn claiming_is_off_while_the_index_is_behind() {
    let site = Portal::of(Story::told(), Some(WALL - 840)).await;
    let said = "As of block 1,650, 14 minutes ago; claiming is off until the index catches up.";
    for path in ["/me", "/me/claim", &site.grant("G-1004")] {
        let answer = site.get(Who::Holder, path).await;
        says(&check::text(&answer.body), &[said]);
        assert!(!answer.body.contains("class=\"button first\""), "{path}");
        assert!(!answer.body.contains("<guerdon-sign"), "{path}");
    }
    let site = Portal::of(Story::told(), None).await;
    let page = site.page(Who::Holder, "/me").await;
    says(
        &page,
        &["Claiming is off until this server has read the chain."],
    );
}

#[tokio::test]
async fn names_are_for_the_holder_and_the_company_alone() {
    let site = Portal::told().await;
    let path = site.grant("G-1004");
    for who in [
        Who::Holder,
        Who::HolderByMail,
        Who::CompanyByList,
        Who::CompanyByChain,
    ] {
        let page = site.page(who, &path).await;
        says(
            &page,
            &["7,300 ACC for Dolores Ibárruri-Vega", "Grant G-1004 SECRET"],
        );
    }
    let page = site.page(Who::AuditorByMail, &path).await;
    says(&page, &["7,300 ACC granted", "after a one-year cliff"]);
    let refused = site.get(Who::OtherHolder, &path).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let leave = site
        .page(Who::AuditorByMail, &format!("{path}/leave"))
        .await;
    let tx = site.story.ledger.grants[&site.story.id("G-1004")].opened.tx;
    for page in [page, refused.body, leave] {
        assert!(
            !page.contains("Dolores") && !page.contains("G-1004"),
            "{page}"
        );
    }
    let receipt = site
        .get(Who::AuditorByMail, &format!("{path}/receipts/{tx}"))
        .await
        .body;
    assert!(!receipt.contains("Dolores"), "{receipt}");
}

#[tokio::test]
async fn a_grant_that_is_not_opened_is_there_for_its_holder() {
    let site = Portal::told().await;
    let page = site.page(Who::Holder, &site.grant("G-1002")).await;
    says(
        &page,
        &[
            "12,500 ACC for Dolores Ibárruri-Vega",
            "State: not opened yet.",
            "This grant is not opened yet.",
            "its first claim opens and pays it in one transaction",
            "Claim ",
        ],
    );
    let begun = Portal::of(Story::begun(), Some(WALL - 4)).await;
    let page = begun.page(Who::Holder, &begun.grant("G-1002")).await;
    says(
        &page,
        &[
            "Its round is not binding before 4 Jul 2026.",
            "the company may take it back",
        ],
    );
    let home = begun.page(Who::Holder, "/me").await;
    says(&home, &["becomes binding; nothing of it opens before"]);
}

#[tokio::test]
async fn every_figure_of_a_grant_is_explained() {
    let site = Portal::told().await;
    let page = site.page(Who::Holder, &site.grant("G-1004")).await;
    for figure in [
        "vested",
        "claimed",
        "claimable now",
        "waits for a result",
        "not earned yet",
    ] {
        says(&page, &[&format!("Explain “{figure}”")]);
    }
    says(
        &page,
        &[
            "let through by results",
            "exactly",
            "ppb",
            "As of block 1,650 of",
        ],
    );
}

#[tokio::test]
async fn every_state_is_said_in_its_words() {
    let mut story = Story::told();
    story.at("2028-07-01");
    let now = story.now;
    story.say(Fact::Paused {
        id: story.id("G-1019"),
        stop_at: now,
    });
    let (id, holder) = (story.id("G-1010"), true);
    story.say(Fact::ClaimsHeld { id, on: holder });
    let id = story.id("G-1005");
    story.say(Fact::Ended {
        id,
        stop_at: now + 86_400 * 90,
        grace: false,
        freed: 0,
        lost: 0,
    });
    let id = story.id("G-1004");
    story.say(Fact::RecoveryAnnounced {
        id,
        to: crate::sample::address(0x99),
        at: now,
    });
    story.say(Fact::RecoveringSet { id, on: true });
    let site = Portal::of(story, Some(WALL - 4)).await;
    let page = site.page(Who::Holder, "/me/grants").await;
    for state in [
        "paused",
        "held by its holder",
        "notice given",
        "recovery announced",
        "ended",
    ] {
        says(&page, &[state]);
    }
    let home = site.page(Who::Holder, "/me").await;
    says(
        &home,
        &[
            "The clock has been stopped since 1 Jul 2028",
            "A recovery is announced",
        ],
    );
    let mut settled = Story::told();
    let (id, freed) = (settled.id("G-1006"), 0);
    let value = settled.ledger.grants[&id].held();
    settled.say(Fact::Settled { id, value, freed });
    let site = Portal::of(settled, Some(WALL - 4)).await;
    says(
        &site.page(Who::Holder, &site.grant("G-1006")).await,
        &["State: settled."],
    );
    let calendar = site.get(Who::Nobody, &calendar_path()).await.body;
    assert!(calendar.contains("STATUS:CANCELLED"), "{calendar}");
}

/// The calendar link that the sample holder has.
pub(crate) fn calendar_path() -> String {
    format!(
        "/calendar/{}.ics",
        alloy_primitives::hex::encode(people::CALENDAR)
    )
}
