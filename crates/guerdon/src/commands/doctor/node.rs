//! The nodes, their clocks, and what runs on their chain.

use guerdon_chain::{Chain, Deployment};

use super::{Checkup, company, machine};
use crate::cli::DataKeyArgs;
use crate::commands::serve::wall;
use crate::context::Context;
use crate::error::Failure;
use crate::words::time;

/// A chain may run this far from the machine's clock before it is worth a word.
const CLOCK_SECONDS: u64 = 600;

pub(super) async fn look(
    (context, key): (&Context, &DataKeyArgs),
    chain: &Chain,
    checkup: &mut Checkup,
) {
    let id = chain.chain_id();
    clock(chain, checkup).await;
    for node in chain.nodes() {
        match node.is_away {
            true => checkup.warn(
                "node",
                format!("{} does not answer", node.shown),
                "start it, or take it out of --rpc-url",
            ),
            false => checkup.ok("node", format!("{} serves chain {id}", node.shown)),
        }
    }
    let deployment = match context.deployment(id) {
        Ok(deployment) => deployment,
        Err(failure) => {
            let remedy = failure.hint.unwrap_or_default();
            checkup.warn("deployment", failure.sentence, remedy);
            return machine::database_alone((context, key), checkup).await;
        }
    };
    contracts(chain, &deployment, checkup).await;
    company::roles(context, chain, &deployment, checkup).await;
    company::members(chain, &deployment, checkup).await;
    machine::database((context, key), (chain, &deployment), checkup).await;
}

/// All nodes are asked for their head, so that those that are away are known afterwards.
async fn clock(chain: &Chain, checkup: &mut Checkup) {
    let head = match chain.head().await {
        Ok(head) => head,
        Err(error) => return checkup.failure("clock", error.into(), "look at the node's log"),
    };
    let machine = wall();
    let words = format!("block {} at {}", head.number, time(head.time));
    if machine.abs_diff(head.time) <= CLOCK_SECONDS {
        return checkup.ok("clock", words);
    }
    checkup.warn(
        "clock",
        format!("{words}; the machine says {}", time(machine)),
        "money follows the chain's clock; if the chain is no test, look whether the node is behind \
         and whether this machine's clock is set",
    );
}

async fn contracts(chain: &Chain, deployment: &Deployment, checkup: &mut Checkup) {
    let name = &deployment.name;
    let remedy = "give the right --deployment; do not sign anything until this is clear";
    match deployment.check(chain).await {
        Ok(()) => checkup.ok(
            "contracts",
            format!("{name}: genesis and the code of every contract are the deployed ones"),
        ),
        Err(error) => checkup.failure("contracts", error.into(), remedy),
    }
    let found = match chain.code_against_artifacts(deployment).await {
        Ok(found) => found,
        Err(error) => return checkup.failure("artifacts", Failure::from(error), remedy),
    };
    let differing: Vec<String> = found
        .into_iter()
        .filter_map(|(name, why)| Some(format!("{name}: {}", why?)))
        .collect();
    match differing.is_empty() {
        true => checkup.ok("artifacts", "the code is that of this program"),
        false => checkup.fail("artifacts", differing.join("; "), remedy),
    }
}
