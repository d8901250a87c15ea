//! Who is promised what: rounds of grants, and the goals that some of them wait for.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_chain::Deployment;
use guerdon_core::goal::Goal;
use guerdon_core::id::Domain;
use guerdon_core::tree::{Leaf, SumTree};

use crate::Outcome;
use crate::common::{AMOUNT, goal, terms};

/// Rounds, and goals.
pub(crate) const ROUNDS: u64 = 20;

/// One grant.
#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) id: B256,
    pub(crate) terms: Vec<u8>,
    /// Whether it ends and is settled before it has vested.
    pub(crate) ends: bool,
}

/// Everything that is promised.
#[derive(Debug)]
pub(crate) struct Cast {
    pub(crate) rounds: Vec<SumTree>,
    /// Round by round.
    pub(crate) grants: Vec<Promise>,
    pub(crate) goals: Vec<Goal>,
}

impl Cast {
    /// So many grants in all, a multiple of [`ROUNDS`], which begin at `start` (unix seconds).
    pub(crate) fn new(deployment: &Deployment, grants: u64, start: u64) -> Outcome<Self> {
        let contracts = &deployment.contracts;
        let domain = Domain::new(deployment.chain_id, contracts.grants.address);
        let goals = (0..ROUNDS).map(|number| goal(start, keccak256(number.to_be_bytes())));
        let goals: Vec<Goal> = goals.collect();
        let id_of = |goal: &Goal| goal.id(deployment.chain_id, contracts.goals.address);
        let ids: Vec<B256> = goals.iter().map(id_of).collect();
        let mut cast = Self {
            rounds: Vec::new(),
            grants: Vec::new(),
            goals,
        };
        let size = grants / ROUNDS;
        for (round, goal) in (0..).zip(ids) {
            for number in round * size..(round + 1) * size {
                // Two grants in a row are one person's; every fourth waits for the round's goal.
                let person = Address::from_word(keccak256((number / 2).to_be_bytes()));
                let gate = number.is_multiple_of(4).then_some(goal);
                let terms = terms(number, person, gate, start)?.encode()?;
                cast.grants.push(Promise {
                    id: domain.id(&terms),
                    terms,
                    ends: number % 10 == 1,
                });
            }
            let of_round = cast.grants.iter().skip(usize::try_from(round * size)?);
            let leaves = of_round.map(|grant| Leaf {
                id: grant.id,
                amount: AMOUNT,
            });
            cast.rounds.push(SumTree::build(leaves)?);
        }
        Ok(cast)
    }

    /// The grants of a round.
    pub(crate) fn of_round(&self, round: usize) -> &[Promise] {
        let size = self.grants.len() / self.rounds.len().max(1);
        self.grants
            .get(round * size..(round + 1) * size)
            .unwrap_or(&[])
    }
}
