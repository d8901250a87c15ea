use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Log, Origin, Subject};
use guerdon_core::goal::{Attempt, AttemptStatus, Goal, GoalFlags, GoalState, Kind};
use guerdon_core::ledger::{AttemptRecord, GoalRecord, GrantRecord, PoolRecord, RoundRecord};
use guerdon_core::state::{Clock, Flags, Phase, State};
use guerdon_core::succession::Recovery;
use guerdon_store::{Counts, LogRow, Page, Store, StoreError};

use crate::harness::on_both;

const ROOT: B256 = B256::repeat_byte(0xaa);
const GOAL: B256 = B256::repeat_byte(0x60);

pub(crate) fn origin(block: u64, log_index: u64) -> Origin {
    Origin {
        block,
        block_hash: B256::repeat_byte(0xb0),
        block_time: 1_782_864_000 + block,
        tx: B256::repeat_byte(0x77),
        log_index,
    }
}

fn grant(id: u8, index: u32, phase: Phase) -> GrantRecord {
    let settled = matches!(phase, Phase::Settled { .. });
    GrantRecord {
        id: B256::repeat_byte(id),
        root: ROOT,
        index,
        recipient: Address::repeat_byte(id),
        amount: (1 << 104) - 1,
        state: State {
            released: 1 << 100,
            flags: if settled {
                Flags::OPENED.with(Flags::SETTLED)
            } else {
                Flags::OPENED
            },
            withhold_bps: 10_000,
            since: u16::MAX,
            phase,
        },
        descent: None,
        moved_to: settled.then_some(Address::repeat_byte(0xee)),
        recovery: Recovery::default(),
        inherited: 0,
        paid_net: (1 << 100) - 5,
        withheld: 5,
        freed: -7,
        payments: u32::MAX,
        opened: origin(4, 1),
        changed: origin(9, 3),
    }
}

fn clock() -> Phase {
    Phase::Active(Clock {
        stop_at: (1 << 40) - 1,
        credit: u32::MAX,
        lost: 1,
    })
}

fn round(root: B256, block: u64) -> RoundRecord {
    RoundRecord {
        root,
        total: u128::MAX,
        document: B256::repeat_byte(5),
        committed_at: origin(block, 0).block_time,
        binding_at: 1_785_000_000,
        since: 3,
        rescinded: true,
        committed: origin(block, 0),
    }
}

fn goal() -> GoalRecord {
    let goal = Goal {
        kind: Kind::Paired,
        threshold: -500_000_000,
        stretch: i64::MAX,
        base_ppb: 1,
        default_ppb: 2,
        bound: u16::MAX,
        attempts: 31,
        max_voids: 1,
        samples: u32::MAX,
        pool: u32::MAX,
        guards: u32::MAX,
        opens: 5,
        closes: (1 << 40) - 1,
        run_seconds: 6,
        challenge_seconds: 7,
        arbiter_seconds: 8,
        seed_blocks: 9,
        sponsor: Address::repeat_byte(1),
        panel: B256::repeat_byte(2),
        arbiter: Address::repeat_byte(3),
        bond_token: Address::repeat_byte(4),
        bond: u128::MAX,
        data: B256::repeat_byte(5),
        spec: B256::repeat_byte(6),
    };
    let state = GoalState {
        fraction: 1_000_000_000,
        count: 2,
        pending: 1,
        voided: 32,
        flags: GoalFlags(15),
        closes: 10,
        demanded_at: 11,
        last_registered_at: 12,
        defaulted: 13,
    };
    let panel = vec![Address::repeat_byte(9), Address::repeat_byte(0x0a)];
    let attempts = vec![
        challenged_attempt(),
        AttemptRecord {
            number: 1,
            ..Default::default()
        },
    ];
    let (defined, changed) = (origin(2, 0), origin(3, 1));
    GoalRecord {
        id: GOAL,
        goal,
        m: 2,
        panel,
        state,
        attempts,
        defined,
        changed,
    }
}

fn challenged_attempt() -> AttemptRecord {
    AttemptRecord {
        number: 0,
        word: Attempt {
            registered_at: 20,
            registered_block: 21,
            deadline: 22,
            fraction: 23,
            status: AttemptStatus::Challenged,
            signed: true,
            cleared_demand: true,
            seed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        },
        model: B256::repeat_byte(7),
        challenger: Some(Address::repeat_byte(8)),
        reason: B256::repeat_byte(9),
        bond: 24,
        has_result: true,
        x: u128::MAX,
        y: 25,
        samples: 26,
        guards: 27,
        evidence: B256::repeat_byte(10),
        signers: u16::MAX,
        lower: Some(-28),
        history: vec![
            (AttemptStatus::Registered, origin(2, 1)),
            (AttemptStatus::Challenged, origin(3, 1)),
        ],
    }
}

fn log(block: u64, log_index: u64, subject: Subject) -> LogRow {
    let moves_pool = !matches!(subject, Subject::Goal(_) | Subject::Token);
    LogRow {
        log: Log {
            origin: origin(block, log_index),
            address: Address::repeat_byte(2),
            topics: vec![B256::repeat_byte(0x88); usize::try_from(log_index % 5).unwrap()],
            data: vec![0xff; usize::try_from(block).unwrap()],
        },
        name: "Claimed".to_owned(),
        subject,
        moves_pool,
    }
}

