use std::collections::BTreeMap;

use alloy_primitives::B256;

mod access;
mod flow;
mod goal;
mod grant;
mod pool;

pub use access::{
    AccessRecords, FunctionRecord, MemberRecord, OPERATION_EXPIRY, OperationRecord, OperationState,
};
pub use flow::{Flow, Flows};
pub use goal::{AttemptRecord, GoalRecord};
pub use grant::{Descent, GrantRecord};
pub use pool::{PoolRecord, RoundRecord};

use crate::fact::{Fact, Origin, Subject};

/// Everything the facts of one deployment add up to; equal to the chain's state after the same
/// blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The money.
    pub pool: PoolRecord,
    /// Rounds by root.
    pub rounds: BTreeMap<B256, RoundRecord>,
    /// Opened grants by id.
    pub grants: BTreeMap<B256, GrantRecord>,
    /// Goals by id.
    pub goals: BTreeMap<B256, GoalRecord>,
    /// Who may do what, and what is scheduled.
    pub access: AccessRecords,
}

/// Why a fact does not fit the facts before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The first fact about the subject is missing.
    #[error(
        "{subject:?} is unknown: the fact that creates it is missing, read the chain from the start"
    )]
    Unknown {
        /// What the fact is about.
        subject: Subject,
    },
    /// The subject exists already.
    #[error("{subject:?} was created twice: a fact was read twice, read the chain from the start")]
    Twice {
        /// What the fact is about.
        subject: Subject,
    },
    /// The attempt does not follow on the attempts before it.
    #[error("attempt {attempt} of goal {goal} does not follow on the ones before it")]
    Attempt {
        /// Id of the goal.
        goal: B256,
        /// Number of the attempt.
        attempt: u16,
    },
    /// An amount would fall below 0 or pass its type.
    #[error("an amount of {subject:?} leaves its range: a fact is missing or was read twice")]
    Amount {
        /// What the fact is about.
        subject: Subject,
    },
}

impl Ledger {
    /// Takes up the next fact, in the order of the chain.
    pub fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError> {
        self.pool.apply(origin, fact)?;
        let subject = fact.subject();
        match subject {
            Subject::Pool | Subject::Token => Ok(()),
            Subject::Round(root) => take_up(&mut self.rounds, root, origin, fact),
            Subject::Grant(id) => {
                take_up(&mut self.grants, id, origin, fact)?;
                self.inherit_since(fact);
                self.succeed(fact)
            }
            Subject::Goal(id) => take_up(&mut self.goals, id, origin, fact),
            Subject::Member(..) | Subject::Function(..) | Subject::Operation(..) => {
                self.access.apply(origin, fact)
            }
        }
    }

    /// A successor takes over from the grant it replaces.
    fn succeed(&mut self, fact: &Fact) -> Result<(), LedgerError> {
        let Fact::Succeeded { old, id, .. } = *fact else {
            return Ok(());
        };
        let subject = Subject::Grant(old);
        let replaced = *self
            .grants
            .get(&old)
            .ok_or(LedgerError::Unknown { subject })?;
        if let Some(grant) = self.grants.get_mut(&id) {
            let subject = Subject::Grant(id);
            let inherited = grant.inherit(&replaced);
            inherited.ok_or(LedgerError::Amount { subject })?;
            let round = self.rounds.get(&replaced.root);
            grant.state.since = round.map_or(0, |round| round.since);
        }
        Ok(())
    }

    /// A grant has its round's epoch, which its own event does not repeat.
    fn inherit_since(&mut self, fact: &Fact) {
        let Fact::Opened { id, root, .. } = fact else {
            return;
        };
        if let (Some(grant), Some(round)) = (self.grants.get_mut(id), self.rounds.get(root)) {
            grant.state.since = round.since;
        }
    }
}

/// A record of one subject, folded from its facts in the order of the chain.
pub trait Record: Sized {
    /// What the record is about.
    fn subject(&self) -> Subject;

    /// The record that a first fact creates; `None` if this fact creates none.
    fn begin(origin: &Origin, fact: &Fact) -> Option<Self>;

    /// Takes up a later fact. Facts about other subjects must not be given.
    fn apply(&mut self, origin: &Origin, fact: &Fact) -> Result<(), LedgerError>;

    /// The record of all facts about one subject; `None` if there are none.
    fn fold<'a>(
        facts: impl IntoIterator<Item = &'a (Origin, Fact)>,
    ) -> Result<Option<Self>, LedgerError> {
        let mut record: Option<Self> = None;
        for (origin, fact) in facts {
            match &mut record {
                Some(record) => record.apply(origin, fact)?,
                None => record = Some(first(origin, fact)?),
            }
        }
        Ok(record)
    }
}

fn first<R: Record>(origin: &Origin, fact: &Fact) -> Result<R, LedgerError> {
    R::begin(origin, fact).ok_or(LedgerError::Unknown {
        subject: fact.subject(),
    })
}

fn take_up<K: Ord, R: Record>(
    records: &mut BTreeMap<K, R>,
    key: K,
    origin: &Origin,
    fact: &Fact,
) -> Result<(), LedgerError> {
    if let Some(record) = records.get_mut(&key) {
        return record.apply(origin, fact);
    }
    records.insert(key, first(origin, fact)?);
    Ok(())
}
