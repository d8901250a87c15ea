//! Events, the webhooks that they are sent to, and what became of each.

use alloy_primitives::B256;
use guerdon_store::{Actor, Due, GrantSteps, NewEvent, NewWebhook, Outcome, Store, Told};

use crate::harness::on_both;

const NOW: u64 = 1_800_000_000;

fn event(number: u8, kind: &str) -> NewEvent {
    NewEvent {
        id: format!("evt_{number:032x}"),
        kind: kind.to_owned(),
        at: NOW - 60,
        body: "{}".to_owned(),
    }
}

fn hook(id: &str, events: &[&str]) -> NewWebhook {
    NewWebhook {
        id: id.to_owned(),
        url: "https://payroll.acme.example/".to_owned(),
        events: events.iter().map(|&word| word.to_owned()).collect(),
        secret: format!("v1.sealed-{id}"),
        made_at: NOW,
        made_by: Actor::CommandLine,
    }
}

const TOLD: Told = Told {
    seq: 0,
    block: 7,
    hash: B256::repeat_byte(7),
    begun_at: NOW,
};

async fn put(store: &Store, told: &mut Told, events: &[NewEvent]) -> Vec<bool> {
    let mut tx = store.write().await.unwrap();
    let mut new = Vec::new();
    for event in events {
        new.push(tx.add_event(told, event, NOW).await.unwrap());
    }
    tx.put_told(told).await.unwrap();
    tx.commit().await.unwrap();
    new
}

