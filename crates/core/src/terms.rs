use alloy_primitives::{Address, B256};

mod codec;
mod schedule;

pub use schedule::{Schedule, ScheduleError, Segment, VESTING_SEGMENTS_MAX};

use crate::PPB;

/// Gates a grant can have.
pub const GATES_MAX: usize = 8;
/// Segments an unlock clock can have.
pub const UNLOCK_SEGMENTS_MAX: usize = 64;
/// How far back an end may ever reach, in seconds: 366 days.
pub const BACKDATE_SECONDS_MAX: u32 = 366 * 86_400;
/// The whole, in basis points.
pub const BPS: u16 = 10_000;
/// The shortest terms, in bytes: no gates, no unlock clock, one vesting segment.
pub const TERMS_BYTES_MIN: usize = 98;
/// The largest amount of a grant, in base units: 2^104 - 1.
pub const AMOUNT_MAX: u128 = (1 << 104) - 1;
/// The latest time that fits the words of the chain, in unix seconds: 2^40 - 1.
pub const TIME_MAX: u64 = (1 << 40) - 1;

/// The terms of a grant: everything that decides what it pays, but for its state and the results of
/// its goals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who is paid, unless the grant was moved.
    pub recipient: Address,
    /// The most this grant can ever pay, in base units; 1 to [`AMOUNT_MAX`].
    pub amount: u128,
    /// Where the vesting clock starts, in unix seconds.
    pub start: u64,
    /// What the company and the holder may do later.
    pub powers: Powers,
    /// How long vesting goes on after an end with grace, in seconds.
    pub grace_seconds: u32,
    /// How far back an end may reach, in seconds; at most [`BACKDATE_SECONDS_MAX`].
    pub backdate_seconds: u32,
    /// How long the company may pause the clock in all, in seconds; 0: never.
    pub pause_max: u32,
    /// Withheld for tax from each payment, in basis points; at most [`BPS`].
    pub withhold_bps: u16,
    /// Hash of the agreement, whose text holds a random nonce.
    pub document: B256,
    /// Conditions on results; at most [`GATES_MAX`].
    pub gates: Vec<Gate>,
    /// When what is vested may leave; `None`: at once.
    pub unlock: Option<Unlock>,
    /// What is earned by time.
    pub vesting: Schedule,
}

/// What may be done to a grant later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Powers {
    /// The company may end it.
    pub end: bool,
    /// The holder may move it to another address.
    pub r#move: bool,
    /// The company may start a recovery for a lost key.
    pub recover: bool,
}

/// A condition on a grant: a share of it opens with the fraction of a goal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    /// Id of the goal.
    pub goal: B256,
    /// Share of the grant behind this gate, in ppb; 0 for a trigger.
    pub share_ppb: u32,
    /// How the goal's result counts.
    pub rule: Rule,
}

/// How the result of a goal counts for a grant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rule {
    /// Only results registered before an end count after it.
    pub lapse: bool,
    /// The fraction scales the whole grant instead of opening a share.
    pub trigger: bool,
}

/// A clock of its own that says when vested money may leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlock {
    /// Where this clock starts, in unix seconds.
    pub start: u64,
    /// What is unlocked when; at most [`UNLOCK_SEGMENTS_MAX`] segments.
    pub schedule: Schedule,
}

/// Why terms cannot be opened as a grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// Fewer bytes than any terms have.
    #[error("terms of {bytes} bytes are too short: the shortest have 98")]
    TooShort {
        /// Bytes given.
        bytes: usize,
    },
    /// The length does not follow from the counts of gates and segments.
    #[error("terms of {bytes} bytes do not end with a whole number of segments")]
    Length {
        /// Bytes given.
        bytes: usize,
    },
    /// The amount is 0 or does not fit 104 bits.
    #[error("the amount {amount} is out of range: it must be 1 to 2^104 - 1 base units")]
    Amount {
        /// Amount given, in base units.
        amount: u128,
    },
    /// The recipient is the zero address, the Grants contract or the token.
    #[error("{recipient} cannot be a recipient: it is zero, the Grants contract or the token")]
    Recipient {
        /// Recipient given.
        recipient: Address,
    },
    /// A time does not fit 40 bits.
    #[error("the time {time} is out of range: it must be below 2^40 seconds")]
    Time {
        /// Time given, in unix seconds.
        time: u64,
    },
    /// Bits of powers that mean nothing.
    #[error("powers {powers} have unknown bits: only 1, 2 and 4 are defined")]
    Powers {
        /// Bits given.
        powers: u16,
    },
    /// Bits of a rule that mean nothing.
    #[error("gate {place} has the unknown rule {rule}: only the bits 1 and 2 are defined")]
    Rule {
        /// Place of the gate, from 0.
        place: usize,
        /// Bits given.
        rule: u8,
    },
    /// An end could reach back too far.
    #[error("an end may reach back at most 366 days, not {seconds} seconds")]
    Backdate {
        /// Seconds given.
        seconds: u32,
    },
    /// More than everything would be withheld.
    #[error("{bps} basis points cannot be withheld: at most 10000")]
    Withhold {
        /// Basis points given.
        bps: u16,
    },
    /// Too many gates.
    #[error("{gates} gates are too many: at most 8")]
    Gates {
        /// Gates given.
        gates: usize,
    },
    /// The shares of gates exceed the grant.
    #[error("the shares of the gates add up to {sum_ppb} ppb: at most 1000000000")]
    Shares {
        /// Sum of the shares, in ppb.
        sum_ppb: u64,
    },
    /// A trigger with a share.
    #[error("gate {place} is a trigger and must have no share of its own")]
    TriggerShare {
        /// Place of the gate, from 0.
        place: usize,
    },
    /// Too many segments in the unlock clock.
    #[error("an unlock clock of {segments} segments is too long: at most 64")]
    UnlockSegments {
        /// Segments given.
        segments: usize,
    },
    /// The vesting schedule is wrong.
    #[error("vesting: {0}")]
    Vesting(ScheduleError),
    /// The unlock schedule is wrong.
    #[error("unlock clock: {0}")]
    Unlock(ScheduleError),
}

