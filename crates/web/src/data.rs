//! The same pages as data: JSON and CSV with whole base units beside the written form.

use alloy_primitives::{Address, B256};
use guerdon_core::grant;
use guerdon_core::ledger::{AttemptRecord, GoalRecord, GrantRecord, MemberRecord, RoundRecord};
use guerdon_core::succession::Stage;
use guerdon_formats::goal_file::goal_value;
use serde_json::{Value, json};

use crate::dates;
use crate::error::PageError;
use crate::numbers::Token;
use crate::state::DeploymentView;
use crate::strings::goal_words;
use crate::table::Rows;
use crate::views::goal::GoalData;
use crate::views::grant::GrantData;
use crate::views::home::{Forecast, Overview, RoundSummary};
use crate::views::round::{RoundData, state_word};
use crate::views::{Context, Goals, NamedGoal};
use jiff::tz::TimeZone;

/// `{"raw":"…","decimals":18,"display":"1,926.62","symbol":"ACC"}`
pub(crate) fn money(units: u128, token: &Token) -> Value {
    json!({
        "raw": units.to_string(),
        "decimals": token.decimals,
        "display": token.plain(units),
        "symbol": token.symbol,
    })
}

pub(crate) fn head(context: &Context<'_>) -> Value {
    json!({
        "chain_id": context.deployment.chain_id,
        "contract": context.deployment.grants.to_checksum(None),
        "block": context.as_of.head.map(|(block, _)| block),
        "time": context.as_of.head.map(|(_, time)| dates::machine(time)),
    })
}

/// Wraps the records of a page whose arithmetic refused.
pub(crate) fn refused(
    noun: &'static str,
    id: B256,
) -> impl Fn(guerdon_core::grant::Refused) -> PageError {
    move |error| PageError::Records {
        noun,
        id,
        reason: error.to_string(),
    }
}

pub(crate) fn overview(
    overview: &Overview,
    forecast: Option<&Forecast>,
    context: &Context<'_>,
) -> Value {
    let (pool, token) = (&overview.pool, context.token());
    let months = forecast.map(|forecast| {
        let rows = forecast.months.iter().map(|month| {
            json!({
                "month": month.long,
                "by_time": money(month.by_time, token),
                "by_goal": money(month.by_goal, token),
            })
        });
        json!({ "covers": forecast.covers, "months": rows.collect::<Vec<_>>() })
    });
    let goals = overview
        .goals
        .iter()
        .map(|goal| goal_summary(goal, context));
    let rounds = overview
        .rounds
        .iter()
        .map(|round| round_summary(round, context));
    json!({
        "as_of": head(context),
        "company": context.company.name,
        "funded": money(pool.funded, token),
        "promised": money(pool.promised, token),
        "released": money(pool.released, token),
        "withheld": money(pool.withheld, token),
        "paid": money(pool.paid_net(), token),
        "free": money(pool.free(), token),
        "payments": overview.payments(),
        "grants": overview.grants(),
        "replaced": overview.replaced(),
        "forecast": months,
        "rounds": rounds.collect::<Vec<_>>(),
        "goals": goals.collect::<Vec<_>>(),
    })
}

fn round_summary(round: &RoundSummary, context: &Context<'_>) -> Value {
    let (
        RoundRecord {
            root,
            total,
            document,
            rescinded,
            ..
        },
        token,
    ) = (round.record, context.token());
    json!({
        "root": root.to_string(),
        "name": round.title(),
        "total": money(total, token),
        "committed_at": dates::machine(round.record.committed_at),
        "binding_at": binding_at(&round.record),
        "rescinded": rescinded,
        "document": document.to_string(),
        "transaction": round.record.committed.tx.to_string(),
        "grants": round.imported.as_ref().map(|imported| imported.count),
        "opened": round.totals.opened,
        "live": round.live(),
        "replaced": round.totals.replaced,
        "successors": round.totals.successors,
        "payments": round.totals.payments,
        "paid": money(round.totals.paid_net, token),
        "freed": money(round.totals.freed(), token),
    })
}

/// When a round began to bind; nothing if it did at once.
fn binding_at(record: &RoundRecord) -> Option<String> {
    let later = record.binding_at > record.committed_at;
    later.then(|| dates::machine(record.binding_at))
}

/// Its place among the leaves of its round, from 0; a grant that replaced another is none of them.
fn leaf(record: &GrantRecord) -> Option<u32> {
    record.descent.is_none().then_some(record.index)
}

fn goal_summary(goal: &NamedGoal, context: &Context<'_>) -> Value {
    let record = &goal.record;
    let standing = goal_words::standing(record, &TimeZone::UTC, context.now());
    json!({
        "id": record.id.to_string(),
        "name": goal.name,
        "title": goal.title(),
        "measures": goal_words::measures(&record.goal),
        "state": standing.state,
        "who_acts_next": standing.next,
        "fraction_ppb": record.state.fraction,
        "closes": dates::machine(record.state.closes),
        "result": goal_words::result(record),
    })
}

