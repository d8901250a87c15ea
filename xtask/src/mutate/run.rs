//! Tries mutants, some at a time.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::Instant,
};

use anyhow::{Context, Result};

use super::{
    compiler::Description,
    mutant::{Mutant, Operator},
    plan::Plan,
    results::{Outcome, Results, fingerprint},
    workshop::{Verdict, Workshop},
};

/// Tries what `results` do not know, and tells them.
pub(super) fn all(
    plan: &Plan,
    results: &mut Results,
    root: &Path,
    workshops: Vec<Workshop>,
    minutes: usize,
) -> Result<()> {
    let mut open: Vec<&Mutant> = plan
        .mutants
        .iter()
        .filter(|mutant| {
            results
                .get(&mutant.to_string(), plan.version(mutant))
                .is_none()
        })
        .collect();
    open.sort_by_key(|mutant| turn(mutant));
    eprintln!(
        "==> mutants: {} to try of {} (results in {})",
        open.len(),
        plan.mutants.len(),
        root.display()
    );
    let (queue, (sender, outcomes)) = (Queue::of(open, minutes), channel());
    thread::scope(|scope| {
        for mut workshop in workshops {
            let (sender, queue) = (sender.clone(), &queue);
            scope.spawn(move || work(plan, queue, &mut workshop, &sender));
        }
        drop(sender);
        for (done, told) in outcomes.iter().enumerate() {
            let (mutant, outcome): (&Mutant, Result<Outcome>) = told;
            let outcome = outcome.with_context(|| mutant.to_string())?;
            if outcome == Outcome::Survived {
                eprintln!("    survived: line {} of {mutant}", mutant.line);
            }
            if (done + 1) % 100 == 0 {
                eprintln!("    {} of {}", done + 1, queue.open.len());
            }
            results.put(&mutant.to_string(), plan.version(mutant), outcome)?;
        }
        Ok(())
    })
}

/// Rules that may be missing altogether come first; of the others any beginning is a fair sample.
fn turn(mutant: &Mutant) -> (bool, u64) {
    let rule = matches!(
        mutant.operator,
        Operator::Require | Operator::If | Operator::Modifier | Operator::Clause | Operator::Emit
    );
    let name = mutant.to_string();
    (!rule, fingerprint([name.as_str()]))
}

/// What is still to be tried, and where the last ones like it failed.
struct Queue<'a> {
    open: Vec<&'a Mutant>,
    next: AtomicUsize,
    begun: Instant,
    minutes: usize,
    killers: Mutex<BTreeMap<(&'a str, &'a str), String>>,
}

impl<'a> Queue<'a> {
    fn of(open: Vec<&'a Mutant>, minutes: usize) -> Self {
        Self {
            open,
            begun: Instant::now(),
            minutes,
            next: AtomicUsize::new(0),
            killers: Mutex::default(),
        }
    }

    fn take(&self) -> Option<&'a Mutant> {
        if self.begun.elapsed().as_secs() / 60 >= self.minutes as u64 {
            return None;
        }
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        self.open.get(next).copied()
    }

    fn killers(&self) -> MutexGuard<'_, BTreeMap<(&'a str, &'a str), String>> {
        self.killers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The tests that are most likely to fail: those that did for this function.
    fn likely(&self, mutant: &'a Mutant) -> Option<String> {
        let killers = self.killers();
        killers.get(&(&*mutant.file, &*mutant.function)).cloned()
    }

    fn learn(&self, mutant: &'a Mutant, outcome: &Outcome) {
        if let Outcome::Killed(test) = outcome
            && let Some((path, _)) = test.split_once(':')
        {
            let place = (&*mutant.file, &*mutant.function);
            self.killers().insert(place, path.to_owned());
        }
    }
}

/// Takes the next mutant until none is left or nobody listens.
fn work<'a>(
    plan: &Plan,
    queue: &Queue<'a>,
    workshop: &mut Workshop,
    told: &Sender<(&'a Mutant, Result<Outcome>)>,
) {
    while let Some(mutant) = queue.take() {
        let likely = queue.likely(mutant);
        let outcome = attempt(plan, mutant, likely.as_deref(), workshop);
        if let Ok(outcome) = &outcome {
            queue.learn(mutant, outcome);
        }
        if told.send((mutant, outcome)).is_err() {
            return;
        }
    }
}

fn attempt(
    plan: &Plan,
    mutant: &Mutant,
    likely: Option<&str>,
    workshop: &mut Workshop,
) -> Result<Outcome> {
    let text = plan.texts.get(&mutant.file).context("no such file")?;
    let changed = mutant.apply(text);
    let files = holders(&plan.description, &mutant.file);
    let change = Some((mutant.file.as_str(), changed.as_str()));
    let Some(mut code) = workshop.compiler.compile(&files, change, false)? else {
        return Ok(Outcome::Invalid);
    };
    let original = &workshop.code;
    code.retain(|name, hex| original.get(name) != Some(hex));
    if code.is_empty() {
        return Ok(Outcome::SameCode);
    }
    match workshop.judge(code, likely)? {
        Verdict::Failed(test) => Ok(Outcome::Killed(test)),
        Verdict::TimedOut => Ok(Outcome::TimedOut),
        Verdict::Passed => {
            let before = workshop.compiler.compile(&files, None, true)?;
            let after = workshop.compiler.compile(&files, change, true)?;
            let same = before == after;
            Ok(if same {
                Outcome::SameCode
            } else {
                Outcome::Survived
            })
        }
    }
}

/// The files of the deployed contracts that hold a file.
pub(super) fn holders(description: &Description, file: &str) -> Vec<String> {
    let holds = |needed: &&Vec<String>| needed.iter().any(|name| name == file);
    description
        .needs
        .iter()
        .filter(|(_, needed)| holds(needed))
        .map(|(holder, _)| holder.clone())
        .collect()
}
