//! Who may do what for the company, and a call that waits for its delay.

use alloy_primitives::Address;
use guerdon_chain::{Role, Signer, plan};

use super::cast::{PAYROLL, PEOPLE, TREASURY};
use crate::commands::money::COMPANY;
use crate::context::{Context, Node};
use crate::error::Outcome;
use crate::session::Session;

/// Two days between what the treasury schedules and what it may do.
const DELAY_SECONDS: u32 = 2 * 86_400;
/// Whole tokens that the treasury wants back from the pool.
const WITHDRAWN: &str = "50000";
/// Where they would go.
const VAULT: &str = "0x5555555555555555555555555555555555555555";

/// Gives PEOPLE, PAYROLL and TREASURY to accounts of their own, the last with a delay.
pub(super) async fn give(context: &Context, node: &Node) -> Outcome {
    let session = Session::open(context, node)?;
    let admin = Signer::embedded(COMPANY)?;
    let manager = session.deployment.contracts.access_manager.address;
    for (role, index, delay) in [
        (Role::People, PEOPLE, 0),
        (Role::Payroll, PAYROLL, 0),
        (Role::Treasury, TREASURY, DELAY_SECONDS),
    ] {
        let account = Signer::embedded(index)?.address();
        if !node.chain.has_role(manager, role.id(), account).await? {
            let plan = plan::grant_role(manager, role.id(), account, delay);
            node.chain.send(&plan, &admin).await?;
        }
    }
    Ok(())
}

/// The treasury schedules a withdrawal; it waits when the story ends.
pub(super) async fn schedule(context: &Context, node: &Node) -> Outcome {
    let session = Session::open(context, node)?;
    let treasury = Signer::embedded(TREASURY)?;
    // It never sends anything else.
    if node.chain.next_nonce(treasury.address()).await? > 0 {
        return Ok(());
    }
    let unit = session.unit();
    let vault: Address = VAULT
        .parse()
        .map_err(|_| crate::error::Failure::failed("the vault is no account"))?;
    let amount = unit.parse(WITHDRAWN)?;
    let wanted = plan::withdraw_free(session.grants(), vault, amount, &unit.plan());
    let manager = session.deployment.contracts.access_manager.address;
    node.chain
        .send(&plan::schedule(manager, &wanted, None), &treasury)
        .await?;
    Ok(())
}
