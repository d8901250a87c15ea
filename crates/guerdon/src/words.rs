//! Numbers, times and reasons in words for a person.

use guerdon_chain::plan;
use guerdon_formats::amount;
use jiff::Timestamp;

use crate::error::{Failure, Outcome};

/// A token and how its base units are written.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) symbol: String,
    pub(crate) decimals: u8,
}

impl From<plan::Unit> for Unit {
    fn from(unit: plan::Unit) -> Self {
        Self {
            symbol: unit.symbol,
            decimals: unit.decimals,
        }
    }
}

impl Unit {
    pub(crate) fn new(symbol: &str, decimals: u8) -> Self {
        Self {
            symbol: symbol.to_owned(),
            decimals,
        }
    }

    /// The same for plans.
    pub(crate) fn plan(&self) -> plan::Unit {
        plan::Unit::new(&self.symbol, self.decimals)
    }

    /// Base units of a decimal amount.
    pub(crate) fn parse(&self, text: &str) -> Outcome<u128> {
        amount::parse(text, self.decimals).map_err(|error| Failure::input(error.to_string()))
    }

    /// 18 decimals and no name.
    pub(crate) fn unknown() -> Self {
        Self {
            symbol: "tokens".to_owned(),
            decimals: 18,
        }
    }

    /// `1,234.50 ACC`, rounded down.
    pub(crate) fn show(&self, base_units: u128) -> String {
        format!(
            "{} {}",
            amount::display(base_units, self.decimals),
            self.symbol
        )
    }

    /// `1234.5 ACC`, every place.
    pub(crate) fn exact(&self, base_units: u128) -> String {
        format!(
            "{} {}",
            amount::exact(base_units, self.decimals),
            self.symbol
        )
    }
}

/// `2026-07-01 09:00 UTC`.
pub(crate) fn time(seconds: u64) -> String {
    let stamp = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    stamp.map_or_else(
        || format!("second {seconds}"),
        |stamp| stamp.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    )
}

/// `61.0 %`, rounded down to a tenth.
pub(crate) fn percent(ppb: u32) -> String {
    format!("{}.{} %", ppb / 10_000_000, ppb / 1_000_000 % 10)
}

/// `30 days`, `1 day 6 hours`, `90 seconds`: exact, in the largest units.
pub(crate) fn length(seconds: u64) -> String {
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
        return "no time".to_owned();
    }
    parts.join(" ")
}

/// Basis points in per cent, exactly: `12.5 %`.
pub(crate) fn rate(bps: u16) -> String {
    format!("{} %", amount::exact(bps.into(), 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_rounded_down_to_a_tenth() {
        assert_eq!(percent(609_999_999), "60.9 %");
        assert_eq!(percent(1_000_000_000), "100.0 %");
        assert_eq!(percent(0), "0.0 %");
    }

    #[test]
    fn lengths_and_rates_are_exact() {
        assert_eq!(length(365 * 86_400), "365 days");
        assert_eq!(length(86_400 + 7_200 + 1), "1 day 2 hours 1 second");
        assert_eq!(length(0), "no time");
        assert_eq!(rate(1_250), "12.5 %");
        assert_eq!(rate(0), "0 %");
    }

    #[test]
    fn times_name_their_zone() {
        assert_eq!(time(1_782_864_000), "2026-07-01 00:00 UTC");
    }
}
