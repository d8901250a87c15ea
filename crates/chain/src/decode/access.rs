//! Events of the AccessManager.

use guerdon_core::fact::Fact;

use super::convert::facts;
use crate::bindings::IAccessManager::{self, IAccessManagerEvents as Event};

pub(super) fn fact(event: Event) -> Fact {
    match event {
        Event::OperationScheduled(e) => e.into(),
        Event::OperationExecuted(e) => e.into(),
        Event::OperationCanceled(e) => e.into(),
        Event::RoleGranted(e) => e.into(),
        Event::RoleRevoked(e) => e.into(),
        Event::TargetFunctionRoleUpdated(e) => e.into(),
    }
}

facts! { IAccessManager:
    OperationScheduled {
        operationId => id, nonce => nonce, schedule => at, caller => caller, target => target,
        data => data,
    }
    OperationExecuted { operationId => id, nonce => nonce }
    OperationCanceled { operationId => id, nonce => nonce }
    RoleGranted {
        roleId => role, account => account, delay => delay, since => since,
        newMember => new_member,
    }
    RoleRevoked { roleId => role, account => account }
    TargetFunctionRoleUpdated { target => target, selector => selector, roleId => role }
}
