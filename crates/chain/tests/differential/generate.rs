//! What to do next: mostly what fits the present state, at the edges of its times; sometimes not.

use alloy::primitives::B256;
use guerdon_core::goal::{AttemptStatus, GoalFlags, drawn_by};
use guerdon_core::state::{Flags, State};
use guerdon_core::tree::SumTree;

use crate::dice::Dice;
use crate::generate_succession::LATE;
use crate::machine::{FIRST_BLOCK, START};
use crate::model::Model;
use crate::people::{
    ADMIN, ARBITER, CHALLENGER, COUNT, FUNDER, ISSUER, PAYROLL, PEOPLE, TREASURY, person,
};
use crate::step::{Call, Step, Twist};
use crate::world::World;

/// No edge beyond is waited for: thirty years after the start.
const LATEST: u64 = START + 30 * 365 * 86_400;

/// Chooses steps for a sequence.
pub(crate) struct Author<'a> {
    pub(crate) world: &'a World,
    pub(crate) dice: Dice,
    pub(crate) time: u64,
    pub(crate) block: u64,
    pub(crate) steps: usize,
}

impl<'a> Author<'a> {
    pub(crate) fn new(world: &'a World, seed: u64) -> Self {
        Self {
            world,
            dice: Dice::new(seed ^ 0x5eed),
            time: START,
            block: FIRST_BLOCK,
            steps: 0,
        }
    }

    pub(crate) fn next(&mut self, model: &Model) -> Step {
        self.steps += 1;
        if self.steps > 4 {
            self.pass_time(model);
        }
        let call = self.call(model);
        let usual = self.usual(model, &call);
        let is_begun = self.steps > self.world.goals.len() + self.world.rounds.len() + 1;
        let from = if !is_begun || self.dice.percent(92) {
            usual
        } else {
            self.dice.place(COUNT)
        };
        Step {
            time: self.time,
            block: self.block,
            from,
            call,
        }
    }

    /// Stays in the block, goes to the next one, to an edge of something, or somewhere ahead.
    fn pass_time(&mut self, model: &Model) {
        let before = self.time;
        match self.dice.below(1_000) {
            0..500 => return,
            500..750 => self.time += self.dice.between(1, 12),
            750..940 => {
                let mut edges: Vec<u64> = self.edges(model);
                let latest = if self.dice.percent(94) {
                    before + 1_200
                } else {
                    LATEST
                };
                edges.retain(|edge| *edge > before && *edge < latest);
                edges.sort_unstable();
                edges.dedup();
                edges.truncate(4);
                if !edges.is_empty() {
                    let edge = self.dice.pick(&edges);
                    self.time = self.dice.about(edge).max(before);
                }
            }
            940..999 => self.time += self.dice.below(300),
            _ => self.time += self.dice.below(40 * 86_400),
        }
        self.block += if self.dice.percent(90) {
            1
        } else {
            self.dice.pick(&[2, 4, 254, 256, 257])
        };
    }

    /// Times at which something changes.
    pub(crate) fn edges(&self, model: &Model) -> Vec<u64> {
        let mut edges = Vec::new();
        for round in model.rounds.values() {
            edges.push(round.binding_at);
        }
        for (place, leaf) in self.world.leaves.iter().enumerate() {
            let state = model.state(self.world, place);
            let Some(terms) = leaf.terms.as_ref().filter(|_| state.has(Flags::OPENED)) else {
                continue;
            };
            let clock = state.clock();
            let shift = u64::from(clock.lost).saturating_sub(clock.credit.into());
            let ends = terms
                .vesting
                .segments()
                .iter()
                .map(|segment| u64::from(segment.end));
            edges.extend(ends.map(|end| terms.start + end + shift));
            if state.has(Flags::PAUSED) {
                edges.push(clock.stop_at + u64::from(terms.pause_max - clock.lost));
            }
            if clock.stop_at != 0 {
                edges.extend([
                    clock.stop_at,
                    clock.stop_at + u64::from(terms.grace_seconds),
                ]);
            }
            if let Some(unlock) = &terms.unlock {
                let ends = unlock.schedule.segments().iter().map(|segment| segment.end);
                edges.extend(ends.map(|end| unlock.start + u64::from(end)));
            }
        }
        for defined in &self.world.goals {
            if let Some(known) = model.goals.get(&defined.id) {
                let run = u64::from(defined.goal.run_seconds);
                let closes = known.state.closes;
                edges.extend([
                    defined.goal.opens,
                    closes,
                    closes + 1,
                    closes.saturating_sub(run),
                ]);
                let pending = known
                    .attempts
                    .iter()
                    .filter(|one| one.word.status.is_pending());
                edges.extend(pending.flat_map(|one| [one.word.deadline, one.word.deadline + 1]));
            }
        }
        edges
    }

