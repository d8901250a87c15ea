//! What Goals should do, said by core alone.

use alloy::primitives::{Address, B256, U256, address, keccak256};
use guerdon_core::goal::{
    Attempt, Draw, GoalState, Proposal, Registration, Ruling, Signed, Verdict, challenge, close,
    define, demand, drawn_by, expire, extend, finalize, propose, refuse, register, resolve, seal,
};

use crate::encode::panel_result;
use crate::model::{Answer, AttemptModel, Model, Refusal, require, told};
use crate::people::person;
use crate::step::{Call, Flaw, Pick, Reported, Step};
use crate::world::{Defined, World};

const DEAD: Address = address!("000000000000000000000000000000000000dEaD");

/// The hash of a block of the machine that nobody mined.
fn block_hash(number: u64) -> B256 {
    keccak256(number.to_string())
}

/// How many different members signed, or why the signatures are worth nothing.
fn signed(defined: &Defined, pick: &Pick, is_of_this: bool) -> Result<Signed, Refusal> {
    let signatures = pick.signers.count_ones() as u8;
    require(pick.m == defined.m, "another quorum")?;
    require(pick.signers >> defined.panel.len() == 0, "no such member")?;
    require(pick.flaw != Flaw::Long, "signatures are too long")?;
    let flawless = pick.flaw == Flaw::None && is_of_this;
    require(flawless || signatures == 0, "a bad signature")?;
    Ok(Signed {
        signatures,
        m: pick.m,
    })
}

impl Model {
    pub(crate) fn call_goals(&mut self, world: &World, step: &Step) -> Answer {
        match step.call {
            Call::Define { goal, m } => {
                let Defined {
                    id, goal, panel, ..
                } = &world.goals[goal];
                let before = self
                    .goals
                    .get(id)
                    .map_or_else(GoalState::default, |known| known.state);
                let state = told(define(goal, &before, m, panel))?;
                self.goals.entry(*id).or_default().state = state;
                Ok(Some(U256::from_be_bytes(id.0)))
            }
            Call::Register { .. } => self.register(world, step),
            Call::Propose {
                goal,
                ref result,
                ref quorum,
            } => self.propose(&world.goals[goal], step, result, quorum),
            Call::Resolve { goal, .. } => self.resolve(&world.goals[goal], step),
            Call::WithdrawBond { bond_token } => {
                let (token, who) = (world.token(bond_token), person(step.from));
                let amount = self.owed.remove(&(token, who)).unwrap_or(0);
                require(amount > 0, "nothing owed")?;
                *self.balance(token, world.places.goals) -= amount;
                *self.balance(token, who) += amount;
                Ok(Some(U256::from(amount)))
            }
            Call::Seal { goal, attempt }
            | Call::Expire { goal, attempt }
            | Call::Challenge { goal, attempt }
            | Call::Finalize { goal, attempt } => {
                self.on_attempt(world, step, &world.goals[goal], attempt)
            }
            Call::Demand { goal, .. }
            | Call::Refuse { goal }
            | Call::Extend { goal, .. }
            | Call::Close { goal } => self.on_goal(step, &world.goals[goal]),
            ref other => panic!("{other:?} is no call of Goals"),
        }
    }

    fn register(&mut self, world: &World, step: &Step) -> Answer {
        let Call::Register {
            goal,
            attempt,
            model,
            deadline,
            ref quorum,
        } = step.call
        else {
            panic!("not a registration");
        };
        let defined = &world.goals[goal];
        let known = self.goals.entry(defined.id).or_default();
        let number = known.state.count;
        let by = Registration {
            signed: signed(defined, quorum, attempt == number)?,
            accepted_until: deadline,
            by_sponsor: person(step.from) == defined.goal.sponsor,
            now: step.time,
            block: step.block,
        };
        let (state, word) = told(register(&defined.goal, &known.state, &by))?;
        known.state = state;
        known.attempts.push(AttemptModel {
            word,
            model: B256::with_last_byte(model),
            challenger: Address::ZERO,
        });
        Ok(Some(U256::from(number)))
    }

    fn propose(
        &mut self,
        defined: &Defined,
        step: &Step,
        told_result: &Reported,
        quorum: &Pick,
    ) -> Answer {
        let result = panel_result(defined.id, told_result);
        let (state, attempt) = self.attempt(defined, result.attempt)?;
        let proposal = Proposal {
            result: &result,
            registered: attempt.model,
            signed: signed(defined, quorum, true)?,
            now: step.time,
        };
        let word = told(propose(&defined.goal, &attempt.word, &proposal))?;
        self.put(defined, state, result.attempt, word);
        Ok(None)
    }

