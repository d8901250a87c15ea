use guerdon_core::ledger::PoolRecord;
use guerdon_store::{Checkpoint, Identity, ImportedGoal, Store, StoreError};

use crate::harness::on_both;

fn identity() -> Identity {
    Identity {
        chain_id: 31337,
        genesis_hash: [1; 32].into(),
        start_block: 3,
        grants: [2; 20].into(),
        goals: [3; 20].into(),
        succession: Some([4; 20].into()),
        manager: Some([5; 20].into()),
    }
}

fn block(height: u64) -> Checkpoint {
    Checkpoint {
        block: height,
        hash: [u8::try_from(height).unwrap(); 32].into(),
        time: height * 10,
    }
}

#[tokio::test]
async fn a_database_follows_one_chain_for_its_whole_life() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        store.bind(&identity()).await.unwrap();
        store.bind(&identity()).await.unwrap();

        let others = [
            Identity {
                chain_id: 1,
                ..identity()
            },
            Identity {
                genesis_hash: [9; 32].into(),
                ..identity()
            },
            Identity {
                start_block: 4,
                ..identity()
            },
            Identity {
                grants: [9; 20].into(),
                ..identity()
            },
            Identity {
                goals: [9; 20].into(),
                ..identity()
            },
            Identity {
                succession: None,
                ..identity()
            },
            Identity {
                manager: Some([9; 20].into()),
                ..identity()
            },
        ];
        for other in others {
            let error = store.bind(&other).await.unwrap_err();
            assert!(matches!(error, StoreError::OtherChain { .. }), "{error}");
            assert!(
                error
                    .to_string()
                    .contains("this database follows chain 31337"),
                "{error}"
            );
        }
        assert_eq!(
            store.read().await.unwrap().identity().await.unwrap(),
            Some(identity())
        );
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_database_from_before_roles_forgets_what_it_derived_and_keeps_what_it_was_given() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let before = Identity {
            manager: None,
            ..identity()
        };
        store.bind(&before).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let pool = PoolRecord {
            funded: 5,
            ..PoolRecord::default()
        };
        tx.put_pool(&pool).await.unwrap();
        tx.put_block(&block(7)).await.unwrap();
        tx.set_checkpoint(&block(7)).await.unwrap();
        let goal = ImportedGoal {
            id: [7; 32].into(),
            name: "launch".to_owned(),
            definition: "{}".to_owned(),
        };
        tx.put_goal_definition(&goal).await.unwrap();
        tx.commit().await.unwrap();

        for _ in 0..2 {
            store.bind(&identity()).await.unwrap();
            let mut read = store.read().await.unwrap();
            assert_eq!(read.identity().await.unwrap(), Some(identity()));
            assert_eq!(read.checkpoint().await.unwrap(), None);
            assert_eq!(read.pool().await.unwrap(), PoolRecord::default());
            assert!(read.blocks_below(100, 1).await.unwrap().is_empty());
            assert_eq!(read.goal_definitions().await.unwrap().len(), 1);
        }
        let error = store.bind(&before).await.unwrap_err();
        assert!(matches!(error, StoreError::OtherChain { .. }), "{error}");
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_checkpoint_moves_both_ways_and_can_be_forgotten() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        for height in [5, 9, 4] {
            tx.set_checkpoint(&block(height)).await.unwrap();
            assert_eq!(tx.checkpoint().await.unwrap(), Some(block(height)));
        }
        tx.clear_checkpoint().await.unwrap();
        assert_eq!(tx.checkpoint().await.unwrap(), None);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn pruning_keeps_one_block_at_or_below_the_limit() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        for height in [2, 4, 6, 8] {
            tx.put_block(&block(height)).await.unwrap();
        }
        let rows = [
            (1, vec![8, 6, 4, 2]),
            (5, vec![8, 6, 4]),
            (6, vec![8, 6]),
            (7, vec![8, 6]),
            (100, vec![8]),
        ];
        for (limit, kept) in rows {
            tx.prune_blocks(limit).await.unwrap();
            let left = tx.blocks_below(1000, 10).await.unwrap();
            assert_eq!(
                left.iter().map(|b| b.block).collect::<Vec<_>>(),
                kept,
                "limit {limit}"
            );
        }
        tx.put_block(&block(9)).await.unwrap();
        assert_eq!(tx.blocks_below(9, 1).await.unwrap(), [block(8)]);
        tx.delete_blocks_after(8).await.unwrap();
        assert_eq!(tx.blocks_below(1000, 10).await.unwrap(), [block(8)]);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_address_of_neither_engine_is_refused() {
    for url in [
        "",
        "mysql://localhost/guerdon",
        "guerdon.db",
        "sqlite://:memory:",
    ] {
        let error = Store::open(url).await.unwrap_err();
        assert!(matches!(error, StoreError::UnknownEngine), "{url}: {error}");
    }
}

#[tokio::test]
async fn a_path_may_hold_any_characters() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("Grüße 100%?mode=ro#1.db");
    Store::open_file(&path).await.unwrap().close().await;
    assert!(path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_database_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::TempDir::new().unwrap();
    let store = Store::open_file(&dir.path().join("guerdon.db"))
        .await
        .unwrap();
    store.bind(&identity()).await.unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", file.file_name());
    }
    store.close().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_created_is_named() {
    let dir = tempfile::TempDir::new().unwrap();
    let path = dir.path().join("missing").join("guerdon.db");
    let error = Store::open_file(&path).await.unwrap_err().to_string();
    assert!(
        error.contains("missing/guerdon.db cannot be created"),
        "{error}"
    );
}
