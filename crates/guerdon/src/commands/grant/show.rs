//! `grant show`: amounts in the order of the glossary, the schedule in words, why the rest is locked.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use guerdon_core::grant::{Reason, Refused, next_vesting, payment, why_locked};
use guerdon_core::state::Flags;
use guerdon_core::succession::Stage;
use guerdon_formats::calendar::Zone;
use guerdon_formats::words::{
    GoalWords, Telling, Why, describe_gates, describe_schedule, goal_next,
};
use serde_json::{Value, json};

use super::claim::require_chain;
use super::files::{Grant, find};
use super::line::{Line, names_of};
use super::list::{RoundStanding, Standing, standing, state_words, value};
use crate::cli::GrantArgs;
use crate::commands::goal::files::names;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::merge;
use crate::output::Record;
use crate::session::{GoalNames, History, Session, goal_name};
use crate::words::{Unit, percent, time};

pub(crate) async fn run(context: &Context, arguments: &GrantArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    let mut goals = names(context)?;
    let own = grant.file.goals.iter();
    goals.extend(own.filter_map(|goal| Some((goal.id()?, goal.name.clone()))));
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::of_grant(context, node, &grant).await?;
            let shown = Shown {
                history: session.history().await?,
                zone: grant.zone()?,
                unit: session.unit(),
                known: names_of(context)?,
                grant: &grant,
                goals: &goals,
            };
            context.global.output.record(&shown.record()?)
        })
        .await
}

/// A grant and what it takes to put it in words.
struct Shown<'a> {
    grant: &'a Grant,
    goals: &'a GoalNames,
    history: History,
    zone: Zone,
    unit: Unit,
    /// Names of grants known here, by id.
    known: BTreeMap<B256, String>,
}

impl Shown<'_> {
    fn record(&self) -> Outcome<Record> {
        let (grant, unit) = (self.grant, &self.unit);
        let terms = &grant.file.terms;
        let now = standing(&self.history, grant)?;
        let why = self.why(&now)?;
        let words: Vec<String> = why.iter().map(one_line).collect();
        let amounts = &now.amounts;
        let claimable = payment(amounts.payable, now.state.withhold_bps).net;
        let name = |id| goal_name(self.goals, id);
        let line = Line::of(&self.history, grant.id, &self.known);
        let moved = now.holder != terms.recipient;
        let open = |text: String| (!now.state.has(Flags::CLOSED)).then_some(text);
        Ok(Record::new(self.value(&now, claimable, &why)?)
            .line("grant", format!("{} ({})", grant.name, grant.id))
            .line("recipient", terms.recipient.to_string())
            .line_if("holder", moved.then(|| now.holder.to_string()))
            .line("state", state_words(&now))
            .line_if("replaced by", lines(&line.replaced_by()))
            .line_if("replaces", lines(&line.replaces()))
            .line_if("recovery", line.recovery(now.now))
            .line("granted", unit.exact(terms.amount))
            .line_if("earned by time", open(percent(amounts.time_ppb)))
            .line_if("vested", open(unit.show(amounts.vested)))
            .line_if("claimable", open(unit.show(claimable)))
            .line("claimed", unit.show(now.paid_net))
            .line("withheld", unit.show(now.withheld))
            .line_if("claimed before", line.inherited(unit))
            .line_if(
                "schedule",
                open(describe_schedule(&terms.vesting, terms.start, &self.zone)),
            )
            .line_if(
                "results",
                open(describe_gates(&terms.gates, &name).join(" ")),
            )
            .line("why", words.join("\n"))
            .line(
                "as of",
                format!("block {}, {}", self.history.head.number, time(now.now)),
            ))
    }

    /// Where every part of it is, and who acts next.
    fn why(&self, now: &Standing) -> Outcome<Vec<Why>> {
        let terms = &self.grant.file.terms;
        let gates = self.history.gate_results(self.grant.id, terms);
        let mut reasons = why_locked(terms, &now.state, &gates, now.now).map_err(refused)?;
        if now.round != RoundStanding::Binding {
            reasons.retain(|reason| !matches!(reason, Reason::Claimable { .. }));
        }
        let goal = |id| {
            let record = self.history.ledger.goals.get(&id);
            GoalWords {
                name: goal_name(self.goals, id),
                next: record.map_or_else(String::new, |it| goal_next(it, now.now, &self.zone)),
            }
        };
        let telling = Telling {
            symbol: &self.unit.symbol,
            decimals: self.unit.decimals,
            zone: &self.zone,
            goal: &goal,
        };
        let mut told = telling.say_all(&reasons);
        let unopened = reasons.iter().position(|it| *it == Reason::NotOpened);
        if let (Some(place), Some(round)) = (unopened, round_words(now.round)) {
            told[place] = round;
        }
        let recovering = reasons.iter().position(|it| *it == Reason::Recovering);
        if let (Some(place), Stage::Lapsed { until, .. }) = (recovering, now.recovery) {
            told[place] = lapsed(until);
        }
        if now.replaced {
            told = vec![Why {
                what: "The grant was replaced.".to_owned(),
                why: "Its holder signed for the grants in its place, which pay by their own terms."
                    .to_owned(),
                next: String::new(),
            }];
        }
        Ok(told)
    }

    fn value(&self, now: &Standing, claimable: u128, why: &[Why]) -> Outcome<Value> {
        let terms = &self.grant.file.terms;
        let gates = self.history.gate_results(self.grant.id, terms);
        let next = next_vesting(terms, &now.state, &gates, now.now).map_err(refused)?;
        let line = Line::of(&self.history, self.grant.id, &self.known);
        let mut data = value(self.grant, now);
        let next = next.map(|(at, amount)| json!({"at": at, "amount": amount.to_string()}));
        merge(
            &mut data,
            json!({
                "claimable": claimable.to_string(),
                "replaced_by": line.successors().collect::<Vec<_>>(),
                "replaces": line.origin(),
                "recovery": line.stage(now.now),
                "as_of": {"block": self.history.head.number, "time": self.history.head.time},
                "next": next,
                "why": why,
            }),
        );
        Ok(data)
    }
}

