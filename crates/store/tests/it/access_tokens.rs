//! Sessions, nonces and links: taken once, dead in time, ended by their owner alone.

use alloy_primitives::{Address, B256};
use guerdon_store::{
    Acceptance, MailLink, Means, Owner, PersonId, RelayState, Session, ShareLink, Store,
};

use crate::harness::on_both;
use crate::members::{NOW, ada, person};

const GRANT: B256 = B256::repeat_byte(0x11);
const WALLET: Address = Address::repeat_byte(0xa1);

pub(crate) fn session(hash: u8, person: Option<PersonId>, wallet: Option<Address>) -> Session {
    Session {
        hash: B256::repeat_byte(hash),
        means: if wallet.is_some() {
            Means::Wallet
        } else {
            Means::MailLink
        },
        person,
        wallet,
        agent: "Firefox on Linux".to_owned(),
        created_at: NOW,
        seen_at: NOW + u64::from(hash),
        idle_at: NOW + 1_000,
        expires_at: NOW + 5_000,
    }
}

pub(crate) fn share(hash: u8, label: &str) -> ShareLink {
    ShareLink {
        hash: B256::repeat_byte(hash),
        grant: GRANT,
        wallet: WALLET,
        label: label.to_owned(),
        created_at: NOW + u64::from(hash),
        expires_at: None,
        revoked_at: None,
    }
}

/// How many of sixteen tasks at once get something that exists once.
async fn taken<F, Fut>(store: &Store, take: F) -> usize
where
    F: Fn(Store) -> Fut,
    Fut: Future<Output = bool> + Send + 'static,
{
    let tasks: Vec<_> = (0..16).map(|_| tokio::spawn(take(store.clone()))).collect();
    let mut times = 0;
    for task in tasks {
        times += usize::from(task.await.unwrap());
    }
    times
}

