//! Leases, jobs and failures.

use alloy_primitives::{Address, B256};
use guerdon_store::{Failing, JobDone, JobState, Lease, NewJob, SentBytes, Store};

use crate::harness::on_both;

const SENDER: Address = Address::repeat_byte(9);

#[tokio::test]
async fn one_holder_has_a_lease_until_it_expires_or_is_given_back() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let lease = |holder: &str, expires_at| Lease {
            holder: holder.to_owned(),
            expires_at,
        };
        assert_eq!(take(&store, "a", 100).await, lease("a", 130));
        assert_eq!(take(&store, "b", 129).await, lease("a", 130));
        assert_eq!(take(&store, "a", 120).await, lease("a", 150), "renewed");
        assert_eq!(take(&store, "b", 150).await, lease("b", 180), "expired");
        assert_eq!(take(&store, "a", 151).await, lease("b", 180));

        for (holder, left) in [("a", Some(lease("b", 180))), ("b", None)] {
            let mut tx = store.write().await.unwrap();
            tx.release_lease("keeper", holder).await.unwrap();
            tx.commit().await.unwrap();
            let mut read = store.read().await.unwrap();
            assert_eq!(read.lease("keeper").await.unwrap(), left, "{holder}");
        }
        store.close().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_eight_that_reach_for_a_lease_one_gets_it() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    let holder = format!("process {number}");
                    take(&store, &holder, 100).await.holder == holder
                })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            winners += u32::from(task.await.unwrap());
        }
        assert_eq!(winners, 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_job_keeps_its_bytes_until_the_chain_decides() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let second = tx.add_job(&job(8, 200_000), &sent(2, 9)).await.unwrap();
        let first = tx.add_job(&job(7, 100_000), &sent(1, 9)).await.unwrap();
        tx.add_sent(first, &sent(3, 10)).await.unwrap();
        tx.add_sent(first, &sent(3, 10)).await.unwrap();
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        let open = read.open_jobs(SENDER).await.unwrap();
        assert_eq!(open.len(), 2);
        assert_eq!((open[0].id, open[1].id), (first, second), "by nonce");
        assert_eq!(open[0].job, job(7, 100_000));
        assert_eq!(open[0].sent, [sent(1, 9), sent(3, 10)], "cheapest first");
        let others = read.open_jobs(Address::repeat_byte(8)).await.unwrap();
        assert_eq!(others, []);
        assert_eq!(read.gas_of_day(20_000).await.unwrap(), 300_000);
        assert_eq!(read.gas_of_day(20_001).await.unwrap(), 0);
        drop(read);

        let done = JobDone {
            tx: sent(3, 10).tx,
            block: 12,
            gas_used: 60_000,
        };
        let mut tx = store.write().await.unwrap();
        tx.finish_job(first, JobState::Done, Some(&done))
            .await
            .unwrap();
        tx.finish_job(second, JobState::Displaced, None)
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        assert_eq!(read.open_jobs(SENDER).await.unwrap(), []);
        assert_eq!(read.gas_of_day(20_000).await.unwrap(), 60_000);
        let recent = read.recent_jobs(1).await.unwrap();
        assert_eq!((recent[0].id, recent[0].done), (first, Some(done)));
        assert_eq!(recent[0].state, JobState::Done);
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_nonce_may_come_again_after_the_chain_fell_back() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let first = tx.add_job(&job(7, 1), &sent(1, 9)).await.unwrap();
        tx.finish_job(first, JobState::Done, None).await.unwrap();
        let again = tx.add_job(&job(7, 1), &sent(2, 9)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(again > first);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn failures_are_counted_and_forgotten() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let failing = |times| Failing {
            id: B256::repeat_byte(3),
            times,
            reason: "the token refused".to_owned(),
            last_at: 1_000,
            retry_at: 4_600,
        };
        for times in 1..=2 {
            let mut tx = store.write().await.unwrap();
            tx.put_failure(&failing(times)).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.failures().await.unwrap(), [failing(2)]);
        assert_eq!(tx.failure(failing(2).id).await.unwrap(), Some(failing(2)));
        tx.clear_failure(failing(2).id).await.unwrap();
        assert_eq!(tx.failures().await.unwrap(), []);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

async fn take(store: &Store, holder: &str, now: u64) -> Lease {
    let mut tx = store.write().await.unwrap();
    let lease = tx.take_lease("keeper", holder, now, 30).await.unwrap();
    tx.commit().await.unwrap();
    lease
}

fn job(nonce: u64, gas_limit: u64) -> NewJob {
    NewJob {
        sender: SENDER,
        nonce,
        to: Address::repeat_byte(1),
        data: vec![1, 2, 3],
        summary: "Pay the holders of 2 grants".to_owned(),
        gas_limit,
        day: 20_000,
        grants: vec![B256::repeat_byte(3), B256::repeat_byte(4)],
    }
}

fn sent(byte: u8, max_fee: u128) -> SentBytes {
    SentBytes {
        tx: B256::repeat_byte(byte),
        raw: vec![2, byte],
        max_fee,
        priority_fee: Some(1),
        sent_at: 1_782_864_000,
    }
}
