//! `/calendar/{token}.ics`: the days on which a part of somebody's grants vests, without amounts
//! (RFC 5545, RFC 7986).

use std::fmt::Write as _;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use guerdon_core::fact::Fact;
use guerdon_core::state::{Clock, Flags, Phase};
use guerdon_core::terms::Segment;
use jiff::tz::TimeZone;

use super::load::{self, Whose};
use super::portfolio::{Mine, Portfolio};
use crate::access::{Visitor, token};
use crate::dates;
use crate::error::PageError;
use crate::pages;
use crate::state::AppState;
use crate::strings::{calendar as words, settings};
use crate::views::Context;
use crate::views::shell::{Place, Shell};

/// How often a program should ask again: every twelve hours.
const REFRESH: &str = "PT12H";
/// Events of one segment; a schedule that releases every second has one at its end.
const STEPS_MAX: u64 = 400;
/// The longest line in bytes, before it goes on in the next (RFC 5545, 3.1).
const LINE_BYTES: usize = 75;

#[derive(Debug, Template)]
#[template(path = "pages/calendar.html")]
struct CalendarPage {
    shell: Shell,
    says: &'static str,
    address: String,
    path: String,
}

/// The calendar, or, without the ending, the page that shows its address once.
pub(super) async fn file(
    State(state): State<AppState>,
    Visitor(viewer): Visitor,
    Path(file): Path<String>,
) -> Result<Response, PageError> {
    let (text, is_file) = match file.strip_suffix(".ics") {
        Some(text) => (text, true),
        None => (file.as_str(), false),
    };
    let hash = token::hash_of(text).ok_or(PageError::NoPage)?;
    let mut read = state.store.read().await?;
    let owner = read.calendar_owner(hash).await?.ok_or(PageError::NoPage)?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let context = crate::load::context(&state, as_of, viewer.as_ref());
    if !is_file {
        let path = format!("/calendar/{text}.ics");
        return pages::html(&CalendarPage {
            shell: Shell::new(&context, "Calendar link", Place::Settings),
            says: settings::CALENDAR_MADE,
            address: format!("{}{path}", state.options.origin),
            path,
        });
    }
    let whose = Whose::owner(&mut read, owner).await?;
    let portfolio = load::portfolio(&mut read, &state, &whose).await?;
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (CACHE_CONTROL, "private, no-cache"),
    ];
    Ok((headers, calendar(&portfolio, &context)).into_response())
}

/// The whole calendar.
fn calendar(portfolio: &Portfolio, context: &Context<'_>) -> String {
    let company = &context.company.name;
    let mut lines = Lines::default();
    lines.plain("BEGIN:VCALENDAR");
    lines.plain("VERSION:2.0");
    lines.plain("PRODID:-//Guerdon//Portal//EN");
    lines.plain("CALSCALE:GREGORIAN");
    lines.text("NAME", &words::name(company));
    lines.text("X-WR-CALNAME", &words::name(company));
    lines.text("DESCRIPTION", &words::description(company));
    lines.plain(&format!("REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"));
    lines.plain(&format!("X-PUBLISHED-TTL:{REFRESH}"));
    for mine in &portfolio.grants {
        for event in events(mine, context.now()) {
            event.write(mine, company, &mut lines);
        }
    }
    lines.plain("END:VCALENDAR");
    lines.0
}

/// A day on which a part of a grant vests.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Event {
    /// Place of the segment and of the step in it: with the grant's id they name the event.
    segment: usize,
    step: u64,
    /// `20261201`
    day: String,
    is_last: bool,
    status: &'static str,
}

/// The vesting days of a grant, as its clock stands.
fn events(mine: &Mine, now: u64) -> Vec<Event> {
    let Some(terms) = &mine.data.terms else {
        return Vec::new();
    };
    let state = &mine.data.record.state;
    let clock = state.clock();
    // Days are those of the schedule, whatever zone a page is read in.
    let zone = crate::views::zone(mine.data.zone.as_deref()).0;
    let over = matches!(state.phase, Phase::Settled { .. }) || state.has(Flags::CLOSED);
    let last_end = terms.vesting.last_end();
    let mut all = Vec::new();
    let mut before = 0u64;
    for (place, segment) in terms.vesting.segments().iter().enumerate() {
        for (step, elapsed) in steps(segment, before) {
            let at = shifted(terms.start.saturating_add(elapsed), clock);
            let ended = state.has(Flags::ENDED) && at > stop(mine, clock);
            all.push(Event {
                segment: place,
                step,
                day: day(at, &zone),
                is_last: elapsed == u64::from(last_end),
                status: match () {
                    () if over || ended => "CANCELLED",
                    () if state.has(Flags::PAUSED) && at > clock.stop_at => "TENTATIVE",
                    // Until its round binds, the company may take it back.
                    () if mine.data.binding_at > now => "TENTATIVE",
                    () => "CONFIRMED",
                },
            });
        }
        before = segment.end.into();
    }
    all
}

