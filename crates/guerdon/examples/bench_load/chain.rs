//! A chain that nobody runs: each block is made when the indexer asks for it.

use alloy_primitives::{Address, B256, U256, keccak256};
use guerdon_chain::{ChainError, Head};
use guerdon_core::fact::{Log, Origin};
use guerdon_core::goal::Goal;
use guerdon_core::id::Domain;
use guerdon_indexer::{Finality, Source};

use crate::common::{AMOUNT, LENGTH, MONTH, goal, panel, terms};

pub(crate) const CHAIN_ID: u64 = 31_337;
pub(crate) const GRANTS: Address = Address::repeat_byte(0x02);
pub(crate) const GOALS: Address = Address::repeat_byte(0x03);
pub(crate) const SUCCESSION: Address = Address::repeat_byte(0x04);
pub(crate) const MANAGER: Address = Address::repeat_byte(0x05);

/// Grants of one round.
pub(crate) const ROUND: u64 = 500;
/// Grants that one block opens or pays.
const BATCH: u64 = 100;
const START: u64 = 1_500_000_000;

/// A grant of the chain.
#[derive(Debug)]
pub(crate) struct Promise {
    pub(crate) id: B256,
    pub(crate) holder: Address,
    pub(crate) encoded: Vec<u8>,
}

/// So many grants, each paid once a month for so many months.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) promises: Vec<Promise>,
    pub(crate) goal: B256,
    months: u64,
}

impl Made {
    /// Grants for holders in turn.
    pub(crate) fn new(
        (grants, months): (u64, u64),
        holders: &[Address],
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let goal = measured();
        let goal_id = keccak256(goal.encode());
        let domain = Domain::new(CHAIN_ID, GRANTS);
        let mut promises = Vec::new();
        for (number, holder) in (0..grants).zip(holders.iter().cycle()) {
            let encoded = terms(number, *holder, Some(goal_id), START)?.encode()?;
            promises.push(Promise {
                id: domain.id(&encoded),
                holder: *holder,
                encoded,
            });
        }
        Ok(Self {
            promises,
            goal: goal_id,
            months,
        })
    }

    pub(crate) fn root(round: u64) -> B256 {
        keccak256([b"round", &round.to_be_bytes()[..]].concat())
    }

    pub(crate) fn total() -> u128 {
        AMOUNT * u128::from(ROUND)
    }

    fn grants(&self) -> u64 {
        self.promises.len() as u64
    }

    fn batches(&self) -> u64 {
        self.grants() / BATCH
    }

    fn last(&self) -> u64 {
        1 + self.batches() * (1 + self.months)
    }

    /// Month (0: the opening) and batch of a block after the first two.
    fn place(&self, block: u64) -> (u64, u64) {
        let place = block.saturating_sub(2);
        (place / self.batches(), place % self.batches())
    }

    fn block_at(&self, number: u64) -> Head {
        let (month, batch) = self.place(number);
        let time = match number {
            0 | 1 => START - 100 + number,
            _ => START + month * u64::from(MONTH) + batch * 60,
        };
        Head {
            number,
            hash: keccak256(number.to_be_bytes()),
            parent: keccak256(number.saturating_sub(1).to_be_bytes()),
            time,
        }
    }

    /// The logs of a block.
    fn logs_of(&self, number: u64) -> Vec<Log> {
        let head = self.block_at(number);
        let events = match number {
            0 => Vec::new(),
            1 => self.beginning(),
            _ => self.batch(self.place(number)),
        };
        let log = |(log_index, (topics, data)): (u64, Event)| Log {
            origin: Origin {
                block: number,
                block_hash: head.hash,
                block_time: head.time,
                tx: keccak256([head.hash.as_slice(), &log_index.to_be_bytes()].concat()),
                log_index,
            },
            address: match topics.first() == Some(&keccak256(defined())) {
                true => GOALS,
                false => GRANTS,
            },
            topics,
            data,
        };
        (0..).zip(events).map(log).collect()
    }

    /// The pool, the goal and the rounds.
    fn beginning(&self) -> Vec<Event> {
        let pool = AMOUNT * u128::from(self.grants()) * 2;
        let funder = B256::left_padding_from(&[0x10; 20]);
        let funded = event("Funded(address,uint128)", &[funder], &[uint(pool)]);
        let rounds = (0..self.grants() / ROUND).map(|round| {
            let words = [uint(Self::total()), B256::ZERO, uint(START.into()), uint(0)];
            let signature = "RoundCommitted(bytes32,uint128,bytes32,uint40,uint16)";
            event(signature, &[Self::root(round)], &words)
        });
        let goal = (vec![keccak256(defined()), self.goal], definition());
        [funded, goal].into_iter().chain(rounds).collect()
    }

    fn batch(&self, (month, batch): (u64, u64)) -> Vec<Event> {
        let numbers = batch * BATCH..(batch + 1) * BATCH;
        let promise = |number| {
            let at = usize::try_from(number).ok()?;
            Some((number, self.promises.get(at)?))
        };
        let made = numbers.filter_map(promise);
        made.map(|(number, promise)| {
            let holder = promise.holder.into_word();
            if month == 0 {
                let topics = [promise.id, Self::root(number / ROUND), holder];
                let words = [uint((number % ROUND).into()), uint(AMOUNT), uint(500)];
                let signature = "Opened(bytes32,bytes32,uint32,address,uint128,uint16)";
                return event(signature, &topics, &words);
            }
            let gross = vested(month) - vested(month - 1);
            let words = [uint(gross), uint(gross / 20)];
            let signature = "Claimed(bytes32,address,uint128,uint128)";
            event(signature, &[promise.id, holder], &words)
        })
        .collect()
    }
}

/// What the open part has vested after so many months.
fn vested(months: u64) -> u128 {
    AMOUNT * 6 / 10 * u128::from(months) / u128::from(LENGTH)
}

impl Source for &Made {
    async fn head(&self, _finality: Finality) -> Result<Head, ChainError> {
        Ok(self.block_at(self.last()))
    }

    async fn block(&self, number: u64) -> Result<Option<Head>, ChainError> {
        Ok((number <= self.last()).then(|| self.block_at(number)))
    }

    async fn logs(&self, from: u64, to: u64, _: &[Address]) -> Result<Vec<Log>, ChainError> {
        Ok((from..=to).flat_map(|block| self.logs_of(block)).collect())
    }
}

type Event = (Vec<B256>, Vec<u8>);

fn event(signature: &str, indexed: &[B256], words: &[B256]) -> Event {
    let topics = [&[keccak256(signature)], indexed].concat();
    (topics, words.iter().flat_map(|word| word.0).collect())
}

fn uint(value: u128) -> B256 {
    B256::from(U256::from(value))
}

fn measured() -> Goal {
    goal(START, B256::repeat_byte(0x23))
}

fn defined() -> String {
    let goal = "(uint8,int64,int64,uint32,uint32,uint16,uint8,uint8,uint32,uint32,uint32,uint40,\
                uint40,uint32,uint32,uint32,uint16,address,bytes32,address,address,uint128,\
                bytes32,bytes32)";
    format!("GoalDefined(bytes32,{goal},uint8,address[])")
}

fn definition() -> Vec<u8> {
    let members = panel();
    let mut data = measured().encode();
    let panel_at = data.len() as u128 + 64;
    for word in [uint(2), uint(panel_at), uint(members.len() as u128)] {
        data.extend(word);
    }
    for member in members {
        data.extend(member.into_word());
    }
    data
}
