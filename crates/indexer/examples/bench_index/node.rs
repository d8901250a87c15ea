//! Transactions by the thousand: an anvil that mines when it is told to.

use alloy::network::TransactionBuilder;
use alloy::providers::{Provider, RootProvider};
use alloy::rpc::types::TransactionRequest;
use alloy::sol;
use alloy::sol_types::SolCall;
use alloy_primitives::{Address, B256, Bytes, U64};
use guerdon_chain::GAS_PER_TRANSACTION;
use guerdon_chain::plan::Plan;
use serde_json::Value;

use crate::Outcome;

/// Transactions of a block.
const BLOCK: u32 = 2;
/// Wei for a unit of gas: above the least that the chain asks for.
const GAS_PRICE: u128 = 2_000_000_000;

sol! {
    function multicall(bytes[] calls) external returns (bytes[] results);
}

/// One account that does everything.
#[derive(Debug)]
pub(crate) struct Node {
    node: RootProvider,
    from: Address,
    waiting: u32,
}

impl Node {
    /// The node mines no block any more unless it is told to.
    pub(crate) async fn new(url: &str, from: Address) -> Outcome<Self> {
        let node: RootProvider = RootProvider::new_http(url.parse()?);
        node.client()
            .request::<_, Value>("evm_setAutomine", (false,))
            .await?;
        Ok(Self {
            node,
            from,
            waiting: 0,
        })
    }

    /// Hands over one transaction; every second one makes a block.
    pub(crate) async fn send(&mut self, plan: &Plan) -> Outcome {
        let request = TransactionRequest::default()
            .with_from(self.from)
            .with_to(plan.to.ok_or("a plan creates a contract")?)
            .with_input(plan.data.clone())
            .with_gas_limit(GAS_PER_TRANSACTION)
            .with_gas_price(GAS_PRICE);
        let sent = self
            .node
            .client()
            .request::<_, B256>("eth_sendTransaction", (request,));
        sent.await?;
        self.waiting += 1;
        match self.waiting < BLOCK {
            true => Ok(()),
            false => self.mine().await,
        }
    }

    /// Joins calls of one contract to transactions of so many calls each.
    pub(crate) async fn send_joined(&mut self, plans: &[Plan], calls: usize) -> Outcome {
        for part in plans.chunks(calls) {
            let Some(first) = part.first() else { continue };
            let calls: Vec<Bytes> = part.iter().map(|plan| plan.data.clone()).collect();
            let joined = Plan {
                to: first.to,
                data: multicallCall { calls }.abi_encode().into(),
                summary: String::new(),
            };
            self.send(&joined).await?;
        }
        Ok(())
    }

    /// Makes a block of what waits.
    pub(crate) async fn mine(&mut self) -> Outcome {
        self.waiting = 0;
        self.blocks(1).await
    }

    /// Makes so many blocks.
    pub(crate) async fn blocks(&self, count: u64) -> Outcome {
        let made = self
            .node
            .client()
            .request::<_, Value>("anvil_mine", (U64::from(count),));
        made.await?;
        Ok(())
    }

    /// Mines what waits, and lets so many seconds pass.
    pub(crate) async fn pass(&mut self, seconds: u64) -> Outcome {
        if self.waiting > 0 {
            self.mine().await?;
        }
        let passed = self
            .node
            .client()
            .request::<_, Value>("evm_increaseTime", (seconds,));
        passed.await?;
        Ok(())
    }
}
