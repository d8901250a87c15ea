//! The company's rounds: what was imported, what is promised, what can still be taken back.

use std::collections::BTreeMap;

use alloy_primitives::B256;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use guerdon_core::ledger::RoundRecord;
use guerdon_store::{ImportedRound, Read};

use crate::access::{Access, CompanyReader, Viewer};
use crate::dates;
use crate::error::PageError;
use crate::html::{Hex, Money, When};
use crate::load;
use crate::numbers::{grouped, shortened};
use crate::pages::{Answer, Form, html};
use crate::routes::Route;
use crate::state::AppState;
use crate::strings::company as words;
use crate::table::{self, Rows};
use crate::views::Context;
use crate::views::shell::{Place, Shell};

#[derive(Debug, Template)]
#[template(path = "pages/company_rounds.html")]
struct RoundsPage {
    shell: Shell,
    free: String,
    rows: Vec<RoundRow>,
    empty: &'static str,
}

#[derive(Debug)]
struct RoundRow {
    name: String,
    href: String,
    root: Hex,
    grants: String,
    total: Money,
    state: String,
    until: Option<When>,
    /// What can be done about it now: words and path.
    act: Option<(&'static str, String)>,
}

/// A round as the company knows it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) root: B256,
    pub(super) imported: Option<ImportedRound>,
    pub(super) record: Option<RoundRecord>,
}

/// Where a round stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Imported,
    Revocable,
    Binding,
    Rescinded,
}

impl Known {
    pub(super) fn stage(&self, now: u64) -> Stage {
        match &self.record {
            None => Stage::Imported,
            Some(record) if record.rescinded => Stage::Rescinded,
            Some(record) if record.binding_at > now => Stage::Revocable,
            Some(_) => Stage::Binding,
        }
    }

    pub(super) fn name(&self) -> String {
        let label = self.imported.as_ref().map(|round| round.label.clone());
        let label = label.filter(|label| !label.is_empty());
        label.unwrap_or_else(|| shortened(&self.root.to_string()))
    }

    /// What it promises, or would.
    pub(super) fn total(&self) -> u128 {
        let imported = self.imported.as_ref().map(|round| round.total);
        imported
            .or(self.record.map(|record| record.total))
            .unwrap_or(0)
    }
}

/// Every round that was imported or committed, those that wait first, then the newest.
pub(super) async fn known(read: &mut Read) -> Result<Vec<Known>, PageError> {
    let mut imported: BTreeMap<_, _> = BTreeMap::new();
    for round in read.imported_rounds().await? {
        imported.insert(round.root, round);
    }
    let mut committed = Vec::new();
    for record in read.rounds().await? {
        committed.push(Known {
            root: record.root,
            imported: imported.remove(&record.root),
            record: Some(record),
        });
    }
    let waiting = imported.into_iter().map(|(root, round)| Known {
        root,
        imported: Some(round),
        record: None,
    });
    Ok(waiting.chain(committed).collect())
}

/// The list and its data.
pub(super) fn routes() -> Vec<Route> {
    let reads = Access::CompanyReader;
    vec![
        Route::get("/company/rounds", reads, page),
        Route::get("/company/rounds.json", reads, data),
        Route::get("/company/rounds.csv", reads, data),
        Route::get("/company/rounds.xlsx", reads, data),
    ]
}

async fn page(State(state): State<AppState>, CompanyReader(viewer): CompanyReader) -> Answer {
    let mut read = state.store.read().await?;
    let as_of = load::as_of(&mut read, &state).await?;
    let context = load::context(&state, as_of, Some(&viewer));
    let rounds = known(&mut read).await?;
    let free = read.pool().await?.free();
    html(&RoundsPage {
        shell: Shell::new(&context, "Rounds", Place::CompanyRounds)
            .with_zone(&context.zone_of(None).1),
        free: words::free_money(
            &context.token().words(free),
            promised_next(&rounds, &context),
        ),
        rows: rounds
            .iter()
            .map(|round| row(round, &context, &viewer))
            .collect(),
        empty: words::NO_ROUNDS,
    })
}

/// What rounds that wait for their signature come to.
fn promised_next(rounds: &[Known], context: &Context<'_>) -> Option<String> {
    let waiting = rounds.iter().filter(|round| round.record.is_none());
    let sum = waiting.map(Known::total).fold(0, u128::saturating_add);
    (sum > 0).then(|| context.token().words(sum))
}

fn row(round: &Known, context: &Context<'_>, viewer: &Viewer) -> RoundRow {
    let stage = round.stage(context.now());
    let zone = context.zone_of(None).0;
    let path = |verb: &str| format!("/company/rounds/{}/{verb}", round.root);
    let signs = viewer.wallet().is_some();
    RoundRow {
        name: round.name(),
        href: match stage {
            Stage::Imported => path("commit"),
            _ => format!("/rounds/{}", round.root),
        },
        root: Hex::hash(&round.root),
        grants: round
            .imported
            .as_ref()
            .map_or_else(|| "not imported here".to_owned(), |it| grouped(it.count)),
        total: Money::plain(round.total(), context.token()),
        state: words::round_stage(stage).to_owned(),
        until: match (stage, &round.record) {
            (Stage::Revocable, Some(record)) => {
                Some(When::near(record.binding_at, &zone, context.now()))
            }
            (Stage::Binding, Some(record)) => {
                let since = record.binding_at.max(record.committed_at);
                Some(When::date(since, &zone))
            }
            _ => None,
        },
        act: match stage {
            Stage::Imported if signs => Some(("Commit it", path("commit"))),
            Stage::Revocable if signs => Some(("Take it back", path("rescind"))),
            _ => None,
        },
    }
}

async fn data(
    State(state): State<AppState>,
    CompanyReader(_viewer): CompanyReader,
    form: Form,
) -> Result<Response, PageError> {
    let mut read = state.store.read().await?;
    let now = load::as_of(&mut read, &state).await?.now();
    let token = &state.deployment.token;
    let header = [
        "round",
        "root",
        "grants",
        "total",
        "symbol",
        "state",
        "committed",
        "binding",
    ];
    let mut rows = Rows::new(&header).amounts(token, &["total"]);
    for round in known(&mut read).await? {
        let time = |at: Option<u64>| at.map_or_else(String::new, dates::machine);
        let grants = round.imported.as_ref().map(|it| it.count);
        rows.row(&[
            &round.name(),
            &round.root,
            &grants,
            &round.total(),
            &token.symbol,
            &words::round_stage(round.stage(now)),
            &time(round.record.map(|record| record.committed_at)),
            &time(
                round
                    .record
                    .map(|record| record.binding_at.max(record.committed_at)),
            ),
        ]);
    }
    table::answer(form, rows).await
}
