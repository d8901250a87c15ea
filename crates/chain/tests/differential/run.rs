//! Sequences: made, replayed, and made short when they fail.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::compare::{Divergence, Pair};
use crate::generate::Author;
use crate::machine::Machine;
use crate::model::Answer;
use crate::step::{Call, Step};
use crate::world::World;

/// Steps of a sequence.
const STEPS: usize = 120;

/// By name of the call.
pub(crate) type Coverage = BTreeMap<String, Count>;

/// How often a call passed, and why it was refused how often.
#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) refused: BTreeMap<String, u64>,
}

impl Count {
    fn add(&mut self, answer: &Answer) {
        match answer {
            Ok(_) => self.passed += 1,
            Err(refusal) => {
                let reason = refusal.split(['{', ':']).next().unwrap_or_default().trim();
                *self.refused.entry(reason.to_owned()).or_default() += 1;
            }
        }
    }
}

/// Makes and takes the sequence of a seed. Fails with a report: the shortest sequence that fails.
pub(crate) fn sequence(seed: u64, coverage: &mut Coverage) -> Result<u64, String> {
    let world = World::new(seed, Machine::fresh().places);
    let mut author = Author::new(&world, seed);
    let mut pair = Pair::new(&world);
    let mut steps = Vec::new();
    for _ in 0..STEPS {
        let step = author.next(&pair.model);
        steps.push(step.clone());
        match take(&mut pair, &step) {
            Ok(answer) => coverage.entry(step.call.name()).or_default().add(&answer),
            Err(_) => return Err(report(seed, &world, steps)),
        }
    }
    Ok(steps.len() as u64)
}

/// Takes a step; a panic in between is a divergence like any other.
fn take(pair: &mut Pair<'_>, step: &Step) -> Result<Answer, Divergence> {
    catch_unwind(AssertUnwindSafe(|| pair.take(step))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("a panic: {}", text.unwrap_or("of no words")))
    })
}

/// The first divergence of a sequence, and after how many steps.
fn replay(world: &World, steps: &[Step]) -> Option<(usize, Divergence)> {
    let mut pair = Pair::new(world);
    let taken = steps.iter().enumerate();
    taken
        .map(|(place, step)| take(&mut pair, step).err().map(|found| (place + 1, found)))
        .find_map(|found| found)
}

/// Leaves out whatever the failure does not need, then the parts of calls that it does not need.
fn shrink(world: &World, mut steps: Vec<Step>) -> Vec<Step> {
    let mut size = steps.len().div_ceil(2);
    loop {
        let mut place = 0;
        let mut shorter = false;
        while place < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(place..(place + size).min(steps.len()));
            if let Some((taken, _)) = replay(world, &fewer) {
                fewer.truncate(taken);
                (steps, shorter) = (fewer, true);
            } else {
                place += size;
            }
        }
        if size == 1 && !shorter && !shrink_calls(world, &mut steps) {
            return steps;
        }
        size = (size / 2).max(1);
    }
}

/// Leaves one part out of one call; whether that was possible.
fn shrink_calls(world: &World, steps: &mut Vec<Step>) -> bool {
    for place in 0..steps.len() {
        for call in smaller(&steps[place].call) {
            let mut simpler = steps.clone();
            simpler[place].call = call;
            if replay(world, &simpler).is_some() {
                *steps = simpler;
                return true;
            }
        }
    }
    false
}

fn smaller(call: &Call) -> Vec<Call> {
    match call {
        Call::Together { calls } => {
            let alone = calls.iter().cloned();
            let fewer = (0..calls.len()).filter(|_| calls.len() > 2).map(|place| {
                let mut calls = calls.clone();
                calls.remove(place);
                Call::Together { calls }
            });
            alone.chain(fewer).collect()
        }
        Call::Replace { successors, .. } if successors.len() > 1 => (0..successors.len())
            .map(|place| {
                let mut fewer = call.clone();
                if let Call::Replace { successors, .. } = &mut fewer {
                    successors.remove(place);
                }
                fewer
            })
            .collect(),
        Call::ClaimMany { leaves } if leaves.len() > 1 => (0..leaves.len())
            .map(|place| {
                let mut leaves = leaves.clone();
                leaves.remove(place);
                Call::ClaimMany { leaves }
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn report(seed: u64, world: &World, steps: Vec<Step>) -> String {
    let long = steps.len();
    let steps = shrink(world, steps);
    let found = replay(world, &steps).map_or_else(String::new, |(_, found)| found);
    let mut text = format!(
        "seed {seed}: {found}\nshortest failing sequence, {} of {long} steps:\n",
        steps.len()
    );
    for step in &steps {
        let _ = writeln!(text, "    {step:?},");
    }
    let _ = writeln!(text, "its world:");
    let shown = format!("{steps:?}");
    for (place, leaf) in world.leaves.iter().enumerate() {
        let named = [
            format!("leaf: {place}"),
            "leaves: [".to_owned(),
            "successors: [".to_owned(),
        ];
        if named.iter().any(|name| shown.contains(name)) {
            let _ = writeln!(text, "    leaf {place}: {leaf:?}");
        }
    }
    for (place, goal) in world.goals.iter().enumerate() {
        if shown.contains(&format!("goal: {place}")) {
            let _ = writeln!(text, "    goal {place}: {goal:?}");
        }
    }
    text
}
