//! A grant: how much, why, until when, and how to check it.

use std::sync::Arc;

use alloy_primitives::{Address, B256};
use askama::Template;
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::grant::{self, Reason, Refused};
use guerdon_core::ledger::GrantRecord;
use guerdon_core::state::Flags;
use guerdon_core::succession::Stage;
use guerdon_core::terms::Terms;
use guerdon_formats::calendar::Zone;
use guerdon_formats::words;
use guerdon_store::StatedValue;
use jiff::tz::TimeZone;

use super::result::ResultView;
use super::round::state_word;
use super::shell::{Place, Shell};
use super::timeline::{Source, TimelineView, full_month};
use super::{Context, Goals, HistoryRow, NamedGoal, Why};
use crate::charts::bar;
use crate::dates;
use crate::html::{Hex, Markup, Money, When};
use crate::me::Explain;
use crate::numbers::grouped;
use crate::strings::grant as said;
use crate::strings::history::Telling;
use crate::strings::powers::powers;
use crate::strings::questions::{Question, questions};
use crate::strings::reasons::{LegendEntry, Teller, legend};

/// All that a grant's page is made of. No name, no agreement: an opened grant is public by its id.
#[derive(Clone, Debug)]
pub(crate) struct GrantData {
    pub(crate) record: GrantRecord,
    pub(crate) facts: Vec<(Origin, Fact)>,
    /// Known if its round was imported here.
    pub(crate) terms: Option<Terms>,
    /// The zone in which the dates of its schedule are days.
    pub(crate) zone: Option<String>,
    pub(crate) goals: Arc<[NamedGoal]>,
    pub(crate) round: String,
    /// Grants in the round, if it was imported here.
    pub(crate) leaves: Option<u64>,
    /// What took its place, in order.
    pub(crate) successors: Vec<GrantRecord>,
    /// From when on its round binds the company.
    pub(crate) binding_at: u64,
    /// What the company's list says of it; only where the reader may see that.
    pub(crate) named: Option<Named>,
}

/// What the company's list says of a grant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// The company's name for it, `G-1004`.
    pub(crate) sheet_id: String,
    /// Whom it is for; empty when it is not known or was erased.
    pub(crate) person: String,
    /// The company's word on what one token is worth.
    pub(crate) stated: Option<StatedValue>,
}

#[derive(Debug, Template)]
#[template(path = "pages/grant.html", blocks = ["content"])]
pub(crate) struct GrantPage {
    pub(crate) shell: Shell,
    pub(crate) round_href: String,
    pub(crate) round_name: String,
    pub(crate) id_short: String,
    pub(crate) granted: String,
    pub(crate) lead: String,
    pub(crate) state: Option<String>,
    pub(crate) line: Vec<Markup>,
    pub(crate) bar: Markup,
    pub(crate) legend: Vec<LegendEntry>,
    pub(crate) questions: Vec<Question>,
    pub(crate) whys: Vec<Why>,
    pub(crate) timeline: Option<TimelineView>,
    pub(crate) unknown_terms: &'static str,
    pub(crate) powers: Vec<(&'static str, String)>,
    pub(crate) results: Vec<ResultView>,
    pub(crate) command: &'static str,
    pub(crate) file_lead: &'static str,
    pub(crate) file_why: &'static str,
    pub(crate) file_elsewhere: &'static str,
    pub(crate) rounded: &'static str,
    pub(crate) pays: &'static str,
    pub(crate) no_powers: &'static str,
    pub(crate) id: Hex,
    pub(crate) round: Hex,
    pub(crate) leaf: String,
    /// What it replaced.
    pub(crate) replaces: Option<Hex>,
    pub(crate) contract: Hex,
    pub(crate) recipient: Hex,
    pub(crate) document: Option<Hex>,
    pub(crate) transactions: Vec<HistoryRow>,
    /// What a reader with a right to it sees beyond the public facts.
    pub(crate) private: Private,
}

/// What a reader with a right to it sees beyond the public facts.
#[derive(Debug, Default)]
pub(crate) struct Private {
    /// Whose link this is, and what it does not show.
    pub(crate) banner: Option<String>,
    /// Where the grant is listed: path and name.
    pub(crate) list: Option<(&'static str, &'static str)>,
    /// Why nothing can be claimed here, though something is claimable.
    pub(crate) off: Option<String>,
    /// The one filled button: path and words.
    pub(crate) claim: Option<(String, String)>,
    /// Other things to do: path and words.
    pub(crate) actions: Vec<(String, String)>,
    pub(crate) acceptance: Vec<String>,
    pub(crate) explains: Vec<Explain>,
    pub(crate) share: Option<ShareView>,
    /// Path of the grant file, for those who may have it.
    pub(crate) file: Option<String>,
}

/// The links by which others read a grant.
#[derive(Debug)]
pub(crate) struct ShareView {
    /// Path that the forms are sent to.
    pub(crate) action: String,
    pub(crate) rows: Vec<ShareRow>,
}

/// One link.
#[derive(Debug)]
pub(crate) struct ShareRow {
    pub(crate) label: String,
    pub(crate) made: String,
    /// Identifies it in the form that revokes it; it opens nothing.
    pub(crate) hash: B256,
}

impl GrantPage {
    pub(crate) fn new(data: &GrantData, context: &Context<'_>) -> Result<Self, Refused> {
        let (zone, zone_name) = context.zone_of(data.zone.as_deref());
        let record = &data.record;
        let reasons = data.reasons(context.now())?;
        let teller = data.teller(context, &zone);
        let parts = data.parts(&reasons, context, &zone);
        let drawn: Vec<_> = parts
            .iter()
            .map(|(part, amount, _)| (*part, *amount))
            .collect();
        let label = bar_label(&parts, context);
        let telling = Telling {
            token: context.token(),
            zone: &zone,
            now: context.now(),
        };
        let leaf = u128::from(record.index) + 1;
        Ok(Self {
            shell: data.shell(context).with_zone(&zone_name),
            round_href: format!("/rounds/{}", record.root),
            round_name: said::round(&data.round),
            id_short: data.title(),
            granted: data.heading(context),
            lead: data.lead(&zone),
            state: data.state(context.now()),
            line: data.line(context, &zone),
            bar: Markup(bar::draw("bar", &label, &drawn, record.amount)),
            legend: legend(&parts, context.token()),
            questions: data.questions(&reasons, context, &zone),
            whys: teller.whys(&reasons),
            timeline: data.timeline(context, &zone)?,
            unknown_terms: data.unknown_terms(),
            powers: data.powers(context)?,
            results: data.results(&zone, context.now()),
            file_lead: said::FILE_LEAD,
            file_why: said::FILE_WHY,
            file_elsewhere: said::FILE_ELSEWHERE,
            rounded: said::ROUNDED,
            command: said::VERIFY_COMMAND,
            pays: said::pays(record.was_replaced()),
            no_powers: said::no_powers(record.was_replaced()),
            id: Hex::hash(&record.id),
            round: Hex::linked(&record.root, "rounds"),
            leaf: match data.leaves {
                Some(leaves) => said::leaf(leaf, leaves),
                None => grouped(leaf),
            },
            replaces: record.descent.map(|it| Hex::linked(&it.old, "grants")),
            contract: Hex::address(&context.deployment.grants),
            recipient: Hex::address(&data.holder()),
            document: data.terms.as_ref().map(|terms| Hex::hash(&terms.document)),
            transactions: telling.rows(&data.facts),
            private: Private::default(),
        })
    }
}

impl GrantData {
    pub(crate) fn goals(&self) -> Goals<'_> {
        Goals(&self.goals)
    }

