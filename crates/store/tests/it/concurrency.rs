use guerdon_store::{Checkpoint, Store};

use crate::harness::on_both;
use crate::imports::round;

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_writers_that_read_first_lose_no_update() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut first = store.write().await.unwrap();
        first.put_imported_round(&round("0")).await.unwrap();
        first.commit().await.unwrap();

        let tasks: Vec<_> = (0..16)
            .map(|_| tokio::spawn(add_one(store.clone())))
            .collect();
        for task in tasks {
            task.await.unwrap();
        }

        let label = label(&store).await;
        assert_eq!(label, "16");
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_openers_of_a_new_database_all_succeed() {
    on_both(|url| async move {
        let open = |url: String| async move { Store::open(&url).await };
        let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(open(url.clone()))).collect();
        for task in tasks {
            task.await.unwrap().unwrap().close().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_does_not_see_what_is_written_after_it() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut before = store.read().await.unwrap();
        assert_eq!(before.checkpoint().await.unwrap(), None);

        let mut tx = store.write().await.unwrap();
        let to = Checkpoint {
            block: 7,
            hash: [7; 32].into(),
            time: 70,
        };
        tx.set_checkpoint(&to).await.unwrap();
        tx.commit().await.unwrap();

        assert_eq!(before.checkpoint().await.unwrap(), None);
        drop(before);
        assert_eq!(
            store.read().await.unwrap().checkpoint().await.unwrap(),
            Some(to)
        );
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_transaction_leaves_no_trace_and_blocks_nobody() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.put_imported_round(&round("lost")).await.unwrap();
        drop(tx);

        let mut next = store.write().await.unwrap();
        assert_eq!(next.imported_rounds().await.unwrap(), []);
        next.put_imported_round(&round("kept")).await.unwrap();
        next.commit().await.unwrap();
        assert_eq!(label(&store).await, "kept");
        store.close().await;
    })
    .await;
}

async fn add_one(store: Store) {
    let mut tx = store.write().await.unwrap();
    let mut round = tx.imported_rounds().await.unwrap().remove(0);
    tokio::task::yield_now().await;
    round.label = (round.label.parse::<u32>().unwrap() + 1).to_string();
    tx.put_imported_round(&round).await.unwrap();
    tx.commit().await.unwrap();
}

async fn label(store: &Store) -> String {
    store
        .read()
        .await
        .unwrap()
        .imported_rounds()
        .await
        .unwrap()
        .remove(0)
        .label
}
