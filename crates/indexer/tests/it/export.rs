//! Everything derived, as text: two stores are equal when their texts are.

use std::collections::BTreeMap;
use std::fmt::Write;

use alloy_primitives::B256;
use guerdon_chain::decode;
use guerdon_core::ledger::Ledger;
use guerdon_store::{Identity, Page, Read, Store};
use tempfile::TempDir;

use crate::access::MANAGER;
use crate::events::{GOALS, GRANTS, SUCCESSION};
use crate::script::Block;

/// A store on a file that lives as long as this.
pub(crate) struct Scratch {
    pub(crate) store: Store,
    pub(crate) dir: TempDir,
}

impl Scratch {
    pub(crate) async fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let store = Store::open_file(&dir.path().join("guerdon.db"))
            .await
            .unwrap();
        Self { store, dir }
    }

    /// As if the process had died and another one had begun.
    pub(crate) async fn reopen(&mut self) {
        self.store.close().await;
        self.store = Store::open_file(&self.dir.path().join("guerdon.db"))
            .await
            .unwrap();
    }
}

pub(crate) fn identity() -> Identity {
    Identity {
        chain_id: 31337,
        genesis_hash: [1; 32].into(),
        start_block: 1,
        grants: GRANTS,
        goals: GOALS,
        succession: Some(SUCCESSION),
        manager: Some(MANAGER),
    }
}

pub(crate) async fn export(store: &Store) -> String {
    let mut read = store.read().await.unwrap();
    let mut text = String::new();
    writeln!(text, "{:#?}", read.checkpoint().await.unwrap()).unwrap();
    for row in read.recent_logs(None, u32::MAX).await.unwrap() {
        writeln!(text, "{row:#?}").unwrap();
    }
    writeln!(text, "{:#?}", ledger(&mut read).await).unwrap();
    let all = Page {
        after: None,
        limit: u32::MAX,
    };
    for successor in read.successors(&all).await.unwrap() {
        writeln!(text, "{successor:?}").unwrap();
    }
    for gate in read.gates_of_goal(B256::repeat_byte(0x42)).await.unwrap() {
        writeln!(text, "{gate:?}").unwrap();
    }
    text
}

/// The records of a store.
pub(crate) async fn ledger(read: &mut Read) -> Ledger {
    let rounds = read.rounds().await.unwrap();
    let grants = read
        .grants(&Page {
            after: None,
            limit: u32::MAX,
        })
        .await
        .unwrap();
    let goals = read.goals().await.unwrap();
    Ledger {
        pool: read.pool().await.unwrap(),
        rounds: rounds
            .into_iter()
            .map(|round| (round.root, round))
            .collect(),
        grants: grants
            .into_iter()
            .map(|grant| (grant.id, grant))
            .collect::<BTreeMap<_, _>>(),
        goals: goals.into_iter().map(|goal| (goal.id, goal)).collect(),
        access: read.access_records().await.unwrap(),
    }
}

/// What core makes of the same blocks, without a store.
pub(crate) fn folded(blocks: &[Block]) -> Ledger {
    let mut ledger = Ledger::default();
    for log in blocks.iter().flat_map(|block| &block.logs) {
        if let Some(fact) = decode(log).unwrap() {
            ledger.apply(&log.origin, &fact).unwrap();
        }
    }
    ledger
}
