//! What is to be told: facts in logs of final blocks, and steps that chain time has completed.

use std::collections::{BTreeMap, HashMap};

use alloy_primitives::{B256, hex, keccak256};
use guerdon_chain::decode;
use guerdon_core::fact::Subject;
use guerdon_core::grant::{Step, earned_by, reached_at, steps};
use guerdon_core::ledger::GrantRecord;
use guerdon_core::terms::Terms;
use guerdon_store::{Checkpoint, GrantSteps, LogRow, NewEvent, Read, StoreError, Told};
use guerdon_web::{EventKind, Token, event_of, vested_event};

/// Logs, and grants with steps, that are told at once.
const AT_ONCE: u32 = 500;
/// Steps of one grant that are told at once; the rest follows.
const STEPS_AT_ONCE: usize = 100;

/// Whose facts are told, and how amounts are written.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) chain_id: u64,
    /// Hash of the chain's first block: tells one local chain from the next.
    pub(super) genesis: B256,
    pub(super) token: Token,
}

/// What is to be told next.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) events: Vec<NewEvent>,
    pub(super) steps: Vec<GrantSteps>,
    /// The last block that was looked at.
    pub(super) to: (u64, B256),
    /// Whether there is more.
    pub(super) more: bool,
}

impl Facts {
    /// Looks for what was not told up to the last final block.
    pub(super) async fn look(
        &self,
        read: &mut Read,
        told: &Told,
        end: &Checkpoint,
    ) -> Result<Found, StoreError> {
        let (logs, cut) = whole_blocks(read, told.block, end.block).await?;
        let last = logs.last().filter(|_| cut).map(|row| row.log.origin);
        let (to, hash, now) = last.map_or((end.block, end.hash, end.time), |origin| {
            (origin.block, origin.block_hash, origin.block_time)
        });
        let mut known = BTreeMap::new();
        let due = read.steps_due((now, to), AT_ONCE).await?;
        let mut more = cut || due.len() >= AT_ONCE as usize;
        let mut events = Vec::new();
        for mut grant in due {
            more |= self.of_steps(read, &mut grant, now, &mut events).await?;
            known.insert(grant.id, grant);
        }
        events.extend(self.of_logs(&logs));
        events.sort_by_key(|event| event.at);
        for row in &logs {
            if let Subject::Grant(id) = row.subject
                && let Some(steps) = refreshed(read, told, id, known.get(&id).copied()).await?
            {
                known.insert(id, steps);
            }
        }
        Ok(Found {
            events,
            steps: known.into_values().collect(),
            to: (to, hash),
            more,
        })
    }

    /// Each log of a transaction by its place in it: a block that takes the transaction up anew
    /// gives its facts the same ids.
    fn of_logs(&self, logs: &[LogRow]) -> Vec<NewEvent> {
        let mut places: HashMap<B256, u32> = HashMap::new();
        let told = logs.iter().filter_map(|row| {
            let origin = &row.log.origin;
            let place = places.entry(origin.tx).or_default();
            let id = self.id(&[origin.tx.as_slice(), &place.to_be_bytes()].concat());
            *place = place.saturating_add(1);
            let fact = decode(&row.log).ok().flatten()?;
            let (kind, body) = event_of(self.chain_id, (origin, &fact), &self.token)?;
            Some(new(id, kind, origin.block_time, body))
        });
        told.collect()
    }

    /// Tells the steps that a grant's clock has completed; whether there are more.
    async fn of_steps(
        &self,
        read: &mut Read,
        grant: &mut GrantSteps,
        now: u64,
        events: &mut Vec<NewEvent>,
    ) -> Result<bool, StoreError> {
        let Some((record, terms)) = with_terms(read, grant.id).await? else {
            grant.next_at = None;
            return Ok(false);
        };
        let all = steps(&terms.vesting);
        let rest = all.get(grant.done as usize..).unwrap_or_default();
        let due = rest.iter().map_while(|step| {
            let at = reached_at(&terms, &record.state, step.elapsed)?;
            (at <= now).then_some((step, at))
        });
        let mut count = 0;
        for (step, at) in due.take(STEPS_AT_ONCE) {
            let earned = earned_by(&terms, step.elapsed);
            let (kind, body) =
                vested_event(self.chain_id, (grant.id, step, at), (earned, &self.token));
            events.push(new(self.step_id(grant.id, step), kind, at, body));
            count += 1;
        }
        grant.done = grant.done.saturating_add(count);
        grant.next_at = next_of(&record, &terms, grant.done);
        Ok(grant.next_at.is_some_and(|at| at <= now))
    }

