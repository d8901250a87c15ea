//! A chain in memory for the keeper: what it mines, when, and whom its token refuses to pay.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};

use alloy_primitives::{Address, B256, keccak256};
use guerdon_chain::{ChainError, Fees, Handed, Outgoing, Plan, Signed};
use guerdon_core::fact::{Fact, Origin};
use guerdon_core::ledger::{GrantRecord, Record, RoundRecord};
use guerdon_core::state::State;
use guerdon_core::succession::Recovery;
use guerdon_core::terms::{Powers, Schedule, Terms};
use guerdon_store::{ImportedGrant, ImportedRound, Store};

use super::node::Landed;
use super::{Keeper, Node, Policy};

pub(super) const NOW: u64 = 1_800_000_000;
pub(super) const AMOUNT: u128 = 1_000;
const SENDER: Address = Address::repeat_byte(9);
const ROUND: B256 = B256::repeat_byte(0xee);

/// A transaction that was signed.
#[derive(Debug, Clone)]
struct Known {
    nonce: u64,
    max_fee: u128,
    data: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct World {
    /// Both clocks.
    pub(super) time: u64,
    pub(super) next_nonce: u64,
    /// Transactions that offer less stay in no block.
    pub(super) least_fee: u128,
    /// The node takes nothing.
    pub(super) away: bool,
    /// Grants whose payment the token refuses.
    pub(super) refused: BTreeSet<B256>,
    /// A transaction with one of these cannot be measured.
    pub(super) poison: BTreeSet<B256>,
    /// Grants that somebody else claims in the block, before what is sent.
    pub(super) overtaken: BTreeSet<B256>,
    signed: BTreeMap<B256, Known>,
    pub(super) pool: BTreeSet<B256>,
    pub(super) landed: BTreeMap<B256, Landed>,
    /// Seconds that pass at each look for a receipt.
    pub(super) pace: u64,
}

/// The scripted node; `terms` are those of all grants.
#[derive(Debug)]
pub(super) struct Script {
    world: Mutex<World>,
    terms: BTreeMap<B256, Vec<u8>>,
    paid: Mutex<BTreeSet<B256>>,
}

impl Script {
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    fn grants_in(&self, data: &[u8]) -> Vec<B256> {
        let found = |terms: &Vec<u8>| data.windows(terms.len()).any(|part| part == terms);
        let with = self.terms.iter().filter(|(_, terms)| found(terms));
        with.map(|(id, _)| *id).collect()
    }

    /// What claimMany would do for these grants.
    fn facts(&self, ids: &[B256], refused: &BTreeSet<B256>) -> Vec<Fact> {
        let paid = self.paid.lock().unwrap();
        let due = ids.iter().filter(|id| !paid.contains(*id));
        due.map(|id| {
            if refused.contains(id) {
                return Fact::ClaimFailed {
                    id: *id,
                    to: Address::ZERO,
                    gross: AMOUNT,
                    reason: B256::repeat_byte(0xbb),
                };
            }
            Fact::Claimed {
                id: *id,
                to: Address::ZERO,
                gross: AMOUNT,
                withheld: 0,
            }
        })
        .collect()
    }

    /// Mines what pays enough, in order of nonces.
    fn mine(&self, world: &mut World) {
        while let Some((tx, known)) = world
            .pool
            .iter()
            .filter_map(|tx| world.signed.get(tx).map(|known| (*tx, known.clone())))
            .find(|(_, k)| k.nonce == world.next_nonce && k.max_fee >= world.least_fee)
        {
            let mut ids = self.grants_in(&known.data);
            ids.retain(|id| !world.overtaken.contains(id));
            let facts = self.facts(&ids, &world.refused);
            let mut paid = self.paid.lock().unwrap();
            for fact in &facts {
                if let Fact::Claimed { id, .. } = fact {
                    assert!(paid.insert(*id), "paid twice");
                }
            }
            world.next_nonce += 1;
            let landed = Landed {
                success: true,
                block: world.next_nonce,
                block_time: world.time,
                gas_used: 30_000 + 20_000 * facts.len() as u64,
                facts,
            };
            world.landed.insert(tx, landed);
            let nonces = &world.signed;
            let next = world.next_nonce;
            world.pool.retain(|tx| nonces[tx].nonce >= next);
        }
    }

    fn answer(&self) -> Result<MutexGuard<'_, World>, ChainError> {
        let world = self.world();
        if world.away {
            let (url, reason) = ("http://script".to_owned(), "it is away".to_owned());
            return Err(ChainError::Unreachable { url, reason });
        }
        Ok(world)
    }
}

type Answer<T> = Result<T, ChainError>;

impl Node for Script {
    fn sender(&self) -> Address {
        SENDER
    }

    fn lease_time(&self) -> Option<u64> {
        Some(self.wall())
    }

    fn wall(&self) -> u64 {
        self.world().time
    }

    async fn now(&self) -> Answer<u64> {
        Ok(self.world().time)
    }

    async fn gas_cap(&self) -> Answer<u64> {
        Ok(1 << 24)
    }

    async fn measure(&self, plan: &Plan, limit: u64) -> Answer<u64> {
        let ids = self.grants_in(&plan.data);
        let gas = 50_000 + 20_000 * ids.len() as u64;
        let poisoned = ids.iter().any(|id| self.world().poison.contains(id));
        if poisoned || gas > limit {
            let (call, message) = ("eth_estimateGas", "out of gas".to_owned());
            return Err(ChainError::Refused { call, message });
        }
        Ok(gas)
    }

    async fn would_pay(&self, plan: &Plan) -> Answer<usize> {
        let facts = self.facts(&self.grants_in(&plan.data), &self.world().refused);
        let paid = facts.iter().filter(|f| matches!(f, Fact::Claimed { .. }));
        Ok(paid.count())
    }

