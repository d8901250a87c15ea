//! A connection to the nodes of one chain: time-outs, retries of reads, who they are.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alloy::providers::{Provider, RootProvider};
use alloy::rpc::client::RpcClient;
use alloy::transports::{RpcError, TransportError, TransportErrorKind, TransportResult};
use futures::future::join_all;
use reqwest::Url;
use tokio::sync::{Mutex, OnceCell};

use crate::error::{ChainError, from_transport};
use crate::nodes::{Node, other_chain};
use crate::span::Span;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Waits before the second, third and fourth try of a read.
const RETRY_DELAYS: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_millis(400),
    Duration::from_millis(1200),
];

/// A connection to a chain, by one node or several. Cheap to clone; clones share the connection and
/// its nonce lock.
#[derive(Clone, Debug)]
pub struct Chain {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// At least one.
    nodes: Vec<Node>,
    /// Which of them is asked.
    current: AtomicUsize,
    chain_id: u64,
    /// Held from choosing a nonce until the node has the transaction.
    sending: Mutex<()>,
    anvil: OnceCell<bool>,
    /// Blocks asked for at once by `logs`.
    log_span: Span,
}

impl Chain {
    /// Connects to a node, or to several of one chain whose URLs are separated by commas, and asks
    /// for the chain id. Of several, those that are away may come later.
    ///
    /// # Errors
    /// [`ChainError::BadUrl`] unless each is `http://` or `https://`; [`ChainError::Unreachable`]
    /// when no node answers; [`ChainError::Disagreement`] when they serve different chains.
    pub async fn connect(urls: &str) -> Result<Self, ChainError> {
        let nodes = named(urls)?;
        let (current, chain_id) = first_that_answers(&nodes).await?;
        Ok(Self::of(nodes, current, chain_id))
    }

    /// The same nodes before any of them is asked, for who knows what chain they are to serve.
    /// Nothing that they say counts before [`Chain::meet`].
    ///
    /// # Errors
    /// [`ChainError::BadUrl`] unless each is `http://` or `https://`.
    pub fn unasked(urls: &str, chain_id: u64) -> Result<Self, ChainError> {
        Ok(Self::of(named(urls)?, 0, chain_id))
    }

    /// Turns to the first node that answers, and makes sure that all that do serve this chain.
    ///
    /// # Errors
    /// [`ChainError::Unreachable`] when no node answers; [`ChainError::Disagreement`] when they
    /// serve another chain, or different ones.
    pub async fn meet(&self) -> Result<(), ChainError> {
        let (current, id) = first_that_answers(&self.inner.nodes).await?;
        self.turn_to(current);
        if id != self.inner.chain_id {
            return Err(other_chain(self.shown_url(), id, self.inner.chain_id));
        }
        Ok(())
    }

    fn of(nodes: Vec<Node>, current: usize, chain_id: u64) -> Self {
        Self {
            inner: Arc::new(Inner {
                nodes,
                current: AtomicUsize::new(current),
                chain_id,
                sending: Mutex::new(()),
                anvil: OnceCell::new(),
                log_span: Span::default(),
            }),
        }
    }

    /// The chain's id, as answered when connecting.
    #[must_use]
    pub fn chain_id(&self) -> u64 {
        self.inner.chain_id
    }

    /// Scheme, host and port of the node; what else stands in its URL may be a secret.
    #[must_use]
    pub fn shown_url(&self) -> &str {
        &self.node().shown
    }

    /// Whether the node is an anvil on this machine, the only place for keys that everybody knows.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn is_embedded(&self) -> Result<bool, ChainError> {
        if !self.all_nodes().iter().all(|node| is_loopback(&node.url)) {
            return Ok(false);
        }
        let ask = || async {
            let version = self.read("web3_clientVersion", || async {
                self.provider().get_client_version().await
            });
            Ok(version.await?.starts_with("anvil/"))
        };
        self.inner.anvil.get_or_try_init(ask).await.copied()
    }

    pub(crate) fn provider(&self) -> &RootProvider {
        &self.node().provider
    }

    pub(crate) fn all_nodes(&self) -> &[Node] {
        &self.inner.nodes
    }

    /// Whether there is anybody to compare a node with.
    pub(crate) fn has_several(&self) -> bool {
        self.inner.nodes.len() > 1
    }

    pub(crate) fn current(&self) -> usize {
        self.inner.current.load(Ordering::Relaxed) % self.inner.nodes.len().max(1)
    }

    pub(crate) fn turn_to(&self, node: usize) {
        self.inner.current.store(node, Ordering::Relaxed);
    }

    fn node(&self) -> &Node {
        &self.inner.nodes[self.current()]
    }

    pub(crate) fn sending(&self) -> &Mutex<()> {
        &self.inner.sending
    }

    pub(crate) fn log_span(&self) -> &Span {
        &self.inner.log_span
    }

    /// Reads, with retries where a retry can help: at once from another node, else from the same
    /// one after a while. Never for anything that changes the chain.
    pub(crate) async fn read<T, F, Fut>(&self, call: &'static str, ask: F) -> Result<T, ChainError>
    where
        F: Fn() -> Fut,
        Fut: Future<Output = TransportResult<T>>,
    {
        let mut delays = RETRY_DELAYS.iter();
        let mut others = self.inner.nodes.len();
        loop {
            let asked = self.current();
            let node = &self.inner.nodes[asked];
            let error = match ask().await {
                Ok(answer) => {
                    node.answered();
                    return Ok(answer);
                }
                Err(error) => error,
            };
            if !worth_retrying(&error) {
                return Err(from_transport(error, call, &node.shown));
            }
            node.failed();
            others = others.saturating_sub(1);
            if others > 0 && self.fail_over(asked).await? {
                continue;
            }
            match delays.next() {
                Some(delay) => tokio::time::sleep(*delay).await,
                None => return Err(from_transport(error, call, &node.shown)),
            }
        }
    }

    pub(crate) fn refused(&self, error: TransportError, call: &'static str) -> ChainError {
        from_transport(error, call, self.shown_url())
    }
}

