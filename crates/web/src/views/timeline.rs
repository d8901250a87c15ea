//! The timeline of a grant, replayed from its facts: what was vested on each day is what the chain
//! would have answered on that day.

use std::collections::BTreeSet;

use guerdon_core::fact::{Fact, Origin};
use guerdon_core::goal::{AttemptStatus, GoalFlags};
use guerdon_core::grant::{self, GateResult, Refused};
use guerdon_core::ledger::{GoalRecord, GrantRecord, Record};
use guerdon_core::state::{Flags, Phase, State};
use guerdon_core::terms::{Schedule, Terms};
use jiff::tz::TimeZone;

use super::{ChartView, Goals, goal_words};
use crate::charts::Drawn;
use crate::charts::timeline::{self, Mark, Steps, Timeline, value_at};
use crate::dates;
use crate::html::{Money, When};
use crate::numbers::{Token, percent, share};
use crate::strings::charts as words;

/// Points of one line; more would not be seen.
const POINTS_MAX: usize = 360;
/// Points of a schedule that releases every second.
const CONTINUOUS_POINTS: u64 = 120;

/// The timeline as a page shows it.
#[derive(Debug)]
pub(crate) struct TimelineView {
    pub(crate) message: String,
    pub(crate) key: String,
    pub(crate) wide: crate::html::Markup,
    pub(crate) phone: crate::html::Markup,
    pub(crate) rows: Vec<TimelineRow>,
}

#[derive(Debug)]
pub(crate) struct TimelineRow {
    pub(crate) when: When,
    pub(crate) ahead: bool,
    pub(crate) by_time: Money,
    pub(crate) vested: Money,
}

impl TimelineView {
    /// A drawing with its message, its key and its table.
    pub(crate) fn new(line: &Timeline, message: String, token: &Token, zone: &TimeZone) -> Self {
        let drawn = timeline::draw(line, token, zone, &message);
        Self::of((line, drawn), message, token, zone)
    }

    /// The same over the whole width of a page.
    pub(crate) fn broad(line: &Timeline, message: String, token: &Token, zone: &TimeZone) -> Self {
        let drawn = timeline::draw_broad(line, token, zone, &message);
        Self::of((line, drawn), message, token, zone)
    }

    fn of(
        (line, drawn): (&Timeline, Drawn),
        message: String,
        token: &Token,
        zone: &TimeZone,
    ) -> Self {
        let ChartView { wide, phone } = drawn.into();
        let key = words::key(line.shows_time(), line.now < line.end);
        Self {
            message,
            key: key.to_owned(),
            wide,
            phone,
            rows: rows(line, token, zone),
        }
    }
}

/// What a timeline is made of.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) terms: &'a Terms,
    pub(crate) state: &'a State,
    /// The grant's facts in the order of the chain.
    pub(crate) facts: &'a [(Origin, Fact)],
    pub(crate) goals: Goals<'a>,
    pub(crate) now: u64,
    /// What the grants it replaced had released.
    pub(crate) inherited: u128,
}

