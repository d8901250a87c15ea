use alloy_primitives::B256;
use guerdon_core::tree::{Leaf, Proof, Root, SumTree, TreeError, verify};

use crate::table::Table;

#[test]
fn trees_have_the_oracles_roots() {
    let table = Table::read("tree");
    let (roots, totals) = (
        table.all::<B256>("treeRoot"),
        table.all::<u128>("treeTotal"),
    );
    let leaves: Vec<_> = table
        .all::<usize>("leafTree")
        .into_iter()
        .zip(table.all("leafId").into_iter().zip(table.all("leafAmount")))
        .map(|(tree, (id, amount))| (tree, Leaf { id, amount }))
        .collect();
    for (number, size) in table.all::<usize>("treeSize").into_iter().enumerate() {
        let own = leaves
            .iter()
            .filter(|(tree, _)| *tree == number)
            .map(|(_, leaf)| *leaf);
        let sorted: Vec<_> = own.collect();
        assert_eq!(sorted.len(), size);
        let tree = SumTree::build(sorted.iter().rev().copied()).unwrap();
        assert_eq!(tree.leaves(), sorted);
        assert_eq!(
            tree.root(),
            Root {
                hash: roots[number],
                total: totals[number]
            }
        );
        for leaf in sorted {
            let index = tree.index_of(leaf.id).unwrap();
            verify(tree.root(), leaf, index, &tree.proof(index).unwrap()).unwrap();
        }
        assert_eq!(tree.proof(size as u32), None);
    }
}

#[test]
fn proofs_are_taken_and_refused_as_the_oracle_says() {
    let table = Table::read("tree");
    let (ids, amounts) = (table.all::<B256>("id"), table.all::<u128>("amount"));
    let (hashes, totals) = (table.all::<B256>("root"), table.all::<u128>("total"));
    let (indices, wanted) = (table.all::<u32>("index"), table.bools("ok"));
    for (row, bytes) in table.bytes("proof").into_iter().enumerate() {
        let root = Root {
            hash: hashes[row],
            total: totals[row],
        };
        let leaf = Leaf {
            id: ids[row],
            amount: amounts[row],
        };
        let verdict = verify(root, leaf, indices[row], &Proof(bytes));
        assert_eq!(verdict.is_ok(), wanted[row], "row {row}: {verdict:?}");
    }
}

#[test]
fn a_tree_refuses_nothing_twins_and_too_much() {
    let leaf = |byte, amount| Leaf {
        id: B256::repeat_byte(byte),
        amount,
    };
    assert_eq!(SumTree::build(Vec::new()).unwrap_err(), TreeError::Empty);
    let twins = vec![leaf(1, 5), leaf(2, 5), leaf(1, 7)];
    let id = B256::repeat_byte(1);
    assert_eq!(
        SumTree::build(twins).unwrap_err(),
        TreeError::Duplicate { id }
    );
    let much = vec![leaf(1, u128::MAX), leaf(2, 1)];
    assert_eq!(SumTree::build(much).unwrap_err(), TreeError::TotalTooLarge);
}

#[test]
fn a_large_round_is_built_in_parallel_and_proves_its_leaves() {
    let leaf = |place: u64| Leaf {
        id: alloy_primitives::keccak256(place.to_be_bytes()),
        amount: u128::from(place) + 1,
    };
    let tree = SumTree::build((0..20_001).map(leaf)).unwrap();
    assert_eq!(tree.root().total, 20_001 * 20_002 / 2);
    for (index, leaf) in (0..).zip(tree.leaves()).step_by(371) {
        let proof = tree.proof(index).unwrap();
        assert_eq!(proof.0.len(), 15 * 48);
        verify(tree.root(), *leaf, index, &proof).unwrap();
    }
}
