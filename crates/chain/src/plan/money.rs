//! Amounts and times as people read them.

use alloy::primitives::U256;

/// What a token's base units are called and how many make one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// For example "ACC".
    pub symbol: String,
    /// Base units make 10^-decimals tokens.
    pub decimals: u8,
}

impl Unit {
    /// A unit from its symbol and decimals.
    #[must_use]
    pub fn new(symbol: impl Into<String>, decimals: u8) -> Self {
        Self {
            symbol: symbol.into(),
            decimals,
        }
    }

    /// "12,500.5 ACC": exact, thousands separated, no trailing zeros.
    #[must_use]
    pub fn show(&self, amount: u128) -> String {
        format!(
            "{} {}",
            decimal(U256::from(amount), self.decimals),
            self.symbol
        )
    }
}

/// An amount in base units as an exact decimal number with thousands separated.
pub(crate) fn decimal(amount: U256, decimals: u8) -> String {
    let digits = amount.to_string();
    let digits = format!("{digits:0>width$}", width = usize::from(decimals) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(decimals));
    let part = part.trim_end_matches('0');
    let whole = grouped(whole);
    if part.is_empty() {
        whole
    } else {
        format!("{whole}.{part}")
    }
}

/// Digits in groups of three.
pub(crate) fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Unix seconds as "2026-07-01T00:00:00Z", or as they are when they are no date.
pub(crate) fn date(time: U256) -> String {
    i64::try_from(time)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| time.to_string(), |timestamp| timestamp.to_string())
}

/// A length of time in words, exact, the largest units first: `30 days`, `1 day 6 hours`.
#[must_use]
pub fn length(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let mut left = seconds;
    let mut parts = Vec::new();
    for (size, name) in UNITS {
        let count = left / size;
        left %= size;
        if count > 0 {
            let plural = if count == 1 { "" } else { "s" };
            parts.push(format!("{count} {name}{plural}"));
        }
    }
    if parts.is_empty() {
        return "0 days".to_owned();
    }
    parts.join(" ")
}

/// Basis points in per cent, exactly: `12.5 %`.
#[must_use]
pub fn rate(bps: u16) -> String {
    format!("{} %", decimal(U256::from(bps), 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_readable() {
        for (amount, decimals, want) in [
            (0u128, 18, "0"),
            (1, 18, "0.000000000000000001"),
            (1_500_000_000_000_000_000, 18, "1.5"),
            (12_500_000_000, 6, "12,500"),
            (1_234_567, 0, "1,234,567"),
            (100, 0, "100"),
            (1_000, 0, "1,000"),
        ] {
            assert_eq!(decimal(U256::from(amount), decimals), want);
        }
        assert_eq!(
            Unit::new("ACC", 18).show(2_000_000_000_000_000_000),
            "2 ACC"
        );
    }

    #[test]
    fn lengths_and_rates_are_exact() {
        assert_eq!(length(365 * 86_400), "365 days");
        assert_eq!(length(86_400 + 7_200 + 1), "1 day 2 hours 1 second");
        assert_eq!(length(0), "0 days");
        assert_eq!(rate(1_250), "12.5 %");
        assert_eq!(rate(0), "0 %");
    }

    #[test]
    fn times_are_dates() {
        assert_eq!(date(U256::from(1_782_864_000u64)), "2026-07-01T00:00:00Z");
        assert_eq!(date(U256::MAX), U256::MAX.to_string());
    }
}
