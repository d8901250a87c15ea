//! From the form to a definition, by the contract's own rules.

use alloy_primitives::{Address, B256};
use guerdon_core::PPB;
use guerdon_core::goal::{Goal, GoalError, Kind, check_panel, panel_hash};
use guerdon_formats::amount;
use guerdon_formats::goal_file::{GoalDefinition, Specification, spec_hash};

use super::people::People;
use super::read::{Reader, Wrong};
use super::sheet::Sheet;
use crate::numbers::capital;
use crate::state::DeploymentView;
use crate::strings::goal_builder as words;

/// Samples of a proportion or a measure that chances are computed for here.
pub(super) const SAMPLES_MAX: u32 = 100_000;
/// The same for a paired comparison, whose chances run over all wins and losses.
pub(super) const PAIRED_MAX: u32 = 10_000;
/// Decimals of a coin of which nothing else is known.
const DECIMALS: u8 = 18;
/// Lines of more pairs that are told to be none; a text may have a million of them.
const ODD_LINES_MAX: usize = 5;
/// Pairs of the specification with fields of their own.
const PINNED: [&str; 9] = [
    "title",
    "harness",
    "task",
    "task_hash",
    "metric",
    "filter",
    "baseline_model",
    "baseline_file",
    "baseline_answers",
];
/// Those of them that are hashes of files.
const HASHES: [&str; 3] = ["task_hash", "baseline_file", "baseline_answers"];

/// What the form asks for.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// Its bound is 0 where the calibrated one is asked for.
    pub(crate) definition: GoalDefinition,
    pub(super) asked: Asked,
}

/// What the figures are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// How much better a model truly is than the threshold, in ppb; of a count nothing.
    pub(super) better: i64,
    /// What the baseline truly reaches, in ppb.
    pub(super) truth: Option<i64>,
    /// On how many items the two differ, in ppb.
    pub(super) differ: u32,
    /// Items that a count goes through.
    pub(super) counted: Option<u32>,
}

/// Reads the whole form.
pub(super) fn read(
    sheet: &Sheet,
    people: &People,
    deployment: &DeploymentView,
) -> Result<Draft, Wrong> {
    let mut reader = Reader {
        sheet,
        wrong: Wrong::default(),
    };
    let it = &mut reader;
    let name = name(it);
    let specification = specification(it);
    let panel = people.panel(it);
    let m = quorum(it, &panel);
    let mut goal = goal(it, deployment);
    goal.sponsor = people.one(it, "sponsor");
    goal.arbiter = people.one(it, "arbiter");
    goal.panel = panel_hash(m, &panel);
    goal.spec = spec_hash(&name, &specification);
    if it.wrong.is_empty() {
        check(it, &goal);
    }
    let asked = asked(it, &goal);
    let definition = GoalDefinition {
        name,
        goal,
        m,
        panel,
        specification,
        place: None,
    };
    match reader.wrong.is_empty() {
        true => Ok(Draft { definition, asked }),
        false => Err(reader.wrong),
    }
}

fn name(it: &mut Reader<'_>) -> String {
    let name = it.required("name").to_owned();
    let odd = name.contains([';', '/', '\\', '"']) || name.starts_with('.');
    if odd || name.chars().any(char::is_control) || name.len() > 80 {
        it.wrong.add("name", words::ODD_NAME);
    }
    name
}

fn specification(it: &mut Reader<'_>) -> Specification {
    let mut pairs = Specification::new();
    for name in PINNED {
        let text = it.sheet.get(name).to_owned();
        if text.is_empty() {
            continue;
        }
        // Files are compared with it as readers write hashes, however it was typed.
        let text = match HASHES.contains(&name) {
            true => it
                .hash(name, words::NO_FILE_HASH)
                .map(|hash| hash.to_string()),
            false => Some(text),
        };
        pairs.extend(text.map(|text| (name.to_owned(), text)));
    }
    let mut odd = 0;
    for line in it.sheet.get("spec").lines().map(str::trim) {
        if line.is_empty() || odd == ODD_LINES_MAX {
            continue;
        }
        let pair = line
            .split_once('=')
            .map(|(name, text)| (name.trim(), text.trim()));
        match pair {
            Some((name, _))
                if name == "name" || PINNED.contains(&name) || pairs.contains_key(name) =>
            {
                odd += 1;
                it.wrong.add("spec", words::taken_pair(name));
            }
            Some((name, text)) if !name.is_empty() && !text.is_empty() => {
                pairs.insert(name.to_owned(), text.to_owned());
            }
            _ => {
                odd += 1;
                it.wrong.add("spec", words::no_pair(line));
            }
        }
    }
    pairs
}

/// Signatures of a result: what was asked for, or the smallest majority.
fn quorum(it: &mut Reader<'_>, panel: &[Address]) -> u8 {
    let majority = u32::try_from(panel.len() / 2 + 1).unwrap_or(1);
    let m: u8 = it.small("quorum", Some(majority), 16);
    if !panel.is_empty() && check_panel(m, panel).is_err() {
        let (name, why) = match panel.len() {
            17.. => ("panel", words::TOO_MANY_MEMBERS.to_owned()),
            members => ("quorum", words::no_majority(members)),
        };
        it.wrong.add(name, why);
    }
    m
}

