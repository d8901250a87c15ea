//! Values that arguments parse into.

use std::str::FromStr;

use alloy_primitives::B256;
use clap::ValueEnum;
use guerdon_chain::Finality;
use guerdon_formats::percent::Percent;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// Which block counts as the chain's newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Head {
    /// The newest; what a re-org replaces is taken back.
    Latest,
    /// The newest that the chain's validators have mostly accepted.
    Safe,
    /// The newest that cannot be replaced.
    Finalized,
}

impl From<Head> for Finality {
    fn from(head: Head) -> Self {
        match head {
            Head::Latest => Self::Latest,
            Head::Safe => Self::Safe,
            Head::Finalized => Self::Finalized,
        }
    }
}

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

/// A length of time: a whole number and its unit, at most 136 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) u32);

impl FromStr for Seconds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("{text:?} is no length of time: write 90d, 12w, 36h, 30m or 10s");
        let unit = text.chars().next_back().ok_or_else(form)?;
        let each: u32 = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 7 * 86_400,
            _ => return Err(form()),
        };
        let number = text.strip_suffix(unit).unwrap_or_default();
        if number.is_empty() || !number.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(form());
        }
        let seconds = number
            .parse::<u32>()
            .ok()
            .and_then(|number| number.checked_mul(each));
        match seconds {
            Some(0) => Err(format!("{text:?} is no time at all")),
            Some(seconds) => Ok(Self(seconds)),
            None => Err(format!("{text:?} is longer than 136 years")),
        }
    }
}

/// The shortest lease, in seconds: who holds one looks at the chain every 2 seconds at least.
const LEASE_MIN: u64 = 3;

/// Seconds of a lease.
pub(crate) fn lease(text: &str) -> Result<u64, String> {
    let seconds = text
        .parse()
        .map_err(|_| format!("{text:?} is no whole number of seconds"))?;
    if seconds < LEASE_MIN {
        return Err(format!(
            "a lease of less than {LEASE_MIN} seconds ends between two looks of the process that \
             holds it, and another would take its place while it lives"
        ));
    }
    Ok(seconds)
}

/// A rate of withholding in basis points, written in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate(pub(crate) u16);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const PPB_OF_POINT: u32 = 100_000;
        let percent = Percent::parse(text).map_err(|error| error.to_string())?;
        let points = percent
            .exact_ppb()
            .filter(|ppb| ppb.is_multiple_of(PPB_OF_POINT))
            .and_then(|ppb| u16::try_from(ppb / PPB_OF_POINT).ok());
        points
            .map(Self)
            .ok_or_else(|| format!("{text} % is not a whole number of basis points (0.01 %)"))
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
    fn lengths_of_time_name_their_unit() {
        for (text, want) in [
            ("90d", 7_776_000),
            ("2w", 1_209_600),
            ("36h", 129_600),
            ("1s", 1),
        ] {
            assert_eq!(text.parse(), Ok(Seconds(want)), "{text}");
        }
        for text in ["90", "d", "", "-1d", "1.5d", "0d", "5000000w", "9é"] {
            assert!(text.parse::<Seconds>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_lease_lasts_from_one_look_to_the_next() {
        assert_eq!(lease("3"), Ok(3));
        assert_eq!(lease("30"), Ok(30));
        for text in ["0", "1", "2"] {
            let why = lease(text).unwrap_err();
            assert!(why.contains("ends between two looks"), "{text}: {why}");
        }
        for text in ["", "-3", "3.5", "30s"] {
            assert!(
                lease(text).unwrap_err().contains("no whole number"),
                "{text}"
            );
        }
    }

    #[test]
    fn rates_are_whole_basis_points() {
        for (text, want) in [("0", 0), ("12.5", 1_250), ("0.01", 1), ("100", 10_000)] {
            assert_eq!(text.parse(), Ok(Rate(want)), "{text}");
        }
        for text in ["0.001", "100.01", "-1", "20%", ""] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_goal_name_may_hold_an_equals_sign() {
        let text = format!("a=b@0.8..0.9=0x{}", "11".repeat(32));
        let goal: NamedGoal = text.parse().unwrap();
        assert_eq!(goal.name, "a=b@0.8..0.9");
    }
}
