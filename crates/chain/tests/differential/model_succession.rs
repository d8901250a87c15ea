//! What Succession should do, said by core alone.

use alloy::primitives::{Address, B256};
use guerdon_core::grant::{self, Desk, GateResult};
use guerdon_core::state::State;
use guerdon_core::succession::{
    Around, Found, Left, Lookup, Replacement, Signed, SuccessionRefused, announce, clear, execute,
    r#move, replace, signed_word, veto,
};
use guerdon_core::terms::{Schedule, Terms};

use crate::model::{Answer, Model};
use crate::people::{DELEGATED, ISSUER, PEOPLE, WALLET_OWNER, holder_keys, person};
use crate::step::{Call, Flaw, Ink, Step};
use crate::world::World;

/// Why a call of Succession is refused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Denied {
    Role,
    By(SuccessionRefused),
}

impl From<SuccessionRefused> for Denied {
    fn from(refused: SuccessionRefused) -> Self {
        Self::By(refused)
    }
}

/// The model as the chain that successors are looked up in.
#[derive(Debug)]
struct Chain<'a>(&'a Model);

impl Lookup for Chain<'_> {
    fn is_taken(&self, id: B256) -> bool {
        self.0.states.contains_key(&id)
    }

    fn goal(&self, goal: B256) -> Option<GateResult> {
        self.0.goal(goal, None)
    }
}

impl Model {
    pub(crate) fn call_succession(&mut self, world: &World, step: &Step) -> Answer {
        let answer = self.succession(world, step);
        answer.map(|()| None).map_err(|denied| match denied {
            Denied::Role => "no role".to_owned(),
            Denied::By(refused) => format!("{refused:?}"),
        })
    }

    /// Takes a call of Succession; on a refusal nothing is changed.
    pub(crate) fn succession(&mut self, world: &World, step: &Step) -> Result<(), Denied> {
        if needs_role(&step.call).is_some_and(|role| role != step.from) {
            return Err(Denied::Role);
        }
        let leaf = leaf_of(&step.call);
        let desk = desk(world, step.time);
        // the terms of a leaf that never opens are never read
        let unread = unread();
        let terms = world.leaves[leaf].terms.as_ref().unwrap_or(&unread);
        let state = self.state(world, leaf);
        let id = world.leaves[leaf].id;
        let recovery = self.recoveries.get(&id).copied().unwrap_or_default();
        let found = Found {
            terms,
            state: &state,
            recovery: &recovery,
        };
        let by_holder = person(step.from) == self.holder(world, leaf);
        let now = step.time;
        let (left, holder) = match step.call {
            Call::Replace { .. } => return self.replace(world, step, &found),
            Call::Move { to, .. } => {
                let to = world.payee(to);
                (r#move(&desk, &found, to, by_holder)?, Some(to))
            }
            Call::Veto { .. } => (veto(&found, now, by_holder)?, None),
            Call::AnnounceRecovery { to, .. } => (announce(&desk, &found, world.payee(to))?, None),
            Call::ExecuteRecovery { to, .. } => {
                let to = world.payee(to);
                (execute(&found, to, now)?, Some(to))
            }
            Call::ClearRecovery { .. } => (clear(&found, now)?, None),
            ref other => panic!("{other:?} is no call of Succession"),
        };
        let Left { state, recovery } = left;
        self.states.insert(id, state);
        self.recoveries.insert(id, recovery);
        if let Some(holder) = holder {
            self.holders.insert(id, holder);
        }
        Ok(())
    }

    fn replace(&mut self, world: &World, step: &Step, found: &Found<'_>) -> Result<(), Denied> {
        let Call::Replace {
            leaf,
            ref successors,
            deadline,
            ink,
        } = step.call
        else {
            panic!("no replacement");
        };
        let bytes: Vec<Vec<u8>> = successors
            .iter()
            .map(|leaf| world.leaves[*leaf].bytes.clone())
            .collect();
        let holder = self.holder(world, leaf);
        let is_of_this = ink.word == signed_word(found.state) && ink.deadline == deadline;
        let order = Replacement {
            successors: &bytes,
            deadline,
            signed: Signed {
                holder,
                is_good: is_of_this && is_good(&ink, holder),
            },
        };
        let gates = if world.leaves[leaf].terms.is_some() && self.is_open(world, leaf) {
            self.gates(found.terms, found.state)
        } else {
            Vec::new()
        };
        let desk = desk(world, step.time);
        let around = Around {
            desk: &desk,
            lookup: &Chain(self),
            free: self.pool.free(),
        };
        let (recovery, born) = replace(&around, found, &gates, &order)?;
        let held = grant::held(found.terms, found.state);
        let sum = born.iter().map(|one| one.terms.amount).sum();
        self.pool = self.pool.hold(held, sum).unwrap();
        let old = world.leaves[leaf].id;
        self.states.insert(old, State::closed());
        self.recoveries.insert(old, recovery);
        for one in born {
            self.states.insert(one.id, one.state);
            self.born.insert(one.id);
        }
        Ok(())
    }

    fn is_open(&self, world: &World, leaf: usize) -> bool {
        let state = self.state(world, leaf);
        state.has(guerdon_core::state::Flags::OPENED)
            && !state.has(guerdon_core::state::Flags::CLOSED)
    }

    /// Who holds a leaf's grant.
    pub(crate) fn holder(&self, world: &World, leaf: usize) -> Address {
        let spec = &world.leaves[leaf];
        let moved_to = self.holders.get(&spec.id).copied();
        let terms = spec.terms.as_ref();
        terms.map_or(Address::ZERO, |terms| {
            grant::holder(terms, &self.state(world, leaf), moved_to)
        })
    }
}

/// Whether the signature, if it is of the right message, is the holder's: by key, or by the wallet
/// that the holder's account has delegated to, which is less strict.
fn is_good(ink: &Ink, holder: Address) -> bool {
    let by_key = holder_keys()[ink.key].address() == holder && ink.key != WALLET_OWNER;
    let by_wallet = ink.key == WALLET_OWNER && holder == person(DELEGATED);
    match ink.flaw {
        Flaw::None => by_key || by_wallet,
        Flaw::HighS | Flaw::Long => by_wallet,
        _ => false,
    }
}

fn desk(world: &World, now: u64) -> Desk {
    Desk {
        domain: world.domain,
        grants: world.places.grants,
        token: world.places.token,
        now,
    }
}

fn unread() -> Terms {
    Terms {
        recipient: Address::ZERO,
        amount: 1,
        start: 0,
        powers: Default::default(),
        grace_seconds: 0,
        backdate_seconds: 0,
        pause_max: 0,
        withhold_bps: 0,
        document: B256::ZERO,
        gates: Vec::new(),
        unlock: None,
        vesting: Schedule::whole(),
    }
}

fn needs_role(call: &Call) -> Option<usize> {
    match call {
        Call::Replace { .. } => Some(ISSUER),
        Call::AnnounceRecovery { .. } | Call::ExecuteRecovery { .. } => Some(PEOPLE),
        _ => None,
    }
}

/// The grant that a call of Succession is about.
pub(crate) fn leaf_of(call: &Call) -> usize {
    match *call {
        Call::Replace { leaf, .. }
        | Call::Move { leaf, .. }
        | Call::Veto { leaf }
        | Call::AnnounceRecovery { leaf, .. }
        | Call::ExecuteRecovery { leaf, .. }
        | Call::ClearRecovery { leaf } => leaf,
        ref other => panic!("{other:?} is no call of Succession"),
    }
}
