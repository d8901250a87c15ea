//! Pages of grants that were replaced, moved, and are to be recovered.

use alloy_primitives::{Address, B256, U256};
use axum::http::StatusCode;
use guerdon_core::fact::Fact;
use guerdon_core::id::Domain;
use guerdon_core::terms::Terms;
use serde_json::Value;

use crate::check;
use crate::people::Who;
use crate::sample::{CHAIN_ID, Story};
use crate::site::{Site, is_page};

const NEW_HOLDER: Address = Address::repeat_byte(0x99);

impl Story {
    /// G-1004, which has paid, became two; G-1019 was moved; a recovery of G-1010 is announced.
    pub(crate) fn changed() -> Self {
        let mut story = Self::told();
        story.at("2028-07-01");
        story.replace("G-1004");
        let (moved, lost) = (story.id("G-1019"), story.id("G-1010"));
        let from = story.ledger.grants[&moved].recipient;
        story.say(Fact::Moved {
            id: moved,
            from,
            to: NEW_HOLDER,
        });
        story.say(Fact::HolderChanged {
            id: moved,
            holder: NEW_HOLDER,
        });
        let at = story.now;
        story.say(Fact::RecoveryAnnounced {
            id: lost,
            to: NEW_HOLDER,
            at,
        });
        story.say(Fact::RecoveringSet { id: lost, on: true });
        story.at("2028-07-05");
        story
    }

    /// Into one of three quarters, which takes over what was paid, and one of the rest.
    fn replace(&mut self, name: &'static str) {
        let (old, terms, _) = self.grants[name].clone();
        let holder = terms.recipient;
        self.say(Fact::Replaced {
            old,
            holder,
            count: U256::from(2),
        });
        let first = terms.amount / 4 * 3;
        let mut held = i128::try_from(terms.amount).unwrap();
        for (place, amount) in [(0, first), (1, terms.amount - first)] {
            let new = Terms {
                amount,
                document: B256::repeat_byte(place),
                ..terms.clone()
            };
            let terms = new.encode().unwrap();
            let id = Domain::new(CHAIN_ID, Address::repeat_byte(0x6a)).id(&terms);
            let freed = held - i128::try_from(amount).unwrap();
            held = 0;
            self.say(Fact::Succeeded {
                old,
                id,
                place,
                terms,
                freed,
            });
        }
    }

    fn successors(&self, name: &str) -> Vec<B256> {
        let old = self.id(name);
        let grants = self.ledger.grants.values();
        let mut new: Vec<_> = grants
            .filter_map(|grant| Some((grant.descent.filter(|it| it.old == old)?.place, grant.id)))
            .collect();
        new.sort_unstable();
        new.into_iter().map(|(_, id)| id).collect()
    }
}

fn says(page: &str, words: &[&str]) {
    for word in words {
        assert!(page.contains(word), "{word}: {page}");
    }
}

#[tokio::test]
async fn every_page_of_changed_grants_is_whole() {
    let site = Site::of(Story::changed()).await;
    for (path, answer) in &site.crawl(Who::AuditorByMail).await {
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        if is_page(answer) {
            check::page(path, &answer.body);
        }
    }
}

