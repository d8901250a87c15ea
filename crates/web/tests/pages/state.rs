//! The state of a router: a deployment on a chain, without a node.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use alloy_primitives::{B256, keccak256};
use guerdon_core::fact::{Fact, Log, Origin};
use guerdon_store::Store;
use guerdon_web::{
    AppState, Company, ContractView, DeploymentView, Heartbeat, Inner, Options, Token,
};

use crate::sample::{CHAIN_ID, WALL, address};

/// Where the pages are reached.
pub(crate) const ORIGIN: &str = "https://grants.acme.example";

/// Another secret each time, the same in every run.
fn random() -> [u8; 32] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    B256::left_padding_from(&number.to_be_bytes()).0
}

/// The state of a router over a store; `facts` stand in for the logs' contents.
pub(crate) fn state(store: Store, facts: &[(Origin, Fact)], answered: Option<u64>) -> AppState {
    AppState::new(inner(store, facts, answered))
}

/// The parts of [`state`].
pub(crate) fn inner(store: Store, facts: &[(Origin, Fact)], answered: Option<u64>) -> Inner {
    let facts: BTreeMap<_, _> = facts
        .iter()
        .map(|(origin, fact)| (origin.log_index, fact.clone()))
        .collect();
    let heartbeat = Heartbeat::default();
    if let Some(wall) = answered {
        heartbeat.beat(wall);
    }
    let contract = |name: &str, number: u8| ContractView {
        name: name.to_owned(),
        address: address(number),
        transaction: Some(B256::repeat_byte(number)),
        code_hash: keccak256(name),
    };
    Inner {
        store,
        company: Company {
            name: "Acme AI".to_owned(),
        },
        deployment: DeploymentView {
            chain_id: CHAIN_ID,
            genesis_hash: keccak256("genesis"),
            start_block: 1,
            grants: address(0x6a),
            goals: address(0x60),
            token: Token {
                symbol: "ACC".to_owned(),
                name: "Acme Access".to_owned(),
                decimals: 18,
            },
            wallet_network: None,
            bond_token: Arc::new(OnceLock::from((
                address(0xb0),
                Token {
                    symbol: "BOND".to_owned(),
                    name: "Bond coin".to_owned(),
                    decimals: 18,
                },
            ))),
            contracts: vec![
                contract("Grants", 0x6a),
                contract("Succession", 0x6b),
                contract("Goals", 0x60),
                contract("AccessToken", 0xac),
                contract("AccessManager", 0xaa),
                contract("BondToken", 0xb0),
            ],
        },
        chain: None,
        options: Options::at(ORIGIN),
        heartbeat,
        importer: None,
        decode: Box::new(move |log: &Log| facts.get(&log.origin.log_index).cloned()),
        wall: Box::new(|| WALL),
        random: Box::new(random),
    }
}
