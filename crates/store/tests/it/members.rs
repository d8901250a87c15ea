use alloy_primitives::{Address, B256};
use guerdon_store::{
    ListRole, MailLink, Member, NewMember, Owner, Page, PersonId, StatedValue, Store, StoreError,
    Tx,
};

use crate::access_tokens::session;
use crate::harness::on_both;
use crate::imports::{ROOT, import};

pub(crate) const NOW: u64 = 1_782_864_000;

pub(crate) fn ada() -> NewMember {
    NewMember {
        number: "E100".to_owned(),
        name: "Ada Lovelace".to_owned(),
        email: "Ada@Acme.example".to_owned(),
        country: "GB".to_owned(),
        zone: "Europe/London".to_owned(),
        roles: vec![
            ListRole::Auditor,
            ListRole::Administrator,
            ListRole::Auditor,
        ],
        wallets: vec![[0xa1; 20].into(), [0xa2; 20].into()],
    }
}

pub(crate) fn person(number: &str, name: &str, wallet: u8) -> NewMember {
    NewMember {
        number: number.to_owned(),
        name: name.to_owned(),
        wallets: vec![Address::repeat_byte(wallet)],
        ..NewMember::default()
    }
}

async fn names(tx: &mut Tx, after: Option<&Member>, limit: u32) -> Vec<String> {
    let members = tx.members(after, limit).await.unwrap();
    members.into_iter().map(|member| member.name).collect()
}

