//! One field at a time: what was typed, or what is wrong with it.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::goal::Kind;
use guerdon_formats::percent::Percent;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::sheet::Sheet;
use crate::strings::goal_builder as words;

/// What is wrong, by field; under the empty name what concerns no field alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wrong(BTreeMap<&'static str, Vec<String>>);

impl Wrong {
    pub(super) fn add(&mut self, name: &'static str, sentence: impl Into<String>) {
        self.0.entry(name).or_default().push(sentence.into());
    }

    pub(super) fn of(&self, name: &str) -> Vec<String> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Fields that are wrong.
    pub(super) fn fields(&self) -> usize {
        self.0.keys().filter(|name| !name.is_empty()).count()
    }
}

/// Reads the fields of a sheet and keeps what is wrong with them.
pub(super) struct Reader<'a> {
    pub(super) sheet: &'a Sheet,
    pub(super) wrong: Wrong,
}

impl Reader<'_> {
    /// A text that must be there.
    pub(super) fn required(&mut self, name: &'static str) -> &str {
        if self.sheet.get(name).is_empty() {
            self.wrong.add(name, words::MISSING);
        }
        self.sheet.get(name)
    }

    pub(super) fn kind(&mut self) -> Kind {
        match self.sheet.get("kind") {
            "PROPORTION" => Kind::Proportion,
            "PAIRED" => Kind::Paired,
            "MEASURE" => Kind::Measure,
            "COUNT" => Kind::Count,
            _ => {
                self.wrong.add("kind", words::NO_KIND);
                Kind::Proportion
            }
        }
    }

    /// A whole number within limits; `usual` where nothing stands, if there is such.
    pub(super) fn number(&mut self, name: &'static str, usual: Option<u32>, most: u32) -> u32 {
        let text = self.sheet.get(name);
        let found = match (text, usual) {
            ("", Some(usual)) => Some(usual),
            _ => text.replace([',', '\u{a0}', ' '], "").parse().ok(),
        };
        match found.filter(|number| *number <= most) {
            Some(number) => number,
            None => {
                self.wrong.add(name, words::no_number(text, most));
                usual.unwrap_or(1)
            }
        }
    }

    /// The same for fields of the contract that are narrower.
    pub(super) fn small<T: TryFrom<u32> + Default>(
        &mut self,
        name: &'static str,
        usual: Option<u32>,
        most: u32,
    ) -> T {
        T::try_from(self.number(name, usual, most)).unwrap_or_default()
    }

    /// Days as seconds.
    pub(super) fn days(&mut self, name: &'static str, usual: u32) -> u32 {
        const DAY: u32 = 86_400;
        self.number(name, Some(usual), 366).saturating_mul(DAY)
    }

    /// A share in per cent, in ppb; it may be below zero where `signed`.
    pub(super) fn percent(&mut self, name: &'static str, signed: bool) -> i64 {
        let text = self.sheet.get(name);
        match percent(text, signed) {
            Ok(ppb) => ppb,
            Err(why) => {
                self.wrong.add(name, why);
                0
            }
        }
    }

    /// A share of the payout, in ppb; `usual` where nothing stands.
    pub(super) fn share(&mut self, name: &'static str, usual: u32) -> u32 {
        if self.sheet.get(name).is_empty() {
            return usual;
        }
        u32::try_from(self.percent(name, false)).unwrap_or(0)
    }

    /// Threshold or stretch: units for a count, else ppb.
    pub(super) fn mark(&mut self, name: &'static str, kind: Kind) -> i64 {
        let text = self.required(name).to_owned();
        if text.is_empty() {
            return 0;
        }
        if kind == Kind::Count {
            return text.parse().unwrap_or_else(|_| {
                self.wrong.add(name, words::NO_UNITS);
                0
            });
        }
        let ppb = self.percent(name, kind == Kind::Paired);
        // Who writes 0.8 for a score means 80 per cent.
        let tiny = (1..10_000_000).contains(&ppb) && kind != Kind::Paired;
        if tiny && !text.ends_with('%') {
            self.wrong.add(name, words::likely_a_fraction(&text));
        }
        ppb
    }

    /// The first second of a day in UTC, or its last.
    pub(super) fn day(&mut self, name: &'static str, is_last: bool) -> u64 {
        const LAST: u64 = 86_399;
        let text = self.required(name).to_owned();
        let date: Option<Date> = text.parse().ok();
        let start = date.and_then(|date| date.to_zoned(TimeZone::UTC).ok());
        let start = start.and_then(|start| u64::try_from(start.timestamp().as_second()).ok());
        match start {
            Some(start) if is_last => start.saturating_add(LAST),
            Some(start) => start,
            None => {
                if !text.is_empty() {
                    self.wrong.add(name, words::NO_DAY);
                }
                0
            }
        }
    }

    /// 32 bytes.
    pub(super) fn hash(&mut self, name: &'static str, why: &'static str) -> Option<B256> {
        let text = self.sheet.get(name);
        let digits = text.strip_prefix("0x").filter(|it| it.len() == 64);
        let found = digits.and_then(|digits| digits.parse().ok());
        if found.is_none() {
            self.wrong.add(name, why);
        }
        found
    }
}

