//! Sending in steps, for those who keep what they sent: choose fees, sign, hand over, look.

use alloy::consensus::BlockHeader;
use alloy::eips::{BlockId, BlockNumberOrTag, Encodable2718};
use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256};
use alloy::providers::Provider;
use alloy::transports::RpcError;
use guerdon_core::fact::Log;

use crate::blocks::core_logs;
use crate::connect::Chain;
use crate::error::ChainError;
use crate::plan::Plan;
use crate::send::{GAS_PER_TRANSACTION, may_have_arrived, request, sign};
use crate::signer::Signer;

/// What a unit of gas may cost, in wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// The most in all; the gas price on a chain without fees of EIP-1559.
    pub max_fee: u128,
    /// Of it for the block's maker; `None` on a chain without them.
    pub priority_fee: Option<u128>,
}

impl Fees {
    /// An eighth more of both, as nodes ask of a transaction that replaces another, and at least
    /// `now`.
    #[must_use]
    pub fn raised(&self, now: &Self) -> Self {
        let more = |fee: u128| fee.saturating_add(fee / 8).saturating_add(1);
        let now_priority = now.priority_fee.unwrap_or_default();
        Self {
            max_fee: more(self.max_fee).max(now.max_fee),
            priority_fee: self.priority_fee.map(|fee| more(fee).max(now_priority)),
        }
    }

    /// At most `max_fee` in all.
    #[must_use]
    pub fn at_most(&self, max_fee: u128) -> Self {
        Self {
            max_fee: self.max_fee.min(max_fee),
            priority_fee: self.priority_fee.map(|fee| fee.min(max_fee)),
        }
    }
}

/// What a signature fixes beside the call.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing {
    /// The sender's nonce.
    pub nonce: u64,
    /// The most gas it may use.
    pub gas_limit: u64,
    /// What a unit of gas may cost.
    pub fees: Fees,
}

/// Signed bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Transaction hash.
    pub tx: B256,
    /// The bytes that a node takes.
    pub raw: Vec<u8>,
}

/// What a node said to signed bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// It has them, or had them before.
    There,
    /// The nonce is used, or another transaction of this nonce pays as much.
    NonceTaken,
    /// Nobody knows: the answer was lost.
    Unknown,
}

/// A transaction in a block, whether or not it did what it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mined {
    /// Transaction hash.
    pub tx: B256,
    /// Whether it was carried out.
    pub success: bool,
    /// Height of the block.
    pub block: u64,
    /// Unix seconds.
    pub block_time: u64,
    /// Gas used, whole transaction.
    pub gas_used: u64,
    /// The events it wrote.
    pub logs: Vec<Log>,
}

