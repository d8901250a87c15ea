use alloy_primitives::{Address, B256, keccak256};

mod bounds;
mod draw;
mod moves;
mod refused;
mod state;
mod typed;
mod verdict;

pub use bounds::{BoundError, lower_bound, payout};
pub use draw::draw;
pub use moves::{
    Draw, Registration, Signed, answers, challenge, close, define, demand, drawn_by, expire,
    extend, finalize, fraction_at, refuse, register, seal,
};
pub use refused::GoalRefused;
pub use state::{Attempt, AttemptStatus, GoalFlags, GoalState};
pub use typed::{
    ACCEPT_TYPE, Accept, GoalsDomain, PanelResult, RESULT_TYPE, ResultError, accept_digest,
    check_result, result_digest, seed,
};
pub use verdict::{BondSplit, Proposal, Ruling, Verdict, propose, resolve};

use crate::PPB;
use crate::pack::Words;
use crate::terms::TIME_MAX;

/// Members a panel can have.
pub const PANEL_MAX: usize = 16;
/// Attempts and voids a goal can have together.
pub const ATTEMPTS_MAX: u8 = 32;
/// The longest window from `opens` to `closes`, in seconds: ten years of 365 days.
pub const WINDOW_SECONDS_MAX: u64 = 3650 * 86_400;
/// The longest run, challenge and arbitration together, in seconds: 366 days.
pub const SETTLING_SECONDS_MAX: u64 = 366 * 86_400;
/// Samples a paired comparison needs at least.
pub const PAIRED_SAMPLES_MIN: u32 = 100;
/// The lowest threshold of a paired comparison, in ppb.
pub const PAIRED_THRESHOLD_MIN: i64 = -500_000_000;
/// The highest bound of a paired comparison (1000 z): from 3147 on one more win can lower the
/// result.
pub const PAIRED_BOUND_MAX: u16 = 3100;

/// What a goal counts, and how its lower bound is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// x right answers among the samples; Wilson's bound.
    Proportion,
    /// x wins and y losses against a baseline on the same items; Bonett and Price's bound.
    Paired,
    /// x is the sum of scores, each 0 to 1e9; Hoeffding's bound.
    Measure,
    /// x as it is; a milestone is a count of 1.
    Count,
}

/// A goal: its definition, whose hash is its id. Times in unix seconds, shares in ppb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Goal {
    /// What is counted.
    pub kind: Kind,
    /// Lower bound from which it pays, in ppb (a count: in units).
    pub threshold: i64,
    /// Lower bound from which it pays in full, in ppb (a count: in units).
    pub stretch: i64,
    /// Payout at the threshold, linear to the whole at the stretch.
    pub base_ppb: u32,
    /// Payout if nobody reports though asked.
    pub default_ppb: u32,
    /// 1000 z (proportion, paired), 1000 ln(1/alpha) (measure), 0 (count).
    pub bound: u16,
    /// Attempts, at least 1.
    pub attempts: u8,
    /// Attempts that the arbiter may declare void and give back.
    pub max_voids: u8,
    /// Samples of a result, exactly; 1 for a count.
    pub samples: u32,
    /// Items to choose from, at least `samples`.
    pub pool: u32,
    /// Bits that must all be set in a result, or it pays nothing.
    pub guards: u32,
    /// First second in which attempts can be registered (40 bits).
    pub opens: u64,
    /// Last second in which attempts can be registered (40 bits).
    pub closes: u64,
    /// Time for a run, in seconds.
    pub run_seconds: u32,
    /// Time to object to a proposal, in seconds; at least 1.
    pub challenge_seconds: u32,
    /// Time for the arbiter, in seconds.
    pub arbiter_seconds: u32,
    /// Blocks after registration whose hash draws the items; 0: nothing is drawn.
    pub seed_blocks: u16,
    /// The team's account, which may register and demand.
    pub sponsor: Address,
    /// [`panel_hash`] of the panel and its quorum.
    pub panel: B256,
    /// Who decides challenges.
    pub arbiter: Address,
    /// Token of the bond.
    pub bond_token: Address,
    /// What a challenger puts down, in base units of the bond token; 0: nothing.
    pub bond: u128,
    /// Commitment to the items, or "public".
    pub data: B256,
    /// Hash of the canonical specification.
    pub spec: B256,
}

