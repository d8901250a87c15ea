//! Numbers in words: amounts of a token, shares, scores. All are rounded down, never up.

use guerdon_formats::amount;

/// One whole in parts per billion.
pub(crate) const ONE_PPB: u64 = 1_000_000_000;

/// The token that amounts are in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// As people write it, `ACC`.
    pub symbol: String,
    /// Full name.
    pub name: String,
    /// Decimal places of one token.
    pub decimals: u8,
}

impl Token {
    /// `1,926.62`
    pub(crate) fn plain(&self, units: u128) -> String {
        amount::display(units, self.decimals)
    }

    /// `1,926.62 ACC`
    pub(crate) fn words(&self, units: u128) -> String {
        format!("{} {}", self.plain(units), self.symbol)
    }

    /// Every decimal place for people to read: `7,300.000000000000000001 ACC`
    pub(crate) fn whole(&self, units: u128) -> String {
        let exact = self.exact(units);
        let (whole, part) = exact.split_once('.').unwrap_or((&exact, ""));
        let whole = whole
            .parse::<u128>()
            .map_or_else(|_| whole.to_owned(), grouped);
        match part {
            "" => format!("{whole} {}", self.symbol),
            part => format!("{whole}.{part} {}", self.symbol),
        }
    }

    /// Every decimal place: `7300.000000000000000001`
    pub(crate) fn exact(&self, units: u128) -> String {
        amount::exact(units, self.decimals)
    }

    /// For figures and axes: whole tokens from a hundred on, `3,911,204`, else two places.
    pub(crate) fn key(&self, units: u128) -> String {
        let text = self.plain(units);
        match text.split_once('.') {
            Some((whole, _)) if whole.len() > 2 => whole.to_owned(),
            Some((whole, "00")) => whole.to_owned(),
            _ => text,
        }
    }

    /// For marks in a chart: `41k`, `1.2M`.
    pub(crate) fn short(&self, units: u128) -> String {
        let whole = units / 10u128.saturating_pow(u32::from(self.decimals));
        match whole {
            0..1_000 => self.key(units),
            1_000..1_000_000 => format!("{}k", whole / 1_000),
            1_000_000..100_000_000 => tenths(whole / 100_000, "M"),
            _ => format!("{}M", grouped(whole / 1_000_000)),
        }
    }
}

fn tenths(count: u128, unit: &str) -> String {
    match count % 10 {
        0 => format!("{}{unit}", count / 10),
        tenth => format!("{}.{tenth}{unit}", count / 10),
    }
}

/// `18,204`
pub(crate) fn grouped(number: impl Into<u128>) -> String {
    amount::display(number.into(), 0)
        .trim_end_matches(".00")
        .to_owned()
}

/// The place of what the chain numbers from 0, as people count: `1st`, `2nd`, `11th`.
pub(crate) fn ordinal(number: u16) -> String {
    let place = u32::from(number).saturating_add(1);
    let ending = match (place % 100, place % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}

/// A share in parts per billion: `40 %`, `61.0 %`, `0.1 %`.
pub(crate) fn percent(ppb: u64) -> String {
    if ppb.is_multiple_of(ONE_PPB / 100) {
        return format!("{}\u{a0}%", ppb / (ONE_PPB / 100));
    }
    let tenths = ppb / (ONE_PPB / 1_000);
    if tenths == 0 {
        return "<0.1\u{a0}%".to_owned();
    }
    format!("{}.{}\u{a0}%", tenths / 10, tenths % 10)
}

/// What a result pays: `61.0 %`, or `nothing`.
pub(crate) fn payout(ppb: u64) -> String {
    if ppb == 0 {
        "nothing".to_owned()
    } else {
        percent(ppb)
    }
}

/// `part` of `whole` as a share, rounded down; nothing of nothing is all of it.
pub(crate) fn share(part: u128, whole: u128) -> u64 {
    if whole == 0 {
        return ONE_PPB;
    }
    let ppb = match part.checked_mul(u128::from(ONE_PPB)) {
        Some(product) => product / whole,
        None => part / (whole / u128::from(ONE_PPB)).max(1),
    };
    u64::try_from(ppb.min(u128::from(ONE_PPB))).unwrap_or(ONE_PPB)
}

/// A score in parts per billion with four places: `0.8221`, `-0.0312`; thresholds shorter, `0.80`.
pub(crate) fn score(ppb: i64) -> String {
    // Down means towards minus infinity, so that no shown score is above the real one.
    let places = ppb.div_euclid(100_000);
    let sign = if places < 0 { "-" } else { "" };
    let (whole, rest) = (
        places.unsigned_abs() / 10_000,
        places.unsigned_abs() % 10_000,
    );
    if ppb.rem_euclid(10_000_000) == 0 {
        return format!("{sign}{whole}.{:02}", rest / 100);
    }
    format!("{sign}{whole}.{rest:04}")
}

/// `1 grant`, `14 grants`
pub(crate) fn count(number: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        grouped(number),
        if number == 1 { "" } else { "s" }
    )
}