impl Source<'_> {
    /// Draws it.
    pub(crate) fn view(&self, token: &Token, zone: &TimeZone) -> Result<TimelineView, Refused> {
        let line = self.timeline()?;
        let message = self.message(&line, token);
        Ok(TimelineView::new(&line, message, token, zone))
    }

    fn message(&self, line: &Timeline, token: &Token) -> String {
        let amount = token.words(self.terms.amount);
        if let Phase::Settled { value } = self.state.phase {
            return words::settled(&token.words(value), &amount);
        }
        let time = parts(
            self.terms.amount,
            grant::time_ppb(self.terms, self.state, self.now),
        );
        let vested = line.vested.last().map_or(0, |(_, vested)| *vested);
        let earned = percent(share(time, self.terms.amount));
        if self.terms.gates.is_empty() || time == 0 {
            return words::earned(&earned, &amount, None);
        }
        let opened = percent(share(vested.min(time), time));
        words::earned(&earned, &amount, Some(&opened))
    }

    /// The lines and marks.
    pub(crate) fn timeline(&self) -> Result<Timeline, Refused> {
        let (start, end) = self.span();
        let breaks = self.breaks(start, end);
        let by_time: Vec<_> = breaks.iter().map(|&at| (at, self.by_time(at))).collect();
        let mut vested = Vec::new();
        let mut claimed = Vec::new();
        let mut replay = Replay::new(self.facts);
        let past = breaks.iter().copied().filter(|at| *at < self.now);
        for at in past.chain([self.now]) {
            let (state, net) = replay.until(at, self);
            let gates = self.results_at(&state, at);
            vested.push((at, grant::amounts(self.terms, &state, &gates, at)?.vested));
            claimed.push((at, net));
        }
        let gates = self.goals.results(self.terms, self.state);
        let future = breaks.iter().copied().filter(|at| *at > self.now);
        let mut ahead = Vec::new();
        if self.now < end {
            for at in std::iter::once(self.now).chain(future) {
                ahead.push((
                    at,
                    grant::amounts(self.terms, self.state, &gates, at)?.vested,
                ));
            }
        }
        let marks = self.marks(start, end, &vested, &ahead);
        let (now, amount) = (self.now.clamp(start, end), self.terms.amount);
        Ok(Timeline {
            start,
            end,
            now,
            amount,
            vested,
            ahead,
            by_time,
            claimed,
            marks,
            left: Vec::new(),
        })
    }

    /// What became vested in the second `at` because of results, not of time.
    pub(crate) fn opened_at(&self, at: u64) -> Result<u128, Refused> {
        let (state, _) = Replay::new(self.facts).until(at, self);
        let vested = |results: &[GateResult]| {
            grant::amounts(self.terms, &state, results, at).map(|amounts| amounts.vested)
        };
        let before = vested(&self.results_at(&state, at.saturating_sub(1)))?;
        Ok(vested(&self.results_at(&state, at))?.saturating_sub(before))
    }

    /// What a state would have vested at the times at which something changes, from a day on.
    pub(crate) fn vested_from(&self, from: u64, until: u64) -> Result<Steps, Refused> {
        let gates = self.goals.results(self.terms, self.state);
        let mut times: BTreeSet<u64> = self.breaks(from, until).into_iter().collect();
        times.extend([from, until]);
        let vested = |at| {
            let amounts = grant::amounts(self.terms, self.state, &gates, at)?;
            Ok((at, amounts.vested))
        };
        times.into_iter().map(vested).collect()
    }

    /// From the start, or the first fact, to the last day that can change something.
    fn span(&self) -> (u64, u64) {
        let first = self
            .facts
            .first()
            .map_or(self.terms.start, |(origin, _)| origin.block_time);
        let start = self.terms.start.min(first).min(self.now);
        let vested = self
            .terms
            .start
            .saturating_add(self.terms.vesting.last_end().into());
        let closes = self.open_goals().map(|goal| goal.state.closes);
        let end = closes.chain([vested, self.now]).max().unwrap_or(self.now);
        let room = (end - start) / 40;
        (start, if end == self.now { end + room } else { end })
    }

    fn open_goals(&self) -> impl Iterator<Item = &GoalRecord> {
        let gates = self.terms.gates.iter();
        let goals = gates
            .filter_map(|gate| self.goals.get(gate.goal))
            .map(|goal| &goal.record);
        goals.filter(|goal| !goal.state.has(GoalFlags::FINAL))
    }

    /// Times at which some line may change.
    fn breaks(&self, start: u64, end: u64) -> Vec<u64> {
        let clock = self.state.clock();
        let zero = self
            .terms
            .start
            .saturating_add(clock.lost.into())
            .saturating_sub(clock.credit.into());
        let scheduled = elapses(&self.terms.vesting).into_iter();
        let mut times: BTreeSet<u64> = scheduled
            .map(|seconds| zero.saturating_add(seconds))
            .collect();
        times.extend(self.facts.iter().map(|(origin, _)| origin.block_time));
        times.extend(self.terms.gates.iter().flat_map(|gate| {
            let goal = self.goals.get(gate.goal);
            goal.into_iter().flat_map(|goal| finishes(&goal.record))
        }));
        times.extend([start, end]);
        if clock.stop_at > 0 {
            times.insert(clock.stop_at);
        }
        times
            .into_iter()
            .filter(|at| (start..=end).contains(at))
            .collect()
    }

    fn by_time(&self, at: u64) -> u128 {
        parts(
            self.terms.amount,
            grant::time_ppb(self.terms, &unended(self.state), at),
        )
    }

    /// What gates read at a time of the past.
    fn results_at(&self, state: &State, at: u64) -> Vec<GateResult> {
        let stop = state.has(Flags::ENDED).then_some(state.clock().stop_at);
        let of = |goal: &GoalRecord| GateResult {
            fraction: fraction_by(goal, at),
            ..goal.gate_result(stop)
        };
        let gates = self.terms.gates.iter();
        gates
            .map(|gate| {
                self.goals
                    .get(gate.goal)
                    .map(|g| of(&g.record))
                    .unwrap_or_default()
            })
            .collect()
    }

    fn marks(
        &self,
        start: u64,
        end: u64,
        vested: &[(u64, u128)],
        ahead: &[(u64, u128)],
    ) -> Vec<Mark> {
        let mut marks = Vec::new();
        for gate in &self.terms.gates {
            let Some(goal) = self.goals.get(gate.goal).map(|goal| &goal.record) else {
                continue;
            };
            if let Some(best) = goal_words::best(goal) {
                let raw = goal_words::raw(&goal.goal, best);
                let finished = best
                    .history
                    .last()
                    .map_or(self.now, |(_, at)| at.block_time);
                marks.push(Mark {
                    at: finished,
                    amount: value_at(vested, finished).unwrap_or(0),
                    is_final: true,
                    long: words::result(&raw),
                    short: raw,
                });
            }
            if goal_words::standing(goal, &TimeZone::UTC, self.now).can_rise {
                let at = goal.state.closes;
                marks.push(Mark {
                    at,
                    amount: value_at(ahead, at).unwrap_or(0),
                    is_final: false,
                    long: words::LAST_DAY.0.to_owned(),
                    short: words::LAST_DAY.1.to_owned(),
                });
            }
        }
        marks.retain(|mark| (start..=end).contains(&mark.at));
        marks.dedup_by_key(|mark| (mark.at, mark.is_final));
        marks
    }
}

