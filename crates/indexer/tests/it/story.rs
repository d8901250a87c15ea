//! Histories that contracts could have written: what may happen next follows from what happened.

use std::collections::BTreeMap;

use alloy_primitives::{B256, keccak256};

use crate::access::Access;
use crate::events::{self, Event};
use crate::script::Script;

/// What the events so far amount to, as far as it decides which may follow.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    rounds: Vec<Round>,
    grants: Vec<Grant>,
    goals: Vec<Vec<Attempt>>,
    /// Goals with a demand that stands, and how many attempts they had when it was made.
    asked: BTreeMap<usize, usize>,
    access: Access,
}

#[derive(Clone, Debug)]
struct Round {
    root: B256,
    leaves: u32,
    rescinded: bool,
}

#[derive(Clone, Debug)]
struct Grant {
    id: B256,
    left: u128,
    held: u128,
    over: bool,
    recovering: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    Registered,
    Proposed(u32),
    Finished(u32),
}

/// A story for every height, so that a re-org can go on from any of them.
#[derive(Clone, Debug)]
pub(crate) struct Stories {
    pub(crate) chain: Script,
    past: Vec<Story>,
}

/// Choices from here on are calls of the AccessManager.
const ACCESS: u8 = 200;

/// What a grant of a story amounts to, in base units.
const AMOUNT: u128 = 1_000_000_000_000_000_000_000;

impl Stories {
    /// A chain with its first, empty block.
    pub(crate) fn new() -> Self {
        let chain = Script::default();
        chain.mine(Vec::new());
        Self {
            chain,
            past: vec![Story::default()],
        }
    }

    /// Adds a block; each choice becomes an event.
    pub(crate) fn mine(&mut self, choices: &[u8]) {
        let mut story = self.past.last().cloned().unwrap_or_default();
        let next = self.chain.next();
        let events = choices
            .iter()
            .flat_map(|choice| story.tell(*choice, next))
            .collect();
        self.chain.mine(events);
        self.past.push(story);
    }

    /// Cuts the chain, but for its first block.
    pub(crate) fn cut(&mut self, depth: usize) {
        let depth = depth.min(self.past.len() - 1);
        self.chain.cut(depth);
        self.past.truncate(self.past.len() - depth);
    }
}

impl Story {
    /// The events of one call: which depends on the choice and on what is possible.
    fn tell(&mut self, choice: u8, (height, time): (u64, u64)) -> Vec<Event> {
        if let Some(choice) = choice.checked_sub(ACCESS) {
            return self.access.tell(choice, time);
        }
        let which = usize::from(choice / 16);
        let several = match choice % 20 {
            16 | 17 => self.replace(which),
            18 => self.recover(which, time),
            19 => self.change_holder(which, time),
            _ => None,
        };
        if let Some(events) = several {
            return events;
        }
        let told = match choice % 20 {
            0 => Some(self.commit()),
            1..=3 => self.open(which),
            4..=6 => self.claim(which),
            7 => self.end(which, time),
            8 => self.settle(which),
            9 => Some(self.define()),
            10 => self.register(which, time, height),
            11 => self.propose(which),
            12 => self.finalize(which),
            13 => self.rescind(which),
            14 => self.demand(which, time),
            _ => self.fail(which),
        };
        vec![told.unwrap_or_else(|| events::funded(AMOUNT + u128::from(choice)))]
    }

    fn commit(&mut self) -> Event {
        let count = self.rounds.len() as u64;
        let root = keccak256([b"round", &count.to_be_bytes()[..]].concat());
        self.rounds.push(Round {
            root,
            leaves: 0,
            rescinded: false,
        });
        events::committed(root, 16 * AMOUNT, u16::try_from(count).unwrap())
    }

    fn rescind(&mut self, which: usize) -> Option<Event> {
        let round = pick(&mut self.rounds, which)?;
        if round.leaves > 0 || round.rescinded {
            return None;
        }
        round.rescinded = true;
        Some(events::rescinded(round.root, 16 * AMOUNT))
    }

    fn open(&mut self, which: usize) -> Option<Event> {
        let round = pick(&mut self.rounds, which)?;
        if round.rescinded || round.leaves == 16 {
            return None;
        }
        let index = round.leaves;
        round.leaves += 1;
        let id = keccak256([round.root.as_slice(), &index.to_be_bytes()].concat());
        if index == 7 {
            return Some(events::invalid(id, round.root, index, AMOUNT));
        }
        self.grants.push(Grant {
            id,
            left: AMOUNT,
            held: AMOUNT,
            over: false,
            recovering: false,
        });
        Some(events::opened(id, round.root, index, AMOUNT))
    }

    fn claim(&mut self, which: usize) -> Option<Event> {
        let grant = pick(&mut self.grants, which)?;
        let gross = grant.left / 3;
        grant.left -= gross;
        Some(events::claimed(grant.id, gross, gross / 20))
    }

    fn fail(&mut self, which: usize) -> Option<Event> {
        let grant = pick(&mut self.grants, which)?;
        Some(events::claim_failed(grant.id, grant.left))
    }

    fn end(&mut self, which: usize, time: u64) -> Option<Event> {
        let grant = pick(&mut self.grants, which).filter(|grant| !grant.over)?;
        let freed = grant.left / 2;
        grant.left -= freed;
        grant.held -= freed;
        Some(events::ended(grant.id, time, freed))
    }

