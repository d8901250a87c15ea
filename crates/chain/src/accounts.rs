//! What an account can do: pay for gas, and sign as a contract.

use alloy::eips::BlockId;
use alloy::primitives::{Address, B256, Bytes};
use alloy::providers::Provider;

use crate::connect::Chain;
use crate::error::ChainError;
use crate::plan::Plan;

mod erc1271 {
    alloy::sol! {
        /// ERC-1271: an account that is a contract judges signatures itself.
        function isValidSignature(bytes32 hash, bytes signature) external view returns (bytes4);
    }
}

/// What a contract answers that takes a signature for its own, filled up with zeros to a word.
const VALID: [u8; 4] = [0x16, 0x26, 0xba, 0x7e];

impl Chain {
    /// The account's money for gas, in wei, in the newest block.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn balance(&self, account: Address) -> Result<u128, ChainError> {
        let balance = self.read("eth_getBalance", || async {
            self.provider().get_balance(account).await
        });
        // Nobody has more than 128 bits of it.
        Ok(u128::try_from(balance.await?).unwrap_or(u128::MAX))
    }

    /// Whether the account is a contract, or an account of a key that has a contract's code.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn has_code(&self, account: Address) -> Result<bool, ChainError> {
        let code = self.read("eth_getCode", || async {
            self.provider()
                .get_code_at(account)
                .block_id(BlockId::latest())
                .await
        });
        Ok(!code.await?.is_empty())
    }

    /// Whether the account is a contract that takes this signature of a digest for its own
    /// (ERC-1271), in the newest block. An account without code takes none: a precompiled contract
    /// has none and answers all the same. Neither does one that answers anything but the one word.
    ///
    /// # Errors
    /// When the node does not answer.
    pub async fn is_valid_signature(
        &self,
        account: Address,
        digest: B256,
        signature: &[u8],
    ) -> Result<bool, ChainError> {
        let call = erc1271::isValidSignatureCall {
            hash: digest,
            signature: Bytes::copy_from_slice(signature),
        };
        if !self.has_code(account).await? {
            return Ok(false);
        }
        let plan = Plan::call(account, &call, "Judge a signature");
        match self.call_plan(&plan, Address::ZERO).await {
            Ok(output) => Ok(output.strip_prefix(&VALID) == Some(&[0; 28])),
            Err(ChainError::Reverted(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
