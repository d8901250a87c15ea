//! Figures as these words show them: exact, with the time in UTC.

use jiff::Timestamp;

use crate::amount;

/// `1234.5 ACC`, every place.
pub(super) fn amount(base_units: u128, (symbol, decimals): (&str, u8)) -> String {
    format!("{} {symbol}", amount::exact(base_units, decimals))
}

/// `2026-07-01 09:00 UTC`.
pub(super) fn time(seconds: u64) -> String {
    let stamp = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    stamp.map_or_else(
        || format!("second {seconds}"),
        |stamp| stamp.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// `61.0 %`, rounded down to a tenth.
pub(super) fn percent(ppb: u32) -> String {
    format!("{}.{} %", ppb / 10_000_000, ppb / 1_000_000 % 10)
}

/// `7 ACC, as before`, or both figures.
pub(super) fn both<T: Copy + PartialEq>(
    (before, after): (T, T),
    show: impl Fn(T) -> String,
) -> String {
    if before == after {
        format!("{}, as before", show(after))
    } else {
        format!("{} before, {} after", show(before), show(after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_before_and_after() {
        let acc = |units: u128| amount(units, ("ACC", 1));
        assert_eq!(both((15, 15), acc), "1.5 ACC, as before");
        assert_eq!(both((15, 20), acc), "1.5 ACC before, 2 ACC after");
        assert_eq!(time(1_782_864_000), "2026-07-01 00:00 UTC");
        assert_eq!(time(u64::MAX), format!("second {}", u64::MAX));
        assert_eq!(percent(609_999_999), "60.9 %");
    }
}
