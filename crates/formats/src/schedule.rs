//! Vesting in words (cliff, months, vest day, template) to segments, by exact rules: anyone who
//! follows them finds the same segments, so the same id.
//!
//! - The start is 00:00 local time of `vesting_start` in the row's time zone.
//! - Dates are the cliff month, if there is a cliff, then every `interval_months` after it up to
//!   `duration_months`; each date is one segment of one step.
//! - A template `graded-A-B-C-…` has one date a year, with those percentages.
//! - A template with the word `even` (as in `standard-4y-even`) has equal steps in seconds between
//!   the same two ends; with the word `continuous` it vests every second. Words are the parts
//!   between `-`, `_` and spaces. Any other template only labels the columns of its row.
//! - A duration of 0 vests all at the start.

mod recover;

pub use recover::recover;

use std::fmt;

use guerdon_core::PPB;
use guerdon_core::terms::{Schedule, Segment, VESTING_SEGMENTS_MAX};
use jiff::civil::Date;

use crate::calendar::{self, Zone};
use crate::percent::{Percent, Share};

/// What a template asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Template {
    /// Calendar dates from the row's columns.
    Calendar,
    /// Equal steps in seconds.
    Even,
    /// Every second.
    Continuous,
    /// One date a year with these percentages, 100 % in all.
    Graded(Vec<Percent>),
}

/// Vesting as a row of a sheet says it.
#[derive(Debug, Clone)]
pub struct Words {
    /// The day on which vesting starts.
    pub vesting_start: Date,
    /// Where its days begin.
    pub zone: Zone,
    /// What the template asks for.
    pub template: Template,
    /// Months until the cliff; 0: none.
    pub cliff_months: u32,
    /// Months until everything has vested; 0: all at the start.
    pub duration_months: u32,
    /// Months between dates after the cliff; 0: not said.
    pub interval_months: u32,
    /// What vests at the cliff; by time if not said.
    pub cliff_percent: Option<Percent>,
    /// The day of the month of all dates; the start's if not said.
    pub vest_day: Option<i8>,
}

/// A start and its segments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vesting {
    /// Unix seconds.
    pub start: u64,
    /// From the start.
    pub schedule: Schedule,
}

/// Why words make no schedule: the column to change, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct WordsError {
    /// The column of the sheet.
    pub column: &'static str,
    /// What is wrong and what to do.
    pub message: String,
}

fn refuse<T>(column: &'static str, message: impl Into<String>) -> Result<T, WordsError> {
    Err(WordsError {
        column,
        message: message.into(),
    })
}

impl Template {
    /// Reads the name of a template.
    ///
    /// # Errors
    /// A `graded-…` whose parts are not percentages that sum to 100.
    pub fn parse(name: &str) -> Result<Self, WordsError> {
        if let Some(parts) = name.strip_prefix("graded-") {
            return Self::graded(name, parts);
        }
        let mut words = name.split(['-', '_', ' ']);
        let found = words.find_map(|word| match word.to_ascii_lowercase().as_str() {
            "even" => Some(Self::Even),
            "continuous" => Some(Self::Continuous),
            _ => None,
        });
        Ok(found.unwrap_or(Self::Calendar))
    }

    fn graded(name: &str, parts: &str) -> Result<Self, WordsError> {
        let shares: Result<Vec<_>, _> = parts.split('-').map(Percent::parse).collect();
        let shares = shares.or_else(|error| {
            refuse(
                "template",
                format!("`{name}` must list percentages, one a year: {error}"),
            )
        })?;
        let sum = shares
            .iter()
            .try_fold(Percent::ZERO, |sum, share| sum.plus(*share));
        if sum == Some(Percent::ALL) {
            Ok(Self::Graded(shares))
        } else {
            refuse(
                "template",
                format!("the percentages of `{name}` do not sum to 100"),
            )
        }
    }
}