    fn settle(&mut self, which: usize) -> Option<Event> {
        let grant = pick(&mut self.grants, which).filter(|grant| !grant.over)?;
        grant.over = true;
        let freed = grant.left / 2;
        grant.left -= freed;
        grant.held -= freed;
        Some(events::settled(grant.id, grant.held, freed))
    }

    /// One grant becomes one to three: the first takes over what was paid, the others are new money
    /// out of what the old one still held.
    fn replace(&mut self, which: usize) -> Option<Vec<Event>> {
        let place = which.checked_rem(self.grants.len())?;
        let old = self.grants.swap_remove(place);
        let count = u8::try_from(which % 3).unwrap() + 1;
        let mut told = Vec::new();
        if old.recovering {
            told.push(events::vetoed(old.id, 1_790_000_000));
        }
        told.push(events::replaced(old.id, count.into()));
        let mut held = i128::try_from(old.held).unwrap();
        for number in 0..count {
            let id = keccak256([old.id.as_slice(), &[number]].concat());
            let paid = if number == 0 { old.held - old.left } else { 0 };
            let amount = paid + old.left / u128::from(count) + 1;
            let freed = held - i128::try_from(amount).unwrap();
            held = 0;
            let terms = events::terms(0x50 + number, amount);
            told.push(events::succeeded(old.id, id, number, (&terms, freed)));
            self.grants.push(Grant {
                id,
                left: amount - paid,
                held: amount,
                over: false,
                recovering: false,
            });
        }
        Some(told)
    }

    /// Announces a recovery, or does with it what may be done.
    fn recover(&mut self, which: usize, time: u64) -> Option<Vec<Event>> {
        let grant = pick(&mut self.grants, which)?;
        let id = grant.id;
        let was = grant.recovering;
        grant.recovering = !was;
        Some(match (was, which % 3) {
            (false, _) => vec![
                events::announced(id, 0x61, time),
                events::recovering(id, true),
            ],
            (true, 0) => vec![events::executed(id, 0x61), events::holder_changed(id, 0x61)],
            (true, 1) => vec![events::vetoed(id, time), events::recovering(id, false)],
            (true, _) => vec![events::lapsed(id), events::recovering(id, false)],
        })
    }

    fn change_holder(&mut self, which: usize, time: u64) -> Option<Vec<Event>> {
        let to = u8::try_from(which).unwrap() + 0x70;
        let grant = pick(&mut self.grants, which)?;
        let mut told = Vec::new();
        if std::mem::take(&mut grant.recovering) {
            told.push(events::vetoed(grant.id, time));
        }
        told.push(events::moved(grant.id, to));
        told.push(events::holder_changed(grant.id, to));
        Some(told)
    }

    fn define(&mut self) -> Event {
        let id = goal_id(self.goals.len());
        self.goals.push(Vec::new());
        events::goal_defined(id)
    }

    fn register(&mut self, which: usize, time: u64, height: u64) -> Option<Event> {
        let goal = which.checked_rem(self.goals.len())?;
        let attempts = &mut self.goals[goal];
        let number = u16::try_from(attempts.len()).unwrap();
        attempts.push(Attempt::Registered);
        Some(events::registered(goal_id(goal), number, time, height))
    }

    /// A demand of a goal, if none of it stands; something else if there is no goal.
    fn demand(&mut self, which: usize, time: u64) -> Option<Event> {
        let Some(goal) = which.checked_rem(self.goals.len()) else {
            return Some(events::authority_updated());
        };
        if self.asked.contains_key(&goal) {
            return None;
        }
        self.asked.insert(goal, self.goals[goal].len());
        Some(events::demanded(goal_id(goal), time))
    }

    fn propose(&mut self, which: usize) -> Option<Event> {
        let goal = which.checked_rem(self.goals.len())?;
        let attempts = &mut self.goals[goal];
        let number = attempts
            .iter()
            .position(|attempt| *attempt == Attempt::Registered)?;
        let fraction = u32::try_from(number).unwrap() * 1_000_003;
        attempts[number] = Attempt::Proposed(fraction);
        let attempt = u16::try_from(number).unwrap();
        Some(events::proposed(goal_id(goal), attempt, 428, fraction))
    }

    fn finalize(&mut self, which: usize) -> Option<Event> {
        let goal = which.checked_rem(self.goals.len())?;
        let attempts = &mut self.goals[goal];
        let found = attempts
            .iter()
            .enumerate()
            .find_map(|(number, attempt)| match attempt {
                Attempt::Proposed(fraction) => Some((number, *fraction)),
                _ => None,
            });
        let Some((number, fraction)) = found else {
            return attempts
                .is_empty()
                .then(|| events::goal_closed(goal_id(goal), 0));
        };
        attempts[number] = Attempt::Finished(fraction);
        let best = attempts.iter().map(|attempt| match attempt {
            Attempt::Finished(fraction) => *fraction,
            _ => 0,
        });
        let best = best.max().unwrap_or(0);
        let attempt = u16::try_from(number).unwrap();
        let answers = self.asked.get(&goal).is_some_and(|since| number >= *since);
        if answers {
            self.asked.remove(&goal);
        }
        let fractions = (fraction, best);
        Some(events::finalized(
            goal_id(goal),
            attempt,
            fractions,
            answers,
        ))
    }
}

fn pick<T>(list: &mut [T], which: usize) -> Option<&mut T> {
    let place = which.checked_rem(list.len())?;
    list.get_mut(place)
}

fn goal_id(place: usize) -> B256 {
    keccak256([b"goal", &place.to_be_bytes()[..]].concat())
}
