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
    let at = i64::try_from(start)
        .ok()
        .and_then(|start| start.checked_add(i64::from(segment.end)));
    let at = at.and_then(|at| zone.show_instant(at).ok());
    let at = at.unwrap_or_else(|| format!("{} seconds after the start", segment.end));
    format!("{at}: {share}{how}")
}
