//! Fields of events into fields of facts.

use alloy::primitives::aliases::{U40, U48, U96};
use alloy::primitives::{Address, B256, Bytes, FixedBytes, U256};

/// The type of a fact's field for the type of an event's.
pub(super) trait IntoCore {
    /// Core's type.
    type Core;
    fn into_core(self) -> Self::Core;
}

macro_rules! unchanged {
    ($($kind:ty),+) => {$(
        impl IntoCore for $kind {
            type Core = Self;
            fn into_core(self) -> Self {
                self
            }
        }
    )+};
}

unchanged!(Address, B256, U256, u128, i128, u64, u32, u16, u8, bool);

/// Times and block numbers.
impl IntoCore for U40 {
    type Core = u64;
    fn into_core(self) -> u64 {
        self.to()
    }
}

/// Times of the AccessManager.
impl IntoCore for U48 {
    type Core = u64;
    fn into_core(self) -> u64 {
        self.to()
    }
}

/// Selectors of functions.
impl IntoCore for FixedBytes<4> {
    type Core = [u8; 4];
    fn into_core(self) -> [u8; 4] {
        self.0
    }
}

/// Terms, and the data of scheduled calls.
impl IntoCore for Bytes {
    type Core = Vec<u8>;
    fn into_core(self) -> Vec<u8> {
        self.into()
    }
}

/// Seeds.
impl IntoCore for U96 {
    type Core = [u8; 12];
    fn into_core(self) -> [u8; 12] {
        self.to_be_bytes()
    }
}

/// Turns events into the facts of the same name, field by field. A field that is missing on either
/// side does not compile.
macro_rules! facts {
    ($interface:ident: $($name:ident { $($from:ident => $to:ident),+ $(,)? })+) => {$(
        impl From<$interface::$name> for guerdon_core::fact::Fact {
            fn from(event: $interface::$name) -> Self {
                let $interface::$name { $($from),+ } = event;
                Self::$name { $($to: $crate::decode::convert::IntoCore::into_core($from)),+ }
            }
        }
    )+};
}

pub(super) use facts;