/// Why a definition is refused, or its panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GoalError {
    /// The number of the kind means nothing.
    #[error("{kind} is no kind of goal: 0 proportion, 1 paired, 2 measure, 3 count")]
    Kind {
        /// Number given.
        kind: u8,
    },
    /// Closes before it opens, or too late, or beyond 40 bits.
    #[error("the goal must close after it opens, and at most ten years later")]
    Window,
    /// Run, challenge and arbitration take too long together.
    #[error("run, challenge and arbitration together may take at most 366 days")]
    Settling,
    /// Nobody could object.
    #[error("the challenge window must be at least 1 second")]
    Challenge,
    /// The threshold is out of its range.
    #[error("the threshold {threshold} is out of range for this kind of goal")]
    Threshold {
        /// Threshold given.
        threshold: i64,
    },
    /// The stretch is out of its range.
    #[error("the stretch {stretch} must be at least the threshold, and at most 1000000000 ppb")]
    Stretch {
        /// Stretch given.
        stretch: i64,
    },
    /// A payout is more than the whole.
    #[error("the payout {ppb} ppb is more than the whole")]
    Payout {
        /// Share given, in ppb.
        ppb: u32,
    },
    /// No attempt, or too many with the voids.
    #[error("{attempts} attempts and {voids} voids: at least 1 attempt, together at most 32")]
    Attempts {
        /// Attempts given.
        attempts: u8,
        /// Voids given.
        voids: u8,
    },
    /// The samples do not fit the pool or the kind.
    #[error("{samples} samples out of a pool of {pool} do not fit this kind of goal")]
    Samples {
        /// Samples given.
        samples: u32,
        /// Items of the pool.
        pool: u32,
    },
    /// A bound where none belongs, none where one must be, or one beyond its limit.
    #[error(
        "the bound {bound} does not fit: above 0, at most 3100 if paired, and 0 for a count only"
    )]
    Bound {
        /// Bound given.
        bound: u16,
    },
    /// The panel is too large, not ascending, or its quorum no majority.
    #[error("a panel has at most 16 members in strictly ascending order, and a majority as quorum")]
    Panel,
    /// The panel is not the one of the definition.
    #[error("the panel and its quorum are not the ones of the definition")]
    OtherPanel,
}

impl Kind {
    /// From its number in the definition.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Proportion),
            1 => Some(Self::Paired),
            2 => Some(Self::Measure),
            3 => Some(Self::Count),
            _ => None,
        }
    }

    /// Its number in the definition.
    pub const fn number(self) -> u8 {
        self as u8
    }
}

impl Goal {
    /// Every rule of a definition that concerns it alone; for its panel see [`check_panel`].
    pub fn check(&self) -> Result<(), GoalError> {
        let window = self.closes.checked_sub(self.opens);
        if !window.is_some_and(|seconds| (1..=WINDOW_SECONDS_MAX).contains(&seconds))
            || self.closes > TIME_MAX
        {
            return Err(GoalError::Window);
        }
        let parts = [
            self.run_seconds,
            self.challenge_seconds,
            self.arbiter_seconds,
        ];
        if parts.into_iter().map(u64::from).sum::<u64>() > SETTLING_SECONDS_MAX {
            return Err(GoalError::Settling);
        }
        if self.challenge_seconds == 0 {
            return Err(GoalError::Challenge);
        }
        self.check_marks()?;
        let (attempts, voids) = (self.attempts, self.max_voids);
        let together = attempts.checked_add(voids);
        if attempts == 0 || together.is_none_or(|together| together > ATTEMPTS_MAX) {
            return Err(GoalError::Attempts { attempts, voids });
        }
        self.check_samples()
    }