pub(crate) fn round(data: &RoundData, context: &Context<'_>) -> Result<Value, PageError> {
    let (token, now) = (context.token(), context.now());
    let mut grants = Vec::new();
    for opened in &data.grants {
        let record = &opened.record;
        let claimable = match &opened.terms {
            Some(terms) => {
                let results = Goals(&data.goals).results(terms, &record.state);
                let payable = grant::payable(terms, &record.state, &results, now);
                Some(payable.map_err(refused("grant", record.id))?)
            }
            None => None,
        };
        grants.push(json!({
            "id": record.id.to_string(),
            "leaf": leaf(record),
            "replaces": record.descent.map(|it| it.old.to_string()),
            "state": state_word(record, now),
            "granted": money(record.amount, token),
            "claimable": claimable.map(|units| money(units, token)),
            "claimed": money(record.paid_net, token),
            "withheld": money(record.withheld, token),
        }));
    }
    Ok(json!({
        "as_of": head(context),
        "round": round_summary(&data.summary, context),
        "grants": grants,
        "next_from": data.more,
    }))
}

pub(crate) fn grant(data: &GrantData, context: &Context<'_>) -> Result<Value, PageError> {
    let (record, token, now) = (&data.record, context.token(), context.now());
    let amounts = match &data.terms {
        Some(terms) => {
            let results = data.goals().results(terms, &record.state);
            let amounts = grant::amounts(terms, &record.state, &results, now)
                .map_err(refused("grant", record.id))?;
            let payment = grant::payment(amounts.payable, record.state.withhold_bps);
            Some(json!({
                "earned_by_time_ppb": amounts.time_ppb,
                "open_ppb": amounts.open_ppb,
                "vested": money(amounts.vested, token),
                "unlocked": money(amounts.unlocked, token),
                "payable": money(amounts.payable, token),
                "claimable": money(payment.net, token),
                "held": money(amounts.held, token),
            }))
        }
        None => None,
    };
    let history = data.facts.iter().map(|(origin, fact)| {
        json!({
            "block": origin.block,
            "time": dates::machine(origin.block_time),
            "transaction": origin.tx.to_string(),
            "log": origin.log_index,
            "event": name_of(fact),
        })
    });
    Ok(json!({
        "as_of": head(context),
        "id": record.id.to_string(),
        "round": record.root.to_string(),
        "leaf": leaf(record),
        "recipient": record.recipient.to_checksum(None),
        "holder": data.holder().to_checksum(None),
        "replaces": record.descent.map(|it| json!({"grant": it.old.to_string(), "place": it.place})),
        "replaced_by": data.successors.iter().map(|it| it.id.to_string()).collect::<Vec<_>>(),
        "recovery": recovery(record, now),
        "state": state_word(record, now),
        "word": format!("{:#066x}", record.state.to_word()),
        "granted": money(record.amount, token),
        "claimed": money(record.paid_net, token),
        "withheld": money(record.withheld, token),
        "claimed_before": money(record.inherited, token),
        "amounts": amounts,
        "terms": data.terms.as_ref().and_then(|terms| terms.encode().ok()).map(hex),
        "history": history.collect::<Vec<_>>(),
    }))
}

/// Where the recovery of a grant stands; nothing if there is none.
fn recovery(record: &GrantRecord, now: u64) -> Value {
    let of = |stage: &str, to: Address, from: Option<u64>, until: u64| {
        json!({
            "stage": stage,
            "to": to.to_checksum(None),
            "from": from.map(dates::machine),
            "until": dates::machine(until),
        })
    };
    match record.recovery.stage(now) {
        Stage::None => Value::Null,
        Stage::Quiet { until } => {
            json!({"stage": "cancelled", "quiet_until": dates::machine(until)})
        }
        Stage::Announced { to, from, until } => of("announced", to, Some(from), until),
        Stage::Open { to, until } => of("open", to, None, until),
        Stage::Lapsed { to, until } => of("lapsed", to, None, until),
    }
}

pub(crate) fn goal(data: &GoalData, context: &Context<'_>) -> Value {
    let GoalRecord {
        id,
        ref goal,
        m,
        ref panel,
        ref attempts,
        ..
    } = data.goal.record;
    json!({
        "as_of": head(context),
        "goal": goal_summary(&data.goal, context),
        "id": id.to_string(),
        // As in the goal's file: threshold, stretch and bond as text.
        "definition": goal_value(goal),
        "m": m,
        "panel": panel.iter().map(|member| member.to_checksum(None)).collect::<Vec<_>>(),
        "attempts": attempts.iter().map(attempt).collect::<Vec<_>>(),
        "decides": data.decides,
        "opened_grants": data.grants.iter().map(|(id, ..)| id.to_string()).collect::<Vec<_>>(),
    })
}

