//! What to do next about who holds a grant, and what replaces it.

use alloy::primitives::{Address, U256};
use guerdon_core::state::{Flags, State};
use guerdon_core::succession::{CLOSES_SECONDS, OPENS_SECONDS, QUIET_SECONDS, signed_word};
use guerdon_core::terms::Powers;

use crate::generate::Author;
use crate::model::Model;
use crate::people::{COUNT, DELEGATED, HOLDERS, ISSUER, PEOPLE, WALLET_OWNER, holder_keys, person};
use crate::step::{Bypass, Call, Flaw, Ink, Payee};
use crate::world::World;

/// From this step of a sequence on months may pass: everything else is over then.
pub(crate) const LATE: usize = 95;

impl Author<'_> {
    pub(crate) fn succession_call(&mut self, model: &Model) -> Call {
        let world = self.world;
        let recovering: Vec<usize> = self.leaves_that(|leaf| {
            let recovery = model.recoveries.get(&self.world.leaves[leaf].id);
            recovery.is_some_and(|recovery| recovery.stands())
        });
        if !recovering.is_empty() && self.dice.percent(35) {
            let leaf = self.dice.pick(&recovering);
            return self.recovery(model, leaf);
        }
        match self.dice.below(100) {
            0..48 => self.replacement(model),
            48..66 => {
                let leaf = self.held(model, |leaf| powers(world, leaf).r#move);
                let to = self.payee();
                Call::Move { leaf, to }
            }
            66..84 => {
                let leaf = self.held(model, |leaf| powers(world, leaf).recover);
                let to = self.payee();
                Call::AnnounceRecovery { leaf, to }
            }
            84..94 => {
                let leaf = self.held(model, |_| true);
                self.recovery(model, leaf)
            }
            _ => Call::Bypass {
                leaf: self.held(model, |_| true),
                call: self
                    .dice
                    .pick(&[Bypass::Succeed, Bypass::SetHolder, Bypass::SetRecovering]),
            },
        }
    }

    /// What can be said about a recovery, at its times if it is late.
    fn recovery(&mut self, model: &Model, leaf: usize) -> Call {
        let id = self.world.leaves[leaf].id;
        let recovery = model.recoveries.get(&id).copied().unwrap_or_default();
        let chance = if self.steps > LATE { 70 } else { 2 };
        if self.dice.percent(chance) {
            let since = recovery.announced_at.max(recovery.cancelled_at);
            let edges = [
                OPENS_SECONDS,
                OPENS_SECONDS,
                CLOSES_SECONDS,
                CLOSES_SECONDS + 1,
                QUIET_SECONDS,
            ];
            let edge = since + self.dice.pick(&edges);
            self.time = self.dice.about(edge).max(self.time);
            self.block += 1;
        }
        let announced = (0..COUNT).find(|place| person(*place) == recovery.to);
        let to = announced.map_or(Payee::Nobody, Payee::Person);
        match self.dice.below(20) {
            0..10 => Call::ExecuteRecovery { leaf, to },
            10 => {
                let to = self.payee();
                Call::ExecuteRecovery { leaf, to }
            }
            11..15 => Call::ClearRecovery { leaf },
            15..17 => Call::Veto { leaf },
            17..19 => {
                let to = self.payee();
                Call::AnnounceRecovery { leaf, to }
            }
            _ => {
                let to = self.payee();
                Call::Move { leaf, to }
            }
        }
    }

    fn replacement(&mut self, model: &Model) -> Call {
        let leaf = self.held(model, |_| true);
        let state = model.state(self.world, leaf);
        let successors = self.successors(leaf);
        let later = self.time + 100;
        let deadline = match self.dice.below(16) {
            0 => self.time - 1,
            1 => u64::MAX,
            2..8 => self.time,
            _ => later,
        };
        let ink = self.ink(&state, model.holder(self.world, leaf), deadline);
        Call::Replace {
            leaf,
            successors,
            deadline,
            ink,
        }
    }

    /// Those made for the grant as a rule: one copy, both parts, or something that cannot be.
    fn successors(&mut self, leaf: usize) -> Vec<usize> {
        let made: Vec<usize> =
            self.leaves_that(|other| self.world.leaves[other].replaces == Some(leaf));
        let stranger = self.dice.place(self.world.leaves.len());
        let Some(copy) = made.first().copied() else {
            return vec![stranger];
        };
        let mut parts = made[1..].to_vec();
        if self.dice.percent(30) {
            parts.reverse();
        }
        match self.dice.below(20) {
            0..8 => vec![copy],
            8..14 if !parts.is_empty() => parts,
            14 => parts.into_iter().take(1).collect(),
            15 => vec![copy, copy],
            16 | 17 => vec![stranger],
            18 => vec![copy, stranger],
            _ => vec![copy; self.dice.pick(&[0, 9])],
        }
    }

    fn ink(&mut self, state: &State, holder: Address, deadline: u64) -> Ink {
        let own = holder_keys().iter().position(|key| key.address() == holder);
        let mut key = own.unwrap_or(0);
        if holder == person(DELEGATED) && self.dice.percent(50) {
            key = WALLET_OWNER;
        }
        if self.dice.percent(5) {
            key = self.dice.place(WALLET_OWNER + 1);
        }
        let word = match self.dice.below(30) {
            0 => state.to_word(),
            1 => signed_word(state) ^ (U256::ONE << 104),
            _ => signed_word(state),
        };
        let flaws = [
            Flaw::OtherMessage,
            Flaw::Short,
            Flaw::Long,
            Flaw::HighS,
            Flaw::OtherV,
        ];
        Ink {
            key,
            word,
            deadline: if self.dice.percent(3) {
                deadline - 1
            } else {
                deadline
            },
            flaw: if self.dice.percent(10) {
                self.dice.pick(&flaws)
            } else {
                Flaw::None
            },
        }
    }

    /// Somebody, mostly a holder, sometimes one whom nobody can pay.
    fn payee(&mut self) -> Payee {
        match self.dice.below(20) {
            0 => Payee::Nobody,
            1 => Payee::Grants,
            2 => Payee::Token,
            3 => Payee::Person(self.dice.place(COUNT)),
            _ => Payee::Person(self.dice.pick(&HOLDERS)),
        }
    }

    /// An open grant that is wanted, settled or not; in some cases any leaf.
    fn held(&mut self, model: &Model, wanted: impl Fn(usize) -> bool) -> usize {
        let is_open = |leaf: usize| {
            let state = model.state(self.world, leaf);
            state.has(Flags::OPENED) && !state.has(Flags::CLOSED)
        };
        let open = self.leaves_that(is_open);
        let fit: Vec<usize> = open.iter().copied().filter(|leaf| wanted(*leaf)).collect();
        if open.is_empty() || self.dice.percent(6) {
            return self.leaf();
        }
        let any = fit.is_empty() || self.dice.percent(10);
        self.dice.pick(if any { &open } else { &fit })
    }

    fn leaves_that(&self, is_wanted: impl Fn(usize) -> bool) -> Vec<usize> {
        (0..self.world.leaves.len())
            .filter(|leaf| is_wanted(*leaf))
            .collect()
    }

    /// Who would make a call of Succession.
    pub(crate) fn usual_of_succession(&self, model: &Model, call: &Call) -> Option<usize> {
        match *call {
            Call::Replace { .. } => Some(ISSUER),
            Call::AnnounceRecovery { .. } | Call::ExecuteRecovery { .. } => Some(PEOPLE),
            Call::Move { leaf, .. } | Call::Veto { leaf } => Some(self.holder(model, leaf)),
            _ => None,
        }
    }
}

fn powers(world: &World, leaf: usize) -> Powers {
    let terms = world.leaves[leaf].terms.as_ref();
    terms.map(|terms| terms.powers).unwrap_or_default()
}