#[tokio::test]
async fn a_fact_is_told_once_and_to_those_who_asked_for_it() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut told = TOLD;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.told().await.unwrap(), None);
        let test = event(9, "webhook.test");
        assert!(!tx.add_test_event("wh_all", &test, NOW).await.unwrap());
        for one in [
            hook("wh_all", &[]),
            hook("wh_some", &["grant.claimed", "grant.ended"]),
            hook("wh_off", &[]),
        ] {
            tx.add_webhook(&one).await.unwrap();
        }
        assert!(
            tx.switch_webhook("wh_off", Some((NOW, "by hand")))
                .await
                .unwrap()
        );
        assert!(
            !tx.switch_webhook("wh_off", Some((NOW, "again")))
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();

        let all = [
            event(1, "grant.claimed"),
            event(2, "grant"),
            event(3, "round.committed"),
        ];
        assert_eq!(put(&store, &mut told, &all).await, [true; 3]);
        let again = [event(1, "grant.claimed"), event(4, "grant.ended")];
        assert_eq!(put(&store, &mut told, &again).await, [false, true]);
        assert_eq!(told.seq, 4);

        let mut tx = store.write().await.unwrap();
        assert!(tx.add_test_event("wh_some", &test, NOW).await.unwrap());
        assert_eq!(tx.told().await.unwrap().unwrap(), Told { seq: 5, ..told });
        tx.commit().await.unwrap();
        let mut read = store.read().await.unwrap();
        let seqs = |due: Vec<Due>| due.iter().map(|one| one.event.seq).collect::<Vec<_>>();
        let mut due = async |id| seqs(read.deliveries_due(id, NOW, 10).await.unwrap());
        assert_eq!(due("wh_all").await, [1, 2, 3, 4]);
        assert_eq!(due("wh_some").await, [1, 4, 5]);
        assert!(due("wh_off").await.is_empty());
        let listed = read.events_after(1, 10).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|one| one.seq).collect();
        assert_eq!(listed, [2, 3, 4], "tries of webhooks are nobody else's");
        assert_eq!(read.events_after(0, 2).await.unwrap().len(), 2);
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_delivery_waits_fails_and_arrives_and_can_be_sent_again() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut told = TOLD;
        let mut tx = store.write().await.unwrap();
        tx.add_webhook(&hook("wh_1", &[])).await.unwrap();
        tx.commit().await.unwrap();
        put(&store, &mut told, &[event(1, "grant.claimed")]).await;

        let mut tx = store.write().await.unwrap();
        let due = tx.deliveries_due("wh_1", NOW, 10).await.unwrap();
        assert_eq!((due.len(), due[0].attempts), (1, 0));
        let failed = Outcome {
            at: NOW + 1,
            status: Some(500),
            failure: Some("it answered a failure".to_owned()),
            next_at: Some(NOW + 6),
        };
        tx.put_outcome(&due[0], &failed).await.unwrap();
        assert!(
            tx.deliveries_due("wh_1", NOW + 5, 10)
                .await
                .unwrap()
                .is_empty()
        );
        let due = tx.deliveries_due("wh_1", NOW + 6, 10).await.unwrap();
        assert_eq!(due[0].attempts, 1);
        let later = Outcome {
            at: NOW + 6,
            ..failed.clone()
        };
        tx.put_outcome(&due[0], &later).await.unwrap();
        let known = tx.webhook("wh_1").await.unwrap().unwrap();
        assert_eq!(
            known.failing_since,
            Some(NOW + 1),
            "the first failure counts"
        );
        let arrived = Outcome {
            at: NOW + 7,
            status: Some(204),
            failure: None,
            next_at: None,
        };
        tx.put_outcome(&due[0], &arrived).await.unwrap();
        let known = tx.webhook("wh_1").await.unwrap().unwrap();
        assert_eq!(known.failing_since, None);
        let log = tx.deliveries("wh_1", 10).await.unwrap();
        assert_eq!((log[0].attempts, log[0].status), (3, Some(204)));
        assert_eq!((log[0].done_at, log[0].next_at), (Some(NOW + 7), None));
        assert_eq!(tx.deliveries_waiting("wh_1").await.unwrap(), 0);

        assert!(tx.resend("wh_1", 1, NOW + 9).await.unwrap());
        assert!(!tx.resend("wh_1", 2, NOW + 9).await.unwrap());
        assert_eq!(tx.deliveries_waiting("wh_1").await.unwrap(), 1);
        let due = tx.deliveries_due("wh_1", NOW + 9, 10).await.unwrap();
        assert_eq!(due[0].attempts, 0, "its tries begin anew");
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_old_is_forgotten_and_no_number_is_given_twice() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut told = TOLD;
        let mut tx = store.write().await.unwrap();
        tx.add_webhook(&hook("wh_1", &[])).await.unwrap();
        tx.commit().await.unwrap();
        put(&store, &mut told, &[event(1, "a"), event(2, "b")]).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.forget_events(NOW).await.unwrap(), 0);
        assert_eq!(tx.forget_events(NOW + 1).await.unwrap(), 2);
        assert!(tx.deliveries("wh_1", 10).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        put(&store, &mut told, &[event(3, "c")]).await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.events_after(0, 10).await.unwrap()[0].seq, 3);

        assert!(tx.rotate_webhook("wh_1", "v1.new", NOW + 10).await.unwrap());
        let both = tx.webhook("wh_1").await.unwrap().unwrap();
        assert_eq!(both.webhook.secret, "v1.new");
        assert_eq!(
            both.old_secret,
            Some(("v1.sealed-wh_1".to_owned(), NOW + 10))
        );
        assert!(
            !format!("{:?}", both.webhook).contains("v1."),
            "no log has it"
        );
        assert_eq!(tx.forget_old_secrets(NOW + 9).await.unwrap(), 0);
        assert_eq!(tx.forget_old_secrets(NOW + 10).await.unwrap(), 1);
        assert_eq!(tx.webhook("wh_1").await.unwrap().unwrap().old_secret, None);

        assert!(tx.remove_webhook("wh_1").await.unwrap());
        assert!(!tx.remove_webhook("wh_1").await.unwrap());
        assert!(tx.webhooks().await.unwrap().is_empty());
        assert!(tx.deliveries("wh_1", 10).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_first_data_key_stays_and_steps_are_kept() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.data_key_mark().await.unwrap(), None);
        tx.put_data_key_mark("aa").await.unwrap();
        tx.put_data_key_mark("bb").await.unwrap();
        assert_eq!(tx.data_key_mark().await.unwrap().as_deref(), Some("aa"));
        let mut steps = GrantSteps {
            id: B256::repeat_byte(1),
            done: 3,
            next_at: Some(NOW),
        };
        tx.put_grant_steps(&steps).await.unwrap();
        (steps.done, steps.next_at) = (4, None);
        tx.put_grant_steps(&steps).await.unwrap();
        assert_eq!(tx.grant_steps(steps.id).await.unwrap(), Some(steps));
        let due = tx.steps_due((NOW, 9), 10).await.unwrap();
        assert!(due.is_empty(), "no such grant is opened");
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}
