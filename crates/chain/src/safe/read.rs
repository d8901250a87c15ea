//! What a Safe says of itself, and whether calls of ours would succeed from it.

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::providers::Provider;
use alloy::rpc::types::TransactionRequest;
use alloy::sol_types::SolCall;
use alloy::transports::RpcError;

use super::{ISafe, MULTI_SEND, MULTI_SEND_CODE, SafeTransaction, multi_send};
use crate::connect::Chain;
use crate::error::ChainError;
use crate::plan::Plan;
use crate::revert::{RevertKind, Reverted};

/// A Safe as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeView {
    /// For example "1.4.1".
    pub version: String,
    /// The number of its next transaction.
    pub nonce: u64,
    /// How many owners must sign.
    pub threshold: u64,
    /// Who they are.
    pub owners: Vec<Address>,
}

/// What is at the address where MultiSendCallOnly 1.4.1 should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MultiSend {
    /// That contract.
    There,
    /// Nothing: a Safe cannot carry out several calls at once through it.
    Missing,
    /// Other code: it must not be used.
    Other,
}

/// Whether calls would succeed if the Safe made them now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// All of them would.
    Succeeds,
    /// This one, counted from 0, would not, after those before it.
    Fails {
        /// Its place.
        place: usize,
        /// Why.
        reason: Reverted,
    },
    /// The first one would; the others follow on it and cannot be tried.
    Untried {
        /// Why not, in one sentence without a full stop.
        reason: String,
    },
}

