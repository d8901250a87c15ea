//! The company's page: what is promised, held and paid.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alloy_primitives::{Address, B256};
use askama::Template;
use guerdon_core::grant::Refused;
use guerdon_core::ledger::{GrantRecord, PoolRecord, RoundRecord};
use guerdon_store::ImportedRound;
use jiff::tz::TimeZone;
use tokio::sync::OnceCell;

use super::forecast::{self, ForecastView, Vesting};
use super::shell::{Place, Shell};
use super::{Context, Figure, Goals, NamedGoal, goal_words, markup};
use crate::access::Viewer;
use crate::charts::forecast::Month;
use crate::dates;
use crate::html::{Hex, Markup, Money};
use crate::numbers::{ONE_PPB, count, grouped, percent, share};
use crate::outline;

/// Totals over unopened grants are shown from this many on: fewer would tell a grant's own terms.
pub(crate) const UNOPENED_MIN: u64 = 5;

/// What a round's opened grants add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RoundTotals {
    /// Leaves that were opened, each once, whatever became of it.
    pub(crate) opened: u64,
    /// Grants that others took the place of.
    pub(crate) replaced: u64,
    /// Grants that took the place of others.
    pub(crate) successors: u64,
    pub(crate) payments: u64,
    pub(crate) paid_net: u128,
    pub(crate) released: u128,
    /// Freed less what replacements added.
    net_freed: i128,
}

impl RoundTotals {
    /// Adds a grant opened from the round, or one that replaced another: what that holds was held
    /// by the other before.
    pub(crate) fn add(&mut self, grant: &GrantRecord) {
        self.payments += u64::from(grant.payments);
        self.paid_net = self.paid_net.saturating_add(grant.paid_net);
        self.released = self.released.saturating_add(grant.state.released);
        let mut freed = grant.freed;
        match grant.descent {
            None => self.opened += 1,
            Some(_) => {
                self.successors += 1;
                let amount = i128::try_from(grant.amount).unwrap_or(i128::MAX);
                freed = freed.saturating_sub(amount);
            }
        }
        self.replaced += u64::from(grant.was_replaced());
        self.net_freed = self.net_freed.saturating_add(freed);
    }

    /// What went back to the free money.
    pub(crate) fn freed(&self) -> u128 {
        u128::try_from(self.net_freed).unwrap_or(0)
    }

    /// What replacements took of the free money beyond that.
    pub(crate) fn added(&self) -> u128 {
        u128::try_from(self.net_freed.saturating_neg()).unwrap_or(0)
    }
}

/// A round with what was imported about it and what its grants add up to.
#[derive(Clone, Debug)]
pub(crate) struct RoundSummary {
    pub(crate) record: RoundRecord,
    pub(crate) imported: Option<ImportedRound>,
    pub(crate) totals: RoundTotals,
}

impl RoundSummary {
    /// The company's name for it, else its root.
    pub(crate) fn title(&self) -> String {
        outline::title(self.record.root, self.imported.as_ref())
    }

    /// Grants of it that stand: its leaves, as far as they are known here, and what took the place
    /// of others, without those that were replaced; none once it is taken back.
    pub(crate) fn live(&self) -> u64 {
        if self.record.rescinded {
            return 0;
        }
        let totals = &self.totals;
        let imported = self.imported.as_ref();
        let leaves = imported.map_or(totals.opened, |imported| imported.count);
        (leaves + totals.successors).saturating_sub(totals.replaced)
    }
}

/// All that the company's page is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overview {
    pub(crate) pool: PoolRecord,
    pub(crate) rounds: Vec<RoundSummary>,
    /// Shared, since every grant's page looks goals up.
    pub(crate) goals: Arc<[NamedGoal]>,
    /// Time of the block that it was summed at.
    pub(crate) now: u64,
    /// How many grants that stand each goal decides.
    pub(crate) decides: BTreeMap<B256, u64>,
    /// Panel members of each goal who hold a grant that it decides.
    pub(crate) conflicts: BTreeMap<B256, BTreeSet<Address>>,
    /// Opened grants that stand and whose terms are known.
    pub(crate) opened: Vec<Vesting>,
    /// Grants of committed rounds that are not opened and whose terms are known.
    pub(crate) unopened: Vec<Vesting>,
    /// [`Self::months`], once somebody asked.
    pub(crate) forecast: OnceCell<Option<Forecast>>,
}

/// What vests in the next months.
#[derive(Clone, Debug)]
pub(crate) struct Forecast {
    pub(crate) months: Vec<Month>,
    /// Which grants are counted.
    pub(crate) covers: String,
}

impl Overview {
    /// Grants that stand.
    pub(crate) fn grants(&self) -> u64 {
        self.rounds.iter().map(RoundSummary::live).sum()
    }

    /// Grants that others took the place of.
    pub(crate) fn replaced(&self) -> u64 {
        self.rounds.iter().map(|round| round.totals.replaced).sum()
    }

    pub(crate) fn payments(&self) -> u64 {
        self.rounds.iter().map(|round| round.totals.payments).sum()
    }

    /// The forecast; none if no terms are known.
    pub(crate) fn months(&self) -> Result<Option<Forecast>, Refused> {
        let mut counted: Vec<&Vesting> = self.opened.iter().collect();
        let unopened = u64::try_from(self.unopened.len()).unwrap_or(u64::MAX);
        let (have, all) = (
            u64::try_from(counted.len()).unwrap_or(u64::MAX),
            self.grants(),
        );
        let covers = if unopened >= UNOPENED_MIN || unopened == 0 {
            counted.extend(&self.unopened);
            match have + unopened {
                sum if sum == all => format!("Counts all {}.", count(all, "grant")),
                sum => format!(
                    "Counts {} of {}; the terms of the others are not known here.",
                    grouped(sum),
                    count(all, "grant")
                ),
            }
        } else {
            format!(
                "Counts {}. Those not opened yet are left out while they are fewer than \
                 {UNOPENED_MIN}: a sum of so few would tell their terms.",
                count(have, "opened grant")
            )
        };
        if counted.is_empty() {
            return Ok(None);
        }
        let months = forecast::months(&counted, Goals(&self.goals), self.now)?;
        Ok(Some(Forecast { months, covers }))
    }
}

