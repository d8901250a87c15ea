use guerdon_core::terms::{Schedule, Segment};
use jiff::civil::Date;

use super::{listed, number};
use crate::calendar::{Zone, months_between, show_date};
use crate::percent::show_ppb;

/// Dates that are listed one by one when no rule is seen behind them.
const LISTED_MAX: usize = 8;

/// Says a schedule in words, with dates in `zone`: `25% after a one-year cliff, then 36 monthly
/// steps, from 1 Mar 2025 to 1 Mar 2029 (Europe/London)`. `start` is in unix seconds.
#[must_use]
pub fn describe_schedule(schedule: &Schedule, start: u64, zone: &Zone) -> String {
    let name = zone.name();
    let segments = schedule.segments();
    let ends = std::iter::once(0).chain(segments.iter().map(|segment| segment.end));
    let seconds = |end: u32| i64::try_from(start).ok()?.checked_add(i64::from(end));
    let dates: Option<Vec<_>> = ends.map(|end| zone.date_at(seconds(end)?).ok()).collect();
    let Some([first, dates @ ..]) = dates.as_deref() else {
        return format!("{} after the start", plain(segments));
    };
    let Some(last) = dates.last() else {
        return String::new();
    };
    if schedule.last_end() == 0 {
        return format!("all of it on {} ({name})", show_date(*first));
    }
    let body = Pieces {
        segments,
        first: *first,
        dates,
    }
    .say();
    format!(
        "{body}, from {} to {} ({name})",
        show_date(*first),
        show_date(*last)
    )
}

/// A schedule whose dates no calendar can show.
fn plain(segments: &[Segment]) -> String {
    let last = segments.last().map_or(0, |segment| segment.end);
    format!("{} segments up to {last} seconds", segments.len())
}

struct Pieces<'a> {
    segments: &'a [Segment],
    first: Date,
    /// Where each segment ends.
    dates: &'a [Date],
}

impl Pieces<'_> {
    fn say(&self) -> String {
        if self.segments.iter().any(|segment| segment.steps != 1) {
            return self.stages();
        }
        let shares = self.shares();
        let rhythm = self.rhythm(0).filter(|_| shares.len() > 1);
        if let Some(rhythm) = rhythm.as_deref().filter(|_| is_even(&shares)) {
            return steps(self.dates.len(), rhythm);
        }
        if let Some(rhythm) = rhythm.filter(|_| shares.len() <= LISTED_MAX) {
            let shares: Vec<_> = shares.iter().map(|share| show_ppb(*share)).collect();
            return format!("{} in {rhythm} steps", listed(&shares));
        }
        let (cliff, later) = shares
            .split_first()
            .map_or((0, &[][..]), |(cliff, rest)| (*cliff, rest));
        if let Some(rhythm) = self.rhythm(1).filter(|_| is_even(later)) {
            let steps = steps(later.len(), &rhythm);
            return format!("{}, then {steps}", self.cliff(cliff));
        }
        if later.is_empty() {
            return self.cliff(cliff);
        }
        if shares.len() > LISTED_MAX {
            return format!("{} dates", shares.len());
        }
        let dated = shares.iter().zip(self.dates);
        let dated =
            dated.map(|(share, date)| format!("{} on {}", show_ppb(*share), show_date(*date)));
        listed(&dated.collect::<Vec<_>>())
    }

    /// Segments of many steps, each with its own share.
    fn stages(&self) -> String {
        let shares = self.shares();
        if shares.len() > LISTED_MAX {
            return format!("{} stages", shares.len());
        }
        let only = shares.len() == 1;
        let stages =
            self.segments
                .iter()
                .zip(&shares)
                .enumerate()
                .map(|(place, (segment, share))| {
                    let share = if only {
                        String::new()
                    } else {
                        format!("{} ", show_ppb(*share))
                    };
                    match (place, segment.steps) {
                        (0, 1) => self.cliff(shares[0]),
                        (_, 1) => format!("{share}on {}", show_date(self.dates[place])),
                        (_, 0) => format!("{share}second by second"),
                        (_, steps) => format!("{share}in {steps} equal steps of time"),
                    }
                });
        stages.collect::<Vec<_>>().join(", then ")
    }

    fn cliff(&self, share: u32) -> String {
        let share = show_ppb(share);
        let months = months_between(self.first, self.dates[0]);
        let in_step = months > 0 && self.same_days(&self.dates[..1]);
        match (in_step, months % 12) {
            (true, 0) => format!("{share} after a {}-year cliff", number(months / 12)),
            (true, _) => format!("{share} after a {}-month cliff", number(months)),
            _ => format!("{share} on {}", show_date(self.dates[0])),
        }
    }

    /// The part of the grant that each segment releases, in ppb.
    fn shares(&self) -> Vec<u32> {
        let reached = self.segments.iter().map(|segment| segment.cumulative);
        let before = std::iter::once(0).chain(reached.clone());
        reached
            .zip(before)
            .map(|(after, before)| after - before)
            .collect()
    }

    /// How often the dates from place `from` on come, if they come every so many months.
    fn rhythm(&self, from: usize) -> Option<String> {
        let dates = self.dates.get(from..).filter(|dates| !dates.is_empty())?;
        let before = if from == 0 {
            self.first
        } else {
            self.dates[from - 1]
        };
        let months = months_between(before, dates[0]);
        let mut pairs = dates
            .windows(2)
            .map(|pair| months_between(pair[0], pair[1]));
        if months == 0 || pairs.any(|next| next != months) || !self.same_days(self.dates) {
            return None;
        }
        let every = match months {
            1 => "monthly".to_owned(),
            3 => "quarterly".to_owned(),
            6 => "half-yearly".to_owned(),
            12 => "yearly".to_owned(),
            months if months % 12 == 0 => format!("{}-year", number(months / 12)),
            months => format!("{}-month", number(months)),
        };
        Some(every)
    }

    /// Whether dates keep to one day of the month, or to the end of a shorter one.
    fn same_days(&self, dates: &[Date]) -> bool {
        let day = dates.iter().map(|date| date.day()).max().unwrap_or(1);
        dates
            .iter()
            .all(|date| date.day() == day.min(date.days_in_month()))
    }
}

/// Equal to the rounding of one part per billion.
fn is_even(shares: &[u32]) -> bool {
    let least = shares.iter().min().copied().unwrap_or(0);
    shares.iter().all(|share| share - least <= 1)
}

fn steps(count: usize, rhythm: &str) -> String {
    if count == 1 {
        format!("one {rhythm} step")
    } else {
        format!("{count} {rhythm} steps")
    }
}
