//! What grants are worth by the company's word: never an invented range, and nothing that can no
//! longer be paid.

use guerdon_core::grant::Reason;
use guerdon_formats::amount;
use guerdon_store::StatedValue;

use super::portfolio::{Mine, Portfolio};
use crate::numbers::Token;

/// What grants add up to at the values that the company stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Worth {
    /// Of what was paid and what can still be paid, in US cents.
    pub(super) most_cents: u128,
    /// Of what is vested, claimed included, in US cents.
    pub(super) vested_cents: u128,
    /// Grants that have a stated value.
    pub(super) valued: u64,
    /// Grants that have none.
    pub(super) unvalued: u64,
    /// Of the grants that have one: granted and out of reach for ever, in base units.
    pub(super) lost: u128,
    /// Of that, what is not reached or freed by now, as bars show it; in base units.
    pub(super) shut: u128,
    /// The values with their dates, each once.
    pub(super) stated: Vec<(String, String)>,
}

/// `$3,066.00`
pub(super) fn dollars(cents: u128) -> String {
    format!("${}", amount::display(cents, 2))
}

/// A grant's stated value, if it can be reckoned with.
pub(super) fn stated<'a>(mine: &'a Mine, token: &Token) -> Option<&'a StatedValue> {
    let stated = mine.data.named.as_ref()?.stated.as_ref()?;
    in_cents(mine.data.record.amount, token, stated).map(|_| stated)
}

impl Worth {
    /// The worth of all grants that pay or may still pay. Sums are exact and rounded down once.
    pub(super) fn of(portfolio: &Portfolio, token: &Token) -> Self {
        let mut worth = Self::default();
        let (mut most, mut vested) = (Vec::new(), Vec::new());
        for mine in portfolio.standing() {
            let Some(stated) = stated(mine, token) else {
                worth.unvalued += 1;
                continue;
            };
            most.push((mine.reachable, stated.unit_usd.as_str()));
            vested.push((mine.vested, stated.unit_usd.as_str()));
            worth.add(mine, stated);
        }
        let sum = |all: &[(u128, &str)]| amount::worth_of_all_in_cents(all, token.decimals);
        worth.most_cents = sum(&most).unwrap_or(u128::MAX);
        worth.vested_cents = sum(&vested).unwrap_or(u128::MAX);
        worth
    }

    fn add(&mut self, mine: &Mine, stated: &StatedValue) {
        let units = mine.reachable;
        self.valued += 1;
        let lost = mine.data.record.amount.saturating_sub(units);
        self.lost = self.lost.saturating_add(lost);
        let shut = mine.reasons.iter().map(shut);
        self.shut = shut.fold(self.shut, u128::saturating_add);
        let (unit, on) = (stated.unit_usd.clone(), stated.stated_on.clone());
        if !self.stated.contains(&(unit.clone(), on.clone())) {
            self.stated.push((unit, on));
            self.stated.sort_unstable();
        }
    }
}

/// What a reason puts at the end of the bar: not reached or freed by now.
const fn shut(reason: &Reason) -> u128 {
    match *reason {
        Reason::NotReached { amount, .. }
        | Reason::Settled { freed: amount, .. }
        | Reason::Ended { amount, .. } => amount,
        _ => 0,
    }
}

/// What an amount is worth at a stated value, in US cents.
pub(super) fn in_cents(units: u128, token: &Token, stated: &StatedValue) -> Option<u128> {
    amount::worth_in_cents(units, token.decimals, &stated.unit_usd)
}
