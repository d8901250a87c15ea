//! No page and no sign-in reads a whole table: the plan of every statement that they run is
//! asked for on both engines. SQLite must search each table by an index; PostgreSQL, which reads
//! small tables whole on purpose, is forbidden to and must find an index all the same.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on fails where it stands"
)]

#[path = "it/harness.rs"]
mod harness;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use alloy_primitives::{Address, B256};
use guerdon_core::fact::Subject;
use guerdon_store::{Actor, ListRole, NewMember, Owner, Page, Read, Store, Tx};
use sqlx::{AssertSqlSafe, PgConnection, Row, SqlitePool};
use sqlx::{Connection, Executor};
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

static STATEMENTS: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Keeps the text of every statement that sqlx reports.
struct Keep;

impl<S: tracing::Subscriber> Layer<S> for Keep {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::query" {
            event.record(&mut Statement);
        }
    }
}

struct Statement;

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        let is_whole = field.name() == "db.statement" && !value.is_empty();
        if is_whole || field.name() == "summary" && !value.ends_with('…') {
            let mut kept = STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner);
            kept.insert(value.trim().to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

const NOW: u64 = 1_782_864_000;
const HASH: B256 = B256::repeat_byte(7);
const WALLET: Address = Address::repeat_byte(9);
const PAGE: Page = Page {
    after: None,
    limit: 50,
};

#[tokio::test]
async fn every_statement_of_a_page_goes_by_an_index() {
    tracing_subscriber::registry().with(Keep).init();
    harness::on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let new = NewMember {
            number: "E1".to_owned(),
            roles: vec![ListRole::Auditor],
            wallets: vec![WALLET],
            ..NewMember::default()
        };
        let person = tx.add_member(&new, NOW).await.unwrap();
        tx.commit().await.unwrap();
        STATEMENTS.lock().unwrap().clear();

        let mut read = store.read().await.unwrap();
        read_grants(&mut read, Owner::Person(person)).await;
        read_people(&mut read, Owner::Person(person)).await;
        drop(read);
        let mut tx = store.write().await.unwrap();
        take_tokens(&mut tx, Owner::Person(person)).await;
        tx.commit().await.unwrap();
        store.close().await;

        let statements: Vec<_> = STATEMENTS.lock().unwrap().iter().cloned().collect();
        let own: Vec<_> = statements.into_iter().filter(|sql| is_own(sql)).collect();
        assert!(own.len() >= 40, "only {} statements were seen", own.len());
        let mut scans = Vec::new();
        for sql in own {
            let plan = plan(&url, &sql).await;
            if reads_whole_table(&plan) {
                scans.push(format!("{sql}\n{}", plan.join("\n")));
            }
        }
        assert!(
            scans.is_empty(),
            "whole tables are read:\n{}",
            scans.join("\n\n")
        );
    })
    .await;
}

async fn read_grants(read: &mut Read, owner: Owner) {
    let Owner::Person(person) = owner else { return };
    read.grants_of_wallets(&[WALLET], &PAGE).await.unwrap();
    read.grants_of_person(person, &PAGE).await.unwrap();
    read.grant(HASH).await.unwrap();
    read.grants(&PAGE).await.unwrap();
    read.grants_of_round(HASH, 0, 50).await.unwrap();
    read.grants_of_recipient(WALLET, &PAGE).await.unwrap();
    read.opened_of_round(HASH).await.unwrap();
    read.successors_of(HASH).await.unwrap();
    read.terms(HASH).await.unwrap();
    read.terms_of_round(HASH, 0, 50).await.unwrap();
    read.imported_grants(&PAGE).await.unwrap();
    read.grant_names(HASH).await.unwrap();
    read.grant_papers(&[HASH; 51]).await.unwrap();
    read.grants_named("G-1").await.unwrap();
    read.round_stands(HASH).await.unwrap();
    read.rival_of_round(HASH).await.unwrap();
    read.begun_commitments(HASH).await.unwrap();
    read.gates_of_goal(HASH).await.unwrap();
    read.person(HASH).await.unwrap();
    read.people_of_round(HASH).await.unwrap();
    read.logs_of(&Subject::Grant(HASH)).await.unwrap();
    read.logs_of_pool(Some((5, 1)), 50).await.unwrap();
    read.recent_logs(None, 50).await.unwrap();
    read.logs_up_to(9, Some((5, 1)), 50).await.unwrap();
}

