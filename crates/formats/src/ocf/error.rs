use guerdon_core::terms::{GATES_MAX, ScheduleError};

use super::Allocation;
use crate::calendar::CalendarError;
use crate::json::FileError;

/// Why vesting terms cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OcfError {
    /// Not of the form that the format's schema gives.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file holds several terms and none was chosen.
    #[error("the file holds several vesting terms: choose one of {0}")]
    TermsNeeded(String),
    /// The file does not hold the terms that were chosen.
    #[error("the file holds no vesting terms `{id}`; it holds {there}")]
    NoSuchTerms {
        /// What was asked for.
        id: String,
        /// What the file holds.
        there: String,
    },
    /// A condition that a grant cannot say.
    #[error("the condition `{id}` {why}")]
    Condition {
        /// Its id.
        id: String,
        /// A clause.
        why: String,
    },
    /// The conditions together say what a grant cannot.
    #[error("these vesting terms {0}")]
    Terms(String),
    /// The allocation needs what is missing or cannot be followed.
    #[error("the allocation {allocation} {why}")]
    Allocation {
        /// How amounts are rounded.
        allocation: Allocation,
        /// A clause.
        why: String,
    },
    /// An event that no goal decides.
    #[error("the event `{0}` needs a goal that decides it: give --goal '{0}=0x…' with its id")]
    GoalNeeded(String),
    /// More events than a grant has gates.
    #[error("there are {0} events and a grant holds at most {GATES_MAX} gates")]
    TooManyEvents(usize),
    /// The dates make no schedule.
    #[error("these vesting terms make no valid schedule: {0}")]
    Schedule(#[from] ScheduleError),
    /// A date outside of the calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// A grant that the format cannot say.
    #[error("the Open Cap Format cannot say this: {0}")]
    Unsaid(String),
}

impl OcfError {
    pub(super) fn condition(id: &str, why: impl Into<String>) -> Self {
        Self::Condition {
            id: id.to_owned(),
            why: why.into(),
        }
    }
}
