use alloy_primitives::B256;

use crate::terms::TIME_MAX;
use crate::tree::Root;

/// How far ahead a round may become binding, in seconds: 30 days.
pub const BINDING_SECONDS_MAX: u64 = 30 * 86_400;

/// The money of one Grants contract, in base units. `promised` never exceeds `funded`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// All that was deposited, less what was withdrawn, plus what was withheld.
    pub funded: u128,
    /// What grants and unopened parts of rounds hold.
    pub promised: u128,
}

/// A committed round, as the contract keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Sum of its grants, in base units; 0 once rescinded.
    pub total: u128,
    /// When it was committed, in unix seconds (40 bits).
    pub committed_at: u64,
    /// From when on it opens and binds, in unix seconds (40 bits).
    pub binding_at: u64,
    /// Revenue epoch at commit; 0 for an access token.
    pub since: u16,
}

/// Why the pool or its rounds refuse a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolRefused {
    /// A deposit of nothing.
    #[error("nothing was received: fund an amount above 0")]
    NothingReceived,
    /// The sum does not fit 128 bits.
    #[error("the pool cannot hold {amount} base units more: it counts in 128 bits")]
    TooMuch {
        /// What came in, in base units.
        amount: u128,
    },
    /// More is wanted than is free.
    #[error("{wanted} base units are wanted and {free} are free: fund the pool first")]
    NotFreeEnough {
        /// Wanted, in base units.
        wanted: u128,
        /// Funded and not promised, in base units.
        free: u128,
    },
    /// More is given back than was promised.
    #[error("{freed} base units would become free and {promised} are promised")]
    NotPromised {
        /// Given back, in base units.
        freed: u128,
        /// Promised, in base units.
        promised: u128,
    },
    /// No root, or nothing to promise.
    #[error("a round needs a root that is not zero and a total above 0")]
    BadRound,
    /// A root is committed once.
    #[error("the root {root} was committed before: every round is committed once")]
    RootUsed {
        /// Root of the round.
        root: B256,
    },
    /// It would bind too late.
    #[error("the round may become binding at {latest} at the latest, not at {binding_at}")]
    BindsTooLate {
        /// Asked for, in unix seconds.
        binding_at: u64,
        /// The latest possible now, in unix seconds.
        latest: u64,
    },
    /// Never committed, or rescinded.
    #[error("there is no such round: it was never committed, or was rescinded")]
    RoundNotFound,
    /// It is binding: it can never be taken back.
    #[error("the round is binding since {binding_at}: it cannot be rescinded any more")]
    Binding {
        /// Since when, in unix seconds.
        binding_at: u64,
    },
    /// It is not binding yet.
    #[error("the round opens at {binding_at}, when it becomes binding")]
    NotBinding {
        /// From when on, in unix seconds.
        binding_at: u64,
    },
}

impl Pool {
    /// Funded and not promised, in base units: what can be promised or withdrawn.
    pub const fn free(&self) -> u128 {
        self.funded.saturating_sub(self.promised)
    }

    /// Takes in what was really received.
    pub fn fund(self, received: u128) -> Result<Self, PoolRefused> {
        if received == 0 {
            return Err(PoolRefused::NothingReceived);
        }
        self.keep(received)
    }

    /// Keeps the withheld share of a payment as free money; nothing is fine.
    pub fn keep(self, withheld: u128) -> Result<Self, PoolRefused> {
        let funded = self.funded.checked_add(withheld);
        let funded = funded.ok_or(PoolRefused::TooMuch { amount: withheld })?;
        Ok(Self { funded, ..self })
    }

    /// Takes free money out.
    pub fn withdraw(self, amount: u128) -> Result<Self, PoolRefused> {
        let free = self.free();
        if amount > free {
            return Err(PoolRefused::NotFreeEnough {
                wanted: amount,
                free,
            });
        }
        let funded = self.funded.saturating_sub(amount);
        Ok(Self { funded, ..self })
    }

    /// Promises a round, with what stands under its root so far.
    pub fn commit(
        self,
        before: Option<&Round>,
        root: Root,
        binding_at: u64,
        now: u64,
    ) -> Result<(Self, Round), PoolRefused> {
        if root.hash.is_zero() || root.total == 0 {
            return Err(PoolRefused::BadRound);
        }
        if before.is_some() {
            return Err(PoolRefused::RootUsed { root: root.hash });
        }
        let latest = now.saturating_add(BINDING_SECONDS_MAX).min(TIME_MAX);
        if binding_at > latest {
            return Err(PoolRefused::BindsTooLate { binding_at, latest });
        }
        let round = Round {
            total: root.total,
            committed_at: now,
            binding_at,
            since: 0,
        };
        Ok((self.hold(0, root.total)?, round))
    }

    /// Takes a round back before it is binding; its root stays used.
    pub fn rescind(self, round: &Round, now: u64) -> Result<(Self, Round), PoolRefused> {
        if round.total == 0 {
            return Err(PoolRefused::RoundNotFound);
        }
        let binding_at = round.binding_at;
        if now >= binding_at {
            return Err(PoolRefused::Binding { binding_at });
        }
        let rescinded = Round { total: 0, ..*round };
        Ok((self.hold(round.total, 0)?, rescinded))
    }

    /// The one way in which `promised` changes: what held `from` base units now holds `to`.
    pub fn hold(self, from: u128, to: u128) -> Result<Self, PoolRefused> {
        let (freed, wanted) = (from.saturating_sub(to), to.saturating_sub(from));
        let free = self.free();
        if wanted > free {
            return Err(PoolRefused::NotFreeEnough { wanted, free });
        }
        let promised = self.promised.saturating_add(wanted).checked_sub(freed);
        let promised = promised.ok_or(PoolRefused::NotPromised {
            freed,
            promised: self.promised,
        })?;
        Ok(Self { promised, ..self })
    }

    /// The pool after a change of a grant that freed so much (below 0: took so much).
    pub fn after(self, freed: i128) -> Result<Self, PoolRefused> {
        let amount = freed.unsigned_abs();
        if freed < 0 {
            self.hold(0, amount)
        } else {
            self.hold(amount, 0)
        }
    }
}

impl Round {
    /// Whether its grants can be opened at `now`.
    pub fn require_binding(&self, now: u64) -> Result<(), PoolRefused> {
        if self.total == 0 {
            return Err(PoolRefused::RoundNotFound);
        }
        let binding_at = self.binding_at;
        if now < binding_at {
            return Err(PoolRefused::NotBinding { binding_at });
        }
        Ok(())
    }
}
