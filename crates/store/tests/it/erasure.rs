//! Erasure leaves nothing personal, in no column of no table and in no file of the database; the
//! audit log stays.

use alloy_primitives::B256;
use guerdon_store::{
    Actor, ChallengeReason, ImportDraft, MailLink, NewEntry, NewMember, NewRequest, Owner, Page,
    Paper, PersonId, ResultFile, Store, Tx,
};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

use crate::access_tokens::{session, share};
use crate::auditor_links::auditor_link;
use crate::harness::on_both;
use crate::imports::{ROOT, import};
use crate::members::{NOW, person};
use crate::schema::columns;

/// What the people of [`import`] are called, and how they write and are counted.
const PERSONAL: [&str; 6] = [
    "Björn",
    "陈伟",
    "Eriksson",
    "bjorn@acme.example",
    "E201",
    "Europe/Stockholm",
];

/// Everything that names the person whom [`import`] brings, and one other person. Nothing here is
/// personal but what [`PERSONAL`] says.
async fn fill(store: &Store) -> (PersonId, PersonId) {
    let mut tx = store.write().await.unwrap();
    import(&mut tx).await;
    let id = tx.add_members_of_round(ROOT, NOW).await.unwrap()[0];
    let known = tx.member(id).await.unwrap().unwrap().to_new();
    let edited = NewMember {
        name: "Björn Eriksson".to_owned(),
        zone: "Europe/Stockholm".to_owned(),
        wallets: vec![[0xa1; 20].into()],
        ..known
    };
    tx.put_member(id, &edited).await.unwrap();
    let bob = tx
        .add_member(&person("E2011", "Bob", 0xb1), NOW)
        .await
        .unwrap();
    for (place, owner) in (1_u8..).zip([id, bob]) {
        let wallet = (owner == id).then(|| [0xa1; 20].into());
        tx.add_session(&session(place, Some(owner), wallet))
            .await
            .unwrap();
        let zone = ["Europe/Stockholm", "UTC"][usize::from(owner == bob)];
        let owner = Owner::Person(owner);
        tx.put_setting(owner, "zone", zone).await.unwrap();
        tx.put_calendar_link(owner, [place; 32].into(), NOW)
            .await
            .unwrap();
    }
    tx.put_share_link(&share(1, "Björn's bank")).await.unwrap();
    let link = MailLink {
        hash: [1; 32].into(),
        person: id,
        created_at: NOW,
        expires_at: NOW + 900,
    };
    tx.put_mail_link(&link).await.unwrap();
    tx.put_import_draft(&draft("names", "G-9,E201,x"))
        .await
        .unwrap();
    tx.put_import_draft(&draft("spares", "G-9,E2011,x"))
        .await
        .unwrap();
    for grant in 1..=3_u8 {
        tx.add_request(&NewRequest {
            subject: format!("grant:{}", B256::repeat_byte(grant)),
            kind: "replace".to_owned(),
            body: if grant == 3 {
                "{}"
            } else {
                "{\"agreement\":\"Björn\"}"
            }
            .to_owned(),
            made_at: NOW,
            made_by: Owner::Person(bob),
        })
        .await
        .unwrap();
    }
    bring_all(&mut tx, id, bob).await;
    for actor in [Actor::CommandLine, Actor::Owner(Owner::Person(id))] {
        tx.append_audit(&entry(actor, &id.to_string()))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    (id, bob)
}

/// As whom she may have brought something: by herself, or by a wallet before the list knew it.
fn hers(id: PersonId) -> [Owner; 2] {
    [Owner::Person(id), Owner::Wallet([0xa1; 20].into())]
}

async fn bring_all(tx: &mut Tx, id: PersonId, bob: PersonId) {
    for (place, author) in (1..).zip(hers(id)) {
        bring(tx, author, place, "Björn").await;
    }
    bring(tx, Owner::Person(bob), 3, "Bob").await;
    for (place, label) in [(1, "Björn's audit"), (2, "Bob's audit")] {
        let link = auditor_link(place, label, Owner::Person(id));
        tx.add_auditor_link(&link).await.unwrap();
    }
}

/// A result to be signed, its file and a reason, all of them with a name in it.
async fn bring(tx: &mut Tx, author: Owner, place: u8, name: &str) {
    let (goal, hash) = (B256::repeat_byte(0x77), B256::repeat_byte(place));
    tx.put_paper(&Paper {
        digest: hash,
        goal,
        attempt: 0,
        kind: "result".to_owned(),
        body: format!("{{\"x\":\"428\",\"file\":\"{name}.json\"}}"),
        made_at: NOW,
        made_by: author,
    })
    .await
    .unwrap();
    tx.put_result_file(&ResultFile {
        goal,
        attempt: 0,
        hash,
        name: format!("{name}.json"),
        content: b"{}".to_vec(),
        added_at: NOW,
        added_by: author,
    })
    .await
    .unwrap();
    tx.put_challenge_reason(&ChallengeReason {
        goal,
        attempt: 0,
        hash,
        reason: format!("{name} knew the items"),
        added_at: NOW,
        added_by: author,
    })
    .await
    .unwrap();
}

fn entry(actor: Actor, subject: &str) -> NewEntry {
    NewEntry {
        at: NOW,
        actor,
        action: "person changed".to_owned(),
        subject: subject.to_owned(),
        detail: String::new(),
    }
}

fn draft(id: &str, sheet: &str) -> ImportDraft {
    ImportDraft {
        id: id.to_owned(),
        name: "sheet.csv".to_owned(),
        sheet: sheet.as_bytes().to_vec(),
        matched: None,
        left_out: std::collections::BTreeSet::new(),
        created_by: "P2".to_owned(),
        created_at: NOW,
        changed_at: NOW,
        binding_at: None,
        root: None,
    }
}

async fn erase(store: &Store, id: PersonId) -> guerdon_store::Erased {
    let mut tx = store.write().await.unwrap();
    let erased = tx.erase_member(id, NOW + 7).await.unwrap().unwrap();
    assert_eq!(tx.erase_member(id, NOW + 8).await.unwrap(), None, "once");
    tx.commit().await.unwrap();
    erased
}

/// The columns in which a personal word stands, as it is or as hexadecimal bytes.
async fn found(url: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for ((table, column), (kind, _)) in columns(url).await {
        if kind != "TEXT" {
            continue;
        }
        let sql = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL");
        let cells = cells(url, sql).await;
        let hex = |word: &str| alloy_primitives::hex::encode(word);
        if cells.iter().any(|cell| {
            // The other person's number begins with the erased one's.
            let cell = cell.replace("E2011", "").replace(&hex("E2011"), "");
            PERSONAL
                .iter()
                .any(|word| cell.contains(word) || cell.contains(&hex(word)))
        }) {
            found.push((table, column));
        }
    }
    found
}

async fn cells(url: &str, sql: String) -> Vec<String> {
    let rows: Vec<(String,)> = if url.starts_with("sqlite") {
        let pool = SqlitePool::connect(url).await.unwrap();
        let rows = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&pool).await;
        pool.close().await;
        rows.unwrap()
    } else {
        let pool = PgPool::connect(url).await.unwrap();
        let rows = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&pool).await;
        pool.close().await;
        rows.unwrap()
    };
    rows.into_iter().map(|(cell,)| cell).collect()
}

