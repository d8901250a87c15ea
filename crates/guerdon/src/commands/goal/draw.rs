//! `goal draw`: the items of a seed, and the command that runs them.

use std::path::Path;

use alloy_primitives::hex;
use guerdon_core::goal::{Goal, draw};
use guerdon_formats::eval;
use guerdon_formats::goal_file::GoalDefinition;
use serde_json::json;

use super::files;
use crate::cli::{DrawArgs, Harness};
use crate::context::Context;
use crate::error::{Failure, Outcome};
use crate::files as disk;
use crate::output::Record;
use crate::session::Session;

/// The longest argument that Linux takes.
const ARGUMENT_BYTES_MAX: usize = 128 * 1024 - 1;
/// The most items that are ranked on a command's behalf.
const POOL_MAX: u32 = 100_000_000;

/// What is drawn from what.
#[derive(Debug, Clone, Copy)]
struct Lot {
    seed: [u8; 12],
    pool: u32,
    samples: u32,
}

pub(crate) async fn run(context: &Context, arguments: &DrawArgs) -> Outcome {
    let (lot, goal) = lot(context, arguments).await?;
    let goal = goal.as_ref();
    if lot.samples == 0 || lot.samples > lot.pool || lot.pool > POOL_MAX {
        let Lot { pool, samples, .. } = lot;
        return Err(Failure::input(format!(
            "{samples} of {pool} items cannot be drawn: at least 1, at most the pool, and a pool \
             of at most {POOL_MAX}"
        )));
    }
    let mut items = draw(lot.seed, lot.pool, lot.samples);
    // Harnesses run them in the order of the data set whatever the order here.
    items.sort_unstable();
    let decoding = eval::run_seed(goal, lot.seed);
    let (command, choice) = command(arguments, (goal, decoding), &items)?;
    if choice > ARGUMENT_BYTES_MAX {
        context.say("the choice of items is longer than a command line takes: use the harness's");
        context.say("Python interface with the items of `-o json`");
    }
    let from = match goal.is_some_and(eval::whole_baseline) {
        true => "as the baseline over all items has it",
        false => "its lowest 32 bits",
    };
    let seed = hex::encode_prefixed(lot.seed);
    let listed: Vec<String> = items.iter().map(u32::to_string).collect();
    let value = json!({
        "seed": seed,
        "decoding_seed": decoding,
        "pool": lot.pool,
        "samples": lot.samples,
        "items": items,
        "command": command,
    });
    let record = Record::new(value)
        .line("seed", &seed)
        .line("decoding seed", format!("{decoding}, {from}"))
        .line("drawn", format!("{} of {} items", lot.samples, lot.pool))
        .line("items", listed.join(" "))
        .line("run", command);
    context.global.output.record(&record)
}

/// The seed of the attempt and the sizes, and the goal that they are of.
async fn lot(context: &Context, arguments: &DrawArgs) -> Outcome<(Lot, Option<GoalDefinition>)> {
    let Some(name) = &arguments.goal else {
        let given = (arguments.seed, arguments.pool, arguments.samples);
        let (Some(seed), Some(pool), Some(samples)) = given else {
            return Err(Failure::input(
                "give a goal, or --seed, --pool and --samples",
            ));
        };
        let seed = seed.0;
        return Ok((
            Lot {
                seed,
                pool,
                samples,
            },
            None,
        ));
    };
    let draft = Path::new(name);
    let goal = match arguments.seed {
        // A seed in hand asks nothing of the chain, so that a draft will do.
        Some(_) if draft.is_file() => None,
        _ => Some(files::find(context, name)?),
    };
    let definition = match &goal {
        Some(goal) => goal.definition.clone(),
        None => files::read(draft)?,
    };
    let Goal {
        pool,
        samples,
        seed_blocks,
        ..
    } = definition.goal;
    let seed = match (arguments.seed, &goal) {
        (Some(seed), _) => seed.0,
        (None, Some(goal)) if seed_blocks > 0 => sealed(context, goal, arguments.attempt).await?,
        _ => {
            let text = format!(
                "{} draws no items: every attempt runs the same",
                definition.name
            );
            return Err(Failure::precondition(text));
        }
    };
    Ok((
        Lot {
            seed,
            pool,
            samples,
        },
        Some(definition),
    ))
}

/// The seed that the chain keeps for the attempt.
async fn sealed(
    context: &Context,
    goal: &files::Defined,
    attempt: Option<u16>,
) -> Outcome<[u8; 12]> {
    context
        .with_node(async |node| {
            let session = Session::open(context, node)?;
            let record = super::record(&session, goal).await?;
            let attempt = super::latest(&record, attempt)?;
            if attempt.word.seed == [0; 12] {
                let text = format!("attempt {} has no seed yet", attempt.number);
                return Err(Failure::precondition(text).hint("guerdon goal seal fixes it"));
            }
            Ok(attempt.word.seed)
        })
        .await
}

/// The command, and how long its longest argument is.
fn command(
    arguments: &DrawArgs,
    (goal, seed): (Option<&GoalDefinition>, u32),
    items: &[u32],
) -> Outcome<(String, usize)> {
    let harness = match arguments.harness {
        Some(Harness::LmEval) => Some(eval::Harness::LmEval),
        Some(Harness::Inspect) => Some(eval::Harness::Inspect),
        None => goal.and_then(eval::Harness::of_goal),
    };
    let harness = harness.unwrap_or(eval::Harness::LmEval);
    let named = goal.and_then(|goal| goal.specification.get("task"));
    let task = arguments.task.as_ref().or(named);
    let items = match &arguments.ids {
        Some(path) if harness == eval::Harness::Inspect => ids(path, items)?,
        _ => items.iter().map(|item| harness.item(*item)).collect(),
    };
    let run = eval::Run {
        model: &arguments.model,
        task: task.map_or("TASK", String::as_str),
        seed,
        items: &items,
    };
    Ok(eval::run_command(harness, &run))
}

/// Inspect's names of the items, as a file has them.
fn ids(path: &Path, items: &[u32]) -> Outcome<Vec<String>> {
    let bytes = disk::read(path)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let names = items.iter().map(|item| {
        let line = usize::try_from(*item).ok().and_then(|item| lines.get(item));
        line.filter(|line| !line.is_empty() && !line.contains([',', '*']))
            .map(|line| (*line).to_owned())
            .ok_or_else(|| {
                let (path, line) = (path.display(), u64::from(*item) + 1);
                Failure::input(format!(
                    "{path} has no id for item {item} in line {line}, or one with a comma or star"
                ))
            })
    });
    names.collect()
}
