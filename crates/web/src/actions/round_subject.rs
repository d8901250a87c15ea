//! A round that is to be committed or taken back, and whether the contract would.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::{Address, B256};
use guerdon_chain::Role;
use guerdon_core::ledger::RoundRecord;
use guerdon_core::pool::{Pool, PoolRefused, Round};
use guerdon_core::terms::Terms;
use guerdon_core::tree::Root;
use guerdon_store::Read;

use super::effect::{EffectView, Line};
use super::rounds::RoundAct;
use crate::dates;
use crate::error::PageError;
use crate::html::Money;
use crate::numbers::shortened;
use crate::strings::actions as words;
use crate::views::{Context, markup};

/// Rows asked of the store at a time.
const BATCH: u32 = 1_000;

/// The round of a page.
#[derive(Debug)]
pub(super) struct RoundSubject {
    pub(super) root: Root,
    pub(super) document: B256,
    /// The name that its import gave it, or its shortened root.
    pub(super) label: String,
    /// What is typed to confirm: the first digits of its root.
    pub(super) short: String,
    /// Grants, if it was imported here.
    pub(super) count: Option<u64>,
    imported: bool,
    /// Whether it was discarded on the command line.
    is_aside: bool,
    record: Option<RoundRecord>,
}

/// What the contract would do.
pub(super) enum Found {
    /// Why it would refuse.
    Refused(Vec<String>),
    /// What comes of it.
    Goes(EffectView),
}

impl RoundSubject {
    /// Whether the chain has it, so that it has a page.
    pub(super) const fn is_committed(&self) -> bool {
        self.record.is_some()
    }

    pub(super) async fn load(read: &mut Read, hash: B256) -> Result<Self, PageError> {
        let record = read.round(hash).await?;
        let imported = read.imported_round(hash).await?;
        if record.is_none() && imported.is_none() {
            return Err(PageError::Missing {
                noun: "round",
                id: hash,
            });
        }
        let whole = hash.to_string();
        let total = imported.as_ref().map(|round| round.total);
        let total = total.or(record.map(|record| record.total)).unwrap_or(0);
        let label = imported.as_ref().map(|round| round.label.clone());
        let label = label.filter(|label| !label.is_empty());
        Ok(Self {
            root: Root { hash, total },
            document: imported.as_ref().map_or(B256::ZERO, |round| round.document),
            label: label.unwrap_or_else(|| shortened(&whole)),
            short: whole.chars().take(10).collect(),
            count: imported.as_ref().map(|round| round.count),
            imported: imported.is_some(),
            is_aside: read.round_aside(hash).await?.is_some(),
            record,
        })
    }

    fn committed(&self) -> Option<Round> {
        self.record.map(|record| Round {
            total: record.total,
            committed_at: record.committed_at,
            binding_at: record.binding_at,
            since: record.since,
        })
    }
}