#[tokio::test]
async fn erasure_leaves_no_personal_word_in_any_column() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let (id, _) = fill(&store).await;
        let before = found(&url).await;
        for (table, column) in [
            ("members", "name"),
            ("members", "number"),
            ("members", "email_key"),
            ("people", "employee_id"),
            ("terms", "agreement"),
            ("settings", "value"),
            ("share_links", "label"),
            ("imports", "sheet"),
            ("requests", "body"),
            ("panel_papers", "body"),
            ("result_files", "name"),
            ("challenge_reasons", "reason"),
            ("auditor_links", "label"),
        ] {
            let want = (table.to_owned(), column.to_owned());
            assert!(
                before.contains(&want),
                "the search sees {table}.{column}: {before:?}"
            );
        }

        let erased = erase(&store, id).await;
        assert_eq!(found(&url).await, []);
        assert_eq!(erased.grants.len(), 2);
        let counts = (erased.sessions, erased.links, erased.wallets, erased.drafts);
        assert_eq!(counts, (1, 3, 1, 1));
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn erasure_spares_everybody_else_and_the_audit_log() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let (id, bob) = fill(&store).await;
        let audit = store.read().await.unwrap().audit(None, 10).await.unwrap();
        assert_eq!(audit.len(), 2);
        erase(&store, id).await;

        let mut read = store.read().await.unwrap();
        assert_eq!(read.audit(None, 10).await.unwrap(), audit);
        let member = read.member(id).await.unwrap().unwrap();
        assert_eq!(member.erased_at, Some(NOW + 7));
        assert_eq!(member.to_new(), NewMember::default());
        assert_eq!(read.members(None, 10).await.unwrap().len(), 1);
        assert_eq!(read.count_members().await.unwrap(), 1);
        let owner = Owner::Person(bob);
        assert_eq!(read.list_sessions(owner, NOW).await.unwrap().len(), 1);
        assert_eq!(read.settings(owner).await.unwrap().len(), 1);
        assert_eq!(read.import_drafts(10).await.unwrap()[0].id, "spares");
        // Her grants stay hers by their terms; who she is is gone.
        let page = Page {
            after: None,
            limit: 9,
        };
        assert_eq!(read.grants_of_person(id, &page).await.unwrap(), []);
        assert_eq!(read.terms_of_round(ROOT, 0, 9).await.unwrap().len(), 2);
        assert_eq!(read.people_of_round(ROOT).await.unwrap(), []);
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn erasure_takes_names_and_reasons_from_goals_and_leaves_what_was_signed() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let (id, bob) = fill(&store).await;
        let mut read = store.read().await.unwrap();
        let before = read.papers_by(Owner::Person(bob)).await.unwrap();
        for author in hers(id) {
            assert_eq!(read.challenge_reasons_by(author).await.unwrap().len(), 1);
            let files = read.result_files_by(author).await.unwrap();
            assert_eq!(
                (files[0].name.as_str(), files[0].size),
                ("Björn.json", 2),
                "{author}"
            );
        }
        drop(read);
        erase(&store, id).await;

        let mut read = store.read().await.unwrap();
        for (place, author) in (1..).zip(hers(id)) {
            assert_eq!(read.challenge_reasons_by(author).await.unwrap(), []);
            let papers = read.papers_by(author).await.unwrap();
            let body: serde_json::Value = serde_json::from_str(&papers[0].body).unwrap();
            assert_eq!(body, serde_json::json!({"x": "428", "file": ""}));
            assert_eq!(papers[0].digest, B256::repeat_byte(place));
            let at = (B256::repeat_byte(0x77), 0);
            let file = read.result_file(at, papers[0].digest).await.unwrap();
            let file = file.unwrap();
            assert_eq!((file.name.as_str(), file.content), ("", b"{}".to_vec()));
        }
        let owner = Owner::Person(bob);
        assert_eq!(read.papers_by(owner).await.unwrap(), before);
        assert_eq!(
            read.result_files_by(owner).await.unwrap()[0].name,
            "Bob.json"
        );
        let reasons = read.challenge_reasons_by(owner).await.unwrap();
        assert_eq!(reasons[0].reason, "Bob knew the items");
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_erased_person_does_not_come_back_with_the_same_round() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let (id, _) = fill(&store).await;
        erase(&store, id).await;
        let mut tx = store.write().await.unwrap();
        let agreements = take_agreements(&mut tx).await;
        assert_eq!(agreements, 0);
        import(&mut tx).await;
        assert_eq!(tx.add_members_of_round(ROOT, NOW).await.unwrap(), []);
        assert_eq!(tx.people_of_round(ROOT).await.unwrap(), []);
        assert_eq!(take_agreements(&mut tx).await, 0, "nor do her agreements");
        tx.commit().await.unwrap();
        assert_eq!(found(&url).await, []);
        store.close().await;
    })
    .await;
}

