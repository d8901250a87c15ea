//! One timeline of several grants: at each time the sum of what theirs say.

use std::collections::BTreeSet;

use crate::charts::timeline::{Mark, Steps, Timeline, value_at};

/// Points of one line; more would not be seen.
const POINTS_MAX: usize = 360;

/// The sum of timelines that were all made for the same block.
pub(super) fn merged(lines: &[Timeline], now: u64) -> Timeline {
    let start = lines.iter().map(|line| line.start).min().unwrap_or(now);
    let end = lines.iter().map(|line| line.end).max().unwrap_or(now);
    let add = |sum: u128, line: &Timeline| sum.saturating_add(line.amount);
    let amount = lines.iter().fold(0, add);
    let so_far = |of: fn(&Timeline) -> &Steps| {
        sum(lines, (start, now), |line, at| {
            value_at(of(line), at).unwrap_or(0)
        })
    };
    let (vested, claimed) = (so_far(|line| &line.vested), so_far(|line| &line.claimed));
    let by_time = sum(lines, (start, end), |line, at| {
        value_at(&line.by_time, at).unwrap_or(0)
    });
    let ahead = match now < end {
        true => sum(lines, (now, end), ahead_at),
        false => Vec::new(),
    };
    let marks = marks(lines, &vested, &ahead);
    Timeline {
        start,
        end,
        now: now.clamp(start, end),
        amount,
        vested,
        ahead,
        by_time,
        claimed,
        marks,
        left: Vec::new(),
    }
}

/// What a grant has vested at a time to come; one whose line is over stays as it is.
fn ahead_at(line: &Timeline, at: u64) -> u128 {
    let last = line.vested.last().map(|(_, amount)| *amount);
    value_at(&line.ahead, at).or(last).unwrap_or(0)
}

/// The sums at every time at which one of them may change.
fn sum(
    lines: &[Timeline],
    (from, until): (u64, u64),
    value: impl Fn(&Timeline, u64) -> u128,
) -> Steps {
    let series = lines
        .iter()
        .flat_map(|line| [&line.vested, &line.ahead, &line.by_time, &line.claimed]);
    let mut times: BTreeSet<u64> = series.flatten().map(|(at, _)| *at).collect();
    times.extend([from, until]);
    let times = times.into_iter().filter(|at| (from..=until).contains(at));
    let at = |at| {
        let each = lines.iter().map(|line| value(line, at));
        (at, each.fold(0, u128::saturating_add))
    };
    thinned(times.map(at).collect())
}

/// Leaves points out if they are many, never the last.
fn thinned(all: Steps) -> Steps {
    let stride = all.len().div_ceil(POINTS_MAX).max(1);
    let last = all.last().copied();
    let mut thin: Steps = all.into_iter().step_by(stride).collect();
    thin.extend(last);
    thin.dedup();
    thin
}

/// The marks of all, each on the line of the sum.
fn marks(lines: &[Timeline], vested: &Steps, ahead: &Steps) -> Vec<Mark> {
    let mut marks: Vec<Mark> = Vec::new();
    for mark in lines.iter().flat_map(|line| &line.marks) {
        let on = if mark.is_final { vested } else { ahead };
        let known = |have: &Mark| (have.at, have.is_final) == (mark.at, mark.is_final);
        if !marks.iter().any(known) {
            marks.push(Mark {
                amount: value_at(on, mark.at).unwrap_or(0),
                ..mark.clone()
            });
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(start: u64, end: u64, amount: u128) -> Timeline {
        let now = 50;
        let by_time = vec![(start, 0), (end, amount)];
        let vested = vec![(start, 0), (now.min(end), amount / 4), (now, amount / 4)];
        let ahead = match now < end {
            true => vec![(now, amount / 4), (end, amount)],
            false => Vec::new(),
        };
        Timeline {
            start,
            end,
            now,
            amount,
            vested,
            ahead,
            by_time,
            ..Timeline::default()
        }
    }

    #[test]
    fn a_sum_has_the_value_of_its_parts_at_every_time() {
        let lines = [line(0, 100, 80), line(20, 40, 8), line(60, 90, 4)];
        let all = merged(&lines, 50);
        assert_eq!((all.start, all.end, all.amount), (0, 100, 92));
        assert_eq!(value_at(&all.vested, 50), Some(20 + 2 + 1));
        assert_eq!(value_at(&all.by_time, 40), Some(8));
        // One that is over stays as it was; the others go on.
        assert_eq!(value_at(&all.ahead, 90), Some(20 + 2 + 4));
        assert_eq!(all.ahead.last(), Some(&(100, 80 + 2 + 4)));
        assert_eq!(all.vested.last().map(|(at, _)| *at), Some(50));
    }

    #[test]
    fn many_points_are_thinned_and_the_last_stays() {
        let steps: Steps = (0..10_000).map(|at| (at, u128::from(at))).collect();
        let thin = thinned(steps);
        assert!(thin.len() <= POINTS_MAX + 1, "{}", thin.len());
        assert_eq!(thin.last(), Some(&(9_999, 9_999)));
    }
}
