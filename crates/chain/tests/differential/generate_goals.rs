//! What to do next about goals.

use guerdon_core::goal::{AttemptStatus, GoalFlags, Kind};

use crate::generate::{Author, is_live, seal_block};
use crate::model::Model;
use crate::step::{Call, Flaw, Pick, Reported};

impl Author<'_> {
    pub(crate) fn goals_call(&mut self, model: &Model) -> Call {
        let count = self.world.goals.len();
        let live: Vec<usize> = (0..count)
            .filter(|goal| is_live(model, self.world, *goal))
            .collect();
        if live.is_empty() && self.dice.percent(85) {
            return self.grant_call(model);
        }
        let has_pending = |goal: &usize| {
            let known = model.goals.get(&self.world.goals[*goal].id);
            known.is_some_and(|known| known.state.pending > 0)
        };
        let pending: Vec<usize> = (0..count).filter(has_pending).collect();
        let goal = if !pending.is_empty() && self.dice.percent(60) {
            self.dice.pick(&pending)
        } else if live.is_empty() || self.dice.percent(8) {
            self.dice.place(count)
        } else {
            self.dice.pick(&live)
        };
        if self
            .dice
            .percent(if model.owed.is_empty() { 1 } else { 20 })
        {
            return Call::WithdrawBond {
                bond_token: self.dice.percent(80),
            };
        }
        if self.dice.percent(70)
            && let Some(call) = self.forward(model, goal)
        {
            return call;
        }
        let attempt = self.dice.below(4) as u16;
        match self.dice.below(14) {
            0 => {
                let m = u64::from(self.world.goals[goal].m);
                Call::Define {
                    goal,
                    m: self.dice.about(m) as u8,
                }
            }
            1 => self.register(model, goal),
            2 => Call::Seal { goal, attempt },
            3 => self.propose(model, goal, attempt),
            4 => Call::Expire { goal, attempt },
            5 => Call::Challenge { goal, attempt },
            6 => self.resolve(goal, attempt),
            7 => Call::Finalize { goal, attempt },
            8 | 9 => Call::Demand { goal, model: 1 },
            10 => Call::Refuse { goal },
            11 | 12 => self.extend(model, goal),
            _ => Call::Close { goal },
        }
    }

    /// What brings a goal on, given where it stands.
    fn forward(&mut self, model: &Model, goal: usize) -> Option<Call> {
        let defined = &self.world.goals[goal];
        let Some(known) = model.goals.get(&defined.id) else {
            return Some(Call::Define { goal, m: defined.m });
        };
        let pending = known
            .attempts
            .iter()
            .enumerate()
            .filter(|(_, one)| one.word.status.is_pending());
        let pending: Vec<usize> = pending.map(|(number, _)| number).collect();
        let over = self.time > known.state.closes || known.state.fraction == guerdon_core::PPB;
        if pending.is_empty() && over && self.dice.percent(85) {
            return Some(Call::Close { goal });
        }
        if pending.is_empty() || self.dice.percent(12) {
            let opens = defined.goal.opens;
            if self.time < opens && self.dice.percent(40) {
                self.time = self.dice.about(opens).max(self.time);
                self.block += 1;
            }
            let asks = !known.state.has(GoalFlags::DEMANDED) && self.dice.percent(15);
            let is_used_up = known.state.attempts_left(defined.goal.attempts) == 0;
            return match (asks, is_used_up && self.dice.percent(90)) {
                (true, _) => Some(Call::Demand { goal, model: 1 }),
                (_, true) => None,
                _ => Some(self.register(model, goal)),
            };
        }
        let number = self.dice.pick(&pending);
        let attempt = number as u16;
        let word = known.attempts[number].word;
        let is_late = (self.time > word.deadline) ^ self.dice.percent(15);
        Some(match word.status {
            AttemptStatus::Registered if is_late => Call::Expire { goal, attempt },
            AttemptStatus::Registered => match seal_block(model, self.world, goal, attempt) {
                Some(block) if self.dice.percent(90) => {
                    self.block = self.block.max(self.dice.about(block));
                    Call::Seal { goal, attempt }
                }
                _ => self.propose(model, goal, attempt),
            },
            AttemptStatus::Proposed if is_late => Call::Finalize { goal, attempt },
            AttemptStatus::Proposed => Call::Challenge { goal, attempt },
            _ if is_late => Call::Finalize { goal, attempt },
            _ => self.resolve(goal, attempt),
        })
    }

    fn register(&mut self, model: &Model, goal: usize) -> Call {
        let known = model.goals.get(&self.world.goals[goal].id);
        let count = known.map_or(0, |known| known.state.count);
        let next = self.time + self.dice.below(3);
        Call::Register {
            goal,
            attempt: if self.dice.percent(95) {
                count
            } else {
                self.dice.below(4) as u16
            },
            model: self.dice.below(3) as u8,
            deadline: self
                .dice
                .pick(&[next, next, self.time, self.time - 1, (1 << 40) - 1]),
            quorum: self.quorum(goal, 30),
        }
    }

    fn propose(&mut self, model: &Model, goal: usize, attempt: u16) -> Call {
        let defined = &self.world.goals[goal];
        let known = model.goals.get(&defined.id);
        let registered = known.and_then(|known| known.attempts.get(usize::from(attempt)));
        let told = registered.map_or(0, |attempt| attempt.model.0[31]);
        let model = if self.dice.percent(95) {
            told
        } else {
            told ^ 1
        };
        let samples = if self.dice.percent(95) {
            defined.goal.samples
        } else {
            defined.goal.samples + 1
        };
        let (x, y) = self.counts(goal);
        let result = Reported {
            attempt,
            model,
            x,
            y,
            samples,
            guards: self.dice.pick(&[7, 7, 7, defined.goal.guards, 0]),
        };
        let quorum = self.quorum(goal, 80);
        Call::Propose {
            goal,
            result,
            quorum,
        }
    }

    fn resolve(&mut self, goal: usize, attempt: u16) -> Call {
        let (x, y) = self.counts(goal);
        Call::Resolve {
            goal,
            attempt,
            verdict: self.dice.pick(&[0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4]),
            x,
            y,
            guards: self.dice.pick(&[7, 7, 0]),
        }
    }

    fn extend(&mut self, model: &Model, goal: usize) -> Call {
        let defined = &self.world.goals[goal];
        let known = model.goals.get(&defined.id);
        let closes = known.map_or(self.time, |known| known.state.closes);
        let latest = (2 * closes).saturating_sub(defined.goal.opens);
        let closes = self
            .dice
            .pick(&[closes, closes + 1, latest, latest, latest + 1]);
        Call::Extend { goal, closes }
    }

    /// Counts that are possible mostly, and often worth something.
    fn counts(&mut self, goal: usize) -> (u128, u128) {
        let goal = &self.world.goals[goal].goal;
        let n = u128::from(goal.samples);
        let dice = &mut self.dice;
        if dice.percent(4) {
            let (x, y) = (dice.wide(2 * n), dice.wide(n));
            return dice.pick(&[(x, y), (u128::MAX, u128::MAX), (1 << 63, 0), (n + 1, 0)]);
        }
        match goal.kind {
            Kind::Proportion => (n - dice.wide(n) * dice.wide(1), 0),
            Kind::Paired => {
                let losses = dice.wide(n) / 4;
                (n - losses - dice.wide(n - losses) * dice.wide(1), losses)
            }
            Kind::Measure => {
                let whole = n * u128::from(guerdon_core::PPB);
                (whole - dice.wide(whole) * dice.wide(1), 0)
            }
            Kind::Count => (dice.wide(9), 0),
        }
    }

    /// Signatures: enough of them in so many of a hundred cases.
    fn quorum(&mut self, goal: usize, enough: u64) -> Pick {
        let defined = &self.world.goals[goal];
        let members = defined.panel.len();
        let all = (1_u16 << members) - 1;
        let some = (self.dice.next() as u16) & all;
        let mut signers = if self.dice.percent(enough) { all } else { some };
        if self.dice.percent(2) {
            signers |= 1 << members;
        }
        let m = u64::from(defined.m);
        let m = if self.dice.percent(97) {
            m
        } else {
            self.dice.about(m)
        };
        let flaws = [
            Flaw::Stranger,
            Flaw::OtherMessage,
            Flaw::Short,
            Flaw::Long,
            Flaw::HighS,
            Flaw::OtherV,
        ];
        let flaw = if self.dice.percent(94) {
            Flaw::None
        } else {
            self.dice.pick(&flaws)
        };
        Pick {
            m: m as u8,
            signers,
            flaw,
        }
    }
}
