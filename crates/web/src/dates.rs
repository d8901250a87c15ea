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

/// `30 Nov 2026, 23:59 Europe/Madrid`: a moment in a sentence, with the zone that it is told in.
pub(crate) fn at(at: u64, zone: &TimeZone) -> String {
    format!("{} {}", moment(at, zone), zone_name(zone))
}

/// `28 Jul 2028, 17:00 Europe/Rome (15:00 UTC)`: a moment that binds, in the reader's zone and in the
/// one that everybody has; the day is said twice where it differs.
pub(crate) fn both(at: u64, zone: &TimeZone) -> String {
    let (here, utc) = (self::at(at, zone), &TimeZone::UTC);
    if zone_name(zone) == "UTC" {
        return here;
    }
    match day(at, zone) == day(at, utc) {
        true => format!("{here} ({} UTC)", clock(at, utc)),
        false => format!("{here} ({} UTC)", moment(at, utc)),
    }
}

/// `23:59`
pub(crate) fn clock(at: u64, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%H:%M").to_string()
}

/// What a zone is called: `Europe/Madrid`, `UTC`.
pub(crate) fn zone_name(zone: &TimeZone) -> &str {
    zone.iana_name().unwrap_or("UTC")
}

/// Whether it is the last second of a day in the zone, as an end at the end of a day is.
pub(crate) fn ends_a_day(at: u64, zone: &TimeZone) -> bool {
    day(at, zone) != day(at.saturating_add(1), zone)
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

/// Beside a date of a zone: from two days on, days are counted on its calendar, so that 1 Aug is
/// "in 31 days" on 1 Jul whatever the hour; nearer, and from two months on, as [`relative`].
pub(crate) fn relative_on(at: u64, now: u64, zone: &TimeZone) -> String {
    const NEAR: u64 = 2 * 86_400;
    const FAR: u64 = 60 * 86_400;
    let days = zoned(now, zone).date().until(zoned(at, zone).date());
    match (at.abs_diff(now), days.map(|span| span.get_days())) {
        (NEAR..FAR, Ok(days)) if days > 0 => format!("in {days} days"),
        (NEAR..FAR, Ok(days)) => format!("{} days ago", days.unsigned_abs()),
        _ => relative(at, now),
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
    fn a_moment_in_a_sentence_names_its_zone() {
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        let midnight_in_madrid = 1_780_264_800;
        let last = midnight_in_madrid - 1;
        assert_eq!(at(last, &madrid), "31 May 2026, 23:59 Europe/Madrid");
        assert_eq!(at(last, &TimeZone::UTC), "31 May 2026, 21:59 UTC");
        assert!(ends_a_day(last, &madrid) && !ends_a_day(last, &TimeZone::UTC));
        assert!(!ends_a_day(midnight_in_madrid, &madrid));
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
    fn days_beside_a_date_are_those_of_its_calendar() {
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        let at = |day: &str| {
            let day: jiff::civil::DateTime = day.parse().unwrap();
            let second = day.to_zoned(madrid.clone()).unwrap();
            u64::try_from(second.timestamp().as_second()).unwrap()
        };
        let noon = at("2028-07-01T14:00");
        let rows = [
            ("2028-08-01T00:00", "in 31 days"),
            ("2028-07-03T23:59", "in 2 days"),
            ("2028-07-02T00:00", "in 10 hours"),
            ("2028-06-05T23:00", "26 days ago"),
            ("2028-09-01T00:00", "in 2 months"),
        ];
        for (day, words) in rows {
            assert_eq!(relative_on(at(day), noon, &madrid), words, "{day}");
        }
        let utc = TimeZone::UTC;
        assert_eq!(relative_on(NOON + 3 * 86_400, NOON, &utc), "in 3 days");
    }

    #[test]
    fn a_moment_that_binds_is_said_in_utc_too() {
        let madrid = TimeZone::get("Europe/Madrid").unwrap();
        assert_eq!(
            both(NOON, &madrid),
            "24 Nov 2026, 13:00 Europe/Madrid (12:00 UTC)"
        );
        assert_eq!(both(NOON, &TimeZone::UTC), "24 Nov 2026, 12:00 UTC");
        assert_eq!(
            both(1_780_264_800, &madrid),
            "1 Jun 2026, 00:00 Europe/Madrid (31 May 2026, 22:00 UTC)"
        );
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