/// As a sheet names it; reading it back gives the same template.
impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Calendar => f.write_str("calendar"),
            Self::Even => f.write_str("even"),
            Self::Continuous => f.write_str("continuous"),
            Self::Graded(shares) => {
                f.write_str("graded")?;
                shares.iter().try_for_each(|share| write!(f, "-{share}"))
            }
        }
    }
}

impl Words {
    /// The cells of a grant sheet that say these words: column and text.
    #[must_use]
    pub fn cells(&self) -> [(&'static str, String); 8] {
        let months = |months: u32| months.to_string();
        let graded = matches!(self.template, Template::Graded(_));
        let interval = (!graded).then(|| months(self.interval_months));
        [
            ("vesting_start", self.vesting_start.to_string()),
            ("timezone", self.zone.name().to_owned()),
            ("template", self.template.to_string()),
            ("cliff_months", months(self.cliff_months)),
            ("duration_months", months(self.duration_months)),
            ("interval_months", interval.unwrap_or_default()),
            (
                "cliff_percent",
                self.cliff_percent
                    .map_or_else(String::new, |it| it.to_string()),
            ),
            (
                "vest_day",
                self.vest_day
                    .map_or_else(String::new, |day| day.to_string()),
            ),
        ]
    }

    /// Makes the start and the segments.
    ///
    /// # Errors
    /// [`WordsError`] names the column and says what contradicts what.
    pub fn vesting(&self) -> Result<Vesting, WordsError> {
        self.check()?;
        let start = self.instant(self.vesting_start)?;
        let Ok(unix_start) = u64::try_from(start) else {
            return refuse("vesting_start", "vesting cannot start before 1970");
        };
        let segments = match &self.template {
            _ if self.duration_months == 0 => Schedule::whole().segments().to_vec(),
            Template::Graded(shares) => self.graded(start, shares)?,
            Template::Calendar => self.calendar(start)?,
            Template::Even | Template::Continuous => self.plain(start)?,
        };
        let schedule = Schedule::new(segments).or_else(|error| {
            refuse(
                "duration_months",
                format!("this row makes no valid schedule: {error}"),
            )
        })?;
        Ok(Vesting {
            start: unix_start,
            schedule,
        })
    }

    /// Whether the columns agree with each other.
    fn check(&self) -> Result<(), WordsError> {
        let (cliff, duration) = (self.cliff_months, self.duration_months);
        if let Template::Graded(shares) = &self.template {
            let wanted = 12 * u32::try_from(shares.len()).unwrap_or(u32::MAX / 12);
            let percent = self.cliff_percent.unwrap_or(Percent::ZERO);
            let stray = cliff != 0 || self.interval_months != 0 || percent != Percent::ZERO;
            if duration != wanted {
                let (years, months) = (shares.len(), wanted);
                return refuse(
                    "duration_months",
                    format!("the template has {years} yearly dates, so the duration is {months}"),
                );
            }
            if stray {
                return refuse(
                    "template",
                    "a graded template says its own dates: leave cliff_months, interval_months \
                     and cliff_percent empty",
                );
            }
            return Ok(());
        }
        if cliff > duration {
            return refuse(
                "cliff_months",
                format!(
                    "the cliff comes after {cliff} months, but all has vested after {duration}"
                ),
            );
        }
        if cliff == 0
            && self
                .cliff_percent
                .is_some_and(|percent| percent != Percent::ZERO)
        {
            return refuse(
                "cliff_percent",
                "a cliff_percent needs a cliff_months above 0",
            );
        }
        let needs_interval = duration > cliff && self.template != Template::Continuous;
        if needs_interval && self.interval_months == 0 {
            return refuse(
                "interval_months",
                "how many months lie between vesting dates is missing: write a number from 1",
            );
        }
        Ok(())
    }

    fn graded(&self, start: i64, shares: &[Percent]) -> Result<Vec<Segment>, WordsError> {
        let mut reached = Percent::ZERO;
        let mut segments = Vec::with_capacity(shares.len());
        for (months, share) in (1..).map(|year| 12 * year).zip(shares) {
            reached = reached.plus(*share).unwrap_or(Percent::ALL);
            let cumulative = reached.share().toward_all_ppb(0, 1);
            segments.push(segment(self.end(start, months)?, cumulative, 1));
        }
        Ok(segments)
    }

    fn calendar(&self, start: i64) -> Result<Vec<Segment>, WordsError> {
        let later = self.later_dates()?;
        let dates = later as usize + usize::from(self.cliff_months > 0);
        let most = VESTING_SEGMENTS_MAX;
        if dates > most {
            return refuse(
                "duration_months",
                format!(
                    "this row has {dates} vesting dates and a grant holds at most {most}: choose \
                     a longer interval_months, or a template with the word `even`"
                ),
            );
        }
        let mut segments = self.cliff(start)?;
        for step in 1..=later {
            let months = self.cliff_months + self.interval_months * step;
            let cumulative = self.cliff_share().toward_all_ppb(step, later);
            segments.push(segment(self.end(start, months)?, cumulative, 1));
        }
        Ok(segments)
    }

    /// Even or continuous: the cliff, then one segment to the last date.
    fn plain(&self, start: i64) -> Result<Vec<Segment>, WordsError> {
        let mut segments = self.cliff(start)?;
        if self.duration_months == self.cliff_months {
            self.later_dates()?;
            return Ok(segments);
        }
        let (months, steps) = if self.template == Template::Continuous {
            (self.duration_months, 0)
        } else {
            let later = self.later_dates()?;
            let Ok(steps) = u16::try_from(later) else {
                return refuse("interval_months", "there are more than 65535 steps");
            };
            (self.cliff_months + self.interval_months * later, steps)
        };
        segments.push(segment(self.end(start, months)?, PPB, steps));
        Ok(segments)
    }

    fn cliff(&self, start: i64) -> Result<Vec<Segment>, WordsError> {
        if self.cliff_months == 0 {
            return Ok(Vec::new());
        }
        let cumulative = self.cliff_share().toward_all_ppb(0, 1);
        Ok(vec![segment(
            self.end(start, self.cliff_months)?,
            cumulative,
            1,
        )])
    }

    /// What vests at the cliff: the percentage if it is said, else as much as time has passed.
    #[must_use]
    pub fn cliff_share(&self) -> Share {
        let by_time = || Share::of(self.cliff_months, self.duration_months);
        self.cliff_percent.map_or_else(by_time, Percent::share)
    }

    /// How many dates follow the cliff (or the start). Without one the cliff must be everything.
    fn later_dates(&self) -> Result<u32, WordsError> {
        let months = self.duration_months - self.cliff_months;
        let later = months.checked_div(self.interval_months).unwrap_or(0);
        if later == 0 && self.cliff_months == 0 {
            return refuse(
                "interval_months",
                "the first date would come after duration_months: choose a shorter interval",
            );
        }
        if later == 0 && !self.cliff_share().is_all() {
            return refuse(
                "cliff_percent",
                "no date follows the cliff, so the cliff must release 100 %",
            );
        }
        Ok(later)
    }

    /// Seconds from the start to the date `months` later.
    fn end(&self, start: i64, months: u32) -> Result<u32, WordsError> {
        let date = calendar::month_date(self.vesting_start, months, self.vest_day);
        let date = date.or_else(|error| refuse("duration_months", error.to_string()))?;
        u32::try_from(self.instant(date)? - start).or_else(|_| {
            refuse(
                "duration_months",
                "the last date must lie within 136 years of the start",
            )
        })
    }

    fn instant(&self, date: Date) -> Result<i64, WordsError> {
        let instant = self.zone.midnight(date);
        instant.or_else(|error| refuse("vesting_start", error.to_string()))
    }
}

const fn segment(end: u32, cumulative: u32, steps: u16) -> Segment {
    Segment {
        end,
        cumulative,
        steps,
    }
}
