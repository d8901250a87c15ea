//! `/grants/{id}/leave`: what if I leave, or am ended, today or on a day.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use guerdon_core::grant::{self, Change, EndOrder, Reason, Refused};
use guerdon_core::state::State as Word;
use guerdon_core::terms::Terms;
use guerdon_formats::calendar::{Zone, parse_date};
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::explain::Explain;
use super::load;
use crate::access::{GrantReader, Why};
use crate::data::refused;
use crate::dates;
use crate::error::PageError;
use crate::html::Money;
use crate::pages;
use crate::state::AppState;
use crate::strings::leave as words;
use crate::views::Context;
use crate::views::grant::GrantData;
use crate::views::shell::{Place, Shell};
use crate::views::timeline::{Source, TimelineView};

/// The day that is asked about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    on: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/leave.html")]
struct LeavePage {
    shell: Shell,
    href: String,
    name: String,
    lead: String,
    /// Why no end is possible.
    refused: Option<String>,
    /// What is wrong with the day.
    wrong: Option<String>,
    on: String,
    cases: Vec<Case>,
    note: &'static str,
    explain: Explain,
    timeline: Option<TimelineView>,
    always: Vec<String>,
    command: &'static str,
}

/// One end and what it would leave.
#[derive(Debug)]
struct Case {
    when: String,
    short: String,
    words: String,
    kept: Money,
    waits: Money,
    lost: Money,
}

/// One end that core has worked out.
struct Outcome {
    state: Word,
    /// When nothing more vests by time.
    stop: u64,
    kept: u128,
    waits: u128,
    lost: u128,
    /// Whether the final amount could be fixed then.
    settles: bool,
}

/// An end to look at.
struct Wanted {
    stop_at: u64,
    grace: bool,
    when: String,
    short: String,
}

/// The page.
pub(super) async fn page(
    State(state): State<AppState>,
    reader: GrantReader,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let as_of = crate::load::as_of(&mut read, &state).await?;
    let data = match reader.why {
        Why::Holder | Why::Company => load::named(&mut read, &state, reader.id).await?,
        Why::Auditor | Why::Share => load::by_id(&mut read, &state, reader.id).await?,
    };
    let context = crate::load::context(&state, as_of, reader.viewer.as_ref());
    let free = read.pool().await?.free();
    let page = LeavePage::new(&data, &asked.on, free, &context);
    pages::html(&page.map_err(refused("grant", reader.id))?)
}

impl LeavePage {
    fn new(data: &GrantData, on: &str, free: u128, context: &Context<'_>) -> Result<Self, Refused> {
        let (zone, zone_name) = context.zone_of(data.zone.as_deref());
        let name = data.title();
        let title = format!("Leave: {name}");
        let shell = Shell::new(context, &title, Place::Grants).with_zone(&zone_name);
        let explain = Explain::new("what an end leaves", words::FORMULA, context);
        let mut page = Self {
            shell,
            href: format!("/grants/{}", data.record.id),
            lead: words::lead(&name, &context.token().words(data.record.amount)),
            name,
            refused: None,
            wrong: None,
            on: on.to_owned(),
            cases: Vec::new(),
            note: words::NOTE,
            explain,
            timeline: None,
            always: Vec::new(),
            command: words::COMMAND,
        };
        let Some(terms) = &data.terms else {
            page.refused = Some(words::UNKNOWN_TERMS.to_owned());
            return Ok(page);
        };
        page.always = words::always(terms, &zone, context.has_succession());
        page.fill((data, terms), free, context, &zone)?;
        Ok(page)
    }

    fn fill(
        &mut self,
        (data, terms): (&GrantData, &Terms),
        free: u128,
        context: &Context<'_>,
        zone: &TimeZone,
    ) -> Result<(), Refused> {
        let day = self.day(zone, terms, context.now());
        let mut drawn: Option<Outcome> = None;
        for wanted in ends(terms, day, context.now(), zone) {
            match outcome(data, terms, &wanted, (context.now(), free)) {
                Ok(outcome) => {
                    self.cases.push(case(&wanted, &outcome, context));
                    let asked = Some(wanted.stop_at) == day && !wanted.grace;
                    if asked || drawn.is_none() {
                        drawn = Some(outcome);
                    }
                }
                // Grace and backdating only add to what the plain end says.
                Err(refused) if self.cases.is_empty() => {
                    self.refused = Some(words::refused(&refused, data, zone));
                    return Ok(());
                }
                Err(refused) => self.wrong = Some(words::refused(&refused, data, zone)),
            }
        }
        if let Some((outcome, source)) = drawn.zip(data.source(context.now())) {
            self.explain = explain(&self.explain, &outcome, terms, context);
            self.timeline = Some(draw(&source, &outcome, context, zone)?);
        }
        Ok(())
    }

