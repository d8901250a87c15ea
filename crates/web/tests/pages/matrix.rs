//! Every route of the table for everybody: what is allowed follows from its access alone.

use axum::Router;
use axum::http::{Method, StatusCode};
use guerdon_store::{PersonId, Store};
use guerdon_web::{Access, POLICY, router, table};
use sqlx::{Connection, SqliteConnection};

use crate::check;
use crate::harness::on_both;
use crate::people::{self, AUDITOR_LINK, CALENDAR, EVERYBODY, MINE, SHARE, Who};
use crate::sample::{ORIGIN, Story, WALL, state};
use crate::site::{Answer, is_page, send_as};
use crate::webhooks;

/// Routes that end sessions.
const ENDS: [&str; 3] = [
    "/sign-out",
    "/me/sessions/revoke",
    "/me/sessions/revoke-others",
];

/// What an answer must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// Anything that the handler itself says.
    Allowed,
    /// To the sign-in and back.
    SignIn,
    Unauthorized,
    Forbidden,
    NotFound,
}

/// Whom an access lets in. This table is the policy; nothing here looks at a handler.
fn allowed(access: Access, who: Who) -> bool {
    use Who::*;
    // A link in an e-mail carries no role of the company's.
    let company = [
        CompanyByList,
        CompanyByChain,
        AdministratorByList,
        AdministratorByChain,
    ];
    let without_wallet = [
        HolderByMail,
        CompanyByMail,
        AdministratorByMail,
        AuditorByMail,
        AuditorByLink,
    ];
    let auditor = [AuditorByMail, AuditorByLink].contains(&who);
    let reads_company = company.contains(&who);
    match access {
        Access::Public => true,
        Access::SignedIn => ![Nobody, AuditorByLink].contains(&who),
        Access::WithWallet => who != Nobody && !without_wallet.contains(&who),
        Access::GrantReader => reads_company || auditor || [Holder, HolderByMail].contains(&who),
        Access::GrantParty => reads_company || [Holder, HolderByMail].contains(&who),
        Access::GrantHolder => who == Holder,
        Access::GoalParty => [Sponsor, PanelMember, Arbiter].contains(&who),
        Access::CompanyReader => reads_company,
        Access::CompanyWriter => reads_company && !without_wallet.contains(&who),
        Access::Administrator => [AdministratorByList, AdministratorByChain].contains(&who),
        Access::AuditorReader => reads_company || auditor,
        Access::Demo => false,
    }
}

fn expected(access: Access, who: Who, (method, path): (&Method, &str)) -> Expected {
    let data = [".json", ".csv", ".xlsx"]
        .iter()
        .any(|end| path.ends_with(end));
    match () {
        () if allowed(access, who) => Expected::Allowed,
        // These pages run without a demonstration.
        () if access == Access::Demo => Expected::NotFound,
        () if who != Who::Nobody => Expected::Forbidden,
        () if method == Method::GET && !data => Expected::SignIn,
        () => Expected::Unauthorized,
    }
}

fn got(answer: &Answer) -> Expected {
    let to = answer.headers.get("location");
    match answer.status {
        StatusCode::UNAUTHORIZED => Expected::Unauthorized,
        StatusCode::FORBIDDEN => Expected::Forbidden,
        StatusCode::SEE_OTHER if to.is_some_and(|to| to.starts_with("/sign-in?next=")) => {
            Expected::SignIn
        }
        StatusCode::NOT_FOUND => Expected::NotFound,
        _ => Expected::Allowed,
    }
}

/// A path with something real in the place of each name.
fn filled(path: &str, story: &Story, person: PersonId) -> String {
    let hex = |secret: [u8; 32]| alloy_primitives::hex::encode(secret);
    let mut filled = String::new();
    for piece in path.split_inclusive('/') {
        let (name, slash) = match piece.strip_suffix('/') {
            Some(name) => (name, "/"),
            None => (piece, ""),
        };
        let value = match (filled.as_str(), name) {
            ("/grants/", "{id}") => story.id(MINE).to_string(),
            ("/goals/", "{id}") => story.product.to_string(),
            ("/company/people/", "{id}") => person.to_string(),
            ("/share/", "{token}") => hex(SHARE),
            ("/sign-in/auditor/", "{token}") => hex(AUDITOR_LINK),
            ("/calendar/", _) => format!("{}.ics", hex(CALENDAR)),
            (_, "{number}") => "1".to_owned(),
            (_, "{hash}") => story.product.to_string(),
            ("/audit/at/", _) => "2026-07-10".to_owned(),
            ("/audit/bundle/", _) => "2026-07-10.zip".to_owned(),
            ("/company/reports/", _) => "2026-07.xlsx".to_owned(),
            (_, "{root}") => story.root.to_string(),
            (_, "{tx}") => story.ledger.grants[&story.id(MINE)].opened.tx.to_string(),
            (_, name) if name.starts_with('{') => "1".to_owned(),
            (_, name) => name.to_owned(),
        };
        filled.push_str(&value);
        filled.push_str(slash);
    }
    filled
}

