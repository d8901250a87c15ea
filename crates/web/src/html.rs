//! Values that carry their exact form with them: amounts with every decimal, dates with their UTC
//! second, hashes with every digit. They print themselves as safe HTML.

use std::fmt::{self, Display};

use alloy_primitives::{Address, B256};
use askama::filters::HtmlSafe;
use jiff::tz::TimeZone;

use crate::charts::svg::Escaped;
use crate::dates;
use crate::numbers::{Token, shortened};

/// An amount: floored for the eye, exact in `value` and `title`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Money {
    text: String,
    exact: String,
    symbol: String,
    units: u128,
}

impl Money {
    /// `1,926.62`, the unit standing beside it.
    pub(crate) fn plain(units: u128, token: &Token) -> Self {
        Self::of(token.plain(units), units, token)
    }

    /// `1,926.62 ACC`
    pub(crate) fn words(units: u128, token: &Token) -> Self {
        Self::of(token.words(units), units, token)
    }

    /// `+1,781.40 ACC`
    pub(crate) fn more(units: u128, token: &Token) -> Self {
        Self::of(format!("+{}", token.words(units)), units, token)
    }

    /// `3,911,204`, for key figures.
    pub(crate) fn key(units: u128, token: &Token) -> Self {
        Self::of(token.key(units), units, token)
    }

    /// `7,300 ACC`, for headings; parts of a coin only where there are any: `12,500.50 ACC`.
    pub(crate) fn heading(units: u128, token: &Token) -> Self {
        let plain = token.plain(units);
        let short = plain.strip_suffix(".00").unwrap_or(&plain);
        Self::of(format!("{short} {}", token.symbol), units, token)
    }

    fn of(text: String, units: u128, token: &Token) -> Self {
        Self {
            text,
            exact: token.exact(units),
            symbol: token.symbol.clone(),
            units,
        }
    }

    /// Base units, for data.
    pub(crate) fn units(&self) -> u128 {
        self.units
    }

    /// The shown text alone, for titles of pages.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (exact, symbol, text) = (
            Escaped(&self.exact),
            Escaped(&self.symbol),
            Escaped(&self.text),
        );
        write!(
            f,
            "<data value=\"{exact}\" title=\"{exact} {symbol}\">{text}</data>"
        )
    }
}

impl HtmlSafe for Money {}

/// A moment: `1 Dec 2026` with "in 9 days" in soft, the exact second in `title`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct When {
    at: u64,
    text: String,
    relative: Option<String>,
}

impl When {
    /// The date alone.
    pub(crate) fn date(at: u64, zone: &TimeZone) -> Self {
        Self {
            at,
            text: dates::day(at, zone),
            relative: None,
        }
    }

    /// The date and how far it is from the block that was read.
    pub(crate) fn near(at: u64, zone: &TimeZone, now: u64) -> Self {
        Self {
            relative: Some(dates::relative_on(at, now, zone)),
            ..Self::date(at, zone)
        }
    }

    /// Unix seconds, for data.
    pub(crate) fn at(&self) -> u64 {
        self.at
    }
}

impl Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, exact) = (dates::machine(self.at), dates::exact(self.at));
        write!(
            f,
            "<time class=\"nowrap\" datetime=\"{machine}\" title=\"{exact}\">{}</time>",
            self.text
        )?;
        match &self.relative {
            Some(relative) => write!(f, " <span class=\"soft nowrap\">{relative}</span>"),
            None => Ok(()),
        }
    }
}

impl HtmlSafe for When {}

/// A moment of a day that matters: `1 Dec 2026, 09:30`, the exact second in `title`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    at: u64,
    text: String,
    relative: Option<String>,
}

impl Moment {
    /// Alone.
    pub(crate) fn at(at: u64, zone: &TimeZone) -> Self {
        Self {
            at,
            text: dates::moment(at, zone),
            relative: None,
        }
    }

    /// With how far it is from the block that was read.
    pub(crate) fn near(at: u64, zone: &TimeZone, now: u64) -> Self {
        Self {
            relative: Some(dates::relative_on(at, now, zone)),
            ..Self::at(at, zone)
        }
    }
}

impl Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (machine, exact) = (dates::machine(self.at), dates::exact(self.at));
        let text = &self.text;
        write!(
            f,
            "<time class=\"nowrap\" datetime=\"{machine}\" title=\"{exact}\">{text}</time>"
        )?;
        match &self.relative {
            Some(relative) => write!(f, " <span class=\"soft nowrap\">{relative}</span>"),
            None => Ok(()),
        }
    }
}

impl HtmlSafe for Moment {}

/// A hash or an address: shortened in the middle, whole in `title`, a link where a page has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hex {
    whole: String,
    link: Option<String>,
}

impl Hex {
    pub(crate) fn hash(hash: &B256) -> Self {
        Self {
            whole: hash.to_string(),
            link: None,
        }
    }

    pub(crate) fn address(address: &Address) -> Self {
        Self {
            whole: address.to_checksum(None),
            link: None,
        }
    }

    /// With a link to a path of ours.
    pub(crate) fn to(hash: &B256, path: String) -> Self {
        Self {
            whole: hash.to_string(),
            link: Some(path),
        }
    }

    /// With a link to the page of the thing, `/goals/0x…`.
    pub(crate) fn linked(hash: &B256, folder: &str) -> Self {
        let whole = hash.to_string();
        Self {
            link: Some(format!("/{folder}/{whole}")),
            whole,
        }
    }
}

impl Hex {
    /// The shown text alone, for sentences.
    pub(crate) fn short(&self) -> String {
        shortened(&self.whole)
    }

    /// Every digit, for data.
    pub(crate) fn whole(&self) -> &str {
        &self.whole
    }
}

impl Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, short) = (&self.whole, shortened(&self.whole));
        match &self.link {
            None => write!(f, "<code title=\"{whole}\">{short}</code>"),
            Some(to) => {
                write!(
                    f,
                    "<a href=\"{to}\"><code title=\"{whole}\">{short}</code></a>"
                )
            }
        }
    }
}

impl HtmlSafe for Hex {}

/// Markup that our own code drew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Markup(pub(crate) String);

impl Display for Markup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Markup {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_shows_the_floor_and_keeps_every_decimal() {
        let token = Token {
            symbol: "A<C".into(),
            name: String::new(),
            decimals: 3,
        };
        assert_eq!(
            Money::words(1_234_567, &token).to_string(),
            "<data value=\"1234.567\" title=\"1234.567 A&lt;C\">1,234.56 A&lt;C</data>"
        );
        assert_eq!(Money::heading(1_234_567, &token).text(), "1,234.56 A<C");
        assert_eq!(Money::heading(1_234_000, &token).text(), "1,234 A<C");
    }

    #[test]
    fn a_date_shows_the_day_and_keeps_the_second() {
        let when = When::near(1_780_264_800, &TimeZone::UTC, 1_780_264_800 - 9 * 86_400);
        assert_eq!(
            when.to_string(),
            "<time class=\"nowrap\" datetime=\"2026-05-31T22:00:00Z\" \
             title=\"31 May 2026 22:00:00 UTC\">31 May 2026</time> \
             <span class=\"soft nowrap\">in 9 days</span>"
        );
    }

    #[test]
    fn a_hash_shows_its_ends_and_keeps_the_rest() {
        let hash = B256::repeat_byte(0xab);
        let html = Hex::linked(&hash, "goals").to_string();
        assert!(html.contains("0xabab…abab") && html.contains(&format!("/goals/{hash}")));
    }
}
