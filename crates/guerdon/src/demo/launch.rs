//! The milestones of the story. Of the launch two members say that it is reached, the keeper doubts
//! it, and the arbiter has not decided when the story ends.

use alloy_primitives::keccak256;
use guerdon_chain::Signer;
use guerdon_core::goal::{Accept, AttemptStatus};

use super::acts::manifest;
use super::goals::{LAUNCH, LAUNCH_PANEL, PRODUCT_PANEL, SAFETY, UPTIME};
use super::later::typed;
use crate::commands::goal::files::find as find_goal;
use crate::commands::goal::{self, SPONSOR};
use crate::context::{Context, Node};
use crate::error::Outcome;
use crate::session::Session;

const ACCEPT_SECONDS: u64 = 3 * 86_400;
pub(super) const REASON: &str = "the second region serves no customer yet";

/// Something done or not, and what proves it.
#[derive(Debug)]
pub(super) struct Milestone {
    goal: &'static str,
    panel: [u32; 3],
    release: &'static str,
    evidence: &'static str,
}

pub(super) const LAUNCHED: Milestone = Milestone {
    goal: LAUNCH,
    panel: LAUNCH_PANEL,
    release: "acme-platform-eu",
    evidence: "acme-platform-eu: release manifest, signed",
};

pub(super) const REVIEWED: Milestone = Milestone {
    goal: SAFETY,
    panel: PRODUCT_PANEL,
    release: "acme-coder-r4",
    evidence: "acme-coder-r4: report of the laboratory",
};

pub(super) const SERVED: Milestone = Milestone {
    goal: UPTIME,
    panel: PRODUCT_PANEL,
    release: "acme-service-2028-q2",
    evidence: "acme-service-2028-q2: log, signed",
};

pub(super) async fn register(context: &Context, node: &Node, of: &Milestone) -> Outcome {
    let session = Session::open(context, node)?;
    let goal = find_goal(context, of.goal)?;
    if !goal::record(&session, &goal).await?.attempts.is_empty() {
        return Ok(());
    }
    let accept = Accept {
        goal: goal.id,
        attempt: 0,
        model: manifest(context, of.release)?,
        deadline: node.chain.head().await?.time + ACCEPT_SECONDS,
    };
    let member = Signer::embedded(of.panel[0])?;
    let signature = goal::accept(&session, &member, &goal, accept)?;
    goal::keep_signature(context, &goal, &signature, None)?;
    goal::register(&session, &Signer::embedded(SPONSOR)?, &goal, &[signature]).await?;
    Ok(())
}

pub(super) async fn propose(context: &Context, node: &Node, of: &Milestone) -> Outcome {
    let session = Session::open(context, node)?;
    let goal = find_goal(context, of.goal)?;
    let record = goal::record(&session, &goal).await?;
    let attempt = goal::latest(&record, Some(0))?;
    if attempt.word.status != AttemptStatus::Registered {
        return Ok(());
    }
    let counts = goal::Counts {
        x: 1,
        y: 0,
        samples: 1,
        guards: 0,
        evidence: keccak256(of.evidence),
    };
    let mut signatures = Vec::new();
    for index in [of.panel[0], of.panel[2]] {
        let signature = goal::sign(&session, &Signer::embedded(index)?, &goal, attempt, counts)?;
        goal::keep_signature(context, &goal, &signature, None)?;
        signatures.push(signature);
    }
    goal::propose(&session, &Signer::embedded(SPONSOR)?, &goal, &signatures).await?;
    Ok(())
}

pub(super) async fn challenge(context: &Context, node: &Node) -> Outcome {
    let session = Session::open(context, node)?;
    let goal = find_goal(context, LAUNCH)?;
    let record = goal::record(&session, &goal).await?;
    if goal::latest(&record, Some(0))?.word.status != AttemptStatus::Proposed {
        return Ok(());
    }
    typed(context, &["goal", "challenge", LAUNCH, "--reason", REASON]).await
}
