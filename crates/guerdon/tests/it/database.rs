//! A database of a test: a file, or one of its own on the PostgreSQL that the test command names.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

const SERVER: &str = "GUERDON_TEST_POSTGRES";

/// A fresh, empty database of PostgreSQL, dropped with this.
#[derive(Debug)]
pub(crate) struct Postgres {
    server: String,
    name: String,
    pub(crate) url: String,
}

impl Postgres {
    /// Nothing where the test command names no server; in CI that is a failure.
    #[expect(
        clippy::disallowed_methods,
        reason = "the test command names the server this way"
    )]
    pub(crate) fn new(purpose: &str) -> Option<Self> {
        let Ok(server) = std::env::var(SERVER) else {
            let in_ci = std::env::var("CI").as_deref() == Ok("true");
            assert!(!in_ci, "{SERVER} is not set: in CI nothing is skipped");
            eprintln!("{SERVER} is not set: {purpose} is tested on SQLite only");
            return None;
        };
        let name = format!("guerdon_{purpose}_{}", std::process::id());
        administer(
            &server,
            format!("CREATE DATABASE {name} TEMPLATE template0"),
        );
        let after_scheme = server.find("://").map_or(0, |at| at + 3);
        let path = server[after_scheme..].find('/');
        let end = path.map_or(server.len(), |at| after_scheme + at);
        let url = format!("{}/{name}", &server[..end]);
        Some(Self { server, name, url })
    }

    pub(crate) fn run(&self, sql: &str) {
        administer(&self.url, sql.to_owned());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        administer(&self.server, drop);
    }
}

fn administer(server: &str, sql: String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(server).await.unwrap();
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    });
}