#[tokio::test]
async fn a_replaced_grant_leads_to_its_successors_and_back() {
    let site = Site::of(Story::changed()).await;
    let (old, new) = (site.story.id("G-1004"), site.story.successors("G-1004"));
    let body = site.get(&format!("/grants/{old}")).await.body;
    for id in &new {
        assert!(body.contains(&format!("/grants/{id}")), "{body}");
    }
    says(
        &check::text(&body),
        &[
            "Replaced on 1 Jul 2028",
            "Nothing: it is over.",
            "This grant was replaced and pays nothing any more.",
            "passed on to other grants or freed",
            "Replaced by 2 grants, with its holder's signature",
        ],
    );

    let body = site.get(&format!("/grants/{}", new[0])).await.body;
    assert!(body.contains(&format!("/grants/{old}")), "{body}");
    says(
        &check::text(&body),
        &[
            "5,475 ACC granted",
            "It took the place of grant",
            "claimed of the grant it replaced",
            "only with its holder's signature, and nothing vested can be lost",
            "yes, announced 30 days before; its holder can veto until it is done",
            "Took the place of grant",
        ],
    );
    let data = site.get(&format!("/grants/{old}.json")).await.body;
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["replaced_by"][1], new[1].to_string());
    let leaf = site.story.ledger.grants[&old].index;
    assert_eq!(data["leaf"], leaf);
    let data = site.get(&format!("/grants/{}.json", new[1])).await.body;
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["replaces"]["grant"], old.to_string());
    assert_eq!(data["replaces"]["place"], 1);
    assert_eq!(data["leaf"], Value::Null, "a successor is no leaf");
    let page = check::text(&site.get(&format!("/grants/{}", new[1])).await.body);
    let goes_back = format!("going back to its leaf {} of 9", leaf + 1);
    says(&page, &[&goes_back]);
}

#[tokio::test]
async fn a_replaced_grant_counts_no_more_and_its_successors_do() {
    let mut story = Story::changed();
    for name in ["G-1002", "G-1003", "G-1021"] {
        story.open(name, "2028-07-06");
    }
    let site = Site::of(story).await;
    says(
        &check::text(&site.get("/").await.body),
        &["ACC, in 10 grants; 1 was replaced", "Counts all 10 grants."],
    );
    let data: Value = serde_json::from_str(&site.get("/index.json").await.body).unwrap();
    assert_eq!(
        (&data["grants"], &data["replaced"]),
        (&10.into(), &1.into())
    );
    let counts = ["grants", "opened", "live", "replaced", "successors"];
    let counts = counts.map(|name| data["rounds"][0][name].as_u64().unwrap());
    assert_eq!(counts, [9, 9, 10, 1, 2]);
    says(
        &check::text(&site.get(&format!("/rounds/{}", site.story.root)).await.body),
        &["9 of 9 grants opened; 1 replaced by 2"],
    );

    let path = format!("/goals/{}", site.story.product);
    let body = site.get(&path).await.body;
    says(&check::text(&body), &["It decides 4 grants; 4 opened"]);
    assert!(
        !body.contains(&site.story.id("G-1004").to_string()),
        "{body}"
    );
    for id in site.story.successors("G-1004") {
        assert!(body.contains(&id.to_string()), "{body}");
    }
}

#[tokio::test]
async fn successors_are_no_leaves_of_their_round_in_data() {
    let site = Site::of(Story::changed()).await;
    let (old, new) = (site.story.id("G-1004"), site.story.successors("G-1004"));
    let path = format!("/rounds/{}", site.story.root);
    let data: Value = serde_json::from_str(&site.get(&format!("{path}.json")).await.body).unwrap();
    let table = site.get(&format!("{path}.csv")).await.body;
    let rows = data["grants"].as_array().unwrap();
    for row in rows {
        let is_new = new.iter().any(|id| row["id"] == id.to_string());
        assert_eq!(row["leaf"].is_null(), is_new, "{row}");
        assert_eq!(row["replaces"] == old.to_string(), is_new, "{row}");
    }
    for id in new {
        let line = table.lines().find(|line| line.starts_with(&id.to_string()));
        let line = line.unwrap();
        assert!(line.starts_with(&format!("{id},,")), "{line}");
        assert!(line.ends_with(&old.to_string()), "{line}");
    }
}

#[tokio::test]
async fn a_round_that_binds_at_once_has_no_day_of_binding() {
    let later = Site::of(Story::told()).await;
    let mut story = Story::told();
    let root = story.root;
    story.ledger.rounds.get_mut(&root).unwrap().binding_at = 0;
    let at_once = Site::of(story).await;
    for (site, day) in [(&later, "2026-07-04T12:00:00Z"), (&at_once, "")] {
        let table = site.get("/index.csv").await.body;
        let row = table.lines().nth(1).unwrap();
        let told = row.split(',').nth(3).unwrap();
        assert_eq!(told, day, "{row}");
        let path = format!("/rounds/{root}.json");
        let data: Value = serde_json::from_str(&site.get(&path).await.body).unwrap();
        let told = data["round"]["binding_at"].as_str();
        assert_eq!(told, Some(day).filter(|day| !day.is_empty()));
    }
    let page = check::text(&at_once.get(&format!("/rounds/{root}")).await.body);
    says(&page, &["binding at once"]);
}

