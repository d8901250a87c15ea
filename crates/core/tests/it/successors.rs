//! Replacements as the shared tables list them.

use alloy_primitives::{Address, B256, U256};
use guerdon_core::grant::{Desk, GateResult};
use guerdon_core::id::Domain;
use guerdon_core::state::State;
use guerdon_core::succession::{
    Around, Found, Recovery, Replace, SuccessionDomain, SuccessionRefused, replace_digest,
    signed_word, succeed,
};
use guerdon_core::terms::Terms;

use crate::succession::Known;
use crate::table::Table;

fn all(table: &Table, name: &str) -> Vec<u128> {
    table.all(name)
}

#[test]
fn holders_sign_the_digests_of_the_oracle() {
    let table = Table::read("replace");
    let domain = SuccessionDomain {
        chain_id: table.scalar("chainId"),
        succession: table.scalar("succession"),
    };
    let ids = Domain::new(table.scalar("chainId"), table.scalar("grants"));
    let (first, count) = (table.all::<usize>("first"), table.all::<usize>("count"));
    let decode = |bytes: &Vec<u8>| Terms::decode(bytes).unwrap();
    let successors: Vec<_> = table.bytes("successorTerms").iter().map(decode).collect();
    let (words, deadlines) = (table.all::<U256>("oldWord"), table.all::<u64>("deadline"));
    let digests = table.all::<B256>("digest");
    for (row, old) in table.bytes("oldTerms").iter().enumerate() {
        let state = State::from_word(words[row]);
        let message = Replace {
            old_id: ids.id(old),
            old_word: signed_word(&state),
            successors: successors[first[row]..first[row] + count[row]].to_vec(),
            deadline: deadlines[row],
        };
        assert_eq!(replace_digest(&domain, &message), digests[row], "row {row}");
        let paid = State {
            released: state.released / 2,
            ..state
        };
        assert_eq!(signed_word(&paid), message.old_word);
    }
}

#[test]
fn grants_are_replaced_as_the_oracle_says() {
    let table = Table::read("succeed");
    let (grants, token) = (table.scalar("grants"), table.scalar("token"));
    let (old, now) = (table.bytes("oldTerms"), table.all::<u64>("now"));
    let words = table.all::<U256>("oldWord");
    let (successors, after) = (
        table.bytes("successorTerms"),
        table.all::<U256>("successorWord"),
    );
    let (each, freed) = (
        table.all::<i128>("successorFreed"),
        table.all::<i128>("freed"),
    );
    let (first, count) = (table.all::<usize>("first"), table.all::<usize>("count"));
    let known = known(&table);
    let (wants, free) = (table.all::<u8>("want"), all(&table, "free"));
    for (row, want) in wants.into_iter().enumerate() {
        let range = first[row]..first[row] + count[row];
        let desk = Desk {
            domain: Domain::new(table.scalar("chainId"), grants),
            grants,
            token,
            now: now[row],
        };
        let terms = Terms::decode(&old[row]).unwrap();
        let gates: Vec<_> = terms
            .gates
            .iter()
            .map(|gate| known[row].goals[&gate.goal])
            .collect();
        let found = Found {
            terms: &terms,
            state: &State::from_word(words[row]),
            recovery: &Recovery::default(),
        };
        let around = Around {
            desk: &desk,
            lookup: &known[row],
            free: free[row],
        };
        let born = succeed(
            &around,
            &found,
            &gates,
            &successors[range.clone()],
            terms.recipient,
        );
        match (want, born) {
            (0, Ok(born)) => {
                assert_eq!(born.iter().map(|one| one.freed).sum::<i128>(), freed[row]);
                for (one, place) in born.iter().zip(range) {
                    assert_eq!(one.state.to_word(), after[place], "row {row}");
                    assert_eq!(one.freed, each[place], "row {row}");
                    assert_eq!(one.id, desk.domain.id(&successors[place]));
                }
            }
            (want, Err(refused)) => refused_as_said((&table, row), want, &refused, terms.recipient),
            (want, Ok(_)) => panic!("row {row}: wanted {want}, and it was done"),
        }
    }
}

/// A refusal is the oracle's, with its numbers.
fn refused_as_said(
    (table, row): (&Table, usize),
    want: u8,
    refused: &SuccessionRefused,
    paid: Address,
) {
    let number = |name: &str| all(table, name)[row];
    match (want, refused) {
        (1, SuccessionRefused::BelowReleased { released, .. }) => {
            assert_eq!(*released, number("released"));
        }
        (2, SuccessionRefused::VestedFalls { before, after }) => {
            let wanted = (number("before"), number("after"));
            assert_eq!((*before, *after), wanted, "row {row}");
        }
        (3, SuccessionRefused::NotFreeEnough { wanted, free }) => {
            assert_eq!(*free, number("free"));
            assert!(wanted > free);
        }
        (4, SuccessionRefused::BadTerms { .. }) | (5, SuccessionRefused::AlreadyOpened { .. }) => {}
        (6, SuccessionRefused::NotHeir { holder, .. }) => assert_eq!(*holder, paid),
        _ => panic!("row {row}: wanted {want}, and got {refused:?}"),
    }
}

/// What Goals says in each row.
fn known(table: &Table) -> Vec<Known> {
    let (fraction, stop) = (
        table.all::<u32>("goalFraction"),
        table.all::<u32>("goalStopFraction"),
    );
    let (is_final, pending) = (table.bools("goalFinal"), table.bools("goalStopPending"));
    let ids = table.all::<B256>("goal");
    let result = |place: usize| {
        let result = GateResult {
            fraction: fraction[place],
            is_final: is_final[place],
            last_registered_at: 0,
            at_stop: Some((stop[place], pending[place])),
        };
        (ids[place], result)
    };
    let counts = table.all::<usize>("goalCount");
    let ranges = table.all::<usize>("goalFirst").into_iter().zip(counts);
    ranges
        .map(|(first, count)| Known {
            goals: (first..first + count).map(result).collect(),
            taken: Vec::new(),
        })
        .collect()
}
