//! The pages over a real store, read as a browser would.

use std::collections::{BTreeMap, BTreeSet};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use guerdon_web::router;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::check;
use crate::people::{self, Who};
use crate::sample::{Story, WALL, state};

pub(crate) struct Site {
    pub(crate) router: Router,
    pub(crate) story: Story,
    _folder: Option<TempDir>,
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
        people::put(&store, &story).await;
        let router = router(state(store, &story.facts, Some(WALL - 4)));
        Self {
            router,
            story,
            _folder: Some(folder),
        }
    }

    /// A router over a store whose folder somebody else keeps.
    pub(crate) fn over(router: Router, story: Story) -> Self {
        Self {
            router,
            story,
            _folder: None,
        }
    }

    /// A page as anyone reads it; a grant's as an auditor does, by its id alone.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let who = match path.starts_with("/grants/") {
            true => Who::AuditorByMail,
            false => Who::Nobody,
        };
        self.get_as(who, path).await
    }

    pub(crate) async fn get_as(&self, who: Who, path: &str) -> Answer {
        let asked = (Method::GET, path, None);
        send_as(&self.router, asked, who.cookie().as_deref()).await
    }

    /// Follows every link of ours from the first page on.
    pub(crate) async fn crawl(&self, who: Who) -> BTreeMap<String, Answer> {
        let mut seen = BTreeMap::new();
        let mut open = BTreeSet::from(["/".to_owned(), "/healthz".to_owned()]);
        while let Some(path) = open.pop_first() {
            let answer = self.get_as(who, &path).await;
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
    send_as(router, (method, path, None), None).await
}

/// A request with the `Origin` and the cookie of a browser.
pub(crate) async fn send_as(
    router: &Router,
    (method, path, origin): (Method, &str, Option<&str>),
    cookie: Option<&str>,
) -> Answer {
    send_form(router, (method, path, origin), cookie, String::new()).await
}

/// The same, with a form's fields.
pub(crate) async fn send_form(
    router: &Router,
    (method, path, origin): (Method, &str, Option<&str>),
    cookie: Option<&str>,
    form: String,
) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in [("origin", origin), ("cookie", cookie)] {
        if let Some(value) = value {
            request = request.header(name, value);
        }
    }
    let request = request
        .header("host", "grants.acme.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .unwrap();
    answer_of(router.clone().oneshot(request).await.unwrap()).await
}

pub(crate) async fn answer_of(response: Response) -> Answer {
    let status = response.status();
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| {
        (
            name.to_string(),
            value.to_str().unwrap_or_default().to_owned(),
        )
    });
    let headers: BTreeMap<_, _> = headers.collect();
    // A stream of events ends when its reader goes.
    let streams = headers
        .get("content-type")
        .is_some_and(|kind| kind == "text/event-stream");
    let bytes = match streams {
        true => Bytes::new(),
        false => to_bytes(response.into_body(), 10_000_000).await.unwrap(),
    };
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
