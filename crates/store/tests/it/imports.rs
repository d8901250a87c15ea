use alloy_primitives::B256;
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Terms};
use guerdon_store::{
    ImportedGoal, ImportedGrant, ImportedRound, Person, StatedValue, Store, StoreError, Tx,
};

use crate::harness::on_both;

pub(crate) const ROOT: B256 = B256::repeat_byte(0xaa);
const GOAL: B256 = B256::repeat_byte(0x60);
const OTHER_GOAL: B256 = B256::repeat_byte(0x61);

pub(crate) fn round(label: &str) -> ImportedRound {
    ImportedRound {
        root: ROOT,
        total: u128::MAX,
        count: 2,
        label: label.to_owned(),
        file: "acme-2026-h1.csv".to_owned(),
        document: [5; 32].into(),
        tzdb: "2026b".to_owned(),
    }
}

fn gate(goal: B256, share_ppb: u32) -> Gate {
    Gate {
        goal,
        share_ppb,
        rule: Rule::default(),
    }
}

fn grant(index: u8, external_id: &str, gates: Vec<Gate>) -> ImportedGrant {
    let terms = Terms {
        recipient: [index + 1; 20].into(),
        amount: 7_300_000_000_000_000_000_001,
        start: 1_780_000_000,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 2_592_000,
        pause_max: 31_536_000,
        withhold_bps: 0,
        document: [7; 32].into(),
        gates,
        unlock: None,
        vesting: Schedule::whole(),
    };
    ImportedGrant {
        id: B256::repeat_byte(index + 1),
        root: ROOT,
        index: index.into(),
        terms: terms.encode().unwrap(),
        external_id: external_id.to_owned(),
        zone: "Europe/Paris".to_owned(),
        agreement: Some("Zwischen Acme und Émile 陈伟 …".to_owned()),
    }
}

fn person(grant: &ImportedGrant) -> Person {
    Person {
        id: grant.id,
        external_id: grant.external_id.clone(),
        name: "Björn O'Neil 陈伟".to_owned(),
        email: "bjorn@acme.example".to_owned(),
        employee_id: "E201".to_owned(),
        wallet: [9; 20].into(),
        country: "SE".to_owned(),
    }
}

fn stated(grant: &ImportedGrant) -> StatedValue {
    StatedValue {
        id: grant.id,
        unit_usd: "0.42".to_owned(),
        stated_on: "2026-06-30".to_owned(),
    }
}

pub(crate) async fn import(tx: &mut Tx) -> [ImportedGrant; 2] {
    let lapsing = Gate {
        goal: GOAL,
        share_ppb: 1,
        rule: Rule {
            lapse: true,
            trigger: false,
        },
    };
    let trigger = Gate {
        goal: GOAL,
        share_ppb: 0,
        rule: Rule {
            lapse: true,
            trigger: true,
        },
    };
    let grants = [
        grant(0, "G-1001", vec![gate(OTHER_GOAL, 400_000_000), lapsing]),
        grant(1, "G-1002", vec![trigger]),
    ];
    tx.put_imported_round(&round("H1")).await.unwrap();
    for grant in &grants {
        tx.put_terms(grant).await.unwrap();
        tx.put_person(&person(grant)).await.unwrap();
    }
    tx.put_stated_value(&stated(&grants[0])).await.unwrap();
    grants
}

#[tokio::test]
async fn an_imported_round_reads_back_as_it_was_written() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let grants = import(&mut tx).await;
        assert_eq!(
            import(&mut tx).await,
            grants,
            "importing twice changes nothing"
        );
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        assert_eq!(read.imported_rounds().await.unwrap(), [round("H1")]);
        assert_eq!(read.imported_round(ROOT).await.unwrap(), Some(round("H1")));
        assert_eq!(read.expect_terms(grants[0].id).await.unwrap(), grants[0]);
        assert_eq!(read.terms_of_round(ROOT, 0, 10).await.unwrap(), grants);
        assert_eq!(read.terms_of_round(ROOT, 1, 10).await.unwrap(), grants[1..]);
        assert_eq!(read.terms_of_round(ROOT, 0, 1).await.unwrap(), grants[..1]);
        assert_eq!(read.grants_named("G-1002").await.unwrap(), grants[1..]);
        assert_eq!(read.grants_named("g-1002").await.unwrap(), []);
        assert_eq!(
            read.person(grants[1].id).await.unwrap(),
            Some(person(&grants[1]))
        );
        let value = read.stated_value(grants[0].id).await.unwrap();
        assert_eq!(value, Some(stated(&grants[0])));
        assert_eq!(read.stated_value(grants[1].id).await.unwrap(), None);
        assert_eq!(
            read.people_of_round(ROOT).await.unwrap(),
            grants.each_ref().map(person)
        );
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_goal_names_the_grants_that_it_decides() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        import(&mut tx).await;
        let gates = tx.gates_of_goal(GOAL).await.unwrap();
        let seen: Vec<_> = gates.iter().map(|row| (row.grant[0], row.gate)).collect();
        let rule = |trigger| Rule {
            lapse: true,
            trigger,
        };
        let lapsing = Gate {
            goal: GOAL,
            share_ppb: 1,
            rule: rule(false),
        };
        let trigger = Gate {
            goal: GOAL,
            share_ppb: 0,
            rule: rule(true),
        };
        assert_eq!(seen, [(1, lapsing), (2, trigger)]);
        assert_eq!(tx.gates_of_goal(OTHER_GOAL).await.unwrap().len(), 1);
        assert_eq!(tx.gates_of_goal(B256::ZERO).await.unwrap(), []);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn forgetting_a_round_forgets_its_people() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let grants = import(&mut tx).await;
        tx.forget_imported_round(ROOT).await.unwrap();
        tx.commit().await.unwrap();

        let mut read = store.read().await.unwrap();
        assert_eq!(read.imported_rounds().await.unwrap(), []);
        assert_eq!(read.person(grants[0].id).await.unwrap(), None);
        assert_eq!(read.gates_of_goal(GOAL).await.unwrap(), []);
        let error = read.expect_terms(grants[0].id).await.unwrap_err();
        assert!(matches!(error, StoreError::TermsMissing { id } if id == grants[0].id));
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_goal_definition_keeps_its_text() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let goal = |name: &str| ImportedGoal {
            id: GOAL,
            name: name.to_owned(),
            definition: "{\"name\":\"product_500@0.80..0.90\"}\n".to_owned(),
        };
        tx.put_goal_definition(&goal("old")).await.unwrap();
        tx.put_goal_definition(&goal("product_500@0.80..0.90"))
            .await
            .unwrap();
        let want = goal("product_500@0.80..0.90");
        assert_eq!(tx.expect_goal_definition(GOAL).await.unwrap(), want);
        assert_eq!(tx.goal_definitions().await.unwrap(), [want]);
        let error = tx.expect_goal_definition(OTHER_GOAL).await.unwrap_err();
        assert!(matches!(error, StoreError::DefinitionMissing { id } if id == OTHER_GOAL));
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn terms_that_are_not_canonical_are_refused() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.put_imported_round(&round("H1")).await.unwrap();
        let mut damaged = grant(0, "G-1001", vec![]);
        damaged.terms.pop();
        let error = tx.put_terms(&damaged).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Corrupt { what: "terms", .. }),
            "{error}"
        );
        drop(tx);
        store.close().await;
    })
    .await;
}

#[test]
fn a_person_prints_no_personal_data() {
    let text = format!("{:?}", person(&grant(0, "G-1001", vec![])));
    assert!(
        !text.contains("Bj") && !text.contains("acme") && !text.contains("E201"),
        "{text}"
    );
}
