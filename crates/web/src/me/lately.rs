//! What happened lately to somebody's grants and to the goals that decide them.

use std::collections::BTreeSet;

use alloy_primitives::{Address, B256};
use guerdon_core::fact::{Fact, Origin, Subject};
use guerdon_core::grant::Refused;
use guerdon_store::Read;

use super::portfolio::{Mine, Portfolio};
use crate::error::PageError;
use crate::html::{Hex, Money, When};
use crate::load;
use crate::state::AppState;
use crate::strings::history::{Telling, is_half};
use crate::strings::lately as words;
use crate::views::Context;

/// Rows of the table.
const ROWS: usize = 10;

/// One line: when, what, who, how much, and the transaction that proves it.
#[derive(Debug)]
pub(super) struct LatelyRow {
    pub(super) when: When,
    pub(super) what: String,
    pub(super) who: String,
    pub(super) amount: Option<Money>,
    /// `unlocked`, behind the amount.
    pub(super) unit: &'static str,
    pub(super) proof: Hex,
}

/// What rows are made of, beside the portfolio.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// Facts of the goals that decide the grants.
    goals: Vec<(B256, Origin, Fact)>,
    /// Transactions that the keeper sent.
    keeper: BTreeSet<B256>,
}

/// Reads what the rows need.
pub(super) async fn events(
    read: &mut Read,
    state: &AppState,
    portfolio: &Portfolio,
) -> Result<Events, PageError> {
    let mut events = Events::default();
    let terms = portfolio
        .grants
        .iter()
        .filter_map(|mine| mine.data.terms.as_ref());
    let gates = terms.flat_map(|terms| &terms.gates);
    let goals: BTreeSet<_> = gates.map(|gate| gate.goal).collect();
    for goal in goals {
        let facts = load::facts(read, state, Subject::Goal(goal)).await?;
        events
            .goals
            .extend(facts.into_iter().map(|(origin, fact)| (goal, origin, fact)));
    }
    let facts = portfolio.grants.iter().flat_map(|mine| &mine.data.facts);
    let mut claims: Vec<_> = facts
        .filter(|(_, fact)| matches!(fact, Fact::Claimed { .. }))
        .map(|(origin, _)| (origin.block, origin.tx))
        .collect();
    claims.sort_unstable_by(|one, other| other.cmp(one));
    for (_, tx) in claims.into_iter().take(ROWS) {
        if read.was_sent(tx).await? {
            events.keeper.insert(tx);
        }
    }
    Ok(events)
}

/// The newest first.
pub(super) fn rows(
    portfolio: &Portfolio,
    events: &Events,
    context: &Context<'_>,
) -> Result<Vec<LatelyRow>, Refused> {
    let several = portfolio.grants.len() > 1;
    let mut all: Vec<(Origin, Found<'_>)> = Vec::new();
    for mine in &portfolio.grants {
        let facts = mine.data.facts.iter().filter(|(_, fact)| !is_half(fact));
        all.extend(facts.map(|(origin, fact)| (*origin, Found::Grant(mine, fact))));
    }
    let decided = events
        .goals
        .iter()
        .filter(|(_, _, fact)| !is_preparation(fact));
    all.extend(decided.map(|(goal, origin, fact)| (*origin, Found::Goal(*goal, fact))));
    all.sort_by_key(|(origin, _)| std::cmp::Reverse((origin.block, origin.log_index)));
    all.truncate(ROWS);
    let rows = all.iter().map(|(origin, found)| {
        let row = match found {
            Found::Grant(mine, fact) => of_grant((mine, several), origin, fact, events, context),
            Found::Goal(goal, fact) => of_goal(portfolio, *goal, (origin, fact), context)?,
        };
        Ok(row)
    });
    rows.collect()
}

/// What happens before anything is decided: told on the goal's own page.
fn is_preparation(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::GoalDefined { .. } | Fact::Registered { .. } | Fact::Sealed { .. }
    )
}

enum Found<'a> {
    Grant(&'a Mine, &'a Fact),
    Goal(B256, &'a Fact),
}

fn of_grant(
    (mine, several): (&Mine, bool),
    origin: &Origin,
    fact: &Fact,
    events: &Events,
    context: &Context<'_>,
) -> LatelyRow {
    let zone = context.zone_of(mine.data.zone.as_deref()).0;
    let telling = Telling {
        token: context.token(),
        zone: &zone,
        now: context.now(),
    };
    let row = telling.row(origin, fact);
    let of = several.then(|| mine.name());
    let own = |to: &Address| {
        context
            .viewer
            .is_some_and(|viewer| viewer.wallets.contains(to))
    };
    let (what, path) = match fact {
        Fact::Claimed {
            to, withheld: 0, ..
        } if own(to) => (
            words::PAID_TO_YOU,
            format!("{}/receipts/{}", mine.href(), origin.tx),
        ),
        Fact::Claimed { .. } => (
            row.what.as_str(),
            format!("{}/receipts/{}", mine.href(), origin.tx),
        ),
        _ => (row.what.as_str(), mine.href()),
    };
    LatelyRow {
        when: When::date(origin.block_time, &zone),
        what: words::of_grant(what, of.as_deref()),
        who: words::who(fact, events.keeper.contains(&origin.tx)),
        amount: row.amount,
        unit: "",
        proof: Hex::to(&origin.tx, path),
    }
}

fn of_goal(
    portfolio: &Portfolio,
    goal: B256,
    (origin, fact): (&Origin, &Fact),
    context: &Context<'_>,
) -> Result<LatelyRow, Refused> {
    let zone = context.zone_of(None).0;
    let telling = Telling {
        token: context.token(),
        zone: &zone,
        now: context.now(),
    };
    let row = telling.row(origin, fact);
    let mut opened = 0u128;
    let mut title = String::new();
    let decides = |mine: &&Mine| {
        let terms = mine.data.terms.as_ref();
        terms.is_some_and(|terms| terms.gates.iter().any(|gate| gate.goal == goal))
    };
    for mine in portfolio.standing().filter(decides) {
        title = mine.data.goals().title(goal);
        let is_result = matches!(
            fact,
            Fact::Finalized { .. } | Fact::Resolved { .. } | Fact::GoalClosed { .. }
        );
        if let Some(source) = mine.data.source(context.now()).filter(|_| is_result) {
            opened = opened.saturating_add(source.opened_at(origin.block_time)?);
        }
    }
    Ok(LatelyRow {
        when: When::date(origin.block_time, &zone),
        what: words::of_goal(&row.what, &title),
        who: words::who(fact, false),
        amount: (opened > 0).then(|| Money::more(opened, context.token())),
        unit: "unlocked",
        proof: Hex::to(&origin.tx, format!("/goals/{goal}")),
    })
}
