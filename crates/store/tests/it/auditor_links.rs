//! Links for auditors: alive until they expire or are revoked, and their sessions with them.

use alloy_primitives::B256;
use guerdon_store::{Actor, Means, NewAuditorLink, Owner, Session, Store};

use crate::access_tokens::session;
use crate::harness::on_both;
use crate::members::NOW;

pub(crate) fn auditor_link(place: u8, label: &str, made_by: Owner) -> NewAuditorLink {
    NewAuditorLink {
        hash: B256::repeat_byte(place),
        label: label.to_owned(),
        made_at: NOW,
        made_by: Actor::Owner(made_by),
        expires_at: NOW + 1_000,
    }
}

fn opened(place: u8, id: u64) -> Session {
    Session {
        means: Means::AuditorLink(id),
        ..session(place, None, None)
    }
}

#[tokio::test]
async fn a_link_opens_until_it_expires_and_says_its_first_use_once() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let wallet = Owner::Wallet([0xa1; 20].into());
        let new = auditor_link(5, "KPMG", wallet);
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.add_auditor_link(&new).await.unwrap(), 1);
        let unknown = tx.take_auditor_link(B256::ZERO, NOW).await.unwrap();
        assert_eq!(unknown, None);
        let first = tx.take_auditor_link(new.hash, NOW + 10).await.unwrap();
        assert_eq!(first.unwrap().first_used_at, None);
        let again = tx.take_auditor_link(new.hash, NOW + 20).await.unwrap();
        assert_eq!(again.unwrap().first_used_at, Some(NOW + 10));
        let late = tx.take_auditor_link(new.hash, NOW + 1_000).await.unwrap();
        assert_eq!(late, None);
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        let known = read.auditor_link(new.hash, NOW).await.unwrap().unwrap();
        assert_eq!((known.id, known.link), (1, new.clone()));
        assert_eq!(known.used_at, Some(NOW + 20));
        for (at, alive) in [(NOW + 999, true), (NOW + 1_000, false)] {
            assert_eq!(read.auditor_link_is_alive(1, at).await.unwrap(), alive);
            let found = read.auditor_link(new.hash, at).await.unwrap();
            assert_eq!(found.is_some(), alive);
        }
        assert!(!read.auditor_link_is_alive(2, NOW).await.unwrap());
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn revoking_a_link_ends_its_sessions_and_no_others() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let wallet = Owner::Wallet([0xa1; 20].into());
        let mut tx = store.write().await.unwrap();
        for place in [5, 6] {
            let id = tx.add_auditor_link(&auditor_link(place, "", wallet)).await;
            tx.add_session(&opened(place, id.unwrap())).await.unwrap();
        }
        tx.add_session(&opened(7, 1)).await.unwrap();
        assert!(tx.revoke_auditor_link(1, NOW + 1).await.unwrap());
        assert!(!tx.revoke_auditor_link(1, NOW + 2).await.unwrap(), "once");
        assert!(!tx.revoke_auditor_link(9, NOW + 2).await.unwrap());
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        for (place, means) in [(5, None), (6, Some(Means::AuditorLink(2))), (7, None)] {
            let found = read.session(B256::repeat_byte(place), NOW).await.unwrap();
            assert_eq!(found.map(|session| session.means), means, "{place}");
        }
        let links = read.auditor_links().await.unwrap();
        let revoked: Vec<_> = links.iter().map(|it| (it.id, it.revoked_at)).collect();
        assert_eq!(revoked, [(2, None), (1, Some(NOW + 1))]);
        drop(read);
        store.close().await;
    })
    .await;
}