#[tokio::test]
async fn a_person_is_found_by_number_wallet_and_address() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let id = tx.add_member(&ada(), NOW).await.unwrap();
        assert_eq!(id.to_string(), "P1");
        let member = tx.member(id).await.unwrap().unwrap();
        assert_eq!(member.roles, [ListRole::Administrator, ListRole::Auditor]);
        let mut want = ada();
        want.roles = member.roles.clone();
        assert_eq!(member.to_new(), want);
        assert_eq!((member.added_at, member.erased_at), (NOW, None));
        for found in [
            tx.member_of_number("E100").await.unwrap(),
            tx.member_of_wallet([0xa2; 20].into()).await.unwrap(),
            tx.member_of_email(" aDA@acme.EXAMPLE ").await.unwrap(),
        ] {
            assert_eq!(found.as_ref(), Some(&member));
        }
        assert_eq!(tx.member_of_number("e100").await.unwrap(), None);
        assert_eq!(tx.member_of_email("").await.unwrap(), None);
        assert_eq!(tx.member_of_wallet(Address::ZERO).await.unwrap(), None);

        let twin = NewMember {
            email: "ada@acme.example".to_owned(),
            ..person("E101", "Ada Two", 0xa3)
        };
        tx.add_member(&twin, NOW).await.unwrap();
        let shared = tx.member_of_email("ada@acme.example").await.unwrap();
        assert_eq!(shared, None, "an address of two people signs nobody in");
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_wallet_and_a_number_belong_to_one_person() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.add_member(&ada(), NOW).await.unwrap();
        tx.commit().await.unwrap();

        let refused = [
            (person("E101", "Bob", 0xa2), "belongs to E100 already"),
            (
                person("E100", "Bob", 0xb1),
                "the number E100 belongs to another",
            ),
        ];
        for (new, sentence) in refused {
            let mut tx = store.write().await.unwrap();
            let error = tx.add_member(&new, NOW).await.unwrap_err().to_string();
            assert!(error.contains(sentence), "{error}");
        }
        let mut tx = store.write().await.unwrap();
        let bob = tx
            .add_member(&person("E101", "Bob", 0xb1), NOW)
            .await
            .unwrap();
        let error = tx.put_member(bob, &person("E101", "Bob", 0xa1)).await;
        let wallet = Address::repeat_byte(0xa1);
        assert!(
            matches!(error, Err(StoreError::WalletTaken { wallet: taken, .. }) if taken == wallet)
        );
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_person_keeps_what_was_proven() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let id = tx.add_member(&ada(), NOW).await.unwrap();
        let (first, second) = (Address::repeat_byte(0xa1), Address::repeat_byte(0xa2));
        tx.prove_wallet(second, NOW + 5).await.unwrap();
        tx.prove_wallet(second, NOW + 9).await.unwrap();
        let wallets = tx.member(id).await.unwrap().unwrap().wallets;
        let seen: Vec<_> = wallets
            .iter()
            .map(|it| (it.address, it.proven_at))
            .collect();
        assert_eq!(seen, [(second, Some(NOW + 5)), (first, None)]);

        let third = Address::repeat_byte(0xa3);
        let changed = NewMember {
            email: String::new(),
            roles: vec![ListRole::Company],
            wallets: vec![third, second],
            ..ada()
        };
        assert!(tx.put_member(id, &changed).await.unwrap());
        let member = tx.member(id).await.unwrap().unwrap();
        assert_eq!(member.roles, [ListRole::Company]);
        let seen: Vec<_> = member
            .wallets
            .iter()
            .map(|it| (it.address, it.proven_at))
            .collect();
        assert_eq!(seen, [(second, Some(NOW + 5)), (third, None)]);
        assert_eq!(tx.member_of_wallet(first).await.unwrap(), None);
        assert_eq!(tx.member_of_email("ada@acme.example").await.unwrap(), None);
        let unknown: PersonId = "P9".parse().unwrap();
        let nobody = person("E999", "Nobody", 0xee);
        assert!(!tx.put_member(unknown, &nobody).await.unwrap());
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn who_loses_a_wallet_or_an_address_loses_what_was_signed_in_by_it() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let stranger = Address::repeat_byte(0xa1);
        tx.add_session(&session(1, None, Some(stranger)))
            .await
            .unwrap();
        let id = tx.add_member(&ada(), NOW).await.unwrap();
        let listed = tx.list_sessions(Owner::Person(id), NOW).await.unwrap();
        assert_eq!(listed.len(), 1, "her session from before is hers now");
        tx.add_session(&session(2, Some(id), None)).await.unwrap();
        tx.add_session(&session(3, Some(id), Some([0xa2; 20].into())))
            .await
            .unwrap();
        let link = MailLink {
            hash: [5; 32].into(),
            person: id,
            created_at: NOW,
            expires_at: NOW + 900,
        };
        tx.put_mail_link(&link).await.unwrap();

        let mut changed = ada();
        changed.name = "Ada King".to_owned();
        changed.email = "ADA@acme.example".to_owned();
        tx.put_member(id, &changed).await.unwrap();
        let listed = tx.list_sessions(Owner::Person(id), NOW).await.unwrap();
        assert_eq!(listed.len(), 3, "the same address in capitals");
        changed.email = "ada@king.example".to_owned();
        changed.wallets = vec![[0xa2; 20].into()];
        tx.put_member(id, &changed).await.unwrap();
        let listed = tx.list_sessions(Owner::Person(id), NOW).await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].hash, B256::repeat_byte(3));
        let taken = tx.take_mail_link(link.hash, NOW).await.unwrap();
        assert_eq!(taken, None, "a link to the old address is dead");
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn the_list_comes_in_pages_by_name() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        for (place, name) in ["Cleo", "Ada", "Ada", "", "Émile"].into_iter().enumerate() {
            let wallet = u8::try_from(place).unwrap() + 1;
            let new = person(&format!("E{place}"), name, wallet);
            tx.add_member(&new, NOW).await.unwrap();
        }
        assert_eq!(tx.count_members().await.unwrap(), 5);
        assert_eq!(names(&mut tx, None, 2).await, ["", "Ada"]);
        let page = tx.members(None, 2).await.unwrap();
        let next = tx.members(page.last(), 2).await.unwrap();
        assert_eq!(next[0].name, "Ada");
        assert_ne!(next[0].person, page[1].person, "nobody comes twice");
        assert_eq!(names(&mut tx, next.last(), 9).await, ["Émile"]);
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_round_brings_people_and_overwrites_nobody() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        import(&mut tx).await;
        let new = tx.add_members_of_round(ROOT, NOW).await.unwrap();
        assert_eq!(new.len(), 1, "two grants of one person");
        let member = tx.member(new[0]).await.unwrap().unwrap();
        assert_eq!(
            (member.number.as_str(), member.country.as_str()),
            ("E201", "SE")
        );
        assert_eq!(member.wallets.len(), 1);

        let mut edited = member.to_new();
        edited.name = "Björn Eriksson".to_owned();
        edited.wallets = vec![[0xcc; 20].into()];
        tx.put_member(new[0], &edited).await.unwrap();
        assert_eq!(tx.add_members_of_round(ROOT, NOW).await.unwrap(), []);
        let member = tx.member(new[0]).await.unwrap().unwrap();
        assert_eq!(member.name, "Björn Eriksson", "the list wins");
        assert_eq!(member.wallets.len(), 2, "the round's wallet is added");
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_round_that_gives_a_wallet_to_somebody_else_is_refused() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.add_member(&person("E100", "Ada", 9), NOW).await.unwrap();
        import(&mut tx).await;
        let error = tx.add_members_of_round(ROOT, NOW).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the wallet 0x0909090909090909090909090909090909090909 belongs to E100 already; \
             a wallet belongs to one person"
        );
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn settings_belong_to_their_owner() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let id = tx.add_member(&ada(), NOW).await.unwrap();
        let wallet = Owner::Wallet([0xbb; 20].into());
        for (owner, zone) in [(Owner::Person(id), "Europe/Paris"), (wallet, "Asia/Tokyo")] {
            tx.put_setting(owner, "zone", "UTC").await.unwrap();
            tx.put_setting(owner, "zone", zone).await.unwrap();
            assert_eq!(
                tx.setting(owner, "zone").await.unwrap().as_deref(),
                Some(zone)
            );
        }
        tx.put_setting(wallet, "zone", "").await.unwrap();
        assert_eq!(tx.setting(wallet, "zone").await.unwrap(), None);
        let kept = tx.settings(Owner::Person(id)).await.unwrap();
        assert_eq!(kept, [("zone".to_owned(), "Europe/Paris".to_owned())]);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_person_has_the_grants_of_her_number_and_of_her_wallets() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let grants = import(&mut tx).await;
        let id = tx.add_members_of_round(ROOT, NOW).await.unwrap()[0];
        let page = |after: Option<B256>, limit| Page { after, limit };
        let ids = |held: Vec<guerdon_store::Held>| -> Vec<B256> {
            held.iter().map(guerdon_store::Held::id).collect()
        };
        let both = [grants[0].id, grants[1].id];
        let all = tx.grants_of_person(id, &page(None, 50)).await.unwrap();
        assert_eq!(ids(all), both);
        let rest = tx
            .grants_of_person(id, &page(Some(both[0]), 50))
            .await
            .unwrap();
        assert_eq!(ids(rest), both[1..]);
        // The terms of the first pay to 0x01…, of the second to 0x02….
        let wallets = [Address::repeat_byte(2), Address::repeat_byte(1)];
        let held = tx
            .grants_of_wallets(&wallets, &page(None, 1))
            .await
            .unwrap();
        assert_eq!(ids(held), both[..1]);
        let held = tx
            .grants_of_wallets(&wallets, &page(Some(both[0]), 50))
            .await
            .unwrap();
        assert_eq!(ids(held), both[1..]);
        assert_eq!(
            tx.grants_of_wallets(&[], &page(None, 50)).await.unwrap(),
            []
        );
        for grant in both {
            let member = tx.member_of_grant(grant).await.unwrap().unwrap();
            assert_eq!(member.person, id);
            let names = tx.grant_names(grant).await.unwrap().unwrap();
            assert_eq!(names.origin, grant);
            assert_eq!(names.person, Some("Björn O'Neil 陈伟".to_owned()));
            assert!(names.external_id.starts_with("G-100"));
            let value = StatedValue {
                id: grant,
                unit_usd: "0.57".to_owned(),
                stated_on: String::new(),
            };
            tx.put_stated_value(&value).await.unwrap();
            let names = tx.grant_names(grant).await.unwrap().unwrap();
            assert_eq!(names.stated, Some(value));
            let mut papers = tx.grant_papers(&[B256::ZERO, grant]).await.unwrap();
            let papers = papers.pop().filter(|_| papers.is_empty()).unwrap();
            let imported = tx.terms(grant).await.unwrap().unwrap();
            assert_eq!(papers.names, names);
            assert_eq!((papers.terms, papers.zone), (imported.terms, imported.zone));
        }
        assert_eq!(tx.grant_names(B256::ZERO).await.unwrap(), None);
        assert_eq!(tx.member_of_grant(B256::ZERO).await.unwrap(), None);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}
