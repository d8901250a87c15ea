//! What pages show, made of records by pure functions: all formatting is here, none in templates.

pub(crate) mod forecast;
pub(crate) mod goal;
pub(crate) mod grant;
pub(crate) mod home;
mod menu;
pub(crate) mod plain;
pub(crate) mod result;
pub(crate) mod round;
pub(crate) mod shell;
pub(crate) mod timeline;

#[cfg(test)]
mod tests;

// Words that pages of results ask for here.
pub(crate) use crate::strings::goal_words;

use std::fmt::Display;

use alloy_primitives::{Address, B256};
use guerdon_core::act::Results;
use guerdon_core::grant::GateResult;
use guerdon_core::ledger::GoalRecord;
use guerdon_core::state::{Flags, State};
use guerdon_core::terms::Terms;
use guerdon_formats::goal_file::GoalDefinition;
use guerdon_store::ImportedGoal;
use jiff::tz::TimeZone;

use crate::access::Viewer;
use crate::charts::Drawn;
use crate::dates;
use crate::html::{Hex, Markup, Money, When};
use crate::numbers::{Token, shortened};
use crate::state::{Company, DeploymentView};
use shell::AsOf;

/// What every page needs besides its own records.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) company: &'a Company,
    pub(crate) deployment: &'a DeploymentView,
    pub(crate) as_of: AsOf,
    /// Who reads, if he is signed in.
    pub(crate) viewer: Option<&'a Viewer>,
}

impl Context<'_> {
    pub(crate) fn token(&self) -> &Token {
        &self.deployment.token
    }

    /// Whether grants of this deployment can be replaced, moved and recovered.
    pub(crate) fn has_succession(&self) -> bool {
        let mut contracts = self.deployment.contracts.iter();
        contracts.any(|contract| contract.name == "Succession")
    }

    /// The zone of dates and its name: what the reader chose, else a grant's own, else UTC.
    pub(crate) fn zone_of(&self, grant: Option<&str>) -> (TimeZone, String) {
        let chosen = self.viewer.and_then(|viewer| viewer.zone.as_ref());
        match chosen.and_then(|chosen| chosen.iana_name()) {
            Some(name) => zone(Some(name)),
            None => zone(grant),
        }
    }

    /// The day on which something happens, in the reader's zone.
    pub(crate) fn day(&self, at: u64) -> String {
        dates::day(at, &self.zone_of(None).0)
    }

    /// A grant by its id: a link for those who may read its page, the id alone for others.
    pub(crate) fn grant(&self, id: &B256, holder: Option<Address>) -> Hex {
        let holds = |viewer: &Viewer| holder.is_some_and(|it| viewer.wallets.contains(&it));
        let may = |viewer: &Viewer| viewer.is_auditor() || holds(viewer);
        match self.viewer.is_some_and(may) {
            true => Hex::linked(id, "grants"),
            false => Hex::hash(id),
        }
    }

    /// Money's clock.
    pub(crate) fn now(&self) -> u64 {
        self.as_of.now()
    }
}

/// A goal with the name that grant sheets give it, where its definition was imported.
#[derive(Clone, Debug)]
pub(crate) struct NamedGoal {
    pub(crate) record: GoalRecord,
    pub(crate) name: Option<String>,
    /// What people call it, where that is something else.
    pub(crate) title: Option<String>,
}

impl NamedGoal {
    /// A goal, with the names of its definition where that was imported.
    pub(crate) fn new(record: GoalRecord, imported: Option<&ImportedGoal>) -> Self {
        let definition = imported.map(|goal| GoalDefinition::decode(goal.definition.as_bytes()));
        let title = definition.and_then(Result::ok);
        Self {
            record,
            name: imported.map(|goal| goal.name.clone()),
            title: title.map(|definition| definition.title().to_owned()),
        }
    }

    pub(crate) fn title(&self) -> String {
        let called = self.title.as_ref().or(self.name.as_ref()).cloned();
        called.unwrap_or_else(|| shortened(&self.record.id.to_string()))
    }