#[derive(Debug, Template)]
#[template(path = "pages/home.html")]
pub(crate) struct HomePage {
    pub(crate) shell: Shell,
    pub(crate) read_from: String,
    pub(crate) figures: Vec<Figure>,
    pub(crate) forecast: Option<ForecastView>,
    pub(crate) rounds: Vec<RoundRow>,
    pub(crate) goals: Vec<GoalRow>,
    /// Whether the reader defines goals for the company.
    pub(crate) defines: bool,
}

#[derive(Debug)]
pub(crate) struct RoundRow {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) committed: Markup,
    pub(crate) grants: String,
    pub(crate) promised: Money,
    pub(crate) paid: Money,
    pub(crate) freed: Money,
    pub(crate) root: Hex,
}

#[derive(Debug)]
pub(crate) struct GoalRow {
    pub(crate) name: String,
    pub(crate) href: String,
    pub(crate) measures: String,
    pub(crate) state: String,
    pub(crate) decides: String,
    pub(crate) result: String,
}

impl HomePage {
    pub(crate) fn new(
        overview: &Overview,
        forecast: Option<&Forecast>,
        context: &Context<'_>,
    ) -> Self {
        let forecast = forecast
            .map(|forecast| ForecastView::new(&forecast.months, context.token(), &forecast.covers));
        let shell = Shell::new(context, "Overview", Place::Overview);
        Self {
            shell: shell.with_data("/index".to_owned()),
            read_from: context.as_of.sentence(),
            figures: figures(overview, context),
            forecast,
            rounds: overview
                .rounds
                .iter()
                .map(|round| round_row(round, context))
                .collect(),
            goals: overview
                .goals
                .iter()
                .map(|goal| goal_row(goal, overview, context))
                .collect(),
            defines: context.viewer.is_some_and(Viewer::is_company),
        }
    }
}

fn figures(overview: &Overview, context: &Context<'_>) -> Vec<Figure> {
    let (pool, token) = (&overview.pool, context.token());
    let key = |units| markup(Money::key(units, token));
    let open = pool.promised.saturating_sub(pool.released);
    let held = pool.funded.min(pool.promised).saturating_sub(pool.released);
    let funded = share(held, open);
    let always = if funded == ONE_PPB {
        "funded, always"
    } else {
        "funded"
    };
    let withheld = match pool.withheld {
        0 => String::new(),
        units => format!("; {} withheld for tax", token.words(units)),
    };
    let grants = count(overview.grants(), "grant");
    let replaced = match overview.replaced() {
        0 => String::new(),
        1 => "; 1 was replaced".to_owned(),
        more => format!("; {} were replaced", grouped(more)),
    };
    vec![
        Figure {
            label: "Promised, not yet paid",
            value: key(open),
            note: format!("{}, in {grants}{replaced}", token.symbol),
        },
        Figure {
            label: "Held for them",
            value: key(held),
            note: format!("{} {always}", percent(funded)),
        },
        Figure {
            label: "Free",
            value: key(pool.free()),
            note: "may be promised or withdrawn".to_owned(),
        },
        Figure {
            label: "Paid so far",
            value: key(pool.paid_net()),
            note: format!("in {}{withheld}", count(overview.payments(), "payment")),
        },
    ]
}

fn round_row(round: &RoundSummary, context: &Context<'_>) -> RoundRow {
    let (record, token) = (&round.record, context.token());
    let grants = match &round.imported {
        Some(imported) if record.rescinded => grouped(imported.count),
        Some(_) => grouped(round.live()),
        None => format!("{} opened", grouped(round.totals.opened)),
    };
    RoundRow {
        name: round.title(),
        href: format!("/rounds/{}", record.root),
        committed: markup(committed(record, context)),
        grants,
        promised: Money::plain(record.total, token),
        paid: Money::plain(round.totals.paid_net, token),
        freed: Money::plain(round.totals.freed(), token),
        root: Hex::linked(&record.root, "rounds"),
    }
}

/// `1 Jul 2026, binding since 4 Jul 2026`
pub(crate) fn committed(record: &RoundRecord, context: &Context<'_>) -> String {
    let day = |at| dates::day(at, &TimeZone::UTC);
    let (made, binding) = (day(record.committed_at), day(record.binding_at));
    if record.rescinded {
        return format!("{made}, taken back before it was binding");
    }
    match record.binding_at {
        at if at > context.now() => format!("{made}, binding from {binding} on"),
        at if at <= record.committed_at => format!("{made}, binding at once"),
        _ => format!("{made}, binding since {binding}"),
    }
}

fn goal_row(goal: &NamedGoal, overview: &Overview, context: &Context<'_>) -> GoalRow {
    let record = &goal.record;
    let decides = overview.decides.get(&record.id).copied().unwrap_or(0);
    GoalRow {
        name: goal.title(),
        href: format!("/goals/{}", record.id),
        measures: goal_words::measures(&record.goal),
        state: goal_words::standing(record, &TimeZone::UTC, context.now()).state,
        decides: count(decides, "grant"),
        result: goal_words::result(record),
    }
}