fn named(urls: &str) -> Result<Vec<Node>, ChainError> {
    urls.split(',').map(|url| node(url.trim())).collect()
}

fn node(url: &str) -> Result<Node, ChainError> {
    let url = parse(url)?;
    let shown = shown(&url);
    let client = RpcClient::new_http_with_client(client(&shown)?, url.clone());
    Ok(Node::new(RootProvider::new(client), url, shown))
}

/// The first node that answers, and its chain; the others serve the same, or are away.
async fn first_that_answers(nodes: &[Node]) -> Result<(usize, u64), ChainError> {
    let mut delays = RETRY_DELAYS.iter();
    loop {
        let answers = join_all(nodes.iter().map(Node::chain_id)).await;
        let mut first = None;
        let mut last = None;
        for (at, (node, answer)) in nodes.iter().zip(answers).enumerate() {
            match (answer, first) {
                (Ok(id), None) => first = Some((at, id)),
                (Ok(id), Some((_, chain_id))) if id != chain_id => {
                    return Err(other_chain(&node.shown, id, chain_id));
                }
                (Ok(_), Some(_)) => {}
                (Err(error), _) => last = Some(error),
            }
        }
        match (first, last, delays.next()) {
            (Some(first), _, _) => return Ok(first),
            (None, Some(_), Some(delay)) => tokio::time::sleep(*delay).await,
            (None, Some(error), None) => return Err(error),
            (None, None, _) => {
                return Err(ChainError::BadUrl {
                    url: String::new(),
                    reason: "no node is named".to_owned(),
                });
            }
        }
    }
}

pub(crate) fn worth_retrying(error: &TransportError) -> bool {
    match error {
        RpcError::Transport(TransportErrorKind::HttpError(http)) => {
            http.status == 429 || http.status >= 500
        }
        RpcError::Transport(kind) => !kind.is_non_retryable(),
        RpcError::ErrorResp(payload) => payload.is_retry_err(),
        RpcError::NullResp => true,
        _ => false,
    }
}

fn parse(given: &str) -> Result<Url, ChainError> {
    let bad = |reason: String| ChainError::BadUrl {
        url: given.to_owned(),
        reason,
    };
    let url: Url = given.parse().map_err(|error| bad(format!("{error}")))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        "http" | "https" => Err(bad("it names no host".to_owned())),
        scheme => Err(bad(format!(
            "nodes are asked over http or https, not {scheme}"
        ))),
    }
}

fn shown(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn client(shown: &str) -> Result<reqwest::Client, ChainError> {
    // The TLS library takes its cryptography from whoever installs it first; later calls fail and
    // change nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(REQUEST_TIMEOUT)
        .build()
        .map_err(|error| ChainError::Unreachable {
            url: shown.to_owned(),
            reason: format!("the HTTP client cannot start: {error}"),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_url_hides_keys() {
        let url = parse("https://user:secret@node.example/v3/0123456789?key=1").unwrap();
        assert_eq!(shown(&url), "https://node.example");
    }

    #[test]
    fn only_http_urls_are_taken() {
        for bad in ["ws://127.0.0.1:8545", "127.0.0.1:8545", "", "node"] {
            assert!(
                matches!(parse(bad), Err(ChainError::BadUrl { .. })),
                "{bad}"
            );
        }
    }

    #[test]
    fn loopback_is_recognised() {
        for (url, want) in [
            ("http://127.0.0.1:1", true),
            ("http://localhost:1", true),
            ("http://[::1]:1", true),
            ("http://10.0.0.1:1", false),
            ("http://localhost.example", false),
        ] {
            assert_eq!(is_loopback(&url.parse().unwrap()), want, "{url}");
        }
    }

    #[tokio::test]
    async fn a_missing_node_is_one_sentence() {
        let error = Chain::connect("http://127.0.0.1:9/secret")
            .await
            .unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("no node answers at http://127.0.0.1:9: "),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
        assert!(error.hint().is_some());
    }
}
