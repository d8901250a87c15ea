//! Logs into facts, facts into records, records into rows.

use std::collections::{BTreeMap, BTreeSet};

use alloy_primitives::B256;
use guerdon_chain::{decode, event_name};
use guerdon_core::fact::{Fact, Log, Origin, Subject};
use guerdon_core::ledger::{
    AccessRecords, GoalRecord, GrantRecord, LedgerError, PoolRecord, Record, RoundRecord,
};
use guerdon_store::{LogRow, Successor, Tx};

use crate::IndexError;
use crate::access;

/// A log that states a fact.
#[derive(Clone, Debug)]
pub(crate) struct Stated {
    fact: Fact,
    row: LogRow,
}

/// Logs of the pool read at a time when its record is folded again.
const PAGE: u32 = 2_000;

/// The facts that logs state, in the order of the chain. Logs that state none are left out.
pub(crate) fn read_facts(logs: &[Log]) -> Result<Vec<Stated>, IndexError> {
    logs.iter()
        .filter_map(|log| state(log).transpose())
        .collect()
}

/// Writes the logs of new facts and what they make of the records.
pub(crate) async fn fold(tx: &mut Tx, stated: &[Stated]) -> Result<(), IndexError> {
    let mut touched = Touched::default();
    touched.load_grants(tx, stated).await?;
    for Stated { fact, row } in stated {
        touched.take_up(tx, &row.log.origin, fact).await?;
    }
    let rows: Vec<_> = stated.iter().map(|stated| stated.row.clone()).collect();
    tx.insert_logs(&rows).await?;
    touched.write(tx).await
}

/// Folds records again from the logs that are left of them.
pub(crate) async fn refold(tx: &mut Tx, subjects: &[Subject]) -> Result<(), IndexError> {
    for subject in subjects {
        match *subject {
            Subject::Token => {}
            Subject::Pool => refold_pool(tx).await?,
            Subject::Round(root) => match whole::<RoundRecord>(tx, subject).await? {
                Some(record) => tx.put_round(&record).await?,
                None => tx.delete_round(root).await?,
            },
            Subject::Grant(id) => match whole_grant(tx, id).await? {
                Some(record) => tx.put_grant(&record).await?,
                None => {
                    tx.delete_grant(id).await?;
                    tx.delete_successor(id).await?;
                }
            },
            Subject::Goal(id) => match whole::<GoalRecord>(tx, subject).await? {
                Some(record) => tx.put_goal(&record).await?,
                None => tx.delete_goal(id).await?,
            },
            Subject::Member(..) | Subject::Function(..) | Subject::Operation(..) => {
                access::refold(tx, subject).await?;
            }
        }
    }
    Ok(())
}

/// The records that a range of blocks touches: read once, written once.
#[derive(Default)]
struct Touched {
    pool: Option<PoolRecord>,
    rounds: BTreeMap<B256, RoundRecord>,
    grants: BTreeMap<B256, GrantRecord>,
    /// Those whose records were looked for, found or not.
    sought: BTreeSet<B256>,
    goals: BTreeMap<B256, GoalRecord>,
    access: AccessRecords,
}

impl Touched {
    /// Reads the records of all grants that the facts are about, many at a time.
    async fn load_grants(&mut self, tx: &mut Tx, stated: &[Stated]) -> Result<(), IndexError> {
        let subjects = stated.iter().map(|stated| stated.row.subject);
        self.sought = subjects
            .filter_map(|subject| match subject {
                Subject::Grant(id) => Some(id),
                _ => None,
            })
            .collect();
        let ids: Vec<_> = self.sought.iter().copied().collect();
        let known = tx.grants_of_ids(&ids).await?.into_iter();
        self.grants = known.map(|grant| (grant.id, grant)).collect();
        Ok(())
    }

