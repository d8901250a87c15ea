//! Every page that is about something: what it says when that is not there.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use guerdon_web::{router, table};

use crate::check;
use crate::people::{self, Who};
use crate::sample::{Story, WALL, state};
use crate::site::{is_page, send_as};

/// Pages that speak of what is not known, too: a transaction that no block holds yet waits for one.
const SPEAK_ALL_THE_SAME: [&str; 1] = ["/sent/{tx}"];

/// A path about something that is nowhere.
fn nowhere(path: &str) -> String {
    let hash = format!("0x{}", "9".repeat(64));
    let mut filled = String::new();
    for piece in path.split_inclusive('/') {
        let (name, slash) = match piece.strip_suffix('/') {
            Some(name) => (name, "/"),
            None => (piece, ""),
        };
        let value = match (filled.as_str(), name) {
            ("/grants/" | "/goals/", name) if name.starts_with('{') => hash.as_str(),
            (_, "{root}" | "{tx}") => &hash,
            (_, name) if name.starts_with('{') => "999",
            (_, name) => name,
        };
        filled.push_str(value);
        filled.push_str(slash);
    }
    filled
}

#[tokio::test]
async fn what_is_nowhere_is_said_on_every_route_with_what_to_do() {
    let story = Story::told();
    let folder = tempfile::tempdir().unwrap();
    let store = story.stored(folder.path()).await;
    people::put(&store, &story).await;
    let router = router(state(store, &story.facts, Some(WALL - 4)));
    let (mut tried, mut wrong) = (BTreeSet::new(), Vec::new());
    for (method, path, _) in table() {
        if method != Method::GET || !path.contains('{') || SPEAK_ALL_THE_SAME.contains(&path) {
            continue;
        }
        for who in [Who::AdministratorByChain, Who::AdministratorByList] {
            let missing = nowhere(path);
            let asked = (Method::GET, missing.as_str(), None);
            let answer = send_as(&router, asked, who.cookie().as_deref()).await;
            if answer.status == StatusCode::FORBIDDEN {
                continue;
            }
            let what = format!("{missing} by {who:?}: {}", answer.body);
            // A used link is no missing page, and says so.
            let links = path.starts_with("/sign-in/");
            let wanted = match links {
                true => StatusCode::BAD_REQUEST,
                false => StatusCode::NOT_FOUND,
            };
            if answer.status != wanted {
                wrong.push(format!("{missing} by {who:?}: {}", answer.status));
                continue;
            }
            if is_page(&answer) {
                check::page(path, &answer.body);
                says_what_to_do(&answer.body, &what);
            } else {
                let data: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
                for key in ["error", "hint"] {
                    assert!(data[key].as_str().unwrap().ends_with('.'), "{key} {what}");
                }
            }
            tried.insert(path);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried.len() > 12, "{tried:?}");
}

/// A heading, what is missing, and what one can do, each a sentence.
#[track_caller]
fn says_what_to_do(body: &str, what: &str) {
    let (_, main) = body.split_once("id=\"main\">").unwrap();
    let (main, _) = main.split_once("</main>").unwrap();
    let sentences: Vec<_> = main
        .split("<p")
        .skip(1)
        .filter_map(|paragraph| {
            Some(check::text(&format!(
                "<p{}",
                paragraph.split_once("</p>")?.0
            )))
        })
        .filter(|text| text.ends_with('.'))
        .collect();
    assert!(sentences.len() >= 2, "{sentences:?}: {what}");
}