    fn call(&mut self, model: &Model) -> Call {
        if let Some(call) = self.prelude(model) {
            return call;
        }
        if self.steps > LATE && self.dice.percent(35) {
            return self.succession_call(model);
        }
        match self.dice.below(100) {
            0..4 => Call::Fund {
                amount: self.sum(model),
            },
            4..6 => Call::WithdrawFree {
                to: self.dice.place(COUNT),
                amount: self.sum(model),
            },
            6..9 => self.commit(),
            9..11 => self.rescind(model),
            11..38 => self.grant_call(model),
            38..50 => self.succession_call(model),
            50..54 => {
                let count = self.dice.between(1, 3);
                let calls = (0..count).map(|_| self.one_of_grants(model));
                Call::Together {
                    calls: calls.collect(),
                }
            }
            54..60 => self.opening(model),
            _ => self.goals_call(model),
        }
    }

    /// First of all, most of what there is comes into being.
    fn prelude(&mut self, model: &Model) -> Option<Call> {
        let (goals, rounds) = (self.world.goals.len(), self.world.rounds.len());
        let step = self.steps - 1;
        if !self.dice.percent(95) {
            return None;
        }
        if step < goals {
            let m = self.world.goals[step].m;
            return Some(Call::Define { goal: step, m });
        }
        if step == goals {
            let total: u128 = self.world.rounds.iter().map(|tree| tree.root().total).sum();
            let more = self.dice.pick(&[0, 0, 1, 1_000_000]);
            return Some(Call::Fund {
                amount: total + more,
            });
        }
        if step <= goals + rounds {
            let round = step - goals - 1;
            if round > 0 && self.dice.percent(30) {
                return None;
            }
            let total = self.world.rounds[round].root().total;
            let later = self.time + self.dice.pick(&[50, 3_000]);
            let binding_at = self.dice.pick(&[0, 0, self.time, later]);
            return Some(Call::Commit {
                round,
                total,
                binding_at,
            });
        }
        let leaves = self.world.originals;
        let is_early = step <= goals + rounds + 2 * leaves;
        (is_early && model.states.len() < leaves).then(|| self.opening(model))
    }

    /// Any call that can stand in a multicall.
    fn one_of_grants(&mut self, model: &Model) -> Call {
        match self.dice.below(10) {
            0..6 => self.grant_call(model),
            6..8 => self.opening(model),
            8 => Call::Fund {
                amount: self.sum(model),
            },
            _ => self.commit(),
        }
    }

    fn commit(&mut self) -> Call {
        let round = self.round();
        let total = self.world.rounds[round].root().total;
        let total = match self.dice.below(8) {
            0 => total + 1,
            1 => total.saturating_sub(1),
            2 => 0,
            _ => total,
        };
        let month = self.time + 30 * 86_400;
        let binding_at = self
            .dice
            .pick(&[0, self.time, self.time + 100, month, month + 1]);
        Call::Commit {
            round,
            total,
            binding_at,
        }
    }

    /// Of a round that is not binding yet, if there is one.
    fn rescind(&mut self, model: &Model) -> Call {
        let is_open = |tree: &SumTree| {
            let round = model.rounds.get(&tree.root().hash);
            round.is_some_and(|round| round.total > 0 && round.binding_at > self.time)
        };
        let free = self.world.rounds.iter().position(is_open);
        let any = self.round();
        Call::Rescind {
            round: free.unwrap_or(any),
        }
    }

