//! Amounts of tokens as people write and read them; inside they are whole base units.

use alloy_primitives::U256;
use guerdon_core::terms::AMOUNT_MAX;
use thiserror::Error;

/// Why a text is not an amount. Each message is a sentence for the person who wrote the text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    /// The text is not plain digits with at most one point between them.
    #[error(
        "`{text}` is not a plain number: write digits with at most one decimal point, \
         without sign, exponent, spaces or thousands separators"
    )]
    Form {
        /// What stood there.
        text: String,
    },
    /// The amount is negative.
    #[error("`{text}` is negative; an amount must be above zero")]
    Negative {
        /// What stood there.
        text: String,
    },
    /// More decimal places than the token has.
    #[error(
        "`{text}` is finer than one base unit: this token has {decimals} decimal places, \
         so the smallest amount is {smallest}"
    )]
    TooFine {
        /// What stood there.
        text: String,
        /// Decimal places of the token.
        decimals: u8,
        /// One base unit, written out.
        smallest: String,
    },
    /// Zero.
    #[error("the amount is zero; an amount must be above zero")]
    Zero,
    /// At or above 2^104 base units.
    #[error("`{text}` is too large: a grant holds less than 2^104 base units, at most {largest}")]
    TooLarge {
        /// What stood there.
        text: String,
        /// The largest amount, written out in tokens.
        largest: String,
    },
}

/// Reads `text` (a decimal number of tokens) as base units of a token with `decimals` places.
///
/// The result is exact and lies in `1..2^104`. Zeros beyond the last place are accepted.
///
/// # Errors
/// [`AmountError`] when the text is no plain number, negative, zero, too fine or too large.
pub fn parse(text: &str, decimals: u8) -> Result<u128, AmountError> {
    let form = || AmountError::Form {
        text: text.to_owned(),
    };
    if text
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    {
        return Err(AmountError::Negative {
            text: text.to_owned(),
        });
    }
    let (whole, fraction) = split(text).ok_or_else(form)?;
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > usize::from(decimals) {
        return Err(AmountError::TooFine {
            text: text.to_owned(),
            decimals,
            smallest: exact(1, decimals),
        });
    }
    let zeros = usize::from(decimals) - fraction.len();
    let digits = whole
        .bytes()
        .chain(fraction.bytes())
        .chain(std::iter::repeat_n(b'0', zeros));
    let amount = digits
        .map(|digit| u128::from(digit - b'0'))
        .try_fold(0u128, |sum, digit| sum.checked_mul(10)?.checked_add(digit))
        .filter(|amount| *amount <= AMOUNT_MAX)
        .ok_or_else(|| AmountError::TooLarge {
            text: text.to_owned(),
            largest: exact(AMOUNT_MAX, decimals),
        })?;
    if amount == 0 {
        Err(AmountError::Zero)
    } else {
        Ok(amount)
    }
}

/// Splits plain digits with at most one point between them; `None` for anything else.
pub(crate) fn split(text: &str) -> Option<(&str, &str)> {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
        Some(_) => return None,
        None => (text, ""),
    };
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && plain(whole) && plain(fraction)).then_some((whole, fraction))
}

/// What an amount is worth in US cents at a stated value of one whole token (`0.42`), rounded
/// down; `None` if the value is no plain number or the product leaves 128 bits.
#[must_use]
pub fn worth_in_cents(amount: u128, decimals: u8, unit_usd: &str) -> Option<u128> {
    worth_of_all_in_cents(&[(amount, unit_usd)], decimals)
}

/// What amounts add up to in US cents, each at its own stated value of one whole token: the sum is
/// exact and rounded down once. `None` if a value is no plain number or the sum leaves 128 bits.
#[must_use]
pub fn worth_of_all_in_cents(all: &[(u128, &str)], decimals: u8) -> Option<u128> {
    let mut longest = 0;
    for (_, unit_usd) in all {
        longest = longest.max(split(unit_usd)?.1.len());
    }
    let mut sum = U256::ZERO;
    for (amount, unit_usd) in all {
        let (whole, fraction) = split(unit_usd)?;
        let digits = format!("{whole}{fraction:0<longest$}").parse::<u128>();
        let product = U256::from(*amount).checked_mul(U256::from(digits.ok()?))?;
        sum = sum.checked_add(product)?;
    }
    let places = u32::from(decimals).checked_add(u32::try_from(longest).ok()?)?;
    let scale = U256::from(10u8).checked_pow(U256::from(places))?;
    let cents = sum.checked_mul(U256::from(100u8))?.checked_div(scale)?;
    u128::try_from(cents).ok()
}

/// Writes base units as tokens, every place, without trailing zeros: `7300.000000000000000001`.
#[must_use]
pub fn exact(amount: u128, decimals: u8) -> String {
    let (whole, fraction) = places(amount, decimals);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        whole
    } else {
        format!("{whole}.{fraction}")
    }
}

