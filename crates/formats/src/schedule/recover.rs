//! Back from segments to words: the other way of [`super::Words::vesting`].

use guerdon_core::PPB;
use guerdon_core::terms::Segment;
use jiff::civil::Date;

use super::{Template, Vesting, Words};
use crate::calendar::{Zone, months_between};
use crate::percent::{Percent, Share};

/// Words that make exactly this start and these segments in `zone`, if any do. Segments that came
/// from words always have some; they need not be the same words (25 % after a year of four is also
/// "as much as time has passed").
#[must_use]
pub fn recover(vesting: &Vesting, zone: &Zone) -> Option<Words> {
    let segments = vesting.schedule.segments();
    let start = i64::try_from(vesting.start).ok()?;
    let ends = segments
        .iter()
        .map(|segment| start.checked_add(i64::from(segment.end)));
    let ends = ends.collect::<Option<Vec<_>>>()?;
    for (early_start, early_dates) in [(false, false), (false, true), (true, false), (true, true)] {
        let date = |at: &i64, early| day_beginning(zone, *at, early);
        let Some(first) = date(&start, early_start) else {
            continue;
        };
        let dates: Option<Vec<_>> = ends.iter().map(|end| date(end, early_dates)).collect();
        let Some(dates) = dates else { continue };
        let seen = Seen {
            vesting,
            zone,
            first,
            dates: &dates,
        };
        if let Some(words) = seen.words() {
            return Some(words);
        }
    }
    None
}

/// The day that begins at an instant. Where a zone skipped a whole day, two days begin at once:
/// `early` asks for the one that was skipped.
fn day_beginning(zone: &Zone, at: i64, early: bool) -> Option<Date> {
    let date = zone.date_at(at).ok()?;
    let begins = |date: &Date| zone.midnight(*date) == Ok(at);
    let skipped = || date.yesterday().ok().filter(begins);
    Some(date)
        .filter(begins)
        .and_then(|date| early.then(skipped).flatten().or(Some(date)))
}

/// A schedule on the calendar.
struct Seen<'a> {
    vesting: &'a Vesting,
    zone: &'a Zone,
    first: Date,
    /// Where each segment ends.
    dates: &'a [Date],
}

impl Seen<'_> {
    fn words(&self) -> Option<Words> {
        let segments = self.vesting.schedule.segments();
        if self.vesting.schedule.last_end() == 0 {
            return Some(self.plain(Template::Calendar)).filter(|words| self.makes(words));
        }
        let months = self.months()?;
        let day = self.dates.iter().map(|date| date.day()).max();
        for vest_day in [None, day] {
            for shape in self.shapes(segments, &months) {
                let words = Words { vest_day, ..shape };
                if self.makes(&words) {
                    return Some(words);
                }
            }
        }
        None
    }

    fn makes(&self, words: &Words) -> bool {
        words.vesting().as_ref() == Ok(self.vesting)
    }

    fn months(&self) -> Option<Vec<u32>> {
        let months = self
            .dates
            .iter()
            .map(|date| u32::try_from(months_between(self.first, *date)).ok());
        months.collect()
    }

    /// Nothing said but the start.
    fn plain(&self, template: Template) -> Words {
        Words {
            vesting_start: self.first,
            zone: self.zone.clone(),
            template,
            cliff_months: 0,
            duration_months: 0,
            interval_months: 0,
            cliff_percent: None,
            vest_day: None,
        }
    }

    /// What could have made these segments, the plainest first.
    fn shapes(&self, segments: &[Segment], months: &[u32]) -> Vec<Words> {
        let (Some(last), Some(end)) = (segments.last(), months.last()) else {
            return Vec::new();
        };
        if segments.iter().all(|segment| segment.steps == 1) {
            return [
                self.without_cliff(months),
                self.with_cliff(segments, months),
                self.graded(segments, months),
            ]
            .into_iter()
            .flatten()
            .collect();
        }
        let (cliff, share) = match (segments, months) {
            ([_], _) => (0, None),
            ([first, _], [cliff, _]) if first.steps == 1 => (*cliff, Some(first.cumulative)),
            _ => return Vec::new(),
        };
        let (template, steps) = match last.steps {
            0 => (Template::Continuous, 0),
            steps => (Template::Even, u32::from(steps)),
        };
        let cliff_percent = share
            .filter(|share| Share::of(cliff, *end).toward_all_ppb(0, 1) != *share)
            .map(Percent::of_ppb);
        vec![Words {
            cliff_months: cliff,
            duration_months: *end,
            interval_months: end.saturating_sub(cliff).checked_div(steps).unwrap_or(0),
            cliff_percent,
            ..self.plain(template)
        }]
    }

    fn without_cliff(&self, months: &[u32]) -> Option<Words> {
        let [interval, .., end] = months else {
            return None;
        };
        Some(Words {
            duration_months: *end,
            interval_months: *interval,
            ..self.plain(Template::Calendar)
        })
    }

    fn with_cliff(&self, segments: &[Segment], months: &[u32]) -> Option<Words> {
        let (cliff, end) = (*months.first()?, *months.last()?);
        let interval = match months {
            [_] => 0,
            [first, second, ..] => second.checked_sub(*first).filter(|months| *months > 0)?,
            [] => return None,
        };
        let (duration_months, cliff_percent) = cliff_share(segments, cliff, (end, interval))?;
        Some(Words {
            cliff_months: cliff,
            duration_months,
            interval_months: interval,
            cliff_percent,
            ..self.plain(Template::Calendar)
        })
    }

    fn graded(&self, segments: &[Segment], months: &[u32]) -> Option<Words> {
        let yearly = (1..).map(|year| 12 * year).zip(months);
        if !yearly.clone().all(|(wanted, months)| wanted == *months) {
            return None;
        }
        let before = std::iter::once(0).chain(segments.iter().map(|segment| segment.cumulative));
        let shares = segments.iter().zip(before);
        let shares = shares
            .map(|(segment, before)| Percent::of_ppb(segment.cumulative.saturating_sub(before)));
        Some(Words {
            duration_months: *months.last()?,
            ..self.plain(Template::Graded(shares.collect()))
        })
    }
}

/// The duration and the percentage that lead from the cliff through all cumulative shares: first
/// as much as time has passed, then a share of whole parts per billion, then the finer ones that
/// a sheet can say.
fn cliff_share(
    segments: &[Segment],
    cliff: u32,
    (end, interval): (u32, u32),
) -> Option<(u32, Option<Percent>)> {
    let later = u32::try_from(segments.len().checked_sub(1)?).ok()?;
    let fits = |share: Share| {
        let mut steps = (0..).zip(segments);
        steps.all(|(step, segment)| share.toward_all_ppb(step, later) == segment.cumulative)
    };
    let by_time = |duration: &u32| fits(Share::of(cliff, *duration));
    let reached = segments.first()?.cumulative;
    if by_time(&end) {
        return Some((end, None));
    }
    let said = |percent: &Percent| fits(percent.share());
    let plain = Some(Percent::of_ppb(reached)).filter(said);
    let longer = || (end..end.saturating_add(interval)).find(by_time);
    let finer = || {
        (1..100)
            .filter_map(|more| Percent::of_fine(reached, more))
            .find(said)
    };
    plain
        .map(|percent| (end, Some(percent)))
        .or_else(|| longer().map(|duration| (duration, None)))
        .or_else(|| finer().map(|percent| (end, Some(percent))))
        .filter(|_| reached <= PPB)
}