impl Chain {
    /// The Safe at an address; `None` when there is none.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn safe(&self, safe: Address) -> Result<Option<SafeView>, ChainError> {
        match self.safe_view(safe).await {
            Ok(view) => Ok(Some(view)),
            Err(ChainError::BadAnswer { .. } | ChainError::Reverted(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn safe_view(&self, safe: Address) -> Result<SafeView, ChainError> {
        let small = |call, found: U256| {
            u64::try_from(found)
                .map_err(|_| ChainError::bad_answer(call, "a number beyond 64 bits"))
        };
        let version = self.view("VERSION", safe, &ISafe::VERSIONCall {}, None);
        let version = version.await?;
        let nonce = self.view("nonce", safe, &ISafe::nonceCall {}, None).await?;
        let threshold = self.view("getThreshold", safe, &ISafe::getThresholdCall {}, None);
        let threshold = threshold.await?;
        let owners = self.view("getOwners", safe, &ISafe::getOwnersCall {}, None);
        Ok(SafeView {
            version,
            nonce: small("nonce", nonce)?,
            threshold: small("getThreshold", threshold)?,
            owners: owners.await?,
        })
    }

    /// What the Safe itself calls a transaction: the hash that its owners must sign.
    ///
    /// # Errors
    /// When the node does not answer, or there is no Safe.
    pub async fn safe_hash(&self, transaction: &SafeTransaction) -> Result<B256, ChainError> {
        let call = ISafe::getTransactionHashCall {
            to: transaction.to,
            value: U256::ZERO,
            data: transaction.data.clone(),
            operation: transaction.operation(),
            safeTxGas: U256::ZERO,
            baseGas: U256::ZERO,
            gasPrice: U256::ZERO,
            gasToken: Address::ZERO,
            refundReceiver: Address::ZERO,
            _nonce: U256::from(transaction.nonce),
        };
        self.view("getTransactionHash", transaction.safe, &call, None)
            .await
    }

    /// Whether MultiSendCallOnly 1.4.1 is where it should be on this chain.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn multi_send(&self) -> Result<MultiSend, ChainError> {
        let found = self.code_hash(MULTI_SEND).await?;
        Ok(match found {
            MULTI_SEND_CODE => MultiSend::There,
            nothing if nothing == keccak256([]) => MultiSend::Missing,
            _ => MultiSend::Other,
        })
    }

    /// Tries the calls one after another as the Safe would make them in the pending block. Says
    /// nothing about its owners' signatures.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn try_from_safe(&self, safe: Address, calls: &[Plan]) -> Result<Trial, ChainError> {
        let Some(first) = calls.first() else {
            return Ok(Trial::Succeeds);
        };
        if let Some(reason) = self.refusal(first, safe).await? {
            return Ok(Trial::Fails { place: 0, reason });
        }
        if calls.len() == 1 {
            return Ok(Trial::Succeeds);
        }
        if let Some(reason) = self.why_untried(safe).await? {
            return Ok(Trial::Untried { reason });
        }
        if self.prefix_succeeds(safe, calls).await? {
            return Ok(Trial::Succeeds);
        }
        for place in 1..calls.len() {
            let (prefix, _) = calls.split_at(place + 1);
            if !self.prefix_succeeds(safe, prefix).await? {
                let reason = self.refusal_after(safe, prefix).await?;
                return Ok(Trial::Fails { place, reason });
            }
        }
        Ok(Trial::Succeeds)
    }

    async fn refusal(&self, call: &Plan, from: Address) -> Result<Option<Reverted>, ChainError> {
        match self.try_call(call, from).await {
            Ok(_) => Ok(None),
            Err(ChainError::Reverted(reverted)) => Ok(Some(*reverted)),
            Err(error) => Err(error),
        }
    }

    /// Why the last of these calls fails, as far as it can be known: MultiSendCallOnly keeps the
    /// reason to itself.
    async fn refusal_after(&self, safe: Address, prefix: &[Plan]) -> Result<Reverted, ChainError> {
        let alone = match prefix.last() {
            Some(last) => self.refusal(last, safe).await?,
            None => None,
        };
        let after = "it would be refused after the calls before it";
        Ok(match alone {
            Some(alone) => Reverted {
                sentence: format!("{after}; without them, {}", alone.sentence),
                ..alone
            },
            None => Reverted {
                name: "Reverted".to_owned(),
                sentence: format!("{after}, and not without them"),
                hint: "put it into a batch of its own".to_owned(),
                kind: RevertKind::Precondition,
                args: Vec::new(),
            },
        })
    }

    async fn why_untried(&self, safe: Address) -> Result<Option<String>, ChainError> {
        if self.safe(safe).await?.is_none() {
            return Ok(Some(format!("there is no Safe at {safe}")));
        }
        Ok(match self.multi_send().await? {
            MultiSend::There => None,
            MultiSend::Missing => Some(format!(
                "MultiSendCallOnly 1.4.1, which carries out several calls at once, is not at \
                 {MULTI_SEND} on this chain"
            )),
            MultiSend::Other => Some(format!(
                "the code at {MULTI_SEND} is not that of MultiSendCallOnly 1.4.1"
            )),
        })
    }

    /// The Safe runs MultiSendCallOnly in its own place and takes everything back: what it reverts
    /// with is whether that succeeded.
    async fn prefix_succeeds(&self, safe: Address, calls: &[Plan]) -> Result<bool, ChainError> {
        let data = multi_send(calls).unwrap_or_default();
        let call = ISafe::simulateAndRevertCall {
            targetContract: MULTI_SEND,
            calldataPayload: data,
        };
        let request = TransactionRequest::default()
            .with_to(safe)
            .with_input(call.abi_encode());
        let answer = self.provider().call(request).pending().await;
        let missing = || ChainError::bad_answer("simulateAndRevert", "it came back");
        let error = answer.err().ok_or_else(missing)?;
        let RpcError::ErrorResp(payload) = &error else {
            return Err(self.refused(error, "eth_call"));
        };
        let data = payload.as_revert_data();
        match data.as_ref().and_then(|data| data.get(..32)) {
            Some(word) => Ok(U256::from_be_slice(word) == U256::from(1)),
            None => Err(self.refused(error, "eth_call")),
        }
    }
}
