use alloy_primitives::B256;

use super::{AttemptStatus, BoundError, GoalError, ResultError};

/// Why the chain would refuse a call that concerns a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GoalRefused {
    /// There is no such goal.
    #[error("the goal is not defined: define it first")]
    NotDefined,
    /// It is defined already.
    #[error("the goal is defined already")]
    AlreadyDefined,
    /// The definition or its panel breaks a rule.
    #[error(transparent)]
    Definition(#[from] GoalError),
    /// Its fraction is final.
    #[error("the goal is final: nothing changes it any more")]
    Final,
    /// Outside of its window.
    #[error("attempts can be registered from {opens} to {closes} only")]
    NotOpen {
        /// First second, in unix seconds.
        opens: u64,
        /// Last second, in unix seconds.
        closes: u64,
    },
    /// All attempts are used up.
    #[error("all {attempts} attempts of the goal are used up")]
    NoAttemptsLeft {
        /// Attempts of the definition.
        attempts: u8,
    },
    /// Not the sponsor, and no quorum.
    #[error(
        "only the sponsor may do this, or for a registration as many members as a result needs"
    )]
    NotSponsor,
    /// Not the arbiter.
    #[error("only the arbiter may do this")]
    NotArbiter,
    /// Too few members signed.
    #[error("{signatures} panel members signed and {m} are needed")]
    BadPanel {
        /// Valid signatures.
        signatures: u8,
        /// Signatures needed.
        m: u8,
    },
    /// The attempt stands elsewhere.
    #[error("the attempt is {status:?}, which does not allow this")]
    WrongStatus {
        /// Where it stands.
        status: AttemptStatus,
    },
    /// After the last second.
    #[error("this could be done until {deadline} only")]
    TooLate {
        /// Last second, in unix seconds.
        deadline: u64,
    },
    /// Before the first second.
    #[error("this can be done from {until} on")]
    NotYet {
        /// First second, in unix seconds.
        until: u64,
    },
    /// Nothing is drawn for this goal, or it was drawn.
    #[error("no seed is due: the goal draws none, or it was drawn before")]
    NoSeedDue,
    /// The block that draws is not there yet.
    #[error("the items are drawn by block {block}, which must be over")]
    SeedNotReady {
        /// The block that draws.
        block: u64,
    },
    /// The block that draws is too old.
    #[error("the hash of the block that draws the items is lost: only 256 blocks are remembered")]
    SeedLost,
    /// The items must be drawn before.
    #[error("the items of the attempt are not drawn yet: seal it first")]
    NotSealed,
    /// Another model than registered.
    #[error("the attempt was registered with model {registered}, not with that of the result")]
    WrongModel {
        /// Hash of the registered manifest.
        registered: B256,
    },
    /// The result is impossible or of another size.
    #[error(transparent)]
    Result(#[from] ResultError),
    /// All voids are used up.
    #[error("all {max_voids} voids of the goal are used up")]
    NoVoidsLeft {
        /// Voids of the definition.
        max_voids: u8,
    },
    /// A demand stands.
    #[error("a run is demanded already")]
    AlreadyDemanded,
    /// A demand could gain nothing.
    #[error(
        "the default of {default_ppb} ppb is not more than the {fraction} ppb that the goal pays now"
    )]
    NothingToDemand {
        /// Default of the definition, in ppb.
        default_ppb: u32,
        /// What the goal pays now, in ppb.
        fraction: u32,
    },
    /// No demand stands.
    #[error("no run is demanded")]
    NotDemanded,
    /// The window was extended.
    #[error("the window of the goal was extended before, and can be only once")]
    AlreadyExtended,
    /// The window would shrink, or more than double.
    #[error("the window closes at {before} and can be moved to {latest} at most, not to {closes}")]
    BadExtension {
        /// Asked for, in unix seconds.
        closes: u64,
        /// Now, in unix seconds.
        before: u64,
        /// The latest possible, in unix seconds.
        latest: u64,
    },
    /// Something can still change the fraction.
    #[error("{pending} attempts are pending, and the window closes at {closes}")]
    NotFinal {
        /// Attempts not finished.
        pending: u16,
        /// When the window closes, in unix seconds.
        closes: u64,
    },
}

impl From<BoundError> for GoalRefused {
    fn from(error: BoundError) -> Self {
        Self::Result(error.into())
    }
}
