//! A node over a story: its blocks, and a re-org that can be made to happen.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use alloy_primitives::{B256, keccak256};
use axum::body::Bytes;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use guerdon_chain::Chain;
use guerdon_store::Store;
use serde_json::{Value, json};

use crate::sample::{CHAIN_ID, Story};

/// As many connections as a store opens.
const CONNECTIONS: usize = 8;

/// What a node knows, and what it was asked.
pub(crate) struct Node {
    /// Time and hash of the blocks in which something happened, and of the head.
    known: BTreeMap<u64, (u64, B256)>,
    /// From this block on the chain is another one.
    forked: AtomicU64,
    /// Of this block it says nothing.
    silent: AtomicU64,
    /// Questions about blocks.
    pub(crate) asked: AtomicU64,
    /// Whose connections must all be free while the node is asked.
    store: Store,
    /// Whether one of them was not.
    pub(crate) was_held: AtomicBool,
}

impl Node {
    /// The node of a story that is in a store.
    pub(crate) async fn of(story: &Story, store: &Store) -> (Arc<Self>, Chain) {
        let events = story.facts.iter().map(|(origin, _)| {
            let block = (origin.block_time, origin.block_hash);
            (origin.block, block)
        });
        let head = store.read().await.unwrap().checkpoint().await.unwrap();
        let head = head.map(|head| (head.block, (head.time, head.hash)));
        let node = Arc::new(Self {
            known: events.chain(head).collect(),
            forked: AtomicU64::new(u64::MAX),
            silent: AtomicU64::new(u64::MAX),
            asked: AtomicU64::new(0),
            store: store.clone(),
            was_held: AtomicBool::new(false),
        });
        let asked = Arc::clone(&node);
        let answer = move |body: Bytes| {
            let node = Arc::clone(&asked);
            async move { node.answer(&body).await.into_response() }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let pages = Router::new().route("/", post(answer));
        tokio::spawn(async move { axum::serve(listener, pages).await });
        (node, Chain::connect(&url).await.unwrap())
    }

    /// Replaces every block from this one on.
    pub(crate) fn fork_at(&self, block: u64) {
        self.forked.store(block, Ordering::SeqCst);
    }

    /// Fails every question about this block.
    pub(crate) fn fail_at(&self, block: u64) {
        self.silent.store(block, Ordering::SeqCst);
    }

    async fn answer(&self, body: &[u8]) -> Json<Value> {
        let call: Value = serde_json::from_slice(body).unwrap();
        let id = &call["id"];
        let result = match call["method"].as_str().unwrap() {
            "eth_chainId" => json!(format!("{CHAIN_ID:#x}")),
            "eth_getBlockByNumber" => {
                self.asked.fetch_add(1, Ordering::SeqCst);
                self.look_at_connections().await;
                let asked = call["params"][0].as_str().unwrap();
                let number = asked.strip_prefix("0x").unwrap_or("ffffff");
                let number = u64::from_str_radix(number, 16).unwrap();
                if number == self.silent.load(Ordering::SeqCst) {
                    let said = json!({"code": -32000, "message": "not now"});
                    return Json(json!({"jsonrpc": "2.0", "id": id, "error": said}));
                }
                self.block(number)
            }
            other => {
                self.look_at_connections().await;
                let said = json!({"code": -32601, "message": format!("no {other} here")});
                return Json(json!({"jsonrpc": "2.0", "id": id, "error": said}));
            }
        };
        Json(json!({"jsonrpc": "2.0", "id": id, "result": result}))
    }

    /// Takes every connection at once: whoever holds one while the node is asked is found.
    async fn look_at_connections(&self) {
        let take = futures::future::join_all((0..CONNECTIONS).map(|_| self.store.read()));
        if tokio::time::timeout(Duration::from_secs(2), take)
            .await
            .is_err()
        {
            self.was_held.store(true, Ordering::SeqCst);
        }
    }

    fn block(&self, number: u64) -> Value {
        let last = *self.known.keys().next_back().unwrap();
        if number > last {
            return Value::Null;
        }
        let before = self.known.range(..=number).next_back();
        let time = before.map_or(1, |(block, (time, _))| time + (number - block));
        let here = self.known.get(&number).map(|(_, hash)| *hash);
        let forked = self.forked.load(Ordering::SeqCst);
        let hash = match number >= forked {
            // A block follows from those before it: each fork has blocks of its own.
            true => keccak256([forked.to_be_bytes(), number.to_be_bytes()].concat()),
            false => here.unwrap_or_else(|| keccak256(number.to_be_bytes())),
        };
        block(number, (time, hash))
    }
}

/// A block as nodes write it.
pub(crate) fn block(number: u64, (time, hash): (u64, B256)) -> Value {
    let zero = B256::ZERO;
    json!({
        "hash": hash, "parentHash": zero, "number": format!("{number:#x}"),
        "timestamp": format!("{time:#x}"), "sha3Uncles": zero,
        "miner": "0x0000000000000000000000000000000000000000",
        "stateRoot": zero, "transactionsRoot": zero, "receiptsRoot": zero,
        "logsBloom": format!("0x{}", "00".repeat(256)), "difficulty": "0x0",
        "gasLimit": "0x1c9c380", "gasUsed": "0x0", "extraData": "0x", "mixHash": zero,
        "nonce": "0x0000000000000000", "baseFeePerGas": "0x7", "uncles": [], "transactions": [],
        "size": "0x200",
    })
}
