use alloy_primitives::U256;

use crate::pack::{Cursor, narrow, narrow16, narrow32, put_little};

/// Marks on a grant's word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u16);

impl Flags {
    /// The grant was opened; every word that is not 0 has it.
    pub const OPENED: Self = Self(1);
    /// It was invalid or was replaced, and pays nothing any more.
    pub const CLOSED: Self = Self(2);
    /// Its clock stands.
    pub const PAUSED: Self = Self(4);
    /// It ended or its end is announced.
    pub const ENDED: Self = Self(8);
    /// It ends with grace.
    pub const GRACED: Self = Self(16);
    /// Its final amount is fixed.
    pub const SETTLED: Self = Self(32);
    /// Another holder than the terms' recipient is paid.
    pub const MOVED: Self = Self(64);
    /// Only the holder may call for payment.
    pub const HOLDER_ONLY: Self = Self(128);
    /// A recovery is under way.
    pub const RECOVERING: Self = Self(256);

    /// Whether all marks of `other` stand.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any mark of `other` stands.
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// With the marks of `other`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without the marks of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// The state of a grant: one word on the chain, 0 before it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// Paid or withheld so far, in base units (104 bits).
    pub released: u128,
    /// Marks; `SETTLED` stands exactly when the phase is settled.
    pub flags: Flags,
    /// Withheld from each payment now, in basis points.
    pub withhold_bps: u16,
    /// Revenue epoch at commit; 0 for an access token.
    pub since: u16,
    /// What the upper half of the word says.
    pub phase: Phase,
}

/// The upper half of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The clock still decides.
    Active(Clock),
    /// The final amount is fixed.
    Settled {
        /// The final amount, in base units (104 bits).
        value: u128,
    },
}

/// What shifts the vesting clock of a grant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clock {
    /// Since when it is paused, or when it ends, in unix seconds (40 bits).
    pub stop_at: u64,
    /// Seconds by which it was advanced.
    pub credit: u32,
    /// Seconds that pauses took.
    pub lost: u32,
}

impl State {
    /// Before opening: the word 0.
    pub const UNOPENED: Self = Self {
        released: 0,
        flags: Flags(0),
        withhold_bps: 0,
        since: 0,
        phase: Phase::Active(Clock {
            stop_at: 0,
            credit: 0,
            lost: 0,
        }),
    };

    /// Just opened.
    pub const fn opened(withhold_bps: u16, since: u16) -> Self {
        Self {
            flags: Flags::OPENED,
            withhold_bps,
            since,
            ..Self::UNOPENED
        }
    }

    /// Closed: it holds nothing and pays nothing.
    pub const fn closed() -> Self {
        Self {
            flags: Flags::OPENED.with(Flags::CLOSED),
            ..Self::UNOPENED
        }
    }

    /// Reads the word; every word is some state.
    pub fn from_word(word: U256) -> Self {
        let bytes = word.to_le_bytes::<32>();
        let mut cursor = Cursor(&bytes);
        let mut field = |count| cursor.little(count).unwrap_or(0);
        let released = field(13);
        let flags = Flags(narrow16(field(2)));
        let withhold_bps = narrow16(field(2));
        let since = narrow16(field(2));
        let phase = if flags.contains(Flags::SETTLED) {
            Phase::Settled { value: field(13) }
        } else {
            let stop_at = narrow(field(5));
            let credit = narrow32(field(4));
            Phase::Active(Clock {
                stop_at,
                credit,
                lost: narrow32(field(4)),
            })
        };
        Self {
            released,
            flags,
            withhold_bps,
            since,
            phase,
        }
    }

    /// The word on the chain, first field lowest.
    pub fn to_word(&self) -> U256 {
        let settled = matches!(self.phase, Phase::Settled { .. });
        let rest = self.flags.without(Flags::SETTLED);
        let flags = if settled {
            rest.with(Flags::SETTLED)
        } else {
            rest
        };
        let mut bytes = Vec::with_capacity(32);
        put_little(&mut bytes, self.released, 13);
        put_little(&mut bytes, flags.0.into(), 2);
        put_little(&mut bytes, self.withhold_bps.into(), 2);
        put_little(&mut bytes, self.since.into(), 2);
        match self.phase {
            Phase::Settled { value } => put_little(&mut bytes, value, 13),
            Phase::Active(clock) => {
                put_little(&mut bytes, clock.stop_at.into(), 5);
                put_little(&mut bytes, clock.credit.into(), 4);
                put_little(&mut bytes, clock.lost.into(), 4);
            }
        }
        U256::from_le_slice(&bytes)
    }

    /// Whether a mark stands.
    pub const fn has(&self, flag: Flags) -> bool {
        self.flags.contains(flag)
    }

    /// What shifts the clock; zeros once settled.
    pub const fn clock(&self) -> Clock {
        match self.phase {
            Phase::Active(clock) => clock,
            Phase::Settled { .. } => Clock {
                stop_at: 0,
                credit: 0,
                lost: 0,
            },
        }
    }

    /// Whether it has ended by `now`: an announced end changes nothing before its day.
    pub const fn has_ended(&self, now: u64) -> bool {
        self.has(Flags::ENDED) && now >= self.clock().stop_at
    }
}
