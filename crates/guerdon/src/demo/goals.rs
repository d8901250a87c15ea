//! The goals of the story.

use alloy_primitives::{Address, B256, keccak256};
use guerdon_chain::Signer;
use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind, panel_hash};
use guerdon_formats::eval::Query;
use guerdon_formats::goal_file::{GoalDefinition, Specification, TITLE, spec_hash};
use guerdon_valuation::calibrate::calibrate;

use super::input::{ITEMS, RELEASE_2};
use crate::commands::eval;
use crate::commands::goal::{ARBITER, SPONSOR};
use crate::error::{Failure, Outcome};

pub(super) const PRODUCT: &str = "product_500@0.80..0.90";
const PRODUCT_TITLE: &str = "Product questions answered right";
pub(super) const LAUNCH: &str = "launch-eu";
const LAUNCH_TITLE: &str = "Launch in two regions of Europe";
/// The bar of the second round, over the same items and the same panel.
pub(super) const NEXT: &str = "agents_500@0.85..0.92";
const NEXT_TITLE: &str = "Product questions answered by agents";
pub(super) const SAFETY: &str = "safety-review-r4";
pub(super) const UPTIME: &str = "uptime-2028-q2";
/// Accounts of the embedded chain that sit on the panel of `product_500`.
pub(super) const PRODUCT_PANEL: [u32; 3] = [2, 3, 4];
pub(super) const LAUNCH_PANEL: [u32; 3] = [5, 6, 7];
const QUORUM: u8 = 2;

const DAY: u32 = 86_400;
/// 2026-07-01, 2028-07-01, 2028-03-31, 2029-06-30 and 2030-03-31, 00:00 UTC.
const OPENS: u64 = 1_782_864_000;
const NEXT_OPENS: u64 = 1_846_022_400;
const NEXT_CLOSES: u64 = 1_901_145_600;
const PRODUCT_CLOSES: u64 = 1_838_073_600;
const LAUNCH_CLOSES: u64 = 1_877_472_000;
/// 500 coins of 18 decimals.
const BOND: u128 = 500_000_000_000_000_000_000;
/// What every definition of the story shares.
struct Parties {
    sponsor: Address,
    arbiter: Address,
    bond_token: Address,
}

/// Which figure of a result file decides.
pub(super) fn query() -> Query {
    Query {
        metric: "exact_match".to_owned(),
        filter: Some("strict-match".to_owned()),
        ..Query::default()
    }
}

/// The goals of the first round. `nonce` hides the items behind their commitment.
pub(super) fn definitions(bond_token: Address, nonce: B256) -> Outcome<Vec<GoalDefinition>> {
    let parties = parties(bond_token)?;
    Ok(vec![product(&parties, nonce)?, launch(&parties)?])
}

/// The goal of the second round: half of the share from a lower bound of 85 % on.
///
/// Beside it two milestones: one whose result can still be challenged when the story ends, and one
/// whose result is due.
pub(super) fn next(bond_token: Address, nonce: B256) -> Outcome<Vec<GoalDefinition>> {
    let parties = parties(bond_token)?;
    let bar = Bar {
        name: NEXT,
        title: NEXT_TITLE,
        threshold: 850_000_000,
        stretch: 920_000_000,
        opens: NEXT_OPENS,
        closes: NEXT_CLOSES,
    };
    let safety = Milestone {
        name: SAFETY,
        title: "Outside safety review of release 4",
        reached: "a laboratory that the panel names finds no fault that blocks the release",
        evidence: "keccak256 of the laboratory's report",
        panel: PRODUCT_PANEL,
    };
    let uptime = Milestone {
        name: UPTIME,
        title: "99.9 % of requests answered in a quarter",
        reached: "99.9 % of the requests from April to June 2028 were answered within 2 s",
        evidence: "keccak256 of the signed log of the quarter",
        panel: PRODUCT_PANEL,
    };
    Ok(vec![
        proportion(&parties, nonce, &bar)?,
        milestone(&parties, &safety)?,
        milestone(&parties, &uptime)?,
    ])
}

fn parties(bond_token: Address) -> Outcome<Parties> {
    Ok(Parties {
        sponsor: Signer::embedded(SPONSOR)?.address(),
        arbiter: Signer::embedded(ARBITER)?.address(),
        bond_token,
    })
}

/// What differs between goals over the items.
struct Bar {
    name: &'static str,
    title: &'static str,
    threshold: i64,
    stretch: i64,
    opens: u64,
    closes: u64,
}

/// Half of the share from a lower bound of 80 % on, all of it from 90 % on.
fn product(parties: &Parties, nonce: B256) -> Outcome<GoalDefinition> {
    let bar = Bar {
        name: PRODUCT,
        title: PRODUCT_TITLE,
        threshold: 800_000_000,
        stretch: 900_000_000,
        opens: OPENS,
        closes: PRODUCT_CLOSES,
    };
    proportion(parties, nonce, &bar)
}

