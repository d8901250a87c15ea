//! The log of what was done, as the company and auditors read it.

use guerdon_store::{Actor, NewEntry, Owner, PersonId, Store};
use guerdon_web::router;

use crate::check;
use crate::people::{self, MINE, Who};
use crate::sample::{Story, WALL, state};
use crate::site::{Answer, send_as};

struct Log {
    router: axum::Router,
    story: Story,
    store: Store,
    people: Vec<PersonId>,
    _folder: tempfile::TempDir,
}

impl Log {
    async fn open() -> Self {
        let (folder, story) = (tempfile::tempdir().unwrap(), Story::told());
        let store = story.stored(folder.path()).await;
        let people = people::put(&store, &story).await;
        Self {
            router: router(state(store.clone(), &story.facts, Some(WALL - 4))),
            story,
            store,
            people,
            _folder: folder,
        }
    }

    async fn write(&self, entries: &[(&str, String, String)]) {
        let mut tx = self.store.write().await.unwrap();
        for (action, subject, detail) in entries {
            let entry = NewEntry {
                at: WALL - 3_600,
                actor: Actor::Owner(Owner::Person(self.people[2])),
                action: (*action).to_owned(),
                subject: subject.clone(),
                detail: detail.clone(),
            };
            tx.append_audit(&entry).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    async fn get(&self, who: Who, path: &str) -> Answer {
        let asked = (axum::http::Method::GET, path, None);
        let answer = send_as(&self.router, asked, who.cookie().as_deref()).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }
}

#[tokio::test]
async fn an_entry_says_who_did_what_when_and_to_whom() {
    let log = Log::open().await;
    let hash = format!("0x{}", "5b".repeat(32));
    let (grant, person) = (log.story.id(MINE).to_string(), log.people[0].to_string());
    log.write(&[
        ("grant accepted", grant.clone(), format!("agreement {hash}")),
        ("person changed", person.clone(), "zone".to_owned()),
        ("batch closed", "batch 3".to_owned(), String::new()),
    ])
    .await;
    let page = log.get(Who::CompanyByList, "/company/audit").await.body;
    check::page("/company/audit", &page);
    for part in [
        "Grant accepted: agreement 0x5b5b…5b5b",
        &format!("<a href=\"/grants/{grant}\" title=\"{grant}\">Grant {MINE} SECRET</a>"),
        &format!(
            "<a href=\"/company/people/{person}\" title=\"{person}\">Person E1 ({person})</a>"
        ),
        "<a href=\"/company/batches/3\" title=\"batch 3\">Batch 3</a>",
        "Person C1 (P3)",
        "When, Europe/Madrid",
        "1 hour ago",
    ] {
        let rows = page.split("<tbody>").nth(1).unwrap_or(&page);
        assert!(page.contains(part), "{part}: {rows}");
    }
    let text = check::text(&page);
    assert!(!text.contains(&hash), "a whole hash: {text}");
    let clock = text.split_whitespace().any(|word| {
        let parts = word.split_once(':');
        parts.is_some_and(|(hour, minute)| hour.len() == 2 && minute.len() == 2)
    });
    assert!(clock, "no time of day: {text}");
    // An auditor reads the log, and no name.
    let page = log.get(Who::AuditorByMail, "/company/audit").await.body;
    assert!(
        page.contains("Person changed: zone") && page.contains(">P3<"),
        "{page}"
    );
    for word in [
        "Person C1",
        "Person E1",
        "/company/people",
        "/company/batches",
    ] {
        assert!(!page.contains(word), "{word}: {page}");
    }
}

#[tokio::test]
async fn a_file_of_the_log_has_an_end_and_says_where_the_next_begins() {
    let log = Log::open().await;
    let entries = vec![("signed in", String::new(), "by wallet".to_owned()); 5_010];
    log.write(&entries).await;
    let (mut path, mut files) = ("/company/audit.csv".to_owned(), Vec::new());
    loop {
        let file = log.get(Who::CompanyByList, &path).await;
        files.push(file.body.lines().count() - 1);
        let Some(link) = file.headers.get("link") else {
            break;
        };
        let next = link.strip_prefix('<').and_then(|link| link.split_once('>'));
        let (query, rest) = next.unwrap();
        assert_eq!((query, rest), ("?before=11", "; rel=\"next\""));
        path = format!("/company/audit.csv{query}");
    }
    assert_eq!(files, [5_000, 10]);
}