    fn resolve(&mut self, defined: &Defined, step: &Step) -> Answer {
        let Call::Resolve {
            attempt: number,
            verdict,
            x,
            y,
            guards,
            ..
        } = step.call
        else {
            panic!("not a verdict");
        };
        let (state, attempt) = self.attempt(defined, number)?;
        let goal = &defined.goal;
        let verdict = match verdict {
            1 => Verdict::Upheld,
            2 => Verdict::Overturned { x, y, guards },
            3 => Verdict::Void,
            _ => return Err("no verdict".to_owned()),
        };
        let ruling = Ruling {
            verdict,
            by_arbiter: person(step.from) == goal.arbiter,
            now: step.time,
        };
        let (state, word, bonds) = told(resolve(goal, &state, &attempt.word, &ruling))?;
        self.put(defined, state, number, word);
        self.owe(defined, goal.sponsor, bonds.to_sponsor);
        self.owe(defined, attempt.challenger, bonds.to_challenger);
        self.owe(defined, DEAD, bonds.to_dead);
        Ok(None)
    }

    fn on_attempt(&mut self, world: &World, step: &Step, defined: &Defined, number: u16) -> Answer {
        let (before, attempt) = self.attempt(defined, number)?;
        let (goal, word, now) = (&defined.goal, &attempt.word, step.time);
        let (mut state, mut answer) = (before, None);
        let word = match step.call {
            Call::Seal { .. } => {
                let block = drawn_by(goal, word);
                let is_known = block < step.block && step.block - block <= 256;
                let draw = Draw {
                    goal: defined.id,
                    attempt: number,
                    block: step.block,
                    hash: is_known.then(|| block_hash(block)),
                };
                let sealed = told(seal(goal, word, &draw))?;
                answer = Some(U256::from_be_slice(&sealed.seed));
                sealed
            }
            Call::Expire { .. } => told(expire(goal, word, now))?,
            Call::Challenge { .. } => {
                let challenged = told(challenge(goal, word, now))?;
                if goal.bond > 0 {
                    self.spend(goal.bond_token, person(step.from), goal.bond)?;
                    *self.balance(goal.bond_token, world.places.goals) += goal.bond;
                }
                challenged
            }
            Call::Finalize { .. } => {
                let (after, finished) = told(finalize(&before, word, now))?;
                if word.status == guerdon_core::goal::AttemptStatus::Challenged {
                    self.owe(defined, attempt.challenger, goal.bond);
                }
                state = after;
                finished
            }
            ref other => panic!("{other:?} is of no attempt"),
        };
        self.put(defined, state, number, word);
        if matches!(step.call, Call::Challenge { .. }) {
            let known = self.goals.entry(defined.id).or_default();
            known.attempts[usize::from(number)].challenger = person(step.from);
        }
        Ok(answer)
    }

    fn on_goal(&mut self, step: &Step, defined: &Defined) -> Answer {
        let known = self.goals.get_mut(&defined.id).ok_or("not defined")?;
        let (goal, state, now) = (&defined.goal, &known.state, step.time);
        let by_arbiter = person(step.from) == goal.arbiter;
        let by_sponsor = person(step.from) == goal.sponsor;
        let after = match step.call {
            Call::Demand { .. } => demand(goal, state, by_sponsor, now),
            Call::Refuse { .. } => refuse(state, by_arbiter),
            Call::Extend { closes, .. } => extend(goal, state, closes, by_arbiter, now),
            Call::Close { .. } => close(goal, state, now),
            ref other => panic!("{other:?} is of no goal"),
        };
        known.state = told(after)?;
        Ok(None)
    }

    /// A goal's state and one of its attempts.
    fn attempt(
        &self,
        defined: &Defined,
        number: u16,
    ) -> Result<(GoalState, AttemptModel), Refusal> {
        let known = self.goals.get(&defined.id).ok_or("not defined")?;
        let attempt = known.attempts.get(usize::from(number));
        Ok((known.state, attempt.cloned().unwrap_or_default()))
    }

    fn put(&mut self, defined: &Defined, state: GoalState, number: u16, word: Attempt) {
        let known = self.goals.entry(defined.id).or_default();
        known.state = state;
        known.attempts[usize::from(number)].word = word;
    }

    fn owe(&mut self, defined: &Defined, to: Address, amount: u128) {
        if amount > 0 {
            *self.owed.entry((defined.goal.bond_token, to)).or_default() += amount;
        }
    }
}
