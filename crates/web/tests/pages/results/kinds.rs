//! Results of other kinds than right answers: comparisons, scores, numbers, items that are drawn.

use std::fmt::Write;

use guerdon_formats::eval::{PairFile, Side, pair};
use guerdon_formats::signature_file::{SignatureFile, Signed};
use serde_json::{Value, json};

use super::*;
use crate::harness::on_both;

mod drawn;

const R2: &[u8] = include_bytes!("../../../../formats/tests/data/evals/lm-eval-acme-coder-r2.json");
const R3_SAMPLES: &[u8] =
    include_bytes!("../../../../formats/tests/data/evals/lm-eval-acme-coder-r3-samples.jsonl");

/// Release 2's answers, which were not kept: 355 of those that release 3 has right.
fn r2_samples() -> Vec<u8> {
    let mut right = 0;
    let mut all = String::new();
    for line in std::str::from_utf8(R3_SAMPLES).unwrap().lines() {
        let mut sample: Value = serde_json::from_str(line).unwrap();
        if sample["filter"] == "strict-match" && sample["exact_match"] == 1.0 {
            right += 1;
            sample["exact_match"] = json!(f64::from(u8::from(right <= 355)));
        }
        writeln!(all, "{sample}").unwrap();
    }
    all.into_bytes()
}

fn paired(goal: &mut GoalDefinition) {
    goal.goal.kind = Kind::Paired;
    (goal.goal.threshold, goal.goal.stretch) = (50_000_000, 200_000_000);
    goal.goal.bound = 1645;
}

fn known(goal: &GoalDefinition) -> String {
    String::from_utf8(goal.encode()).unwrap()
}

fn pin(goal: &mut GoalDefinition, pairs: &[(&str, &str)]) {
    for (name, text) in pairs {
        goal.specification
            .insert((*name).to_owned(), (*text).to_owned());
    }
}

#[tokio::test]
async fn two_runs_are_compared_signed_and_taken_away() {
    let baseline = keccak256(R2).to_string();
    let answers = keccak256(r2_samples()).to_string();
    on_both(|url| {
        let (baseline, answers) = (baseline.clone(), answers.clone());
        async move {
            let pinned = |goal: &mut GoalDefinition| {
                paired(goal);
                let pairs = [
                    ("baseline_file", baseline.as_str()),
                    ("baseline_answers", &answers),
                ];
                pin(goal, &pairs);
            };
            let lab = Lab::at(&url, pinned, known).await;
            let found = compared(&lab).await;
            taken_away(&lab, found).await;
            lab.store.close().await;
        }
    })
    .await;
}

fn says(page: &str, all: &[&str]) {
    for words in all {
        assert!(page.contains(words), "{words}: {page}");
    }
}

/// Release 3 against release 2, each with its answers.
fn four(theirs: &[u8]) -> [(&'static str, &'static str, &[u8]); 4] {
    [
        ("file", "r3.json", R3),
        ("samples", "r3.jsonl", R3_SAMPLES),
        ("baseline", "r2.json", R2),
        ("baseline_samples", "r2.jsonl", theirs),
    ]
}

