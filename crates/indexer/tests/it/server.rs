//! A scripted chain behind a real HTTP server, which can be taken away and lag.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use alloy_primitives::{B256, hex};
use guerdon_chain::Head;
use guerdon_core::fact::Log;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::http;
use crate::script::Script;

/// How a node is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It tells what is.
    #[default]
    Honest,
    /// It says which block is the newest, and nothing when asked for one by its number.
    Hangs,
    /// It says which block is the newest, and knows none by its number.
    Forgets,
    /// It leaves out the last log.
    LeavesOut,
    /// It dates logs a day later.
    Misdates,
}

/// A node; clones are the same one.
#[derive(Clone, Debug)]
pub(crate) struct Server {
    pub(crate) chain: Script,
    pub(crate) url: String,
    up: Arc<AtomicBool>,
    /// Blocks at the end of the chain that it does not have yet.
    lag: Arc<AtomicU64>,
    chain_id: Arc<AtomicU64>,
    manner: Arc<Mutex<Manner>>,
}

impl Server {
    pub(crate) async fn start(chain: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            chain,
            url: format!("http://{}", listener.local_addr().unwrap()),
            up: Arc::new(AtomicBool::new(true)),
            lag: Arc::default(),
            chain_id: Arc::new(AtomicU64::new(31_337)),
            manner: Arc::default(),
        };
        let node = server.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let node = node.clone();
                tokio::spawn(async move { node.talk(socket).await });
            }
        });
        server
    }

    pub(crate) fn set_up(&self, up: bool) {
        self.up.store(up, Ordering::SeqCst);
    }

    pub(crate) fn set_lag(&self, blocks: u64) {
        self.lag.store(blocks, Ordering::SeqCst);
    }

    pub(crate) fn set_chain_id(&self, id: u64) {
        self.chain_id.store(id, Ordering::SeqCst);
    }

    pub(crate) fn set_manner(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    fn is(&self, manner: Manner) -> bool {
        *self.manner.lock().unwrap() == manner
    }

    async fn talk(&self, mut socket: TcpStream) {
        let request = http::read(&mut socket).await;
        if !self.up.load(Ordering::SeqCst) {
            return;
        }
        let method = request["method"].as_str().unwrap_or_default();
        let by_number = method == "eth_getBlockByNumber"
            && request["params"][0].as_str().unwrap().starts_with("0x");
        if by_number && self.is(Manner::Hangs) {
            // As long as the one who asks keeps the connection.
            let _ = socket.read(&mut [0; 1]).await;
            return;
        }
        let result = self.answer(method, &request["params"]);
        let body = json!({"jsonrpc": "2.0", "id": request["id"], "result": result});
        http::answer(&mut socket, 200, &body).await;
    }

    fn answer(&self, method: &str, params: &Value) -> Value {
        let mut blocks = self.chain.blocks();
        let lag = usize::try_from(self.lag.load(Ordering::SeqCst)).unwrap();
        blocks.truncate(blocks.len().saturating_sub(lag).max(1));
        match method {
            "eth_chainId" => json!(format!("{:#x}", self.chain_id.load(Ordering::SeqCst))),
            "eth_getBlockByNumber" => {
                let at = match params[0].as_str().unwrap() {
                    "latest" | "safe" | "finalized" => blocks.last(),
                    _ if self.is(Manner::Forgets) => None,
                    number => blocks.get(usize::try_from(http::number(number)).unwrap()),
                };
                at.map_or(Value::Null, |block| header(&block.head))
            }
            "eth_getLogs" => {
                let of = |end: &str| http::number(params[0][end].as_str().unwrap());
                let (from, to) = (of("fromBlock"), of("toBlock"));
                let inside = blocks
                    .iter()
                    .filter(|it| (from..=to).contains(&it.head.number));
                let asked = params[0]["address"].to_string();
                let logs = inside.flat_map(|block| &block.logs);
                let ours = logs.filter(|log| asked.contains(&hex::encode(log.address)));
                let mut told: Vec<Value> = ours.map(log).collect();
                if self.is(Manner::LeavesOut) {
                    told.pop();
                }
                if self.is(Manner::Misdates) {
                    for log in &mut told {
                        let time = http::number(log["blockTimestamp"].as_str().unwrap());
                        log["blockTimestamp"] = json!(format!("{:#x}", time + 86_400));
                    }
                }
                json!(told)
            }
            other => panic!("a node is not asked for {other}"),
        }
    }
}

fn header(head: &Head) -> Value {
    let (zero, address) = (B256::ZERO, "0x0000000000000000000000000000000000000000");
    let bloom = format!("0x{}", "00".repeat(256));
    json!({
        "hash": head.hash, "parentHash": head.parent, "number": format!("{:#x}", head.number),
        "timestamp": format!("{:#x}", head.time), "sha3Uncles": zero, "miner": address,
        "stateRoot": zero, "transactionsRoot": zero, "receiptsRoot": zero, "logsBloom": bloom,
        "difficulty": "0x0", "gasLimit": "0x1c9c380", "gasUsed": "0x0", "extraData": "0x",
        "mixHash": zero, "nonce": "0x0000000000000000", "baseFeePerGas": "0x7", "uncles": [],
        "transactions": [], "size": "0x200",
    })
}

fn log(log: &Log) -> Value {
    let origin = &log.origin;
    json!({
        "address": log.address, "topics": log.topics, "data": hex::encode_prefixed(&log.data),
        "blockHash": origin.block_hash, "blockNumber": format!("{:#x}", origin.block),
        "blockTimestamp": format!("{:#x}", origin.block_time), "transactionHash": origin.tx,
        "transactionIndex": "0x0", "logIndex": format!("{:#x}", origin.log_index),
        "removed": false,
    })
}
