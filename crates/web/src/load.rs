//! Reads the records of a page from one snapshot of the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use alloy_primitives::B256;
use guerdon_core::fact::{Fact, Origin, Subject};
use guerdon_core::ledger::{GrantRecord, RoundRecord};
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::Recovery;
use guerdon_core::terms::Terms;
use guerdon_store::{Checkpoint, ImportedGrant, ImportedRound, Papers, Read};

use crate::access::Viewer;
use crate::error::PageError;
use crate::outline::{self, NamedRound, Outline};
use crate::state::{AppState, OverviewKey};
use crate::views::Context;
use crate::views::forecast::Vesting;
use crate::views::goal::GoalData;
use crate::views::grant::GrantData;
use crate::views::home::{Forecast, Overview, RoundSummary, RoundTotals};
use crate::views::round::{OpenedGrant, RoundData};
use crate::views::shell::AsOf;

/// Rows asked of the store at a time.
const BATCH: u32 = 1_000;
/// Grants on one page of a round, and at most on a goal's.
const PAGE: u32 = 100;

/// As of when the snapshot speaks.
pub(crate) async fn as_of(read: &mut Read, state: &AppState) -> Result<AsOf, PageError> {
    Ok(as_of_checkpoint(read.checkpoint().await?.as_ref(), state))
}

/// As of when a snapshot with this checkpoint speaks.
pub(crate) fn as_of_checkpoint(checkpoint: Option<&Checkpoint>, state: &AppState) -> AsOf {
    AsOf {
        head: checkpoint.map(|checkpoint| (checkpoint.block, checkpoint.time)),
        answered: state.heartbeat.last(),
        trouble: state.heartbeat.trouble(),
        wall: (state.wall)(),
        chain_id: state.deployment.chain_id,
    }
}

pub(crate) fn context<'a>(
    state: &'a AppState,
    as_of: AsOf,
    viewer: Option<&'a Viewer>,
) -> Context<'a> {
    Context {
        company: &state.company,
        deployment: &state.deployment,
        as_of,
        viewer,
    }
}

/// The context of a page that is about no block.
pub(crate) fn bare<'a>(state: &'a AppState, viewer: Option<&'a Viewer>) -> Context<'a> {
    context(state, AsOf::default(), viewer)
}

/// Everything of the company; summed once for each block, however many pages ask, and shared by
/// them.
pub(crate) async fn overview(
    read: &mut Read,
    state: &AppState,
) -> Result<Arc<Overview>, PageError> {
    let key = OverviewKey {
        head: read.checkpoint().await?.map(|checkpoint| checkpoint.hash),
        imported: read.imported_size().await?,
        definitions: read.count_goal_definitions().await?,
    };
    let mut last = state.overview().lock().await;
    if let Some((of, known)) = last.as_ref()
        && *of == key
    {
        return Ok(Arc::clone(known));
    }
    let overview = Arc::new(summed(read).await?);
    *last = Some((key, Arc::clone(&overview)));
    Ok(overview)
}

async fn summed(read: &mut Read) -> Result<Overview, PageError> {
    let mut overview = Overview {
        pool: read.pool().await?,
        now: read.checkpoint().await?.map_or(0, |head| head.time),
        goals: outline::goals(read).await?,
        ..Overview::default()
    };
    for record in read.rounds().await? {
        let imported = read.imported_round(record.root).await?;
        add_round(read, &mut overview, (record, imported)).await?;
    }
    Ok(overview)
}

/// The forecast of an overview; made once, away from the threads that answer.
pub(crate) async fn forecast(overview: &Arc<Overview>) -> Result<&Option<Forecast>, PageError> {
    let made = || async {
        let overview = Arc::clone(overview);
        let made = tokio::task::spawn_blocking(move || overview.months()).await;
        let failed = |reason: String| PageError::Records {
            noun: "pool",
            id: B256::ZERO,
            reason,
        };
        let made = made.map_err(|error| failed(error.to_string()))?;
        made.map_err(|error| failed(error.to_string()))
    };
    overview.forecast.get_or_try_init(made).await
}

async fn add_round(
    read: &mut Read,
    overview: &mut Overview,
    (record, imported): (RoundRecord, Option<ImportedRound>),
) -> Result<(), PageError> {
    let mut totals = RoundTotals::default();
    let since = record.since;
    let mut opened: BTreeMap<B256, GrantRecord> = BTreeMap::new();
    let mut from = Some(0);
    while let Some(index) = from {
        let batch = read.grants_of_round(record.root, index, BATCH).await?;
        from = next(&batch, BATCH, |grant| grant.index);
        for grant in batch {
            totals.add(&grant);
            opened.insert(grant.id, grant);
        }
    }
    let mut from = (!record.rescinded).then_some(0);
    while let Some(index) = from {
        let batch = read.terms_of_round(record.root, index, BATCH).await?;
        from = next(&batch, BATCH, |grant| grant.index);
        for grant in batch {
            let terms = decoded(&grant)?;
            let record = opened.get(&grant.id);
            // What took its place counts instead.
            if record.is_some_and(GrantRecord::was_replaced) {
                continue;
            }
            add_decided(overview, &terms);
            match record {
                Some(record) => overview.opened.push(Vesting {
                    terms,
                    state: record.state,
                }),
                None => {
                    let state = State::opened(terms.withhold_bps, since);
                    overview.unopened.push(Vesting { terms, state });
                }
            }
        }
    }
    for grant in read.successors_of_round(record.root).await? {
        totals.add(&grant);
        if let Some((terms, _)) = known_terms(read, &grant, None).await? {
            add_decided(overview, &terms);
            overview.opened.push(Vesting {
                terms,
                state: grant.state,
            });
        }
    }
    overview.rounds.push(RoundSummary {
        record,
        imported,
        totals,
    });
    Ok(())
}

