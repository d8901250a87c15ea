//! Grants that replaced others: their rows, their gates, and the leaf they go back to.

use alloy_primitives::{Address, B256};
use guerdon_core::fact::Origin;
use guerdon_core::ledger::{Descent, GrantRecord};
use guerdon_core::state::State;
use guerdon_core::succession::Recovery;
use guerdon_core::terms::{Gate, Powers, Rule, Schedule, Segment, Terms};
use guerdon_store::{Page, Store, StoreError, Successor};

use crate::harness::on_both;

const ROOT: B256 = B256::repeat_byte(0xaa);
const GOAL: B256 = B256::repeat_byte(0x60);

fn record(id: u8, index: u32, descent: Option<Descent>) -> GrantRecord {
    GrantRecord {
        id: B256::repeat_byte(id),
        root: ROOT,
        index,
        descent,
        recipient: Address::repeat_byte(id),
        amount: 600,
        state: State::opened(0, 0),
        moved_to: None,
        recovery: Recovery {
            to: Address::repeat_byte(9),
            announced_at: (1 << 40) - 1,
            cancelled_at: 7,
        },
        inherited: u128::MAX,
        paid_net: 0,
        withheld: 0,
        freed: 0,
        payments: 0,
        opened: Origin::default(),
        changed: Origin::default(),
    }
}

fn terms() -> Terms {
    let vesting = Segment {
        end: 31_536_000,
        cumulative: 1_000_000_000,
        steps: 12,
    };
    let gate = Gate {
        goal: GOAL,
        share_ppb: 400_000_000,
        rule: Rule::default(),
    };
    Terms {
        recipient: Address::repeat_byte(7),
        amount: 600,
        start: 1_782_864_000,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 0,
        document: B256::repeat_byte(1),
        gates: vec![gate],
        unlock: None,
        vesting: Schedule::new(vec![vesting]).unwrap(),
    }
}

#[tokio::test]
async fn what_replaced_a_grant_is_found_from_it_from_its_round_and_from_its_goal() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let old = B256::repeat_byte(5);
        let place = |place| Some(Descent { old, place });
        // In the order of their ids the second comes first.
        let (first, second) = (record(8, 3, place(0)), record(6, 3, place(1)));
        let leaf = record(5, 3, None);
        let published = |id| Successor {
            id,
            terms: terms().encode().unwrap(),
        };
        let (successor, other) = (published(first.id), published(second.id));
        for _ in 0..2 {
            let mut tx = store.write().await.unwrap();
            for grant in [&leaf, &first, &second] {
                tx.put_grant(grant).await.unwrap();
            }
            tx.put_successor(&successor).await.unwrap();
            tx.put_successor(&other).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut read = store.read().await.unwrap();
        assert_eq!(read.grant(first.id).await.unwrap(), Some(first));
        assert_eq!(read.successors_of(old).await.unwrap(), [first, second]);
        assert_eq!(read.successors_of(first.id).await.unwrap(), []);
        assert_eq!(read.grants_of_round(ROOT, 0, 9).await.unwrap(), [leaf]);
        assert_eq!(read.opened_of_round(ROOT).await.unwrap(), 1);
        assert_eq!(read.successors_of_round(ROOT).await.unwrap().len(), 2);
        let all = Page {
            after: None,
            limit: 9,
        };
        assert_eq!(
            read.successors(&all).await.unwrap(),
            [other, successor.clone()]
        );
        let found = read.successor(first.id).await.unwrap();
        assert_eq!(found, Some(successor));
        let gates = read.gates_of_goal(GOAL).await.unwrap();
        assert_eq!(gates.len(), 2);
        assert_eq!(
            (gates[1].grant, gates[1].gate),
            (first.id, terms().gates[0])
        );
        drop(read);

        let mut tx = store.write().await.unwrap();
        tx.delete_successor(first.id).await.unwrap();
        assert_eq!(tx.successor(first.id).await.unwrap(), None);
        assert_eq!(tx.gates_of_goal(GOAL).await.unwrap().len(), 1);
        let torn = Successor {
            id: old,
            terms: vec![1; 40],
        };
        let error = tx.put_successor(&torn).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        drop(tx);
        store.close().await;
    })
    .await;
}
