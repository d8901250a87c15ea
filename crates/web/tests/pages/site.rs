//! The pages over a real store, read as a browser would.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use guerdon_web::router;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::check;
use crate::sample::{Story, WALL, state};

pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) story: Story,
    _folder: TempDir,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Site {
    pub(crate) async fn of(story: Story) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = story.stored(folder.path()).await;
        let router = router(state(store, &story.facts, Some(WALL - 4)));
        Self {
            router,
            story,
            _folder: folder,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(&self.router, Method::GET, path).await
    }

    /// Follows every link of ours from the first page on.
    pub(crate) async fn crawl(&self) -> BTreeMap<String, Answer> {
        let mut seen = BTreeMap::new();
        let mut open = BTreeSet::from(["/".to_owned(), "/healthz".to_owned()]);
        while let Some(path) = open.pop_first() {
            let answer = self.get(&path).await;
            if is_page(&answer) {
                let links = check::links(&answer.body)
                    .into_iter()
                    .map(|link| link.split('#').next().unwrap_or_default().to_owned());
                open.extend(links.filter(|link| !link.is_empty() && !seen.contains_key(link)));
            }
            open.remove(&path);
            seen.insert(path, answer);
        }
        seen
    }
}

pub(crate) async fn send(router: &Router, method: Method, path: &str) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .body(Body::empty())
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| {
        (
            name.to_string(),
            value.to_str().unwrap_or_default().to_owned(),
        )
    });
    let headers = headers.collect();
    let bytes = to_bytes(response.into_body(), 10_000_000).await.unwrap();
    Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
    }
}

pub(crate) fn is_page(answer: &Answer) -> bool {
    answer
        .headers
        .get("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
}
