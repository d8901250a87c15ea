use alloy_primitives::B256;
use rayon::prelude::*;

mod node;

/// Bytes of a proof per level: a sibling's hash and its sum.
pub const LEVEL_BYTES: usize = 48;
/// Levels a proof can have.
pub const LEVELS_MAX: usize = 32;

/// A grant in a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Id of the grant.
    pub id: B256,
    /// What the round promises it, in base units.
    pub amount: u128,
}

/// What is committed for a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Root {
    /// Hash at the root; the id itself for a round of one.
    pub hash: B256,
    /// Sum of all amounts, in base units.
    pub total: u128,
}

/// A path from a leaf to the root: 48 bytes a level, sibling 32 and its sum 16; empty for a round
/// of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof(pub Vec<u8>);

/// A Merkle tree with sums over the grants of a round, in ascending order of id.
#[derive(Clone, Debug)]
pub struct SumTree {
    /// Leaves first, root last; every level but the last has a sibling for each node, or none (0,
    /// 0).
    levels: Vec<Vec<Leaf>>,
    root: Root,
}

/// Why leaves make no tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// No leaf.
    #[error("a round needs at least one grant")]
    Empty,
    /// More leaves than an index counts.
    #[error("a round has at most 2^32 grants, not {leaves}")]
    TooMany {
        /// Leaves given.
        leaves: usize,
    },
    /// The same grant twice: its second promise would be locked for good.
    #[error("the grant {id} is in the round twice")]
    Duplicate {
        /// Id of the grant.
        id: B256,
    },
    /// The sum does not fit 128 bits.
    #[error("the amounts of the round add up to 2^128 base units or more")]
    TotalTooLarge,
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not a whole number of levels.
    #[error("a proof has 48 bytes a level, and {bytes} is not a multiple of it")]
    Length {
        /// Bytes given.
        bytes: usize,
    },
    /// Too many levels.
    #[error("a proof has at most 32 levels, not {levels}")]
    TooDeep {
        /// Levels given.
        levels: usize,
    },
    /// The index lies outside a tree of this height.
    #[error("there is no leaf {index} in a tree of {levels} levels")]
    Index {
        /// Index given.
        index: u32,
        /// Levels of the proof.
        levels: usize,
    },
    /// A sum on the path passes 2^128.
    #[error("a sum on the path passes 2^128")]
    Overflow,
    /// The path ends in another root or total.
    #[error("the proof does not lead to the round's root and total")]
    Mismatch,
}

impl SumTree {
    /// Sorts the leaves by id and builds every level, in parallel.
    ///
    /// Takes the leaves as they come, in any order: a stream is read once, and a vector is used as
    /// it is. Holds 96 bytes a grant.
    pub fn build(leaves: impl IntoIterator<Item = Leaf>) -> Result<Self, TreeError> {
        Self::of(leaves.into_iter().collect())
    }

    fn of(mut leaves: Vec<Leaf>) -> Result<Self, TreeError> {
        if leaves.len() as u64 > 1 << LEVELS_MAX {
            return Err(TreeError::TooMany {
                leaves: leaves.len(),
            });
        }
        leaves.par_sort_unstable_by_key(|leaf| leaf.id);
        let same = leaves
            .iter()
            .zip(leaves.iter().skip(1))
            .find(|(left, right)| left.id == right.id);
        if let Some((leaf, _)) = same {
            return Err(TreeError::Duplicate { id: leaf.id });
        }
        let sum = leaves
            .iter()
            .try_fold(0, |sum: u128, leaf| sum.checked_add(leaf.amount));
        let total = sum.ok_or(TreeError::TotalTooLarge)?;
        let mut levels = vec![leaves];
        let hash = loop {
            match levels.last().map(Vec::as_slice) {
                None | Some([]) => return Err(TreeError::Empty),
                Some([root]) => break root.id,
                Some(level) => {
                    levels.push(level.par_chunks(2).with_min_len(512).map(parent).collect())
                }
            }
        };
        Ok(Self {
            levels,
            root: Root { hash, total },
        })
    }