/// Counts a grant for the goals that decide it.
fn add_decided(overview: &mut Overview, terms: &Terms) {
    let goals: BTreeSet<_> = terms.gates.iter().map(|gate| gate.goal).collect();
    for goal in goals {
        *overview.decides.entry(goal).or_default() += 1;
        let judged = overview.goals.iter().find(|known| known.record.id == goal);
        if judged.is_some_and(|known| known.record.panel.contains(&terms.recipient)) {
            let conflicts = overview.conflicts.entry(goal).or_default();
            conflicts.insert(terms.recipient);
        }
    }
}

/// Where the next batch begins, if this one was full.
fn next<T, I>(batch: &[T], limit: u32, index: impl Fn(&T) -> I) -> Option<I>
where
    I: std::ops::Add<Output = I> + From<u8>,
{
    let full = u32::try_from(batch.len()).is_ok_and(|length| length >= limit);
    batch
        .last()
        .filter(|_| full)
        .map(|last| index(last) + I::from(1))
}

/// A round with its opened grants from a leaf on.
pub(crate) async fn round(
    read: &mut Read,
    state: &AppState,
    (root, from): (B256, u32),
) -> Result<RoundData, PageError> {
    let overview = overview(read, state).await?;
    let summary = overview
        .rounds
        .iter()
        .find(|round| round.record.root == root);
    let summary = summary.cloned().ok_or(PageError::Missing {
        noun: "round",
        id: root,
    })?;
    let records = read.grants_of_round(root, from, PAGE).await?;
    let more = next(&records, PAGE, |grant| grant.index);
    let mut grants = Vec::with_capacity(records.len());
    for record in with_successors(read, root, records).await? {
        let (terms, zone) = known_terms(read, &record, None).await?.unzip();
        let zone = zone.flatten();
        grants.push(OpenedGrant {
            record,
            terms,
            zone,
        });
    }
    Ok(RoundData {
        summary,
        pool: overview.pool,
        grants,
        goals: overview.goals.clone(),
        more,
    })
}

/// Grants of a page, each followed by what came of its leaf by replacements.
async fn with_successors(
    read: &mut Read,
    root: B256,
    records: Vec<GrantRecord>,
) -> Result<Vec<GrantRecord>, PageError> {
    let later = read.successors_of_round(root).await?;
    let mut all = Vec::with_capacity(records.len());
    for record in records {
        all.push(record);
        all.extend(later.iter().filter(|grant| grant.index == record.index));
    }
    Ok(all)
}

/// A grant that was opened.
pub(crate) async fn grant(
    read: &mut Read,
    state: &AppState,
    id: B256,
) -> Result<GrantData, PageError> {
    let facts = facts(read, state, Subject::Grant(id)).await?;
    let missing = PageError::Missing { noun: "grant", id };
    let record = read.grant(id).await?.ok_or(missing)?;
    let outline = Outline::read(read).await?;
    let data = listed(read, &outline, record, None).await?;
    Ok(GrantData { facts, ..data })
}

/// A grant that was opened, without its history: for lists, which read the outline once, and what
/// was imported in one go.
pub(crate) async fn listed(
    read: &mut Read,
    outline: &Outline,
    record: GrantRecord,
    papers: Option<&Papers>,
) -> Result<GrantData, PageError> {
    let round = outline.rounds.get(&record.root);
    let known = known_terms(read, &record, papers).await?;
    let (terms, zone) = known.unzip();
    let successors = match record.was_replaced() {
        true => read.successors_of(record.id).await?,
        false => Vec::new(),
    };
    Ok(GrantData {
        successors,
        record,
        facts: Vec::new(),
        terms,
        zone: zone.flatten(),
        goals: outline.goals.clone(),
        round: round.map_or_else(|| record.root.to_string(), NamedRound::title),
        leaves: round.and_then(NamedRound::leaves),
        binding_at: round.map_or(0, |round| round.record.binding_at),
        named: None,
    })
}

/// A grant of a committed round that is not opened yet: as its first claim will find it. For its
/// holder and the company alone.
pub(crate) async fn promised(read: &mut Read, id: B256) -> Result<GrantData, PageError> {
    let missing = || PageError::Missing { noun: "grant", id };
    let imported = read.terms(id).await?.ok_or_else(missing)?;
    let outline = Outline::read(read).await?;
    promised_of(&outline, imported)?.ok_or_else(missing)
}

