//! `goal build`: a definition with a calibrated bound, and what can be said about it.

use std::path::{Path, PathBuf};

use alloy_primitives::{Address, B256, keccak256};
use guerdon_core::PPB;
use guerdon_core::goal::{Goal, Kind, check_panel, panel_hash};
use guerdon_formats::amount;
use guerdon_formats::goal_doubts::{Items, doubts};
use guerdon_formats::goal_file::{GoalDefinition, Specification, spec_hash};
use guerdon_valuation::calibrate::{Setting, odds};

use super::odds::Told;
use crate::cli::{BuildArgs, BuildItems, BuildPeople, Mark};
use crate::commands::serve::wall;
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files;

const DAY: u32 = 86_400;

pub(crate) fn run(context: &Context, arguments: &BuildArgs) -> Outcome {
    let path = arguments
        .to
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}.json", files::file_name(&arguments.name))));
    if path.exists() {
        let text = format!("{} is there already", path.display());
        return Err(Failure::precondition(text).hint("move it away, or name another file by --to"));
    }
    let committed = commitment(&arguments.items)?;
    let mut definition = draft(arguments, committed.data)?;
    let setting = Setting {
        embedded: context.global.rpc_url.is_none(),
        counted: arguments.counted,
    };
    let odds = odds(&definition.goal, setting)
        .map_err(|error| Failure::input(format!("{}: {error}", arguments.name)))?;
    definition.goal.bound = odds.calibration.bound;
    // What is written is what every other command reads: names, panel and hashes are checked there.
    GoalDefinition::decode(&definition.encode())
        .map_err(|error| Failure::input(error.to_string()))?;
    let file = arguments.items.items.as_deref();
    let name = file.map(|path| path.display().to_string());
    let items = name.as_deref().zip(committed.items.as_deref());
    let items = items.map(|(name, bytes)| Items { name, bytes });
    let doubts = doubts(&definition, items, wall());
    let told = Told::of(&definition, (odds, doubts), arguments)?;
    if !context.global.dry_run {
        if let Some(nonce) = committed.nonce {
            files::write_secret(&nonce_path(&path), nonce.to_string().as_bytes())?;
        }
        files::write(&path, &definition.encode())?;
    }
    context.global.output.record(&told.record(&path))
}

/// Where the nonce of the items lies.
fn nonce_path(path: &Path) -> PathBuf {
    path.with_extension("items-nonce")
}

fn draft(arguments: &BuildArgs, data: B256) -> Outcome<GoalDefinition> {
    let people = &arguments.people;
    let (m, panel) = panel(people)?;
    let pairs = arguments.specification.iter().cloned();
    let specification: Specification = pairs.map(|pair| (pair.0, pair.1)).collect();
    let kind = Kind::from(arguments.kind);
    let threshold = mark("--threshold", kind, arguments.threshold)?;
    let stretch = arguments.stretch;
    let stretch = stretch.map_or(Ok(threshold), |m| mark("--stretch", kind, m))?;
    let goal = Goal {
        kind,
        threshold,
        stretch,
        base_ppb: share("--base", arguments.base)?,
        default_ppb: share("--default", arguments.default)?,
        // 0 asks for the calibrated one.
        bound: arguments.bound.unwrap_or(0),
        attempts: arguments.attempts,
        max_voids: arguments.max_voids,
        samples: arguments.samples,
        pool: arguments.pool.unwrap_or(arguments.samples),
        guards: arguments.guards,
        opens: arguments.opens.0,
        closes: arguments.closes.0,
        run_seconds: arguments.time.run_days.saturating_mul(DAY),
        challenge_seconds: arguments.time.challenge_days.saturating_mul(DAY),
        arbiter_seconds: arguments.time.arbiter_days.saturating_mul(DAY),
        seed_blocks: arguments.items.seed_blocks,
        sponsor: people.sponsor,
        panel: panel_hash(m, &panel),
        arbiter: people.arbiter,
        bond_token: people.bond_token.unwrap_or_default(),
        bond: bond(people)?,
        data,
        spec: spec_hash(&arguments.name, &specification),
    };
    Ok(GoalDefinition {
        name: arguments.name.clone(),
        goal,
        m,
        panel,
        specification,
        place: None,
    })
}

/// The members in their order, and how many of them sign.
fn panel(people: &BuildPeople) -> Outcome<(u8, Vec<Address>)> {
    let mut panel = people.panel.clone();
    panel.sort_unstable();
    let majority = u8::try_from(panel.len() / 2 + 1).unwrap_or(u8::MAX);
    let m = people.quorum.unwrap_or(majority);
    check_panel(m, &panel).map_err(|error| Failure::input(error.to_string()))?;
    Ok((m, panel))
}

fn bond(people: &BuildPeople) -> Outcome<u128> {
    let Some(text) = &people.bond else {
        return Ok(0);
    };
    amount::parse(text, people.bond_decimals)
        .map_err(|error| Failure::input(format!("--bond: {error}")))
}

/// A threshold or stretch: units for a count, else ppb.
fn mark(name: &str, kind: Kind, mark: Mark) -> Outcome<i64> {
    if kind == Kind::Count {
        let number = mark.number;
        return number.ok_or_else(|| {
            Failure::input(format!("{name} of a count is a whole number, as in 1"))
        });
    }
    if mark.share.unsigned_abs() <= u64::from(PPB) {
        return Ok(mark.share);
    }
    let percent = mark.share / i64::from(PPB / 100);
    Err(Failure::input(format!(
        "{name} is {percent} %, and a share is at most 100 %"
    ))
    .hint("write 80% or 0.8"))
}

fn share(name: &str, mark: Mark) -> Outcome<u32> {
    let whole = f64::from(PPB);
    mark.ppb().ok_or_else(|| {
        let given = mark.share as f64 / whole;
        Failure::input(format!("{name} is a share from 0 to 1, not {given}"))
    })
}

/// What the definition commits to; for a file its bytes, and the nonce that hides them.
#[derive(Debug)]
struct Committed {
    data: B256,
    nonce: Option<B256>,
    items: Option<Vec<u8>>,
}

impl Committed {
    fn to(data: B256) -> Self {
        Self {
            data,
            nonce: None,
            items: None,
        }
    }
}

fn commitment(items: &BuildItems) -> Outcome<Committed> {
    if items.public {
        return Ok(Committed::to(B256::right_padding_from(b"public")));
    }
    let Some(path) = &items.items else {
        return items.data.map(Committed::to).ok_or_else(|| {
            Failure::input("nothing says which items decide")
                .hint("give --items FILE, --data HASH of your own commitment, or --public")
        });
    };
    let nonce = B256::random();
    let bytes = files::read(path)?;
    Ok(Committed {
        data: keccak256([nonce.as_slice(), bytes.as_slice()].concat()),
        nonce: Some(nonce),
        items: Some(bytes),
    })
}