#[tokio::test]
async fn records_read_back_as_they_were_written_even_at_their_limits() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let pool = PoolRecord {
            funded: u128::MAX,
            promised: 1,
            released: 2,
            withheld: 3,
        };
        let grants = [
            grant(1, 0, clock()),
            grant(2, 1, Phase::Settled { value: 1 << 99 }),
        ];
        let rounds = [round(B256::repeat_byte(0xbb), 5), round(ROOT, 4)];
        for _ in 0..2 {
            let mut tx = store.write().await.unwrap();
            tx.put_pool(&pool).await.unwrap();
            for record in &rounds {
                tx.put_round(record).await.unwrap();
            }
            for record in &grants {
                tx.put_grant(record).await.unwrap();
            }
            tx.put_goal(&goal()).await.unwrap();
            tx.commit().await.unwrap();
        }

        let mut read = store.read().await.unwrap();
        assert_eq!(read.pool().await.unwrap(), pool);
        assert_eq!(read.rounds().await.unwrap(), rounds);
        assert_eq!(read.expect_round(ROOT).await.unwrap(), rounds[1]);
        assert_eq!(read.expect_grant(grants[1].id).await.unwrap(), grants[1]);
        assert_eq!(read.expect_goal(GOAL).await.unwrap(), goal());
        assert_eq!(read.goals().await.unwrap(), [goal()]);
        let want = Counts {
            rounds: 2,
            grants: 2,
            goals: 1,
            ..Counts::default()
        };
        assert_eq!(read.counts().await.unwrap(), want);
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn an_empty_database_has_zeros_and_names_what_is_missing() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut read = store.read().await.unwrap();
        assert_eq!(read.pool().await.unwrap(), PoolRecord::default());
        assert_eq!(read.counts().await.unwrap(), Counts::default());
        let id = GOAL;
        let grant = read.expect_grant(id).await.unwrap_err();
        assert!(
            matches!(grant, StoreError::GrantMissing { id: seen } if seen == id),
            "{grant}"
        );
        let round = read.expect_round(id).await.unwrap_err();
        assert!(
            matches!(round, StoreError::RoundMissing { root } if root == id),
            "{round}"
        );
        let goal = read.expect_goal(id).await.unwrap_err();
        assert!(
            matches!(goal, StoreError::GoalMissing { id: seen } if seen == id),
            "{goal}"
        );
        drop(read);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn grants_are_paged_by_key() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let grants: Vec<_> = (0..5)
            .map(|n| grant(n + 0x9e, 10 - u32::from(n), clock()))
            .collect();
        for record in &grants {
            tx.put_grant(record).await.unwrap();
        }
        let mut seen = Vec::new();
        let mut page = Page {
            after: None,
            limit: 2,
        };
        loop {
            let part = tx.grants(&page).await.unwrap();
            let Some(last) = part.last() else { break };
            page.after = Some(last.id);
            seen.extend(part);
        }
        assert_eq!(seen, grants);
        let leaves = tx.grants_of_round(ROOT, 8, 2).await.unwrap();
        assert_eq!(leaves, [grants[2], grants[1]]);
        assert_eq!(tx.opened_of_round(ROOT).await.unwrap(), 5);
        let page = Page {
            after: None,
            limit: 9,
        };
        let own = tx
            .grants_of_recipient(grants[3].recipient, &page)
            .await
            .unwrap();
        assert_eq!(own, grants[3..4]);
        tx.delete_grant(grants[0].id).await.unwrap();
        assert_eq!(tx.grant(grants[0].id).await.unwrap(), None);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn logs_are_read_by_subject_by_age_and_deleted_by_height() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        let (one, goal) = (Subject::Grant(B256::repeat_byte(1)), Subject::Goal(GOAL));
        let logs = [
            log(0, 0, Subject::Pool),
            log(4, 1, Subject::Round(ROOT)),
            log(4, 2, one),
            log(10, 0, goal),
            log(10, 7, one),
            log(11, 0, Subject::Token),
        ];
        tx.insert_logs(&logs).await.unwrap();

        assert_eq!(
            tx.logs_of(&one).await.unwrap(),
            [logs[2].clone(), logs[4].clone()]
        );
        assert_eq!(tx.logs_of(&goal).await.unwrap(), logs[3..4]);
        let pool = [0, 1, 2, 4].map(|n: usize| logs[n].clone());
        assert_eq!(tx.logs_of(&Subject::Pool).await.unwrap(), pool);
        assert_eq!(tx.logs_of_pool(Some((4, 1)), 1).await.unwrap(), pool[2..3]);
        let newest: Vec<_> = logs.iter().rev().cloned().collect();
        assert_eq!(tx.recent_logs(None, 100).await.unwrap(), newest);
        assert_eq!(
            tx.recent_logs(Some((10, 7)), 2).await.unwrap(),
            newest[2..4]
        );

        let touched = tx.delete_logs_after(4).await.unwrap();
        assert_eq!(touched, [goal, one, Subject::Pool, Subject::Token]);
        assert_eq!(tx.recent_logs(None, 100).await.unwrap(), newest[3..]);
        assert_eq!(tx.delete_logs_after(4).await.unwrap(), []);
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_log_cannot_be_written_twice() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.insert_logs(&[log(4, 1, Subject::Pool)]).await.unwrap();
        tx.insert_logs(&[log(4, 1, Subject::Token)])
            .await
            .unwrap_err();
        drop(tx);
        store.close().await;
    })
    .await;
}

#[tokio::test]
async fn deleting_a_goal_deletes_its_attempts_and_panel() {
    on_both(|url| async move {
        let store = Store::open(&url).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.put_goal(&goal()).await.unwrap();
        tx.delete_goal(GOAL).await.unwrap();
        assert_eq!(tx.goals().await.unwrap(), []);
        let bare = GoalRecord {
            panel: vec![],
            attempts: vec![],
            ..goal()
        };
        tx.put_goal(&bare).await.unwrap();
        assert_eq!(
            tx.expect_goal(GOAL).await.unwrap(),
            bare,
            "nothing of the old one is left"
        );
        tx.commit().await.unwrap();
        store.close().await;
    })
    .await;
}
