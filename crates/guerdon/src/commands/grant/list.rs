//! `grant list`: every grant known here, as the chain stands.

use alloy_primitives::Address;
use guerdon_core::grant::{Amounts, amounts, holder};
use guerdon_core::state::{Flags, Phase, State};
use guerdon_core::succession::Stage;
use serde_json::{Value, json};

use super::files::{Grant, read_all};
use crate::cli::GrantListArgs;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::output::Listing;
use crate::session::{History, Session};
use crate::words::Unit;

pub(crate) async fn run(context: &Context, arguments: &GrantListArgs) -> Outcome {
    let grants = read_all(context)?;
    let wanted = grants.into_iter().map(|(_, grant)| grant).filter(|grant| {
        arguments.round.is_none() || arguments.round == grant.file.round.map(|it| it.root.hash)
    });
    let wanted: Vec<Grant> = wanted.collect();
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let history = session.history().await?;
            let unit = session.unit();
            let mut listing = Listing {
                columns: vec![
                    "grant",
                    "state",
                    "granted",
                    "vested",
                    "claimable",
                    "released",
                    "id",
                ],
                rows: Vec::new(),
                items: Vec::new(),
                empty: "no grants yet: import a sheet with guerdon round import".to_owned(),
            };
            for grant in &wanted {
                let now = standing(&history, grant)?;
                listing.rows.push(row(grant, &now, &unit));
                listing.items.push(value(grant, &now));
            }
            context.global.output.listing(&listing)
        })
        .await
}

/// A grant as the chain's events tell it.
#[derive(Debug)]
pub(crate) struct Standing {
    pub(crate) state: State,
    pub(crate) amounts: Amounts,
    pub(crate) paid_net: u128,
    pub(crate) withheld: u128,
    pub(crate) round: RoundStanding,
    /// When its pause ends by itself, if it is paused.
    pub(crate) pause_ends: u64,
    pub(crate) now: u64,
    /// Who is paid.
    pub(crate) holder: Address,
    /// Where its recovery stands.
    pub(crate) recovery: Stage,
    /// Whether others took its place.
    pub(crate) replaced: bool,
}

/// Where a grant's round stands: only a binding one opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoundStanding {
    NotCommitted,
    /// It is of no round, and the grant it replaces stands.
    NotAgreed,
    Rescinded,
    /// Binding from this time on, in unix seconds.
    Ahead(u64),
    Binding,
}

fn round_standing(history: &History, grant: &Grant) -> RoundStanding {
    let root = grant.file.round.map(|round| round.root.hash);
    if history.ledger.grants.contains_key(&grant.id) {
        return RoundStanding::Binding;
    }
    if root.is_none() {
        return RoundStanding::NotAgreed;
    }
    match root.and_then(|root| history.ledger.rounds.get(&root)) {
        None => RoundStanding::NotCommitted,
        Some(round) if round.rescinded => RoundStanding::Rescinded,
        Some(round) if round.binding_at > history.head.time => {
            RoundStanding::Ahead(round.binding_at)
        }
        Some(_) => RoundStanding::Binding,
    }
}

/// Folds what the chain says about a grant, and what that comes to at its head.
pub(crate) fn standing(history: &History, grant: &Grant) -> Outcome<Standing> {
    let record = history.ledger.grants.get(&grant.id);
    let state = record.map_or(State::UNOPENED, |record| record.state);
    let gates = history.gate_results(grant.id, &grant.file.terms);
    let now = history.head.time;
    let mut amounts = amounts(&grant.file.terms, &state, &gates, now)
        .map_err(|refused| Failure::failed(refused.to_string()))?;
    let round = round_standing(history, grant);
    if round != RoundStanding::Binding {
        amounts.payable = 0; // terms alone pay nothing
    }
    let (clock, pause_max) = (state.clock(), grant.file.terms.pause_max);
    let left = pause_max.saturating_sub(clock.lost);
    Ok(Standing {
        pause_ends: clock.stop_at.saturating_add(left.into()),
        state,
        amounts,
        paid_net: record.map_or(0, |record| record.paid_net),
        withheld: record.map_or(0, |record| record.withheld),
        round,
        now,
        holder: record.map_or(grant.file.terms.recipient, |record| {
            holder(&grant.file.terms, &record.state, record.moved_to)
        }),
        recovery: record.map_or(Stage::None, |record| record.recovery.stage(now)),
        replaced: history.successors(grant.id).next().is_some(),
    })
}

/// One word for a person.
pub(crate) fn state_word(standing: &Standing) -> &'static str {
    let state = &standing.state;
    match () {
        () if standing.round == RoundStanding::NotCommitted => "not committed",
        () if standing.round == RoundStanding::NotAgreed => "not agreed",
        () if standing.round == RoundStanding::Rescinded => "round taken back",
        () if !state.has(Flags::OPENED) => "not opened",
        () if state.has(Flags::CLOSED) && standing.replaced => "replaced",
        () if state.has(Flags::CLOSED) => "closed",
        () if matches!(state.phase, Phase::Settled { .. }) => "settled",
        () if state.has(Flags::PAUSED) && standing.now < standing.pause_ends => "paused",
        () if state.has_ended(standing.now) => "ended",
        () if state.has(Flags::ENDED) => "notice given",
        () => "active",
    }
}

/// The state with its marks: `paused, held by its holder`.
pub(crate) fn state_words(standing: &Standing) -> String {
    let state = &standing.state;
    let mut words = vec![state_word(standing)];
    if state.has(Flags::PAUSED) && standing.now >= standing.pause_ends {
        words.push("its pause used up");
    }
    if state.has(Flags::MOVED) && !state.has(Flags::CLOSED) {
        words.push("moved");
    }
    if state.has(Flags::HOLDER_ONLY) {
        words.push("held by its holder");
    }
    match standing.recovery {
        Stage::None | Stage::Quiet { .. } => {}
        Stage::Announced { .. } | Stage::Open { .. } => words.push("recovery announced"),
        Stage::Lapsed { .. } => words.push("recovery lapsed"),
    }
    words.join(", ")
}

fn row(grant: &Grant, standing: &Standing, unit: &Unit) -> Vec<String> {
    vec![
        grant.name.clone(),
        state_words(standing),
        unit.show(grant.file.terms.amount),
        unit.show(standing.amounts.vested),
        unit.show(standing.amounts.payable),
        // What it had paid, its first successor counts as released.
        match standing.replaced {
            true => "replaced".to_owned(),
            false => unit.show(standing.amounts.released),
        },
        grant.id.to_string(),
    ]
}

/// The fields of one grant, base units as decimal strings.
pub(crate) fn value(grant: &Grant, standing: &Standing) -> Value {
    let amounts = &standing.amounts;
    json!({
        "name": grant.name,
        "id": grant.id,
        "state": state_word(standing),
        "held_by_holder": standing.state.has(Flags::HOLDER_ONLY),
        "withhold_bps": standing.state.withhold_bps,
        "recipient": grant.file.terms.recipient,
        "holder": standing.holder,
        "granted": grant.file.terms.amount.to_string(),
        "time_ppb": amounts.time_ppb,
        "open_ppb": amounts.open_ppb,
        "vested": amounts.vested.to_string(),
        "unlocked": amounts.unlocked.to_string(),
        "payable": amounts.payable.to_string(),
        // Null for a replaced grant: its first successor counts it as released.
        "released": (!standing.replaced).then(|| amounts.released.to_string()),
        "claimed": standing.paid_net.to_string(),
        "withheld": standing.withheld.to_string(),
        "held": amounts.held.to_string(),
    })
}
