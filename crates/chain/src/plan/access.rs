//! Writes to the AccessManager: roles, and calls that need a delay.

use alloy::primitives::aliases::U48;
use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::sol_types::SolValue;

use super::money::{date, length};
use super::{Plan, short_address};
use crate::bindings::IAccessManager;
use crate::deploy::Role;

/// Gives an account a role, or changes how long before a call (in seconds) it must schedule it;
/// for the administrator. A shorter delay takes the difference to come into force.
#[must_use]
pub fn grant_role(manager: Address, role: u64, account: Address, delay: u32) -> Plan {
    let call = IAccessManager::grantRoleCall {
        roleId: role,
        account,
        executionDelay: delay,
    };
    let terms = match delay {
        0 => "without delay".to_owned(),
        _ => format!("with a delay of {}", length(delay.into())),
    };
    let role = role_name(role);
    Plan::call(
        manager,
        &call,
        format!("Give {account} the {role} role, {terms}"),
    )
}

/// Takes a role from an account at once; for the administrator.
#[must_use]
pub fn revoke_role(manager: Address, role: u64, account: Address) -> Plan {
    let call = IAccessManager::revokeRoleCall {
        roleId: role,
        account,
    };
    let role = role_name(role);
    Plan::call(
        manager,
        &call,
        format!("Take the {role} role from {account}"),
    )
}

/// Announces a call that needs a delay, for the earliest time, or for `at` (unix seconds) if that
/// is later. Whoever signs this can execute it from then on, for a week.
#[must_use]
pub fn schedule(manager: Address, call: &Plan, at: Option<u64>) -> Plan {
    let data = IAccessManager::scheduleCall {
        target: call.to.unwrap_or_default(),
        data: call.data.clone(),
        when: U48::saturating_from(at.unwrap_or(0)),
    };
    let from = match at {
        Some(at) => format!("from {} on", date(U256::from(at))),
        None => "once the delay of the role is over".to_owned(),
    };
    let summary = format!("Schedule, {from}: {}", call.summary);
    Plan::call(manager, &data, summary)
}

/// Makes a scheduled call whose time has come; for who scheduled it.
#[must_use]
pub fn execute(manager: Address, call: &Plan) -> Plan {
    let data = IAccessManager::executeCall {
        target: call.to.unwrap_or_default(),
        data: call.data.clone(),
    };
    Plan::call(manager, &data, format!("Execute: {}", call.summary))
}

/// Takes a scheduled call back; for who scheduled it, and for the administrator.
#[must_use]
pub fn cancel(manager: Address, caller: Address, call: &Plan) -> Plan {
    let data = IAccessManager::cancelCall {
        caller,
        target: call.to.unwrap_or_default(),
        data: call.data.clone(),
    };
    let by = short_address(caller);
    let summary = format!("Cancel what {by} scheduled: {}", call.summary);
    Plan::call(manager, &data, summary)
}

/// The id under which the AccessManager keeps a scheduled call.
#[must_use]
pub fn operation_id(caller: Address, target: Address, data: &[u8]) -> B256 {
    let data = Bytes::copy_from_slice(data);
    keccak256((caller, target, data).abi_encode_params())
}

/// What a role is called: `people`; `administrator` for 0, `role 17` for a number of nobody's.
#[must_use]
pub fn role_name(role: u64) -> String {
    if role == 0 {
        return "administrator".to_owned();
    }
    Role::of(role).map_or_else(
        || format!("role {role}"),
        |role| role.label().to_lowercase(),
    )
}
