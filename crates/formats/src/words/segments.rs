use guerdon_core::terms::{Schedule, Segment};

use crate::calendar::Zone;
use crate::percent::show_ppb;

/// Says a schedule segment by segment, exactly: `1 Mar 2026: 25% at once`, `1 Mar 2029: 100%, in
/// 36 equal steps of time since the line before`. For schedules that no words of a sheet make. `start` is in
/// unix seconds.
#[must_use]
pub fn describe_segments(schedule: &Schedule, start: u64, zone: &Zone) -> Vec<String> {
    let lines = schedule.segments().iter();
    lines.map(|segment| line(segment, start, zone)).collect()
}

fn line(segment: &Segment, start: u64, zone: &Zone) -> String {
    let share = show_ppb(segment.cumulative);
    let how = match segment.steps {
        0 => ", second by second since the line before".to_owned(),
        1 => " at once".to_owned(),
        steps => format!(", in {steps} equal steps of time since the line before"),
    };
    let at = end_of(segment, start, zone);
    format!("{at}: {share}{how}")
}

/// Says start and segments in one line, so that no two clocks read alike: `from 1 Jul 2026; 50% by
/// 1 Jan 2027, second by second; 100% on 1 Jan 2030 at once`. Shares are those reached in all.
pub(crate) fn exact_segments(schedule: &Schedule, start: u64, zone: &Zone) -> String {
    let first = instant(start, 0, zone).unwrap_or_else(|| format!("second {start}"));
    let mut parts = vec![format!("from {first}")];
    parts.extend(schedule.segments().iter().map(|segment| {
        let (share, at) = (show_ppb(segment.cumulative), end_of(segment, start, zone));
        match segment.steps {
            0 => format!("{share} by {at}, second by second"),
            1 => format!("{share} on {at} at once"),
            steps => format!("{share} by {at}, in {steps} equal steps of time"),
        }
    }));
    parts.join("; ")
}

fn end_of(segment: &Segment, start: u64, zone: &Zone) -> String {
    let at = instant(start, segment.end, zone);
    at.unwrap_or_else(|| format!("{} seconds after the start", segment.end))
}

/// A moment that a calendar can show.
fn instant(start: u64, after: u32, zone: &Zone) -> Option<String> {
    let start = i64::try_from(start).ok()?;
    zone.show_instant(start.checked_add(i64::from(after))?).ok()
}
