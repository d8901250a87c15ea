//! Nodes that are slow, strict or foreign: a scripted HTTP server in place of a hosted node.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use alloy::primitives::Address;
use guerdon_chain::{Chain, ChainError, plan};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::http;
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
                let request = http::read(&mut socket).await;
                let method = request["method"].as_str().unwrap_or_default();
                let (status, mut body) = answer(method, &request["params"]);
                body["jsonrpc"] = json!("2.0");
                body["id"] = request["id"].clone();
                http::answer(&mut socket, status, &body).await;
            });
        }
    });
    url
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
                http::number(params[0]["fromBlock"].as_str().unwrap()),
                http::number(params[0]["toBlock"].as_str().unwrap()),
            );
            // Some gateways refuse by JSON-RPC, and some by HTTP.
            if to - from >= 1_000 {
                let error = json!({"code": -32602, "message": "block range is too wide"});
                let status = if to - from >= 2_000 { 400 } else { 200 };
                return (status, json!({ "error": error }));
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
async fn a_node_that_never_answers_holds_nobody_up_for_long() {
    // It takes connections and says nothing.
    let hangs = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hanging = format!("http://{}", hangs.local_addr().unwrap());
    let answers = || serve(|_, _| (200, json!({"result": "0x1"})));
    let (first, last) = (answers().await, answers().await);
    let begun = Instant::now();
    let chain = Chain::connect(&format!("{hanging},{first}")).await.unwrap();
    assert_eq!(chain.shown_url(), first);
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );

    // The one that is asked goes away: the hanging one is next in the row, and passed over.
    let up = Arc::new(AtomicU32::new(1));
    let is_up = Arc::clone(&up);
    let leaves = serve(move |_, _| match is_up.load(Ordering::SeqCst) {
        0 => (503, json!({})),
        _ => (200, json!({"result": "0x1"})),
    });
    let all = format!("{},{hanging},{last}", leaves.await);
    let chain = Chain::connect(&all).await.unwrap();
    up.store(0, Ordering::SeqCst);
    let begun = Instant::now();
    chain.coin_of(Address::ZERO).await.unwrap();
    assert_eq!(chain.shown_url(), last);
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
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
