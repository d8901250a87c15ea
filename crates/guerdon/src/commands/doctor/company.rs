//! Who may do what: the configured key, and everybody who has a role.

use guerdon_chain::{Chain, Deployment, Role};

use super::Checkup;
use crate::commands::{job, money};
use crate::context::Context;
use crate::words::length;

/// The roles of the key that commands would sign with.
pub(super) async fn roles(
    context: &Context,
    chain: &Chain,
    deployment: &Deployment,
    checkup: &mut Checkup,
) {
    let signer = match context.signer(Some(money::COMPANY)) {
        Ok(signer) => signer,
        Err(failure) => {
            let remedy = failure.hint.unwrap_or_default();
            return checkup.warn("roles", failure.sentence, remedy);
        }
    };
    let account = signer.address();
    let manager = deployment.contracts.access_manager.address;
    let mut held = Vec::new();
    for role in Role::ALL {
        match chain.has_role(manager, role.id(), account).await {
            Ok(true) => held.push(role.label()),
            Ok(false) => {}
            Err(error) => return checkup.failure("roles", error.into(), "look at the node's log"),
        }
    }
    match held.is_empty() {
        true => checkup.warn(
            "roles",
            format!("{account} has no role of the company"),
            "sign with another --account, or let an administrator grant the role",
        ),
        false => checkup.ok("roles", format!("{account} has {}", held.join(", "))),
    }
    if chain.coin_of(account).await.unwrap_or_default() == 0 {
        checkup.warn(
            "gas",
            format!("{account} has none of the chain's coin for gas"),
            format!("send some to {account}"),
        );
    }
}

/// Who has which role, as the AccessManager's events say.
pub(super) async fn members(chain: &Chain, deployment: &Deployment, checkup: &mut Checkup) {
    let (head, records) = match job::records(chain, deployment).await {
        Ok(found) => found,
        Err(failure) => return checkup.failure("members", failure, "look at the node's log"),
    };
    let mut roles = vec![("ADMIN", 0)];
    roles.extend(Role::ALL.map(|role| (role.label(), role.id())));
    for (label, role) in roles {
        let members = records.members.values();
        let members = members.filter(|one| one.role == role && one.is_member(head.time));
        let members: Vec<String> = members
            .map(|one| match one.delay_at(head.time) {
                0 => one.account.to_string(),
                delay => format!("{} after {}", one.account, length(delay.into())),
            })
            .collect();
        match members.is_empty() {
            true => checkup.warn(
                "members",
                format!("{label}: nobody"),
                "an administrator grants it, if it is needed",
            ),
            false => checkup.ok("members", format!("{label}: {}", members.join(", "))),
        }
    }
}