/// `amount` times `ppb`, rounded down; no product leaves 128 bits.
pub(crate) fn parts(amount: u128, ppb: u32) -> u128 {
    let (whole, ppb) = (u128::from(guerdon_core::PPB), u128::from(ppb));
    amount / whole * ppb + amount % whole * ppb / whole
}

/// The grant as it was on a day.
struct Replay<'a> {
    facts: std::iter::Peekable<std::slice::Iter<'a, (Origin, Fact)>>,
    record: Option<GrantRecord>,
}

impl<'a> Replay<'a> {
    fn new(facts: &'a [(Origin, Fact)]) -> Self {
        Self {
            facts: facts.iter().peekable(),
            record: None,
        }
    }

    /// Its state at the end of `at`, and what had been claimed, net.
    fn until(&mut self, at: u64, source: &Source<'_>) -> (State, u128) {
        while let Some((origin, fact)) = self.facts.next_if(|(origin, _)| origin.block_time <= at) {
            match &mut self.record {
                None => self.record = begin(origin, fact, source.inherited),
                // A fact that does not fit was refused when the record was folded.
                Some(record) => {
                    let _ = record.apply(origin, fact);
                }
            }
        }
        match &self.record {
            Some(record) => (
                record.state,
                record.inherited.saturating_add(record.paid_net),
            ),
            None if source.facts.is_empty() => (*source.state, source.state.released),
            None => (State::opened(source.terms.withhold_bps, 0), 0),
        }
    }
}

