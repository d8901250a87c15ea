//! What can go wrong between us and a chain, in sentences.

use std::path::PathBuf;

use alloy::primitives::{Address, B256};
use alloy::transports::{RpcError, TransportError, TransportErrorKind};

use crate::revert::Reverted;

/// An error of this crate. Each displays as one sentence; [`ChainError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChainError {
    /// The URL cannot be used.
    #[error("\"{url}\" is not the URL of a node: {reason}")]
    BadUrl {
        /// As given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody answered, after all retries.
    #[error("no node answers at {url}: {reason}")]
    Unreachable {
        /// Scheme, host and port.
        url: String,
        /// What the connection said.
        reason: String,
    },
    /// The node answered with an error that is no revert.
    #[error("the node refused {call}: {message}")]
    Refused {
        /// The JSON-RPC method.
        call: &'static str,
        /// In the node's words.
        message: String,
    },
    /// The node answered with something that cannot be used.
    #[error("the node's answer to {call} cannot be used: {reason}")]
    BadAnswer {
        /// The JSON-RPC method or the view.
        call: &'static str,
        /// Why not.
        reason: String,
    },
    /// Two nodes tell different chains. Nobody here chooses between them.
    #[error("nodes disagree about {about}: {one}, and {other}")]
    Disagreement {
        /// What they were asked for.
        about: String,
        /// A node and what it says.
        one: String,
        /// The other, and what it says.
        other: String,
    },
    /// Several nodes answered, and one alone has the block: the others lag, or it invents.
    #[error("only one of several nodes has block {block} so far")]
    Unconfirmed {
        /// Its number.
        block: u64,
    },
    /// A contract refused the call.
    #[error(transparent)]
    Reverted(#[from] Box<Reverted>),
    /// Sent, but not in a block in time. It may still be mined.
    #[error("transaction {tx} was sent and is not in a block yet")]
    Pending {
        /// Its hash.
        tx: B256,
    },
    /// The sender cannot pay for gas.
    #[error("account {account} has not enough of the chain's own coin to pay for gas")]
    NoGasMoney {
        /// The sender.
        account: Address,
    },
    /// A transaction above the limit of EIP-7825 (2^24 gas).
    #[error("the transaction needs {needed} gas and a transaction may use at most {limit}")]
    TooMuchGas {
        /// Estimated gas.
        needed: u64,
        /// The most one transaction may use.
        limit: u64,
    },
    /// An account whose key is public, used on a chain that is not the embedded one.
    #[error("account {account} is one of the embedded chain's, whose keys everybody knows")]
    PublicKey {
        /// The account.
        account: Address,
    },
    /// A key that cannot be read or used.
    #[error("the key in {path} cannot be used: {reason}")]
    Keystore {
        /// The keystore file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Signing failed.
    #[error("signing with {account} failed: {reason}")]
    Signing {
        /// The signer.
        account: Address,
        /// What the library said.
        reason: String,
    },
    /// A deployment that is not there, malformed, or of another chain.
    #[error("the deployment {place} cannot be used: {reason}")]
    Deployment {
        /// The file or the contract.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// The embedded chain's process or files.
    #[error(transparent)]
    Embedded(#[from] crate::embedded::EmbeddedError),
}

impl ChainError {
    /// What to do about it, as one sentence without a full stop; `None` when the error says it all.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::BadUrl { .. } => "give it as http://host:port or https://host/path".to_owned(),
            Self::Unreachable { .. } => "start the node, or give another one with --rpc-url".into(),
            Self::Disagreement { .. } => "find out which of them is right, and take the other out \
                                          of --rpc-url; nothing newer is read until they agree"
                .to_owned(),
            Self::Pending { tx } => {
                format!("look for {tx} on the chain before doing it again; doing it again is safe")
            }
            Self::NoGasMoney { account } => format!("send some of the chain's coin to {account}"),
            Self::TooMuchGas { .. } => "do it in smaller parts".to_owned(),
            Self::PublicKey { .. } => "sign with a keystore of your own (--keystore)".to_owned(),
            Self::Keystore { .. } => {
                "check the name, the password and --keystore-dir (`cast wallet list` shows names)"
                    .to_owned()
            }
            Self::Reverted(reverted) => reverted.hint.clone(),
            Self::Embedded(error) => return error.hint(),
            _ => return None,
        })
    }

    pub(crate) fn bad_answer(call: &'static str, reason: impl Into<String>) -> Self {
        Self::BadAnswer {
            call,
            reason: reason.into(),
        }
    }
}

/// Statuses by which gateways refuse a request that a smaller one need not meet.
const REFUSALS: [u16; 3] = [400, 413, 422];

/// The message of a JSON-RPC error, or the first line of a body that is none.
fn told_in(body: &str) -> String {
    let parsed: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let message = parsed
        .as_ref()
        .and_then(|it| it["error"]["message"].as_str());
    let line = message.unwrap_or(body).lines().next();
    line.unwrap_or("it gave no reason")
        .chars()
        .take(200)
        .collect()
}

/// What a failed request means, when it is no revert.
pub(crate) fn from_transport(error: TransportError, call: &'static str, url: &str) -> ChainError {
    let http = error
        .as_transport_err()
        .and_then(TransportErrorKind::as_http_error);
    if let Some(http) = http.filter(|http| REFUSALS.contains(&http.status)) {
        let message = told_in(&http.body);
        return ChainError::Refused { call, message };
    }
    match error {
        RpcError::ErrorResp(payload) => ChainError::Refused {
            call,
            message: payload.message.into_owned(),
        },
        RpcError::Transport(kind) => ChainError::Unreachable {
            url: url.to_owned(),
            reason: root_cause(&kind),
        },
        RpcError::NullResp => ChainError::bad_answer(call, "it is empty"),
        other => ChainError::bad_answer(call, other.to_string()),
    }
}

/// The innermost cause, cut to one line: outer layers repeat the URL, which may hold a secret.
fn root_cause(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    let text = innermost.to_string();
    let line = text.lines().next().unwrap_or("the connection failed");
    line.chars().take(200).collect()
}
