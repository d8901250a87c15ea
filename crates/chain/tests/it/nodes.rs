//! Nodes that are slow, strict or foreign: a scripted HTTP server in place of a hosted node.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use alloy::primitives::Address;
use guerdon_chain::{Chain, ChainError, plan};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{acc, signer};

/// Answers each request with a status and a body, for as long as the test runs.
async fn serve<F>(answer: F) -> String
where
    F: Fn(&str, &Value) -> (u16, Value) + Send + Sync + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let request = read_request(&mut socket).await;
                let method = request["method"].as_str().unwrap_or_default();
                let (status, mut body) = answer(method, &request["params"]);
                body["jsonrpc"] = json!("2.0");
                body["id"] = request["id"].clone();
                let body = body.to_string();
                let head = format!(
                    "HTTP/1.1 {status} Scripted\r\ncontent-type: application/json\r\n\
                     content-length: {}\r\nconnection: close\r\n\r\n",
                    body.len()
                );
                let _ = socket.write_all((head + &body).as_bytes()).await;
            });
        }
    });
    url
}

async fn read_request(socket: &mut tokio::net::TcpStream) -> Value {
    let mut bytes = Vec::new();
    loop {
        let mut part = [0; 4096];
        let count = socket.read(&mut part).await.unwrap_or(0);
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8_lossy(&bytes);
        let body = text.split_once("\r\n\r\n").map(|(_, body)| body);
        if let Some(Ok(request)) = body.map(serde_json::from_str) {
            return request;
        }
        if count == 0 {
            return Value::Null;
        }
    }
}

fn number(value: &Value) -> u64 {
    u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

#[tokio::test]
async fn a_busy_node_is_asked_again() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let url = serve(move |_, _| match count.fetch_add(1, Ordering::SeqCst) {
        0 => (503, json!({})),
        1 => (
            200,
            json!({"error": {"code": -32005, "message": "rate limit"}}),
        ),
        _ => (200, json!({"result": "0x1"})),
    })
    .await;
    assert_eq!(Chain::connect(&url).await.unwrap().chain_id(), 1);
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn ranges_shrink_to_what_the_provider_allows() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let url = serve(move |method, params| match method {
        "eth_getLogs" => {
            count.fetch_add(1, Ordering::SeqCst);
            let (from, to) = (
                number(&params[0]["fromBlock"]),
                number(&params[0]["toBlock"]),
            );
            if to - from >= 1_000 {
                let error = json!({"code": -32602, "message": "block range is too wide"});
                return (200, json!({ "error": error }));
            }
            let log = |block: u64| {
                json!({
                    "address": Address::repeat_byte(1),
                    "topics": [],
                    "data": "0x",
                    "blockHash": format!("{block:#066x}"),
                    "blockNumber": format!("{block:#x}"),
                    "blockTimestamp": "0x6a445880",
                    "transactionHash": format!("{block:#066x}"),
                    "transactionIndex": "0x0",
                    "logIndex": "0x0",
                    "removed": false,
                })
            };
            (200, json!({"result": [log(from), log(to)]}))
        }
        _ => (200, json!({"result": "0x1"})),
    })
    .await;
    let chain = Chain::connect(&url).await.unwrap();
    let logs = chain
        .logs(5, 5_000, &[Address::repeat_byte(1)])
        .await
        .unwrap();
    let blocks: Vec<u64> = logs.iter().map(|log| log.origin.block).collect();
    assert_eq!((blocks[0], blocks[blocks.len() - 1]), (5, 5_000));
    assert!(blocks.windows(2).all(|two| two[0] <= two[1]), "{blocks:?}");
    assert!(
        blocks
            .chunks(2)
            .zip(blocks.chunks(2).skip(1))
            .all(|(a, b)| a[1] + 1 == b[0])
    );
    assert!(logs.iter().all(|log| log.origin.block_time == 0x6a44_5880));
    let first = asked.swap(0, Ordering::SeqCst);
    chain
        .logs(5, 5_000, &[Address::repeat_byte(1)])
        .await
        .unwrap();
    let second = asked.load(Ordering::SeqCst);
    assert!(second < first, "it asked {first} and then {second} times");
}

#[tokio::test]
async fn public_keys_are_refused_on_other_chains() {
    let url = serve(|method, _| match method {
        "web3_clientVersion" => (200, json!({"result": "Geth/v1.16"})),
        "eth_chainId" => (200, json!({"result": "0x1"})),
        _ => (500, json!({})),
    })
    .await;
    let chain = Chain::connect(&url).await.unwrap();
    let burn = plan::transfer(Address::ZERO, Address::ZERO, 1, &acc());
    let error = chain.send(&burn, &signer(0)).await.unwrap_err();
    assert!(matches!(error, ChainError::PublicKey { .. }), "{error}");
}

#[tokio::test]
async fn a_wrong_answer_is_not_taken_for_a_contract() {
    let url = serve(|_, _| (200, json!({"result": "0x01"}))).await;
    let chain = Chain::connect(&url).await.unwrap();
    let error = chain
        .funded(Address::repeat_byte(9), None)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is not the contract it should be"),
        "{error}"
    );
}
