use std::collections::BTreeMap;

use alloy_primitives::{Address, B256};

use super::{LedgerError, Record, take_up};
use crate::fact::{Fact, Origin, Subject};

/// How long a scheduled call can be made once its time has come, in seconds: a constant of the
/// AccessManager.
pub const OPERATION_EXPIRY: u64 = 7 * 86_400;

/// Who may do what, and what is scheduled: all that the AccessManager of a deployment said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessRecords {
    /// By role and account; those who lost the role are among them.
    pub members: BTreeMap<(u64, Address), MemberRecord>,
    /// By contract and selector.
    pub functions: BTreeMap<(Address, [u8; 4]), FunctionRecord>,
    /// By id and number; those that are over are among them.
    pub operations: BTreeMap<(B256, u32), OperationRecord>,
}

/// What an account may do by a role. Times in unix seconds, delays in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// Number of the role; 0 is the administrator's.
    pub role: u64,
    /// Whose it is.
    pub account: Address,
    /// From when on; 0 once it was taken away.
    pub since: u64,
    /// How long before a call it must be scheduled, until `delay_from`.
    pub delay_before: u32,
    /// The same from then on.
    pub delay: u32,
    /// When the delay changes, or has changed.
    pub delay_from: u64,
    /// Where this was last changed.
    pub changed: Origin,
}

/// Which role may call a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FunctionRecord {
    /// The contract.
    pub target: Address,
    /// The function.
    pub selector: [u8; 4],
    /// Number of the role.
    pub role: u64,
    /// Where this was last changed.
    pub changed: Origin,
}

/// A call that needs its delay. Times in unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationRecord {
    /// Hash of caller, target and data.
    pub id: B256,
    /// Which of the calls with this id it is, from 1.
    pub nonce: u32,
    /// Who scheduled it and alone can execute it.
    pub caller: Address,
    /// The contract to be called.
    pub target: Address,
    /// The call data.
    pub data: Vec<u8>,
    /// The earliest time.
    pub at: u64,
    /// What became of it, as far as a transaction said so.
    pub state: OperationState,
    /// Where it was scheduled.
    pub scheduled: Origin,
    /// Where it was last changed.
    pub changed: Origin,
}

/// What became of a scheduled call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationState {
    /// Nothing yet; it may have expired meanwhile.
    Scheduled,
    /// It was made.
    Executed,
    /// It was cancelled.
    Canceled,
}

impl AccessRecords {
    /// Takes up the next fact about access, in the order of the chain; others change nothing.
    pub fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        match fact.subject() {
            Subject::Member(role, account) => {
                take_up(&mut self.members, (role, account), origin, fact)
            }
            Subject::Function(target, selector) => {
                take_up(&mut self.functions, (target, selector), origin, fact)
            }
            Subject::Operation(id, nonce) => {
                take_up(&mut self.operations, (id, nonce), origin, fact)
            }
            _ => Ok(()),
        }
    }
}

impl MemberRecord {
    /// Whether the account has the role at a time.
    pub fn is_member(&self, now: u64) -> bool {
        self.since != 0 && self.since <= now
    }

    /// How long before a call it must be scheduled at that time; 0: not at all.
    pub fn delay_at(&self, now: u64) -> u32 {
        match self.delay_from <= now {
            true => self.delay,
            false => self.delay_before,
        }
    }

    fn grant(&mut self, origin: &Origin, delay: u32, (since, new_member): (u64, bool)) {
        if new_member {
            (self.since, self.delay_before, self.delay_from) = (since, delay, 0);
        } else {
            self.delay_before = self.delay_at(origin.block_time);
            self.delay_from = since;
        }
        (self.delay, self.changed) = (delay, *origin);
    }
}

impl OperationRecord {
    /// The last second at which it can be executed.
    pub fn until(&self) -> u64 {
        self.at.saturating_add(OPERATION_EXPIRY).saturating_sub(1)
    }

    /// Whether it still waits to be made at that time, or for it.
    pub fn is_open(&self, now: u64) -> bool {
        self.state == OperationState::Scheduled && now <= self.until()
    }

    /// Whether it can be executed at that time.
    pub fn is_due(&self, now: u64) -> bool {
        self.is_open(now) && self.at <= now
    }
}

impl Record for MemberRecord {
    fn subject(&self) -> Subject {
        Subject::Member(self.role, self.account)
    }

    fn begin(origin: &Origin, fact: &Fact) -> Option<Self> {
        let Fact::RoleGranted {
            role,
            account,
            delay,
            since,
            new_member: true,
        } = *fact
        else {
            return None;
        };
        Some(Self {
            role,
            account,
            since,
            delay_before: delay,
            delay,
            delay_from: 0,
            changed: *origin,
        })
    }

    fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        match *fact {
            Fact::RoleGranted {
                new_member: true, ..
            } if self.since != 0 => {
                return Err(LedgerError::Twice {
                    subject: self.subject(),
                });
            }
            Fact::RoleGranted {
                delay,
                since,
                new_member,
                ..
            } => self.grant(origin, delay, (since, new_member)),
            Fact::RoleRevoked { .. } => (self.since, self.changed) = (0, *origin),
            _ => {}
        }
        Ok(())
    }
}

impl Record for FunctionRecord {
    fn subject(&self) -> Subject {
        Subject::Function(self.target, self.selector)
    }

    fn begin(origin: &Origin, fact: &Fact) -> Option<Self> {
        let Fact::TargetFunctionRoleUpdated {
            target,
            selector,
            role,
        } = *fact
        else {
            return None;
        };
        Some(Self {
            target,
            selector,
            role,
            changed: *origin,
        })
    }

    fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        if let Fact::TargetFunctionRoleUpdated { role, .. } = *fact {
            (self.role, self.changed) = (role, *origin);
        }
        Ok(())
    }
}

impl Record for OperationRecord {
    fn subject(&self) -> Subject {
        Subject::Operation(self.id, self.nonce)
    }

    fn begin(origin: &Origin, fact: &Fact) -> Option<Self> {
        let Fact::OperationScheduled {
            id,
            nonce,
            at,
            caller,
            target,
            ref data,
        } = *fact
        else {
            return None;
        };
        Some(Self {
            id,
            nonce,
            caller,
            target,
            data: data.clone(),
            at,
            state: OperationState::Scheduled,
            scheduled: *origin,
            changed: *origin,
        })
    }

    fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        self.state = match fact {
            Fact::OperationScheduled { .. } => {
                return Err(LedgerError::Twice {
                    subject: self.subject(),
                });
            }
            Fact::OperationExecuted { .. } => OperationState::Executed,
            Fact::OperationCanceled { .. } => OperationState::Canceled,
            _ => return Ok(()),
        };
        self.changed = *origin;
        Ok(())
    }
}
