//! A grant's name belongs to one round at a time.

use alloy_primitives::B256;
use guerdon_core::ledger::RoundRecord;
use guerdon_store::{Aside, Begun, ImportedGrant, ImportedRound, Store, Tx};

use crate::folding::origin;
use crate::harness::on_both;
use crate::imports::{ROOT, import, round};

const OTHER: B256 = B256::repeat_byte(0xbb);

/// Another round with one grant of a name of the first.
async fn import_other(tx: &mut Tx, like: &ImportedGrant) {
    tx.put_imported_round(&ImportedRound {
        root: OTHER,
        ..round("H1, by another machine")
    })
    .await
    .unwrap();
    tx.put_terms(&ImportedGrant {
        id: B256::repeat_byte(0x77),
        root: OTHER,
        index: 0,
        ..like.clone()
    })
    .await
    .unwrap();
}

async fn commit(tx: &mut Tx, root: B256, rescinded: bool) {
    tx.put_round(&RoundRecord {
        root,
        total: 5,
        document: B256::ZERO,
        committed_at: 1,
        binding_at: 2,
        since: 0,
        rescinded,
        committed: origin(1, 0),
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn of_two_rounds_with_one_name_each_is_the_others_rival_until_one_is_set_aside() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let grants = import(&mut tx).await;
        assert!(tx.round_stands(ROOT).await.unwrap());
        assert!(!tx.round_stands(OTHER).await.unwrap(), "it is not there");
        assert_eq!(tx.rival_of_round(ROOT).await.unwrap(), None);

        import_other(&mut tx, &grants[1]).await;
        let name = || "G-1002".to_owned();
        let rival = tx.rival_of_round(ROOT).await.unwrap();
        assert_eq!(rival, Some((name(), OTHER)));
        let rival = tx.rival_of_round(OTHER).await.unwrap();
        assert_eq!(rival, Some((name(), ROOT)));

        tx.set_round_aside(OTHER, Some(Aside::Discarded))
            .await
            .unwrap();
        assert_eq!(tx.round_aside(OTHER).await.unwrap(), Some(Aside::Discarded));
        assert_eq!(tx.rival_of_round(ROOT).await.unwrap(), None);
        // Signed all the same, it is promised, and the other one must not be.
        commit(&mut tx, OTHER, false).await;
        let rival = tx.rival_of_round(ROOT).await.unwrap();
        assert_eq!(rival, Some((name(), OTHER)));
        // Taken back: known by the command that did it, or by the index.
        tx.set_round_aside(OTHER, Some(Aside::Rescinded))
            .await
            .unwrap();
        assert_eq!(tx.rival_of_round(ROOT).await.unwrap(), None);
        tx.set_round_aside(OTHER, None).await.unwrap();
        assert!(tx.rival_of_round(ROOT).await.unwrap().is_some());
        commit(&mut tx, OTHER, true).await;
        assert_eq!(tx.rival_of_round(ROOT).await.unwrap(), None);
        assert!(!tx.round_stands(OTHER).await.unwrap());
        assert!(tx.round_stands(ROOT).await.unwrap());
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn commitments_that_were_begun_are_remembered_until_their_end_is_known() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        import(&mut tx).await;
        assert_eq!(tx.begun_commitments(ROOT).await.unwrap(), []);
        let begun = |signer: u8, nonce| Begun {
            signer: [signer; 20].into(),
            nonce,
        };
        for (signer, nonce) in [(4, 7), (3, 1), (3, 2)] {
            let begun = begun(signer, nonce);
            tx.begin_commitment(ROOT, begun).await.unwrap();
        }
        let both = [begun(3, 2), begun(4, 7)];
        assert_eq!(tx.begun_commitments(ROOT).await.unwrap(), both);
        // Importing again forgets that a round was set aside, not that it may be under way.
        tx.set_round_aside(ROOT, Some(Aside::Discarded))
            .await
            .unwrap();
        import(&mut tx).await;
        assert_eq!(tx.round_aside(ROOT).await.unwrap(), None);
        assert_eq!(tx.begun_commitments(ROOT).await.unwrap(), both);
        tx.end_commitment(ROOT, both[0].signer).await.unwrap();
        assert_eq!(tx.begun_commitments(ROOT).await.unwrap(), both[1..]);
        tx.forget_imported_round(ROOT).await.unwrap();
        assert_eq!(tx.begun_commitments(ROOT).await.unwrap(), []);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}