fn attempt(attempt: &AttemptRecord) -> Value {
    let history = attempt.history.iter().map(|(status, origin)| {
        json!({
            "status": format!("{status:?}").to_lowercase(),
            "time": dates::machine(origin.block_time),
            "transaction": origin.tx.to_string(),
        })
    });
    // One field of the word: a deadline, or when the demand was made that the attempt answered.
    let answers = attempt.word.cleared_demand;
    json!({
        "attempt": attempt.number,
        "model": attempt.model.to_string(),
        "x": attempt.x.to_string(),
        "y": attempt.y.to_string(),
        "samples": attempt.samples,
        "guards": attempt.guards,
        "evidence": attempt.evidence.to_string(),
        "lower_bound_ppb": attempt.lower,
        "fraction_ppb": attempt.word.fraction,
        "deadline": (!answers).then(|| dates::machine(attempt.word.deadline)),
        "answers_demand_of": answers.then(|| dates::machine(attempt.word.deadline)),
        "history": history.collect::<Vec<_>>(),
    })
}

pub(crate) fn contracts(context: &Context<'_>, members: &[MemberRecord]) -> Value {
    let deployment = context.deployment;
    let contracts = deployment.contracts.iter().map(|contract| {
        json!({
            "name": contract.name,
            "address": contract.address.to_checksum(None),
            "transaction": contract.transaction.map(|hash| hash.to_string()),
            "code_hash": contract.code_hash.to_string(),
        })
    });
    let now = context.now();
    let members = members.iter().filter(|one| one.is_member(now));
    let members = members.map(|one| {
        json!({
            "role": one.role,
            "account": one.account.to_checksum(None),
            "since": dates::machine(one.since),
            "delay_seconds": one.delay_at(now),
        })
    });
    json!({
        "chain_id": deployment.chain_id,
        "genesis_hash": deployment.genesis_hash.to_string(),
        "start_block": deployment.start_block,
        "contracts": contracts.collect::<Vec<_>>(),
        "roles": members.collect::<Vec<_>>(),
    })
}

pub(crate) fn contracts_table(deployment: &DeploymentView) -> Rows {
    let mut rows = Rows::new(&["name", "address", "transaction", "code_hash"]);
    for contract in &deployment.contracts {
        rows.row(&[
            &contract.name,
            &contract.address.to_checksum(None),
            &contract
                .transaction
                .map(|hash| hash.to_string())
                .unwrap_or_default(),
            &contract.code_hash,
        ]);
    }
    rows
}

pub(crate) fn overview_table(overview: &Overview, token: &Token) -> Rows {
    let header = [
        "root",
        "name",
        "committed_at",
        "binding_at",
        "total_raw",
        "opened",
        "paid_raw",
        "freed_raw",
    ];
    let mut rows = Rows::new(&header).amounts(token, &["total_raw", "paid_raw", "freed_raw"]);
    for round in &overview.rounds {
        let (record, totals) = (&round.record, &round.totals);
        rows.row(&[
            &record.root,
            &round.title(),
            &dates::machine(record.committed_at),
            &binding_at(record).unwrap_or_default(),
            &record.total,
            &totals.opened,
            &totals.paid_net,
            &totals.freed(),
        ]);
    }
    rows
}

pub(crate) fn round_table(data: &RoundData, (token, now): (&Token, u64)) -> Rows {
    let header = [
        "id",
        "leaf",
        "state",
        "granted_raw",
        "claimed_raw",
        "withheld_raw",
        "freed_raw",
        "replaces",
    ];
    let raw = ["granted_raw", "claimed_raw", "withheld_raw", "freed_raw"];
    let mut rows = Rows::new(&header).amounts(token, &raw);
    for grant in &data.grants {
        let record = &grant.record;
        rows.row(&[
            &record.id,
            &leaf(record),
            &state_word(record, now),
            &record.amount,
            &record.paid_net,
            &record.withheld,
            &record.freed,
            &record
                .descent
                .map(|it| it.old.to_string())
                .unwrap_or_default(),
        ]);
    }
    rows
}

pub(crate) fn grant_table(data: &GrantData) -> Rows {
    let mut rows = Rows::new(&["block", "time", "transaction", "log", "event"]);
    for (origin, fact) in &data.facts {
        rows.row(&[
            &origin.block,
            &dates::machine(origin.block_time),
            &origin.tx,
            &origin.log_index,
            &name_of(fact),
        ]);
    }
    rows
}

pub(crate) fn goal_table(data: &GoalData) -> Rows {
    let header = [
        "attempt",
        "model",
        "x",
        "y",
        "samples",
        "lower_bound_ppb",
        "fraction_ppb",
        "status",
    ];
    let mut rows = Rows::new(&header);
    for attempt in &data.goal.record.attempts {
        rows.row(&[
            &attempt.number,
            &attempt.model,
            &attempt.x,
            &attempt.y,
            &attempt.samples,
            &attempt.lower,
            &attempt.word.fraction,
            &format!("{:?}", attempt.word.status).to_lowercase(),
        ]);
    }
    rows
}

/// The event's name: the variant is named after it.
pub(crate) fn name_of(fact: &guerdon_core::fact::Fact) -> String {
    let text = format!("{fact:?}");
    text.chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect()
}

fn hex(bytes: Vec<u8>) -> String {
    alloy_primitives::Bytes::from(bytes).to_string()
}