/// A record from its first fact; one that replaced another takes over what that had released.
fn begin(origin: &Origin, fact: &Fact, inherited: u128) -> Option<GrantRecord> {
    let mut record = GrantRecord::begin(origin, fact)?;
    record.inherited = inherited;
    record.state.released = record.state.released.saturating_add(inherited);
    Some(record)
}

/// A clock that no end stops: what time alone would give.
fn unended(state: &State) -> State {
    let flags = state.flags.without(Flags::ENDED).without(Flags::GRACED);
    State { flags, ..*state }
}

/// When a goal's attempts were finished.
fn finishes(goal: &GoalRecord) -> impl Iterator<Item = u64> {
    let history = goal.attempts.iter().flat_map(|attempt| &attempt.history);
    history
        .filter(|(status, _)| *status == AttemptStatus::Finished)
        .map(|(_, origin)| origin.block_time)
}

/// What a goal paid at a time of the past.
fn fraction_by(goal: &GoalRecord, at: u64) -> u32 {
    if at >= goal.changed.block_time {
        return goal.state.fraction;
    }
    let finished = goal.attempts.iter().filter(|attempt| {
        let end = attempt.history.last();
        end.is_some_and(|(status, origin)| {
            *status == AttemptStatus::Finished && origin.block_time <= at
        })
    });
    finished
        .map(|attempt| attempt.word.fraction)
        .max()
        .unwrap_or(0)
}

/// Seconds after the start at which a schedule releases something, thinned out if they are many.
pub(crate) fn elapses(schedule: &Schedule) -> Vec<u64> {
    let mut all = vec![0];
    let mut before = 0u64;
    for segment in schedule.segments() {
        let end = u64::from(segment.end);
        let steps = match segment.steps {
            0 => CONTINUOUS_POINTS,
            steps => u64::from(steps),
        };
        let length = end - before.min(end);
        // A step is complete when x * steps / d reaches it: round its time up.
        all.extend((1..=steps).map(|step| before + (length * step).div_ceil(steps)));
        before = end;
    }
    all.dedup();
    let stride = all.len().div_ceil(POINTS_MAX).max(1);
    let last = all.last().copied();
    let mut thin: Vec<_> = all.into_iter().step_by(stride).collect();
    thin.extend(last);
    thin.dedup();
    thin
}

/// The table beside the drawing: one row where something changes, thinned out if they are many.
fn rows(line: &Timeline, token: &Token, zone: &TimeZone) -> Vec<TimelineRow> {
    const ROWS_MAX: usize = 72;
    let past = line.vested.iter().map(|&(at, vested)| (at, vested, false));
    let ahead = line
        .ahead
        .iter()
        .skip(1)
        .map(|&(at, vested)| (at, vested, true));
    let all = past
        .chain(ahead)
        .map(|(at, vested, ahead)| (at, value_at(&line.by_time, at).unwrap_or(0), vested, ahead));
    let mut changed: Vec<(u64, u128, u128, bool)> = Vec::new();
    for row in all {
        if changed
            .last()
            .is_none_or(|last| (last.1, last.2) != (row.1, row.2))
        {
            changed.push(row);
        }
    }
    let stride = changed.len().div_ceil(ROWS_MAX).max(1);
    let shown = changed.into_iter().step_by(stride);
    shown
        .map(|(at, by_time, vested, ahead)| TimelineRow {
            when: When::date(at, zone),
            ahead,
            by_time: Money::plain(by_time, token),
            vested: Money::plain(vested, token),
        })
        .collect()
}

/// `Jun 2030`, the month of a schedule's end.
pub(crate) fn full_month(terms: &Terms, zone: &TimeZone) -> String {
    dates::month(
        terms.start.saturating_add(terms.vesting.last_end().into()),
        zone,
    )
}
