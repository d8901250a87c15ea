//! Where results are made: a file is read, members sign, and nobody else gets in.

use alloy_primitives::{Address, B256, keccak256};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use guerdon_chain::Signer;
use guerdon_core::fact::Origin;
use guerdon_core::goal::{
    Attempt, AttemptStatus, Goal, GoalFlags, GoalState, GoalsDomain, Kind, PanelResult, panel_hash,
    result_digest,
};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use guerdon_formats::eval::{Query, read};
use guerdon_formats::goal_file::{GoalDefinition, GoalPlace, Specification, spec_hash};
use guerdon_store::{ImportedGoal, Means, Session, Store};
use guerdon_web::router;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::sample::{CHAIN_ID, ORIGIN, Story, WALL, address, state};
use crate::site::{Answer, answer_of, send_form};

mod brought;
mod kinds;

/// Release 3's file of the demo: 428 of 500.
const R3: &[u8] = include_bytes!("../../../guerdon/demo/lm-eval-acme-coder-r3.json");
const GOALS: Address = Address::repeat_byte(0x60);
const MODEL: B256 = B256::repeat_byte(0x4d);
/// Accounts of the embedded chain.
const SPONSOR: u32 = 1;
const PANEL: [u32; 3] = [2, 3, 4];
const ARBITER: u32 = 8;
const STRANGER: u32 = 9;

struct Lab {
    router: Router,
    store: Store,
    id: B256,
    _folder: Option<TempDir>,
}

fn signer(index: u32) -> Signer {
    Signer::embedded(index).unwrap()
}

