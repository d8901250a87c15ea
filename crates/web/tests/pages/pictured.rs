//! Every page that the router serves is pictured for people to look at, as somebody who may read it.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use guerdon_web::table;
use serde::Deserialize;

/// What `cargo xtask screenshots` goes by.
#[derive(Debug, Deserialize)]
struct Pictured {
    viewers: BTreeMap<String, Option<String>>,
    pages: BTreeMap<String, Vec<String>>,
    several: BTreeMap<String, u32>,
    files: BTreeSet<String>,
}

fn pictured() -> Pictured {
    serde_json::from_str(include_str!("../browser/pages.json")).unwrap()
}

fn is_data(path: &str) -> bool {
    let ends = [".json", ".csv", ".xlsx"];
    ends.iter().any(|end| path.ends_with(end))
}

#[test]
fn every_page_of_the_router_is_pictured_and_nothing_else() {
    let gets = table()
        .into_iter()
        .filter(|(method, path, _)| method == Method::GET && !is_data(path));
    let served: BTreeSet<_> = gets.map(|(_, path, _)| path.to_owned()).collect();
    let Pictured { pages, files, .. } = pictured();
    let named: BTreeSet<_> = pages.into_keys().chain(files).collect();
    let missing: Vec<_> = served.difference(&named).collect();
    assert!(
        missing.is_empty(),
        "add to tests/browser/pages.json: {missing:?}"
    );
    let gone: Vec<_> = named.difference(&served).collect();
    assert!(
        gone.is_empty(),
        "no route any more, in tests/browser/pages.json: {gone:?}"
    );
}

#[test]
fn pages_are_pictured_as_somebody_who_is_there() {
    let Pictured {
        viewers,
        pages,
        several,
        ..
    } = pictured();
    for (path, by) in &pages {
        assert!(!by.is_empty(), "{path} as nobody");
        for viewer in by {
            assert!(viewers.contains_key(viewer), "{path} as {viewer}");
        }
    }
    assert!(several.keys().all(|path| pages.contains_key(path)));
}
