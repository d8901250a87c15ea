//! Time on the embedded chain.

use alloy::providers::ext::AnvilApi;

use super::attach::Embedded;
use super::error::EmbeddedError;
use crate::blocks::Head;
use crate::connect::Chain;
use crate::error::ChainError;

/// The embedded chain's clock, for whoever does not own the chain.
#[derive(Clone, Debug)]
pub struct Clock(Chain);

impl Clock {
    /// Lets the clock jump to `time` (unix seconds, after the newest block) and mines a block with
    /// exactly that time.
    ///
    /// # Errors
    /// [`EmbeddedError::Backwards`] when `time` is not after the newest block.
    pub async fn set_time(&self, time: u64) -> Result<Head, ChainError> {
        let Self(chain) = self;
        let now = chain.head().await?.time;
        if time <= now {
            return Err(EmbeddedError::Backwards { now, wanted: time }.into());
        }
        let asked = chain.provider().anvil_set_next_block_timestamp(time).await;
        asked.map_err(|error| chain.refused(error, "evm_setNextBlockTimestamp"))?;
        mine(chain).await
    }
}

async fn mine(chain: &Chain) -> Result<Head, ChainError> {
    let asked = chain.provider().evm_mine(None).await;
    asked.map_err(|error| chain.refused(error, "evm_mine"))?;
    chain.head().await
}

impl Embedded {
    /// Its clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock(self.chain().clone())
    }

    /// Lets `seconds` pass and mines a block.
    ///
    /// # Errors
    /// When the node refuses.
    pub async fn advance(&self, seconds: u64) -> Result<Head, ChainError> {
        let chain = self.chain();
        let asked = chain.provider().anvil_increase_time(seconds).await;
        asked.map_err(|error| chain.refused(error, "evm_increaseTime"))?;
        self.mine().await
    }

    /// See [`Clock::set_time`].
    ///
    /// # Errors
    /// See [`Clock::set_time`].
    pub async fn set_time(&self, time: u64) -> Result<Head, ChainError> {
        self.clock().set_time(time).await
    }

    /// Mines one block now.
    ///
    /// # Errors
    /// When the node refuses.
    pub async fn mine(&self) -> Result<Head, ChainError> {
        mine(self.chain()).await
    }
}