/// Asks core what the contract would, and the store who judges.
pub(super) async fn weigh(
    read: &mut Read,
    (subject, context): (&RoundSubject, &Context<'_>),
    act: RoundAct,
) -> Result<Found, PageError> {
    let record = read.pool().await?;
    let pool = Pool {
        funded: record.funded,
        promised: record.promised,
    };
    let now = context.now();
    let round = subject.committed();
    let weighed = match act {
        RoundAct::Commit { .. } if !subject.imported => {
            return Ok(Found::Refused(vec![words::ROUND_UNKNOWN.to_owned()]));
        }
        RoundAct::Commit { .. } if round.is_none() && subject.is_aside => {
            return Ok(Found::Refused(vec![words::SET_ASIDE.to_owned()]));
        }
        RoundAct::Commit { binding_at } => {
            pool.commit(round.as_ref(), subject.root, binding_at, now)
        }
        RoundAct::Rescind => match &round {
            Some(round) => pool.rescind(round, now),
            None => Err(PoolRefused::RoundNotFound),
        },
    };
    let (after, _) = match weighed {
        Ok(after) => after,
        Err(refused) => {
            let why = refusal(subject, context, act, refused);
            return Ok(Found::Refused(vec![why]));
        }
    };
    if let RoundAct::Commit { .. } = act {
        if let Some((name, other)) = read.rival_of_round(subject.root.hash).await? {
            let other = shortened(&other.to_string());
            return Ok(Found::Refused(vec![words::in_another_round(&name, &other)]));
        }
        let judges = own_judges(read, (subject, context)).await?;
        if !judges.is_empty() {
            return Ok(Found::Refused(judges));
        }
    }
    Ok(Found::Goes(effect((subject, context), act, (pool, after))))
}

fn effect(
    (subject, context): (&RoundSubject, &Context<'_>),
    act: RoundAct,
    (before, after): (Pool, Pool),
) -> EffectView {
    let token = context.token();
    let line = |what: &str, now: u128, after: u128| Line {
        what: what.to_owned(),
        now: markup(Money::words(now, token)),
        after: markup(Money::words(after, token)),
        changes: now != after,
    };
    let zone = context.zone_of(None).0;
    let said = match act {
        RoundAct::Commit { binding_at } => {
            let day = (binding_at > context.now()).then(|| dates::at(binding_at, &zone));
            vec![words::binds(day.as_deref())]
        }
        RoundAct::Rescind => {
            let binding_at = subject.record.map_or(0, |record| record.binding_at);
            vec![words::rescindable(&dates::at(binding_at, &zone))]
        }
    };
    let undo = match act {
        RoundAct::Commit { binding_at } if binding_at > context.now() => words::UNDO_COMMIT,
        RoundAct::Commit { .. } => words::UNDO_BINDING,
        RoundAct::Rescind => words::UNDO_RESCIND,
    };
    EffectView {
        lines: vec![
            line(words::FUNDED, before.funded, after.funded),
            line(words::PROMISED, before.promised, after.promised),
            line("Free", before.free(), after.free()),
        ],
        said,
        undo,
    }
}

fn refusal(
    subject: &RoundSubject,
    context: &Context<'_>,
    act: RoundAct,
    refused: PoolRefused,
) -> String {
    let zone = context.zone_of(None).0;
    let moment = |at| dates::at(at, &zone);
    match refused {
        PoolRefused::NotFreeEnough { wanted, free } => {
            words::short_of(context.token(), wanted, free)
        }
        PoolRefused::RootUsed { .. } => match subject.record {
            Some(record) if record.rescinded => words::RESCINDED.to_owned(),
            Some(record) => words::committed_before(&moment(record.committed_at)),
            None => words::ROUND_UNKNOWN.to_owned(),
        },
        PoolRefused::BindsTooLate { latest, .. } => words::binds_too_late(&moment(latest)),
        PoolRefused::Binding { binding_at } => {
            let since = subject.record.map_or(0, |record| record.committed_at);
            words::binding_since(&moment(binding_at.max(since)))
        }
        PoolRefused::RoundNotFound if act == RoundAct::Rescind => match subject.record {
            Some(_) => words::RESCINDED.to_owned(),
            None => words::NOT_COMMITTED.to_owned(),
        },
        other => crate::numbers::capital(&format!("{other}.")),
    }
}

/// Panel members of the round's goals that have a role of the company: who pays must not sign the
/// results that decide what is paid.
async fn own_judges(
    read: &mut Read,
    (subject, context): (&RoundSubject, &Context<'_>),
) -> Result<Vec<String>, PageError> {
    let goals = goals_of(read, subject.root.hash).await?;
    if goals.is_empty() {
        return Ok(Vec::new());
    }
    let mut members: BTreeMap<Address, &'static str> = BTreeMap::new();
    for role in Role::ALL {
        for member in read.members_of(role.id()).await? {
            if member.is_member(context.now()) {
                members.insert(member.account, role.label());
            }
        }
    }
    let mut names = BTreeMap::new();
    for row in read.goal_definitions().await? {
        names.insert(row.id, row.name);
    }
    let mut said = Vec::new();
    for goal in read
        .goals()
        .await?
        .iter()
        .filter(|goal| goals.contains(&goal.id))
    {
        let title = names.get(&goal.id).cloned();
        let title = title.unwrap_or_else(|| shortened(&goal.id.to_string()));
        for member in &goal.panel {
            if let Some(role) = members.get(member) {
                let role = role.to_lowercase();
                said.push(words::own_judge(&member.to_checksum(None), &title, &role));
            }
        }
    }
    Ok(said)
}

async fn goals_of(read: &mut Read, root: B256) -> Result<BTreeSet<B256>, PageError> {
    let mut goals = BTreeSet::new();
    let mut from = Some(0);
    while let Some(index) = from {
        let rows = read.terms_of_round(root, index, BATCH).await?;
        let full = u32::try_from(rows.len()).is_ok_and(|length| length >= BATCH);
        from = rows
            .last()
            .filter(|_| full)
            .map(|last| last.index.saturating_add(1));
        for row in rows {
            let terms = Terms::decode(&row.terms).map_err(|error| PageError::Records {
                noun: "grant",
                id: row.id,
                reason: error.to_string(),
            })?;
            goals.extend(terms.gates.iter().map(|gate| gate.goal));
        }
    }
    Ok(goals)
}
