//! Whether a page is as fresh as it says.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::Rpc;

/// What a page may be older than it says: seconds are cut off three times on the way, and a copy may
/// have been stopped between two lines.
const SLACK: Duration = Duration::from_secs(10);
/// A page that is older than this says so in a sentence.
const STALE: Duration = Duration::from_secs(60);

/// When each height of the chain was first seen.
#[derive(Debug, Clone, Default)]
pub(super) struct Heights(Arc<Mutex<Vec<(Instant, u64)>>>);

/// What a page says about its age.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// In a sentence above everything else.
    Old,
    /// That the chain's newest block was this one, so long ago.
    Fresh { block: u64, age: Duration },
}

impl Heights {
    /// Looks at the node for as long as anybody asks.
    pub(super) fn watch(node: &str) -> Self {
        let heights = Self::default();
        let seen = Arc::downgrade(&heights.0);
        let rpc = Rpc::new(node);
        std::thread::spawn(move || {
            while let Some(seen) = seen.upgrade() {
                let Ok(height) = std::panic::catch_unwind(|| rpc.head()) else {
                    return;
                };
                let mut seen = seen.lock().unwrap();
                if seen.last().is_none_or(|(_, last)| *last < height) {
                    seen.push((Instant::now(), height));
                }
                drop(seen);
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        heights
    }

    /// The chain's height at a moment, as far as was seen by then.
    fn at(&self, moment: Instant) -> u64 {
        let seen = self.0.lock().unwrap();
        let until = seen.partition_point(|(at, _)| *at <= moment);
        until.checked_sub(1).map_or(0, |last| seen[last].1)
    }

    /// Fails if an answer that was asked for at a moment hides how old it is. Answers whether it
    /// says that it is old.
    pub(super) fn judge(&self, told: &Told, asked_at: Instant) -> bool {
        let Told::Fresh { block, age } = told else {
            return true;
        };
        assert!(*age <= STALE, "old without a word: {told:?}");
        let Some(then) = asked_at.checked_sub(*age + SLACK) else {
            return false;
        };
        let height = self.at(then);
        assert!(height <= *block, "the chain was at {height}: {told:?}");
        false
    }
}

/// What a page's frame says.
pub(super) fn of_page(page: &str) -> Told {
    let pill = page.split_once("class=\"asof\"");
    let pill = pill.and_then(|(_, rest)| rest.split_once('>')?.1.split('<').next());
    match pill.and_then(of_pill) {
        Some(fresh) if !is_said_old(page) => fresh,
        Some(_) => Told::Old,
        None => {
            assert!(is_said_old(page), "neither a block nor a word: {page}");
            Told::Old
        }
    }
}

pub(super) fn is_said_old(page: &str) -> bool {
    page.contains("class=\"why stale\"")
}

/// `block 1,204 · 4 s ago`
fn of_pill(text: &str) -> Option<Told> {
    let (block, age) = text.trim().strip_prefix("block ")?.split_once(" · ")?;
    let block = block.replace(',', "").parse().ok()?;
    let (count, unit) = age.strip_suffix(" ago")?.split_once(' ')?;
    let seconds: u64 = match unit {
        "s" => 1,
        "minute" | "minutes" => 60,
        _ => 3_600,
    };
    let age = Duration::from_secs(count.parse::<u64>().ok()? * seconds);
    Some(Told::Fresh { block, age })
}

/// What `/readyz` says.
pub(super) fn of_readiness(ready: &Value, now: u64) -> Told {
    if ready["status"] != "ready" {
        return Told::Old;
    }
    let answered = ready["chain_answered"].as_u64().unwrap();
    Told::Fresh {
        block: ready["block"].as_u64().unwrap(),
        age: Duration::from_secs(now.saturating_sub(answered)),
    }
}

#[test]
fn a_page_that_hides_its_age_is_caught() {
    let page = |pill: &str| format!("<span class=\"asof\" title=\"x\">{pill}</span>");
    let told = of_page(&page("block 1,204 · 4 s ago"));
    let age = Duration::from_secs(4);
    assert_eq!(told, Told::Fresh { block: 1_204, age });
    let old = page("block 9 · 2 minutes ago") + "<div class=\"why stale\">";
    assert_eq!(of_page(&old), Told::Old);

    let heights = Heights::default();
    let now = Instant::now();
    *heights.0.lock().unwrap() = vec![(now, 1_204), (now + SLACK, 1_205)];
    let at = |seconds| now + SLACK + Duration::from_secs(seconds);
    assert!(!heights.judge(&told, at(13)));
    let hidden = || heights.judge(&told, at(14));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(hidden)).is_err());
    let silent = of_page(&page("block 1,205 · 2 minutes ago"));
    let silent = || heights.judge(&silent, at(14));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(silent)).is_err());
}
