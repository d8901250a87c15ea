//! `/me`: what can I claim now, what comes next, what is it worth.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guerdon_core::grant::Refused;
use guerdon_store::Means;
use jiff::tz::TimeZone;

use super::ask::{self, Ask};
use super::lately::{self, Events, LatelyRow};
use super::load;
use super::merge::merged;
use super::portfolio::Portfolio;
use super::prompts;
use crate::access::{SignedIn, Viewer};
use crate::charts::bar;
use crate::charts::timeline::value_at;
use crate::data::refused;
use crate::dates;
use crate::error::PageError;
use crate::html::{Markup, Money};
use crate::numbers::{count_of, percent, share};
use crate::pages;
use crate::state::AppState;
use crate::strings::me as words;
use crate::strings::reasons::{LegendEntry, legend};
use crate::views::grant::bar_label;
use crate::views::shell::{AsOf, Place, Shell};
use crate::views::timeline::{TimelineView, parts};
use crate::views::{Context, Why};

/// Grants whose reasons are shown here; all of them stand on the grants' own pages.
const WHYS: usize = 6;

#[derive(Debug, Template)]
#[template(path = "pages/me.html")]
struct MePage {
    shell: Shell,
    heading: String,
    /// What stands here instead of everything: no grants.
    empty: Option<&'static str>,
    empty_hint: &'static str,
    lead: String,
    limit: Option<String>,
    asks: Vec<Ask>,
    bar_heading: String,
    bar: Markup,
    legend: Vec<LegendEntry>,
    rounded: &'static str,
    whys: Vec<Why>,
    more_whys: Option<String>,
    timeline: Option<TimelineView>,
    lately: Vec<LatelyRow>,
    nothing_lately: &'static str,
}

/// What the page and its data are made of.
pub(super) struct Home {
    pub(super) as_of: AsOf,
    pub(super) portfolio: Portfolio,
    pub(super) events: Events,
    /// What each grant asks of its holder.
    pub(super) prompts: BTreeMap<B256, Vec<Why>>,
}

impl Home {
    pub(super) async fn read(state: &AppState, viewer: &Viewer) -> Result<Self, PageError> {
        let mut read = state.store.read().await?;
        let as_of = crate::load::as_of(&mut read, state).await?;
        let portfolio = load::portfolio(&mut read, state, &viewer.into()).await?;
        let events = lately::events(&mut read, state, &portfolio).await?;
        let prompts = prompts::prompts(&mut read, (&portfolio, as_of.now()), viewer).await?;
        Ok(Self {
            as_of,
            portfolio,
            events,
            prompts,
        })
    }
}

/// The page.
pub(super) async fn page(
    State(state): State<AppState>,
    SignedIn(viewer): SignedIn,
) -> Result<Response, PageError> {
    let home = Home::read(&state, &viewer).await?;
    let context = crate::load::context(&state, home.as_of, Some(&viewer));
    let relayed = state.options.relay.is_some();
    let page = MePage::new(
        (&home.portfolio, &home.events),
        (&viewer, relayed),
        &context,
    );
    let mut page = page.map_err(refused("grant", B256::ZERO))?;
    let mut whys = whys(&home.portfolio, home.prompts, &context);
    let left = whys.split_off(whys.len().min(WHYS));
    let more: usize = left.iter().map(|why| 1 + why.also.len()).sum();
    let more = u64::try_from(more).unwrap_or(u64::MAX);
    page.whys = whys;
    page.more_whys = (more > 0).then(|| words::more_reasons(more));
    pages::html(&page)
}

