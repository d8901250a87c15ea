//! A goal: what decides, what came out, who acts next.

use alloy_primitives::B256;
use askama::Template;
use guerdon_core::PPB;
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::goal::{AttemptStatus, Goal, Kind};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use guerdon_core::terms::Gate;
use jiff::tz::TimeZone;

use super::goal_words::{Standing, is_public, measures, raw, standing};
use super::history::{Telling, attempt_of};
use super::shell::{Place, Shell};
use super::{ChartView, Context, HistoryRow, NamedGoal, Why, result};
use crate::dates;
use crate::html::{Hex, Markup, Money};
use crate::numbers::{capital, count, grouped, ordinal, payout, percent, score, shortened};

/// All that a goal's page is made of.
#[derive(Clone, Debug)]
pub(crate) struct GoalData {
    pub(crate) goal: NamedGoal,
    pub(crate) facts: Vec<(Origin, Fact)>,
    /// Opened grants that stand and that it decides, with their amounts.
    pub(crate) grants: Vec<(B256, u128, Gate)>,
    /// All grants of committed rounds that stand and that it decides, opened or not.
    pub(crate) decides: u64,
    /// Panel members who hold one of them.
    pub(crate) conflicts: usize,
}

#[derive(Debug, Template)]
#[template(path = "pages/goal.html")]
pub(crate) struct GoalPage {
    pub(crate) shell: Shell,
    pub(crate) crumb: String,
    pub(crate) heading: String,
    pub(crate) lead: String,
    pub(crate) whys: Vec<Why>,
    pub(crate) message: String,
    pub(crate) chart: Option<ChartView>,
    pub(crate) no_attempts: &'static str,
    pub(crate) attempts: Vec<AttemptView>,
    pub(crate) history: Vec<HistoryRow>,
    pub(crate) definition: Vec<(&'static str, String)>,
    pub(crate) panel_words: String,
    pub(crate) panel: Vec<Hex>,
    pub(crate) sponsor: Hex,
    pub(crate) arbiter: Hex,
    pub(crate) command: String,
    pub(crate) id: Hex,
    pub(crate) contract: Hex,
    pub(crate) spec: Hex,
    pub(crate) data: Markup,
    pub(crate) decides: String,
    pub(crate) grants: Vec<GrantRow>,
}

#[derive(Debug)]
pub(crate) struct AttemptView {
    pub(crate) heading: String,
    pub(crate) sentence: String,
    pub(crate) history: Vec<HistoryRow>,
}

#[derive(Debug)]
pub(crate) struct GrantRow {
    pub(crate) id: Hex,
    pub(crate) share: String,
    pub(crate) granted: Money,
    pub(crate) how: &'static str,
}

impl GoalPage {
    pub(crate) fn new(data: &GoalData, context: &Context<'_>) -> Self {
        let (record, zone) = (&data.goal.record, TimeZone::UTC);
        let goal = &record.goal;
        let title = data.goal.title();
        let shell = Shell::new(context, &format!("Goal {title}"), Place::Goals);
        let standing = standing(record, &zone, context.now());
        let telling = Telling {
            token: context.token(),
            zone: &zone,
            now: context.now(),
        };
        let attempts = record.attempts.iter().rev();
        let general = data
            .facts
            .iter()
            .filter(|(_, fact)| attempt_of(fact).is_none());
        let general: Vec<_> = general.cloned().collect();
        Self {
            shell: shell.with_data(format!("/goals/{}", record.id)),
            crumb: title.clone(),
            heading: title,
            lead: format!("{}.", capital(&measures(goal))),
            whys: vec![standing_block(&standing)],
            message: result::message(record),
            chart: result::chart(record, &record.id.to_string()),
            no_attempts: "No attempts yet. The sponsor registers one together with a member of the \
                          panel, naming the hash of the model before it is run.",
            attempts: attempts
                .map(|attempt| attempt_view(attempt, record, data, &telling))
                .collect(),
            history: telling.rows(&general),
            definition: definition(goal, context, record.state.closes),
            panel_words: panel_words(record, data.conflicts),
            panel: record.panel.iter().map(Hex::address).collect(),
            sponsor: Hex::address(&goal.sponsor),
            arbiter: Hex::address(&goal.arbiter),
            command: command(context, record),
            id: Hex::hash(&record.id),
            contract: Hex::address(&context.deployment.goals),
            spec: Hex::hash(&goal.spec),
            data: match is_public(goal) {
                true => Markup("public: anyone can read them".to_owned()),
                false => Markup(format!("hidden behind {}", Hex::hash(&goal.data))),
            },
            decides: decides(data),
            grants: grant_rows(data, context),
        }
    }
}

fn standing_block(standing: &Standing) -> Why {
    let what = format!("{}.", capital(&standing.state));
    Why::new(what, String::new(), &standing.next).done(standing.done)
}

fn attempt_view(
    attempt: &AttemptRecord,
    record: &GoalRecord,
    data: &GoalData,
    telling: &Telling<'_>,
) -> AttemptView {
    let goal = &record.goal;
    let pays = payout(attempt.word.fraction.into());
    let bound = match attempt.lower {
        Some(lower) if goal.kind != Kind::Count => format!(", lower bound {}", score(lower)),
        _ => String::new(),
    };
    let result = raw(goal, attempt);
    let sentence = match attempt.word.status {
        AttemptStatus::Registered => "Registered; no result yet.".to_owned(),
        AttemptStatus::Proposed | AttemptStatus::Challenged => {
            format!("{}{bound}: would pay {pays}.", capital(&result))
        }
        AttemptStatus::Void => "Declared void and given back: it never counts.".to_owned(),
        _ => format!("{}{bound}: pays {pays}.", capital(&result)),
    };
    let mine = data
        .facts
        .iter()
        .filter(|(_, fact)| attempt_of(fact) == Some(attempt.number));
    let mut history: Vec<_> = mine
        .map(|(origin, fact)| telling.row(origin, fact))
        .collect();
    if history.is_empty() {
        let steps = attempt.history.iter();
        history
            .extend(steps.map(|(status, origin)| telling.line(origin, status_word(*status), None)));
    }
    AttemptView {
        heading: format!("{} attempt", ordinal(attempt.number)),
        sentence: format!(
            "{sentence} Model {}.",
            shortened(&attempt.model.to_string())
        ),
        history,
    }
}

fn status_word(status: AttemptStatus) -> String {
    match status {
        AttemptStatus::None => "unknown",
        AttemptStatus::Registered => "registered",
        AttemptStatus::Proposed => "proposed",
        AttemptStatus::Challenged => "challenged",
        AttemptStatus::Finished => "final",
        AttemptStatus::Void => "void",
    }
    .to_owned()
}

fn definition(goal: &Goal, context: &Context<'_>, closes: u64) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("What is measured", capital(&measures(goal))),
        ("It pays", pays(goal)),
    ];
    if goal.kind != Kind::Count {
        let z = format!("{}.{:03}", goal.bound / 1000, goal.bound % 1000);
        let bound = match goal.kind {
            Kind::Measure => format!("ln(1/α) = {z}"),
            _ => format!("z = {z}, one-sided"),
        };
        rows.push(("How sure", format!("lower bound with {bound}")));
        rows.push((
            "Items",
            format!(
                "exactly {} out of a pool of {}",
                grouped(goal.samples),
                grouped(goal.pool)
            ),
        ));
    }
    let rules = rules(goal, closes).into_iter();
    rows.extend(rules.skip(usize::from(goal.kind == Kind::Count)));
    rows.push(("Bond", bond(goal, context)));
    if goal.guards != 0 {
        let guards = count(goal.guards.count_ones().into(), "condition");
        rows.push((
            "Guards",
            format!("{guards} must hold, or a result pays nothing"),
        ));
    }
    if goal.default_ppb > 0 {
        let default = percent(goal.default_ppb.into());
        rows.push((
            "If nobody reports",
            format!("pays {default}, once the sponsor has asked for a run"),
        ));
    }
    rows
}

