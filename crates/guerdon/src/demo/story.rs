//! Two years in scenes. The chain's own clock is the bookmark: it moves to the next scene only when
//! a scene is done, so a second run goes on where the first one stopped.

use guerdon_chain::embedded::Embedded;
use jiff::Timestamp;

use super::acts;
use super::input::{RELEASE_2, RELEASE_3, Release};
use super::progress::Progress;
use crate::context::{Context, Node};
use crate::error::{Failure, Outcome};

/// Something that happens on one day.
#[derive(Debug)]
struct Scene {
    at: &'static str,
    title: &'static str,
    act: Act,
}

#[derive(Debug)]
enum Act {
    Found,
    DefineGoals,
    CommitRound,
    Open(&'static [&'static str]),
    Claim(&'static [&'static str]),
    Register(&'static Release),
    Propose(&'static Release),
    Finalize(&'static Release),
    End(&'static str),
    CloseProduct,
}

/// The chain's first block, and where the story leaves it.
const START: &str = "2026-07-01T00:00:00Z";
const END: &str = "2028-07-01T00:00:00Z";

const fn scene(at: &'static str, title: &'static str, act: Act) -> Scene {
    Scene { at, title, act }
}

static STORY: [Scene; 20] = [
    scene(
        "2026-07-01T09:00:00Z",
        "Acme deploys its contracts and funds the pool",
        Act::Found,
    ),
    scene(
        "2026-07-01T10:00:00Z",
        "two goals are defined, each with its panel",
        Act::DefineGoals,
    ),
    scene(
        "2026-07-01T11:00:00Z",
        "21 grants are imported and committed",
        Act::CommitRound,
    ),
    scene(
        "2026-07-06T10:00:00Z",
        "the grants that wait for the launch are opened",
        Act::Open(&["G-1005", "G-1011", "G-1017"]),
    ),
    scene(
        "2026-07-06T14:00:00Z",
        "the first claims",
        Act::Claim(&[
            "G-1001", "G-1002", "G-1006", "G-1010", "G-1015", "G-1016", "G-1020",
        ]),
    ),
    scene(
        "2026-10-05T10:00:00Z",
        "autumn claims",
        Act::Claim(&[
            "G-1001", "G-1002", "G-1007", "G-1008", "G-1012", "G-1015", "G-1020",
        ]),
    ),
    scene(
        "2027-01-11T10:00:00Z",
        "release 2 is registered for a run",
        Act::Register(&RELEASE_2),
    ),
    scene(
        "2027-01-18T10:00:00Z",
        "the panel signs 355 of 500: below the threshold",
        Act::Propose(&RELEASE_2),
    ),
    scene(
        "2027-01-26T10:00:00Z",
        "nobody objects: release 2 pays nothing",
        Act::Finalize(&RELEASE_2),
    ),
    scene(
        "2027-02-15T10:00:00Z",
        "winter claims",
        Act::Claim(&[
            "G-1001", "G-1003", "G-1006", "G-1010", "G-1012", "G-1013", "G-1015", "G-1018",
        ]),
    ),
    scene(
        "2027-06-07T10:00:00Z",
        "summer claims",
        Act::Claim(&[
            "G-1001", "G-1002", "G-1004", "G-1009", "G-1014", "G-1016", "G-1020",
        ]),
    ),
    scene(
        "2027-10-04T10:00:00Z",
        "release 3 is registered for a run",
        Act::Register(&RELEASE_3),
    ),
    scene(
        "2027-10-11T10:00:00Z",
        "the panel signs 428 of 500: 61.0 % of the gated share",
        Act::Propose(&RELEASE_3),
    ),
    scene(
        "2027-10-19T10:00:00Z",
        "nobody objects: release 3 pays",
        Act::Finalize(&RELEASE_3),
    ),
    scene(
        "2027-10-20T10:00:00Z",
        "the gated grants claim what the result opened",
        Act::Claim(&["G-1004", "G-1010", "G-1016", "G-1021"]),
    ),
    scene(
        "2027-12-06T10:00:00Z",
        "year-end claims",
        Act::Claim(&[
            "G-1001", "G-1002", "G-1003", "G-1008", "G-1012", "G-1013", "G-1020",
        ]),
    ),
    scene("2028-02-29T12:00:00Z", "one grant ends", Act::End("G-1012")),
    scene(
        "2028-03-15T10:00:00Z",
        "spring claims",
        Act::Claim(&[
            "G-1001", "G-1006", "G-1010", "G-1012", "G-1015", "G-1016", "G-1018",
        ]),
    ),
    scene(
        "2028-04-03T10:00:00Z",
        "the product goal is closed for good",
        Act::CloseProduct,
    ),
    scene(
        "2028-06-05T10:00:00Z",
        "the last claims before the second anniversary",
        Act::Claim(&[
            "G-1001", "G-1002", "G-1003", "G-1004", "G-1007", "G-1009", "G-1014", "G-1020",
            "G-1021",
        ]),
    ),
];

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
    let progress = Progress::new(STORY.len());
    for (place, scene) in STORY.iter().enumerate() {
        let next = STORY.get(place + 1).map_or(END, |next| next.at);
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
        Act::DefineGoals => acts::define_goals(context, node).await,
        Act::CommitRound => acts::commit_round(context, node).await,
        Act::Open(names) => acts::open(context, node, names).await,
        Act::Claim(names) => acts::claim(context, node, names).await,
        Act::Register(release) => acts::register(context, node, release).await,
        Act::Propose(release) => acts::propose(context, node, release).await,
        Act::Finalize(release) => acts::finalize(context, node, release).await,
        Act::End(name) => acts::end(context, node, name).await,
        Act::CloseProduct => acts::close_product(context, node).await,
    }
}

async fn forward(embedded: &Embedded, time: u64) -> Outcome {
    if embedded.chain().head().await?.time < time {
        embedded.set_time(time).await?;
    }
    Ok(())
}

fn seconds(at: &str) -> Outcome<u64> {
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
        times.extend(STORY.iter().map(|scene| seconds(scene.at).unwrap()));
        times.push(seconds(END).unwrap());
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