impl MePage {
    fn new(
        (portfolio, events): (&Portfolio, &Events),
        (viewer, relayed): (&Viewer, bool),
        context: &Context<'_>,
    ) -> Result<Self, Refused> {
        let (zone, zone_name) = portfolio.zone(context);
        let heading = words::heading(&context.company.name);
        let shell = Shell::new(context, &heading, Place::Home);
        let parts = portfolio.parts(context);
        let label = bar_label(&parts, context);
        let drawn: Vec<_> = parts
            .iter()
            .map(|(part, amount, _)| (*part, *amount))
            .collect();
        let granted = portfolio.granted();
        Ok(Self {
            shell: shell.with_data("/me".to_owned()).with_zone(&zone_name),
            heading,
            empty: portfolio.grants.is_empty().then_some(match viewer.means {
                Means::Wallet => words::NO_GRANTS,
                Means::MailLink | Means::AuditorLink(_) => words::NO_GRANTS_MAIL,
            }),
            empty_hint: words::NO_GRANTS_HINT,
            lead: lead(portfolio, context, &zone),
            limit: portfolio
                .more
                .then(|| words::only_the_first(count_of(&portfolio.grants))),
            asks: vec![
                ask::claim(portfolio, (viewer, relayed), context),
                ask::next(portfolio, context, &zone),
                ask::worth(portfolio, context),
            ],
            bar_heading: words::all_tokens(Money::heading(granted, context.token()).text()),
            bar: Markup(bar::draw("bar", &label, &drawn, granted)),
            legend: legend(&parts, context.token()),
            rounded: words::ROUNDED,
            whys: Vec::new(),
            more_whys: None,
            timeline: timeline(portfolio, context, &zone)?,
            lately: lately::rows(portfolio, events, context)?,
            nothing_lately: words::NOTHING_LATELY,
        })
    }
}

fn lead(portfolio: &Portfolio, context: &Context<'_>, zone: &TimeZone) -> String {
    let starts = portfolio.grants.iter().map(|mine| match &mine.data.terms {
        Some(terms) => terms.start,
        None => mine.data.record.opened.block_time,
    });
    let since = dates::day(starts.min().unwrap_or_default(), zone);
    let token = context.token();
    let names = (token.name.as_str(), token.symbol.as_str());
    words::lead(count_of(&portfolio.grants), names, &since)
}

/// One notice for each grant that has something to say, those that the reader can act on first,
/// then those that anybody can.
pub(super) fn whys(
    portfolio: &Portfolio,
    mut asked: BTreeMap<B256, Vec<Why>>,
    context: &Context<'_>,
) -> Vec<Why> {
    let several = portfolio.grants.len() > 1;
    let mut all: Vec<(bool, Why)> = Vec::new();
    for mine in &portfolio.grants {
        let zone = context.zone_of(mine.data.zone.as_deref()).0;
        let mut reasons = mine.data.teller(context, &zone).whys(&mine.reasons);
        reasons.sort_by_key(|why| why.done);
        let asked = asked.remove(&mine.data.record.id).unwrap_or_default();
        let is_asked = !asked.is_empty();
        let Some(mut why) = Why::folded(asked.into_iter().chain(reasons)) else {
            continue;
        };
        if several {
            why.what = words::of_grant(&mine.name(), &why.what);
        }
        all.push((is_asked, why));
    }
    all.sort_by_key(|(is_asked, why)| (!is_asked, why.done));
    all.into_iter().map(|(_, why)| why).collect()
}

fn timeline(
    portfolio: &Portfolio,
    context: &Context<'_>,
    zone: &TimeZone,
) -> Result<Option<TimelineView>, Refused> {
    let now = context.now();
    let sources = portfolio
        .standing()
        .filter_map(|mine| mine.data.source(now));
    let (mut lines, mut earned) = (Vec::new(), 0u128);
    let mut gated = false;
    for source in sources {
        let by_time = guerdon_core::grant::time_ppb(source.terms, source.state, now);
        earned = earned.saturating_add(parts(source.terms.amount, by_time));
        gated |= !source.terms.gates.is_empty();
        lines.push(source.timeline()?);
    }
    if lines.is_empty() {
        return Ok(None);
    }
    let line = merged(&lines, now);
    let vested = value_at(&line.vested, now).unwrap_or(0);
    let opened = (gated && earned > 0).then(|| percent(share(vested.min(earned), earned)));
    let grants = count_of(&lines);
    let message = words::earned(
        &percent(share(earned, line.amount)),
        opened.as_deref(),
        grants,
    );
    Ok(Some(TimelineView::broad(
        &line,
        message,
        context.token(),
        zone,
    )))
}
