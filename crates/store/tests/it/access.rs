use alloy_primitives::{Address, B256};
use guerdon_core::fact::Origin;
use guerdon_core::ledger::{FunctionRecord, MemberRecord, OperationRecord, OperationState};
use guerdon_store::{Operations, Store};

use crate::harness::on_both;

const WEEK: u64 = 7 * 86_400;

fn member(role: u64, account: u8) -> MemberRecord {
    MemberRecord {
        role,
        account: Address::repeat_byte(account),
        since: 10,
        delay_before: 1,
        delay: u32::MAX,
        delay_from: 20,
        changed: Origin {
            block: 3,
            ..Origin::default()
        },
    }
}

fn operation(id: u8, nonce: u32, at: u64) -> OperationRecord {
    OperationRecord {
        id: B256::repeat_byte(id),
        nonce,
        caller: Address::repeat_byte(0xc0),
        target: Address::repeat_byte(0x70),
        data: vec![1, 2, 3, 4],
        at,
        state: OperationState::Scheduled,
        scheduled: Origin {
            block: u64::from(nonce),
            ..Origin::default()
        },
        changed: Origin::default(),
    }
}

#[tokio::test]
async fn roles_are_read_by_account_by_role_and_all_at_once() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        // The public role is the greatest number there is.
        let all = [
            member(0, 2),
            member(4, 1),
            member(4, 2),
            member(u64::MAX, 1),
        ];
        for one in &all {
            tx.put_role_member(one).await.unwrap();
        }
        let later = MemberRecord { since: 0, ..all[1] };
        tx.put_role_member(&later).await.unwrap();
        let (one, two) = (Address::repeat_byte(1), Address::repeat_byte(2));
        assert_eq!(tx.roles_of(two).await.unwrap(), [all[0], all[2]]);
        assert_eq!(tx.members_of(4).await.unwrap(), [later, all[2]]);
        assert_eq!(tx.role_member(u64::MAX, one).await.unwrap(), Some(all[3]));
        assert_eq!(tx.role_members().await.unwrap().len(), 4);
        tx.delete_role_member(4, one).await.unwrap();
        assert_eq!(tx.role_member(4, one).await.unwrap(), None);

        let function = FunctionRecord {
            target: two,
            selector: [0xde, 0xad, 0xbe, 0xef],
            role: u64::MAX,
            changed: Origin::default(),
        };
        tx.put_function_role(&function).await.unwrap();
        let read = tx.function_role(two, function.selector).await.unwrap();
        assert_eq!(read, Some(function));
        assert_eq!(tx.function_role(two, [0; 4]).await.unwrap(), None);
        tx.delete_function_role(two, function.selector)
            .await
            .unwrap();
        assert_eq!(
            tx.function_role(two, function.selector).await.unwrap(),
            None
        );
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn scheduled_calls_are_open_until_they_expire() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let (first, again) = (operation(1, 1, 50), operation(1, 2, 900));
        let other = operation(2, 1, 60);
        for one in [&first, &again, &other] {
            tx.put_operation(one).await.unwrap();
        }
        let executed = OperationRecord {
            state: OperationState::Executed,
            ..first
        };
        tx.put_operation(&executed).await.unwrap();
        let open = async |tx: &mut guerdon_store::Tx, now| {
            tx.operations(Operations::Open(now)).await.unwrap()
        };
        assert_eq!(open(&mut tx, 0).await, [other.clone(), again.clone()]);
        assert_eq!(open(&mut tx, 60 + WEEK - 1).await.len(), 2);
        assert_eq!(open(&mut tx, 60 + WEEK).await, std::slice::from_ref(&again));
        let newest = tx.operations(Operations::Newest(1)).await.unwrap();
        assert_eq!(newest, std::slice::from_ref(&again));
        let newest = tx.operation(B256::repeat_byte(1)).await.unwrap();
        assert_eq!(newest, Some(again));
        tx.delete_operation(B256::repeat_byte(1), 2).await.unwrap();
        let before = tx.operation(B256::repeat_byte(1)).await.unwrap();
        assert_eq!(before, Some(executed));
        let records = tx.access_records().await.unwrap();
        assert_eq!(records.operations.len(), 2);
        drop(tx);
        store.close().await;
    })
    .await;
}
