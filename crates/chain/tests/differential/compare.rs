//! One sequence on both sides, compared after every step; and the events' ledger as a third.

use std::fmt::Debug;

use alloy::primitives::aliases::U40;
use alloy::primitives::{Address, U256, address};
use guerdon_chain::decode;
use guerdon_core::ledger::Ledger;

use crate::abi::{IAccessToken, IGoals, IGrants};
use crate::machine::{Machine, Outcome};
use crate::model::{Answer, Model};
use crate::people::{self, person};
use crate::step::{Call, Step};
use crate::world::World;

const DEAD: Address = address!("000000000000000000000000000000000000dEaD");
/// The error of Solidity's own checks: a bug wherever it shows.
const PANIC: [u8; 4] = [0x4e, 0x48, 0x7b, 0x71];

/// What differs, in words.
pub(crate) type Divergence = String;

/// Both sides in the middle of a sequence.
pub(crate) struct Pair<'a> {
    pub(crate) world: &'a World,
    pub(crate) model: Model,
    pub(crate) machine: Machine,
    pub(crate) ledger: Ledger,
    now: u64,
}

pub(crate) fn same<T: PartialEq + Debug>(
    what: &str,
    contract: &T,
    core: &T,
) -> Result<(), Divergence> {
    if contract == core {
        return Ok(());
    }
    Err(format!(
        "{what}: the contract has {contract:?} and core {core:?}"
    ))
}

fn holds(what: &str, holds: bool) -> Result<(), Divergence> {
    if holds {
        Ok(())
    } else {
        Err(format!("broken: {what}"))
    }
}

impl<'a> Pair<'a> {
    pub(crate) fn new(world: &'a World) -> Self {
        Self {
            world,
            model: Model::new(world),
            machine: Machine::fresh(),
            ledger: Ledger::default(),
            now: 0,
        }
    }

    /// Takes a step on both sides; what both answer, or how they differ.
    pub(crate) fn take(&mut self, step: &Step) -> Result<Answer, Divergence> {
        self.now = step.time;
        self.machine.mine(step.block, step.time);
        self.hashes(step)?;
        let (to, data) = self.world.encode(&step.call);
        let outcome = self.machine.send(person(step.from), to, data);
        if step.call.is_of_succession()
            && let Err(denied) = self.model.clone().succession(self.world, step)
        {
            self.error(step, &outcome, &denied)?;
        }
        let answer = self.model.take(self.world, step);
        compare_answers(&step.call, &outcome, &answer)?;
        self.fold(&outcome)?;
        self.pool()?;
        for leaf in 0..self.world.leaves.len() {
            let is_known = self.model.states.contains_key(&self.world.leaves[leaf].id);
            if is_known || leaf < self.world.originals || step.call.is_of_succession() {
                self.leaf(leaf)?;
            }
            if is_known && step.call.is_of_succession() {
                self.holder(leaf)?;
            }
        }
        if step.call.is_of_goals() {
            self.goals()?;
        }
        self.balances()?;
        Ok(answer)
    }

    fn fold(&mut self, outcome: &Outcome) -> Result<(), Divergence> {
        let places = &self.world.places;
        let ours = [places.grants, places.goals, places.succession];
        for log in outcome
            .logs
            .iter()
            .filter(|log| ours.contains(&log.address))
        {
            let fact = decode(log).map_err(|error| format!("a log: {error}"))?;
            let fact = fact.ok_or_else(|| format!("an event without a fact: {log:?}"))?;
            let applied = self.ledger.apply(&log.origin, &fact);
            applied.map_err(|error| format!("{fact:?}: {error}"))?;
        }
        Ok(())
    }

    fn pool(&mut self) -> Result<(), Divergence> {
        let grants = self.world.places.grants;
        let funded = self
            .machine
            .view(grants, &IGrants::fundedCall {})
            .unwrap_or_default();
        let promised = self
            .machine
            .view(grants, &IGrants::promisedCall {})
            .unwrap_or_default();
        let core = self.model.pool;
        same("funded", &funded, &core.funded)?;
        same("promised", &promised, &core.promised)?;
        let told = (self.ledger.pool.funded, self.ledger.pool.promised);
        same("funded and promised by events", &told, &(funded, promised))?;
        holds("promised <= funded", promised <= funded)?;
        for tree in &self.world.rounds {
            let root = tree.root().hash;
            let call = IGrants::roundsCall { root };
            let found = self.machine.view(grants, &call).ok_or("rounds reverts")?;
            let core = self.model.rounds.get(&root).copied().unwrap_or_default();
            same("total of the round", &found.total, &core.total)?;
            let times = (found.committedAt.to(), found.bindingAt.to(), found.since);
            same(
                "round",
                &times,
                &(core.committed_at, core.binding_at, core.since),
            )?;
        }
        self.conserved()
    }

    /// What is promised is what rounds promised, less opened leaves, plus what these hold.
    fn conserved(&self) -> Result<(), Divergence> {
        let model = &self.model;
        let mut promised: u128 = model.rounds.values().map(|round| round.total).sum();
        let mut released = 0;
        for (place, leaf) in self.world.leaves.iter().enumerate() {
            if let Some(state) = model.states.get(&leaf.id) {
                let amounts = model
                    .amounts(self.world, place, self.now)
                    .unwrap_or_default();
                let is_of_round = !model.born.contains(&leaf.id);
                promised = promised - leaf.amount * u128::from(is_of_round) + amounts.held;
                released += state.released;
                holds("released <= vested", amounts.released <= amounts.vested)?;
                holds("vested <= held", amounts.vested <= amounts.held)?;
            }
        }
        same("promised, added up", &model.pool.promised, &promised)?;
        let places = &self.world.places;
        let balance = model.balances.get(&(places.token, places.grants));
        let owed = model.pool.funded - released;
        same("balance", balance.unwrap_or(&0), &owed)
    }

