//! Logs of one node, held against another: a node that lags or lies answers with fewer or other
//! logs and no error.

use alloy::eips::BlockNumberOrTag;
use alloy::primitives::Address;
use alloy::rpc::types::Log as RpcLog;

use crate::blocks::Head;
use crate::connect::Chain;
use crate::error::ChainError;
use crate::nodes::Node;

impl Chain {
    /// Makes sure that the node that told these logs has the whole range, and that another one
    /// tells the same. A time that the other does not confirm is taken from the log, so that the
    /// block is asked for it.
    pub(crate) async fn confirm(
        &self,
        asked: usize,
        found: &mut [RpcLog],
        ((from, to), addresses): ((u64, u64), &[Address]),
    ) -> Result<(), ChainError> {
        let last = self.agreed(BlockNumberOrTag::Number(to)).await?;
        let last = last.ok_or_else(|| moved(to))?;
        self.must_have(asked, &last).await?;
        for (other, second) in self.all_nodes().iter().enumerate() {
            if other == asked || second.is_away() || !self.has(second, &last).await {
                continue;
            }
            let span = self.log_span().copy();
            let told = self.ranged(Some(second), (from, to), (addresses, &span));
            let Ok(told) = told.await else {
                second.failed();
                continue;
            };
            if is_same(found, &told) {
                keep_times(found, &told);
                return Ok(());
            }
            // Only where both still have the same last block did they tell of the same chain.
            if self.agreed(BlockNumberOrTag::Number(to)).await? != Some(last) {
                return Err(moved(to));
            }
            let one = self
                .all_nodes()
                .get(asked)
                .map_or("", |node| node.shown.as_str());
            return Err(ChainError::Disagreement {
                about: format!("the logs of blocks {from} to {to}"),
                one: format!("{one} has {}", found.len()),
                other: format!("{} has {} that are not the same", second.shown, told.len()),
            });
        }
        Ok(())
    }

    async fn has(&self, node: &Node, block: &Head) -> bool {
        let at = BlockNumberOrTag::Number(block.number);
        match node.block(self.chain_id(), at).await {
            Ok(there) => there.is_some_and(|there| there.hash == block.hash),
            Err(_) => {
                node.failed();
                false
            }
        }
    }

    /// Makes sure that the node that answered a range has all of it, up to the block that nodes
    /// agree on.
    async fn must_have(&self, asked: usize, block: &Head) -> Result<(), ChainError> {
        if let Some(node) = self.all_nodes().get(asked)
            && self.has(node, block).await
            && self.current() == asked
        {
            return Ok(());
        }
        self.fail_over(asked).await?;
        let number = block.number;
        let reason = format!("the node does not have block {number} yet, which another one has");
        Err(ChainError::bad_answer("eth_getLogs", reason))
    }
}

fn moved(block: u64) -> ChainError {
    let reason = format!("block {block} was replaced meanwhile");
    ChainError::bad_answer("eth_getLogs", reason)
}

/// Whether two nodes tell the same logs in the same order. Some nodes date logs and some do not.
fn is_same(ones: &[RpcLog], others: &[RpcLog]) -> bool {
    let place = |log: &RpcLog| {
        let block = (log.block_number, log.block_hash);
        (block, log.transaction_hash, log.log_index)
    };
    let mut both = ones.iter().zip(others);
    ones.len() == others.len()
        && both.all(|(one, other)| place(one) == place(other) && one.inner == other.inner)
}

fn keep_times(found: &mut [RpcLog], told: &[RpcLog]) {
    for (log, other) in found.iter_mut().zip(told) {
        let confirmed = other.block_timestamp;
        log.block_timestamp = log.block_timestamp.filter(|time| confirmed == Some(*time));
    }
}