    fn opening(&mut self, model: &Model) -> Call {
        let is_committed = |id: B256| {
            let home = self
                .world
                .rounds
                .iter()
                .find(|tree| tree.index_of(id).is_some());
            home.is_some_and(|tree| model.rounds.contains_key(&tree.root().hash))
        };
        let unopened = |leaf: &usize| {
            let id = self.world.leaves[*leaf].id;
            !model.states.contains_key(&id) && is_committed(id)
        };
        let unopened: Vec<usize> = (0..self.world.leaves.len()).filter(unopened).collect();
        let leaf = if unopened.is_empty() || self.dice.percent(10) {
            self.dice.place(self.world.originals)
        } else {
            self.dice.pick(&unopened)
        };
        self.open(leaf)
    }

    fn open(&mut self, leaf: usize) -> Call {
        let id = self.world.leaves[leaf].id;
        let home = self
            .world
            .rounds
            .iter()
            .position(|tree| tree.index_of(id).is_some());
        let round = if self.dice.percent(90) {
            home.unwrap_or(0)
        } else {
            self.round()
        };
        let twist = match self.dice.below(40) {
            0 => Twist::Neighbour,
            1 => Twist::Byte,
            2 => Twist::Short,
            3 => Twist::Deeper,
            _ => Twist::Straight,
        };
        if self.dice.percent(50) {
            Call::Open { leaf, round, twist }
        } else {
            Call::ClaimFirst { leaf, round, twist }
        }
    }

    pub(crate) fn grant_call(&mut self, model: &Model) -> Call {
        let is_open = |state: &State| !state.has(Flags::CLOSED);
        if !model.states.values().any(is_open) && self.dice.percent(85) {
            return self.opening(model);
        }
        let (kind, now) = (self.dice.below(20), self.time);
        let leaf = self.likely_leaf(model, |state| match kind {
            6..10 => !state.has_ended(now),
            10..13 => !state.flags.intersects(Flags::PAUSED.with(Flags::ENDED)),
            13 => state.has(Flags::PAUSED),
            _ => true,
        });
        let state = model.state(self.world, leaf);
        match kind {
            0..4 => Call::Claim { leaf },
            4..6 => {
                let count = self.dice.below(6);
                let leaves = (0..count).map(|_| self.likely_leaf(model, |_| true));
                Call::ClaimMany {
                    leaves: leaves.collect(),
                }
            }
            6..10 if state.has(Flags::PAUSED) && self.dice.percent(50) => Call::Resume { leaf },
            6..10 => Call::End {
                leaf,
                stop_at: self.stop(model, leaf),
                grace: self.dice.percent(50),
            },
            10..13 => Call::Pause { leaf },
            13 => Call::Resume { leaf },
            14 => {
                let small = self.dice.below(600) as u32;
                let by = self.dice.pick(&[0, 1, small, small, small, u32::MAX]);
                Call::Accelerate { leaf, by }
            }
            15 => Call::LowerWithholding {
                leaf,
                bps: state
                    .withhold_bps
                    .saturating_sub(self.dice.pick(&[0, 1, 100, 10_000])),
            },
            16 if self.dice.percent(50) => Call::Waive { leaf },
            16..18 => Call::HoldClaims {
                leaf,
                on: self.dice.percent(50),
            },
            _ => Call::Settle { leaf },
        }
    }

    /// When a grant could end: at every edge that matters for it.
    fn stop(&mut self, model: &Model, leaf: usize) -> u64 {
        let now = self.time;
        let state = model.state(self.world, leaf);
        let Some(terms) = self.world.leaves[leaf].terms.as_ref() else {
            return now;
        };
        let backdate = u64::from(terms.backdate_seconds);
        let mut stops = vec![
            0,
            now,
            now,
            now - backdate,
            now - backdate / 2,
            now + self.dice.below(900),
            terms.start,
            (1 << 40) - 1,
        ];
        if state.clock().stop_at != 0 {
            stops.extend([0, state.clock().stop_at, state.clock().stop_at + 200]);
        }
        if state.has(Flags::OPENED) && !state.has(Flags::CLOSED) {
            let gates = model.gates(terms, &state);
            let registered = gates.iter().map(|gate| gate.last_registered_at);
            stops.extend(registered.filter(|time| *time != 0));
        }
        let stop = self.dice.pick(&stops);
        if stop == 0 {
            0
        } else {
            self.dice.about(stop).min((1 << 40) - 1)
        }
    }