fn definition(now: u64) -> GoalDefinition {
    let query = Query {
        metric: "exact_match".to_owned(),
        filter: Some("strict-match".to_owned()),
        ..Query::default()
    };
    let reading = read(R3, &query, None).unwrap();
    let specification: Specification = [
        ("harness", reading.harness),
        ("task", reading.task),
        ("task_hash", reading.task_hash.to_string()),
        ("metric", reading.metric),
        ("filter", reading.filter),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into();
    let mut panel = PANEL.map(|index| signer(index).address()).to_vec();
    panel.sort_unstable();
    let name = "lab_500".to_owned();
    let goal = Goal {
        kind: Kind::Proportion,
        threshold: 800_000_000,
        stretch: 900_000_000,
        base_ppb: 500_000_000,
        default_ppb: 0,
        bound: 1983,
        attempts: 2,
        max_voids: 1,
        samples: 500,
        pool: 500,
        guards: 0,
        opens: now - 1_000,
        closes: now + 5_000_000,
        run_seconds: 1_000_000,
        challenge_seconds: 86_400,
        arbiter_seconds: 86_400,
        seed_blocks: 0,
        sponsor: signer(SPONSOR).address(),
        panel: panel_hash(2, &panel),
        arbiter: signer(ARBITER).address(),
        bond_token: address(0xb0),
        bond: 5,
        data: keccak256("hidden"),
        spec: spec_hash(&name, &specification),
    };
    GoalDefinition {
        name,
        goal,
        m: 2,
        panel,
        specification,
        place: Some(GoalPlace {
            chain_id: CHAIN_ID,
            contract: GOALS,
        }),
    }
}

fn record(definition: &GoalDefinition, now: u64) -> GoalRecord {
    let word = Attempt {
        registered_at: now - 10,
        registered_block: 1,
        deadline: now + 999_990,
        status: AttemptStatus::Registered,
        ..Attempt::default()
    };
    GoalRecord {
        id: definition.id().unwrap(),
        goal: definition.goal.clone(),
        m: 2,
        panel: definition.panel.clone(),
        state: GoalState {
            count: 1,
            pending: 1,
            flags: GoalFlags::DEFINED,
            closes: definition.goal.closes,
            last_registered_at: now - 10,
            ..GoalState::default()
        },
        attempts: vec![AttemptRecord {
            word,
            model: MODEL,
            history: vec![(AttemptStatus::Registered, Origin::default())],
            ..AttemptRecord::default()
        }],
        defined: Origin::default(),
        changed: Origin::default(),
    }
}

impl Lab {
    /// A running attempt; `text` is what was imported as the goal's definition.
    async fn of(text: impl FnOnce(&GoalDefinition) -> String) -> Self {
        Self::changed(|_| (), text).await
    }

    /// The same for a goal that is changed first.
    async fn changed(
        change: impl FnOnce(&mut GoalDefinition),
        text: impl FnOnce(&GoalDefinition) -> String,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = crate::harness::sqlite_url(&folder);
        Self {
            _folder: Some(folder),
            ..Self::at(&url, change, text).await
        }
    }

    /// The same in an empty database.
    async fn at(
        url: &str,
        change: impl FnOnce(&mut GoalDefinition),
        text: impl FnOnce(&GoalDefinition) -> String,
    ) -> Self {
        let story = Story::told();
        let store = Store::open(url).await.unwrap();
        story.put(&store).await;
        let mut definition = definition(story.now);
        change(&mut definition);
        definition.goal.spec = spec_hash(&definition.name, &definition.specification);
        let record = record(&definition, story.now);
        let id = record.id;
        let mut tx = store.write().await.unwrap();
        tx.put_goal(&record).await.unwrap();
        tx.put_goal_definition(&ImportedGoal {
            id,
            name: "lab_500".to_owned(),
            definition: text(&definition),
        })
        .await
        .unwrap();
        for index in [SPONSOR, PANEL[0], PANEL[1], PANEL[2], ARBITER, STRANGER] {
            tx.add_session(&session(index)).await.unwrap();
        }
        tx.commit().await.unwrap();
        Self {
            router: router(state(store.clone(), &story.facts, Some(WALL - 4))),
            store,
            id,
            _folder: None,
        }
    }

    async fn known() -> Self {
        Self::of(|goal| String::from_utf8(goal.encode()).unwrap()).await
    }

    fn path(&self, rest: &str) -> String {
        format!("/goals/{}/attempts/0/{rest}", self.id)
    }

    async fn get(&self, who: u32, path: &str) -> Answer {
        let asked = (Method::GET, path, None);
        let cookie = cookie(who);
        send_form(&self.router, asked, Some(&cookie), String::new()).await
    }

    async fn work(&self, who: u32) -> String {
        let answer = self.get(who, &self.path("work")).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        crate::check::page("work", &answer.body);
        answer.body
    }

    /// Brings a file as a browser would.
    async fn bring(&self, who: u32, file: &[u8]) -> Answer {
        self.bring_with(who, file, None).await
    }

    /// The same with a file of answers beside it.
    async fn bring_with(&self, who: u32, file: &[u8], samples: Option<&[u8]>) -> Answer {
        let mut parts = vec![("file", "../r3.json", file)];
        parts.extend(samples.map(|samples| ("samples", "r3.jsonl", samples)));
        self.bring_all(who, &parts).await
    }

    /// Brings fields of the form, each with the name of its file.
    async fn bring_all(&self, who: u32, parts: &[(&str, &str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (field, name, bytes) in parts {
            let head = format!(
                "--edge\r\nContent-Disposition: form-data; name=\"{field}\"; \
                 filename=\"{name}\"\r\n\r\n"
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let request = Request::post(self.path("file"))
            .header("host", "grants.acme.example")
            .header("origin", ORIGIN)
            .header("cookie", cookie(who))
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(Body::from(body))
            .unwrap();
        answer_of(self.router.clone().oneshot(request).await.unwrap()).await
    }

    async fn sign(&self, who: u32, digest: B256, signature: &[u8]) -> StatusCode {
        let signature = alloy_primitives::hex::encode_prefixed(signature);
        let form = format!("digest={digest}&signature={signature}");
        let path = self.path("sign");
        let asked = (Method::POST, path.as_str(), Some(ORIGIN));
        let answer = send_form(&self.router, asked, Some(&cookie(who)), form).await;
        answer.status
    }

    fn digest(&self) -> B256 {
        self.digest_of(428, keccak256(R3))
    }

    fn digest_of(&self, x: u128, evidence: B256) -> B256 {
        let domain = GoalsDomain {
            chain_id: CHAIN_ID,
            goals: GOALS,
        };
        let result = PanelResult {
            goal: self.id,
            attempt: 0,
            model: MODEL,
            x,
            y: 0,
            samples: 500,
            guards: 0,
            evidence,
        };
        result_digest(&domain, &result)
    }

    async fn actions(&self) -> Vec<String> {
        let entries = self.store.read().await.unwrap().audit(None, 20).await;
        let entries = entries.unwrap().into_iter();
        entries.map(|entry| entry.entry.action).collect()
    }
}

fn secret(index: u32) -> [u8; 32] {
    [0x10 + u8::try_from(index).unwrap(); 32]
}

fn cookie(index: u32) -> String {
    let token = alloy_primitives::hex::encode(secret(index));
    format!("__Host-guerdon={token}")
}

fn session(index: u32) -> Session {
    Session {
        hash: keccak256(secret(index)),
        means: Means::Wallet,
        person: None,
        wallet: Some(signer(index).address()),
        agent: "Firefox on Linux".to_owned(),
        created_at: WALL - 60,
        seen_at: WALL - 60,
        idle_at: WALL + 3_600,
        expires_at: WALL + 86_400,
    }
}

#[tokio::test]
async fn a_file_is_read_as_the_command_line_reads_it_and_a_forged_one_is_not_taken() {
    let lab = Lab::known().await;
    let text = String::from_utf8(R3.to_vec()).unwrap();
    let forged = text.replacen("0.856", "0.956", 1);
    assert_ne!(text, forged);
    let answer = lab.bring(PANEL[0], forged.as_bytes()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("Not taken."), "{}", answer.body);
    assert!(answer.body.contains("must not decide money"));
    assert!(!lab.work(PANEL[0]).await.contains("428 of 500"));

    let answer = lab.bring(PANEL[0], R3).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = lab.work(SPONSOR).await;
    for words in [
        "428 of 500; what counts is the lower bound 0.8220, between threshold and stretch",
        "0 of 3 members signed; 2 are needed.",
        "class=\"band\"",
        "Would pay",
        "r3.json",
        "exact_match",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let file = lab.path(&format!("files/{}", keccak256(R3)));
    let kept = lab.get(ARBITER, &file).await;
    assert_eq!(kept.body.as_bytes(), R3);
    assert!(kept.headers["content-disposition"].contains("\"r3.json\""));
    assert_eq!(lab.get(STRANGER, &file).await.status, StatusCode::FORBIDDEN);
    assert_eq!(lab.bring(ARBITER, R3).await.status, StatusCode::OK);
    assert_eq!(lab.actions().await, ["result read"]);
}

#[tokio::test]
async fn a_member_signs_once_and_nobody_signs_for_another() {
    let lab = Lab::known().await;
    lab.bring(SPONSOR, R3).await;
    let digest = lab.digest();
    let signed = |index| signer(index).sign_digest(&digest).unwrap();
    let by_stranger = lab.sign(PANEL[0], digest, &signed(STRANGER)).await;
    assert_eq!(by_stranger, StatusCode::FORBIDDEN);
    let stranger = lab.sign(STRANGER, digest, &signed(PANEL[0])).await;
    assert_eq!(stranger, StatusCode::FORBIDDEN);
    let other = lab.sign(PANEL[0], B256::ZERO, &signed(PANEL[0])).await;
    assert_eq!(other, StatusCode::BAD_REQUEST);

    for _ in 0..2 {
        let taken = lab.sign(PANEL[0], digest, &signed(PANEL[0])).await;
        assert_eq!(taken, StatusCode::SEE_OTHER);
    }
    let page = lab.work(PANEL[1]).await;
    assert!(page.contains("1 of 3 members signed"), "{page}");
    assert!(page.contains("One more member of the panel has to sign."));
    assert!(!page.contains("Propose this result"));
    // Whoever holds a member's signature may hand it in.
    let handed = lab.sign(SPONSOR, digest, &signed(PANEL[2])).await;
    assert_eq!(handed, StatusCode::SEE_OTHER);
    let page = lab.work(ARBITER).await;
    assert!(page.contains("2 of 3 members signed"), "{page}");
    assert!(page.contains("Propose this result"), "{page}");
    let told = lab.actions().await;
    assert_eq!(told, ["panel signature", "panel signature", "result read"]);
}

#[tokio::test]
async fn a_definition_that_is_not_the_goals_is_no_definition() {
    let stale = |goal: &GoalDefinition| {
        let mut other = goal.clone();
        other.goal.threshold = 1;
        String::from_utf8(other.encode()).unwrap()
    };
    let lab = Lab::of(stale).await;
    let page = lab.work(PANEL[0]).await;
    assert!(page.contains("is not known here"), "{page}");
    let answer = lab.bring(PANEL[0], R3).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.body.contains("Not taken."), "{}", answer.body);
    assert!(lab.actions().await.is_empty());
}

#[tokio::test]
async fn the_queue_says_what_is_due_from_whom_and_until_when() {
    let lab = Lab::known().await;
    let due = |who| {
        let lab = &lab;
        async move { lab.get(who, "/queue.csv").await.body }
    };
    let member = due(PANEL[0]).await;
    assert!(
        member.contains("Run the items and bring the result file"),
        "{member}"
    );
    assert!(member.contains(",panel member,2028-"), "{member}");
    assert!(!due(ARBITER).await.contains("lab_500"));
    lab.bring(PANEL[0], R3).await;
    assert!(due(PANEL[1]).await.contains("Check the result and sign it"));
    let digest = lab.digest();
    for index in [PANEL[0], PANEL[1]] {
        let signature = signer(index).sign_digest(&digest).unwrap();
        lab.sign(index, digest, &signature).await;
    }
    assert!(
        due(SPONSOR)
            .await
            .contains("Put the signed result on the chain")
    );
    let page = lab.get(ARBITER, "/queue").await;
    crate::check::page("queue", &page.body);
    assert!(page.body.contains("Goals that name you"), "{}", page.body);
    let nobody = lab.get(STRANGER, "/queue").await;
    assert!(nobody.body.contains("No goal names a wallet of yours"));
}
