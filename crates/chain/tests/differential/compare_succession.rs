//! Holders, recoveries, hashes and errors of Succession on both sides.

use alloy::primitives::aliases::U40;
use alloy::primitives::{Address, Bytes, U256};
use alloy::sol_types::{SolError, SolValue};
use guerdon_core::succession::{Power, SuccessionRefused, signed_word};

use crate::abi::{IAccessManaged, IGrants, ISuccession};
use crate::compare::{Divergence, Pair, same};
use crate::encode_succession::typed_terms;
use crate::machine::Outcome;
use crate::model_succession::{Denied, leaf_of};
use crate::people::person;
use crate::step::{Call, Step};

impl Pair<'_> {
    /// Before the call: the hash that the holder would sign now.
    pub(crate) fn hashes(&mut self, step: &Step) -> Result<(), Divergence> {
        let Call::Replace {
            leaf,
            ref successors,
            deadline,
            ..
        } = step.call
        else {
            return Ok(());
        };
        let world = self.world;
        let word = signed_word(&self.model.state(world, leaf));
        let call = ISuccession::replaceDigestCall {
            old: world.terms(leaf),
            successors: successors.iter().map(|leaf| world.terms(*leaf)).collect(),
            deadline: U256::from(deadline),
        };
        let found = self.machine.view(world.places.succession, &call);
        let wanted = world.replace_hash(leaf, successors, word, deadline);
        same("hash of a replacement", &found, &wanted)?;
        successors.iter().try_for_each(|leaf| self.reading(*leaf))
    }

    /// Whether bytes are terms, and what they say field by field.
    fn reading(&mut self, leaf: usize) -> Result<(), Divergence> {
        let (succession, terms) = (self.world.places.succession, self.world.terms(leaf));
        let spec = &self.world.leaves[leaf];
        let call = ISuccession::isValidCall {
            terms: terms.clone(),
        };
        let found = self.machine.view(succession, &call);
        same("valid terms", &found, &Some(spec.terms.is_some()))?;
        let call = ISuccession::decodeCall { terms };
        let found = self.machine.view(succession, &call);
        let found = found.map(|terms| terms.abi_encode());
        let wanted = typed_terms(&spec.bytes).map(|terms| terms.abi_encode());
        same("decoded terms", &found, &wanted)
    }

    /// The error of the contract, with its numbers, is that of core.
    pub(crate) fn error(
        &self,
        step: &Step,
        outcome: &Outcome,
        denied: &Denied,
    ) -> Result<(), Divergence> {
        let leaf = leaf_of(&step.call);
        let id = self.world.leaves[leaf].id;
        let caller = person(step.from);
        let holder = self.model.holder(self.world, leaf);
        let number = |value: usize| U256::from(value);
        let wanted = match denied {
            Denied::Role => IAccessManaged::AccessManagedUnauthorized { caller }.abi_encode(),
            Denied::By(SuccessionRefused::NotHolder) => {
                ISuccession::NotHolder { caller, holder }.abi_encode()
            }
            Denied::By(SuccessionRefused::NotOpened) => IGrants::NotOpened { id }.abi_encode(),
            Denied::By(SuccessionRefused::Closed) => IGrants::IsClosed { id }.abi_encode(),
            Denied::By(SuccessionRefused::NoRecovery) => {
                ISuccession::NoRecovery { id }.abi_encode()
            }
            Denied::By(SuccessionRefused::Count { count }) => ISuccession::OutOfRange {
                value: number(*count),
                limit: number(8),
            }
            .abi_encode(),
            Denied::By(refused) => {
                encoded(refused).ok_or_else(|| format!("no error of the contract: {refused}"))?
            }
        };
        same("the error", &outcome.output, &Bytes::from(wanted))
    }

    /// Holder and recovery of a leaf.
    pub(crate) fn holder(&mut self, place: usize) -> Result<(), Divergence> {
        let (world, places) = (self.world, self.world.places);
        let id = world.leaves[place].id;
        let told = self.ledger.grants.get(&id);
        let call = IGrants::holdersCall { id };
        let found = self.machine.view(places.grants, &call).unwrap_or_default();
        let core = self.model.holders.get(&id).copied();
        same("holder", &found, &core.unwrap_or_default())?;
        let by_events = told.and_then(|record| record.moved_to);
        same("holder by events", &by_events, &core)?;

        let call = ISuccession::recoveriesCall { id };
        let found = self.machine.view(places.succession, &call);
        let found = found.ok_or("recoveries reverts")?;
        let core = self.model.recoveries.get(&id).copied().unwrap_or_default();
        let time = |seconds: u64| U40::from(seconds);
        let wanted: (Address, U40, U40) =
            (core.to, time(core.announced_at), time(core.cancelled_at));
        let contract = (found.to, found.announcedAt, found.cancelledAt);
        same("recovery", &contract, &wanted)?;
        let by_events = told.map(|record| record.recovery).unwrap_or_default();
        same("recovery by events", &by_events, &core)
    }
}

/// An error that says all by itself.
fn encoded(refused: &SuccessionRefused) -> Option<Vec<u8>> {
    let (time, amount) = (
        |value: u64| U256::from(value),
        |value: u128| U256::from(value),
    );
    Some(match *refused {
        SuccessionRefused::NoPower { power } => {
            let bit = if power == Power::Move { 2 } else { 4 };
            ISuccession::NoPower { power: time(bit) }.abi_encode()
        }
        SuccessionRefused::NotPayable { to } => ISuccession::NotPayable { to }.abi_encode(),
        SuccessionRefused::TooLate { until } => {
            ISuccession::TooLate { until: time(until) }.abi_encode()
        }
        SuccessionRefused::NotYet { until } => {
            ISuccession::NotYet { until: time(until) }.abi_encode()
        }
        SuccessionRefused::RecoveryOpen { until } => {
            ISuccession::RecoveryOpen { until: time(until) }.abi_encode()
        }
        SuccessionRefused::BadSignature { holder } => {
            ISuccession::BadSignature { holder }.abi_encode()
        }
        SuccessionRefused::BadTerms { .. } => IGrants::BadTerms {}.abi_encode(),
        SuccessionRefused::GoalNotDefined { goal } => IGrants::GoalNotDefined { goal }.abi_encode(),
        SuccessionRefused::AlreadyOpened { id } => IGrants::AlreadyOpened { id }.abi_encode(),
        SuccessionRefused::BelowReleased {
            amount: value,
            released,
        } => IGrants::OutOfRange {
            value: amount(value),
            limit: amount(released),
        }
        .abi_encode(),
        SuccessionRefused::VestedFalls { before, after } => IGrants::VestedFalls {
            before: amount(before),
            current: amount(after),
        }
        .abi_encode(),
        SuccessionRefused::NotHeir { heir, holder } => IGrants::NotHolder {
            caller: heir,
            holder,
        }
        .abi_encode(),
        SuccessionRefused::NotFreeEnough { wanted, free } => IGrants::NotFreeEnough {
            wanted: amount(wanted),
            free: amount(free),
        }
        .abi_encode(),
        _ => return None,
    })
}
