//! What waits for a signature, and batches for a Safe.

use alloy_primitives::Address;
use guerdon_store::{BatchCall, NewRequest, Owner, Store};

use crate::harness::on_both;

const ASKER: Owner = Owner::Wallet(Address::repeat_byte(0x0d));

fn request(subject: &str, kind: &str) -> NewRequest {
    NewRequest {
        subject: subject.to_owned(),
        kind: kind.to_owned(),
        body: "{}".to_owned(),
        made_at: 1_782_864_000,
        made_by: ASKER,
    }
}

fn call(summary: &str) -> BatchCall {
    BatchCall {
        subject: "grant:0x11".to_owned(),
        kind: "pause".to_owned(),
        body: "{}".to_owned(),
        to: Address::repeat_byte(2),
        data: vec![0x12, 0x34],
        summary: summary.to_owned(),
        added_at: 1_782_864_001,
        added_by: ASKER,
    }
}

#[tokio::test]
async fn a_request_is_signed_once_and_never_after_it_was_taken_back() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let first = tx
            .add_request(&request("grant:0x11", "replace"))
            .await
            .unwrap();
        let second = tx
            .add_request(&request("grant:0x11", "replace"))
            .await
            .unwrap();
        let other = tx
            .add_request(&request("round:0x22", "commit"))
            .await
            .unwrap();
        assert_eq!([first, second, other], [1, 2, 3]);
        assert!(tx.sign_request(first, &[1, 2], 7).await.unwrap());
        assert!(!tx.sign_request(first, &[3], 8).await.unwrap());
        assert!(tx.withdraw_request(second, 9).await.unwrap());
        assert!(!tx.withdraw_request(second, 10).await.unwrap());
        assert!(!tx.sign_request(second, &[4], 11).await.unwrap());
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        let found = read.requests_of("grant:0x11", 10).await.unwrap();
        assert_eq!(found.iter().map(|it| it.id).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(found[1].signature, Some((vec![1, 2], 7)));
        assert_eq!(found[1].request, request("grant:0x11", "replace"));
        assert!(found[1].stands() && !found[0].stands());
        assert_eq!(found[0].withdrawn_at, Some(9));
        assert_eq!(read.request(other).await.unwrap().unwrap().id, 3);
        assert_eq!(read.request(4).await.unwrap(), None);
        let replaces = read.standing_requests("replace", 10).await.unwrap();
        assert_eq!(replaces.iter().map(|it| it.id).collect::<Vec<_>>(), [first]);
        assert_eq!(read.standing_requests("end", 10).await.unwrap(), []);
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_batch_keeps_its_calls_in_order_until_it_is_closed() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let id = tx.add_batch(&ASKER, 5).await.unwrap();
        for (place, words) in ["one", "two", "three"].into_iter().enumerate() {
            let found = tx.add_batch_call(id, &call(words)).await.unwrap();
            assert_eq!(found, u64::try_from(place).ok());
        }
        assert!(tx.remove_batch_call(id, 1).await.unwrap());
        assert!(!tx.remove_batch_call(id, 1).await.unwrap());
        assert_eq!(tx.add_batch_call(id, &call("four")).await.unwrap(), Some(3));
        let safe = Address::repeat_byte(0x5a);
        assert!(tx.set_batch_safe(id, safe).await.unwrap());
        assert!(tx.close_batch(id, 6).await.unwrap());
        assert!(!tx.close_batch(id, 7).await.unwrap());
        assert_eq!(tx.add_batch_call(id, &call("late")).await.unwrap(), None);
        assert!(!tx.remove_batch_call(id, 0).await.unwrap());
        assert!(!tx.set_batch_safe(id, ASKER_SAFE).await.unwrap());
        assert_eq!(tx.add_batch_call(99, &call("nowhere")).await.unwrap(), None);
        let later = tx.add_batch(&ASKER, 8).await.unwrap();
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        let batch = read.batch(id).await.unwrap().unwrap();
        let calls: Vec<_> = batch
            .calls
            .iter()
            .map(|(place, it)| (*place, it.summary.as_str()))
            .collect();
        assert_eq!(calls, [(0, "one"), (2, "three"), (3, "four")]);
        assert_eq!(batch.calls[0].1, call("one"));
        assert_eq!((batch.safe, batch.closed_at), (Some(safe), Some(6)));
        let all = read.batches(10).await.unwrap();
        assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), [later, id]);
        assert_eq!(read.batch(99).await.unwrap(), None);
        drop(read);
        store.close().await;
    })
    .await;
}

const ASKER_SAFE: Address = Address::repeat_byte(0x0e);
