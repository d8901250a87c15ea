use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use guerdon_store::{Checkpoint, Store};

use crate::harness::on_both;
use crate::imports::round;

async fn write(store: &Store, block: u64) {
    let mut tx = store.write().await.unwrap();
    let to = Checkpoint {
        block,
        hash: [7; 32].into(),
        time: 70,
    };
    tx.set_checkpoint(&to).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_stands_until_anybody_commits() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let other = Store::open(&url).await.unwrap();
        write(&store, 1).await;

        let first = store.version().await.unwrap();
        drop(store.read().await.unwrap());
        assert_eq!(store.version().await.unwrap(), first);

        // By a connection of this store's own pool, and by another process's, as it were.
        write(&store, 2).await;
        let second = store.version().await.unwrap();
        assert_ne!(second, first);
        write(&other, 3).await;
        let third = store.version().await.unwrap();
        assert_ne!(third, second);
        assert_ne!(third, first);
        assert_eq!(store.version().await.unwrap(), third);

        store.close().await;
        other.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_closes_over_no_open_transaction() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let before = store.version().await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.put_imported_round(&round("waits")).await.unwrap();
        let during = store.version().await.unwrap();
        tx.commit().await.unwrap();
        let after = store.version().await.unwrap();
        assert_ne!(after, before);
        assert_ne!(after, during);
        store.close().await;
    })
    .await;
}

/// Whoever meets a version again uses what he read under it: that must never be older than what
/// was committed before he asked.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_kept_under_a_version_is_older_than_the_last_commit() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        write(&store, 0).await;
        let committed = Arc::new(AtomicU64::new(0));
        let writer = tokio::spawn({
            let (store, committed) = (store.clone(), Arc::clone(&committed));
            async move {
                for block in 1..=40 {
                    write(&store, block).await;
                    committed.store(block, Ordering::SeqCst);
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
        });
        let (mut kept, mut again) = (None, 0);
        while !writer.is_finished() {
            let least = committed.load(Ordering::SeqCst);
            let version = store.version().await.unwrap();
            match &kept {
                Some((known, block)) if *known == version => {
                    assert!(*block >= least, "{block} was kept, {least} is committed");
                    again += 1;
                }
                _ => {
                    let head = store.read().await.unwrap().checkpoint().await.unwrap();
                    kept = Some((version, head.unwrap().block));
                }
            }
        }
        writer.await.unwrap();
        assert!(again > 0, "no version was ever met again");
        store.close().await;
    })
    .await;
}
