//! What the contracts should do, said by core alone: pure functions over plain maps.

use std::collections::{BTreeMap, BTreeSet};

use alloy::primitives::{Address, B256, U256};
use guerdon_core::goal::{Attempt, GoalFlags, GoalState, fraction_at};
use guerdon_core::grant::{self, Amounts, Change, Claimed, Desk, EndOrder, GateResult};
use guerdon_core::pool::{Pool, Round};
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::Recovery;
use guerdon_core::terms::Terms;
use guerdon_core::tree::Root;

use crate::machine::ALLOTTED;
use crate::people::{CHALLENGER, FUNDER, ISSUER, PAYROLL, PEOPLE, TREASURY, person};
use crate::step::{Call, Step, Twist};
use crate::world::World;

/// Why core refuses, in words.
pub(crate) type Refusal = String;
/// What a call returns, when that is a number.
pub(crate) type Answer = Result<Option<U256>, Refusal>;

/// Everything the contracts keep.
#[derive(Clone, Debug, Default)]
pub(crate) struct Model {
    pub(crate) pool: Pool,
    pub(crate) rounds: BTreeMap<B256, Round>,
    pub(crate) states: BTreeMap<B256, State>,
    /// Whoever a grant was moved to.
    pub(crate) holders: BTreeMap<B256, Address>,
    pub(crate) recoveries: BTreeMap<B256, Recovery>,
    /// Grants that took the place of others: no round's promise becomes theirs.
    pub(crate) born: BTreeSet<B256>,
    pub(crate) goals: BTreeMap<B256, GoalModel>,
    /// By token and owner.
    pub(crate) balances: BTreeMap<(Address, Address), u128>,
    /// Bonds to be pulled, by token and owner.
    pub(crate) owed: BTreeMap<(Address, Address), u128>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct GoalModel {
    pub(crate) state: GoalState,
    pub(crate) attempts: Vec<AttemptModel>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct AttemptModel {
    pub(crate) word: Attempt,
    pub(crate) model: B256,
    pub(crate) challenger: Address,
}

/// A refusal of core as words.
pub(crate) fn told<T, E: std::fmt::Debug>(result: Result<T, E>) -> Result<T, Refusal> {
    result.map_err(|refusal| format!("{refusal:?}"))
}

pub(crate) fn require(holds: bool, otherwise: &str) -> Result<(), Refusal> {
    if holds {
        Ok(())
    } else {
        Err(otherwise.to_owned())
    }
}

impl Model {
    pub(crate) fn new(world: &World) -> Self {
        let mut model = Self::default();
        for token in [world.places.token, world.places.bond_token] {
            for who in [FUNDER, CHALLENGER] {
                model.balances.insert((token, person(who)), ALLOTTED);
            }
        }
        model
    }

    /// Takes a step, whole or not at all.
    pub(crate) fn take(&mut self, world: &World, step: &Step) -> Answer {
        let mut next = self.clone();
        let answer = if step.call.is_of_goals() {
            next.call_goals(world, step)
        } else if step.call.is_of_succession() {
            next.call_succession(world, step)
        } else {
            next.call_grants(world, step, &step.call)
        }?;
        *self = next;
        Ok(answer)
    }

    fn call_grants(&mut self, world: &World, step: &Step, call: &Call) -> Answer {
        match *call {
            Call::Fund { amount } => return self.fund(world, step.from, amount),
            Call::WithdrawFree { to, amount } => {
                require(step.from == TREASURY, "no role")?;
                self.pool = told(self.pool.withdraw(amount))?;
                self.pay(world, person(to), amount);
            }
            Call::Commit {
                round,
                total,
                binding_at,
            } => {
                require(step.from == ISSUER, "no role")?;
                let hash = world.rounds[round].root().hash;
                let (before, root) = (self.rounds.get(&hash), Root { hash, total });
                let (pool, round) = told(self.pool.commit(before, root, binding_at, step.time))?;
                (self.pool, _) = (pool, self.rounds.insert(hash, round));
            }
            Call::Rescind { round } => {
                require(step.from == ISSUER, "no role")?;
                let hash = world.rounds[round].root().hash;
                let before = self.rounds.get(&hash).copied().unwrap_or_default();
                let (pool, round) = told(self.pool.rescind(&before, step.time))?;
                (self.pool, _) = (pool, self.rounds.insert(hash, round));
            }
            Call::Open { leaf, round, twist } => self.open(world, step, (leaf, round, twist))?,
            Call::ClaimFirst { leaf, round, twist } => {
                self.open(world, step, (leaf, round, twist))?;
                if self.state(world, leaf).has(Flags::CLOSED) {
                    return Ok(Some(U256::ZERO));
                }
                return self.claim(world, step, leaf);
            }
            Call::Claim { leaf } => return self.claim(world, step, leaf),
            Call::ClaimMany { ref leaves } => {
                let paid = leaves
                    .iter()
                    .filter(|leaf| self.claim(world, step, **leaf).is_ok())
                    .count();
                return Ok(Some(U256::from(paid)));
            }
            Call::Bypass { .. } => return Err("not Succession".to_owned()),
            Call::Together { ref calls } => {
                for call in calls {
                    self.call_grants(world, step, call)?;
                }
            }
            ref other => self.change(world, step, other)?,
        }
        Ok(None)
    }

    fn fund(&mut self, world: &World, from: usize, amount: u128) -> Answer {
        self.spend(world.places.token, person(from), amount)?;
        *self.balance(world.places.token, world.places.grants) += amount;
        self.pool = told(self.pool.fund(amount))?;
        Ok(Some(U256::from(amount)))
    }

    fn open(
        &mut self,
        world: &World,
        step: &Step,
        at: (usize, usize, Twist),
    ) -> Result<(), Refusal> {
        let (leaf, round, twist) = at;
        let id = world.leaves[leaf].id;
        if self.states.contains_key(&id) {
            return Ok(());
        }
        let (terms, root, index, proof) = world.leaf_of(leaf, round, twist);
        let desk = Desk {
            domain: world.domain,
            grants: world.places.grants,
            token: world.places.token,
            now: step.time,
        };
        let claimed = Claimed {
            terms: &terms,
            root,
            index,
            proof: &proof,
        };
        let goals = &self.goals;
        let is_defined = |goal: B256| goals.contains_key(&goal);
        let opened = told(grant::open(
            &desk,
            &claimed,
            self.rounds.get(&root),
            is_defined,
        ))?;
        if let grant::Opened::Invalid { amount, .. } = opened {
            self.pool = told(self.pool.hold(amount, 0))?;
        }
        self.states.insert(id, opened.state());
        Ok(())
    }

    fn claim(&mut self, world: &World, step: &Step, leaf: usize) -> Answer {
        let (terms, state) = self.opened(world, leaf)?;
        let holder = self.holder(world, leaf);
        let by_holder = person(step.from) == holder;
        let gates = self.gates(terms, &state);
        let (state, payment) = told(grant::claim(terms, &state, &gates, step.time, by_holder))?;
        self.pool = told(self.pool.keep(payment.withheld))?;
        self.states.insert(world.leaves[leaf].id, state);
        self.pay(world, holder, payment.net);
        Ok(Some(U256::from(payment.gross)))
    }

    /// Calls that change one grant.
    fn change(&mut self, world: &World, step: &Step, call: &Call) -> Result<(), Refusal> {
        let now = step.time;
        let (leaf, role) = changed_by(call);
        require(role.is_none_or(|role| role == step.from), "no role")?;
        let (terms, before) = self.opened(world, leaf)?;
        let state = &before;
        let by_holder = person(step.from) == self.holder(world, leaf);
        let gates = self.gates(terms, state);
        let free = self.pool.free();
        let alone = |state| Change { state, freed: 0 };
        let change = match *call {
            Call::End { stop_at, grace, .. } => {
                let order = EndOrder {
                    stop_at,
                    grace,
                    now,
                    free,
                };
                told(grant::end(terms, state, &gates, &order))
            }
            Call::Pause { .. } => told(grant::pause(terms, state, now)).map(alone),
            Call::Resume { .. } => told(grant::resume(terms, state, now)).map(alone),
            Call::Accelerate { by, .. } => told(grant::accelerate(terms, state, by, free)),
            Call::LowerWithholding { bps, .. } => {
                told(grant::lower_withholding(state, bps)).map(alone)
            }
            Call::Waive { .. } => told(grant::waive(terms, state, &gates, now, by_holder)),
            Call::HoldClaims { on, .. } => {
                told(grant::hold_claims(state, on, by_holder)).map(alone)
            }
            Call::Settle { .. } => told(grant::settle(terms, state, &gates, now)),
            ref other => panic!("{other:?} changes no grant"),
        }?;
        self.pool = told(self.pool.after(change.freed))?;
        self.states.insert(world.leaves[leaf].id, change.state);
        Ok(())
    }

    /// The terms and state of an opened grant that is not closed.
    fn opened<'a>(&self, world: &'a World, leaf: usize) -> Result<(&'a Terms, State), Refusal> {
        let state = self.state(world, leaf);
        require(state.has(Flags::OPENED), "not opened")?;
        require(!state.has(Flags::CLOSED), "closed")?;
        let terms = world.leaves[leaf].terms.as_ref();
        Ok((terms.ok_or("open though invalid")?, state))
    }

    pub(crate) fn state(&self, world: &World, leaf: usize) -> State {
        let state = self.states.get(&world.leaves[leaf].id);
        state.copied().unwrap_or(State::UNOPENED)
    }

    /// What core says a grant amounts to; `None` while it is not open.
    pub(crate) fn amounts(&self, world: &World, leaf: usize, now: u64) -> Option<Amounts> {
        let (terms, state) = self.opened(world, leaf).ok()?;
        let gates = self.gates(terms, &state);
        Some(grant::amounts(terms, &state, &gates, now).unwrap())
    }

    pub(crate) fn gates(&self, terms: &Terms, state: &State) -> Vec<GateResult> {
        let stop = state.has(Flags::ENDED).then(|| state.clock().stop_at);
        let result = |goal: B256| self.goal(goal, stop).unwrap();
        terms.gates.iter().map(|gate| result(gate.goal)).collect()
    }

    /// What a goal says, with what counts for a grant that stops at a time.
    pub(crate) fn goal(&self, goal: B256, stop: Option<u64>) -> Option<GateResult> {
        let known = self.goals.get(&goal)?;
        Some(GateResult {
            fraction: known.state.fraction,
            is_final: known.state.has(GoalFlags::FINAL),
            last_registered_at: known.state.lapses_from(),
            at_stop: stop.map(|time| known.fraction_at(time)),
        })
    }

    pub(crate) fn balance(&mut self, token: Address, who: Address) -> &mut u128 {
        self.balances.entry((token, who)).or_default()
    }

    /// Takes money that its owner allowed to be taken: funder and challenger allow everything.
    pub(crate) fn spend(
        &mut self,
        token: Address,
        from: Address,
        amount: u128,
    ) -> Result<(), Refusal> {
        let allows = [FUNDER, CHALLENGER].map(person).contains(&from);
        require(allows || amount == 0, "no allowance")?;
        let balance = self.balance(token, from);
        *balance = balance.checked_sub(amount).ok_or("no balance")?;
        Ok(())
    }

    fn pay(&mut self, world: &World, to: Address, amount: u128) {
        *self.balance(world.places.token, world.places.grants) -= amount;
        *self.balance(world.places.token, to) += amount;
    }
}

impl GoalModel {
    pub(crate) fn fraction_at(&self, time: u64) -> (u32, bool) {
        let words = self.attempts.iter().map(|attempt| &attempt.word);
        fraction_at(&self.state, words, time)
    }
}

/// The leaf that a call changes, and whose role it needs.
fn changed_by(call: &Call) -> (usize, Option<usize>) {
    match *call {
        Call::End { leaf, .. }
        | Call::Pause { leaf }
        | Call::Resume { leaf }
        | Call::Accelerate { leaf, .. } => (leaf, Some(PEOPLE)),
        Call::LowerWithholding { leaf, .. } => (leaf, Some(PAYROLL)),
        Call::Waive { leaf } | Call::HoldClaims { leaf, .. } | Call::Settle { leaf } => {
            (leaf, None)
        }
        ref other => panic!("{other:?} changes no grant"),
    }
}
