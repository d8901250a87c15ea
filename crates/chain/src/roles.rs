//! What the AccessManager would say to a call now.

use alloy::primitives::{Address, B256};

use crate::bindings::{IAccessManager, IAccessToken};
use crate::connect::Chain;
use crate::error::ChainError;
use crate::plan::Plan;

/// Whether an account may make a call that needs a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// At once.
    Now,
    /// It must be scheduled so many seconds before.
    After(u32),
    /// Not at all: the account has not the role.
    No,
}

impl Chain {
    /// Whether an account may make a call of a contract that the manager guards. Answers `No` for
    /// functions that nobody was given, also where they need no role.
    ///
    /// # Errors
    /// When the node does not answer, or there is no AccessManager.
    pub async fn may_call(
        &self,
        manager: Address,
        account: Address,
        call: &Plan,
    ) -> Result<Allowed, ChainError> {
        let selector: Option<[u8; 4]> = call.data.get(..4).and_then(|it| it.try_into().ok());
        let (Some(target), Some(selector)) = (call.to, selector) else {
            return Ok(Allowed::No);
        };
        let call = IAccessManager::canCallCall {
            caller: account,
            target,
            selector: selector.into(),
        };
        let found = self.view("canCall", manager, &call, None).await?;
        Ok(match (found.immediate, found.delay) {
            (true, _) => Allowed::Now,
            (false, 0) => Allowed::No,
            (false, delay) => Allowed::After(delay),
        })
    }

    /// The earliest time of a scheduled call, in unix seconds; `None` when it is not scheduled, is
    /// over or has expired.
    ///
    /// # Errors
    /// When the node does not answer, or there is no AccessManager.
    pub async fn scheduled_at(
        &self,
        manager: Address,
        operation: B256,
    ) -> Result<Option<u64>, ChainError> {
        let call = IAccessManager::getScheduleCall { id: operation };
        let at: u64 = self.view("getSchedule", manager, &call, None).await?.to();
        Ok(Some(at).filter(|at| *at > 0))
    }
}

impl Chain {
    /// The AccessManager that guards a contract.
    ///
    /// # Errors
    /// When the node does not answer, or nothing guards the contract.
    pub async fn authority_of(&self, contract: Address) -> Result<Address, ChainError> {
        let call = IAccessToken::authorityCall {};
        self.view("authority", contract, &call, None).await
    }
}

impl ChainError {
    /// Whether a call was refused since the caller's role has a delay and the call is not
    /// scheduled, or no longer.
    #[must_use]
    pub fn is_unscheduled(&self) -> bool {
        let names = ["AccessManagerNotScheduled", "AccessManagerExpired"];
        matches!(self, Self::Reverted(reverted) if names.contains(&reverted.name.as_str()))
    }
}
