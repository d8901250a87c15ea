use alloy_primitives::U256;

use crate::pack::{Cursor, narrow, narrow16, narrow32, put_little};

/// Marks on a goal's word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GoalFlags(pub u8);

impl GoalFlags {
    /// The goal was defined.
    pub const DEFINED: Self = Self(1);
    /// The sponsor asked for a run and nobody answered yet.
    pub const DEMANDED: Self = Self(2);
    /// The window was extended.
    pub const EXTENDED: Self = Self(4);
    /// The fraction is for ever.
    pub const FINAL: Self = Self(8);

    /// Whether all marks of `other` stand.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
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

/// The state of a goal: one word on the chain, 0 before it is defined. Times in unix seconds (40
/// bits).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GoalState {
    /// The best fraction of finished attempts, in ppb.
    pub fraction: u32,
    /// Attempts registered so far.
    pub count: u16,
    /// Attempts that are not finished.
    pub pending: u16,
    /// Attempts declared void.
    pub voided: u8,
    /// Marks.
    pub flags: GoalFlags,
    /// Last second in which attempts can be registered.
    pub closes: u64,
    /// When the sponsor demanded a run; 0: never.
    pub demanded_at: u64,
    /// When the last attempt was registered; 0: never.
    pub last_registered_at: u64,
    /// The default that closing applied, in ppb; 0: none.
    pub defaulted: u32,
}

/// Where an attempt stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AttemptStatus {
    /// Never registered.
    #[default]
    None,
    /// Registered: its run may go on until the deadline.
    Registered,
    /// A result stands, open to challenge until the deadline.
    Proposed,
    /// Somebody objected: the arbiter has until the deadline.
    Challenged,
    /// Its fraction counts.
    Finished,
    /// Given back: it never counts.
    Void,
}

impl AttemptStatus {
    /// From the low 4 bits of the status; `None` if they mean nothing.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        match bits {
            0 => Some(Self::None),
            1 => Some(Self::Registered),
            2 => Some(Self::Proposed),
            3 => Some(Self::Challenged),
            4 => Some(Self::Finished),
            5 => Some(Self::Void),
            _ => None,
        }
    }

    /// Whether the attempt can still change the goal.
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Registered | Self::Proposed | Self::Challenged)
    }
}

/// An attempt: one word on the chain. Times in unix seconds (40 bits).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    /// When it was registered.
    pub registered_at: u64,
    /// The block it was registered in (40 bits).
    pub registered_block: u64,
    /// Until when its present status lasts. If it answered a demand: when that was made.
    pub deadline: u64,
    /// What it pays if it stands, in ppb.
    pub fraction: u32,
    /// Where it stands.
    pub status: AttemptStatus,
    /// A panel signed a result of it.
    pub signed: bool,
    /// Its result answered a demand.
    pub cleared_demand: bool,
    /// The seed of drawn items; zeros: not drawn.
    pub seed: [u8; 12],
}

const SIGNED: u8 = 0x10;
const CLEARED_DEMAND: u8 = 0x20;

impl GoalState {
    /// Reads the word.
    pub fn from_word(word: U256) -> Self {
        let bytes = word.to_le_bytes::<32>();
        let mut cursor = Cursor(&bytes);
        let mut field = |count| cursor.little(count).unwrap_or(0);
        Self {
            fraction: narrow32(field(4)),
            count: narrow16(field(2)),
            pending: narrow16(field(2)),
            voided: field(1) as u8,
            flags: GoalFlags(field(1) as u8),
            closes: narrow(field(5)),
            demanded_at: narrow(field(5)),
            last_registered_at: narrow(field(5)),
            defaulted: narrow32(field(4)),
        }
    }

    /// The word on the chain, first field lowest.
    pub fn to_word(&self) -> U256 {
        let mut bytes = Vec::with_capacity(32);
        put_little(&mut bytes, self.fraction.into(), 4);
        put_little(&mut bytes, self.count.into(), 2);
        put_little(&mut bytes, self.pending.into(), 2);
        put_little(&mut bytes, self.voided.into(), 1);
        put_little(&mut bytes, self.flags.0.into(), 1);
        put_little(&mut bytes, self.closes.into(), 5);
        put_little(&mut bytes, self.demanded_at.into(), 5);
        put_little(&mut bytes, self.last_registered_at.into(), 5);
        put_little(&mut bytes, self.defaulted.into(), 4);
        U256::from_le_slice(&bytes)
    }

    /// Whether a mark stands.
    pub const fn has(&self, flag: GoalFlags) -> bool {
        self.flags.contains(flag)
    }

    /// The earliest end of a lapsing grant, in unix seconds: the last registration, or a demand that
    /// stands if that came later.
    pub fn lapses_from(&self) -> u64 {
        if self.has(GoalFlags::DEMANDED) {
            self.last_registered_at.max(self.demanded_at)
        } else {
            self.last_registered_at
        }
    }

    /// Attempts left: void ones are given back.
    pub fn attempts_left(&self, attempts: u8) -> u16 {
        let used = self.count.saturating_sub(self.voided.into());
        u16::from(attempts).saturating_sub(used)
    }
}

impl Attempt {
    /// From when on its result counts, in unix seconds: from its registration, or from the demand
    /// that it answered.
    pub const fn counts_from(&self) -> u64 {
        if self.cleared_demand {
            self.deadline
        } else {
            self.registered_at
        }
    }

    /// Reads the word; `None` if its status means nothing.
    pub fn from_word(word: U256) -> Option<Self> {
        let bytes = word.to_le_bytes::<32>();
        let mut cursor = Cursor(&bytes);
        let registered_at = narrow(cursor.little(5)?);
        let registered_block = narrow(cursor.little(5)?);
        let deadline = narrow(cursor.little(5)?);
        let fraction = narrow32(cursor.little(4)?);
        let bits = cursor.little(1)? as u8;
        let mut seed: [u8; 12] = cursor.take(12)?.try_into().ok()?;
        seed.reverse();
        let status = AttemptStatus::from_bits(bits & 0x0f)?;
        let (signed, cleared_demand) = (bits & SIGNED != 0, bits & CLEARED_DEMAND != 0);
        Some(Self {
            registered_at,
            registered_block,
            deadline,
            fraction,
            status,
            signed,
            cleared_demand,
            seed,
        })
    }

    /// The word on the chain, first field lowest.
    pub fn to_word(&self) -> U256 {
        let mut bytes = Vec::with_capacity(32);
        put_little(&mut bytes, self.registered_at.into(), 5);
        put_little(&mut bytes, self.registered_block.into(), 5);
        put_little(&mut bytes, self.deadline.into(), 5);
        put_little(&mut bytes, self.fraction.into(), 4);
        let signed = if self.signed { SIGNED } else { 0 };
        let cleared = if self.cleared_demand {
            CLEARED_DEMAND
        } else {
            0
        };
        put_little(&mut bytes, (self.status as u8 | signed | cleared).into(), 1);
        bytes.extend(self.seed.iter().rev());
        U256::from_le_slice(&bytes)
    }
}