    /// Root and total, as committed.
    pub fn root(&self) -> Root {
        self.root
    }

    /// The leaves in their order: ascending by id.
    pub fn leaves(&self) -> &[Leaf] {
        self.levels.first().map_or(&[], Vec::as_slice)
    }

    /// Where a grant stands in the tree.
    pub fn index_of(&self, id: B256) -> Option<u32> {
        let place = self
            .leaves()
            .binary_search_by_key(&id, |leaf| leaf.id)
            .ok()?;
        u32::try_from(place).ok()
    }

    /// The path of the leaf at `index`; `None` if there is no such leaf.
    pub fn proof(&self, index: u32) -> Option<Proof> {
        let mut place = usize::try_from(index)
            .ok()
            .filter(|place| *place < self.leaves().len())?;
        let mut proof = Vec::with_capacity(self.levels.len().saturating_mul(LEVEL_BYTES));
        for level in self.levels.iter().take(self.levels.len().saturating_sub(1)) {
            let sibling = level.get(place ^ 1).copied().unwrap_or(ABSENT);
            proof.extend_from_slice(sibling.id.as_slice());
            proof.extend_from_slice(&sibling.amount.to_be_bytes());
            place >>= 1;
        }
        Some(Proof(proof))
    }
}

/// Whether `proof` leads from the leaf at `index` to this root, as the contract decides it.
pub fn verify(root: Root, leaf: Leaf, index: u32, proof: &Proof) -> Result<(), ProofError> {
    let bytes = proof.0.len();
    let levels = bytes / LEVEL_BYTES;
    if !bytes.is_multiple_of(LEVEL_BYTES) {
        return Err(ProofError::Length { bytes });
    }
    if levels > LEVELS_MAX {
        return Err(ProofError::TooDeep { levels });
    }
    if levels < LEVELS_MAX && index >> levels != 0 {
        return Err(ProofError::Index { index, levels });
    }
    let mut node = leaf;
    for (level, sibling) in proof.0.chunks_exact(LEVEL_BYTES).enumerate() {
        let (hash, sum) = sibling.split_at(32);
        let amount = sum
            .iter()
            .fold(0, |sum: u128, byte| (sum << 8) | u128::from(*byte));
        let sibling = Leaf {
            id: B256::from_slice(hash),
            amount,
        };
        node.amount
            .checked_add(amount)
            .ok_or(ProofError::Overflow)?;
        let is_right = (index >> level) & 1 == 1;
        node = if is_right {
            join(sibling, node)
        } else {
            join(node, sibling)
        };
    }
    let reached = Root {
        hash: node.id,
        total: node.amount,
    };
    if reached == root {
        Ok(())
    } else {
        Err(ProofError::Mismatch)
    }
}

/// The sibling of a node that has none.
const ABSENT: Leaf = Leaf {
    id: B256::ZERO,
    amount: 0,
};

fn parent(pair: &[Leaf]) -> Leaf {
    match pair {
        [left, right] => join(*left, *right),
        [left] => join(*left, ABSENT),
        _ => ABSENT,
    }
}

/// keccak256(left ‖ uint128 sum ‖ right ‖ uint128 sum), and the sum, which the caller knows to fit.
fn join(left: Leaf, right: Leaf) -> Leaf {
    let mut bytes = [0; node::NODE_BYTES];
    for (part, node) in bytes.chunks_exact_mut(LEVEL_BYTES).zip([left, right]) {
        let (hash, sum) = part.split_at_mut(32);
        hash.copy_from_slice(node.id.as_slice());
        sum.copy_from_slice(&node.amount.to_be_bytes());
    }
    Leaf {
        id: B256::new(node::hash(&bytes)),
        amount: left.amount.saturating_add(right.amount),
    }
}