/// How an attempt runs, and until when.
fn rules(goal: &Goal, closes: u64) -> [(&'static str, String); 6] {
    let drawn = match goal.seed_blocks {
        0 => "fixed beforehand, nothing is drawn".to_owned(),
        blocks => {
            let blocks = count(blocks.into(), "block");
            format!("drawn by the chain, {blocks} after registration")
        }
    };
    let voids = match goal.max_voids {
        0 => "none may be declared void".to_owned(),
        voids => format!("the arbiter may declare {voids} void"),
    };
    let day = |at| dates::day(at, &TimeZone::UTC);
    let length = |seconds: u32| dates::length(seconds.into());
    let attempts = count(goal.attempts.into(), "attempt");
    let arbiter = length(goal.arbiter_seconds);
    [
        ("Which items", drawn),
        ("Attempts", format!("{attempts}; {voids}")),
        ("Window", format!("{} to {}", day(goal.opens), day(closes))),
        (
            "A run takes",
            format!("at most {}", length(goal.run_seconds)),
        ),
        (
            "Challenge",
            format!("within {}", length(goal.challenge_seconds)),
        ),
        (
            "Arbiter",
            format!("has {arbiter}, then the proposal stands"),
        ),
    ]
}

fn pays(goal: &Goal) -> String {
    let show = |value: i64| match goal.kind {
        Kind::Count => value.to_string(),
        _ => score(value),
    };
    let (threshold, stretch) = (show(goal.threshold), show(goal.stretch));
    let base = percent(goal.base_ppb.into());
    if goal.threshold == goal.stretch || goal.base_ppb == PPB {
        return format!("everything from {threshold} on, below nothing");
    }
    format!("{base} at {threshold}, rising evenly to 100\u{a0}% at {stretch}; below nothing")
}

fn bond(goal: &Goal, context: &Context<'_>) -> String {
    match (goal.bond, &context.deployment.bond_token) {
        (0, _) => "none asked".to_owned(),
        (units, Some((address, token))) if *address == goal.bond_token => {
            format!("{}, which a challenger puts down", token.words(units))
        }
        (units, _) => format!(
            "{} base units of the token {}, which a challenger puts down",
            grouped(units),
            shortened(&goal.bond_token.to_checksum(None))
        ),
    }
}

fn panel_words(record: &GoalRecord, conflicts: usize) -> String {
    let conflict = match conflicts {
        0 => "No member holds a grant that it decides, as far as terms are known here.".to_owned(),
        1 => "One member holds a grant that it decides: ask the company why.".to_owned(),
        many => format!("{many} members hold grants that it decides: ask the company why."),
    };
    format!(
        "{} of {} members sign a result. The panel is part of the definition and can never be \
         changed. {conflict}",
        record.m,
        record.panel.len()
    )
}

fn command(context: &Context<'_>, record: &GoalRecord) -> String {
    format!(
        "cast call {} \\\n\"fractionOf(bytes32)(uint32,bool,uint40)\" \\\n{} --rpc-url NODE",
        context.deployment.goals.to_checksum(None),
        record.id
    )
}

fn decides(data: &GoalData) -> String {
    let opened = u64::try_from(data.grants.len()).unwrap_or(u64::MAX);
    match (data.decides, opened) {
        (0, 0) => "No grant that is known here depends on it.".to_owned(),
        (all, 0) => format!(
            "It decides {}; none of them is opened yet.",
            count(all, "grant")
        ),
        (all, opened) => format!(
            "It decides {}; {} opened and shown here.",
            count(all, "grant"),
            grouped(opened)
        ),
    }
}

fn grant_rows(data: &GoalData, context: &Context<'_>) -> Vec<GrantRow> {
    let rows = data.grants.iter().map(|(id, amount, gate)| GrantRow {
        id: context.grant(id, None),
        share: match gate.rule.trigger {
            true => "all".to_owned(),
            false => percent(gate.share_ppb.into()),
        },
        granted: Money::plain(*amount, context.token()),
        how: match (gate.rule.trigger, gate.rule.lapse) {
            (false, false) => "opens a share",
            (false, true) => "opens a share; lapses with an end",
            (true, false) => "scales the whole",
            (true, true) => "scales the whole; lapses with an end",
        },
    });
    rows.collect()
}
