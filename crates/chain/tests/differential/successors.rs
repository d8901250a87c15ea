//! Terms that can take the place of others: copies, parts, and strangers.

use guerdon_core::id::Domain;
use guerdon_core::terms::{Powers, Schedule, Terms};

use crate::dice::Dice;
use crate::machine::Places;
use crate::people::{HOLDERS, person};
use crate::world::{Defined, LeafSpec, leaf, read};

/// Strangers: any terms, valid or not, that were made for nothing.
const STRANGERS: u64 = 3;

/// Adds for every grant a copy, a copy of that, and two parts, and then some strangers.
pub(crate) fn successors(
    dice: &mut Dice,
    leaves: &mut Vec<LeafSpec>,
    goals: &[Defined],
    (places, domain): (&Places, Domain),
) {
    for place in 0..leaves.len() {
        let Some(old) = leaves[place].terms.clone() else {
            continue;
        };
        let mut add = |terms: &Terms, replaces: usize| {
            let mut spec = read(terms.encode().unwrap(), places, domain);
            spec.replaces = Some(replaces);
            leaves.push(spec);
            leaves.len() - 1
        };
        let copy = renewed(dice, &old, old.amount);
        let at = add(&copy, place);
        let more = dice.pick(&[0, 0, 1, 1_000]).min(u128::MAX - copy.amount);
        add(&renewed(dice, &copy, copy.amount + more), at);
        let part = dice.wide(old.amount - 1) + 1;
        for amount in [part, old.amount - part] {
            if amount > 0 {
                add(&renewed(dice, &old, amount), place);
            }
        }
    }
    for _ in 0..STRANGERS {
        let place = dice.below(100) + 100;
        leaves.push(leaf(dice, place, goals, places, domain));
    }
}

/// The same terms for another agreement, and sometimes another holder, other powers or sooner.
fn renewed(dice: &mut Dice, old: &Terms, amount: u128) -> Terms {
    let mut terms = old.clone();
    terms.amount = amount.min(guerdon_core::terms::AMOUNT_MAX);
    terms.document = alloy::primitives::keccak256(dice.next().to_be_bytes());
    if dice.percent(50) {
        terms.recipient = person(dice.pick(&HOLDERS));
    }
    if dice.percent(20) {
        terms.vesting = Schedule::whole();
    }
    if dice.percent(30) {
        terms.powers = Powers::ALL;
    }
    if dice.percent(20) {
        terms.withhold_bps = dice.pick(&[0, 77, 10_000]);
    }
    terms
}
