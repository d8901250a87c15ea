//! Sheets on their way to rounds, templates, and people found by what one remembers of them.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256};
use guerdon_core::fact::Origin;
use guerdon_core::ledger::RoundRecord;
use guerdon_core::terms::Powers;
use guerdon_store::{ImportDraft, ImportedGrant, Member, NewMember, Store, Template};

use crate::harness::on_both;

fn draft(id: &str, changed_at: u64) -> ImportDraft {
    ImportDraft {
        id: id.to_owned(),
        name: "acme.csv".to_owned(),
        sheet: vec![0, 0xff, b','],
        matched: Some(vec![Some("wallet".to_owned()), None]),
        left_out: BTreeSet::from([2, 11]),
        created_by: "P1".to_owned(),
        created_at: 1,
        changed_at,
        binding_at: None,
        root: None,
    }
}

#[tokio::test]
async fn a_draft_survives_and_its_sheet_is_read_alone() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let unmatched = ImportDraft {
            matched: None,
            left_out: BTreeSet::new(),
            ..draft("b", 9)
        };
        tx.put_import_draft(&draft("a", 5)).await.unwrap();
        tx.put_import_draft(&unmatched).await.unwrap();
        tx.put_import_column("Shares", "quantity").await.unwrap();
        tx.put_import_column("Shares", "-").await.unwrap();
        tx.commit().await.unwrap();
        store.close().await;

        let store = Store::open(&url).await.unwrap();
        let mut read = store.read().await.unwrap();
        assert_eq!(read.import_draft("a").await.unwrap(), Some(draft("a", 5)));
        assert_eq!(read.import_draft("b").await.unwrap(), Some(unmatched));
        assert_eq!(read.import_draft("c").await.unwrap(), None);
        let heads = read.import_drafts(10).await.unwrap();
        let heads: Vec<_> = heads
            .iter()
            .map(|it| (it.id.as_str(), it.sheet.len()))
            .collect();
        assert_eq!(
            heads,
            [("b", 0), ("a", 0)],
            "the last changed first, without sheets"
        );
        assert_eq!(read.import_columns().await.unwrap()["Shares"], "-");
        drop(read);

        let mut tx = store.write().await.unwrap();
        let imported = ImportDraft {
            root: Some(B256::repeat_byte(7)),
            binding_at: Some(99),
            sheet: Vec::new(),
            ..draft("a", 10)
        };
        tx.put_import_draft(&imported).await.unwrap();
        tx.delete_import_draft("b").await.unwrap();
        assert_eq!(tx.import_draft("a").await.unwrap(), Some(imported));
        assert_eq!(tx.import_drafts(10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_template_is_kept_changed_and_forgotten() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let template = Template {
            name: "standard-4y".to_owned(),
            kind: String::new(),
            cliff_months: "12".to_owned(),
            duration_months: "48".to_owned(),
            interval_months: "1".to_owned(),
            cliff_percent: "25".to_owned(),
            vest_day: String::new(),
            gates: "launch-eu:40".to_owned(),
            powers: Powers {
                end: true,
                ..Powers::default()
            },
            grace_seconds: 1,
            backdate_seconds: 2,
            pause_max: 3,
            withhold_bps: 2_200,
            changed_at: 4,
        };
        tx.put_template(&template).await.unwrap();
        let changed = Template {
            withhold_bps: 0,
            powers: Powers::ALL,
            ..template
        };
        tx.put_template(&changed).await.unwrap();
        assert_eq!(
            tx.template("standard-4y").await.unwrap(),
            Some(changed.clone())
        );
        assert_eq!(tx.templates().await.unwrap(), [changed]);
        assert_eq!(tx.template_uses("standard-4y").await.unwrap(), 0);
        tx.delete_template("standard-4y").await.unwrap();
        assert_eq!(tx.templates().await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_name_number_and_wallet() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        for (number, name, wallet) in [
            ("E4", "zoë Zahn", 0xd4),
            ("E1", "Ada Okafor", 0xa1),
            ("E22", "Émile 100%", 0xb2),
            ("E_3", "Bo", 0xc3),
        ] {
            let new = NewMember {
                number: number.to_owned(),
                name: name.to_owned(),
                wallets: vec![Address::repeat_byte(wallet)],
                ..NewMember::default()
            };
            tx.add_member(&new, 1).await.unwrap();
        }
        for (text, found) in [
            ("", vec!["E1", "E_3", "E22", "E4"]),
            ("okafor", vec!["E1"]),
            ("e2", vec!["E22"]),
            ("Émile", vec!["E22"]),
            ("emile", vec!["E22"]),
            ("ÉMILE", vec!["E22"]),
            ("E\u{301}mile", vec!["E22"]),
            ("0%", vec!["E22"]),
            ("%", vec!["E22"]),
            ("E_", vec!["E_3"]),
            ("0xC3C3", vec!["E_3"]),
            ("nobody", vec![]),
        ] {
            let members = tx.find_members(text, 0, 10).await.unwrap();
            let numbers: Vec<_> = members.iter().map(|it| it.number.as_str()).collect();
            assert_eq!(numbers, found, "{text}: by name, whatever its accents");
        }
        let second = tx.find_members("", 1, 1).await.unwrap();
        assert_eq!(second[0].number, "E_3");
        assert_eq!(tx.count_not_accepted().await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_their_grants_and_by_what_they_have_not_accepted() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let [grant, _] = crate::imports::import(&mut tx).await;
        for number in ["E201", "E202"] {
            let new = NewMember {
                number: number.to_owned(),
                ..NewMember::default()
            };
            tx.add_member(&new, 1).await.unwrap();
        }
        let numbers = |members: Vec<Member>| -> Vec<String> {
            members.into_iter().map(|it| it.number).collect()
        };
        for (text, found) in [("g-1002", 1), ("0x0101", 1), ("0x0999", 0), ("g-1", 1)] {
            let members = tx.find_members(text, 0, 10).await.unwrap();
            assert_eq!(numbers(members), vec!["E201"; found], "{text}");
        }
        let waiting = tx.members_not_accepted(0, 10).await.unwrap();
        assert!(waiting.is_empty(), "nothing is committed yet");
        let mut round = committed(&grant);
        tx.put_round(&round).await.unwrap();
        let waiting = tx.members_not_accepted(0, 10).await.unwrap();
        assert_eq!(numbers(waiting), ["E201"]);
        round.rescinded = true;
        tx.put_round(&round).await.unwrap();
        assert!(tx.members_not_accepted(0, 10).await.unwrap().is_empty());
    })
    .await;
}

fn committed(grant: &ImportedGrant) -> RoundRecord {
    RoundRecord {
        root: grant.root,
        total: 9,
        document: B256::ZERO,
        committed_at: 1,
        binding_at: 1,
        since: 0,
        rescinded: false,
        committed: Origin {
            block: 1,
            block_hash: B256::ZERO,
            block_time: 1,
            tx: B256::ZERO,
            log_index: 0,
        },
    }
}
