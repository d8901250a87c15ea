//! Values that arguments parse into.

use std::str::FromStr;

use alloy_primitives::B256;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// A time: unix seconds, a date (midnight UTC) or RFC 3339.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) u64);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(seconds) = text.parse::<u64>() {
            return Ok(Self(seconds));
        }
        let stamp = match text.parse::<Date>() {
            Ok(date) if text.len() == 10 => date
                .to_zoned(TimeZone::UTC)
                .map(|zoned| zoned.timestamp())
                .map_err(|error| error.to_string())?,
            _ => text.parse::<Timestamp>().map_err(|_| {
                format!("{text:?} is no time: write 2026-07-01, 2026-07-01T09:00:00Z or seconds")
            })?,
        };
        u64::try_from(stamp.as_second())
            .map(Self)
            .map_err(|_| format!("{text:?} lies before 1970"))
    }
}

/// `NAME=0x…`: the goal that a gate of the sheet means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedGoal {
    pub(crate) name: String,
    pub(crate) id: B256,
}

impl FromStr for NamedGoal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, id) = text
            .rsplit_once('=')
            .ok_or_else(|| format!("{text:?} is not NAME=0x… with the goal's id"))?;
        let id = id
            .parse()
            .map_err(|_| format!("{id:?} is not a goal id of 32 bytes in hex"))?;
        Ok(Self {
            name: name.to_owned(),
            id,
        })
    }
}

/// `SYMBOL:DECIMALS`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) symbol: String,
    pub(crate) decimals: u8,
}

impl FromStr for Token {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (symbol, decimals) = text
            .rsplit_once(':')
            .ok_or_else(|| format!("{text:?} is not SYMBOL:DECIMALS, for example ACC:18"))?;
        let decimals = decimals
            .parse()
            .ok()
            .filter(|decimals| *decimals <= 36)
            .ok_or_else(|| format!("{decimals:?} is no number of decimals from 0 to 36"))?;
        Ok(Self {
            symbol: symbol.to_owned(),
            decimals,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_three_forms() {
        for text in ["1782864000", "2026-07-01", "2026-07-01T00:00:00Z"] {
            assert_eq!(text.parse(), Ok(Moment(1_782_864_000)), "{text}");
        }
        assert!("next week".parse::<Moment>().is_err());
    }

    #[test]
    fn a_goal_name_may_hold_an_equals_sign() {
        let text = format!("a=b@0.8..0.9=0x{}", "11".repeat(32));
        let goal: NamedGoal = text.parse().unwrap();
        assert_eq!(goal.name, "a=b@0.8..0.9");
    }
}