#[tokio::test(flavor = "multi_thread")]
async fn sixteen_at_once_take_a_nonce_a_link_and_a_relay_once() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let hash = B256::repeat_byte(7);
        let mut tx = store.write().await.unwrap();
        let person = tx.add_member(&ada(), NOW).await.unwrap();
        tx.put_nonce(hash, NOW + 1).await.unwrap();
        let link = MailLink {
            hash,
            person,
            created_at: NOW,
            expires_at: NOW + 1,
        };
        tx.put_mail_link(&link).await.unwrap();
        tx.commit().await.unwrap();

        let nonce = taken(&store, |store| async move {
            let mut tx = store.write().await.unwrap();
            let taken = tx.take_nonce(hash, NOW).await.unwrap();
            tx.commit().await.unwrap();
            taken
        });
        assert_eq!(nonce.await, 1);
        let mail = taken(&store, |store| async move {
            let mut tx = store.write().await.unwrap();
            let taken = tx.take_mail_link(hash, NOW).await.unwrap();
            tx.commit().await.unwrap();
            taken.is_some()
        });
        assert_eq!(mail.await, 1);
        let relay = taken(&store, |store| async move {
            let mut tx = store.write().await.unwrap();
            let id = tx.put_relay_request(GRANT, WALLET, NOW, NOW - 86_400);
            let id = id.await.unwrap();
            tx.commit().await.unwrap();
            id.is_some()
        });
        assert_eq!(relay.await, 1);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_nonce_and_a_link_die_in_time() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let person = tx.add_member(&ada(), NOW).await.unwrap();
        let hash = B256::repeat_byte(7);
        tx.put_nonce(hash, NOW + 600).await.unwrap();
        assert!(!tx.take_nonce(B256::ZERO, NOW).await.unwrap());
        assert!(!tx.take_nonce(hash, NOW + 600).await.unwrap(), "expired");
        assert!(tx.take_nonce(hash, NOW + 599).await.unwrap());
        let link = MailLink {
            hash,
            person,
            created_at: NOW,
            expires_at: NOW + 900,
        };
        tx.put_mail_link(&link).await.unwrap();
        assert!(tx.mail_link_is_good(hash, NOW + 899).await.unwrap());
        assert!(!tx.mail_link_is_good(hash, NOW + 900).await.unwrap());
        assert_eq!(tx.take_mail_link(hash, NOW + 900).await.unwrap(), None);
        assert_eq!(
            tx.take_mail_link(hash, NOW + 899).await.unwrap(),
            Some(person)
        );
        assert!(
            !tx.mail_link_is_good(hash, NOW + 899).await.unwrap(),
            "taken"
        );
        assert_eq!(
            tx.mail_links_since(person, NOW).await.unwrap(),
            1,
            "taken ones count"
        );
        assert_eq!(tx.mail_links_since(person, NOW + 1).await.unwrap(), 0);
        tx.purge_expired(NOW + 900).await.unwrap();
        assert_eq!(tx.mail_links_since(person, NOW).await.unwrap(), 0);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_session_dies_idle_or_old_and_does_not_come_back() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let one = session(1, None, Some(WALLET));
        tx.add_session(&one).await.unwrap();
        assert_eq!(tx.session(one.hash, NOW).await.unwrap(), Some(one.clone()));
        assert_eq!(
            tx.session(one.hash, NOW + 1_000).await.unwrap(),
            None,
            "idle"
        );
        assert!(
            !tx.touch_session(one.hash, NOW + 1_000, NOW + 2_000)
                .await
                .unwrap()
        );
        assert!(
            tx.touch_session(one.hash, NOW + 999, NOW + 9_999)
                .await
                .unwrap()
        );
        let touched = tx.session(one.hash, NOW + 4_999).await.unwrap().unwrap();
        assert_eq!((touched.seen_at, touched.idle_at), (NOW + 999, NOW + 9_999));
        assert_eq!(
            tx.session(one.hash, NOW + 5_000).await.unwrap(),
            None,
            "old"
        );
        tx.purge_expired(NOW + 5_000).await.unwrap();
        assert!(!tx.end_session(one.hash).await.unwrap(), "it is purged");
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_owner_lists_and_ends_her_sessions_and_no_others() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let ada = tx.add_member(&ada(), NOW).await.unwrap();
        let bob = tx
            .add_member(&person("E101", "Bob", 0xb1), NOW)
            .await
            .unwrap();
        for one in [
            session(1, Some(ada), Some(WALLET)),
            session(2, Some(ada), None),
            session(3, Some(bob), None),
            session(4, None, Some([0xcc; 20].into())),
        ] {
            tx.add_session(&one).await.unwrap();
        }
        let hash = B256::repeat_byte;
        let listed = tx.list_sessions(Owner::Person(ada), NOW).await.unwrap();
        let hashes: Vec<_> = listed.iter().map(|one| one.hash).collect();
        assert_eq!(hashes, [hash(2), hash(1)], "the last used first");
        let dead = tx
            .list_sessions(Owner::Person(ada), NOW + 1_000)
            .await
            .unwrap();
        assert_eq!(dead, []);
        let stranger = Owner::Wallet([0xcc; 20].into());
        assert_eq!(tx.list_sessions(stranger, NOW).await.unwrap().len(), 1);

        assert!(
            !tx.revoke_session(hash(3), Owner::Person(ada))
                .await
                .unwrap()
        );
        assert!(!tx.revoke_session(hash(1), stranger).await.unwrap());
        assert!(tx.session(hash(3), NOW).await.unwrap().is_some());
        assert!(tx.revoke_session(hash(4), stranger).await.unwrap());
        let ended = tx
            .revoke_all_sessions(Owner::Person(ada), Some(hash(2)))
            .await
            .unwrap();
        assert_eq!(ended, 1);
        assert!(tx.session(hash(1), NOW).await.unwrap().is_none());
        assert!(tx.session(hash(2), NOW).await.unwrap().is_some());
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn share_and_calendar_links_are_revoked_by_their_maker() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let (one, mut two) = (share(1, "bank"), share(2, ""));
        two.expires_at = Some(NOW + 100);
        tx.put_share_link(&one).await.unwrap();
        tx.put_share_link(&two).await.unwrap();
        assert_eq!(
            tx.share_link(one.hash, NOW).await.unwrap(),
            Some(one.clone())
        );
        assert_eq!(
            tx.share_link(two.hash, NOW + 100).await.unwrap(),
            None,
            "expired"
        );
        let newest_first = [two.clone(), one.clone()];
        assert_eq!(tx.share_links_of_grant(GRANT).await.unwrap(), newest_first);
        assert_eq!(
            tx.share_links_of_wallet(WALLET).await.unwrap(),
            newest_first
        );
        let stranger = Address::repeat_byte(0xcc);
        assert!(!tx.revoke_share_link(one.hash, stranger, NOW).await.unwrap());
        assert!(
            tx.revoke_share_link(one.hash, WALLET, NOW + 1)
                .await
                .unwrap()
        );
        assert!(
            !tx.revoke_share_link(one.hash, WALLET, NOW + 2)
                .await
                .unwrap()
        );
        assert_eq!(tx.share_link(one.hash, NOW).await.unwrap(), None);
        let kept = tx.share_links_of_wallet(WALLET).await.unwrap();
        assert_eq!(kept[1].revoked_at, Some(NOW + 1));

        let owner = Owner::Wallet(WALLET);
        assert_eq!(tx.calendar_link_made_at(owner).await.unwrap(), None);
        tx.put_calendar_link(owner, [1; 32].into(), NOW)
            .await
            .unwrap();
        tx.put_calendar_link(owner, [2; 32].into(), NOW + 1)
            .await
            .unwrap();
        assert_eq!(
            tx.calendar_owner([1; 32].into()).await.unwrap(),
            None,
            "replaced"
        );
        assert_eq!(
            tx.calendar_owner([2; 32].into()).await.unwrap(),
            Some(owner)
        );
        assert_eq!(
            tx.calendar_link_made_at(owner).await.unwrap(),
            Some(NOW + 1)
        );
        assert!(tx.delete_calendar_link(owner).await.unwrap());
        assert_eq!(tx.calendar_owner([2; 32].into()).await.unwrap(), None);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn one_relay_is_open_and_one_a_day_is_paid_for_a_grant() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let ask = async |tx: &mut guerdon_store::Tx, now: u64| {
            tx.put_relay_request(GRANT, WALLET, now, now - 86_400)
                .await
                .unwrap()
        };
        assert_eq!(ask(&mut tx, NOW).await, Some(1));
        assert_eq!(ask(&mut tx, NOW + 90_000).await, None, "one is open");
        let open = tx.open_relay_requests(10).await.unwrap();
        assert_eq!((open.len(), open[0].id, open[0].asked_at), (1, 1, NOW));
        let refused = RelayState::Refused;
        tx.set_relay_outcome(1, refused, "the budget is spent", None, NOW + 1)
            .await
            .unwrap();
        assert_eq!(
            ask(&mut tx, NOW + 2).await,
            Some(2),
            "a refused one counts for nothing"
        );
        tx.set_relay_outcome(2, RelayState::Open, "sent", Some(5), NOW + 3)
            .await
            .unwrap();
        tx.set_relay_outcome(2, RelayState::Done, "paid", None, NOW + 4)
            .await
            .unwrap();
        assert_eq!(ask(&mut tx, NOW + 86_401).await, None, "within a day");
        let last = tx.last_relay_request(GRANT).await.unwrap().unwrap();
        assert_eq!(
            (last.state, last.outcome.as_str(), last.job),
            (RelayState::Done, "paid", Some(5))
        );
        assert_eq!(last.changed_at, NOW + 4);
        assert_eq!(ask(&mut tx, NOW + 86_402).await, Some(3));
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_first_acceptance_of_a_wallet_stays() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let accepted = Acceptance {
            grant: GRANT,
            agreement: [7; 32].into(),
            wallet: WALLET,
            signed_at: NOW,
            signature: vec![1, 2, 3],
            added_at: NOW + 1,
        };
        assert!(tx.put_acceptance(&accepted).await.unwrap());
        let again = Acceptance {
            signature: vec![4],
            ..accepted.clone()
        };
        assert!(!tx.put_acceptance(&again).await.unwrap());
        assert_eq!(tx.acceptances(GRANT).await.unwrap(), [accepted]);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}