    async fn fees(&self) -> Answer<Fees> {
        Ok(Fees {
            max_fee: 100,
            priority_fee: Some(10),
        })
    }

    async fn next_nonce(&self) -> Answer<u64> {
        Ok(self.world().next_nonce)
    }

    async fn sign(&self, plan: &Plan, outgoing: &Outgoing) -> Answer<Signed> {
        let known = Known {
            nonce: outgoing.nonce,
            max_fee: outgoing.fees.max_fee,
            data: plan.data.to_vec(),
        };
        let raw = format!("{known:?}").into_bytes();
        let tx = keccak256(&raw);
        self.world().signed.insert(tx, known);
        Ok(Signed { tx, raw })
    }

    async fn hand_over(&self, signed: &Signed) -> Answer<Handed> {
        let mut world = self.answer()?;
        assert_eq!(keccak256(&signed.raw), signed.tx);
        if world.signed[&signed.tx].nonce < world.next_nonce {
            return Ok(Handed::NonceTaken);
        }
        world.pool.insert(signed.tx);
        self.mine(&mut world);
        Ok(Handed::There)
    }

    async fn knows(&self, tx: B256) -> Answer<bool> {
        let world = self.answer()?;
        Ok(world.pool.contains(&tx) || world.landed.contains_key(&tx))
    }

    async fn landed(&self, tx: B256) -> Answer<Option<Landed>> {
        let mut world = self.world();
        world.time += world.pace;
        Ok(world.landed.get(&tx).cloned())
    }
}

/// A company whose grants are all vested and open, its chain, and its database.
pub(super) struct Company {
    pub(super) store: Store,
    pub(super) ids: Vec<B256>,
    _dir: tempfile::TempDir,
}

pub(super) async fn company(grants: u8) -> (Company, Keeper<Script>) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_file(&dir.path().join("guerdon.db"))
        .await
        .unwrap();
    let rows: Vec<(B256, Vec<u8>)> = (1..=grants)
        .map(|n| (B256::repeat_byte(n), terms(n).encode().unwrap()))
        .collect();
    let mut tx = store.write().await.unwrap();
    let round = ImportedRound {
        root: ROUND,
        total: AMOUNT * u128::from(grants),
        count: grants.into(),
        label: "2026".to_owned(),
        file: "2026.csv".to_owned(),
        document: B256::ZERO,
        tzdb: "2026a".to_owned(),
    };
    tx.put_imported_round(&round).await.unwrap();
    tx.put_round(&RoundRecord {
        root: ROUND,
        total: round.total,
        document: B256::ZERO,
        committed_at: 1,
        binding_at: 1,
        since: 0,
        rescinded: false,
        committed: origin(1),
    })
    .await
    .unwrap();
    for (index, (id, terms)) in rows.iter().enumerate() {
        let grant = ImportedGrant {
            id: *id,
            root: ROUND,
            index: index as u64,
            terms: terms.clone(),
            external_id: format!("G-{index}"),
            zone: "UTC".to_owned(),
            agreement: None,
        };
        tx.put_terms(&grant).await.unwrap();
        tx.put_grant(&opened(*id, index as u32)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let ids = rows.iter().map(|(id, _)| *id).collect();
    let script = Script {
        world: Mutex::new(World {
            time: NOW,
            ..World::default()
        }),
        terms: rows.into_iter().collect(),
        paid: Mutex::default(),
    };
    let keeper = keeper(script, &store, "first");
    let company = Company {
        store,
        ids,
        _dir: dir,
    };
    (company, keeper)
}

pub(super) fn keeper(node: Script, store: &Store, holder: &str) -> Keeper<Script> {
    Keeper {
        node,
        store: store.clone(),
        policy: Policy {
            grants: Address::repeat_byte(1),
            min_payout: 0,
            gas_per_day: 10_000_000,
            fee_max: 1_000,
            stuck_after: 60,
            lease: 30,
            open: false,
            relay: None,
            relay_only: false,
            poll: std::time::Duration::from_micros(100),
        },
        holder: holder.to_owned(),
    }
}

impl Company {
    /// What the indexer would do with everything that is in blocks.
    pub(super) async fn index(&self, script: &Script) {
        let landed: Vec<Landed> = script.world().landed.values().cloned().collect();
        let mut tx = self.store.write().await.unwrap();
        for landed in landed {
            for fact in &landed.facts {
                let guerdon_core::fact::Subject::Grant(id) = fact.subject() else {
                    continue;
                };
                let mut grant = tx.grant(id).await.unwrap().unwrap();
                if grant.payments == 0 {
                    grant.apply(&origin(landed.block_time), fact).unwrap();
                    tx.put_grant(&grant).await.unwrap();
                }
            }
        }
        tx.commit().await.unwrap();
    }
}

fn terms(n: u8) -> Terms {
    Terms {
        recipient: Address::repeat_byte(n),
        amount: AMOUNT,
        start: 1,
        powers: Powers::ALL,
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 0,
        document: B256::repeat_byte(n),
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::whole(),
    }
}

fn opened(id: B256, index: u32) -> GrantRecord {
    GrantRecord {
        id,
        root: ROUND,
        index,
        recipient: Address::ZERO,
        amount: AMOUNT,
        state: State::opened(0, 0),
        descent: None,
        moved_to: None,
        recovery: Recovery::default(),
        inherited: 0,
        paid_net: 0,
        withheld: 0,
        freed: 0,
        payments: 0,
        opened: origin(1),
        changed: origin(1),
    }
}

fn origin(time: u64) -> Origin {
    Origin {
        block: 1,
        block_hash: B256::ZERO,
        block_time: time,
        tx: B256::ZERO,
        log_index: 0,
    }
}
