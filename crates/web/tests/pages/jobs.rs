//! Scheduled calls and the keeper's jobs as the company reads them.

use alloy_primitives::{Address, B256};
use axum::http::StatusCode;
use guerdon_chain::Plan;
use guerdon_chain::plan::{self, Unit};
use guerdon_core::fact::Origin;
use guerdon_core::ledger::{FunctionRecord, OperationRecord, OperationState};
use guerdon_store::{Failing, NewJob, SentBytes, Store};
use guerdon_web::{AppState, router};
use serde_json::Value;

use crate::check;
use crate::people::{self, Who};
use crate::sample::{ACC, Story, WALL, address, inner};
use crate::site::{Answer, send_as};

const DAY: u64 = 86_400;
/// The wallet with the people role on the chain, and the one of the list alone.
const BY_CHAIN: u8 = 0xc2;
const BY_LIST: u8 = 0xc1;

struct Office {
    router: axum::Router,
    /// A grant's pause that is due, a withdrawal that waits, one that expired.
    ids: [B256; 3],
    _folder: tempfile::TempDir,
}

fn operation((caller, plan): (Address, &Plan), at: u64) -> OperationRecord {
    let target = plan.to.unwrap();
    OperationRecord {
        id: plan::operation_id(caller, target, &plan.data),
        nonce: 1,
        caller,
        target,
        data: plan.data.to_vec(),
        at,
        state: OperationState::Scheduled,
        scheduled: Origin {
            block: 5,
            block_time: at - 2 * DAY,
            ..Origin::default()
        },
        changed: Origin::default(),
    }
}

impl Office {
    async fn empty() -> Self {
        Self::of(async |_, _, _| [B256::ZERO; 3]).await
    }

    async fn busy() -> Self {
        Self::of(async |store, story, now| fill(store, story, now).await).await
    }

    async fn of(fill: impl AsyncFn(&Store, &Story, u64) -> [B256; 3]) -> Self {
        let story = Story::told();
        let folder = tempfile::tempdir().unwrap();
        let store = story.stored(folder.path()).await;
        people::put(&store, &story).await;
        let head = store.read().await.unwrap().checkpoint().await.unwrap();
        let now = head.unwrap().time;
        let ids = fill(&store, &story, now).await;
        let state = AppState::new(inner(store, &story.facts, Some(WALL - 4)));
        Self {
            router: router(state),
            ids,
            _folder: folder,
        }
    }

    async fn get(&self, who: Who, path: &str) -> Answer {
        let asked = (axum::http::Method::GET, path, None);
        let answer = send_as(&self.router, asked, who.cookie().as_deref()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path} by {who:?}");
        if !path.contains(".json") && !path.contains(".csv") {
            check::page(path, &answer.body);
        }
        answer
    }

    async fn job(&self, who: Who, place: usize) -> String {
        let path = format!("/company/jobs/{}", self.ids[place]);
        self.get(who, &path).await.body
    }
}

async fn fill(store: &Store, story: &Story, now: u64) -> [B256; 3] {
    let unit = Unit::new("ACC", 18);
    let grants = address(0x6a);
    let terms = story.grants["G-1004"].1.encode().unwrap();
    let pause = plan::pause(grants, &terms);
    let take = |amount| plan::withdraw_free(grants, address(0x77), amount, &unit);
    let (one, two) = (take(5 * ACC), take(7 * ACC));
    let records = [
        operation((address(BY_CHAIN), &pause), now - 60),
        operation((address(BY_LIST), &one), now + 2 * DAY),
        operation((address(BY_LIST), &two), now - 8 * DAY),
    ];
    let mut tx = store.write().await.unwrap();
    for record in &records {
        tx.put_operation(record).await.unwrap();
    }
    for (plan, role) in [(&pause, 2), (&one, 4)] {
        let function = FunctionRecord {
            target: grants,
            selector: plan.data[..4].try_into().unwrap(),
            role,
            changed: Origin::default(),
        };
        tx.put_function_role(&function).await.unwrap();
    }
    let failing = Failing {
        id: story.id("G-1005"),
        times: 2,
        reason: "the transfer of the token failed".to_owned(),
        last_at: now - 3_600,
        retry_at: now + 3_600,
    };
    tx.put_failure(&failing).await.unwrap();
    let job = NewJob {
        sender: address(9),
        nonce: 41,
        to: grants,
        data: vec![1],
        summary: "Pay the holders of 12 grants".to_owned(),
        gas_limit: 1_000_000,
        day: 1,
        grants: vec![story.id("G-1004")],
    };
    let sent = SentBytes {
        tx: B256::repeat_byte(0x4b),
        raw: vec![1],
        max_fee: 1,
        priority_fee: None,
        sent_at: WALL,
    };
    tx.add_job(&job, &sent).await.unwrap();
    tx.commit().await.unwrap();
    records.map(|record| record.id)
}

