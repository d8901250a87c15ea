//! When a webhook is switched off by the program, and what says so.

use guerdon_store::Actor;

use super::{Desk, HOOK, NOW};

#[tokio::test]
async fn a_webhook_that_is_silent_for_days_is_switched_off_and_one_that_is_gone_at_once() {
    let mut desk = Desk::new().await;
    desk.hook(&desk.local()).await;
    desk.heard.answer(500);
    desk.event(1).await;
    let mut sender = desk.sender("one");
    let mut now = NOW;
    for _ in 1..10 {
        desk.send(&mut sender, now).await;
        now = desk.last().await.next_at.unwrap();
    }
    let standing = async || {
        let mut read = desk.store.read().await.unwrap();
        read.webhook(HOOK).await.unwrap().unwrap().disabled
    };
    assert_eq!(standing().await, None, "the last try is still to be made");
    desk.send(&mut sender, now).await;
    assert_eq!(desk.heard.take().len(), 10);
    assert_eq!(desk.last().await.next_at, None);
    assert!(standing().await.unwrap().1.contains("three days"));
    assert!(now - NOW > 3 * 86_400);

    let mut tx = desk.store.write().await.unwrap();
    tx.switch_webhook(HOOK, None).await.unwrap();
    assert!(tx.resend(HOOK, 1, now).await.unwrap());
    tx.commit().await.unwrap();
    desk.heard.answer(410);
    desk.send(&mut sender, now).await;
    assert!(standing().await.unwrap().1.contains("410"));

    // Each time the log says so, with the reason.
    let mut read = desk.store.read().await.unwrap();
    let log = read.audit(None, 9).await.unwrap();
    drop(read);
    let off = log.iter().map(|it| &it.entry);
    let off: Vec<_> = off
        .filter(|it| it.action == "webhook switched off")
        .collect();
    assert_eq!(off.len(), 2);
    for (entry, why) in off.into_iter().zip(["410", "three days"]) {
        assert_eq!((entry.actor, entry.subject.as_str()), (Actor::Keeper, HOOK));
        assert!(entry.detail.contains(why), "{}", entry.detail);
    }
    desk.store.close().await;
}
