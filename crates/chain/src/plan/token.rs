//! Writes to ERC-20 tokens.

use alloy::primitives::{Address, U256};

use super::{Plan, Unit};
use crate::bindings::IAccessToken;

/// Creates tokens, within the cap; for minters.
#[must_use]
pub fn mint(token: Address, to: Address, amount: u128, unit: &Unit) -> Plan {
    let call = IAccessToken::mintCall {
        to,
        amount: U256::from(amount),
    };
    Plan::call(token, &call, format!("Mint {} for {to}", unit.show(amount)))
}

/// Lets `spender` take up to `amount` (base units) from the caller.
#[must_use]
pub fn approve(token: Address, spender: Address, amount: u128, unit: &Unit) -> Plan {
    let call = IAccessToken::approveCall {
        spender,
        amount: U256::from(amount),
    };
    Plan::call(
        token,
        &call,
        format!("Let {spender} take {}", unit.show(amount)),
    )
}

/// Sends tokens of the caller's.
#[must_use]
pub fn transfer(token: Address, to: Address, amount: u128, unit: &Unit) -> Plan {
    let call = IAccessToken::transferCall {
        to,
        amount: U256::from(amount),
    };
    Plan::call(token, &call, format!("Send {} to {to}", unit.show(amount)))
}
