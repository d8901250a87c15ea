//! Runs one test body on a fresh SQLite file and in a fresh PostgreSQL database.

use std::future::Future;
use std::io::Write;
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// The server on which the tests may create databases, as a superuser's address.
const SERVER: &str = "GUERDON_TEST_POSTGRES";

static NOTICE: Once = Once::new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Calls `body` with the address of an empty database, once for each engine.
pub(crate) async fn on_both<F, Fut>(body: F)
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = ()>,
{
    let dir = TempDir::new().unwrap();
    body(sqlite_url(&dir)).await;
    let Some(server) = server() else { return };
    let name = format!(
        "guerdon_{}_{}",
        std::process::id(),
        DATABASES.fetch_add(1, Ordering::Relaxed)
    );
    administer(
        &server,
        format!("CREATE DATABASE {name} TEMPLATE template0"),
    )
    .await;
    body(database_url(&server, &name)).await;
    administer(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
}

pub(crate) fn sqlite_url(dir: &TempDir) -> String {
    format!("sqlite://{}", dir.path().join("guerdon.db").display())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the test command names the server this way"
)]
fn server() -> Option<String> {
    let server = std::env::var(SERVER).ok();
    if server.is_none() {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "{SERVER} is not set: in CI nothing is skipped"
        );
        NOTICE.call_once(|| {
            // Written past the capture of test output, so that it is seen.
            let line = "GUERDON_TEST_POSTGRES is not set: the store is tested on SQLite only\n";
            std::io::stderr().write_all(line.as_bytes()).unwrap();
        });
    }
    server
}

async fn administer(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    sqlx::query(AssertSqlSafe(sql))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

fn database_url(server: &str, name: &str) -> String {
    let after_scheme = server.find("://").map_or(0, |at| at + 3);
    let path = server[after_scheme..]
        .find('/')
        .map_or(server.len(), |at| after_scheme + at);
    format!("{}/{name}", &server[..path])
}