/// The same from what was read; `None` if the grant's round is not committed.
pub(crate) fn promised_of(
    outline: &Outline,
    imported: ImportedGrant,
) -> Result<Option<GrantData>, PageError> {
    let round = outline.rounds.get(&imported.root);
    let Some(round) = round.filter(|round| !round.record.rescinded) else {
        return Ok(None);
    };
    let terms = decoded(&imported)?;
    Ok(Some(GrantData {
        record: unopened(&imported, &terms, &round.record),
        facts: Vec::new(),
        terms: Some(terms),
        zone: Some(imported.zone),
        goals: outline.goals.clone(),
        round: round.title(),
        leaves: round.leaves(),
        successors: Vec::new(),
        binding_at: round.record.binding_at,
        named: None,
    }))
}

/// The record of a grant that has no word on the chain yet.
fn unopened(imported: &ImportedGrant, terms: &Terms, round: &RoundRecord) -> GrantRecord {
    GrantRecord {
        id: imported.id,
        root: imported.root,
        index: u32::try_from(imported.index).unwrap_or(u32::MAX),
        descent: None,
        recipient: terms.recipient,
        amount: terms.amount,
        state: State {
            withhold_bps: terms.withhold_bps,
            since: round.since,
            ..State::UNOPENED
        },
        moved_to: None,
        recovery: Recovery::default(),
        inherited: 0,
        paid_net: 0,
        withheld: 0,
        freed: 0,
        payments: 0,
        opened: round.committed,
        changed: round.committed,
    }
}

/// The terms of a grant and the zone of its dates, from its round's import or, if it replaced
/// another, from the chain.
async fn known_terms(
    read: &mut Read,
    record: &GrantRecord,
    papers: Option<&Papers>,
) -> Result<Option<(Terms, Option<String>)>, PageError> {
    // The terms of a closed grant say nothing that holds.
    if record.state.has(Flags::CLOSED) {
        return Ok(None);
    }
    let Some(descent) = record.descent else {
        if let Some(papers) = papers {
            let terms = terms_of(record.id, &papers.terms)?;
            return Ok(Some((terms, Some(papers.zone.clone()))));
        }
        let Some(imported) = read.terms(record.id).await? else {
            return Ok(None);
        };
        return Ok(Some((decoded(&imported)?, Some(imported.zone))));
    };
    let Some(published) = read.successor(record.id).await? else {
        return Ok(None);
    };
    let terms = terms_of(record.id, &published.terms)?;
    Ok(Some((terms, origin_zone(read, descent.old).await?)))
}

/// The zone of the grant that a line of replacements began with.
async fn origin_zone(read: &mut Read, old: B256) -> Result<Option<String>, PageError> {
    let id = origin(read, old).await?;
    Ok(read.terms(id).await?.map(|imported| imported.zone))
}

/// The grant of a round that a line of replacements began with; itself if it replaced none.
pub(crate) async fn origin(read: &mut Read, grant: B256) -> Result<B256, PageError> {
    let mut id = grant;
    while let Some(descent) = read.grant(id).await?.and_then(|grant| grant.descent) {
        id = descent.old;
    }
    Ok(id)
}

/// A goal with the opened grants that it decides.
pub(crate) async fn goal(
    read: &mut Read,
    state: &AppState,
    id: B256,
) -> Result<GoalData, PageError> {
    let overview = overview(read, state).await?;
    let goal = overview.goals.iter().find(|goal| goal.record.id == id);
    let goal = goal
        .cloned()
        .ok_or(PageError::Missing { noun: "goal", id })?;
    let mut grants = Vec::new();
    for row in read.gates_of_goal(id).await? {
        let grant = read.grant(row.grant).await?;
        if let Some(grant) = grant.filter(|grant| !grant.was_replaced()) {
            grants.push((grant.id, grant.amount, row.gate));
        }
        if grants.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX) {
            break;
        }
    }
    let facts = facts(read, state, Subject::Goal(id)).await?;
    let decides = overview.decides.get(&id).copied().unwrap_or(0);
    let conflicts = overview.conflicts.get(&id).map_or(0, BTreeSet::len);
    Ok(GoalData {
        goal,
        facts,
        grants,
        decides,
        conflicts,
    })
}

/// What happened to a subject, in the order of the chain.
pub(crate) async fn facts(
    read: &mut Read,
    state: &AppState,
    subject: Subject,
) -> Result<Vec<(Origin, Fact)>, PageError> {
    let logs = read.logs_of(&subject).await?.into_iter();
    let facts = logs.filter_map(|row| Some((row.log.origin, (state.decode)(&row.log)?)));
    Ok(facts.collect())
}

fn decoded(grant: &ImportedGrant) -> Result<Terms, PageError> {
    terms_of(grant.id, &grant.terms)
}

fn terms_of(id: B256, bytes: &[u8]) -> Result<Terms, PageError> {
    Terms::decode(bytes).map_err(|error| PageError::Records {
        noun: "grant",
        id,
        reason: error.to_string(),
    })
}
