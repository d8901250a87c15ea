//! `grant show`: amounts in the order of the glossary, the schedule in words, why the rest is locked.

use guerdon_core::grant::{next_vesting, payment, why_locked};
use guerdon_formats::calendar::Zone;
use guerdon_formats::words::{
    GoalWords, Telling, Why, describe_gates, describe_schedule, goal_next,
};
use serde_json::json;

use super::claim::require_chain;
use super::files::find;
use super::list::{standing, state_word, value};
use crate::cli::GrantArgs;
use crate::commands::goal::files::names;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::execute::merge;
use crate::output::Record;
use crate::session::{Session, goal_name};
use crate::words::{percent, time};

pub(crate) async fn run(context: &Context, arguments: &GrantArgs) -> Outcome {
    let grant = find(context, &arguments.grant)?;
    let mut goals = names(context)?;
    goals.extend(
        grant
            .file
            .goals
            .iter()
            .filter_map(|goal| Some((goal.id()?, goal.name.clone()))),
    );
    context
        .with_node(async |node| {
            require_chain(&node.chain, &grant)?;
            let session = Session::open(context, node)?;
            let history = session.history().await?;
            let terms = &grant.file.terms;
            let now = standing(&history, &grant)?;
            let gates = history.gate_results(grant.id, terms);
            let refused = |error: guerdon_core::grant::Refused| Failure::failed(error.to_string());
            let reasons = why_locked(terms, &now.state, &gates, now.now).map_err(refused)?;
            let next = next_vesting(terms, &now.state, &gates, now.now).map_err(refused)?;

            let unit = session.unit();
            let amounts = &now.amounts;
            let name = |id| goal_name(&goals, id);
            let utc = Zone::named("UTC").map_err(|error| Failure::failed(error.to_string()))?;
            let goal = |id| GoalWords {
                name: name(id),
                next: history
                    .ledger
                    .goals
                    .get(&id)
                    .map_or_else(String::new, |goal| goal_next(goal, now.now, &utc)),
            };
            let telling =
                Telling { symbol: &unit.symbol, decimals: unit.decimals, zone: &utc, goal: &goal };
            let told: Vec<Why> = reasons.iter().map(|reason| telling.say(reason)).collect();
            let words: Vec<String> = told.iter().map(one_line).collect();
            let net = payment(amounts.payable, now.state.withhold_bps).net;
            let mut data = value(&grant, &now);
            merge(
                &mut data,
                json!({
                    "claimable": net.to_string(),
                    "as_of": {"block": history.head.number, "time": history.head.time},
                    "next": next.map(|(at, amount)| json!({"at": at, "amount": amount.to_string()})),
                    "why": told,
                }),
            );
            let record = Record::new(data)
                .line("grant", format!("{} ({})", grant.name, grant.id))
                .line("recipient", terms.recipient.to_string())
                .line("state", state_word(&now))
                .line("granted", unit.exact(terms.amount))
                .line("earned by time", percent(amounts.time_ppb))
                .line("vested", unit.show(amounts.vested))
                .line("claimable", unit.show(net))
                .line("claimed", unit.show(now.paid_net))
                .line("withheld", unit.show(now.withheld))
                .line("schedule", describe_schedule(&terms.vesting, terms.start, &utc))
                .line("results", describe_gates(&terms.gates, &name).join(" "))
                .line("why", words.join("\n"))
                .line("as of", format!("block {}, {}", history.head.number, time(now.now)));
            context.global.output.record(&record)
        })
        .await
}

fn one_line(why: &Why) -> String {
    [why.what.as_str(), &why.why, &why.next]
        .join(" ")
        .trim_end()
        .to_owned()
}