/// Seconds after the start at which each step of a segment is complete.
fn steps(segment: &Segment, before: u64) -> Vec<(u64, u64)> {
    let end = u64::from(segment.end);
    let length = end.saturating_sub(before);
    match u64::from(segment.steps) {
        steps @ 1..=STEPS_MAX => (1..=steps)
            .map(|step| (step, before + (length * step).div_ceil(steps)))
            .collect(),
        _ => vec![(1, end)],
    }
}

/// A day of the schedule as pauses and advances moved it.
fn shifted(at: u64, clock: Clock) -> u64 {
    at.saturating_add(clock.lost.into())
        .saturating_sub(clock.credit.into())
}

/// When an ended clock stops, its grace included.
fn stop(mine: &Mine, clock: Clock) -> u64 {
    let graced = mine.data.record.state.has(Flags::GRACED);
    let grace = mine
        .data
        .terms
        .as_ref()
        .map_or(0, |terms| terms.grace_seconds);
    let grace = if graced { grace } else { 0 };
    clock.stop_at.saturating_add(grace.into())
}

fn day(at: u64, zone: &TimeZone) -> String {
    dates::zoned(at, zone).strftime("%Y%m%d").to_string()
}

/// How often something moved the days of a grant: rises with every change.
fn sequence(mine: &Mine) -> usize {
    let moves = |fact: &Fact| {
        matches!(
            fact,
            Fact::Paused { .. }
                | Fact::Resumed { .. }
                | Fact::Accelerated { .. }
                | Fact::Ended { .. }
                | Fact::EndWithdrawn { .. }
                | Fact::Settled { .. }
                | Fact::Waived { .. }
                | Fact::Replaced { .. }
                | Fact::Invalid { .. }
        )
    };
    let facts = mine.data.facts.iter();
    facts.filter(|(_, fact)| moves(fact)).count()
}

impl Event {
    fn write(&self, mine: &Mine, company: &str, lines: &mut Lines) {
        let (id, name) = (mine.data.record.id, mine.name());
        let changed = mine.data.record.changed.block_time;
        let stamp = dates::zoned(changed, &TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ");
        lines.plain("BEGIN:VEVENT");
        lines.plain(&format!("UID:{id}-{}-{}", self.segment, self.step));
        lines.plain(&format!("DTSTAMP:{stamp}"));
        lines.plain(&format!("LAST-MODIFIED:{stamp}"));
        lines.plain(&format!("SEQUENCE:{}", sequence(mine)));
        lines.plain(&format!("DTSTART;VALUE=DATE:{}", self.day));
        lines.text("SUMMARY", &words::summary(company, &name, self.is_last));
        lines.plain(&format!("STATUS:{}", self.status));
        lines.plain("TRANSP:TRANSPARENT");
        lines.plain("CLASS:PRIVATE");
        lines.plain("END:VEVENT");
    }
}

/// Lines as RFC 5545 wants them: ended by CR LF, folded, with texts escaped.
#[derive(Debug, Default)]
struct Lines(String);

impl Lines {
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for character in value.chars() {
            match character {
                '\\' | ';' | ',' => {
                    escaped.push('\\');
                    escaped.push(character);
                }
                '\n' => escaped.push_str("\\n"),
                other if other.is_control() => {}
                other => escaped.push(other),
            }
        }
        self.plain(&format!("{name}:{escaped}"));
    }

    fn plain(&mut self, line: &str) {
        let mut used = 0;
        for character in line.chars() {
            if used + character.len_utf8() > LINE_BYTES {
                self.0.push_str("\r\n ");
                used = 1;
            }
            used += character.len_utf8();
            let _ = self.0.write_char(character);
        }
        self.0.push_str("\r\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters_and_texts_are_escaped() {
        let mut lines = Lines::default();
        lines.text("SUMMARY", &format!("a,b;c\\d\n{}", "é".repeat(60)));
        let text = lines.0;
        assert!(text.starts_with("SUMMARY:a\\,b\\;c\\\\d\\n"), "{text}");
        assert!(text.ends_with("\r\n"));
        let folded: Vec<_> = text.trim_end().split("\r\n").collect();
        assert!(folded.len() > 1);
        for line in &folded {
            assert!(line.len() <= LINE_BYTES, "{line}");
        }
        assert!(folded[1..].iter().all(|line| line.starts_with(' ')));
        let whole = text.replace("\r\n ", "");
        assert!(whole.contains(&"é".repeat(60)));
    }

    #[test]
    fn each_step_of_a_segment_has_its_second() {
        let segment = |end, steps| Segment {
            end,
            cumulative: 1_000_000_000,
            steps,
        };
        assert_eq!(steps(&segment(100, 3), 0), [(1, 34), (2, 67), (3, 100)]);
        assert_eq!(steps(&segment(100, 0), 40), [(1, 100)]);
        assert_eq!(steps(&segment(100, 1_000), 0), [(1, 100)]);
        assert_eq!(steps(&segment(0, 1), 0), [(1, 0)]);
    }

    #[test]
    fn a_day_moves_with_pauses_and_advances() {
        let clock = Clock {
            stop_at: 0,
            credit: 5,
            lost: 20,
        };
        assert_eq!(shifted(100, clock), 115);
    }
}