    fn step_id(&self, grant: B256, step: &Step) -> String {
        let place = [
            (step.segment as u64).to_be_bytes(),
            u64::from(step.step).to_be_bytes(),
        ];
        self.id(&[grant.as_slice(), b"vested", &place.concat()].concat())
    }

    /// An id that follows from a fact of this chain.
    fn id(&self, fact: &[u8]) -> String {
        let chain = self.chain_id.to_be_bytes();
        let whole = [
            b"guerdon event\n",
            &chain[..],
            self.genesis.as_slice(),
            fact,
        ]
        .concat();
        let hash = keccak256(whole);
        format!("evt_{}", hex::encode(hash.get(..16).unwrap_or_default()))
    }
}

/// Steps of grants that are opened and were never looked at, after an id, and where it goes on.
pub(super) async fn filled(
    read: &mut Read,
    told: &Told,
    after: B256,
) -> Result<(Vec<GrantSteps>, Option<B256>), StoreError> {
    let ids = read.grants_without_steps(after, AT_ONCE).await?;
    let last = ids
        .last()
        .copied()
        .filter(|_| ids.len() >= AT_ONCE as usize);
    let mut found = Vec::new();
    for id in ids {
        found.extend(refreshed(read, told, id, None).await?);
    }
    Ok((found, last))
}

/// Logs of whole blocks after a block, up to another one; whether there are later ones.
async fn whole_blocks(
    read: &mut Read,
    after: u64,
    to: u64,
) -> Result<(Vec<LogRow>, bool), StoreError> {
    let mut limit = AT_ONCE;
    loop {
        let mut logs = read.logs_up_to(to, Some((after, LAST)), limit).await?;
        if logs.len() < limit as usize {
            return Ok((logs, false));
        }
        let last = logs.last().map_or(to, |row| row.log.origin.block);
        logs.retain(|row| row.log.origin.block < last);
        if !logs.is_empty() {
            return Ok((logs, true));
        }
        // One block has more than so many.
        limit = limit.saturating_mul(2);
    }
}

/// No block has as many logs.
const LAST: u64 = i64::MAX as u64;

/// The steps of a grant as its clock stands now; what passed before it was opened, or before
/// anything was told, counts as told.
async fn refreshed(
    read: &mut Read,
    told: &Told,
    id: B256,
    known: Option<GrantSteps>,
) -> Result<Option<GrantSteps>, StoreError> {
    let Some((record, terms)) = with_terms(read, id).await? else {
        return Ok(None);
    };
    let known = match known {
        Some(known) => Some(known),
        None => read.grant_steps(id).await?,
    };
    let from = told.begun_at.max(record.opened.block_time);
    let done = known.map_or_else(|| passed(&record, &terms, from), |known| known.done);
    Ok(Some(GrantSteps {
        id,
        done,
        next_at: next_of(&record, &terms, done),
    }))
}

/// How many steps were complete at a time.
fn passed(record: &GrantRecord, terms: &Terms, at: u64) -> u32 {
    let all = steps(&terms.vesting);
    let done = all.iter().take_while(|step| {
        reached_at(terms, &record.state, step.elapsed).is_some_and(|done| done <= at)
    });
    u32::try_from(done.count()).unwrap_or(u32::MAX)
}

fn next_of(record: &GrantRecord, terms: &Terms, done: u32) -> Option<u64> {
    let step = steps(&terms.vesting).into_iter().nth(done as usize)?;
    reached_at(terms, &record.state, step.elapsed)
}

/// An opened grant whose terms are known.
async fn with_terms(read: &mut Read, id: B256) -> Result<Option<(GrantRecord, Terms)>, StoreError> {
    let Some(record) = read.grant(id).await? else {
        return Ok(None);
    };
    let bytes = match read.terms(id).await? {
        Some(imported) => Some(imported.terms),
        None => read.successor(id).await?.map(|successor| successor.terms),
    };
    let terms = bytes.and_then(|bytes| Terms::decode(&bytes).ok());
    Ok(terms.map(|terms| (record, terms)))
}

fn new(id: String, kind: EventKind, at: u64, body: String) -> NewEvent {
    NewEvent {
        id,
        kind: kind.word().to_owned(),
        at,
        body,
    }
}
