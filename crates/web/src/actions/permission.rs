//! Whether the reader's wallet can sign an act, and what stands in its way.

use guerdon_chain::{Plan, Role};
use guerdon_core::act::Act;
use guerdon_store::Read;

use super::order;
use super::subject::{Subject, contract};
use crate::access::Viewer;
use crate::error::PageError;
use crate::numbers::shortened;
use crate::state::DeploymentView;
use crate::strings::actions as words;

/// What a wallet can do with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Permission {
    /// It can sign; the chain makes it wait for so many seconds.
    May { delay: u32 },
    /// Why not.
    No(String),
}

impl Permission {
    /// The delay in seconds; 0 without one.
    pub(super) fn delay(&self) -> u32 {
        match self {
            Self::May { delay } => *delay,
            Self::No(_) => 0,
        }
    }

    /// Why not.
    pub(super) fn reason(&self) -> Option<&str> {
        match self {
            Self::May { .. } => None,
            Self::No(reason) => Some(reason),
        }
    }

    /// For an act on a grant.
    pub(super) async fn of_act(
        read: &mut Read,
        deployment: &DeploymentView,
        viewer: &Viewer,
        (subject, act, plan): (&Subject, Act, &Plan),
    ) -> Result<Self, PageError> {
        if viewer.wallet().is_none() {
            return Ok(Self::No(words::NO_WALLET.to_owned()));
        }
        if let Some(role) = order::role(act) {
            return Self::of_role(read, deployment, viewer, (role, plan)).await;
        }
        if act.is_holders() && viewer.wallet() != Some(subject.holder) {
            let holder = subject.holder.to_checksum(None);
            return Ok(Self::No(words::not_your_grant(&holder)));
        }
        Ok(Self::May { delay: 0 })
    }

    /// For a call that the chain restricts to a role. The chain's own table has the last word on
    /// which role that is.
    pub(super) async fn of_role(
        read: &mut Read,
        deployment: &DeploymentView,
        viewer: &Viewer,
        (role, plan): (Role, &Plan),
    ) -> Result<Self, PageError> {
        let Some(wallet) = viewer.wallet() else {
            return Ok(Self::No(words::NO_WALLET.to_owned()));
        };
        let selector = plan.data.first_chunk::<4>();
        let known = match plan.to.zip(selector) {
            Some((to, selector)) => read.function_role(to, *selector).await?,
            None => None,
        };
        let number = known.map_or(role.id(), |function| function.role);
        if let Some(delay) = viewer.chain_role(number) {
            return Ok(Self::May { delay });
        }
        let manager = contract(deployment, "AccessManager");
        let manager = manager.map(|manager| manager.to_checksum(None));
        let name = guerdon_chain::plan::role_name(number);
        let held = holders(read, viewer, number).await?;
        let wallet = wallet.to_checksum(None);
        let missing = words::no_role(&name, (&wallet, manager.as_deref()), &held);
        Ok(Self::No(missing))
    }
}

/// The wallets that have a role now; the company reads whose they are, if the list knows it.
async fn holders(read: &mut Read, viewer: &Viewer, role: u64) -> Result<Vec<String>, PageError> {
    let now = read.checkpoint().await?.map_or(0, |head| head.time);
    let mut held = Vec::new();
    for member in read.members_of(role).await? {
        if !member.is_member(now) {
            continue;
        }
        let wallet = shortened(&member.account.to_checksum(None));
        let known = match viewer.is_company() {
            true => read.member_of_wallet(member.account).await?,
            false => None,
        };
        let name = known.map(|known| known.name).unwrap_or_default();
        held.push(match name.as_str() {
            "" => wallet,
            name => format!("{name} ({wallet})"),
        });
    }
    Ok(held)
}