/// `80`, `80 %`, `-2.5`; at most a hundred either way.
fn percent(text: &str, signed: bool) -> Result<i64, String> {
    let plain = text.strip_suffix('%').unwrap_or(text).trim_end();
    let (sign, plain) = match plain.strip_prefix(['-', '\u{2212}']) {
        Some(plain) if signed => (-1, plain),
        _ => (1, plain),
    };
    let share = Percent::parse(plain).map_err(|error| words::sentence(&error.to_string()))?;
    let ppb = share.exact_ppb().ok_or(words::TOO_FINE)?;
    Ok(sign * i64::from(ppb))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T>(
        pairs: &[(&'static str, &str)],
        of: impl FnOnce(&mut Reader<'_>) -> T,
    ) -> (T, usize) {
        let sheet = Sheet::default().with(pairs.iter().copied());
        let mut reader = Reader {
            sheet: &sheet,
            wrong: Wrong::default(),
        };
        let found = of(&mut reader);
        (found, reader.wrong.fields())
    }

    #[test]
    fn shares_are_per_cent_and_a_likely_fraction_is_asked_about() {
        let mark = |text, kind| read(&[("threshold", text)], |it| it.mark("threshold", kind));
        for (text, kind, want) in [
            ("80", Kind::Proportion, (800_000_000, 0)),
            ("80 %", Kind::Measure, (800_000_000, 0)),
            ("0.8", Kind::Proportion, (8_000_000, 1)),
            ("0.8%", Kind::Proportion, (8_000_000, 0)),
            ("0.8", Kind::Paired, (8_000_000, 0)),
            ("-2.5", Kind::Paired, (-25_000_000, 0)),
            ("-2.5", Kind::Proportion, (0, 1)),
            ("101", Kind::Proportion, (0, 1)),
            ("", Kind::Proportion, (0, 1)),
            ("12", Kind::Count, (12, 0)),
            ("1.5", Kind::Count, (0, 1)),
        ] {
            assert_eq!(mark(text, kind), want, "{text} {kind:?}");
        }
    }

    #[test]
    fn a_hash_has_one_prefix_and_64_digits() {
        let hash = |text: &str| read(&[("task_hash", text)], |it| it.hash("task_hash", "wrong"));
        let (upper, lower) = ("AB".repeat(32), "ab".repeat(32));
        let want = Some(B256::repeat_byte(0xab));
        for good in [&upper, &lower] {
            assert_eq!(hash(&format!("0x{good}")), (want, 0));
        }
        for bad in [
            String::new(),
            lower.clone(),
            format!("0X{lower}"),
            format!("0x0x{lower}"),
            format!("0x0x{}", &lower[2..]),
            format!("0x{lower}00"),
        ] {
            assert_eq!(hash(&bad), (None, 1), "{bad}");
        }
    }

    #[test]
    fn numbers_and_days_are_read_or_asked_for_again() {
        let number = |text| {
            read(&[("samples", text)], |it| {
                it.number("samples", None, 1_000_000)
            })
        };
        assert_eq!(number("10,000"), (10_000, 0));
        assert_eq!(number("ten").1, 1);
        assert_eq!(number("").1, 1);
        assert_eq!(number("1000001").1, 1);
        let day = |text, last| read(&[("opens", text)], |it| it.day("opens", last));
        assert_eq!(day("1970-01-02", false), (86_400, 0));
        assert_eq!(day("1970-01-02", true), (172_799, 0));
        assert_eq!(day("2.1.1970", true), (0, 1));
        assert_eq!(day("1969-01-01", true), (0, 1));
    }
}