async fn take_agreements(tx: &mut Tx) -> usize {
    let terms = tx.terms_of_round(ROOT, 0, 9).await.unwrap();
    terms
        .iter()
        .filter(|grant| grant.agreement.is_some())
        .count()
}

#[tokio::test]
async fn the_audit_log_cannot_be_changed() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        fill(&store).await;
        store.close().await;
        for sql in [
            "UPDATE audit SET detail = 'else' WHERE id = 1 RETURNING detail",
            "DELETE FROM audit WHERE id = 1 RETURNING detail",
        ] {
            let error = if url.starts_with("sqlite") {
                let pool = SqlitePool::connect(&url).await.unwrap();
                sqlx::query(sql).fetch_all(&pool).await.unwrap_err()
            } else {
                let pool = PgPool::connect(&url).await.unwrap();
                sqlx::query(sql).fetch_all(&pool).await.unwrap_err()
            };
            assert!(
                error.to_string().contains("audit entries are never"),
                "{error}"
            );
        }
        let store = Store::open(&url).await.unwrap();
        let mut read = store.read().await.unwrap();
        let entries = read.audit(Some(2), 10).await.unwrap();
        assert_eq!((entries.len(), entries[0].id), (1, 1));
        assert_eq!(
            read.audit_of_subject("P1", None, 10).await.unwrap().len(),
            2
        );
        let actor = Actor::CommandLine;
        assert_eq!(read.audit_of_actor(actor, None, 10).await.unwrap(), entries);
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn nothing_of_an_erased_person_stays_in_the_files_of_the_database() {
    let dir = tempfile::TempDir::new().unwrap();
    let url = crate::harness::sqlite_url(&dir);
    let store = Store::open(&url).await.unwrap();
    let (id, _) = fill(&store).await;
    assert!(files_have(&dir, "Eriksson"), "the search sees the name");
    erase(&store, id).await;
    assert!(store.scrub().await.unwrap());
    for word in ["Eriksson", "Björn", "bjorn@acme.example"] {
        assert!(!files_have(&dir, word), "{word}");
    }
    store.close().await;
}

#[tokio::test]
async fn the_database_can_be_scrubbed_in_use() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let (id, _) = fill(&store).await;
        erase(&store, id).await;
        assert!(store.scrub().await.unwrap());
        assert_eq!(
            store.read().await.unwrap().count_members().await.unwrap(),
            1
        );
        store.close().await;
    })
    .await;
}

fn files_have(dir: &tempfile::TempDir, word: &str) -> bool {
    std::fs::read_dir(dir.path()).unwrap().any(|entry| {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        bytes
            .windows(word.len())
            .any(|window| window == word.as_bytes())
    })
}