async fn read_people(read: &mut Read, owner: Owner) {
    let Owner::Person(person) = owner else { return };
    let member = read.member(person).await.unwrap().unwrap();
    read.member_of_number("E1").await.unwrap();
    read.member_of_wallet(WALLET).await.unwrap();
    read.member_of_email("ada@acme.example").await.unwrap();
    read.member_of_grant(HASH).await.unwrap();
    read.members(Some(&member), 50).await.unwrap();
    let mut named = member.to_new();
    named.email = "ada@acme.example".to_owned();
    read.takes_from_somebody(&named).await.unwrap();
    read.session(HASH, NOW).await.unwrap();
    for owner in [owner, Owner::Wallet(WALLET)] {
        read.list_sessions(owner, NOW).await.unwrap();
    }
    read.mail_link_is_good(HASH, NOW).await.unwrap();
    read.mail_links_since(person, NOW).await.unwrap();
    read.share_link(HASH, NOW).await.unwrap();
    read.share_links_of_grant(HASH).await.unwrap();
    read.share_links_of_wallet(WALLET).await.unwrap();
    read.calendar_owner(HASH).await.unwrap();
    read.calendar_link_made_at(owner).await.unwrap();
    read.audit(None, 50).await.unwrap();
    read.audit_of_subject("P1", None, 50).await.unwrap();
    read.audit_of_actor(Actor::Keeper, None, 50).await.unwrap();
    read.acceptances(HASH).await.unwrap();
    read.settings(owner).await.unwrap();
    read.open_relay_requests(50).await.unwrap();
    read.last_relay_request(HASH).await.unwrap();
    read.jobs_before(Some(7), 50).await.unwrap();
    read.api_key(HASH, NOW).await.unwrap();
    read.api_answer(1, "run").await.unwrap();
}

async fn take_tokens(tx: &mut Tx, owner: Owner) {
    tx.take_nonce(HASH, NOW).await.unwrap();
    tx.take_mail_link(HASH, NOW).await.unwrap();
    tx.touch_session(HASH, NOW, NOW).await.unwrap();
    tx.end_session(HASH).await.unwrap();
    for owner in [owner, Owner::Wallet(WALLET)] {
        tx.revoke_session(HASH, owner).await.unwrap();
        tx.revoke_all_sessions(owner, None).await.unwrap();
    }
    tx.revoke_share_link(HASH, WALLET, NOW).await.unwrap();
    tx.put_relay_request(HASH, WALLET, NOW, NOW).await.unwrap();
    tx.purge_expired(NOW).await.unwrap();
    tx.revoke_api_key(1, NOW).await.unwrap();
    tx.touch_api_key(1, NOW).await.unwrap();
    tx.forget_api_answers(NOW).await.unwrap();
}

/// Statements of the store, not those that open a database or begin and end a transaction.
fn is_own(sql: &str) -> bool {
    ["SELECT", "INSERT", "UPDATE", "DELETE"]
        .iter()
        .any(|word| sql.starts_with(word))
}

/// The lines of a plan.
async fn plan(url: &str, sql: &str) -> Vec<String> {
    if url.starts_with("sqlite") {
        let pool = SqlitePool::connect(url).await.unwrap();
        let asked = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let rows = pool.fetch_all(sqlx::raw_sql(asked)).await.unwrap();
        pool.close().await;
        return rows
            .iter()
            .map(|row| row.get::<String, _>("detail"))
            .collect();
    }
    let parameters = (1..64).take_while(|place| sql.contains(&format!("${place}")));
    let nothing = vec!["NULL"; parameters.count()].join(", ");
    let given = if nothing.is_empty() {
        String::new()
    } else {
        format!("({nothing})")
    };
    let mut connection = PgConnection::connect(url).await.unwrap();
    for sql in [
        "SET enable_seqscan = off".to_owned(),
        "SET enable_bitmapscan = off".to_owned(),
        "SET plan_cache_mode = force_generic_plan".to_owned(),
        format!("PREPARE asked AS {sql}"),
    ] {
        let asked = sqlx::raw_sql(AssertSqlSafe(sql));
        connection.execute(asked).await.unwrap();
    }
    let asked = AssertSqlSafe(format!("EXPLAIN EXECUTE asked{given}"));
    let rows = connection.fetch_all(sqlx::raw_sql(asked)).await.unwrap();
    connection.close().await.unwrap();
    rows.iter().map(|row| row.get::<String, _>(0)).collect()
}

/// SQLite says SCAN; PostgreSQL says Seq Scan, or reads an index without a condition.
fn reads_whole_table(plan: &[String]) -> bool {
    let is_scan = |line: &String| {
        let line = line.trim_start();
        line.starts_with("SCAN ") && !line.contains("CONSTANT ROW") || line.contains("Seq Scan on")
    };
    let is_bare = |pair: &[String]| {
        let (line, next) = (&pair[0], &pair[1]);
        (line.contains("Index Scan using") || line.contains("Index Only Scan using"))
            && !next.contains("Index Cond")
    };
    let mut lines = plan.to_vec();
    lines.push(String::new());
    plan.iter().any(is_scan) || lines.windows(2).any(is_bare)
}
