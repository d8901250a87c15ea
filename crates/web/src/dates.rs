//! Dates in words. Two clocks: money's is the time of the block that was read, the wall's only
//! says how long ago that was.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A moment in a zone; moments beyond the calendar (year 9999) show the last one.
pub(crate) fn zoned(at: u64, zone: &TimeZone) -> Zoned {
    let second = i64::try_from(at).unwrap_or(i64::MAX);
    Timestamp::from_second(second)
        .unwrap_or(Timestamp::MAX)
        .to_zoned(zone.clone())
}

/// `1 Dec 2026`
pub(crate) fn day(at: u64, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%-d %b %Y").to_string()
}

/// `30 Nov 2026, 23:59`
pub(crate) fn moment(at: u64, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%-d %b %Y, %H:%M").to_string()
}

/// `Dec 2026`
pub(crate) fn month(at: u64, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%b %Y").to_string()
}

/// `1 Dec 2026 00:00:00 UTC`
pub(crate) fn exact(at: u64) -> String {
    zoned(at, &TimeZone::UTC)
        .strftime("%-d %b %Y %H:%M:%S UTC")
        .to_string()
}

/// `2026-12-01T00:00:00Z`
pub(crate) fn machine(at: u64) -> String {
    zoned(at, &TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

/// `in 9 days`, `3 days ago`, `now`: floored, against the time of the block that was read.
pub(crate) fn relative(at: u64, now: u64) -> String {
    match at.cmp(&now) {
        std::cmp::Ordering::Equal => "now".into(),
        std::cmp::Ordering::Greater => format!("in {}", duration(at - now)),
        std::cmp::Ordering::Less => format!("{} ago", duration(now - at)),
    }
}

/// A length of time in its largest unit that reads well: `40 s`, `5 minutes`, `36 hours`, `9 days`,
/// `14 months`, `3 years`. A month here is 30 days, a year 365.
pub(crate) fn duration(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let (count, unit) = match seconds {
        0..MINUTE => return format!("{seconds} s"),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..172_800 => (seconds / HOUR, "hour"),
        172_800..5_184_000 => (seconds / DAY, "day"),
        5_184_000..63_072_000 => (seconds / (30 * DAY), "month"),
        _ => (seconds / (365 * DAY), "year"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// A length that a definition fixes, exactly: `7 days`, `36 hours`, `90 s`.
pub(crate) fn length(seconds: u64) -> String {
    let (count, unit) = match seconds {
        s if s >= 86_400 && s % 86_400 == 0 => (s / 86_400, "day"),
        s if s >= 3_600 && s % 3_600 == 0 => (s / 3_600, "hour"),
        s if s >= 60 && s % 60 == 0 => (s / 60, "minute"),
        s => (s, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 1_795_521_600; // 24 Nov 2026 12:00 UTC

    #[test]
    fn a_moment_reads_as_a_date_in_its_zone() {
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        let midnight_in_madrid = 1_780_264_800; // 31 May 2026 22:00 UTC
        assert_eq!(day(midnight_in_madrid, &madrid), "1 Jun 2026");
        assert_eq!(day(midnight_in_madrid, &TimeZone::UTC), "31 May 2026");
        assert_eq!(exact(midnight_in_madrid), "31 May 2026 22:00:00 UTC");
        assert_eq!(machine(midnight_in_madrid), "2026-05-31T22:00:00Z");
    }

    #[test]
    fn relative_words_never_round_up() {
        let rows = [
            (NOON, "now"),
            (NOON + 59, "in 59 s"),
            (NOON + 119, "in 1 minute"),
            (NOON - 3_600, "1 hour ago"),
            (NOON + 9 * 86_400, "in 9 days"),
            (NOON - 70 * 86_400, "2 months ago"),
            (NOON + 800 * 86_400, "in 2 years"),
        ];
        for (at, words) in rows {
            assert_eq!(relative(at, NOON), words);
        }
    }

    #[test]
    fn lengths_are_exact() {
        assert_eq!(length(2_592_000), "30 days");
        assert_eq!(length(5_400), "90 minutes");
        assert_eq!(length(61), "61 seconds");
    }

    #[test]
    fn a_time_beyond_the_calendar_does_not_fail() {
        assert!(day(u64::MAX, &TimeZone::UTC).ends_with("9999"));
    }
}
