//! A goal: what decides, what came out, who acts next.

use alloy_primitives::B256;
use askama::Template;
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::ledger::{AttemptRecord, GoalRecord};
use guerdon_core::terms::Gate;
use jiff::tz::TimeZone;

use super::shell::{Place, Shell};
use super::{ChartView, Context, HistoryRow, NamedGoal, Why, result};
use crate::html::{Hex, Markup, Money};
use crate::numbers::count_of;
use crate::results;
use crate::strings::goal as words;
use crate::strings::goal_words::{Standing, is_public, measures, standing};
use crate::strings::history::{Telling, attempt_of};

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
    /// What sheets call it, where people call it something else.
    pub(crate) called: Option<String>,
    pub(crate) heading: String,
    pub(crate) lead: String,
    pub(crate) whys: Vec<Why>,
    /// What the reader can do here: path and words.
    pub(crate) links: Vec<(String, String)>,
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
    /// As the chain numbers it, from 0.
    pub(crate) number: u16,
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
        let bond_token = context.deployment.bond_token.get();
        let title = data.goal.title();
        let shell = Shell::new(context, &words::title(&title), Place::Goals);
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
            called: data.goal.other_name().as_deref().map(words::called),
            heading: title,
            lead: words::sentence(&measures(goal)),
            whys: vec![standing_block(&standing)],
            links: results::links(record, context),
            message: result::message(record),
            chart: result::chart(record, &record.id.to_string()),
            no_attempts: words::NO_ATTEMPTS,
            attempts: attempts
                .map(|attempt| attempt_view(attempt, record, data, &telling))
                .collect(),
            history: telling.rows(&general),
            definition: words::definition(goal, bond_token, record.state.closes),
            panel_words: words::panel(record, data.conflicts),
            panel: record.panel.iter().map(Hex::address).collect(),
            sponsor: Hex::address(&goal.sponsor),
            arbiter: Hex::address(&goal.arbiter),
            command: command(context, record),
            id: Hex::hash(&record.id),
            contract: Hex::address(&context.deployment.goals),
            spec: Hex::hash(&goal.spec),
            data: match is_public(goal) {
                true => Markup(words::PUBLIC_ITEMS.to_owned()),
                false => Markup(words::hidden_items(&Hex::hash(&goal.data))),
            },
            decides: words::decides(data.decides, count_of(&data.grants)),
            grants: grant_rows(data, context),
        }
    }
}

fn standing_block(standing: &Standing) -> Why {
    let what = words::sentence(&standing.state);
    Why::new(what, String::new(), &standing.next).done(standing.done)
}

fn attempt_view(
    attempt: &AttemptRecord,
    record: &GoalRecord,
    data: &GoalData,
    telling: &Telling<'_>,
) -> AttemptView {
    let mine = data
        .facts
        .iter()
        .filter(|(_, fact)| attempt_of(fact) == Some(attempt.number));
    let mut history: Vec<_> = mine
        .map(|(origin, fact)| telling.row(origin, fact))
        .collect();
    if history.is_empty() {
        let steps = attempt.history.iter();
        history.extend(
            steps.map(|(status, origin)| {
                telling.line(origin, words::status(*status).to_owned(), None)
            }),
        );
    }
    AttemptView {
        number: attempt.number,
        heading: words::attempt_heading(attempt.number),
        sentence: words::attempt(&record.goal, attempt),
        history,
    }
}

fn command(context: &Context<'_>, record: &GoalRecord) -> String {
    format!(
        "cast call {} \\\n\"fractionOf(bytes32)(uint32,bool,uint40)\" \\\n{} --rpc-url NODE",
        context.deployment.goals.to_checksum(None),
        record.id
    )
}

fn grant_rows(data: &GoalData, context: &Context<'_>) -> Vec<GrantRow> {
    let rows = data.grants.iter().map(|(id, amount, gate)| GrantRow {
        id: context.grant(id, None),
        share: words::share(gate),
        granted: Money::plain(*amount, context.token()),
        how: words::how(gate),
    });
    rows.collect()
}
