//! What the keeper asks of a chain: a node with a key, or a script in tests.

use alloy_primitives::{Address, B256};
use guerdon_chain::{
    Chain, ChainError, Fees, Handed, Outgoing, Plan, Signed, Signer, decode, plan,
};
use guerdon_core::fact::Fact;

type Answer<T> = Result<T, ChainError>;

/// A transaction in a block.
#[derive(Debug, Clone)]
pub(crate) struct Landed {
    pub(crate) success: bool,
    pub(crate) block: u64,
    pub(crate) block_time: u64,
    pub(crate) gas_used: u64,
    pub(crate) facts: Vec<Fact>,
}

pub(crate) trait Node {
    /// Who pays for gas.
    fn sender(&self) -> Address;
    /// This machine's time, for how long a transaction waits.
    fn wall(&self) -> u64;
    /// What the lease runs by; `None`: the database's clock.
    fn lease_time(&self) -> Option<u64> {
        None
    }
    /// The time that a call made now would see.
    async fn now(&self) -> Answer<u64>;
    /// The most gas of one transaction.
    async fn gas_cap(&self) -> Answer<u64>;
    /// Gas that a call needs, at most `limit`.
    async fn measure(&self, plan: &Plan, limit: u64) -> Answer<u64>;
    /// How many grants a call would pay now.
    async fn would_pay(&self, plan: &Plan) -> Answer<usize>;
    async fn fees(&self) -> Answer<Fees>;
    async fn next_nonce(&self) -> Answer<u64>;
    async fn sign(&self, plan: &Plan, outgoing: &Outgoing) -> Answer<Signed>;
    async fn hand_over(&self, signed: &Signed) -> Answer<Handed>;
    async fn knows(&self, tx: B256) -> Answer<bool>;
    async fn landed(&self, tx: B256) -> Answer<Option<Landed>>;
}

/// A node and the key that pays for gas.
#[derive(Debug)]
pub(crate) struct LiveNode {
    pub(crate) chain: Chain,
    pub(crate) signer: Signer,
    pub(crate) wall: fn() -> u64,
}

impl Node for LiveNode {
    fn sender(&self) -> Address {
        self.signer.address()
    }

    fn wall(&self) -> u64 {
        (self.wall)()
    }

    async fn now(&self) -> Answer<u64> {
        self.chain.now().await
    }

    async fn gas_cap(&self) -> Answer<u64> {
        self.chain.gas_per_transaction().await
    }

    async fn measure(&self, plan: &Plan, limit: u64) -> Answer<u64> {
        self.chain.measure(plan, self.sender(), limit).await
    }

    async fn would_pay(&self, plan: &Plan) -> Answer<usize> {
        let output = self.chain.call_plan(plan, self.sender()).await?;
        plan::paid(plan, &output).ok_or_else(|| ChainError::BadAnswer {
            call: "eth_call",
            reason: "it does not say how many grants would be paid".to_owned(),
        })
    }

    async fn fees(&self) -> Answer<Fees> {
        self.chain.fees().await
    }

    async fn next_nonce(&self) -> Answer<u64> {
        self.chain.next_nonce(self.sender()).await
    }

    async fn sign(&self, plan: &Plan, outgoing: &Outgoing) -> Answer<Signed> {
        self.chain.sign_plan(plan, &self.signer, outgoing).await
    }

    async fn hand_over(&self, signed: &Signed) -> Answer<Handed> {
        self.chain.hand_over(signed, self.sender()).await
    }

    async fn knows(&self, tx: B256) -> Answer<bool> {
        self.chain.knows(tx).await
    }

    async fn landed(&self, tx: B256) -> Answer<Option<Landed>> {
        let Some(mined) = self.chain.mined(tx).await? else {
            return Ok(None);
        };
        // The token's own events have no form of ours; they change nothing here.
        let facts = mined.logs.iter().filter_map(|log| decode(log).ok()?);
        Ok(Some(Landed {
            success: mined.success,
            block: mined.block,
            block_time: mined.block_time,
            gas_used: mined.gas_used,
            facts: facts.collect(),
        }))
    }
}