    async fn take_up(
        &mut self,
        tx: &mut Tx,
        origin: &Origin,
        fact: &Fact,
    ) -> Result<(), IndexError> {
        let fits = |error| contradiction(origin, error);
        if moves_pool(fact.subject()) {
            let pool = match &mut self.pool {
                Some(pool) => pool,
                None => self.pool.insert(tx.pool().await?),
            };
            pool.apply(origin, fact).map_err(fits)?;
        }
        match fact.subject() {
            Subject::Pool | Subject::Token => Ok(()),
            Subject::Round(root) => {
                if !self.rounds.contains_key(&root)
                    && let Some(known) = tx.round(root).await?
                {
                    self.rounds.insert(root, known);
                }
                advance(&mut self.rounds, root, origin, fact).map_err(fits)
            }
            Subject::Grant(id) => {
                self.load_grant(tx, id).await?;
                advance(&mut self.grants, id, origin, fact).map_err(fits)?;
                self.inherit_since(tx, fact).await?;
                self.inherit(tx, origin, fact).await
            }
            Subject::Goal(id) => {
                if !self.goals.contains_key(&id)
                    && let Some(known) = tx.goal(id).await?
                {
                    self.goals.insert(id, known);
                }
                advance(&mut self.goals, id, origin, fact).map_err(fits)
            }
            subject @ (Subject::Member(..) | Subject::Function(..) | Subject::Operation(..)) => {
                access::load(tx, subject, &mut self.access).await?;
                self.access.apply(origin, fact).map_err(fits)
            }
        }
    }

    /// A grant that opens has its round's epoch, which its own event does not repeat.
    async fn inherit_since(&mut self, tx: &mut Tx, fact: &Fact) -> Result<(), IndexError> {
        let Fact::Opened { id, root, .. } = fact else {
            return Ok(());
        };
        let round = self.rounds.get(root).copied();
        if let Some(grant) = self.grants.get_mut(id) {
            set_since(tx, grant, round).await?;
        }
        Ok(())
    }

    async fn load_grant(&mut self, tx: &mut Tx, id: B256) -> Result<(), IndexError> {
        if self.sought.insert(id)
            && let Some(known) = tx.grant(id).await?
        {
            self.grants.insert(id, known);
        }
        Ok(())
    }

    /// A grant that replaces another takes over from it what its own events do not repeat.
    async fn inherit(
        &mut self,
        tx: &mut Tx,
        origin: &Origin,
        fact: &Fact,
    ) -> Result<(), IndexError> {
        let Fact::Succeeded { old, id, terms, .. } = fact else {
            return Ok(());
        };
        self.load_grant(tx, *old).await?;
        let replaced = self.grants.get(old).copied();
        if let Some(grant) = self.grants.get_mut(id) {
            take_over(grant, replaced.as_ref(), origin)?;
            let round = self.rounds.get(&grant.root).copied();
            set_since(tx, grant, round).await?;
        }
        let (id, terms) = (*id, terms.clone());
        Ok(tx.put_successor(&Successor { id, terms }).await?)
    }

    async fn write(self, tx: &mut Tx) -> Result<(), IndexError> {
        if let Some(pool) = &self.pool {
            tx.put_pool(pool).await?;
        }
        for record in self.rounds.values() {
            tx.put_round(record).await?;
        }
        let grants: Vec<_> = self.grants.into_values().collect();
        tx.put_grants(&grants).await?;
        for record in self.goals.values() {
            tx.put_goal(record).await?;
        }
        access::write(tx, &self.access).await
    }
}

fn advance<R: Record>(
    records: &mut BTreeMap<B256, R>,
    key: B256,
    origin: &Origin,
    fact: &Fact,
) -> Result<(), LedgerError> {
    if let Some(record) = records.get_mut(&key) {
        return record.apply(origin, fact);
    }
    let unknown = LedgerError::Unknown {
        subject: fact.subject(),
    };
    records.insert(key, R::begin(origin, fact).ok_or(unknown)?);
    Ok(())
}

