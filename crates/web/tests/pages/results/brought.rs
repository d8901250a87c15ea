//! What is kept of those who bring something to a goal: how much, beside what, and for how long.

use guerdon_store::NewMember;
use guerdon_web::person_export;

use super::*;

/// The answers of release 3, one by one.
const SAMPLES: &[u8] =
    include_bytes!("../../../../formats/tests/data/evals/lm-eval-acme-coder-r3-samples.jsonl");

/// The same result in other bytes.
fn variant(place: usize) -> Vec<u8> {
    [R3, "\n".repeat(place).as_bytes()].concat()
}

impl Lab {
    async fn post(&self, who: u32, path: &str, form: &str) -> Answer {
        let asked = (Method::POST, path, Some(ORIGIN));
        send_form(&self.router, asked, Some(&cookie(who)), form.to_owned()).await
    }

    /// Writes the reason of a challenge; answers where that leads.
    async fn object(&self, who: u32, reason: &str) -> String {
        let form = format!("reason={reason}");
        let answer = self.post(who, &self.path("challenge"), &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.headers["location"].clone()
    }

    async fn name(&self, who: u32, digit: char) -> Answer {
        let path = format!("/goals/{}/attempts/1/ask", self.id);
        let model = digit.to_string().repeat(64);
        let form = format!("model=0x{model}&until=2099-12-31");
        self.post(who, &path, &form).await
    }

    async fn file(&self, bytes: &[u8]) -> Answer {
        let path = self.path(&format!("files/{}", keccak256(bytes)));
        self.get(ARBITER, &path).await
    }
}

#[tokio::test]
async fn nobody_takes_the_room_for_results_of_another() {
    let lab = Lab::known().await;
    for place in 0..4 {
        let taken = lab.bring(PANEL[0], &variant(place)).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    }
    let fifth = lab.bring(PANEL[0], &variant(4)).await;
    assert_eq!(fifth.status, StatusCode::OK);
    let told = "You brought four results for this attempt";
    assert!(fifth.body.contains(told), "{}", fifth.body);
    assert_eq!(lab.file(&variant(4)).await.status, StatusCode::NOT_FOUND);
    for (who, place) in [(PANEL[0], 0), (PANEL[1], 4), (SPONSOR, 5)] {
        let taken = lab.bring(who, &variant(place)).await;
        assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    }
    assert_eq!(lab.file(&variant(4)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn models_are_named_by_sponsor_and_panel_and_four_by_each() {
    let lab = Lab::known().await;
    let arbiter = lab.name(ARBITER, '1').await;
    assert_eq!(arbiter.status, StatusCode::OK);
    assert!(arbiter.body.contains("name models"), "{}", arbiter.body);
    for digit in ['1', '2', '3', '4', '1'] {
        let named = lab.name(PANEL[0], digit).await;
        assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.body);
    }
    let fifth = lab.name(PANEL[0], '5').await;
    assert_eq!(fifth.status, StatusCode::OK);
    assert!(
        fifth.body.contains("four acceptances of this attempt"),
        "{}",
        fifth.body
    );
    let sponsor = lab.name(SPONSOR, '5').await;
    assert_eq!(sponsor.status, StatusCode::SEE_OTHER, "{}", sponsor.body);
    assert_eq!(lab.actions().await, ["model named"; 5]);
}

#[tokio::test]
async fn whoever_writes_many_reasons_leaves_room_for_others() {
    let lab = Lab::known().await;
    let mut tx = lab.store.write().await.unwrap();
    let mut record = tx.goal(lab.id).await.unwrap().unwrap();
    record.attempts[0].word.status = AttemptStatus::Proposed;
    tx.put_goal(&record).await.unwrap();
    tx.commit().await.unwrap();
    for text in ["one", "two", "three"] {
        let hash = keccak256(text);
        assert!(
            lab.object(STRANGER, text)
                .await
                .ends_with(&format!("?reason={hash}"))
        );
    }
    let fourth = lab.object(STRANGER, "four").await;
    assert!(fourth.ends_with("?said=yours"), "{fourth}");
    let page = lab.get(STRANGER, &fourth).await;
    assert!(
        page.body.contains("You wrote three reasons"),
        "{}",
        page.body
    );
    for (who, text) in [(STRANGER, "two"), (ARBITER, "four")] {
        let kept = lab.object(who, text).await;
        assert!(
            kept.ends_with(&format!("?reason={}", keccak256(text))),
            "{kept}"
        );
    }
}

#[tokio::test]
async fn answers_that_confirm_a_result_are_kept_for_everybody_who_signs() {
    let lab = Lab::known().await;
    lab.bring(SPONSOR, R3).await;
    let page = lab.work(PANEL[0]).await;
    assert!(page.contains("the standard error"), "{page}");
    assert!(!page.contains("counted again"), "{page}");

    let taken = lab.bring_with(PANEL[0], R3, Some(SAMPLES)).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let page = lab.work(PANEL[1]).await;
    let hash = keccak256(SAMPLES).to_string();
    for words in [
        "the standard error, the answers, counted again",
        "The answers one by one",
        "r3.json",
        hash.as_str(),
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(lab.file(SAMPLES).await.body.as_bytes(), SAMPLES);

    // The same answers in other bytes take no more room.
    let longer = [SAMPLES, b"\n"].concat();
    let again = lab.bring_with(PANEL[1], R3, Some(&longer)).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    assert_eq!(lab.file(&longer).await.status, StatusCode::NOT_FOUND);
    assert_eq!(lab.actions().await, ["answers read", "result read"]);
}

#[tokio::test]
async fn a_person_takes_out_what_she_brought_and_an_erasure_takes_her_words() {
    let lab = Lab::known().await;
    let member = NewMember {
        number: "E9".to_owned(),
        name: "Ada Quill".to_owned(),
        wallets: vec![signer(PANEL[0]).address()],
        ..NewMember::default()
    };
    let mut tx = lab.store.write().await.unwrap();
    let person = tx.add_member(&member, WALL).await.unwrap();
    tx.commit().await.unwrap();
    lab.bring(PANEL[0], R3).await;
    lab.object(PANEL[0], "leaked").await;

    let mut tx = lab.store.write().await.unwrap();
    let member = tx.member(person).await.unwrap().unwrap();
    let export = person_export(&mut tx, &member, WALL).await.unwrap();
    let goals = &export["goals"];
    assert_eq!(goals["files"][0]["name"], "r3.json");
    assert_eq!(goals["files"][0]["bytes"], R3.len());
    assert_eq!(goals["papers"][0]["says"]["x"], "428");
    assert_eq!(goals["reasons"][0]["reason"], "leaked");
    tx.erase_member(person, WALL).await.unwrap().unwrap();
    let reason = tx.challenge_reason((lab.id, 0), keccak256("leaked")).await;
    assert_eq!(reason.unwrap(), None);
    tx.commit().await.unwrap();

    let page = lab.work(SPONSOR).await;
    assert!(!page.contains("r3.json"), "{page}");
    assert!(page.contains("The file: 0x"), "{page}");
    let file = lab.file(R3).await;
    assert_eq!(file.body.as_bytes(), R3);
    assert!(file.headers["content-disposition"].contains("\"result\""));
}