/// A recovery that nobody carried out until its last second.
fn lapsed(until: u64) -> Why {
    Why {
        what: format!("A recovery lapsed at {}.", time(until)),
        why: "Nobody carried it out; until it is cleared only the holder's own call is paid."
            .to_owned(),
        next: "Anyone may clear it.".to_owned(),
    }
}

/// Why nobody can open a grant yet, or ever; nothing when its round is binding.
fn round_words(round: RoundStanding) -> Option<Why> {
    let (what, why, next) = match round {
        RoundStanding::Binding => return None,
        RoundStanding::NotCommitted => (
            "The round is not on chain.".to_owned(),
            "Nothing of it is promised yet.",
            "The company commits it.",
        ),
        RoundStanding::NotAgreed => (
            "It takes another grant's place once the holder has signed.".to_owned(),
            "Until then it promises nothing.",
            "The holder signs, then the company sends it.",
        ),
        RoundStanding::Rescinded => (
            "The round was taken back.".to_owned(),
            "The company withdrew it before it was binding; it pays nothing.",
            "",
        ),
        RoundStanding::Ahead(at) => (
            format!("The round is binding from {} on.", time(at)),
            "Until then nothing of it opens, and the company may take it back.",
            "Nobody needs to act; it comes with time.",
        ),
    };
    Some(Why {
        what,
        why: why.to_owned(),
        next: next.to_owned(),
    })
}

fn refused(error: Refused) -> Failure {
    Failure::failed(error.to_string())
}

fn one_line(why: &Why) -> String {
    [why.what.as_str(), &why.why, &why.next]
        .join(" ")
        .trim_end()
        .to_owned()
}

/// Several things, one a line; nothing for none.
fn lines(texts: &[String]) -> Option<String> {
    (!texts.is_empty()).then(|| texts.join("\n"))
}