    fn shell(&self, context: &Context<'_>) -> Shell {
        let place = match self.named {
            Some(_) => Place::Grants,
            None => Place::Rounds,
        };
        let shell = Shell::new(context, &said::title(&self.title()), place);
        shell.with_data(format!("/grants/{}", self.record.id))
    }

    /// `7,300 ACC for Dolores Ibárruri-Vega`, or `7,300 ACC granted`.
    fn heading(&self, context: &Context<'_>) -> String {
        let granted = Money::heading(self.record.amount, context.token());
        let named = self.named.as_ref().map(|named| named.person.as_str());
        match named.filter(|person| !person.is_empty()) {
            Some(person) => said::granted_to(granted.text(), person),
            None => said::granted(granted.text()),
        }
    }

    fn unknown_terms(&self) -> &'static str {
        match self.record.was_replaced() {
            true => said::REPLACED,
            false => said::UNKNOWN_TERMS,
        }
    }

    /// What it replaced and what replaced it, whom it was moved to, a recovery that was cancelled.
    fn line(&self, context: &Context<'_>, zone: &TimeZone) -> Vec<Markup> {
        let (record, token) = (&self.record, context.token());
        let mut line = Vec::new();
        if let Some(descent) = record.descent {
            let old = Hex::linked(&descent.old, "grants");
            line.push(Markup(said::took_the_place(&old)));
        }
        if record.was_replaced() {
            let one = |new: &GrantRecord| {
                let id = Hex::linked(&new.id, "grants");
                said::grant_of(&id, &Money::words(new.amount, token))
            };
            let new: Vec<_> = self.successors.iter().map(one).collect();
            line.push(Markup(said::replaced_by(&words::listed(&new))));
        }
        if let Some(to) = record.moved_to {
            let (to, from) = (Hex::address(&to), Hex::address(&record.recipient));
            line.push(Markup(said::moved(self.was_recovered(), &to, &from)));
        }
        if let Stage::Quiet { until } = record.recovery.stage(context.now()) {
            let until = When::date(until, zone);
            line.push(Markup(said::quiet(&until)));
        }
        line
    }

    /// Whether its holder of now came by a recovery, not by a move of the holder before.
    fn was_recovered(&self) -> bool {
        let by_recovery = self.facts.iter().rev().find_map(|(_, fact)| match fact {
            Fact::RecoveryExecuted { .. } => Some(true),
            Fact::Moved { .. } => Some(false),
            _ => None,
        });
        by_recovery.unwrap_or(false)
    }

    /// Where every unit is; without terms, as far as events tell.
    pub(crate) fn reasons(&self, now: u64) -> Result<Vec<Reason>, Refused> {
        let Some(terms) = &self.terms else {
            if self.record.state.has(Flags::CLOSED) {
                return Ok(vec![Reason::Closed]);
            }
            let amount = self.record.state.released;
            return Ok(if amount > 0 {
                vec![Reason::Paid { amount }]
            } else {
                Vec::new()
            });
        };
        let results = self.goals().results(terms, &self.record.state);
        grant::why_locked(terms, &self.record.state, &results, now)
    }

    pub(crate) fn holder(&self) -> Address {
        self.record.moved_to.unwrap_or(self.record.recipient)
    }

    pub(crate) fn teller<'a>(&'a self, context: &'a Context<'_>, zone: &'a TimeZone) -> Teller<'a> {
        let (token, now) = (context.token(), context.now());
        Teller {
            token,
            goals: self.goals(),
            zone,
            now,
            withheld: self.record.withheld,
            inherited: self.record.inherited,
            recovery: self.record.recovery.stage(now),
            was_replaced: self.record.was_replaced(),
            binding_at: self.binding_at,
        }
    }

    fn questions(
        &self,
        reasons: &[Reason],
        context: &Context<'_>,
        zone: &TimeZone,
    ) -> Vec<Question> {
        if self.terms.is_none() {
            return Vec::new();
        }
        questions(
            reasons,
            &self.record.state,
            context.token(),
            (zone, context.now()),
        )
    }

    /// The schedule and the gates in one line.
    fn lead(&self, tz: &TimeZone) -> String {
        let Some(terms) = &self.terms else {
            return match self.record.was_replaced() {
                true => said::replaced_on(&dates::day(self.record.changed.block_time, tz)),
                false => said::NO_TERMS.to_owned(),
            };
        };
        let schedule = match Zone::named(self.zone.as_deref().unwrap_or("UTC")) {
            Ok(zone) => words::describe_schedule(&terms.vesting, terms.start, &zone),
            Err(_) => said::vests_until(&full_month(terms, tz)),
        };
        let schedule = schedule.replace('%', "\u{a0}%");
        let shares: u64 = terms
            .gates
            .iter()
            .map(|gate| u64::from(gate.share_ppb))
            .sum();
        let number = u64::try_from(terms.gates.len()).unwrap_or(u64::MAX);
        let triggers = terms.gates.iter().any(|gate| gate.rule.trigger);
        said::lead(&schedule, (number, triggers), shares)
    }

    /// Said only when it is not simply active.
    fn state(&self, now: u64) -> Option<String> {
        let word = state_word(&self.record, now);
        // Replaced and by what, the next line says.
        (word != "active" && !self.record.was_replaced()).then(|| said::state(word))
    }

    fn timeline(
        &self,
        context: &Context<'_>,
        zone: &TimeZone,
    ) -> Result<Option<TimelineView>, Refused> {
        let source = self.source(context.now());
        source
            .map(|source| source.view(context.token(), zone))
            .transpose()
    }

    /// The parts of the bar; without terms, as far as events tell.
    pub(crate) fn parts(
        &self,
        reasons: &[Reason],
        context: &Context<'_>,
        zone: &TimeZone,
    ) -> Vec<(bar::Part, u128, String)> {
        match &self.terms {
            Some(_) => self.teller(context, zone).parts(reasons),
            None => Teller::parts_of_events(&self.record),
        }
    }

    /// What its timeline is made of, if its terms are known.
    pub(crate) fn source(&self, now: u64) -> Option<Source<'_>> {
        Some(Source {
            terms: self.terms.as_ref()?,
            state: &self.record.state,
            facts: &self.facts,
            goals: self.goals(),
            now,
            inherited: self.record.inherited,
        })
    }

    fn powers(&self, context: &Context<'_>) -> Result<Vec<(&'static str, String)>, Refused> {
        let Some(terms) = &self.terms else {
            return Ok(Vec::new());
        };
        powers(
            terms,
            &self.record.state,
            self.goals(),
            (context.token(), context.now(), context.has_succession()),
        )
    }

    fn results(&self, zone: &TimeZone, now: u64) -> Vec<ResultView> {
        let gates = self.terms.iter().flat_map(|terms| &terms.gates);
        let known = gates.filter_map(|gate| Some((gate, self.goals().get(gate.goal)?)));
        known
            .map(|(gate, goal)| ResultView::new(gate, goal, zone, now))
            .collect()
    }
}

pub(crate) fn bar_label(parts: &[(bar::Part, u128, String)], context: &Context<'_>) -> String {
    let words = parts
        .iter()
        .map(|(_, amount, word)| format!("{} {word}", context.token().words(*amount)));
    words.collect::<Vec<_>>().join(", ")
}
