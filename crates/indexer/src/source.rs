//! What the indexer asks of a chain.

use std::future::Future;

use alloy_primitives::Address;
use guerdon_chain::{Chain, ChainError, Head};
use guerdon_core::fact::Log;

pub use guerdon_chain::Finality;

/// A chain to follow: a node, or a script in tests.
pub trait Source: Send + Sync {
    /// The newest block that the policy trusts.
    fn head(&self, finality: Finality) -> impl Future<Output = Result<Head, ChainError>> + Send;

    /// A block by height; nothing above the head.
    fn block(&self, number: u64) -> impl Future<Output = Result<Option<Head>, ChainError>> + Send;

    /// The logs of the contracts in `from..=to`, in the order of the chain.
    fn logs(
        &self,
        from: u64,
        to: u64,
        contracts: &[Address],
    ) -> impl Future<Output = Result<Vec<Log>, ChainError>> + Send;
}

impl Source for Chain {
    async fn head(&self, finality: Finality) -> Result<Head, ChainError> {
        self.head_of(finality).await
    }

    async fn block(&self, number: u64) -> Result<Option<Head>, ChainError> {
        Self::block(self, number).await
    }

    async fn logs(
        &self,
        from: u64,
        to: u64,
        contracts: &[Address],
    ) -> Result<Vec<Log>, ChainError> {
        Self::logs(self, from, to, contracts).await
    }
}