/// Brings four files, after others that are refused; answers with the evidence.
async fn compared(lab: &Lab) -> B256 {
    let due = lab.get(PANEL[0], "/queue.csv").await.body;
    assert!(due.contains("Run candidate and baseline and bring both result files"));
    let asks = [
        "Result file of the baseline",
        "candidate and baseline run all items of the task",
        "--model BASELINE",
        "--against-samples BASELINE",
    ];
    says(&lab.work(PANEL[0]).await, &asks);
    let theirs = r2_samples();
    let all = four(&theirs);
    let alone = lab.bring_all(PANEL[0], &all[..2]).await;
    says(&alone.body, &["s file, too."]);
    let [mut ours, mut hers, mut other, mut others] = all;
    std::mem::swap(&mut ours.2, &mut other.2);
    std::mem::swap(&mut hers.2, &mut others.2);
    let swapped = lab.bring_all(PANEL[0], &[ours, hers, other, others]).await;
    says(&swapped.body, &["its baseline_file is 0x"]);
    let blank = [theirs.as_slice(), b"\n"].concat();
    let [ours, hers, other, mut others] = four(&theirs);
    others.2 = &blank;
    let chosen = lab.bring_all(PANEL[0], &[ours, hers, other, others]).await;
    says(&chosen.body, &["its baseline_answers is 0x"]);
    assert!(
        lab.actions().await.is_empty(),
        "what is refused is not kept"
    );

    let taken = lab.bring_all(PANEL[0], &all).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let page = lab.work(PANEL[1]).await;
    let read = [
        "73 wins, 0 losses of 500; what counts is the lower bound",
        "between threshold and stretch",
        "Won: the candidate alone is right",
        "355 of 500",
        "s answers</a>",
        "pair.json",
        "class=\"band\"",
    ];
    says(&page, &read);
    assert!(!page.contains("names no baseline"), "{page}");
    kept(lab, &theirs).await
}

/// Every file is there under its hash; answers with that of the one that names them.
async fn kept(lab: &Lab, theirs: &[u8]) -> B256 {
    let side = |file, samples| Side {
        file,
        samples: Some(samples),
    };
    let query = Query {
        metric: "exact_match".to_owned(),
        filter: Some("strict-match".to_owned()),
        ..Query::default()
    };
    let found = pair(side(R3, R3_SAMPLES), side(R2, theirs), &query).unwrap();
    let names = found.files.encode();
    assert_eq!(keccak256(&names), found.evidence);
    assert_eq!(PairFile::decode(&names).unwrap(), found.files);
    for bytes in [names.as_slice(), R3, R3_SAMPLES, R2, theirs] {
        let path = lab.path(&format!("files/{}", keccak256(bytes)));
        assert_eq!(lab.get(ARBITER, &path).await.body.as_bytes(), bytes);
    }
    found.evidence
}

