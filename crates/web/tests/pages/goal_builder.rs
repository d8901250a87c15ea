//! The goal builder: what is wrong stands at its field, what is weak is named, what is ready is
//! signed or goes into a batch.

use alloy_primitives::{Address, B256};
use axum::http::{Method, StatusCode};
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_store::Store;
use guerdon_web::router;

use crate::check;
use crate::harness::on_both;
use crate::office::{Office, PEOPLE};
use crate::people::{self, Who};
use crate::sample::{ORIGIN, Story, WALL, address, state};
use crate::site::{Answer, send_form};

const NEW: &str = "/company/goals/new";

/// A sound form, with some fields changed.
fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let sound = [
        ("name", "code-eval-2029"),
        ("title", "Passes our code tests"),
        ("kind", "PROPORTION"),
        ("threshold", "80"),
        ("stretch", "90"),
        ("base", "50"),
        ("harness", "lm_eval"),
        ("task", "acme_code"),
        ("metric", "exact_match"),
        ("filter", "none"),
        ("samples", "500"),
        ("attempts", "2"),
        ("data", "held"),
        (
            "commitment",
            "0x5555555555555555555555555555555555555555555555555555555555555555",
        ),
        ("pool", "5000"),
        ("seed_blocks", "5"),
        ("opens", "2028-07-01"),
        ("closes", "2029-07-01"),
        ("sponsor", "0x5151515151515151515151515151515151515151"),
        ("arbiter", "0x8888888888888888888888888888888888888888"),
        (
            "panel",
            "0x2020202020202020202020202020202020202020\n\
             0x2121212121212121212121212121212121212121\nE2",
        ),
        ("bond", "500"),
    ];
    let mut all: Vec<_> = sound
        .into_iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name))
        .collect();
    all.extend(changes);
    all
}

fn query(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| {
        let value = value
            .replace('%', "%25")
            .replace('\n', "%0A")
            .replace(' ', "+");
        format!("{name}={value}")
    });
    format!("{NEW}?{}", pairs.collect::<Vec<_>>().join("&"))
}

async fn previewed(office: &Office, changes: &[(&str, &str)]) -> String {
    office.read(PEOPLE, &query(&form(changes))).await
}

