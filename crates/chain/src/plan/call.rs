//! A call as a person confirms it.

use alloy::primitives::{Address, Bytes};
use alloy::sol_types::SolCall;

/// A transaction that is not signed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The contract; `None` creates one.
    pub to: Option<Address>,
    /// Call data, or creation code with its arguments.
    pub data: Bytes,
    /// What it does, in one sentence.
    pub summary: String,
}

impl Plan {
    pub(crate) fn call(to: Address, call: &impl SolCall, summary: impl Into<String>) -> Self {
        Self {
            to: Some(to),
            data: call.abi_encode().into(),
            summary: summary.into(),
        }
    }

    pub(crate) fn create(code: Vec<u8>, summary: impl Into<String>) -> Self {
        Self {
            to: None,
            data: code.into(),
            summary: summary.into(),
        }
    }
}

/// An address as sentences name it where another line has it whole: `0x1234…abcd`.
pub(super) fn short_address(address: Address) -> String {
    let text = address.to_string();
    match (text.get(..6), text.get(38..)) {
        (Some(first), Some(last)) => format!("{first}…{last}"),
        _ => text,
    }
}