/// Two members sign, and the sponsor takes the file of their signatures away.
async fn taken_away(lab: &Lab, evidence: B256) {
    let digest = lab.digest_of(73, evidence);
    for index in [PANEL[1], PANEL[0]] {
        let signature = signer(index).sign_digest(&digest).unwrap();
        assert_eq!(
            lab.sign(index, digest, &signature).await,
            StatusCode::SEE_OTHER
        );
    }
    let path = lab.path(&format!("signatures/{digest}"));
    assert!(lab.work(SPONSOR).await.contains(&path));
    let file = lab.get(SPONSOR, &path).await;
    assert!(file.headers["content-disposition"].contains("lab_500-0-result.json"));
    let signatures = SignatureFile::decode_all(file.body.as_bytes()).unwrap();
    assert_eq!(signatures.len(), 2);
    for one in &signatures {
        assert_eq!(one.digest(), digest);
        assert_eq!(
            guerdon_chain::recover(&digest, &one.signature),
            Some(one.signer)
        );
        let Signed::Result(result) = one.signed else {
            panic!("{one:?}")
        };
        assert_eq!((result.x, result.y), (73, 0));
    }
    assert_eq!(lab.get(STRANGER, &path).await.status, StatusCode::FORBIDDEN);
    let none = lab.path(&format!("signatures/{}", B256::repeat_byte(9)));
    assert_eq!(lab.get(SPONSOR, &none).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_baseline_that_nobody_named_is_pointed_at() {
    let lab = Lab::changed(paired, known).await;
    let theirs = r2_samples();
    let taken = lab.bring_all(PANEL[0], &four(&theirs)).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    assert!(lab.work(PANEL[1]).await.contains("names no baseline"));
}

fn measurement(rest: &Value) -> Vec<u8> {
    let mut document = json!({
        "guerdon": "measurement", "version": 1, "task": "checkout", "metric": "availability",
        "unit": "share of the day",
        "window": {"from": "2028-01-01T00:00:00Z", "to": "2028-02-01T00:00:00Z"},
        "source": "https://status.acme.example/export",
    });
    for (name, value) in rest.as_object().unwrap() {
        document[name] = value.clone();
    }
    document.to_string().into_bytes()
}

#[tokio::test]
async fn a_measurement_is_read_and_its_source_shown() {
    let lab = Lab::changed(
        |goal| {
            goal.goal.kind = Kind::Measure;
            (goal.goal.samples, goal.goal.pool, goal.goal.bound) = (20, 20, 2996);
            (goal.goal.threshold, goal.goal.stretch) = (500_000_000, 800_000_000);
            goal.specification.clear();
            pin(
                goal,
                &[
                    ("task", "checkout"),
                    ("metric", "availability"),
                    ("unit", "share of the day"),
                ],
            );
        },
        known,
    )
    .await;
    let due = lab.get(PANEL[0], "/queue.csv").await.body;
    assert!(due.contains("Measure the items and bring the file of their scores"));
    let scores = |count: usize| {
        let list = (0..count).map(|day| json!({"item": format!("day {day}"), "score": 0.9}));
        json!({"scores": list.collect::<Vec<_>>()})
    };
    let few = lab.bring(PANEL[0], &measurement(&scores(19))).await;
    assert!(
        few.body
            .contains("over 19 questions, and the goal takes exactly 20"),
        "{}",
        few.body
    );
    let mut other = scores(20);
    other["unit"] = json!("share of requests");
    let other = lab.bring(PANEL[0], &measurement(&other)).await;
    assert!(
        other.body.contains("its unit is share of requests"),
        "{}",
        other.body
    );
    let harness = lab.bring(PANEL[0], R3).await;
    assert!(harness.body.contains("Not taken."), "{}", harness.body);
    assert!(lab.actions().await.is_empty());

    let file = measurement(&scores(20));
    let taken = lab.bring(PANEL[0], &file).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let page = lab.work(PANEL[1]).await;
    for words in [
        "Mean 0.90 of 20; what counts is the lower bound 0.6263",
        "share of the day",
        "https://status.acme.example/export",
        "2028-01-01T00:00:00Z/2028-02-01T00:00:00Z",
        "Nothing confirms a measurement but its source",
        "class=\"band\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn a_number_is_typed_and_a_measurement_beside_it_says_the_same() {
    let lab = Lab::changed(
        |goal| {
            goal.goal.kind = Kind::Count;
            (goal.goal.samples, goal.goal.pool, goal.goal.bound) = (1, 1, 0);
            (goal.goal.threshold, goal.goal.stretch) = (10, 20);
            goal.specification.clear();
        },
        known,
    )
    .await;
    let due = lab.get(PANEL[0], "/queue.csv").await.body;
    assert!(due.contains("Bring the number and its evidence"));
    assert!(
        lab.work(PANEL[0])
            .await
            .contains("There are no items to run")
    );
    let file = measurement(&json!({"count": 12}));
    let bring = |count: &'static [u8], file: Vec<u8>| {
        let lab = &lab;
        async move {
            let parts = [
                ("count", "", count),
                ("file", "sites.json", file.as_slice()),
            ];
            lab.bring_all(PANEL[0], &parts).await
        }
    };
    let other = bring(b"13", file.clone()).await;
    assert!(
        other
            .body
            .contains("You typed 13, and the measurement says 12."),
        "{}",
        other.body
    );
    let torn = bring(b"12", measurement(&json!({"count": 12, "unit": ""}))).await;
    assert!(torn.body.contains("is no text"), "{}", torn.body);
    let taken = bring(b"12", file).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let page = lab.work(PANEL[1]).await;
    assert!(page.contains("12: it would pay"), "{page}");
    assert!(page.contains("share of the day"), "{page}");
    // Any other file is evidence that nothing here reads.
    let photo = bring(b"15", b"\x89PNG".to_vec()).await;
    assert_eq!(photo.status, StatusCode::SEE_OTHER, "{}", photo.body);
    assert!(
        lab.work(PANEL[1])
            .await
            .contains("evidence that nothing here reads")
    );
}
