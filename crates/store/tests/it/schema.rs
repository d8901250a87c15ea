use std::collections::BTreeMap;
use std::sync::Mutex;

use guerdon_store::Store;
use sqlx::migrate::Migrator;
use sqlx::{PgPool, SqlitePool};

use crate::harness::on_both;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Sample rows of the tables that each migration brings, in the text both engines read.
pub(crate) const SAMPLES: [(i64, &str); 17] = [
    (1, include_str!("samples/0001.sql")),
    (2, include_str!("samples/0002.sql")),
    (3, include_str!("samples/0003.sql")),
    (4, include_str!("samples/0004.sql")),
    (5, include_str!("samples/0005.sql")),
    (6, include_str!("samples/0006.sql")),
    (7, include_str!("samples/0007.sql")),
    (8, include_str!("samples/0008.sql")),
    (9, include_str!("samples/0009.sql")),
    (10, include_str!("samples/0010.sql")),
    (11, include_str!("samples/0011.sql")),
    (12, include_str!("samples/0012.sql")),
    (13, include_str!("samples/0013.sql")),
    (15, include_str!("samples/0015.sql")),
    (16, include_str!("samples/0016.sql")),
    (17, include_str!("samples/0017.sql")),
    (18, include_str!("samples/0018.sql")),
];

/// Table and column -> type and whether it may be null.
pub(crate) type Columns = BTreeMap<(String, String), (String, bool)>;

#[test]
fn both_folders_hold_the_same_numbers() {
    let numbers = |migrator: &Migrator| {
        migrator
            .iter()
            .map(|m| (m.version, m.description.to_string()))
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(&SQLITE), numbers(&POSTGRES));
    let last = SQLITE.iter().map(|m| m.version).max();
    assert_eq!(
        last,
        SAMPLES.iter().map(|(version, _)| *version).max(),
        "a migration has samples"
    );
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_columns() {
    let seen = Mutex::new(Vec::new());
    on_both(|url| {
        let seen = &seen;
        async move {
            Store::open(&url).await.unwrap().close().await;
            let columns = columns(&url).await;
            seen.lock().unwrap().push(columns);
        }
    })
    .await;
    let seen = seen.into_inner().unwrap();
    assert!(seen[0].len() > 80, "found only {} columns", seen[0].len());
    for other in &seen[1..] {
        assert_eq!(&seen[0], other);
    }
}

#[tokio::test]
async fn every_migration_applies_to_a_database_in_use() {
    on_both(|url| async move {
        for (version, rows) in SAMPLES {
            migrate_to(&url, version).await;
            execute(&url, rows).await;
        }
        let store = Store::open(&url).await.unwrap();
        let mut read = store.read().await.unwrap();
        assert_eq!(read.imported_rounds().await.unwrap().len(), 1);
        assert_eq!(read.rounds().await.unwrap().len(), 1);
        assert_eq!(read.goals().await.unwrap().len(), 1);
        assert_eq!(read.recent_logs(None, 10).await.unwrap().len(), 2);
        let old = [0x11; 32].into();
        let replaced = read.successors_of(old).await.unwrap();
        assert_eq!(replaced.len(), 1);
        assert_eq!(replaced[0].inherited, 10);

        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn sqlite_has_the_settings_that_a_killed_process_needs() {
    let dir = tempfile::TempDir::new().unwrap();
    let url = crate::harness::sqlite_url(&dir);
    let store = Store::open(&url).await.unwrap();
    let pool = SqlitePool::connect(&url).await.unwrap();
    let (mode,): (String,) = sqlx::query_as("PRAGMA journal_mode")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(mode, "wal", "write-ahead logging is a property of the file");
    pool.close().await;
    store.close().await;
}

/// SQLite orders by bytes; PostgreSQL by its locale, unless a column says otherwise.
#[tokio::test]
async fn names_and_ids_of_templates_are_ordered_by_bytes_on_both_engines() {
    on_both(|url| async move {
        Store::open(&url).await.unwrap().close().await;
        if url.starts_with("sqlite") {
            return;
        }
        let pool = PgPool::connect(&url).await.unwrap();
        let sql = "SELECT table_name || '.' || column_name FROM information_schema.columns \
                   WHERE collation_name = 'C' AND table_name IN ('templates', 'grant_templates') \
                   ORDER BY 1";
        let found: Vec<(String,)> = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
        let found: Vec<_> = found.iter().map(|(name,)| name.as_str()).collect();
        assert_eq!(
            found,
            [
                "grant_templates.id",
                "grant_templates.template",
                "templates.name"
            ]
        );
        pool.close().await;
    })
    .await;
}

pub(crate) async fn migrate_to(url: &str, version: i64) {
    if url.starts_with("sqlite") {
        let pool = SqlitePool::connect(&format!("{url}?mode=rwc"))
            .await
            .unwrap();
        SQLITE.run_to(version, &pool).await.unwrap();
        pool.close().await;
    } else {
        let pool = PgPool::connect(url).await.unwrap();
        POSTGRES.run_to(version, &pool).await.unwrap();
        pool.close().await;
    }
}

pub(crate) async fn execute(url: &str, sql: &'static str) {
    if url.starts_with("sqlite") {
        let pool = SqlitePool::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        pool.close().await;
    } else {
        let pool = PgPool::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&pool).await.unwrap();
        pool.close().await;
    }
}

pub(crate) async fn columns(url: &str) -> Columns {
    let rows: Vec<(String, String, String, bool)> = if url.starts_with("sqlite") {
        let pool = SqlitePool::connect(url).await.unwrap();
        let sql = "SELECT t.name, c.name, c.type, c.\"notnull\" = 0 \
                   FROM sqlite_master t, pragma_table_info(t.name) c \
                   WHERE t.type = 'table' AND t.name NOT LIKE '\\_%' ESCAPE '\\' \
                   AND t.name NOT LIKE 'sqlite%'";
        let rows = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
        pool.close().await;
        rows
    } else {
        let pool = PgPool::connect(url).await.unwrap();
        let sql = "SELECT table_name::text, column_name::text, upper(data_type)::text, \
                   is_nullable = 'YES' FROM information_schema.columns \
                   WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'";
        let rows = sqlx::query_as(sql).fetch_all(&pool).await.unwrap();
        pool.close().await;
        rows
    };
    rows.into_iter()
        .map(|(table, column, kind, null)| ((table, column), (kind, null)))
        .collect()
}
