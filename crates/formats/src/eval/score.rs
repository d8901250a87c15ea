//! Scores from 0 to 1 in whole parts per billion, read from their digits.

use guerdon_core::PPB;

use super::canonical;

/// A decimal number from 0 to 1 in parts per billion, rounded down; none for anything else.
///
/// It goes by the digits as they were written, so that no score gains by the rounding of doubles.
pub(super) fn ppb(text: &str) -> Option<u32> {
    let exact = canonical::number(text);
    if exact.starts_with('-') {
        return None;
    }
    let (digits, power) = exact.split_once('e').unwrap_or((exact.as_str(), "0"));
    let shift = power.parse::<i64>().ok()?.checked_add(9)?;
    let dropped = usize::try_from(shift.checked_neg()?).unwrap_or(0);
    let kept = digits.get(..digits.len().saturating_sub(dropped))?;
    let whole: u32 = match kept {
        "" => 0,
        kept => kept.parse().ok()?,
    };
    let zeros = u32::try_from(shift.max(0)).ok()?;
    let score = match whole {
        0 => 0,
        whole => whole.checked_mul(10_u32.checked_pow(zeros)?)?,
    };
    // The digits that fall away are never all zeros: more than one is more than one.
    (score < PPB || (score == PPB && dropped == 0)).then_some(score)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::ppb;

    #[test]
    fn scores_are_rounded_down_and_stay_within_0_and_1() {
        for (text, want) in [
            ("0", Some(0)),
            ("1", Some(1_000_000_000)),
            ("1.0", Some(1_000_000_000)),
            ("10e-1", Some(1_000_000_000)),
            ("0.5", Some(500_000_000)),
            ("0.6666666666666666", Some(666_666_666)),
            ("0.9999999999999999", Some(999_999_999)),
            ("1e-09", Some(1)),
            ("9.9e-10", Some(0)),
            ("1e-400", Some(0)),
            ("-0.0", Some(0)),
            ("1.0000000001", None),
            ("1.5", None),
            ("2", None),
            ("1e9", None),
            ("1e99999", None),
            ("-0.1", None),
            ("-1e-12", None),
        ] {
            assert_eq!(ppb(text), want, "{text}");
        }
    }

    proptest! {
        #[test]
        fn parts_per_billion_are_read_as_they_are_written(score in 0_u32..=1_000_000_000) {
            let (whole, rest) = (score / 1_000_000_000, score % 1_000_000_000);
            prop_assert_eq!(ppb(&format!("{whole}.{rest:09}")), Some(score));
            prop_assert_eq!(ppb(&format!("{score}e-9")), Some(score));
        }
    }
}