/// Writes base units for reading: rounded down to two places, with thousands separators
/// (`1,234.50`); `<0.01` for what is above zero and would read as nothing.
#[must_use]
pub fn display(amount: u128, decimals: u8) -> String {
    let (whole, fraction) = places(amount, decimals);
    let cents: String = fraction.chars().chain("00".chars()).take(2).collect();
    if amount > 0 && whole == "0" && cents == "00" {
        return "<0.01".to_owned();
    }
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped}.{cents}")
}

/// Whole tokens, and the decimal places, exactly `decimals` of them.
fn places(amount: u128, decimals: u8) -> (String, String) {
    let decimals = usize::from(decimals);
    let digits = format!("{amount:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    (whole.to_owned(), fraction.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_it_is_worth_is_rounded_down_and_never_overflows() {
        let coin = 10u128.pow(18);
        assert_eq!(worth_in_cents(7_300 * coin, 18, "0.42"), Some(306_600));
        assert_eq!(worth_in_cents(coin - 1, 18, "1"), Some(99));
        assert_eq!(worth_in_cents(3, 0, "0.333"), Some(99));
        assert_eq!(worth_in_cents(u128::MAX, 0, "2"), None);
        assert_eq!(worth_in_cents(1, 18, "free"), None);
        assert_eq!(worth_in_cents(1, 18, &"9".repeat(40)), None);
        assert_eq!(
            worth_in_cents(1, 18, &format!("0.{}", "1".repeat(90))),
            None
        );
    }

    #[test]
    fn a_sum_of_worths_is_rounded_down_once() {
        // A third of a cent, three times: each alone is worth nothing.
        let thirds = [(1, "0.0034"), (1, "0.0033"), (1, "0.00331")];
        assert_eq!(worth_of_all_in_cents(&thirds, 0), Some(1));
        for (amount, unit) in thirds {
            assert_eq!(worth_in_cents(amount, 0, unit), Some(0));
        }
        assert_eq!(worth_of_all_in_cents(&[], 18), Some(0));
        assert_eq!(worth_of_all_in_cents(&[(1, "1"), (1, "free")], 0), None);
        assert_eq!(worth_of_all_in_cents(&[(u128::MAX, "1"); 2], 0), None);
    }

    #[test]
    fn amounts_are_exact_to_the_last_place() {
        let rows = [
            ("48000", 18, 48_000_000_000_000_000_000_000),
            ("7300.000000000000000001", 18, 7_300_000_000_000_000_000_001),
            ("333.333333333333333333", 18, 333_333_333_333_333_333_333),
            ("0.000000000000000001", 18, 1),
            ("12500.5", 6, 12_500_500_000),
            ("1.5000", 1, 15),
            ("007", 0, 7),
            ("20282409603651670423947251286015", 0, AMOUNT_MAX),
        ];
        for (text, decimals, want) in rows {
            assert_eq!(parse(text, decimals), Ok(want), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_amount_says_why() {
        let form = |text: &str| AmountError::Form {
            text: text.to_owned(),
        };
        for text in [
            "", ".", "1.", ".5", "1e30", "1,000", "+5", "1 000", "0x10", "٣", "1.2.3", "-",
        ] {
            assert_eq!(parse(text, 18), Err(form(text)), "{text}");
        }
        assert_eq!(
            parse("-5", 18),
            Err(AmountError::Negative {
                text: "-5".to_owned()
            })
        );
        assert_eq!(parse("0.000", 18), Err(AmountError::Zero));
        let fine = parse("0.0000000000000000001", 18).unwrap_err().to_string();
        assert!(
            fine.contains("the smallest amount is 0.000000000000000001"),
            "{fine}"
        );
        let large = parse("20282409603651670423947251286016", 0).unwrap_err();
        assert!(matches!(large, AmountError::TooLarge { .. }));
        assert!(matches!(
            parse(&"9".repeat(90), 255),
            Err(AmountError::TooLarge { .. })
        ));
    }

    #[test]
    fn amounts_read_well() {
        let token = 1_000_000_000_000_000_000;
        let rows = [
            (0, "0.00", "0"),
            (1, "<0.01", "0.000000000000000001"),
            (token / 100, "0.01", "0.01"),
            (999 * token, "999.00", "999"),
            (1000 * token, "1,000.00", "1000"),
            (
                1_234_567 * token + 999 * token / 1000,
                "1,234,567.99",
                "1234567.999",
            ),
        ];
        for (amount, shown, all) in rows {
            assert_eq!(
                (display(amount, 18), exact(amount, 18)),
                (shown.into(), all.into())
            );
        }
        assert_eq!(display(1234, 0), "1,234.00");
        assert_eq!(display(15, 1), "1.50");
    }

    proptest! {
        #[test]
        fn exact_reads_back(amount in 1..=AMOUNT_MAX, decimals in 0u8..=40) {
            prop_assert_eq!(parse(&exact(amount, decimals), decimals), Ok(amount));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC*", decimals: u8) {
            let _ = parse(&text, decimals);
        }
    }
}
