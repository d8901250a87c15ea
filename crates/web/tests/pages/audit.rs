//! What auditors read: the end of a day, whether everything agrees, the register, the bundle.

use std::collections::BTreeSet;

use alloy_primitives::{B256, hex, keccak256};
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use guerdon_formats::audit::Bundle;
use guerdon_store::{Checkpoint, Owner, ResultFile, Store};
use guerdon_web::{AppState, router, table};
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use serde_json::Value;
use tower::ServiceExt;

use crate::check;
use crate::harness::on_both;
use crate::node::Node;
use crate::people::{self, Who};
use crate::sample::{Story, WALL, address, inner, state};
use crate::site::{Site, send_as};

/// A day as the pages name it.
fn day(time: u64) -> String {
    let second = i64::try_from(time).unwrap();
    let zoned = Timestamp::from_second(second)
        .unwrap()
        .to_zoned(TimeZone::UTC);
    zoned.date().to_string()
}

/// Every day on which something happened, and the one before the last block's.
fn days(story: &Story) -> BTreeSet<String> {
    let times = story.facts.iter().map(|(origin, _)| origin.block_time);
    times.chain([story.now]).map(day).collect()
}

#[tokio::test]
async fn on_every_day_opening_and_movements_make_the_closing_balance() {
    for story in [Story::told(), Story::changed()] {
        let days = days(&story);
        let site = Site::of(story).await;
        assert!(days.len() > 5, "{days:?}");
        for day in days {
            let page = site
                .get_as(Who::AuditorByMail, &format!("/audit/at/{day}"))
                .await;
            assert_eq!(page.status, StatusCode::OK, "{day}: {}", page.body);
            let text = check::text(&page.body);
            assert!(text.contains("Everything agrees"), "{day}: {text}");
            assert!(!text.contains("does not close"), "{day}: {text}");
            assert!(!text.contains("SECRET"), "{day}: {text}");
        }
    }
}