    fn sum(&mut self, model: &Model) -> u128 {
        let free = model.pool.free();
        let some = self.dice.wide(1_000_000);
        self.dice.pick(&[0, 1, some, free, free + 1, free / 2])
    }

    /// Any leaf, mostly one of a round.
    pub(crate) fn leaf(&mut self) -> usize {
        let of_round = self.dice.percent(80);
        self.dice.place(if of_round {
            self.world.originals
        } else {
            self.world.leaves.len()
        })
    }

    /// A leaf that is an open grant in a state that is wanted, in most cases.
    fn likely_leaf(&mut self, model: &Model, wanted: impl Fn(&State) -> bool) -> usize {
        let state = |leaf: &usize| model.state(self.world, *leaf);
        let closed = Flags::CLOSED.with(Flags::SETTLED);
        let is_open =
            |leaf: &usize| state(leaf).has(Flags::OPENED) && !state(leaf).flags.intersects(closed);
        let open: Vec<usize> = (0..self.world.leaves.len()).filter(is_open).collect();
        let wanted: Vec<usize> = open
            .iter()
            .copied()
            .filter(|leaf| wanted(&state(leaf)))
            .collect();
        if open.is_empty() || self.dice.percent(8) {
            return self.leaf();
        }
        let any = wanted.is_empty() || self.dice.percent(10);
        self.dice.pick(if any { &open } else { &wanted })
    }

    fn round(&mut self) -> usize {
        self.dice.place(self.world.rounds.len())
    }

    /// Who would make this call.
    fn usual(&mut self, model: &Model, call: &Call) -> usize {
        if let Some(usual) = self.usual_of_succession(model, call) {
            return usual;
        }
        let sponsor = |goal: usize| crate::people::SPONSORS[goal % 2];
        match *call {
            Call::Fund { .. } => FUNDER,
            Call::WithdrawFree { .. } => TREASURY,
            Call::Commit { .. } | Call::Rescind { .. } => ISSUER,
            Call::End { .. }
            | Call::Pause { .. }
            | Call::Resume { .. }
            | Call::Accelerate { .. } => PEOPLE,
            Call::LowerWithholding { .. } => PAYROLL,
            Call::Waive { leaf } | Call::HoldClaims { leaf, .. } => self.holder(model, leaf),
            Call::Claim { leaf } if self.dice.percent(50) => self.holder(model, leaf),
            Call::Together { ref calls } => match calls.first() {
                Some(first) => self.usual(model, first),
                None => ADMIN,
            },
            Call::Register { goal, .. } | Call::Demand { goal, .. } => sponsor(goal),
            Call::Challenge { .. } => CHALLENGER,
            Call::Resolve { .. } | Call::Refuse { .. } | Call::Extend { .. } => ARBITER,
            Call::WithdrawBond { .. } => {
                self.dice
                    .pick(&[CHALLENGER, CHALLENGER, sponsor(0), sponsor(1)])
            }
            _ => self.dice.place(COUNT),
        }
    }

    pub(crate) fn holder(&self, model: &Model, leaf: usize) -> usize {
        let address = model.holder(self.world, leaf);
        let holder = (0..COUNT).find(|place| person(*place) == address);
        holder.unwrap_or(ADMIN)
    }
}

/// Whether a goal can still get attempts, roughly.
pub(crate) fn is_live(model: &Model, world: &World, goal: usize) -> bool {
    let known = model.goals.get(&world.goals[goal].id);
    known.is_some_and(|known| !known.state.has(GoalFlags::FINAL))
}

/// The first block in which an attempt can be sealed.
pub(crate) fn seal_block(model: &Model, world: &World, goal: usize, attempt: u16) -> Option<u64> {
    let defined = &world.goals[goal];
    let known = model.goals.get(&defined.id)?;
    let word = known.attempts.get(usize::from(attempt))?.word;
    let waits = word.status == AttemptStatus::Registered && word.seed == [0; 12];
    (waits && defined.goal.seed_blocks > 0).then(|| drawn_by(&defined.goal, &word) + 1)
}