fn proportion(parties: &Parties, nonce: B256, bar: &Bar) -> Outcome<GoalDefinition> {
    let panel = panel(PRODUCT_PANEL)?;
    let reading = eval::read_bytes(RELEASE_2.result, &query(), None)?;
    let specification: Specification = [
        (TITLE, bar.title.to_owned()),
        ("harness", reading.harness),
        ("task", reading.task),
        ("task_hash", reading.task_hash.to_string()),
        ("metric", reading.metric),
        ("filter", reading.filter),
        ("direction", "higher is better".to_owned()),
        (
            "model",
            "keccak256 of the release's manifest, which holds a nonce".to_owned(),
        ),
    ]
    .map(|(name, text)| (name.to_owned(), text))
    .into();
    let mut goal = Goal {
        kind: Kind::Proportion,
        threshold: bar.threshold,
        stretch: bar.stretch,
        base_ppb: PPB / 2,
        default_ppb: 0,
        attempts: 2,
        samples: 500,
        pool: 500,
        opens: bar.opens,
        closes: bar.closes,
        panel: panel_hash(QUORUM, &panel),
        data: keccak256([nonce.as_slice(), ITEMS].concat()),
        spec: spec_hash(bar.name, &specification),
        ..common(parties)
    };
    let calibration = calibrate(&goal).map_err(|error| Failure::failed(error.to_string()))?;
    goal.bound = calibration.bound;
    Ok(definition(bar.name, goal, panel, specification))
}

/// Done or not.
struct Milestone {
    name: &'static str,
    title: &'static str,
    reached: &'static str,
    evidence: &'static str,
    panel: [u32; 3],
}

/// A milestone over the hash of a release manifest.
fn launch(parties: &Parties) -> Outcome<GoalDefinition> {
    let launch = Milestone {
        name: LAUNCH,
        title: LAUNCH_TITLE,
        reached: "the platform serves customers from two regions of the European Union",
        evidence: "keccak256 of the signed release manifest",
        panel: LAUNCH_PANEL,
    };
    milestone(parties, &launch)
}

fn milestone(parties: &Parties, milestone: &Milestone) -> Outcome<GoalDefinition> {
    let panel = panel(milestone.panel)?;
    let specification: Specification = [
        (TITLE, milestone.title),
        ("milestone", milestone.reached),
        ("evidence", milestone.evidence),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .into();
    let goal = Goal {
        kind: Kind::Count,
        threshold: 1,
        stretch: 1,
        base_ppb: PPB,
        default_ppb: 0,
        bound: 0,
        attempts: 2,
        samples: 1,
        pool: 1,
        closes: LAUNCH_CLOSES,
        panel: panel_hash(QUORUM, &panel),
        data: keccak256(milestone.reached),
        spec: spec_hash(milestone.name, &specification),
        ..common(parties)
    };
    Ok(definition(milestone.name, goal, panel, specification))
}

fn common(parties: &Parties) -> Goal {
    Goal {
        kind: Kind::Count,
        threshold: 1,
        stretch: 1,
        base_ppb: 0,
        default_ppb: 0,
        bound: 0,
        attempts: 1,
        max_voids: 0,
        samples: 1,
        pool: 1,
        guards: 0,
        opens: OPENS,
        closes: LAUNCH_CLOSES,
        run_seconds: 14 * DAY,
        challenge_seconds: 7 * DAY,
        arbiter_seconds: 30 * DAY,
        seed_blocks: 0,
        sponsor: parties.sponsor,
        panel: B256::ZERO,
        arbiter: parties.arbiter,
        bond_token: parties.bond_token,
        bond: BOND,
        data: B256::ZERO,
        spec: B256::ZERO,
    }
}

fn definition(
    name: &str,
    goal: Goal,
    panel: Vec<Address>,
    specification: Specification,
) -> GoalDefinition {
    GoalDefinition {
        name: name.to_owned(),
        goal,
        m: QUORUM,
        panel,
        specification,
        place: None,
    }
}

fn panel(indices: [u32; 3]) -> Outcome<Vec<Address>> {
    let mut panel = Vec::new();
    for index in indices {
        panel.push(Signer::embedded(index)?.address());
    }
    panel.sort_unstable();
    Ok(panel)
}

#[cfg(test)]
mod tests {
    use guerdon_core::goal::{lower_bound, payout};

    use super::*;

    #[test]
    fn release_2_pays_nothing_and_release_3_pays_61_per_cent() {
        let goals = definitions(Address::repeat_byte(1), B256::ZERO).unwrap();
        let goal = &goals[0].goal;
        assert_eq!(goal.bound, 1983);
        goal.check().unwrap();
        goals[1].goal.check().unwrap();
        let paid = |right| {
            let lower = lower_bound(goal.kind, goal.bound, goal.samples, right, 0).unwrap();
            payout(goal, lower)
        };
        assert_eq!(paid(355), 0);
        assert_eq!(paid(428) / 1_000_000, 610);
    }

    #[test]
    fn the_windows_are_the_dates_they_say() {
        for (seconds, want) in [
            (OPENS, "2026-07-01 00:00 UTC"),
            (NEXT_OPENS, "2028-07-01 00:00 UTC"),
            (NEXT_CLOSES, "2030-03-31 00:00 UTC"),
            (PRODUCT_CLOSES, "2028-03-31 00:00 UTC"),
            (LAUNCH_CLOSES, "2029-06-30 00:00 UTC"),
        ] {
            assert_eq!(crate::words::time(seconds), want);
        }
    }
}
