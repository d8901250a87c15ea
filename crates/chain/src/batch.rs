//! How many calls fit into one transaction: measured on the node, never guessed.

use crate::error::ChainError;

/// Calls tried together before anything was measured.
const FIRST_TRY: usize = 64;

/// What fits into the next transaction.
#[derive(Debug)]
pub enum Next {
    /// The first so many items, and the gas that they were measured to need.
    Batch(Batch),
    /// Not even the first item fits under the limit.
    TooMuch {
        /// What it was measured to need; `None` when the node found no gas that is enough.
        gas: Option<u64>,
    },
    /// A contract refuses the first item, alone.
    Refused(ChainError),
}

/// The first items that fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// How many items.
    pub count: usize,
    /// Measured gas, whole transaction; it includes what must be left over during the call.
    pub gas: u64,
}

impl Batch {
    /// The gas to send with: an eighth more than measured, at most `limit`.
    #[must_use]
    pub fn gas_limit(&self, limit: u64) -> u64 {
        self.gas.saturating_add(self.gas / 8).min(limit)
    }
}

/// Finds how many of the first `left` items fit into a transaction of `limit` gas, at least a
/// sixteenth of it kept for changes before the block. `measure(n)` is the gas of the first n.
///
/// A batch that cannot be measured is halved, down to the one item that is at fault. A batch that
/// fits is extended by what its own gas promises, and measured again.
///
/// # Errors
/// What `measure` answers, unless it is about the items: a revert, or a refusal by the node.
pub async fn next_batch<F>(left: usize, limit: u64, measure: F) -> Result<Next, ChainError>
where
    F: AsyncFn(usize) -> Result<u64, ChainError>,
{
    let room = limit - limit / 16;
    let mut fits: Option<Batch> = None;
    // The first size known to be too large.
    let mut ceiling = left.saturating_add(1);
    let mut next = left.clamp(1, FIRST_TRY);
    loop {
        match measure(next).await {
            Ok(gas) if gas <= room => {
                let batch = Batch { count: next, gas };
                let more = extended(&batch, room).min(ceiling - 1);
                if more <= next {
                    return Ok(Next::Batch(batch));
                }
                fits = Some(batch);
                next = more;
                continue;
            }
            Ok(gas) if next == 1 => return Ok(Next::TooMuch { gas: Some(gas) }),
            Ok(_) => {}
            Err(error) if !is_about_items(&error) => return Err(error),
            Err(error) if next == 1 => {
                return Ok(match error {
                    ChainError::Refused { .. } => Next::TooMuch { gas: None },
                    error => Next::Refused(error),
                });
            }
            Err(_) => {}
        }
        ceiling = next;
        let floor = fits.map_or(0, |batch| batch.count);
        next = usize::midpoint(floor, ceiling);
        if let Some(batch) = fits
            && next <= floor
        {
            return Ok(Next::Batch(batch));
        }
    }
}

/// The size that the gas of a batch promises, at most four times its own; its own when that would
/// win less than a sixteenth.
fn extended(batch: &Batch, room: u64) -> usize {
    let wide = |value: u64| u128::from(value);
    let promised = (batch.count as u128 * wide(room)) / wide(batch.gas.max(1));
    let promised = usize::try_from(promised).unwrap_or(usize::MAX);
    let size = promised.min(batch.count.saturating_mul(4));
    if size - size.min(batch.count) > batch.count / 16 {
        size
    } else {
        batch.count
    }
}

/// Nodes answer a call that runs out of gas with a revert or a refusal in their own words.
fn is_about_items(error: &ChainError) -> bool {
    matches!(
        error,
        ChainError::Reverted(_) | ChainError::Refused { .. } | ChainError::TooMuchGas { .. }
    )
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    const LIMIT: u64 = 1 << 24;

    /// Items of these gas costs; a cost of 0 reverts. What does not fit is refused, as nodes do.
    async fn plan(costs: &[u64], limit: u64) -> (Vec<usize>, Vec<usize>, usize) {
        let measured = RefCell::new(0);
        let (mut batches, mut refused, mut from) = (Vec::new(), Vec::new(), 0);
        while from < costs.len() {
            let measure = async |count: usize| {
                *measured.borrow_mut() += 1;
                let items = &costs[from..from + count];
                if items.contains(&0) {
                    return Err(reverted());
                }
                let gas = 50_000 + items.iter().sum::<u64>();
                if gas > limit {
                    let (call, message) = ("eth_estimateGas", "out of gas".to_owned());
                    return Err(ChainError::Refused { call, message });
                }
                Ok(gas)
            };
            match next_batch(costs.len() - from, limit, measure)
                .await
                .unwrap()
            {
                Next::Batch(batch) => {
                    assert!(batch.gas_limit(limit) <= limit);
                    assert!(batch.gas <= limit - limit / 16);
                    batches.push(batch.count);
                    from += batch.count;
                }
                Next::TooMuch { .. } | Next::Refused(_) => {
                    refused.push(from);
                    from += 1;
                }
            }
        }
        (batches, refused, measured.into_inner())
    }

    fn reverted() -> ChainError {
        Box::new(crate::Reverted::in_block(alloy::primitives::B256::ZERO)).into()
    }

    #[tokio::test]
    async fn a_thousand_payments_fill_few_transactions() {
        let (batches, refused, measured) = plan(&[20_000; 1000], LIMIT).await;
        assert_eq!(batches.iter().sum::<usize>(), 1000);
        assert_eq!(batches.len(), 2, "{batches:?}");
        assert!(batches[0] >= 700, "{batches:?}");
        assert!(refused.is_empty());
        assert!(measured <= 12, "{measured} measurements");
    }

    #[tokio::test]
    async fn unequal_items_never_pass_the_limit() {
        let costs: Vec<u64> = (0..500).map(|n| 20_000 + n % 7 * n * 150).collect();
        let (batches, refused, _) = plan(&costs, LIMIT).await;
        assert_eq!(batches.iter().sum::<usize>(), 500);
        assert!(refused.is_empty());
    }

    #[tokio::test]
    async fn items_at_fault_are_found_and_the_others_go_on() {
        let mut costs = vec![20_000; 200];
        costs[0] = 0;
        costs[77] = 0;
        costs[150] = 20_000_000;
        let (batches, refused, _) = plan(&costs, LIMIT).await;
        assert_eq!(refused, [0, 77, 150]);
        assert_eq!(batches.iter().sum::<usize>(), 197);
    }

    #[tokio::test]
    async fn a_node_that_is_away_ends_planning() {
        let away = async |_: usize| {
            let (url, reason) = ("http://node".to_owned(), "it is away".to_owned());
            Err(ChainError::Unreachable { url, reason })
        };
        let error = next_batch(5, LIMIT, away).await.unwrap_err();
        assert!(matches!(error, ChainError::Unreachable { .. }), "{error}");
    }
}
