use std::collections::BTreeMap;

use alloy_primitives::B256;

use super::PoolRecord;
use crate::fact::{Fact, Subject};

/// What moved between two blocks, summed from the facts between them alone. Base units.
///
/// It knows nothing of the records, so that opening records and a flow that add up to the closing
/// records say something about both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Deposited.
    pub funded: u128,
    /// Free money that was withdrawn.
    pub withdrawn: u128,
    /// Promised by rounds.
    pub committed: u128,
    /// Promised and taken back with the whole round.
    pub rescinded: u128,
    /// Given back by ends, settlements, waivers, replacements and invalid leaves.
    pub freed: u128,
    /// Promised again: by ends that were withdrawn or moved, and by replacements that hold more.
    pub added: u128,
    /// Released by claims: paid and withheld.
    pub released: u128,
    /// Withheld for tax.
    pub withheld: u128,
    /// Payments made.
    pub payments: u64,
    /// Leaves that were opened, invalid ones among them.
    pub opened: u64,
}

/// What moved, in all and by round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    /// Everything.
    pub all: Flow,
    /// By root of the round.
    pub rounds: BTreeMap<B256, Flow>,
}

impl Flows {
    /// Takes up a fact. `root_of` says of which round a grant is; `None`: a sum left its range, or
    /// the grant is of no known round.
    pub fn apply(&mut self, fact: &Fact, root_of: impl Fn(B256) -> Option<B256>) -> Option<()> {
        let root = match fact.subject() {
            Subject::Pool => None,
            Subject::Round(root) => Some(root),
            Subject::Grant(id) => Some(root_of(id)?),
            _ => return Some(()),
        };
        self.all.apply(fact)?;
        match root {
            Some(root) => self.rounds.entry(root).or_default().apply(fact),
            None => Some(()),
        }
    }
}

impl Flow {
    /// What reached holders, in base units.
    pub fn paid_net(&self) -> u128 {
        self.released.saturating_sub(self.withheld)
    }

    /// The pool after this flow; `None`: a sum leaves its range.
    pub fn closing(&self, opening: &PoolRecord) -> Option<PoolRecord> {
        Some(PoolRecord {
            funded: opening
                .funded
                .checked_add(self.funded)?
                .checked_add(self.withheld)?
                .checked_sub(self.withdrawn)?,
            promised: self.promised(opening.promised)?,
            released: opening.released.checked_add(self.released)?,
            withheld: opening.withheld.checked_add(self.withheld)?,
        })
    }

    /// What is promised after this flow, of what was before it; `None`: a sum leaves its range.
    pub fn promised(&self, opening: u128) -> Option<u128> {
        opening
            .checked_add(self.committed)?
            .checked_add(self.added)?
            .checked_sub(self.rescinded)?
            .checked_sub(self.freed)
    }

    fn apply(&mut self, fact: &Fact) -> Option<()> {
        match *fact {
            Fact::Funded { amount, .. } => add(&mut self.funded, amount),
            Fact::FreeWithdrawn { amount, .. } => add(&mut self.withdrawn, amount),
            Fact::RoundCommitted { total, .. } => add(&mut self.committed, total),
            Fact::RoundRescinded { freed, .. } => add(&mut self.rescinded, freed),
            Fact::Opened { .. } => self.open(),
            Fact::Invalid { freed, .. } => {
                self.open()?;
                add(&mut self.freed, freed)
            }
            Fact::Settled { freed, .. } | Fact::Waived { freed, .. } => add(&mut self.freed, freed),
            Fact::Ended { freed, .. }
            | Fact::EndWithdrawn { freed, .. }
            | Fact::Accelerated { freed, .. }
            | Fact::Succeeded { freed, .. } => match freed {
                0.. => add(&mut self.freed, freed.unsigned_abs()),
                _ => add(&mut self.added, freed.unsigned_abs()),
            },
            Fact::Claimed {
                gross, withheld, ..
            } => {
                self.payments = self.payments.checked_add(1)?;
                add(&mut self.released, gross)?;
                add(&mut self.withheld, withheld)
            }
            _ => Some(()),
        }
    }

    fn open(&mut self) -> Option<()> {
        self.opened = self.opened.checked_add(1)?;
        Some(())
    }
}

fn add(sum: &mut u128, amount: u128) -> Option<()> {
    *sum = sum.checked_add(amount)?;
    Some(())
}
