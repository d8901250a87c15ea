//! Lower confidence bounds in exact integers: parts per billion, rounded down, monotone in the
//! result.
//!
//! The largest product stays below 2^211 for 32-bit samples and 16-bit bounds, so 256 bits hold
//! everything.

use alloy_primitives::U256;

use super::{Goal, Kind, PAIRED_SAMPLES_MIN};
use crate::PPB;

/// Why a result has no lower bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoundError {
    /// The counts are impossible for this kind and number of samples.
    #[error("x = {x} and y = {y} are impossible for {samples} samples of this kind of goal")]
    Count {
        /// x of the result.
        x: u128,
        /// y of the result.
        y: u128,
        /// Samples of the result.
        samples: u32,
    },
    /// The number of samples is impossible for this kind.
    #[error("{samples} samples are too few, or not 1 for a count")]
    Samples {
        /// Samples of the result.
        samples: u32,
    },
}

/// The lower confidence bound of a result, in ppb rounded down (a count: x itself).
pub fn lower_bound(
    kind: Kind,
    bound: u16,
    samples: u32,
    x: u128,
    y: u128,
) -> Result<i64, BoundError> {
    check_counts(kind, samples, x, y)?;
    let (b, n) = (u128::from(bound), u128::from(samples));
    let value = match kind {
        Kind::Proportion => wilson(b, n, x),
        Kind::Paired => bonett_price(b, n, x, y),
        Kind::Measure => hoeffding(b, n, x),
        Kind::Count => i128::try_from(x).ok(),
    };
    // Counts were checked above; every value then fits.
    let fits = value.and_then(|value| i64::try_from(value).ok());
    fits.ok_or(BoundError::Count { x, y, samples })
}

/// What a lower bound pays, in ppb: nothing below the threshold, everything from the stretch on.
pub fn payout(goal: &Goal, lower: i64) -> u32 {
    if lower >= goal.stretch {
        return if lower >= goal.threshold { PPB } else { 0 };
    }
    let base = goal.base_ppb.min(PPB);
    let over = i128::from(lower).saturating_sub(goal.threshold.into());
    if over < 0 {
        return 0;
    }
    let range = i128::from(goal.stretch).saturating_sub(goal.threshold.into());
    let rise = i128::from(PPB.saturating_sub(base))
        .saturating_mul(over)
        .checked_div(range);
    base.saturating_add(rise.and_then(|rise| u32::try_from(rise).ok()).unwrap_or(0))
}

pub(super) fn check_counts(kind: Kind, samples: u32, x: u128, y: u128) -> Result<(), BoundError> {
    let n = u128::from(samples);
    let few = match kind {
        Kind::Proportion | Kind::Measure => samples == 0,
        Kind::Paired => samples < PAIRED_SAMPLES_MIN,
        Kind::Count => samples != 1,
    };
    if few {
        return Err(BoundError::Samples { samples });
    }
    let possible = match kind {
        Kind::Proportion => x <= n && y == 0,
        Kind::Paired => x.checked_add(y).is_some_and(|both| both <= n),
        Kind::Measure => x <= n.saturating_mul(PPB.into()) && y == 0,
        Kind::Count => x < 1 << 63 && y == 0,
    };
    if possible {
        Ok(())
    } else {
        Err(BoundError::Count { x, y, samples })
    }
}

/// (1e9 n (2e6 k + b²) - csqrt(1e18 b² n (b² n + 4e6 k (n-k)))) / (2 n (1e6 n + b²)), 0 if
/// negative.
fn wilson(b: u128, n: u128, k: u128) -> Option<i128> {
    let square = b.checked_mul(b)?;
    let spread = 4_000_000_u128
        .checked_mul(k)?
        .checked_mul(n.checked_sub(k)?)?;
    let inner = square.checked_mul(n)?.checked_add(spread)?;
    let outer = E18.checked_mul(square)?.checked_mul(n)?;
    let root = root_up(outer, inner)?;
    let middle = 2_000_000_u128.checked_mul(k)?.checked_add(square)?;
    let middle = 1_000_000_000_u128.checked_mul(n)?.checked_mul(middle)?;
    let divisor = n
        .checked_mul(2)?
        .checked_mul(n.checked_mul(1_000_000)?.checked_add(square)?)?;
    i128::try_from(middle.saturating_sub(root).checked_div(divisor)?).ok()
}

/// With N = n+2, S = x+y+2, D = x-y: floor((1e12 N D - csqrt(1e18 b² N (N S - D²))) / (1000 N²)).
fn bonett_price(b: u128, n: u128, x: u128, y: u128) -> Option<i128> {
    let n = n.checked_add(2)?;
    let sum = x.checked_add(y)?.checked_add(2)?;
    let difference = i128::try_from(x)
        .ok()?
        .checked_sub(i128::try_from(y).ok()?)?;
    let squared = difference.unsigned_abs().checked_pow(2)?;
    let inner = n.checked_mul(sum)?.checked_sub(squared)?;
    let outer = E18.checked_mul(b.checked_mul(b)?)?.checked_mul(n)?;
    let root = i128::try_from(root_up(outer, inner)?).ok()?;
    let signed = i128::try_from(n).ok()?;
    let middle = 1_000_000_000_000_i128
        .checked_mul(signed)?
        .checked_mul(difference)?;
    middle
        .checked_sub(root)?
        .checked_div_euclid(signed.checked_pow(2)?.checked_mul(1_000)?)
}

/// floor((x - csqrt(5e14 b n)) / n).
fn hoeffding(b: u128, n: u128, x: u128) -> Option<i128> {
    let root = root_up(500_000_000_000_000, b.checked_mul(n)?)?;
    let over = i128::try_from(x)
        .ok()?
        .checked_sub(i128::try_from(root).ok()?)?;
    over.checked_div_euclid(i128::try_from(n).ok()?)
}

const E18: u128 = 1_000_000_000_000_000_000;

/// The ceiling of the square root of a product, by Newton's method on whole numbers.
fn root_up(left: u128, right: u128) -> Option<u128> {
    let square = U256::from(left).checked_mul(U256::from(right))?;
    if square.is_zero() {
        return Some(0);
    }
    // Above the root, so that the sequence falls until it reaches the floor of the root.
    let mut root = U256::from(1).checked_shl(square.bit_len().div_ceil(2))?;
    loop {
        let next = root.checked_add(square.checked_div(root)?)?.wrapping_shr(1);
        if next >= root {
            break;
        }
        root = next;
    }
    let exact = root.checked_mul(root)? == square;
    let root = u128::try_from(root).ok()?;
    if exact {
        Some(root)
    } else {
        root.checked_add(1)
    }
}