    fn check_marks(&self) -> Result<(), GoalError> {
        let whole = i64::from(PPB);
        let (low, high) = match self.kind {
            Kind::Proportion => (1, whole.saturating_sub(1)),
            Kind::Paired => (PAIRED_THRESHOLD_MIN, whole),
            Kind::Measure => (1, whole),
            Kind::Count => (1, i64::MAX),
        };
        if !(low..=high).contains(&self.threshold) {
            return Err(GoalError::Threshold {
                threshold: self.threshold,
            });
        }
        let cap = if self.kind == Kind::Count {
            i64::MAX
        } else {
            whole
        };
        if self.stretch < self.threshold || self.stretch > cap {
            return Err(GoalError::Stretch {
                stretch: self.stretch,
            });
        }
        if let Some(ppb) = [self.base_ppb, self.default_ppb]
            .into_iter()
            .find(|ppb| *ppb > PPB)
        {
            return Err(GoalError::Payout { ppb });
        }
        let (lowest, highest) = match self.kind {
            Kind::Proportion | Kind::Measure => (1, u16::MAX),
            Kind::Paired => (1, PAIRED_BOUND_MAX),
            Kind::Count => (0, 0),
        };
        if !(lowest..=highest).contains(&self.bound) {
            return Err(GoalError::Bound { bound: self.bound });
        }
        Ok(())
    }

    fn check_samples(&self) -> Result<(), GoalError> {
        let (samples, pool) = (self.samples, self.pool);
        let fits = match self.kind {
            Kind::Proportion | Kind::Measure => samples >= 1,
            Kind::Paired => samples >= PAIRED_SAMPLES_MIN,
            Kind::Count => samples == 1,
        };
        if fits && samples <= pool {
            Ok(())
        } else {
            Err(GoalError::Samples { samples, pool })
        }
    }

    /// abi.encode(Goal): one word per field, in order.
    pub fn encode(&self) -> Vec<u8> {
        self.words(Words::default()).into_bytes()
    }

    /// keccak256(abi.encode(chain id at deployment, goals contract, Goal)).
    pub fn id(&self, chain_id: u64, goals: Address) -> B256 {
        let words = Words::default().uint(chain_id.into()).address(goals);
        keccak256(self.words(words).into_bytes())
    }

    fn words(&self, words: Words) -> Words {
        words
            .uint(self.kind.number().into())
            .int(self.threshold)
            .int(self.stretch)
            .uint(self.base_ppb.into())
            .uint(self.default_ppb.into())
            .uint(self.bound.into())
            .uint(self.attempts.into())
            .uint(self.max_voids.into())
            .uint(self.samples.into())
            .uint(self.pool.into())
            .uint(self.guards.into())
            .uint(self.opens.into())
            .uint(self.closes.into())
            .uint(self.run_seconds.into())
            .uint(self.challenge_seconds.into())
            .uint(self.arbiter_seconds.into())
            .uint(self.seed_blocks.into())
            .address(self.sponsor)
            .hash(self.panel)
            .address(self.arbiter)
            .address(self.bond_token)
            .uint(self.bond)
            .hash(self.data)
            .hash(self.spec)
    }
}

/// Whether `m` of these members can be a panel: at most 16, strictly ascending, not zero, m at most
/// N, 2m > N.
pub fn check_panel(m: u8, members: &[Address]) -> Result<(), GoalError> {
    let ascending = members
        .iter()
        .zip(members.iter().skip(1))
        .all(|(left, right)| left < right);
    let quorum = usize::from(m);
    let majority = quorum <= members.len() && quorum.saturating_mul(2) > members.len();
    let named = members.iter().all(|member| !member.is_zero());
    if ascending && majority && named && members.len() <= PANEL_MAX {
        Ok(())
    } else {
        Err(GoalError::Panel)
    }
}

/// keccak256(abi.encode(uint256 m, address[] members)); the members must be sorted.
pub fn panel_hash(m: u8, members: &[Address]) -> B256 {
    let head = Words::default()
        .uint(m.into())
        .uint(64)
        .uint(members.len() as u128);
    let words = members
        .iter()
        .fold(head, |words, member| words.address(*member));
    keccak256(words.into_bytes())
}