#[tokio::test]
async fn what_is_folded_at_the_head_is_what_the_rows_say() {
    on_both(|url| async move {
        let story = Story::changed();
        let store = Store::open(&url).await.unwrap();
        story.put(&store).await;
        people::put(&store, &story).await;
        let router = router(state(store.clone(), &story.facts, Some(WALL - 4)));
        let path = format!("/audit/at/{}", day(story.now));
        let cookie = Who::AuditorByMail.cookie();
        let asked = (Method::GET, path.as_str(), None);
        let page = send_as(&router, asked.clone(), cookie.as_deref()).await;
        let text = check::text(&page.body);
        assert!(text.contains("Everything agrees"), "{text}");
        assert!(text.contains("This day is not over"), "{text}");

        // One base unit more in a row, and the page names it with both sides and why.
        let mut wrong = *story.ledger.grants.values().next().unwrap();
        wrong.paid_net += 1;
        let mut tx = store.write().await.unwrap();
        tx.put_grant(&wrong).await.unwrap();
        tx.commit().await.unwrap();
        let page = send_as(&router, asked, cookie.as_deref()).await;
        let text = check::text(&page.body);
        assert!(text.contains("figures do not agree"), "{text}");
        assert!(text.contains(&wrong.paid_net.to_string()), "{text}");
        assert!(
            text.contains("is not what its own events add up to"),
            "{text}"
        );
        let path = format!("{path}.csv");
        let csv = send_as(&router, (Method::GET, &path, None), cookie.as_deref()).await;
        let (id, found) = (wrong.id, wrong.paid_net);
        let line = format!("database,grant {id},,claimed,");
        let line = csv.body.lines().find(|it| it.starts_with(&line)).unwrap();
        let folded = found - 1;
        let sides = format!(",{folded},{found},,,,,no,");
        assert!(line.contains(&sides), "{line}");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_day_is_also_data_with_both_sides_of_every_figure() {
    let site = Site::of(Story::changed()).await;
    let day = day(site.story.now);
    let get = async |who, ending: &str| {
        let path = format!("/audit/at/{day}{ending}");
        site.get_as(who, &path).await
    };
    let page = get(Who::AuditorByLink, "").await;
    assert!(page.body.contains(&format!("/audit/at/{day}.csv")));
    let data = get(Who::AuditorByLink, ".json").await;
    assert_eq!(data.status, StatusCode::OK, "{}", data.body);
    let data: Value = serde_json::from_str(&data.body).unwrap();
    let verdict = data["verdict"].as_str().unwrap();
    assert!(check::text(&page.body).contains(verdict), "{verdict}");
    let rows = |name: &str| data[name].as_array().unwrap().clone();
    let (figures, moved) = (rows("figures"), rows("movements"));
    let found = |subject: &str, figure: &str| {
        let mut rows = figures.iter();
        let row = rows.find(|row| row["subject"] == subject && row["figure"] == figure);
        row.unwrap().clone()
    };
    let grants = &site.story.ledger.grants;
    for (id, record) in grants {
        let row = found(&format!("grant {id}"), "claimed");
        assert_eq!(row["by_events"], record.paid_net.to_string());
        assert_eq!(
            (&row["by_events"], "yes"),
            (&row["found"], row["agrees"].as_str().unwrap())
        );
    }
    // All that was compared, but for the rest of each grant's record; and why no node was asked.
    let compared = data["compared"].as_u64().unwrap();
    let kept = figures.len() + grants.len() + moved.len();
    assert_eq!(kept as u64, compared + 1, "{verdict}");
    let left_out = data["checks"][1]["left_out"].as_str().unwrap();
    assert!(left_out.contains("were not asked"), "{left_out}");
    let hash = data["as_of"]["block_hash"].as_str().unwrap();

    let csv = get(Who::CompanyByList, ".csv").await.body;
    assert!(csv.starts_with("part,subject,round_name,figure,at_block,"));
    let of = |part: &str| csv.lines().filter(|line| line.starts_with(part)).count();
    assert_eq!(of("movement,"), moved.len());
    assert_eq!(of("database,") + of("contracts,"), figures.len());
    assert!(of("total,") > 4, "{csv}");
    assert!(
        csv.lines().skip(1).all(|line| line.ends_with(hash)),
        "{csv}"
    );
    assert!(!csv.contains("SECRET"), "{csv}");
    let book = get(Who::AuditorByMail, ".xlsx").await;
    assert!(book.body.starts_with("PK"));
    for ending in [".json", ".csv", ".xlsx"] {
        let nobody = get(Who::Nobody, ending).await;
        assert_eq!(nobody.status, StatusCode::UNAUTHORIZED, "{ending}");
        let holder = get(Who::Holder, ending).await;
        assert_eq!(holder.status, StatusCode::FORBIDDEN, "{ending}");
    }
}

#[tokio::test]
async fn a_report_of_a_day_is_the_same_bytes_later() {
    let story = Story::told();
    let folder = tempfile::tempdir().unwrap();
    let store = story.stored(folder.path()).await;
    people::put(&store, &story).await;
    let router = router(state(store.clone(), &story.facts, Some(WALL - 4)));
    let before = day(story.facts[story.facts.len() / 2].0.block_time);
    let month = &before[..7];
    let paths = [
        format!("/audit/register.csv?date={before}"),
        format!("/audit/register.xlsx?date={before}"),
        format!("/audit/register.json?date={before}"),
        format!("/audit/bundle/{before}.zip"),
        format!("/company/reports/{month}.csv"),
        format!("/company/reports/{month}.xlsx"),
        format!("/company/reports/{month}.json"),
    ];
    let mut first = Vec::new();
    for path in &paths {
        let asked = (Method::GET, path.as_str(), None);
        let answer = send_as(&router, asked, Who::CompanyByList.cookie().as_deref()).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        first.push(answer.body);
    }
    // Time goes on, and a payment later stands in the rows that say what is now.
    let mut tx = store.write().await.unwrap();
    let mut later = *story.ledger.grants.values().next().unwrap();
    later.paid_net += 7;
    tx.put_grant(&later).await.unwrap();
    let head = Checkpoint {
        block: 9_999_999,
        hash: B256::repeat_byte(3),
        time: story.now + 90 * 86_400,
    };
    tx.set_checkpoint(&head).await.unwrap();
    tx.commit().await.unwrap();
    for (path, first) in paths.iter().zip(first) {
        let asked = (Method::GET, path.as_str(), None);
        let answer = send_as(&router, asked, Who::CompanyByList.cookie().as_deref()).await;
        assert!(answer.body == first, "{path} changed");
        assert!(!first.contains("SECRET"), "{path} holds a name");
    }
}

#[tokio::test]
async fn a_block_that_the_chain_replaced_is_said() {
    let site = Site::of(Story::told()).await;
    let day = day(site.story.now);
    let other = B256::repeat_byte(0x99);
    for path in [
        format!("/audit/at/{day}?block={other}"),
        format!("/audit/register?date={day}&block={other}"),
        format!("/audit/register.csv?date={day}&block={other}"),
        format!("/audit/bundle/{day}.zip?block={other}"),
    ] {
        let answer = site.get_as(Who::AuditorByMail, &path).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{path}");
        assert!(answer.body.contains("replaced block"), "{}", answer.body);
    }
}

#[tokio::test]
async fn days_that_are_none_are_refused_in_words() {
    let site = Site::of(Story::told()).await;
    let tomorrow = Timestamp::from_second(i64::try_from(site.story.now).unwrap()).unwrap();
    let tomorrow = tomorrow.to_zoned(TimeZone::UTC).date() + 1.day();
    for (day, words) in [
        ("yesterday".to_owned(), "is not a date"),
        ("2026-13-01".to_owned(), "is not a date"),
        ("2026-7-1".to_owned(), "is not a date"),
        (tomorrow.to_string(), "is not a date"),
        ("2001-01-01".to_owned(), "did not exist yet"),
    ] {
        for path in [
            format!("/audit/at/{day}"),
            format!("/audit/register?date={day}"),
            format!("/audit/bundle/{day}.zip"),
        ] {
            let answer = site.get_as(Who::AuditorByMail, &path).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert!(answer.body.contains(words), "{path}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn the_register_has_every_opened_grant_once() {
    let site = Site::of(Story::changed()).await;
    let day = day(site.story.now);
    let path = format!("/audit/register.json?date={day}");
    let data = site.get_as(Who::AuditorByMail, &path).await;
    let data: Value = serde_json::from_str(&data.body).unwrap();
    let rows = data["grants"].as_array().unwrap();
    assert_eq!(rows.len(), site.story.ledger.grants.len());
    for row in rows {
        let id: B256 = row["id"].as_str().unwrap().parse().unwrap();
        let record = &site.story.ledger.grants[&id];
        assert_eq!(row["granted"]["raw"], record.amount.to_string());
        assert_eq!(row["claimed"]["raw"], record.paid_net.to_string());
        assert_eq!(row["withheld"]["raw"], record.withheld.to_string());
    }
    assert_eq!(data["as_of"]["block_hash"].as_str().unwrap().len(), 66);
    // Who is not told a name is told who knows it.
    let page = site
        .get_as(Who::AuditorByLink, &format!("/audit/register?date={day}"))
        .await;
    let text = check::text(&page.body);
    let names = "ask them for the names of the ids that you sample";
    assert!(text.contains(names), "{text}");
}

#[tokio::test]
async fn a_report_of_a_month_names_its_rounds_and_its_unit() {
    let site = Site::of(Story::told()).await;
    let month = "2026-07";
    let page = site
        .get_as(
            Who::AuditorByLink,
            &format!("/company/reports?month={month}"),
        )
        .await;
    assert_eq!(page.status, StatusCode::OK);
    let text = check::text(&page.body);
    assert!(text.contains("2026 H1"), "{text}");
    assert!(text.contains("Amounts in ACC."), "{text}");
    let csv = site
        .get_as(Who::AuditorByLink, &format!("/company/reports/{month}.csv"))
        .await;
    let mut lines = csv.body.lines();
    let header = lines.next().unwrap();
    assert!(header.starts_with("round,round_name,measure,"), "{header}");
    assert!(
        header.ends_with(",token,decimals,block,block_hash"),
        "{header}"
    );
    let root = site.story.root.to_string();
    for line in lines {
        let name = if line.starts_with(&root) {
            "2026 H1"
        } else {
            ""
        };
        assert_eq!(line.split(',').nth(1), Some(name), "{line}");
        assert!(line.contains(",ACC,18,"), "{line}");
    }
}

#[tokio::test]
async fn every_table_is_also_a_workbook() {
    let site = Site::of(Story::told()).await;
    let story = &site.story;
    let rows = table().into_iter();
    let fixed = rows.filter(|(method, path, _)| {
        method == Method::GET && path.ends_with(".csv") && !path.contains('{')
    });
    let mut paths: Vec<_> = fixed.map(|(_, path, _)| path.to_owned()).collect();
    paths.push(format!("/rounds/{}.csv", story.root));
    paths.push(format!("/goals/{}.csv", story.product));
    paths.push(format!("/grants/{}.csv", story.id("G-1004")));
    assert!(paths.len() >= 10, "{paths:?}");
    for path in paths {
        let base = path.strip_suffix(".csv").unwrap();
        let book = site
            .get_as(Who::AdministratorByList, &format!("{base}.xlsx"))
            .await;
        assert_eq!(book.status, StatusCode::OK, "{base}.xlsx");
        let kind = &book.headers["content-type"];
        assert!(kind.ends_with("spreadsheetml.sheet"), "{base}: {kind}");
        assert!(book.body.starts_with("PK"), "{base}");
        let csv = site.get_as(Who::AdministratorByList, &path).await.body;
        assert!(!csv.lines().any(is_formula), "{path}: {csv}");
        let json = site
            .get_as(Who::AdministratorByList, &format!("{base}.json"))
            .await;
        assert_eq!(json.status, StatusCode::OK, "{base}.json");
    }
}

#[tokio::test]
async fn the_bundle_has_the_files_that_results_were_read_from_and_no_others() {
    let (folder, story) = (tempfile::tempdir().unwrap(), Story::told());
    let store = story.stored(folder.path()).await;
    people::put(&store, &story).await;
    let mut tx = store.write().await.unwrap();
    // The story's panel signed for the hash of this word; nobody signed for the other file.
    for content in ["evidence", "notes"] {
        let file = ResultFile {
            goal: story.product,
            attempt: 1,
            hash: keccak256(content),
            name: "SECRET.json".to_owned(),
            content: content.into(),
            added_at: WALL,
            added_by: Owner::Wallet(address(0x20)),
        };
        tx.put_result_file(&file).await.unwrap();
    }
    tx.commit().await.unwrap();
    let pages = router(state(store.clone(), &story.facts, Some(WALL - 4)));
    let path = format!("/audit/bundle/{}.zip", day(story.now));
    let request = Request::builder()
        .uri(&path)
        .header("cookie", Who::AuditorByLink.cookie().unwrap())
        .body(Body::empty())
        .unwrap();
    let answer = pages.clone().oneshot(request).await.unwrap();
    let length: usize = answer.headers()["content-length"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let bytes = to_bytes(answer.into_body(), 10_000_000).await.unwrap();
    assert_eq!(bytes.len(), length);
    let bundle = Bundle::decode(&bytes).unwrap();
    let results = bundle
        .files
        .iter()
        .filter(|(path, _)| path.starts_with("results/"));
    let results: Vec<_> = results.collect();
    let path = format!("results/{}/1/{}", story.product, keccak256("evidence"));
    assert_eq!(results, [(&path, &b"evidence".to_vec())]);
    let asked = format!("/audit/bundle?date={}", day(story.now));
    let asked = (Method::GET, asked.as_str(), None);
    let page = send_as(&pages, asked, Who::AuditorByMail.cookie().as_deref()).await;
    assert!(
        page.body.contains(&bundle.seal()),
        "the page's seal is the archive's"
    );
    store.close().await;
}

/// Whether a spreadsheet would take a cell of a line for a formula.
fn is_formula(line: &str) -> bool {
    line.split(',').any(|cell| {
        let text = cell.trim_start_matches('"');
        text.starts_with(['=', '+', '@', '\t']) || text.starts_with('-') && text.len() < 2
    })
}

#[tokio::test]
async fn the_page_of_the_bundle_shows_its_seal() {
    let site = Site::of(Story::told()).await;
    let day = day(site.story.now);
    let page = site
        .get_as(Who::AuditorByMail, &format!("/audit/bundle?date={day}"))
        .await;
    let text = check::text(&page.body);
    assert!(text.contains("guerdon verify bundle guerdon-"), "{text}");
    let seal = text
        .split_whitespace()
        .find(|word| word.len() == 64 && hex::decode(word).is_ok());
    assert!(seal.is_some(), "{text}");
    for file in ["logs.ndjson", "register.csv", "terms.ndjson", "rounds.csv"] {
        assert!(text.contains(file), "{file}: {text}");
    }
    let warning = "they may hold questions, answers and names";
    assert!(text.contains(warning), "{text}");
}

#[tokio::test]
async fn events_of_another_chain_than_the_nodes_are_no_report() {
    let (folder, story) = (tempfile::tempdir().unwrap(), Story::told());
    let store = story.stored(folder.path()).await;
    people::put(&store, &story).await;
    let last = story.facts.last().unwrap().0;
    let path = format!("/audit/register.json?date={}", day(story.now));
    let (node, chain) = Node::of(&story, &store).await;
    let mut parts = inner(store.clone(), &story.facts, Some(WALL - 4));
    parts.chain = Some(chain);
    let pages = router(AppState::new(parts));
    for (forked, status) in [
        (last.block, StatusCode::CONFLICT),
        (u64::MAX, StatusCode::OK),
    ] {
        node.fork_at(forked);
        let cookie = Who::AuditorByMail.cookie();
        let page = send_as(&pages, (Method::GET, &path, None), cookie.as_deref()).await;
        assert_eq!(page.status, status, "{forked}: {}", page.body);
    }
}