    fn leaf(&mut self, place: usize) -> Result<(), Divergence> {
        let (world, grants) = (self.world, self.world.places.grants);
        let leaf = &world.leaves[place];
        let call = IGrants::wordsCall { id: leaf.id };
        let word = self.machine.view(grants, &call).ok_or("words reverts")?;
        let state = self.model.states.get(&leaf.id);
        let core = state.map_or(U256::ZERO, |state| state.to_word());
        same(&format!("word of leaf {place}"), &word, &core)?;
        let told = self.ledger.grants.get(&leaf.id);
        let told = told.map_or(U256::ZERO, |record| record.state.to_word());
        same(&format!("word of leaf {place} by events"), &told, &word)?;

        let Some(core) = self.model.amounts(world, place, self.now) else {
            return Ok(());
        };
        let terms = world.terms(place);
        let call = IGrants::amountsCall { terms };
        let found = self.machine.view(grants, &call).ok_or("amounts reverts")?;
        let contract = [
            found.timePpb,
            found.openPpb,
            found.vested,
            found.unlocked,
            found.released,
            found.held,
        ];
        let core = [
            U256::from(core.time_ppb),
            U256::from(core.open_ppb),
            U256::from(core.vested),
            U256::from(core.unlocked),
            U256::from(core.released),
            U256::from(core.held),
        ];
        same(&format!("amounts of leaf {place}"), &contract, &core)
    }

    fn goals(&mut self) -> Result<(), Divergence> {
        let goals = self.world.places.goals;
        for (place, defined) in self.world.goals.iter().enumerate() {
            let id = defined.id;
            let word = self.machine.view(goals, &IGoals::stateOfCall { id });
            let word = word.ok_or("stateOf reverts")?;
            let Some(known) = self.model.goals.get(&id) else {
                same("word of a goal that is not there", &word, &U256::ZERO)?;
                continue;
            };
            same(
                &format!("word of goal {place}"),
                &word,
                &known.state.to_word(),
            )?;
            let told = self
                .ledger
                .goals
                .get(&id)
                .map(|record| record.state.to_word());
            same(
                &format!("word of goal {place} by events"),
                &told,
                &Some(word),
            )?;
            for (number, core) in known.attempts.iter().enumerate() {
                let attempt = number as u16;
                let call = IGoals::attemptOfCall { id, attempt };
                let found = self.machine.view(goals, &call).ok_or("attemptOf reverts")?;
                let contract = (found.word, found.model, found.challenger);
                let wanted = (core.word.to_word(), core.model, core.challenger);
                same(
                    &format!("attempt {number} of goal {place}"),
                    &contract,
                    &wanted,
                )?;
                let told = self
                    .ledger
                    .goals
                    .get(&id)
                    .map(|record| record.attempts[number].word);
                same("an attempt by events", &told, &Some(core.word))?;
            }
            let stamps = known
                .attempts
                .iter()
                .map(|attempt| attempt.word.registered_at);
            for time in stamps.flat_map(|time| [time - 1, time]).chain([self.now]) {
                let call = IGoals::fractionAtCall {
                    id,
                    time: U40::from(time),
                };
                let found = self
                    .machine
                    .view(goals, &call)
                    .ok_or("fractionAt reverts")?;
                let contract = (found.fraction, found.pending);
                same("fractionAt", &contract, &known.fraction_at(time))?;
            }
        }
        Ok(())
    }

    fn balances(&mut self) -> Result<(), Divergence> {
        let places = self.world.places;
        for token in [places.token, places.bond_token] {
            let everybody = (0..people::COUNT).map(person);
            for who in everybody.chain([places.grants, places.goals, DEAD]) {
                // an account nobody paid yet costs a call and tells nothing
                let core = self.model.balances.get(&(token, who));
                if let Some(core) = core {
                    let call = IAccessToken::balanceOfCall { account: who };
                    let found = self.machine.view(token, &call).unwrap_or_default();
                    same("a balance", &found, &U256::from(*core))?;
                }
                let owed = self.model.owed.get(&(token, who));
                if let Some(core) = owed {
                    let call = IGoals::bondOwedCall { token, to: who };
                    let found = self.machine.view(places.goals, &call).unwrap_or_default();
                    same("a bond owed", &found, &U256::from(*core))?;
                }
            }
        }
        Ok(())
    }
}

fn compare_answers(call: &Call, outcome: &Outcome, answer: &Answer) -> Result<(), Divergence> {
    let output = &outcome.output;
    match answer {
        Ok(_) if !outcome.passed => Err(format!("the contract reverts with {output}, core passes")),
        Err(refusal) if outcome.passed => {
            Err(format!("the contract passes, core refuses: {refusal}"))
        }
        Err(_) if output.is_empty() || output.starts_with(&PANIC) => {
            Err(format!("a revert without a reason of ours: {output}"))
        }
        Ok(Some(value)) if !matches!(call, Call::Together { .. }) => {
            let found = U256::from_be_slice(&output[..32.min(output.len())]);
            same("what is returned", &found, value)
        }
        _ => Ok(()),
    }
}