async fn pages(url: &str) -> (Router, Story, Vec<PersonId>, Store) {
    let story = Story::told();
    let store = Store::open(url).await.unwrap();
    story.put(&store).await;
    let people = people::put(&store, &story).await;
    webhooks::put(&store, "1").await;
    let router = router(state(store.clone(), &story.facts, Some(WALL - 4)));
    (router, story, people, store)
}

#[tokio::test]
async fn every_route_lets_in_whom_its_access_says() {
    on_both(|url| async move {
        let (router, story, people, store) = pages(&url).await;
        let mut wrong = Vec::new();
        for (method, path, access) in table() {
            let path = filled(path, &story, people[0]);
            for who in EVERYBODY {
                let wanted = expected(access, who, (&method, &path));
                let asked = (method.clone(), path.as_str(), Some(ORIGIN));
                let answer = send_as(&router, asked, who.cookie().as_deref()).await;
                let found = got(&answer);
                let fits =
                    found == wanted || (wanted == Expected::Allowed && found == Expected::NotFound);
                if !fits || answer.status.is_server_error() {
                    let status = answer.status;
                    wrong.push(format!(
                        "{method} {path} ({access:?}) by {who:?}: {status}, wanted {wanted:?}"
                    ));
                }
                obeys(&format!("{method} {path} by {who:?}"), &answer);
                if ENDS.contains(&path.as_str()) || path.starts_with("/sign-in/auditor/") {
                    people::sign_in(&store, &story, &people).await;
                }
            }
        }
        store.close().await;
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// The policy stands on every answer, and a page is whole whatever it says.
fn obeys(what: &str, answer: &Answer) {
    let policy = answer.headers.get("content-security-policy");
    assert_eq!(policy.map(String::as_str), Some(POLICY), "{what}");
    if is_page(answer) {
        check::page(what, &answer.body);
    }
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing_for_anybody() {
    on_both(|url| async move {
        let (router, story, people, store) = pages(&url).await;
        let forms = table()
            .into_iter()
            .filter(|(method, ..)| method != Method::GET);
        let mut tried = 0;
        for (method, path, _) in forms {
            let path = filled(path, &story, people[0]);
            for origin in [
                None,
                Some("https://evil.example"),
                Some("null"),
                Some("http://grants.acme.example"),
            ] {
                for who in EVERYBODY {
                    let asked = (method.clone(), path.as_str(), origin);
                    let answer = send_as(&router, asked, who.cookie().as_deref()).await;
                    let what = format!("{method} {path} from {origin:?} by {who:?}");
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{what}");
                    assert!(
                        answer
                            .body
                            .contains("did not come from a page of this server"),
                        "{what}: {}",
                        answer.body
                    );
                    tried += 1;
                }
            }
        }
        store.close().await;
        assert!(tried > 12 * 4 * 8, "{tried}");
    })
    .await;
}

#[tokio::test]
async fn reading_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("guerdon.db").display());
    let (router, story, people, store) = pages(&url).await;
    let mut watching = SqliteConnection::connect(&url).await.unwrap();
    let before = version(&mut watching).await;
    for (method, path, _) in table() {
        if method != Method::GET {
            continue;
        }
        let path = filled(path, &story, people[0]);
        for who in EVERYBODY {
            let asked = (method.clone(), path.as_str(), None);
            send_as(&router, asked, who.cookie().as_deref()).await;
        }
        assert_eq!(
            version(&mut watching).await,
            before,
            "{path} wrote something"
        );
    }
    watching.close().await.unwrap();
    store.close().await;
}

/// A number that changes whenever another connection commits.
async fn version(connection: &mut SqliteConnection) -> i64 {
    let version = sqlx::query_scalar("PRAGMA data_version");
    version.fetch_one(connection).await.unwrap()
}