#[tokio::test]
async fn without_jobs_the_page_says_who_acts_next() {
    let office = Office::empty().await;
    let page = office.get(Who::CompanyByList, "/company/jobs").await.body;
    for words in [
        "No call waits. A role with a delay leaves its calls here",
        "No payment failed.",
        "The keeper has sent nothing from this database yet.",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn calls_jobs_and_failures_stand_side_by_side_and_as_data() {
    let office = Office::busy().await;
    let page = office.get(Who::CompanyByList, "/company/jobs").await.body;
    for words in [
        "Pause the grant of Person E1 (0x",
        "Take 5 ACC out of the free money",
        "waits for its time",
        "can be executed",
        "expired",
        "Pay the holders of 12 grants",
        "waits for a block",
        "2 times",
        "the transfer of the token failed",
        "Person C1",
        "Times in Europe/Madrid",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let json = office.get(Who::CompanyByList, "/company/jobs.json").await;
    assert!(
        json.body.contains("Pause the grant of 0x"),
        "data keep the plan's own words"
    );
    let json: Value = serde_json::from_str(&json.body).unwrap();
    let states = json["scheduled"].as_array().unwrap().iter();
    let states: Vec<_> = states.map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["can be executed", "waits for its time", "expired"]);
    assert_eq!(json["keeper"]["waiting"], 1);
    assert_eq!(json["keeper"]["failing"][0]["times"], 2);
    let csv = office
        .get(Who::CompanyByList, "/company/jobs.csv")
        .await
        .body;
    assert_eq!(csv.lines().count(), 4, "{csv}");
    let one = format!("/company/jobs/{}.json", office.ids[0]);
    let one: Value =
        serde_json::from_str(&office.get(Who::CompanyByList, &one).await.body).unwrap();
    assert_eq!(one["call"]["operation"], office.ids[0].to_string());
    let table = format!("/company/jobs/{}.csv", office.ids[0]);
    let table = office.get(Who::CompanyByList, &table).await.body;
    assert_eq!(table.lines().count(), 2, "{table}");
}

#[tokio::test]
async fn each_reader_sees_what_the_wallet_can_sign_or_why_not() {
    let office = Office::busy().await;
    let button =
        |page: &str, words: &str| page.contains(&format!("data-sign disabled>{words}</button>"));
    // Who scheduled it, on its time: the call is execute(target, data) to the AccessManager.
    let mine = office.job(Who::CompanyByChain, 0).await;
    assert!(
        button(&mine, "Execute") && button(&mine, "Cancel"),
        "{mine}"
    );
    assert!(mine.contains("data-call=\"0x1cff79cd"), "{mine}");
    assert!(mine.contains("It can be executed now, until"), "{mine}");
    assert!(mine.contains("Execute: Pause the grant of"), "{mine}");
    // Another wallet, however much the list lets it read.
    let other = office.job(Who::CompanyByList, 0).await;
    assert!(
        !button(&other, "Execute") && !button(&other, "Cancel"),
        "{other}"
    );
    assert!(
        other.contains("who scheduled it, can execute it."),
        "{other}"
    );
    assert!(other.contains("administrator can cancel it."), "{other}");
    // The chain's administrator cancels what others scheduled.
    let administrator = office.job(Who::AdministratorByChain, 0).await;
    assert!(button(&administrator, "Cancel") && !button(&administrator, "Execute"));
    // A link in an e-mail opens no page of the company.
    let path = format!("/company/jobs/{}", office.ids[0]);
    let asked = (axum::http::Method::GET, path.as_str(), None);
    let cookie = Who::CompanyByMail.cookie();
    let mail = send_as(&office.router, asked, cookie.as_deref()).await;
    assert_eq!(mail.status, StatusCode::FORBIDDEN);
    assert!(
        mail.body.contains("You signed in by e-mail"),
        "{}",
        mail.body
    );
    // Who scheduled it has no such role on the chain any more.
    let lost = office.job(Who::CompanyByList, 1).await;
    assert!(
        lost.contains("no longer has the treasury role on 0x"),
        "{lost}"
    );
    assert!(lost.contains("It waits. It can be executed from"), "{lost}");
    let over = office.job(Who::CompanyByList, 2).await;
    assert!(
        over.contains("and did nothing. Whoever still wants it"),
        "{over}"
    );
    assert!(!over.contains("<guerdon-sign"), "{over}");
}
