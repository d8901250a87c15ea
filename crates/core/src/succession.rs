use alloy_primitives::Address;

/// A recovery announced for a grant, or the last one cancelled. All zero: neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Where the grant would go.
    pub to: Address,
    /// When it was announced, in unix seconds (40 bits); 0: none is announced.
    pub announced_at: u64,
    /// When the holder cancelled the last one, in unix seconds (40 bits); 0: never.
    pub cancelled_at: u64,
}

impl Recovery {
    /// Just announced.
    pub const fn announced(to: Address, announced_at: u64) -> Self {
        Self {
            to,
            announced_at,
            cancelled_at: 0,
        }
    }

    /// Just cancelled by the holder.
    pub const fn cancelled(cancelled_at: u64) -> Self {
        Self {
            to: Address::ZERO,
            announced_at: 0,
            cancelled_at,
        }
    }
}
