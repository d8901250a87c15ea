//! Exact shares of any size, and the numbers of the format.

use std::cmp::Ordering;

use num_bigint::BigUint;
use num_integer::Integer;

/// Digits that a number may have before its point; more say nothing about money.
const DIGITS_MAX: usize = 40;
/// Decimal places that the format allows.
const PLACES_MAX: usize = 10;

/// A number from 0 up, exact and in lowest terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ratio {
    top: BigUint,
    bottom: BigUint,
}

impl Ratio {
    /// `top / bottom`; nothing if `bottom` is zero.
    pub(super) fn new(top: impl Into<BigUint>, bottom: impl Into<BigUint>) -> Option<Self> {
        let (top, bottom) = (top.into(), bottom.into());
        if bottom == BigUint::ZERO {
            return None;
        }
        let common = top.gcd(&bottom);
        Some(Self {
            top: top / &common,
            bottom: bottom / common,
        })
    }

    pub(super) fn whole(number: impl Into<BigUint>) -> Self {
        Self {
            top: number.into(),
            bottom: BigUint::from(1u8),
        }
    }

    /// A number of the format: digits, and up to ten places after a point. A minus sign is refused
    /// but for zero.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, places) = match digits.split_once('.') {
            Some((whole, places)) => (whole, Some(places)),
            None => (digits, None),
        };
        let plain = |text: &str, most: usize| {
            (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !plain(whole, DIGITS_MAX) || places.is_some_and(|text| !plain(text, PLACES_MAX)) {
            return None;
        }
        let places = places.unwrap_or("");
        let top: BigUint = format!("{whole}{places}").parse().ok()?;
        let power = u32::try_from(places.len()).ok()?;
        let number = Self::new(top, BigUint::from(10u8).pow(power))?;
        (number.is_zero() || !text.starts_with('-')).then_some(number)
    }

    pub(super) fn is_zero(&self) -> bool {
        self.top == BigUint::ZERO
    }

    pub(super) fn is_whole(&self) -> bool {
        self.bottom == BigUint::from(1u8)
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let top = &self.top * &other.bottom + &other.top * &self.bottom;
        Self::reduced(top, &self.bottom * &other.bottom)
    }

    /// Nothing if `other` is larger.
    pub(super) fn minus(&self, other: &Self) -> Option<Self> {
        let (left, right) = (&self.top * &other.bottom, &other.top * &self.bottom);
        (left >= right).then(|| Self::reduced(left - right, &self.bottom * &other.bottom))
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        Self::reduced(&self.top * &other.top, &self.bottom * &other.bottom)
    }

    /// Nothing if `other` is zero.
    pub(super) fn over(&self, other: &Self) -> Option<Self> {
        Self::new(&self.top * &other.bottom, &self.bottom * &other.top)
    }

    pub(super) fn distance(&self, other: &Self) -> Self {
        let back = || other.minus(self);
        self.minus(other)
            .or_else(back)
            .unwrap_or_else(|| Self::whole(0u8))
    }

    pub(super) fn floor(&self) -> BigUint {
        &self.top / &self.bottom
    }

    pub(super) fn ceil(&self) -> BigUint {
        self.top.div_ceil(&self.bottom)
    }

    /// The nearest whole number, halves up.
    pub(super) fn round(&self) -> BigUint {
        (&self.top * 2u8 + &self.bottom) / (&self.bottom * 2u8)
    }

    /// Numerator and denominator.
    pub(super) const fn parts(&self) -> (&BigUint, &BigUint) {
        (&self.top, &self.bottom)
    }

    fn reduced(top: BigUint, bottom: BigUint) -> Self {
        let common = top.gcd(&bottom);
        Self {
            top: top / &common,
            bottom: bottom / common,
        }
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        (&self.top * &other.bottom).cmp(&(&other.top * &self.bottom))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_format_are_exact() {
        let ratio = |top: u64, bottom: u64| Ratio::new(top, bottom);
        let rows = [
            ("12", ratio(12, 1)),
            ("+0.5", ratio(1, 2)),
            ("2.0833333333", ratio(20_833_333_333, 10_000_000_000)),
            ("-0.0", ratio(0, 1)),
            ("-1", None),
            ("1.", None),
            (".5", None),
            ("1e3", None),
            ("0.00000000001", None),
            ("", None),
            ("٣", None),
        ];
        for (text, want) in rows {
            assert_eq!(Ratio::parse(text), want, "{text}");
        }
        assert_eq!(Ratio::parse(&"9".repeat(41)), None);
    }

    #[test]
    fn halves_round_up() {
        let halves = [
            (1u8, 2u8, 1u8),
            (9, 2, 5),
            (13, 3, 4),
            (14, 3, 5),
            (0, 7, 0),
        ];
        for (top, bottom, want) in halves {
            assert_eq!(Ratio::new(top, bottom).unwrap().round(), want.into());
        }
    }
}