impl Chain {
    /// The most gas that one transaction can have here: the limit of EIP-7825, kept on every
    /// chain, or the block's own limit where that is lower.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn gas_per_transaction(&self) -> Result<u64, ChainError> {
        let block = self.read("eth_getBlockByNumber", || async {
            self.provider()
                .get_block_by_number(BlockNumberOrTag::Latest)
                .await
        });
        let limit = block.await?.map(|block| block.header.gas_limit());
        Ok(limit.unwrap_or(u64::MAX).min(GAS_PER_TRANSACTION))
    }

    /// The gas a call needs in the pending block, at most `limit`: what it uses, and what it asks
    /// to be left over on the way.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] or [`ChainError::Refused`] when no gas up to the limit is enough.
    pub async fn measure(&self, plan: &Plan, from: Address, limit: u64) -> Result<u64, ChainError> {
        let request = request(plan, from).with_gas_limit(limit);
        self.read_or_revert("eth_estimateGas", || async {
            self.provider()
                .estimate_gas(request.clone())
                .pending()
                .await
        })
        .await
    }

    /// What a call would return in the pending block.
    ///
    /// # Errors
    /// [`ChainError::Reverted`] when a contract would refuse it.
    pub async fn call_plan(&self, plan: &Plan, from: Address) -> Result<Vec<u8>, ChainError> {
        let request = request(plan, from);
        let output = self
            .read_or_revert("eth_call", || async {
                self.provider().call(request.clone()).pending().await
            })
            .await?;
        Ok(output.to_vec())
    }

    /// The fees that the node thinks enough for the next blocks.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn fees(&self) -> Result<Fees, ChainError> {
        let estimate = self.read("eth_feeHistory", || async {
            self.provider().estimate_eip1559_fees().await
        });
        match estimate.await {
            Ok(fees) => Ok(Fees {
                max_fee: fees.max_fee_per_gas,
                priority_fee: Some(fees.max_priority_fee_per_gas),
            }),
            Err(ChainError::Refused { .. } | ChainError::BadAnswer { .. }) => {
                let price = self.read("eth_gasPrice", || async {
                    self.provider().get_gas_price().await
                });
                Ok(Fees {
                    max_fee: price.await?,
                    priority_fee: None,
                })
            }
            Err(error) => Err(error),
        }
    }

    /// The nonce that follows on the account's transactions in blocks.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn next_nonce(&self, account: Address) -> Result<u64, ChainError> {
        self.nonce(account, BlockId::latest()).await
    }

    /// The nonce that follows on all of the account's transactions that the node has, those
    /// without a block included.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn waiting_nonce(&self, account: Address) -> Result<u64, ChainError> {
        self.nonce(account, BlockId::pending()).await
    }

    /// Signs a plan; nothing leaves.
    ///
    /// # Errors
    /// [`ChainError::PublicKey`] for an embedded account elsewhere; [`ChainError::Signing`].
    pub async fn sign_plan(
        &self,
        plan: &Plan,
        signer: &Signer,
        outgoing: &Outgoing,
    ) -> Result<Signed, ChainError> {
        if signer.is_public() && !self.is_embedded().await? {
            return Err(ChainError::PublicKey {
                account: signer.address(),
            });
        }
        let request = request(plan, signer.address())
            .with_chain_id(self.chain_id())
            .with_nonce(outgoing.nonce)
            .with_gas_limit(outgoing.gas_limit);
        let fees = outgoing.fees;
        let request = match fees.priority_fee {
            Some(priority) => request
                .with_max_fee_per_gas(fees.max_fee)
                .with_max_priority_fee_per_gas(priority),
            None => request.with_gas_price(fees.max_fee),
        };
        let envelope = sign(request, signer).await?;
        Ok(Signed {
            tx: *envelope.tx_hash(),
            raw: envelope.encoded_2718(),
        })
    }

    /// Hands signed bytes to the node, once; handing the same bytes over again changes nothing.
    ///
    /// # Errors
    /// [`ChainError::NoGasMoney`], or what the node has against them.
    pub async fn hand_over(&self, signed: &Signed, from: Address) -> Result<Handed, ChainError> {
        let error = match self.provider().send_raw_transaction(&signed.raw).await {
            Ok(_) => return Ok(Handed::There),
            Err(error) => error,
        };
        if self.knows(signed.tx).await.unwrap_or(false) {
            return Ok(Handed::There);
        }
        if let RpcError::ErrorResp(payload) = &error {
            let message = payload.message.to_ascii_lowercase();
            if message.contains("insufficient funds") {
                return Err(ChainError::NoGasMoney { account: from });
            }
            if message.contains("nonce too low") || message.contains("underpriced") {
                return Ok(Handed::NonceTaken);
            }
        }
        if may_have_arrived(&error) {
            return Ok(Handed::Unknown);
        }
        Err(self.refused(error, "eth_sendRawTransaction"))
    }

    /// What became of a transaction; `None` while it is in no block.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn mined(&self, tx: B256) -> Result<Option<Mined>, ChainError> {
        let receipt = self.read("eth_getTransactionReceipt", || async {
            self.provider().get_transaction_receipt(tx).await
        });
        let Some(receipt) = receipt.await? else {
            return Ok(None);
        };
        let missing = || ChainError::bad_answer("eth_getTransactionReceipt", "it names no block");
        let block = receipt.block_number.ok_or_else(missing)?;
        let head = self.block(block).await?.ok_or_else(missing)?;
        Ok(Some(Mined {
            tx,
            success: receipt.status(),
            block,
            block_time: head.time,
            gas_used: receipt.gas_used,
            logs: core_logs(receipt.logs(), |_| Some(head.time))?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replacement_pays_enough_more_for_any_node() {
        let fees = |max_fee, priority| Fees {
            max_fee,
            priority_fee: Some(priority),
        };
        let old = fees(2_000, 10);
        assert_eq!(old.raised(&fees(1_000, 1)), fees(2_251, 12));
        assert_eq!(old.raised(&fees(9_000, 50)), fees(9_000, 50));
        assert_eq!(fees(9_000, 5_000).at_most(4_000), fees(4_000, 4_000));
        let legacy = Fees {
            max_fee: 8,
            priority_fee: None,
        };
        assert_eq!(legacy.raised(&legacy).max_fee, 10);
    }
}