    /// The second at which the day begins in the zone; none, with a sentence, if it is no day.
    fn day(&mut self, zone: &TimeZone, terms: &Terms, now: u64) -> Option<u64> {
        if self.on.is_empty() {
            return None;
        }
        let name = zone.iana_name().unwrap_or("UTC");
        let midnight = parse_date(&self.on)
            .ok()
            .and_then(|date| Zone::named(name).ok()?.midnight(date).ok())
            .and_then(|second| u64::try_from(second).ok());
        let Some(at) = midnight else {
            self.wrong = Some(words::no_date(&self.on));
            return None;
        };
        let earliest = now.saturating_sub(terms.backdate_seconds.into());
        if at < earliest {
            let earliest = dates::day(earliest, zone);
            self.wrong = Some(words::too_early(&dates::day(at, zone), &earliest));
            return None;
        }
        Some(at)
    }
}

/// The ends that are shown: today, as far back as the terms let, and on the day asked about.
fn ends(terms: &Terms, day: Option<u64>, now: u64, zone: &TimeZone) -> Vec<Wanted> {
    let grace = dates::length(terms.grace_seconds.into());
    let mut all = Vec::new();
    let mut add = |stop_at: u64, when: String, short: String| {
        all.push(Wanted {
            stop_at,
            grace: false,
            when: format!("{when}."),
            short: short.clone(),
        });
        if terms.grace_seconds > 0 {
            all.push(Wanted {
                stop_at,
                grace: true,
                when: words::with_grace(&when, &grace),
                short: words::short_grace(&short),
            });
        }
    };
    add(
        now,
        words::today(&dates::day(now, zone)),
        "today".to_owned(),
    );
    if let Some(day) = day {
        let date = dates::day(day, zone);
        add(day, words::on(&date), date);
    }
    if terms.backdate_seconds > 0 {
        let earliest = now.saturating_sub(terms.backdate_seconds.into());
        let back = dates::length(terms.backdate_seconds.into());
        all.push(Wanted {
            stop_at: earliest,
            grace: false,
            when: words::backdated(&back, &dates::day(earliest, zone)),
            short: words::short_back(&back),
        });
    }
    all
}

/// What core says of one end.
fn outcome(
    data: &GrantData,
    terms: &Terms,
    wanted: &Wanted,
    (now, free): (u64, u128),
) -> Result<Outcome, Refused> {
    let before = opened(&data.record.state);
    let results = data.goals().results(terms, &before);
    let order = EndOrder {
        stop_at: wanted.stop_at,
        grace: wanted.grace,
        now,
        free,
    };
    let Change { state, .. } = grant::end(terms, &before, &results, &order)?;
    let grace = if wanted.grace { terms.grace_seconds } else { 0 };
    let stop = wanted.stop_at.saturating_add(grace.into());
    let (at, results) = (stop.max(now), data.goals().results(terms, &state));
    let (mut kept, mut waits, mut lost) = (0u128, 0u128, 0u128);
    for reason in grant::why_locked(terms, &state, &results, at)? {
        let (into, amount) = match reason {
            Reason::Paid { amount }
            | Reason::Claimable { amount }
            | Reason::UnlockClock { amount, .. } => (&mut kept, amount),
            Reason::WaitsForResult { amount, .. } => (&mut waits, amount),
            Reason::Ended { amount, .. } | Reason::NotReached { amount, .. } => (&mut lost, amount),
            _ => continue,
        };
        *into = into.saturating_add(amount);
    }
    let settles = grant::settle(terms, &state, &results, at.saturating_add(1)).is_ok();
    Ok(Outcome {
        state,
        stop,
        kept,
        waits,
        lost,
        settles,
    })
}

/// A grant that is not opened yet is ended like one that is: its first claim comes first.
fn opened(state: &Word) -> Word {
    let flags = state.flags.with(guerdon_core::state::Flags::OPENED);
    Word { flags, ..*state }
}

fn case(wanted: &Wanted, outcome: &Outcome, context: &Context<'_>) -> Case {
    let token = context.token();
    Case {
        when: wanted.when.clone(),
        short: wanted.short.clone(),
        words: words::outcome(
            (&token.words(outcome.kept), outcome.waits, outcome.lost),
            (&token.words(outcome.waits), &token.words(outcome.lost)),
            outcome.settles,
        ),
        kept: Money::plain(outcome.kept, token),
        waits: Money::plain(outcome.waits, token),
        lost: Money::plain(outcome.lost, token),
    }
}

fn explain(explain: &Explain, outcome: &Outcome, terms: &Terms, context: &Context<'_>) -> Explain {
    explain
        .clone()
        .with_money("granted", terms.amount, context)
        .with_money("yours", outcome.kept, context)
        .with_money("may still come with results", outcome.waits, context)
        .with_money("goes back", outcome.lost, context)
        .with(
            "the clock stops",
            crate::html::Markup(dates::exact(outcome.stop)),
        )
}

fn draw(
    source: &Source<'_>,
    outcome: &Outcome,
    context: &Context<'_>,
    zone: &TimeZone,
) -> Result<TimelineView, Refused> {
    let mut line = source.timeline()?;
    let after = Source {
        state: &outcome.state,
        ..*source
    };
    let from = outcome.state.clock().stop_at.clamp(line.start, line.end);
    line.left = after.vested_from(from, line.end)?;
    let message = words::message(&dates::day(from, zone));
    let mut view = TimelineView::broad(&line, message, context.token(), zone);
    view.key = format!("{} {}", view.key, words::KEY);
    Ok(view)
}