#[tokio::test]
async fn a_template_is_filled_in_and_not_judged() {
    let office = Office::of(Story::told()).await;
    let page = office.read(PEOPLE, NEW).await;
    assert!(
        page.contains("A benchmark score") && !page.contains("How often it pays"),
        "{page}"
    );
    let answer = office
        .get(PEOPLE, &format!("{NEW}?template=milestone"))
        .await;
    assert!(
        answer.body.contains("<option value=\"COUNT\" selected>"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn a_sound_definition_says_its_chances_and_its_id() {
    let office = Office::of(Story::told()).await;
    let page = previewed(&office, &[]).await;
    for said in [
        // On the embedded chain the company makes the blocks.
        "One weakness.",
        "a drawn seed proves nothing",
        "no better than the threshold, 80.0 %",
        "2.32 %",
        "4.59 %",
        "truly at 85.0 %, 5.00 points better",
        "97.0 %",
        "418 of 500 right",
        "1983, calibrated",
        "Person E2",
        "guerdon goal define code-eval-2029.json",
        "Download the definition",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
}

#[tokio::test]
async fn each_weakness_is_a_sentence_with_its_figure() {
    let office = Office::of(Story::told()).await;
    let weak = [
        ("bound", "1"),
        ("data", "public"),
        ("attempts", "6"),
        ("samples", "60"),
        ("pool", "60"),
        ("seed_blocks", ""),
        ("closes", "2028-06-01"),
        ("opens", "2028-05-01"),
        ("sponsor", "0x2020202020202020202020202020202020202020"),
        ("arbiter", "0x2020202020202020202020202020202020202020"),
        ("quorum", ""),
        ("metric", ""),
        ("filter", ""),
        ("bond", "5"),
        ("bond_token", "0xacacacacacacacacacacacacacacacacacacacac"),
    ];
    let page = previewed(&office, &weak).await;
    for said in [
        "is sponsor and arbiter and on the panel",
        "The window is already over",
        "may choose metric and filter",
        "own token",
        "The bound of 1 pays what an honest test would not",
        "The items are public",
        "60 samples show little",
        "the best of twenty private variants",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let attempts = previewed(&office, &[("attempts", "6")]).await;
    assert!(
        attempts.contains("6 attempts share the chance of 5.00 %"),
        "{attempts}"
    );
    let people = "0xc2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2c2";
    let own = previewed(&office, &[("panel", people), ("quorum", "1")]).await;
    assert!(own.contains("has the company's people role"), "{own}");
    assert!(own.contains("One signature decides"), "{own}");
    let counted = [("kind", "COUNT"), ("threshold", "400"), ("stretch", "400")];
    let count = [&counted[..], &[("counted", "500")]].concat();
    let count = previewed(&office, &count).await;
    assert!(
        count.contains("52.7 %") && count.contains("make it a proportion"),
        "{count}"
    );
    let pairs = [
        ("kind", "PAIRED"),
        ("threshold", "0"),
        ("stretch", "5"),
        ("differ", "20"),
    ];
    let pairs = previewed(&office, &pairs).await;
    assert!(
        pairs.contains("no baseline") && pairs.contains("at worst"),
        "{pairs}"
    );
    let measure = previewed(&office, &[("kind", "MEASURE"), ("threshold", "60")]).await;
    for said in [
        "at most 4.94 %",
        "is paid with a chance of at least 0 % only",
    ] {
        assert!(measure.contains(said), "{said}: {measure}");
    }
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_is_lost() {
    let office = Office::of(Story::told()).await;
    for (name, value, said) in [
        ("name", "", "This is needed."),
        ("name", "a/b", "no slash"),
        ("kind", "GUESS", "Choose what is counted."),
        ("threshold", "0.8", "write 80 for 80 %"),
        ("threshold", "100", "above 0 % and below 100 %"),
        ("stretch", "70", "at least the threshold"),
        ("base", "120", "more than 100 %"),
        ("samples", "many", "whole number"),
        ("samples", "8", "about 18 samples would be enough"),
        ("samples", "2000000", "up to 100,000"),
        ("attempts", "0", "at least 1 attempt"),
        ("bound", "70000", "up to 65,535"),
        (
            "pool",
            "100",
            "500 samples cannot be taken out of 100 items",
        ),
        ("commitment", "", "64 hexadecimal digits"),
        ("task_hash", "0x12", "64 hexadecimal digits"),
        ("spec", "shots", "no pair"),
        ("spec", "metric=f1", "has a field of its own"),
        ("spec", "task_hash=0xAB", "has a field of its own"),
        ("opens", "1.7.2028", "Write a day"),
        ("closes", "2028-06-01", "must close after it opens"),
        ("run_days", "400", "up to 366"),
        ("run_days", "360", "at most 366 days"),
        ("challenge_days", "0", "at least 1 second"),
        ("sponsor", "Alice", "neither an address"),
        ("sponsor", "R1", "without a wallet"),
        ("arbiter", "", "This is needed."),
        ("panel", "0x20", "0x20: "),
        ("panel", "E1\nE1", "E1 is on the panel twice."),
        ("quorum", "1", "more than half must sign"),
        ("bond_token", "0x5", "0x"),
        ("better", "30", "beyond 100 %"),
    ] {
        let fields = form(&[(name, value)]);
        let answer = office.get(PEOPLE, &query(&fields)).await;
        let what = format!("{name}={value}");
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{what}: {}",
            answer.body
        );
        let at = format!("id=\"{name}-wrong\">");
        let (_, sentence) = answer
            .body
            .split_once(&at)
            .unwrap_or_else(|| panic!("{what}"));
        let sentence = sentence.split_once("</p>").unwrap().0;
        assert!(sentence.contains(said), "{what}: {sentence}");
        check::page(&what, &answer.body);
        // A kind that there is not cannot be chosen again.
        let changed = form(&[(name, value)]).into_iter();
        for (kept, value) in changed.filter(|field| *field != ("kind", "GUESS")) {
            let first = value.lines().next().unwrap_or_default();
            assert!(answer.body.contains(first), "{what} lost {kept}");
        }
    }
    let taken = form(&[("name", "launch-eu")]);
    let answer = office.get(PEOPLE, &query(&taken)).await;
    assert!(
        answer.body.contains("Another goal has this name"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn the_file_is_what_the_command_takes() {
    let office = Office::of(Story::told()).await;
    let path = query(&form(&[])).replace(NEW, &format!("{NEW}/definition.json"));
    let answer = office.get(PEOPLE, &path).await;
    assert_eq!(answer.status, StatusCode::OK);
    let name = &answer.headers["content-disposition"];
    assert_eq!(name, "attachment; filename=\"code-eval-2029.json\"");
    let definition = GoalDefinition::decode(answer.body.as_bytes()).unwrap();
    assert_eq!(
        (definition.goal.bound, definition.m, definition.place),
        (1983, 2, None)
    );
    assert_eq!(definition.specification["title"], "Passes our code tests");
    assert_eq!(definition.goal.bond_token, address(0xb0));
    let id = definition
        .goal
        .id(31_337, Address::repeat_byte(0x60))
        .to_string();
    assert!(previewed(&office, &[]).await.contains(&id));
}

#[tokio::test]
async fn a_hash_stands_in_the_definition_as_readers_write_it() {
    let office = Office::of(Story::told()).await;
    let typed = format!("0x{}", "AB".repeat(32));
    let fields = form(&[("task_hash", &typed), ("baseline_file", &typed)]);
    let path = query(&fields).replace(NEW, &format!("{NEW}/definition.json"));
    let answer = office.get(PEOPLE, &path).await;
    let definition = GoalDefinition::decode(answer.body.as_bytes()).unwrap();
    for field in ["task_hash", "baseline_file"] {
        let kept = &definition.specification[field];
        assert_eq!(*kept, B256::repeat_byte(0xab).to_string(), "{field}");
    }
}

async fn posted(store: &Store, story: &Story, fields: &[(&str, &str)]) -> Answer {
    posted_by(PEOPLE, (store, story), fields).await
}

async fn posted_by(who: Who, (store, story): (&Store, &Story), fields: &[(&str, &str)]) -> Answer {
    let router = router(state(store.clone(), &story.facts, Some(WALL - 4)));
    let body = query(fields).split_once('?').unwrap().1.to_owned();
    let asked = (Method::POST, NEW, Some(ORIGIN));
    send_form(&router, asked, who.cookie().as_deref(), body).await
}

#[tokio::test]
async fn a_definition_becomes_a_request_to_sign() {
    on_both(|url| async move {
        let story = Story::told();
        let store = Store::open(&url).await.unwrap();
        story.put(&store).await;
        people::put(&store, &story).await;

        let refused = posted(&store, &story, &form(&[("pool", "1")])).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        let asked = form(&[("go", "sign")]);
        let answer = posted(&store, &story, &asked).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let to = answer.headers["location"].clone();
        assert!(
            to.starts_with("/company/goals/0x") && to.ends_with("/sign/1"),
            "{to}"
        );

        let known = store
            .read()
            .await
            .unwrap()
            .goal_definitions()
            .await
            .unwrap();
        let drafts = |name: &str| known.iter().filter(|goal| goal.name == name).count();
        assert_eq!((drafts("code-eval-2029"), known.len()), (1, 3));

        // Another draft of the same name takes its place.
        let other = form(&[("go", "sign"), ("threshold", "81")]);
        assert_eq!(
            posted(&store, &story, &other).await.status,
            StatusCode::SEE_OTHER
        );
        let known = store
            .read()
            .await
            .unwrap()
            .goal_definitions()
            .await
            .unwrap();
        assert_eq!(known.len(), 3);
        let mut read = store.read().await.unwrap();
        assert!(!read.request(1).await.unwrap().unwrap().stands());
        assert!(read.request(2).await.unwrap().unwrap().stands());
        let log = read.audit(None, 50).await.unwrap();
        assert!(log.iter().any(|it| it.entry.action == "goal replaced"));
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_definition_that_waits_is_lost_to_nobody_of_the_same_name() {
    on_both(|url| async move {
        let story = Story::told();
        let store = Store::open(&url).await.unwrap();
        story.put(&store).await;
        people::put(&store, &story).await;
        let names = async || {
            let mut read = store.read().await.unwrap();
            let known = read.goal_definitions().await.unwrap().into_iter();
            known.map(|goal| (goal.name, goal.id)).collect::<Vec<_>>()
        };
        let desk = (&store, &story);
        let refused = async |who, threshold| {
            let before = names().await;
            let other = form(&[("go", "sign"), ("threshold", threshold)]);
            let answer = posted_by(who, desk, &other).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                answer.body.contains("waits to be signed"),
                "{}",
                answer.body
            );
            assert_eq!(names().await, before);
        };
        // It waits for a signature: its maker alone may take another in its place.
        let first = posted(&store, &story, &form(&[("go", "sign")])).await;
        assert_eq!(first.status, StatusCode::SEE_OTHER);
        refused(Who::CompanyByList, "81").await;
        let mut read = store.read().await.unwrap();
        assert!(read.request(1).await.unwrap().unwrap().stands());
        drop(read);
        // It lies in a batch, which others may be signing: not even he.
        let batch = form(&[("go", "batch"), ("batch", "new"), ("threshold", "82")]);
        let batch = posted(&store, &story, &batch).await;
        assert_eq!(batch.status, StatusCode::SEE_OTHER, "{}", batch.body);
        refused(PEOPLE, "83").await;
        let mut tx = store.write().await.unwrap();
        assert!(tx.remove_batch_call(1, 0).await.unwrap());
        tx.commit().await.unwrap();
        let again = form(&[("go", "sign"), ("threshold", "83")]);
        let again = posted(&store, &story, &again).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_request_says_what_is_signed_and_a_batch_reads_it_back() {
    let office = Office::of(Story::told()).await;
    let to = office.sent(PEOPLE, NEW, &form(&[("go", "sign")])).await;
    let page = office.read(PEOPLE, &to).await;
    for said in [
        "Define a goal: code-eval-2029",
        "2 of 3 members sign a result.",
        "Nobody can change or take back a definition",
        "Define this goal",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let mailed = office.get(Who::CompanyByMail, &to).await;
    assert!(!mailed.body.contains("guerdon-sign"), "{}", mailed.body);

    let batch = form(&[("go", "batch"), ("batch", "new")]);
    let to = office.sent(PEOPLE, NEW, &batch).await;
    assert_eq!(to, "/company/batches/1");
    let page = office.read(PEOPLE, &to).await;
    assert!(
        page.contains("Define a goal decided by 2 of 3 panel members."),
        "{page}"
    );
    let entries = office.log().await;
    assert_eq!(entries[0].0, "call added to batch");
}

#[tokio::test]
async fn the_company_finds_it_and_others_do_not() {
    let office = Office::of(Story::told()).await;
    let link = "href=\"/company/goals/new\"";
    assert!(office.get(PEOPLE, "/company").await.body.contains(link));
    assert!(office.get(PEOPLE, "/").await.body.contains(link));
    assert!(!office.get(Who::Holder, "/").await.body.contains(link));
}
