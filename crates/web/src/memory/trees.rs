//! Trees of rounds, for the proofs of first claims: a round's leaves never change.

use std::sync::{Arc, Mutex, PoisonError};

use alloy_primitives::B256;
use guerdon_core::tree::SumTree;
use tokio::sync::OnceCell;

/// Leaves of all kept trees together, at most, but for the tree that was asked for last: some
/// hundred bytes each.
const LEAVES_MAX: usize = 2_000_000;

/// A tree that is built, or will be.
type Cell = Arc<OnceCell<Arc<SumTree>>>;

/// Trees by their roots, the one that was asked for last at the end.
#[derive(Debug, Default)]
pub(crate) struct Trees(Mutex<Vec<(B256, Cell)>>);

impl Trees {
    /// The tree of a root. Who asks first has it built, the others wait for it.
    pub(crate) async fn get<E>(
        &self,
        root: B256,
        build: impl Future<Output = Result<SumTree, E>>,
    ) -> Result<Arc<SumTree>, E> {
        let cell = self.cell(root);
        let build = || async { build.await.map(Arc::new) };
        let tree = cell.get_or_try_init(build).await.cloned()?;
        self.leave_out(LEAVES_MAX);
        Ok(tree)
    }

    fn cell(&self, root: B256) -> Cell {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|(of, _)| *of == root);
        let entry = known.map_or_else(|| (root, Arc::default()), |place| kept.remove(place));
        kept.push(entry.clone());
        entry.1
    }

    /// Forgets those that were asked for the longest ago, down to so many leaves.
    fn leave_out(&self, most: usize) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let leaves =
            |(_, cell): &(B256, Cell)| cell.get().map_or(0, |tree| tree.leaves().len().max(1));
        while kept.len() > 1 && kept.iter().map(leaves).sum::<usize>() > most {
            kept.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicU32, Ordering};

    use guerdon_core::tree::Leaf;

    use super::*;

    fn tree(leaves: u8) -> SumTree {
        let leaf = |n| Leaf {
            id: B256::repeat_byte(n),
            amount: 5,
        };
        SumTree::build((1..=leaves).map(leaf)).unwrap()
    }

    #[tokio::test]
    async fn a_tree_is_built_once_however_many_ask_at_a_time() {
        let (trees, built) = (Arc::new(Trees::default()), Arc::new(AtomicU32::new(0)));
        let ask = |_| {
            let (trees, built) = (Arc::clone(&trees), Arc::clone(&built));
            tokio::spawn(async move {
                let build = async {
                    tokio::task::yield_now().await;
                    built.fetch_add(1, Ordering::SeqCst);
                    Ok::<_, Infallible>(tree(3))
                };
                trees.get(B256::repeat_byte(9), build).await.unwrap().root()
            })
        };
        for asked in (0..20).map(ask).collect::<Vec<_>>() {
            assert_eq!(asked.await.unwrap(), tree(3).root());
        }
        assert_eq!(built.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn the_oldest_are_forgotten_and_the_last_one_never() {
        let trees = Trees::default();
        for n in 1..=4_u8 {
            let build = async { Ok::<_, Infallible>(tree(3)) };
            trees.get(B256::repeat_byte(n), build).await.unwrap();
        }
        let again = async { Err::<SumTree, _>("built anew") };
        assert!(trees.get(B256::repeat_byte(1), again).await.is_ok(), "kept");
        trees.leave_out(6);
        let roots = |trees: &Trees| -> Vec<u8> {
            let kept = trees.0.lock().unwrap();
            kept.iter().map(|(root, _)| root.0[0]).collect()
        };
        assert_eq!(roots(&trees), [4, 1]);
        trees.leave_out(0);
        assert_eq!(roots(&trees), [1]);
    }
}
