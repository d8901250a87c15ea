//! What grants are worth by the company's word: never an invented range.

use guerdon_formats::amount;
use guerdon_store::StatedValue;

use super::portfolio::Portfolio;
use crate::numbers::Token;

/// What grants add up to at the values that the company stated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Worth {
    /// Of everything granted, in US cents.
    pub(super) granted_cents: u128,
    /// Of what is vested, claimed included, in US cents.
    pub(super) vested_cents: u128,
    /// Grants that have a stated value.
    pub(super) valued: u64,
    /// Grants that have none.
    pub(super) unvalued: u64,
    /// The values with their dates, each once, and what is granted at each.
    pub(super) stated: Vec<(String, String, u128)>,
}

/// `$3,066.00`
pub(super) fn dollars(cents: u128) -> String {
    format!("${}", amount::display(cents, 2))
}

impl Worth {
    /// The worth of all grants that pay or may still pay.
    pub(super) fn of(portfolio: &Portfolio, token: &Token) -> Self {
        let mut worth = Self::default();
        for mine in portfolio.standing() {
            let stated = mine
                .data
                .named
                .as_ref()
                .and_then(|named| named.stated.as_ref());
            match stated.and_then(|stated| {
                Some((
                    stated,
                    in_cents(mine.data.record.amount, token, stated)?,
                    in_cents(mine.vested, token, stated)?,
                ))
            }) {
                Some((stated, granted, vested)) => {
                    worth.add((stated, mine.data.record.amount), granted, vested);
                }
                None => worth.unvalued += 1,
            }
        }
        worth
    }

    fn add(&mut self, (stated, units): (&StatedValue, u128), granted: u128, vested: u128) {
        self.valued += 1;
        self.granted_cents = self.granted_cents.saturating_add(granted);
        self.vested_cents = self.vested_cents.saturating_add(vested);
        let same = |it: &&mut (String, String, u128)| {
            (&it.0, &it.1) == (&stated.unit_usd, &stated.stated_on)
        };
        match self.stated.iter_mut().find(same) {
            Some(have) => have.2 = have.2.saturating_add(units),
            None => {
                let (unit, on) = (stated.unit_usd.clone(), stated.stated_on.clone());
                self.stated.push((unit, on, units));
                self.stated.sort_unstable();
            }
        }
    }
}

/// What an amount is worth at a stated value, in US cents.
pub(super) fn in_cents(units: u128, token: &Token, stated: &StatedValue) -> Option<u128> {
    amount::worth_in_cents(units, token.decimals, &stated.unit_usd)
}