fn goal(it: &mut Reader<'_>, deployment: &DeploymentView) -> Goal {
    let kind = it.kind();
    let threshold = it.mark("threshold", kind);
    let stretch = match it.sheet.get("stretch") {
        "" => threshold,
        _ => it.mark("stretch", kind),
    };
    let most = match kind {
        Kind::Paired => PAIRED_MAX,
        _ => SAMPLES_MAX,
    };
    let samples = match kind {
        Kind::Count => 1,
        _ => it.number("samples", None, most),
    };
    let (bond_token, bond) = bond(it, deployment);
    let conditions = it.number("guards", Some(0), 32);
    Goal {
        kind,
        threshold,
        stretch,
        base_ppb: it.share("base", PPB),
        default_ppb: it.share("default", 0),
        bound: it.small("bound", Some(0), u16::MAX.into()),
        attempts: it.small("attempts", Some(1), 32),
        max_voids: it.small("max_voids", Some(0), 31),
        samples,
        pool: match kind {
            Kind::Count => 1,
            _ => it.number("pool", Some(samples), u32::MAX),
        },
        guards: u32::try_from((1_u64 << conditions) - 1).unwrap_or(u32::MAX),
        opens: it.day("opens", false),
        closes: it.day("closes", true),
        run_seconds: it.days("run_days", 14),
        challenge_seconds: it.days("challenge_days", 7),
        arbiter_seconds: it.days("arbiter_days", 30),
        seed_blocks: it.small("seed_blocks", Some(0), 256),
        sponsor: Address::ZERO,
        panel: B256::ZERO,
        arbiter: Address::ZERO,
        bond_token,
        bond,
        data: data(it, kind),
        spec: B256::ZERO,
    }
}

/// The coin of the bond and its amount in base units.
fn bond(it: &mut Reader<'_>, deployment: &DeploymentView) -> (Address, u128) {
    let text = it.sheet.get("bond").replace([',', '\u{a0}', ' '], "");
    if text.is_empty() || text == "0" {
        return (Address::ZERO, 0);
    }
    let known = deployment.bond_token.get();
    let coin = match (it.sheet.get("bond_token"), known) {
        ("", Some((coin, _))) => Ok(*coin),
        ("", None) => Err(words::NO_COIN),
        (given, _) => crate::actions::account(given),
    };
    let coin = coin.unwrap_or_else(|why| {
        it.wrong.add("bond_token", why);
        Address::ZERO
    });
    let known = known.filter(|(address, _)| *address == coin);
    let usual = known.map_or(DECIMALS, |(_, token)| token.decimals);
    let decimals = it.small("bond_decimals", Some(usual.into()), 36);
    let units = amount::parse(&text, decimals).unwrap_or_else(|error| {
        it.wrong.add("bond", words::sentence(&error.to_string()));
        0
    });
    (coin, units)
}

fn data(it: &mut Reader<'_>, kind: Kind) -> B256 {
    match (it.sheet.get("data"), it.sheet.get("commitment")) {
        ("public", _) => B256::right_padding_from(b"public"),
        // Nothing is drawn from the items of a milestone.
        (_, "") if kind == Kind::Count => B256::ZERO,
        _ => it.hash("commitment", words::NO_HASH).unwrap_or_default(),
    }
}

fn asked(it: &mut Reader<'_>, goal: &Goal) -> Asked {
    let is_count = goal.kind == Kind::Count;
    let filled = |name: &str| !it.sheet.get(name).is_empty();
    let (better, truth, differ) = (filled("better"), filled("truth"), filled("differ"));
    let counted = is_count && filled("counted");
    let mut asked = Asked {
        better: 50_000_000,
        truth: None,
        differ: 200_000_000,
        counted: counted.then(|| it.number("counted", None, SAMPLES_MAX)),
    };
    if is_count {
        return asked;
    }
    if better {
        asked.better = it.percent("better", false);
    }
    let is_paired = goal.kind == Kind::Paired;
    if truth && !is_paired {
        asked.truth = Some(it.percent("truth", false));
    }
    if differ && is_paired {
        asked.differ = u32::try_from(it.percent("differ", false)).unwrap_or(0);
    }
    let ahead = goal.threshold.saturating_add(asked.better);
    if is_paired && ahead.unsigned_abs() > asked.differ.into() {
        it.wrong.add("differ", words::DIFFERS_TOO_LITTLE);
    } else if ahead > i64::from(PPB) {
        it.wrong.add("better", words::TOO_GOOD);
    }
    asked
}

/// The contract's rules, each at the field that breaks it.
fn check(it: &mut Reader<'_>, goal: &Goal) {
    let mut goal = goal.clone();
    if goal.bound == 0 && goal.kind != Kind::Count {
        goal.bound = 1;
    }
    let Err(error) = goal.check() else {
        return;
    };
    let (name, said) = match error {
        GoalError::Samples { samples, pool } if samples > pool => {
            ("pool", words::pool_too_small(pool, samples))
        }
        GoalError::Samples { .. } => ("samples", words::few_for_its_kind(goal.kind)),
        GoalError::Threshold { .. } => ("threshold", words::threshold_out(goal.kind).to_owned()),
        GoalError::Stretch { .. } => ("stretch", words::STRETCH_OUT.to_owned()),
        other => (
            field_of(&other),
            words::sentence(&capital(&other.to_string())),
        ),
    };
    it.wrong.add(name, said);
}

const fn field_of(error: &GoalError) -> &'static str {
    match error {
        GoalError::Kind { .. } => "kind",
        GoalError::Window => "closes",
        GoalError::Settling => "run_days",
        GoalError::Challenge => "challenge_days",
        GoalError::Threshold { .. } => "threshold",
        GoalError::Stretch { .. } => "stretch",
        GoalError::Payout { .. } => "base",
        GoalError::Attempts { .. } => "attempts",
        GoalError::Samples { .. } => "samples",
        GoalError::Bound { .. } => "bound",
        GoalError::Panel | GoalError::OtherPanel => "panel",
    }
}
