//! Shares in per cent, exactly as written.

use std::fmt;

use thiserror::Error;

use crate::amount;

/// Decimal places that a percentage may have.
const PLACES: usize = 9;
/// A hundred per cent, in units of 10^-9 per cent.
const HUNDRED: u64 = 100_000_000_000;

/// A share between 0 and 100 %, exact to nine decimal places of a per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u64);

/// Why a text is not a share in per cent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PercentError {
    /// Not a plain number of at most nine places.
    #[error("`{0}` is not a percentage: write a number from 0 to 100, such as 25 or 12.5")]
    Form(String),
    /// Above 100.
    #[error("{0} % is more than 100 %")]
    Above(String),
}

impl Percent {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// Everything.
    pub const ALL: Self = Self(HUNDRED);

    /// Reads a plain decimal number from 0 to 100 with at most nine places, without a `%` sign.
    ///
    /// # Errors
    /// [`PercentError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, PercentError> {
        let form = || PercentError::Form(text.to_owned());
        let (whole, fraction) = amount::split(text).ok_or_else(form)?;
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > PLACES {
            return Err(form());
        }
        let zeros = std::iter::repeat_n('0', PLACES - fraction.len());
        let digits: String = whole.chars().chain(fraction.chars()).chain(zeros).collect();
        let digits = digits.trim_start_matches('0');
        // Longer than 100 with nine places: above 100, however large.
        let units = if digits.len() > 12 {
            u64::MAX
        } else {
            digits.parse().unwrap_or(0)
        };
        if units > HUNDRED {
            Err(PercentError::Above(text.to_owned()))
        } else {
            Ok(Self(units))
        }
    }

    /// A share in whole parts per billion; everything, if there are more than 1e9.
    #[must_use]
    pub fn of_ppb(ppb: u32) -> Self {
        Self((u64::from(ppb) * 100).min(HUNDRED))
    }

    /// A share of `ppb` parts per billion and `more` hundredths of one, if that is at most 100 %.
    pub(crate) fn of_fine(ppb: u32, more: u64) -> Option<Self> {
        Self::of_ppb(ppb).plus(Self(more))
    }

    /// The share in parts per billion, if it is a whole number of them.
    #[must_use]
    pub fn exact_ppb(self) -> Option<u32> {
        if self.0.is_multiple_of(100) {
            u32::try_from(self.0 / 100).ok()
        } else {
            None
        }
    }

    /// The share as an exact fraction.
    #[must_use]
    pub const fn share(self) -> Share {
        Share {
            part: self.0 as u128,
            whole: HUNDRED as u128,
        }
    }

    /// The sum, if it is at most 100 %.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0
            .checked_add(other.0)
            .filter(|sum| *sum <= HUNDRED)
            .map(Self)
    }
}

/// A plain number as a sheet has it: `25`, `12.5`.
impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&amount::exact(u128::from(self.0), 9))
    }
}

/// An exact share `part / whole`, with `part <= whole` and both below 2^40.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    part: u128,
    whole: u128,
}

impl Share {
    /// `part / whole`; all of it when `part` is larger, and when `whole` is zero.
    #[must_use]
    pub fn of(part: u32, whole: u32) -> Self {
        let whole = u128::from(whole.max(1));
        Self {
            part: u128::from(part).min(whole),
            whole,
        }
    }

    /// Whether it is everything.
    #[must_use]
    pub const fn is_all(self) -> bool {
        self.part == self.whole
    }

    /// Numerator and denominator.
    #[must_use]
    pub const fn parts(self) -> (u128, u128) {
        (self.part, self.whole)
    }

    /// `floor(1e9 * (share + (1 - share) * step / steps))`: what is open after `step` of `steps`
    /// equal steps from this share to everything.
    #[must_use]
    pub fn toward_all_ppb(self, step: u32, steps: u32) -> u32 {
        let (step, steps) = (u128::from(step), u128::from(steps.max(1)));
        let part = self.part * steps + (self.whole - self.part) * step.min(steps);
        u32::try_from(1_000_000_000 * part / (self.whole * steps)).unwrap_or(1_000_000_000)
    }
}

/// Writes parts per billion in per cent, exactly: `25%`, `12.5%`.
#[must_use]
pub fn show_ppb(ppb: u32) -> String {
    format!("{}%", amount::exact(u128::from(ppb), 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_exact() {
        let ppb = |text| Percent::parse(text).unwrap().exact_ppb();
        assert_eq!(ppb("25"), Some(250_000_000));
        assert_eq!(ppb("0.0000001"), Some(1));
        assert_eq!(ppb("0.00000001"), None);
        assert_eq!(Percent::parse("100.000000000000"), Ok(Percent::ALL));
        assert_eq!(Percent::parse("000"), Ok(Percent::ZERO));
        assert_eq!(Percent::of_ppb(125_000_000).to_string(), "12.5");
        assert_eq!(Percent::of_ppb(u32::MAX), Percent::ALL);
        assert_eq!(Percent::of_fine(1, 5), Percent::parse("0.000000105").ok());
        for text in ["140", "100.000000001", "1000000000000000000000"] {
            assert_eq!(
                Percent::parse(text),
                Err(PercentError::Above(text.to_owned()))
            );
        }
        for text in ["", "-1", "5%", "1e1", "0.0000000001"] {
            assert_eq!(
                Percent::parse(text),
                Err(PercentError::Form(text.to_owned()))
            );
        }
    }

    #[test]
    fn steps_round_down() {
        let quarter = Percent::parse("25").unwrap().share();
        assert_eq!(quarter.toward_all_ppb(0, 36), 250_000_000);
        assert_eq!(quarter.toward_all_ppb(1, 36), 270_833_333);
        assert_eq!(quarter.toward_all_ppb(36, 36), 1_000_000_000);
        assert_eq!(Share::of(1, 3).toward_all_ppb(0, 1), 333_333_333);
        assert_eq!(show_ppb(125_000_000), "12.5%");
    }
}
