//! The story, scene by scene.

use guerdon_core::state::Flags;

use super::input::{FIRST, RELEASE_2, RELEASE_3, SECOND, THIRD};
use super::later::Change;
use super::launch::{LAUNCHED, REVIEWED, SERVED};
use super::story::{Act, Scene};

/// Where a lost grant would go: nobody's account so far.
const SPARE: &str = "0x4444444444444444444444444444444444444444";

const fn scene(at: &'static str, title: &'static str, act: Act) -> Scene {
    Scene { at, title, act }
}

const fn change(grant: &'static str, leaves: Flags, does: &'static [&'static str]) -> Act {
    Act::Change(Change {
        grant,
        leaves,
        does,
    })
}

pub(super) static STORY: [Scene; 39] = [
    scene(
        "2026-07-01T09:00:00Z",
        "Acme deploys its contracts and funds the pool",
        Act::Found,
    ),
    scene(
        "2026-07-01T09:30:00Z",
        "people, payroll and treasury get their roles",
        Act::GiveRoles,
    ),
    scene(
        "2026-07-01T10:00:00Z",
        "two goals are defined, each with its panel",
        Act::DefineGoals,
    ),
    scene(
        "2026-07-01T11:00:00Z",
        "21 grants are imported and committed",
        Act::CommitRound(&FIRST),
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
        "2027-08-02T10:00:00Z",
        "a grant is claimed after its first year",
        Act::Claim(&["G-1019"]),
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
        "2028-04-10T10:00:00Z",
        "the keeper pays everybody who is due",
        Act::Keep,
    ),
    scene(
        "2028-05-02T10:00:00Z",
        "a sabbatical: one clock is paused",
        change("G-1019", Flags::PAUSED, &["pause", "G-1019"]),
    ),
    scene(
        "2028-05-16T10:00:00Z",
        "an engineer gives notice to the end of July",
        change(
            "G-1015",
            Flags::ENDED,
            &["end", "G-1015", "--at", "2028-07-31T00:00:00Z"],
        ),
    ),
    scene(
        "2028-05-22T10:00:00Z",
        "a holder lets nobody else claim for him",
        change("G-1010", Flags::HOLDER_ONLY, &["hold", "G-1010", "on"]),
    ),
    scene(
        "2028-06-05T10:00:00Z",
        "the last claims before the second anniversary",
        Act::Claim(&[
            "G-1001", "G-1002", "G-1003", "G-1004", "G-1007", "G-1009", "G-1014", "G-1020",
            "G-1021",
        ]),
    ),
    scene(
        "2028-06-08T10:00:00Z",
        "a contractor is employed: his grant is replaced",
        Act::Employ("G-1014"),
    ),
    scene(
        "2028-06-12T10:00:00Z",
        "a key is lost: a recovery is announced",
        change(
            "G-1011",
            Flags::RECOVERING,
            &["recover", "announce", "G-1011", "--to", SPARE],
        ),
    ),
    scene(
        "2028-06-13T10:00:00Z",
        "the launch is registered",
        Act::RegisterMilestone(&LAUNCHED),
    ),
    scene(
        "2028-06-15T10:00:00Z",
        "goals for the next releases are defined",
        Act::DefineNext,
    ),
    scene(
        "2028-06-20T10:00:00Z",
        "12 refreshers are committed, binding from 15 July",
        Act::CommitRound(&SECOND),
    ),
    scene(
        "2028-06-21T10:00:00Z",
        "the outside safety review is registered",
        Act::RegisterMilestone(&REVIEWED),
    ),
    scene(
        "2028-06-26T10:00:00Z",
        "the panel signs that the platform is launched",
        Act::ProposeMilestone(&LAUNCHED),
    ),
    scene(
        "2028-06-27T10:00:00Z",
        "the panel signs that the review found no fault: open to challenge",
        Act::ProposeMilestone(&REVIEWED),
    ),
    scene(
        "2028-06-28T10:00:00Z",
        "the quarter's service log is registered for the panel",
        Act::RegisterMilestone(&SERVED),
    ),
    scene(
        "2028-06-28T15:00:00Z",
        "an engineer is promoted: a replacement waits for her signature",
        Act::Promote("G-1018"),
    ),
    scene(
        "2028-06-29T10:00:00Z",
        "somebody doubts it, with a bond: the arbiter decides",
        Act::ChallengeLaunch,
    ),
    scene(
        "2028-06-29T15:00:00Z",
        "a third round is imported and waits for its signature",
        Act::PrepareRound(&THIRD),
    ),
    scene(
        "2028-06-30T09:00:00Z",
        "the treasury schedules a withdrawal",
        Act::Schedule,
    ),
];
