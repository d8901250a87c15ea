//! Numbers, times and reasons in words for a person.

use guerdon_chain::plan;
pub(crate) use guerdon_chain::plan::{length, rate};
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
    fn times_name_their_zone() {
        assert_eq!(time(1_782_864_000), "2026-07-01 00:00 UTC");
    }
}
