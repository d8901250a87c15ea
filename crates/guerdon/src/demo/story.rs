//! Two years in scenes. The chain's own clock is the bookmark: it moves to the next scene only when
//! a scene is done, so a second run goes on where the first one stopped.

use guerdon_chain::embedded::Embedded;
use jiff::Timestamp;

use super::input::{Release, Sheet};
use super::later::Change;
use super::launch::Milestone;
use super::progress::Progress;
use super::{acts, later, launch, roles, scenes};
use crate::context::{Context, Node};
use crate::error::{Failure, Outcome};

/// Something that happens on one day.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) at: &'static str,
    pub(super) title: &'static str,
    pub(super) act: Act,
}

#[derive(Debug)]
pub(super) enum Act {
    Found,
    GiveRoles,
    DefineGoals,
    DefineNext,
    CommitRound(&'static Sheet),
    PrepareRound(&'static Sheet),
    Open(&'static [&'static str]),
    Claim(&'static [&'static str]),
    Register(&'static Release),
    Propose(&'static Release),
    Finalize(&'static Release),
    End(&'static str),
    CloseProduct,
    Change(Change),
    Employ(&'static str),
    Promote(&'static str),
    Keep,
    RegisterMilestone(&'static Milestone),
    ProposeMilestone(&'static Milestone),
    ChallengeLaunch,
    Schedule,
}

/// The chain's first block, and where the story leaves it.
const START: &str = "2026-07-01T00:00:00Z";
const END: &str = "2028-07-01T00:00:00Z";

/// Unix seconds of the chain's first block.
pub(super) fn start() -> Outcome<u64> {
    seconds(START)
}

/// Tells what is not told yet.
pub(super) async fn tell(context: &Context, node: &Node) -> Outcome {
    let embedded = node
        .embedded
        .as_ref()
        .ok_or_else(|| Failure::input("the demo needs the embedded chain: leave --rpc-url out"))?;
    let progress = Progress::new(scenes::STORY.len());
    for (place, scene) in scenes::STORY.iter().enumerate() {
        let next = scenes::STORY.get(place + 1).map_or(END, |next| next.at);
        if node.chain.head().await?.time >= seconds(next)? {
            progress.skip();
            continue;
        }
        progress.begin(scene.at, scene.title);
        forward(embedded, seconds(scene.at)?).await?;
        perform(context, node, scene).await.map_err(|failure| {
            let sentence = format!("{} ({}): {}", scene.title, scene.at, failure.sentence);
            Failure {
                sentence,
                ..failure
            }
        })?;
        // A machine that dies loses at most the scene it was in.
        embedded.snapshot().await?;
        progress.done();
    }
    forward(embedded, seconds(END)?).await?;
    embedded.snapshot().await?;
    progress.finish();
    Ok(())
}

async fn perform(context: &Context, node: &Node, scene: &Scene) -> Outcome {
    match &scene.act {
        Act::Found => acts::found(context, node).await,
        Act::GiveRoles => roles::give(context, node).await,
        Act::Schedule => roles::schedule(context, node).await,
        Act::DefineGoals => acts::define_goals(context, node).await,
        Act::DefineNext => acts::define_next(context, node).await,
        Act::CommitRound(sheet) => acts::commit_round(context, node, sheet).await,
        Act::PrepareRound(sheet) => acts::prepare_round(context, node, sheet).await,
        Act::Open(names) => acts::open(context, node, names).await,
        Act::Claim(names) => acts::claim(context, node, names).await,
        Act::Register(release) => acts::register(context, node, release).await,
        Act::Propose(release) => acts::propose(context, node, release).await,
        Act::Finalize(release) => acts::finalize(context, node, release).await,
        Act::End(name) => acts::end(context, node, name).await,
        Act::CloseProduct => acts::close_product(context, node).await,
        Act::Change(change) => later::change(context, node, change).await,
        Act::Employ(name) => later::employ(context, node, name).await,
        Act::Promote(name) => later::promote(context, name).await,
        Act::Keep => later::keep(context).await,
        Act::RegisterMilestone(of) => launch::register(context, node, of).await,
        Act::ProposeMilestone(of) => launch::propose(context, node, of).await,
        Act::ChallengeLaunch => launch::challenge(context, node).await,
    }
}

async fn forward(embedded: &Embedded, time: u64) -> Outcome {
    if embedded.chain().head().await?.time < time {
        embedded.set_time(time).await?;
    }
    Ok(())
}

/// Unix seconds of a time in ISO form.
pub(super) fn seconds(at: &str) -> Outcome<u64> {
    let stamp: Option<Timestamp> = at.parse().ok();
    stamp
        .and_then(|stamp| u64::try_from(stamp.as_second()).ok())
        .ok_or_else(|| Failure::failed(format!("{at} is no time")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scenes_follow_one_another() {
        let mut times = vec![seconds(START).unwrap()];
        times.extend(scenes::STORY.iter().map(|scene| seconds(scene.at).unwrap()));
        times.push(seconds(END).unwrap());
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