    /// What sheets and commands call it, where people call it something else.
    pub(crate) fn other_name(&self) -> Option<String> {
        self.name.clone().filter(|name| *name != self.title())
    }
}

/// The goals that a grant's gates name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goals<'a>(pub(crate) &'a [NamedGoal]);

impl<'a> Goals<'a> {
    pub(crate) fn get(self, id: B256) -> Option<&'a NamedGoal> {
        self.0.iter().find(|goal| goal.record.id == id)
    }

    pub(crate) fn title(self, id: B256) -> String {
        self.get(id)
            .map_or_else(|| shortened(&id.to_string()), NamedGoal::title)
    }

    /// What the gates of a grant read now; a goal that is not known here counts as without result.
    pub(crate) fn results(self, terms: &Terms, state: &State) -> Vec<GateResult> {
        self.gates(
            terms,
            state.has(Flags::ENDED).then_some(state.clock().stop_at),
        )
    }
}

impl Results for Goals<'_> {
    fn gates(&self, terms: &Terms, stop_at: Option<u64>) -> Vec<GateResult> {
        let of = |id| {
            self.get(id)
                .map(|goal| goal.record.gate_result(stop_at))
                .unwrap_or_default()
        };
        terms.gates.iter().map(|gate| of(gate.goal)).collect()
    }
}

/// A figure between hairlines.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) label: &'static str,
    pub(crate) value: Markup,
    pub(crate) note: String,
}

/// A reason, and who acts next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) what: String,
    pub(crate) why: String,
    pub(crate) next: String,
    /// Where one goes on: path and words.
    pub(crate) link: Option<(String, &'static str)>,
    /// Nobody has anything left to do.
    pub(crate) done: bool,
    /// What else is to say about the same grant, less urgent.
    pub(crate) also: Vec<Self>,
}

impl Why {
    pub(crate) fn new(what: String, why: String, next: &str) -> Self {
        Self {
            what,
            why,
            next: next.to_owned(),
            link: None,
            done: false,
            also: Vec::new(),
        }
    }

    /// One notice of several about the same grant, the most urgent first; none of none.
    pub(crate) fn folded(all: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut all = all.into_iter();
        let first = all.next()?;
        Some(Self {
            also: all.collect(),
            ..first
        })
    }

    /// With a link to the goal that it speaks of.
    pub(crate) fn of_goal(self, id: B256) -> Self {
        self.with_link(format!("/goals/{id}"), crate::strings::public::SEE_THE_GOAL)
    }

    /// With where one goes on.
    pub(crate) fn with_link(self, path: String, words: &'static str) -> Self {
        Self {
            link: Some((path, words)),
            ..self
        }
    }

    /// Shown calmly if nobody has anything left to do.
    pub(crate) fn done(self, done: bool) -> Self {
        Self { done, ..self }
    }
}

/// A line of a history.
#[derive(Debug)]
pub(crate) struct HistoryRow {
    pub(crate) when: When,
    pub(crate) what: String,
    pub(crate) amount: Option<Money>,
    pub(crate) proof: Hex,
    /// The transaction of a payment.
    pub(crate) paid: Option<B256>,
    /// Path of the payment's receipt, where the reader may see it.
    pub(crate) receipt: Option<String>,
}

/// A chart as markup.
#[derive(Debug)]
pub(crate) struct ChartView {
    pub(crate) wide: Markup,
    pub(crate) phone: Markup,
}

impl From<Drawn> for ChartView {
    fn from(drawn: Drawn) -> Self {
        Self {
            wide: Markup(drawn.wide),
            phone: Markup(drawn.phone),
        }
    }
}

pub(crate) fn markup(what: impl Display) -> Markup {
    Markup(what.to_string())
}

/// A zone by its name, UTC if it is not in the database.
pub(crate) fn zone(name: Option<&str>) -> (TimeZone, String) {
    match name.and_then(|name| Some((TimeZone::get(name).ok()?, name.to_owned()))) {
        Some(known) => known,
        None => (TimeZone::UTC, "UTC".to_owned()),
    }
}
