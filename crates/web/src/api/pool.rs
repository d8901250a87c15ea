//! What is promised and paid in all, and the rounds.

use alloy_primitives::B256;
use futures::FutureExt;
use futures::future::BoxFuture;
use guerdon_store::Read;
use serde_json::{Value, json};

use super::books::Books;
use super::call::Call;
use super::endpoint::Outcome;
use super::problem::Problem;
use crate::data::money;
use crate::dates;
use crate::views::home::RoundSummary;

/// The whole of the deployment.
pub(super) fn overview<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let overview = books.overview(call, read).await?;
        let (state, pool) = (&call.state, &overview.pool);
        let token = &state.deployment.token;
        let opened = overview.rounds.iter().map(|round| round.totals.opened);
        let contracts = state.deployment.contracts.iter().map(|contract| {
            json!({
                "name": contract.name,
                "address": contract.address.to_checksum(None),
                "code_hash": contract.code_hash,
            })
        });
        Ok(json!({
            "as_of": books.as_of(call),
            "company": state.company.name,
            "token": {"symbol": token.symbol, "name": token.name, "decimals": token.decimals},
            "funded": money(pool.funded, token),
            "promised": money(pool.promised, token),
            "free": money(pool.free(), token),
            "released": money(pool.released, token),
            "withheld": money(pool.withheld, token),
            "paid": money(pool.paid_net(), token),
            "rounds": overview.rounds.len(),
            "opened_grants": opened.sum::<u64>(),
            "goals": overview.goals.len(),
            "contracts": contracts.collect::<Vec<_>>(),
        }))
    }
    .boxed()
}

/// Rounds in order of their roots.
pub(super) fn rounds<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let overview = books.overview(call, read).await?;
        let rounds = overview.rounds.iter();
        let mut rows: Vec<(B256, Value)> = rounds
            .map(|round| (round.record.root, view(call, round)))
            .collect();
        rows.sort_by_key(|(root, _)| *root);
        Ok(books.page(call, books.rest(rows)))
    }
    .boxed()
}

/// One round.
pub(super) fn round<'a>(call: &'a Call, read: &'a mut Read) -> BoxFuture<'a, Outcome> {
    async move {
        let books = Books::open(call, read).await?;
        let overview = books.overview(call, read).await?;
        let root = call.id("root");
        let mut rounds = overview.rounds.iter();
        let round = rounds.find(|round| round.record.root == root);
        let round = round.ok_or_else(|| Problem::missing("round"))?;
        Ok(json!({"as_of": books.as_of(call), "round": view(call, round)}))
    }
    .boxed()
}

fn view(call: &Call, round: &RoundSummary) -> Value {
    let (record, totals) = (&round.record, &round.totals);
    let token = &call.state.deployment.token;
    json!({
        "root": record.root,
        "name": round.title(),
        "total": money(record.total, token),
        "committed_at": dates::machine(record.committed_at),
        "binding_at": dates::machine(record.binding_at.max(record.committed_at)),
        "rescinded": record.rescinded,
        "document": record.document,
        "transaction": record.committed.tx,
        "imported_grants": round.imported.as_ref().map(|imported| imported.count),
        "opened": totals.opened,
        "payments": totals.payments,
        "paid": money(totals.paid_net, token),
    })
}
