//! The end of a day: one block of one chain, folded once, asked for without holding a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::http::{Method, StatusCode};
use guerdon_store::{Scope, Store};
use guerdon_web::{AppState, router};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use crate::api::{ALL, Said, as_key, put_key};
use crate::harness::on_both;
use crate::node::Node;
use crate::people::{self, Who};
use crate::sample::{Story, WALL, inner};
use crate::site::send_as;

/// Pages and an API over a story and its node.
struct Days {
    router: Router,
    story: Story,
    store: Store,
    node: Arc<Node>,
    /// Logs that were read as facts.
    folded: Arc<AtomicU64>,
}

impl Days {
    async fn of(url: &str) -> Self {
        let story = Story::told();
        let store = Store::open(url).await.unwrap();
        story.put(&store).await;
        people::put(&store, &story).await;
        put_key(&store, ALL, &Scope::ALL, None).await;
        let (node, chain) = Node::of(&story, &store).await;
        let mut parts = inner(store.clone(), &story.facts, Some(WALL - 4));
        parts.chain = Some(chain);
        let folded = Arc::new(AtomicU64::new(0));
        let (count, decode) = (Arc::clone(&folded), parts.decode);
        parts.decode = Box::new(move |log| {
            count.fetch_add(1, Ordering::SeqCst);
            decode(log)
        });
        Self {
            router: router(AppState::new(parts)),
            story,
            store,
            node,
            folded,
        }
    }

    async fn api(&self, path: &str) -> Said {
        as_key(&self.router, ALL, Method::GET, (path, None), &[]).await
    }

    async fn page(&self, path: &str) -> StatusCode {
        let cookie = Who::AdministratorByList.cookie();
        let asked = (Method::GET, path, None);
        send_as(&self.router, asked, cookie.as_deref()).await.status
    }

    /// Blocks in which something happened, with the day of each; two days at least lie between
    /// the two that are picked and the last one.
    fn picked(&self) -> [(u64, String); 2] {
        let mut days: Vec<(u64, String)> = Vec::new();
        for (origin, _) in &self.story.facts {
            let second = i64::try_from(origin.block_time).unwrap();
            let zoned = Timestamp::from_second(second).unwrap();
            let day = zoned.to_zoned(TimeZone::UTC).date().to_string();
            match days.last_mut().filter(|last| last.1 == day) {
                Some(last) => last.0 = origin.block,
                None => days.push((origin.block, day)),
            }
        }
        let late = days.len() - 3;
        [days[late / 2].clone(), days[late].clone()]
    }

    fn logs_up_to(&self, block: u64) -> u64 {
        let logs = self.story.facts.iter();
        logs.filter(|(origin, _)| origin.block <= block).count() as u64
    }
}

fn next_of(said: &Said) -> String {
    said.body["next_cursor"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_cursor_across_a_re_org_of_its_day_is_refused() {
    on_both(|url| async move {
        let days = Days::of(&url).await;
        let [_, (last, day)] = days.picked();
        let first = days.api(&format!("/grants?as_of={day}&limit=2")).await;
        assert_eq!(first.status, StatusCode::OK, "{}", first.body);
        let end = first.body["as_of"]["block"].as_u64().unwrap();
        assert!(end > last, "the day ends with a block without events");
        let rest = format!("/grants?as_of={day}&limit=2&cursor={}", next_of(&first));
        assert_eq!(days.api(&rest).await.status, StatusCode::OK);

        // The day ends with another block now; what happened up to it is the same.
        days.node.fork_at(end);
        let refused = days.api(&rest).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
        assert_eq!(refused.body["code"], "as_of_reorged");
        let anew = days.api(&format!("/grants?as_of={day}&limit=2")).await;
        assert_eq!(anew.status, StatusCode::OK, "{}", anew.body);
        assert_ne!(anew.body["as_of"]["hash"], first.body["as_of"]["hash"]);
        assert_eq!(anew.body["data"], first.body["data"]);

        // An event was replaced, and the store has not followed yet: nothing is told at all, not
        // even while the node says nothing of the event's block.
        days.node.fork_at(last);
        days.node.fail_at(last);
        let anew = days.api(&format!("/grants?as_of={day}&limit=2")).await;
        assert_eq!(anew.status, StatusCode::CONFLICT, "{}", anew.body);
        days.node.fail_at(u64::MAX);
        for path in [rest, format!("/grants?as_of={day}&limit=2")] {
            let refused = days.api(&path).await;
            assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.body);
            assert_eq!(refused.body["code"], "as_of_reorged");
        }
        let page = format!("/audit/register?date={day}");
        assert_eq!(days.page(&page).await, StatusCode::CONFLICT);
        days.node.fork_at(u64::MAX);
        assert_eq!(days.page(&page).await, StatusCode::OK);
        days.store.close().await;
    })
    .await;
}

#[tokio::test]
async fn days_that_are_asked_for_in_turn_are_folded_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
    let days = Days::of(&url).await;
    let picked = days.picked();
    let once: u64 = picked
        .iter()
        .map(|(block, _)| days.logs_up_to(*block))
        .sum();
    for turn in 0..3 {
        let asked = picked.iter().flat_map(|(_, day)| {
            let path = format!("/overview?as_of={day}");
            (0..5).map(move |_| path.clone())
        });
        let asked: Vec<_> = asked.collect();
        let said = futures::future::join_all(asked.iter().map(|path| days.api(path))).await;
        assert!(said.iter().all(|said| said.status == StatusCode::OK));
        let bodies: Vec<&Value> = said.iter().map(|said| &said.body["paid"]["raw"]).collect();
        assert_eq!(bodies[0], bodies[4]);
        assert_ne!(bodies[0], bodies[5], "two days differ");
        for (_, day) in &picked {
            let page = format!("/audit/register.csv?date={day}");
            assert_eq!(days.page(&page).await, StatusCode::OK);
        }
        assert_eq!(days.folded.load(Ordering::SeqCst), once, "turn {turn}");
    }
    // A day that was found before costs two questions, not a search.
    let before = days.node.asked.load(Ordering::SeqCst);
    days.api(&format!("/overview?as_of={}", picked[0].1)).await;
    assert_eq!(days.node.asked.load(Ordering::SeqCst) - before, 2);
    days.store.close().await;
}

#[tokio::test]
async fn no_connection_is_held_while_the_node_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
    let days = Days::of(&url).await;
    let [_, (_, day)] = days.picked();
    let month = &day[..7];
    for path in [
        format!("/audit/at/{day}"),
        format!("/audit/register?date={day}"),
        format!("/audit/contracts?date={day}"),
        format!("/audit/bundle?date={day}"),
        format!("/audit/bundle/{day}.zip"),
        format!("/company/reports?month={month}"),
        format!("/company/reports/{month}.csv"),
    ] {
        assert_eq!(days.page(&path).await, StatusCode::OK, "{path}");
        assert!(!days.node.was_held.load(Ordering::SeqCst), "{path}");
    }
    let said = days.api(&format!("/grants?as_of={day}")).await;
    assert_eq!(said.status, StatusCode::OK, "{}", said.body);
    assert!(!days.node.was_held.load(Ordering::SeqCst));
    days.store.close().await;
}
