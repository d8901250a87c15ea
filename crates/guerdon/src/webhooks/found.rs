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
                && let Some(steps) =
                    refreshed(read, (told, (now, to)), id, known.get(&id).copied()).await?
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
    (told, end): (&Told, &Checkpoint),
    after: B256,
) -> Result<(Vec<GrantSteps>, Option<B256>), StoreError> {
    let ids = read.grants_without_steps(after, AT_ONCE).await?;
    let last = ids
        .last()
        .copied()
        .filter(|_| ids.len() >= AT_ONCE as usize);
    let mut found = Vec::new();
    for id in ids {
        let at = (told, (end.time, end.block));
        found.extend(refreshed(read, at, id, None).await?);
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
/// anything was told, counts as told. A clock that a block after `to` changed may be another when
/// that block is final, or is replaced: it is looked at again then, from `now` on.
async fn refreshed(
    read: &mut Read,
    (told, (now, to)): (&Told, (u64, u64)),
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
        next_at: match record.changed.block > to {
            true => Some(now),
            false => next_of(&record, &terms, done),
        },
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

#[cfg(test)]
mod tests {
    use alloy_primitives::Address;
    use guerdon_core::fact::{Log, Origin};
    use guerdon_core::state::{Clock, Flags, Phase, State};
    use guerdon_core::succession::Recovery;
    use guerdon_core::terms::{Powers, Schedule, Segment};
    use guerdon_store::{Store, Successor};

    use super::*;

    const ID: B256 = B256::repeat_byte(7);
    const START: u64 = 1_000;

    /// Twelve steps of 100 seconds.
    fn terms() -> Terms {
        let segment = Segment {
            end: 1_200,
            cumulative: 1_000_000_000,
            steps: 12,
        };
        Terms {
            recipient: Address::repeat_byte(1),
            amount: 1_200,
            start: START,
            powers: Powers::ALL,
            grace_seconds: 0,
            backdate_seconds: 0,
            pause_max: 0,
            withhold_bps: 0,
            document: B256::ZERO,
            gates: Vec::new(),
            unlock: None,
            vesting: Schedule::new(vec![segment]).unwrap(),
        }
    }

    fn at(block: u64) -> Origin {
        Origin {
            block,
            block_time: START,
            ..Origin::default()
        }
    }

    fn record(state: State, changed: u64) -> GrantRecord {
        GrantRecord {
            id: ID,
            root: B256::ZERO,
            index: 0,
            descent: None,
            recipient: Address::repeat_byte(1),
            amount: 1_200,
            state,
            moved_to: None,
            recovery: Recovery {
                to: Address::ZERO,
                announced_at: 0,
                cancelled_at: 0,
            },
            inherited: 0,
            paid_net: 0,
            withheld: 0,
            freed: 0,
            payments: 0,
            opened: at(2),
            changed: at(changed),
        }
    }

    async fn put(store: &Store, record: &GrantRecord) {
        let mut tx = store.write().await.unwrap();
        tx.put_grant(record).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Looks up to a final block, keeps what is found, and answers how many steps are told.
    async fn look(store: &Store, told: &mut Told, end: (u64, u64)) -> usize {
        let facts = Facts {
            chain_id: 1,
            genesis: B256::ZERO,
            token: Token {
                symbol: "ACC".to_owned(),
                name: "Access".to_owned(),
                decimals: 0,
            },
        };
        let end = Checkpoint {
            block: end.0,
            hash: B256::ZERO,
            time: end.1,
        };
        let mut read = store.read().await.unwrap();
        let found = facts.look(&mut read, told, &end).await.unwrap();
        drop(read);
        let mut tx = store.write().await.unwrap();
        for steps in &found.steps {
            tx.put_grant_steps(steps).await.unwrap();
        }
        tx.commit().await.unwrap();
        told.block = found.to.0;
        found.events.len()
    }

    #[tokio::test]
    async fn an_end_that_was_never_final_loses_no_step() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_file(&folder.path().join("guerdon.db")).await;
        let store = store.unwrap();
        let mut tx = store.write().await.unwrap();
        let log = Log {
            origin: at(3),
            address: Address::ZERO,
            topics: Vec::new(),
            data: Vec::new(),
        };
        tx.insert_logs(&[LogRow {
            log,
            name: "Claimed".to_owned(),
            subject: Subject::Grant(ID),
            moves_pool: false,
        }])
        .await
        .unwrap();
        let terms = terms().encode().unwrap();
        tx.put_successor(&Successor { id: ID, terms })
            .await
            .unwrap();
        tx.commit().await.unwrap();
        // A log of block 3 is told while block 5, which is not final, ends the grant.
        let ended = State {
            flags: Flags::OPENED.with(Flags::ENDED),
            phase: Phase::Active(Clock {
                stop_at: START + 50,
                ..Clock::default()
            }),
            ..State::UNOPENED
        };
        put(&store, &record(ended, 5)).await;
        let mut told = Told {
            seq: 0,
            block: 1,
            hash: B256::ZERO,
            begun_at: 0,
        };
        assert_eq!(look(&store, &mut told, (3, START + 60)).await, 0);
        assert_eq!(look(&store, &mut told, (4, START + 350)).await, 0);
        // That block is replaced, and the end is not in the new one.
        put(&store, &record(State::opened(0, 0), 2)).await;
        assert_eq!(look(&store, &mut told, (6, START + 350)).await, 3);
        assert_eq!(look(&store, &mut told, (7, START + 400)).await, 1);
        // One that is final ends them.
        put(&store, &record(ended, 8)).await;
        assert_eq!(look(&store, &mut told, (9, START + 900)).await, 0);
        store.close().await;
    }
}