impl Terms {
    /// The canonical bytes, which the id is the hash of. Refuses what could not be opened.
    pub fn encode(&self) -> Result<Vec<u8>, TermsError> {
        self.validate()?;
        Ok(codec::encode(self))
    }

    /// Reads canonical bytes as strictly as opening does, but for the two addresses of
    /// [`Terms::check`].
    pub fn decode(bytes: &[u8]) -> Result<Self, TermsError> {
        let terms = codec::decode(bytes)?;
        terms.validate()?;
        Ok(terms)
    }

    /// Whether bytes are laid out as terms, whatever their fields say: counts and length fit
    /// together, without a byte left over.
    pub fn has_form(bytes: &[u8]) -> bool {
        codec::has_form(bytes)
    }

    /// Whether they can be opened in these contracts: valid, and not paying to the contract or its
    /// token.
    pub fn check(&self, grants: Address, token: Address) -> Result<(), TermsError> {
        if self.recipient == grants || self.recipient == token {
            return Err(TermsError::Recipient {
                recipient: self.recipient,
            });
        }
        self.validate()
    }

    /// Every rule of opening that concerns the terms alone.
    pub fn validate(&self) -> Result<(), TermsError> {
        if self.recipient.is_zero() {
            return Err(TermsError::Recipient {
                recipient: self.recipient,
            });
        }
        if self.amount == 0 || self.amount > AMOUNT_MAX {
            return Err(TermsError::Amount {
                amount: self.amount,
            });
        }
        let unlock_start = self.unlock.as_ref().map_or(0, |unlock| unlock.start);
        if let Some(time) = [self.start, unlock_start]
            .into_iter()
            .find(|time| *time > TIME_MAX)
        {
            return Err(TermsError::Time { time });
        }
        if self.backdate_seconds > BACKDATE_SECONDS_MAX {
            return Err(TermsError::Backdate {
                seconds: self.backdate_seconds,
            });
        }
        if self.withhold_bps > BPS {
            return Err(TermsError::Withhold {
                bps: self.withhold_bps,
            });
        }
        let segments = self
            .unlock
            .as_ref()
            .map_or(0, |unlock| unlock.schedule.segments().len());
        if segments > UNLOCK_SEGMENTS_MAX {
            return Err(TermsError::UnlockSegments { segments });
        }
        self.validate_gates()
    }

    fn validate_gates(&self) -> Result<(), TermsError> {
        if self.gates.len() > GATES_MAX {
            return Err(TermsError::Gates {
                gates: self.gates.len(),
            });
        }
        let trigger = |gate: &Gate| gate.rule.trigger && gate.share_ppb != 0;
        if let Some(place) = self.gates.iter().position(trigger) {
            return Err(TermsError::TriggerShare { place });
        }
        let sum_ppb = self
            .gates
            .iter()
            .map(|gate| u64::from(gate.share_ppb))
            .sum();
        if sum_ppb > u64::from(PPB) {
            return Err(TermsError::Shares { sum_ppb });
        }
        Ok(())
    }
}

impl Powers {
    /// All three powers.
    pub const ALL: Self = Self {
        end: true,
        r#move: true,
        recover: true,
    };

    /// From the bits 1 END, 2 MOVE, 4 RECOVER; `None` if others are set.
    pub const fn from_bits(bits: u16) -> Option<Self> {
        if bits > 7 {
            return None;
        }
        Some(Self {
            end: bits & 1 != 0,
            r#move: bits & 2 != 0,
            recover: bits & 4 != 0,
        })
    }

    /// The bits 1 END, 2 MOVE, 4 RECOVER.
    pub const fn bits(self) -> u16 {
        self.end as u16 | (self.r#move as u16) << 1 | (self.recover as u16) << 2
    }
}

impl Rule {
    /// From the bits 1 LAPSE, 2 TRIGGER; `None` if others are set.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits > 3 {
            return None;
        }
        Some(Self {
            lapse: bits & 1 != 0,
            trigger: bits & 2 != 0,
        })
    }

    /// The bits 1 LAPSE, 2 TRIGGER.
    pub const fn bits(self) -> u8 {
        self.lapse as u8 | (self.trigger as u8) << 1
    }
}