/// A grant has its round's epoch, unless it is closed for good.
async fn set_since(
    tx: &mut Tx,
    grant: &mut GrantRecord,
    round: Option<RoundRecord>,
) -> Result<(), IndexError> {
    if grant.state.has(guerdon_core::state::Flags::CLOSED) {
        return Ok(());
    }
    let round = match round {
        Some(round) => Some(round),
        None => tx.round(grant.root).await?,
    };
    if let Some(round) = round {
        grant.state.since = round.since;
    }
    Ok(())
}

fn take_over(
    grant: &mut GrantRecord,
    replaced: Option<&GrantRecord>,
    origin: &Origin,
) -> Result<(), IndexError> {
    let Some(descent) = grant.descent else {
        return Ok(());
    };
    let subject = Subject::Grant(descent.old);
    let unknown = contradiction(origin, LedgerError::Unknown { subject });
    let replaced = replaced.ok_or(unknown)?;
    let subject = Subject::Grant(grant.id);
    let amount = contradiction(origin, LedgerError::Amount { subject });
    grant.inherit(replaced).ok_or(amount)
}

/// A grant's record from its logs and from those of the grants before it, which it took over from.
async fn whole_grant(tx: &mut Tx, id: B256) -> Result<Option<GrantRecord>, IndexError> {
    let mut line: Vec<GrantRecord> = Vec::new();
    let mut next = Some(id);
    while let Some(id) = next {
        let Some(record) = whole::<GrantRecord>(tx, &Subject::Grant(id)).await? else {
            break;
        };
        next = record.descent.map(|descent| descent.old);
        line.push(record);
    }
    let mut before: Option<GrantRecord> = None;
    while let Some(mut record) = line.pop() {
        let opened = record.opened;
        take_over(&mut record, before.as_ref(), &opened)?;
        set_since(tx, &mut record, None).await?;
        before = Some(record);
    }
    Ok(before)
}

async fn refold_pool(tx: &mut Tx) -> Result<(), IndexError> {
    let mut pool = PoolRecord::default();
    let mut after = None;
    loop {
        let rows = tx.logs_of_pool(after, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = Some((last.log.origin.block, last.log.origin.log_index));
        for row in &rows {
            let origin = &row.log.origin;
            if let Some(fact) = decode(&row.log)? {
                pool.apply(origin, &fact)
                    .map_err(|error| contradiction(origin, error))?;
            }
        }
    }
    tx.put_pool(&pool).await?;
    Ok(())
}

pub(crate) async fn whole<R: Record>(
    tx: &mut Tx,
    subject: &Subject,
) -> Result<Option<R>, IndexError> {
    let rows = tx.logs_of(subject).await?;
    let Some(last) = rows.last() else {
        return Ok(None);
    };
    let last = last.log.origin;
    let mut facts = Vec::with_capacity(rows.len());
    for row in &rows {
        facts.extend(decode(&row.log)?.map(|fact| (row.log.origin, fact)));
    }
    R::fold(&facts).map_err(|error| contradiction(&last, error))
}

fn state(log: &Log) -> Result<Option<Stated>, IndexError> {
    let Some(fact) = decode(log)? else {
        return Ok(None);
    };
    let subject = fact.subject();
    let row = LogRow {
        log: log.clone(),
        name: event_name(log).unwrap_or_default().to_owned(),
        subject,
        moves_pool: moves_pool(subject),
    };
    Ok(Some(Stated { fact, row }))
}

/// Every fact about the pool, a round or a grant may move the pool's money.
fn moves_pool(subject: Subject) -> bool {
    matches!(
        subject,
        Subject::Pool | Subject::Round(_) | Subject::Grant(_)
    )
}

fn contradiction(origin: &Origin, error: LedgerError) -> IndexError {
    IndexError::Contradiction {
        block: origin.block,
        log_index: origin.log_index,
        error,
    }
}
