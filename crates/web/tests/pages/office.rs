//! Pages that need a session and take forms, over a story's store.

use axum::Router;
use axum::http::{Method, StatusCode};
use guerdon_store::Store;
use guerdon_web::router;
use tempfile::TempDir;

use crate::check;
use crate::people::{self, Who};
use crate::sample::{ORIGIN, Story, WALL, state};
use crate::site::{Answer, is_page, send_form};

/// Has the people role on the chain.
pub(crate) const PEOPLE: Who = Who::CompanyByChain;
/// On the list alone: no role on the chain.
pub(crate) const LISTED: Who = Who::CompanyByList;

pub(crate) struct Office {
    pub(crate) router: Router,
    pub(crate) story: Story,
    pub(crate) store: Store,
    _folder: TempDir,
}

impl Office {
    pub(crate) async fn of(story: Story) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = story.stored(folder.path()).await;
        people::put(&store, &story).await;
        Self {
            router: router(state(store.clone(), &story.facts, Some(WALL - 4))),
            story,
            store,
            _folder: folder,
        }
    }

    pub(crate) fn grant(&self, name: &str, rest: &str) -> String {
        format!("/grants/{}{rest}", self.story.id(name))
    }

    pub(crate) async fn get(&self, who: Who, path: &str) -> Answer {
        let asked = (Method::GET, path, None);
        let answer = send_form(&self.router, asked, who.cookie().as_deref(), String::new()).await;
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.body);
        if answer.status == StatusCode::OK && is_page(&answer) {
            check::page(path, &answer.body);
        }
        answer
    }

    pub(crate) async fn read(&self, who: Who, path: &str) -> String {
        let answer = self.get(who, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        check::text(&answer.body)
    }

    pub(crate) async fn post(&self, who: Who, path: &str, fields: &[(&str, &str)]) -> Answer {
        let asked = (Method::POST, path, Some(ORIGIN));
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)));
        let form = pairs.collect::<Vec<_>>().join("&");
        send_form(&self.router, asked, who.cookie().as_deref(), form).await
    }

    /// Where a form leads.
    pub(crate) async fn sent(&self, who: Who, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(who, path, fields).await;
        assert_eq!(
            answer.status,
            StatusCode::SEE_OTHER,
            "{path}: {}",
            answer.body
        );
        answer.headers["location"].clone()
    }

    /// The last entries of the log: action, subject, detail.
    pub(crate) async fn log(&self) -> Vec<(String, String, String)> {
        let mut read = self.store.read().await.unwrap();
        let entries = read.audit(None, 50).await.unwrap().into_iter();
        entries
            .map(|it| (it.entry.action, it.entry.subject, it.entry.detail))
            .collect()
    }
}

fn encoded(value: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let bytes = value.bytes();
    bytes
        .map(|byte| match plain(&byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}
