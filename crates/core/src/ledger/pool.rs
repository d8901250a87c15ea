use alloy_primitives::B256;

use super::{LedgerError, Record};
use crate::fact::{Fact, Origin, Subject};

/// The money of one Grants contract, in base units. Folds from all its facts, not only from those
/// of its subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolRecord {
    /// All that was deposited, less what was withdrawn, plus what was withheld.
    pub funded: u128,
    /// What grants and unopened parts of rounds hold.
    pub promised: u128,
    /// Released by claims: paid and withheld.
    pub released: u128,
    /// Withheld for tax; the rest of `released` went to holders.
    pub withheld: u128,
}

/// A round, as committed. Amounts in base units, times in unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RoundRecord {
    /// Root of its tree.
    pub root: B256,
    /// Sum of its grants; 0 once rescinded.
    pub total: u128,
    /// Hash of what the round refers to.
    pub document: B256,
    /// When it was committed: the time of the block.
    pub committed_at: u64,
    /// When it becomes binding; nothing opens before.
    pub binding_at: u64,
    /// Revenue epoch at commit; 0 for an access token.
    pub since: u16,
    /// Whether it was taken back before it was binding.
    pub rescinded: bool,
    /// Where it was committed.
    pub committed: Origin,
}

impl PoolRecord {
    /// Takes up any fact of the Grants contract; others change nothing.
    pub fn apply(&mut self, _origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        let after = self.after(fact);
        *self = after.ok_or(LedgerError::Amount {
            subject: Subject::Pool,
        })?;
        Ok(())
    }

    /// Funded and not promised, in base units: what can be promised or withdrawn.
    pub fn free(&self) -> u128 {
        self.funded.saturating_sub(self.promised)
    }

    /// What reached holders, in base units.
    pub fn paid_net(&self) -> u128 {
        self.released.saturating_sub(self.withheld)
    }

    /// What the contract's balance must at least be, in base units.
    pub fn owed(&self) -> u128 {
        self.funded.saturating_sub(self.released)
    }

    fn after(mut self, fact: &Fact) -> Option<Self> {
        match fact {
            Fact::Funded { amount, .. } => self.funded = self.funded.checked_add(*amount)?,
            Fact::FreeWithdrawn { amount, .. } => self.funded = self.funded.checked_sub(*amount)?,
            Fact::RoundCommitted { total, .. } => {
                self.promised = self.promised.checked_add(*total)?;
            }
            Fact::RoundRescinded { freed, .. }
            | Fact::Invalid { freed, .. }
            | Fact::Settled { freed, .. }
            | Fact::Waived { freed, .. } => self.promised = self.promised.checked_sub(*freed)?,
            Fact::Ended { freed, .. }
            | Fact::EndWithdrawn { freed, .. }
            | Fact::Accelerated { freed, .. }
            | Fact::Succeeded { freed, .. } => {
                self.promised = self.promised.checked_add_signed(freed.checked_neg()?)?;
            }
            Fact::Claimed {
                gross, withheld, ..
            } => {
                self.released = self.released.checked_add(*gross)?;
                self.withheld = self.withheld.checked_add(*withheld)?;
                self.funded = self.funded.checked_add(*withheld)?;
            }
            _ => {}
        }
        Some(self)
    }
}

impl Record for RoundRecord {
    fn subject(&self) -> Subject {
        Subject::Round(self.root)
    }

    fn begin(origin: &Origin, fact: &Fact) -> Option<Self> {
        let Fact::RoundCommitted {
            root,
            total,
            document,
            binding_at,
            since,
        } = *fact
        else {
            return None;
        };
        Some(Self {
            root,
            total,
            document,
            committed_at: origin.block_time,
            binding_at,
            since,
            rescinded: false,
            committed: *origin,
        })
    }

    fn apply(&mut self, _origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        match fact {
            Fact::RoundCommitted { .. } => Err(LedgerError::Twice {
                subject: self.subject(),
            }),
            Fact::RoundRescinded { .. } => {
                (self.total, self.rescinded) = (0, true);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
