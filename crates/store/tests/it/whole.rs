//! The whole database as rows, read from either engine and written into another database.

use guerdon_store::{Schema, Store, StoreError, Table};
use serde_json::Value;

use crate::harness::{on_both, sqlite_url};
use crate::schema::{SAMPLES, execute, migrate_to};

type Rows = Vec<(Table, Vec<Vec<Value>>)>;

#[tokio::test]
async fn every_row_of_every_table_reads_the_same_elsewhere() {
    on_both(|url| async move {
        for (version, rows) in SAMPLES {
            migrate_to(&url, version).await;
            execute(&url, rows).await;
        }
        let source = Store::open(&url).await.unwrap();
        let tables = all(&source).await;
        let filled = tables.iter().filter(|(_, rows)| !rows.is_empty());
        assert!(filled.count() > 25, "the samples fill few tables");

        let dir = tempfile::TempDir::new().unwrap();
        let copy = sqlite_url(&dir);
        let target = Store::open(&copy).await.unwrap();
        let mut tx = target.write().await.unwrap();
        assert!(tx.is_blank().await.unwrap());
        for (table, rows) in &tables {
            tx.put_rows(table, rows).await.unwrap();
            assert_eq!(tx.count(table).await.unwrap(), rows.len() as u64);
        }
        assert!(!tx.is_blank().await.unwrap());
        tx.commit().await.unwrap();
        for (mine, theirs) in tables.iter().zip(all(&target).await) {
            assert_eq!(mine.0.name, theirs.0.name);
            assert_eq!(mine.1, theirs.1, "{}", mine.0.name);
        }
        target.close().await;
        source.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_value_of_another_kind_is_refused() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let tables = tx.tables().await.unwrap();
        let leases = tables.iter().find(|table| table.name == "leases").unwrap();
        let row = vec![
            Value::from("soon"),
            Value::from("me"),
            Value::from("keeper"),
        ];
        let error = tx.put_rows(leases, &[row]).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_database_can_be_opened_as_an_older_version_left_it() {
    on_both(|url| async move {
        let store = Store::open_at(&url, Schema::UpTo(3)).await.unwrap();
        assert_eq!(store.read().await.unwrap().schema().await.unwrap(), 3);
        store.close().await;
        let store = Store::open(&url).await.unwrap();
        let schema = store.read().await.unwrap().schema().await.unwrap();
        assert_eq!(schema, Store::newest_schema());
        store.close().await;
    })
    .await;
}

async fn all(store: &Store) -> Rows {
    use futures::TryStreamExt;
    let mut read = store.read().await.unwrap();
    let mut found = Vec::new();
    for table in read.tables().await.unwrap() {
        let rows = read.rows(&table).try_collect().await.unwrap();
        found.push((table, rows));
    }
    found
}