/// How many there are.
pub(crate) fn count_of<T>(all: &[T]) -> u64 {
    u64::try_from(all.len()).unwrap_or(u64::MAX)
}

/// With a capital first letter.
pub(crate) fn capital(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    format!("{first}{}", characters.as_str())
}

/// `0x185c…3b04`
pub(crate) fn shortened(hash: &str) -> String {
    if hash.len() <= 13 {
        return hash.to_owned();
    }
    let (head, tail): (String, String) = (
        hash.chars().take(6).collect(),
        hash.chars().skip(hash.len() - 4).collect(),
    );
    format!("{head}…{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acc() -> Token {
        Token {
            symbol: "ACC".into(),
            name: "Acme Access".into(),
            decimals: 18,
        }
    }

    #[test]
    fn amounts_are_floored_to_what_is_shown() {
        let unit = 10u128.pow(18);
        assert_eq!(acc().words(1_926_629 * unit / 1000), "1,926.62 ACC");
        assert_eq!(acc().key(7_300 * unit + 1), "7,300");
        assert_eq!(acc().key(12 * unit + unit / 2), "12.50");
        assert_eq!(acc().key(0), "0");
        assert_eq!(acc().key(1), "<0.01");
        assert_eq!(acc().exact(7_300 * unit + 1), "7300.000000000000000001");
        assert_eq!(
            acc().whole(7_300 * unit + 1),
            "7,300.000000000000000001 ACC"
        );
        assert_eq!(acc().whole(1_250_000 * unit), "1,250,000 ACC");
    }

    #[test]
    fn short_amounts_fit_above_a_column() {
        let unit = 10u128.pow(18);
        let rows = [
            (333, "333"),
            (41_999, "41k"),
            (1_250_000, "1.2M"),
            (240_000_000, "240M"),
        ];
        for (tokens, text) in rows {
            assert_eq!(acc().short(tokens * unit), text);
        }
    }

    #[test]
    fn places_are_counted_from_the_first() {
        let places = [0, 1, 2, 3, 10, 11, 12, 20, 21, 22, 30].map(ordinal);
        let want = [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "31st",
        ];
        assert_eq!(places, want);
    }

    #[test]
    fn shares_and_scores() {
        assert_eq!(percent(400_000_000), "40\u{a0}%");
        assert_eq!(percent(610_999_999), "61.0\u{a0}%");
        assert_eq!(percent(1), "<0.1\u{a0}%");
        assert_eq!(score(800_000_000), "0.80");
        assert_eq!(score(822_199_999), "0.8221");
        assert_eq!(score(-500_000_000), "-0.50");
        assert_eq!(score(-31_250_000), "-0.0313");
        assert_eq!(share(1, 3), 333_333_333);
        assert_eq!(share(u128::MAX, u128::MAX), ONE_PPB);
        assert_eq!(share(0, 0), ONE_PPB);
    }

    #[test]
    fn counts_and_hashes() {
        assert_eq!(count(1, "grant"), "1 grant");
        assert_eq!(count(1_200, "grant"), "1,200 grants");
        assert_eq!(shortened("0x185c00000000003b04"), "0x185c…3b04");
    }
}