#[tokio::test]
async fn a_replacement_changes_no_sum_of_its_round() {
    let (before, after) = (
        Site::of(Story::told()).await,
        Site::of(Story::changed()).await,
    );
    let path = format!("/rounds/{}.json", before.story.root);
    let mut sums = Vec::new();
    for site in [&before, &after] {
        let data: Value = serde_json::from_str(&site.get(&path).await.body).unwrap();
        sums.push(["paid", "freed", "opened"].map(|name| data["round"][name].clone()));
        let rows = data["grants"].as_array().unwrap().len();
        assert_eq!(rows, site.story.ledger.grants.len());
    }
    assert_eq!(sums[0], sums[1]);
}

#[tokio::test]
async fn a_moved_grant_and_a_recovery_name_the_new_account() {
    let site = Site::of(Story::changed()).await;
    let page = |name: &str| format!("/grants/{}", site.story.id(name));
    let moved = check::text(&site.get(&page("G-1019")).await.body);
    says(
        &moved,
        &["Moved: it pays 0x9999", "Moved by its holder to 0x9999"],
    );

    let lost = check::text(&site.get(&page("G-1010")).await.body);
    says(
        &lost,
        &[
            "A recovery is announced: the company says that the holder's key is lost.",
            "Unless the holder vetoes, the grant can go to 0x9999",
            "from 31 Jul 2028 until 30 Aug 2028",
            "the holder, who can veto.",
            "Recovery to 0x9999",
        ],
    );
    let data = site.get(&format!("{}.json", page("G-1010"))).await.body;
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data["recovery"]["stage"], "announced");
    let contracts = check::text(&site.get("/contracts").await.body);
    says(
        &contracts,
        &["Succession", "replaces them with the holder's signature"],
    );
}

#[tokio::test]
async fn a_recovery_is_told_by_its_day() {
    for (day, words) in [
        ("2028-08-01", "can go to 0x9999…9999 now, until 30 Aug 2028"),
        (
            "2028-08-01",
            "the holder, who can still veto; else the company.",
        ),
        ("2028-09-15", "A recovery lapsed on 30 Aug 2028."),
        ("2028-09-15", "anyone, who may clear it."),
        ("2028-09-15", "State: recovery lapsed."),
        ("2028-08-01", "State: recovery announced."),
    ] {
        let mut story = Story::changed();
        story.at(day);
        let path = format!("/grants/{}", story.id("G-1010"));
        let site = Site::of(story).await;
        says(&check::text(&site.get(&path).await.body), &[words]);
    }

    let mut story = Story::changed();
    let (id, at) = (story.id("G-1010"), story.now);
    story.say(Fact::RecoveryVetoed { id, at });
    story.say(Fact::RecoveringSet { id, on: false });
    let path = format!("/grants/{id}");
    let site = Site::of(story).await;
    let page = check::text(&site.get(&path).await.body);
    says(
        &page,
        &[
            "Its holder cancelled a recovery; none can be announced before 3 Oct 2028",
            "Recovery cancelled by its holder",
        ],
    );
}

#[tokio::test]
async fn a_grant_got_by_recovery_is_not_called_moved() {
    let mut story = Story::changed();
    let (id, to) = (story.id("G-1010"), NEW_HOLDER);
    story.at("2028-08-01");
    story.say(Fact::RecoveryExecuted { id, to });
    story.say(Fact::RecoveringSet { id, on: false });
    story.say(Fact::HolderChanged { id, holder: to });
    let path = format!("/grants/{id}");
    let site = Site::of(story).await;
    let page = check::text(&site.get(&path).await.body);
    says(&page, &["Recovered: it pays 0x9999"]);
    assert!(!page.contains("Moved: it pays"), "{page}");
}
