//! `cargo xtask mutate`: changes the contracts in one place at a time, and sees a test fail.
//!
//! What no test notices is a rule that no test holds, unless the change means the same.

mod compiler;
mod known;
mod mutant;
mod options;
mod plan;
mod report;
mod results;
mod run;
mod sites;
mod solidity;
mod workshop;
mod yul;

use std::{io::Write, path::Path};

use anyhow::Result;

use self::{known::Known, options::Options, plan::Plan, results::Results, workshop::Workshop};

/// Tries all mutants that are asked for and shows what came of it.
pub(crate) fn mutate(root: &Path, forge: &Path, words: &[String]) -> Result<()> {
    let options = Options::read(words)?;
    let from = match &options.commit {
        Some(commit) => workshop::checkout(root, commit)?,
        None => root.to_path_buf(),
    };
    let mut first = Workshop::open(root, &from, forge, 0)?;
    let plan = Plan::make(&mut first, &options)?;
    if options.list {
        let mut out = std::io::stdout().lock();
        for mutant in &plan.mutants {
            writeln!(out, "line {} of {mutant}", mutant.line)?;
        }
        return Ok(());
    }
    let known = Known::read(root)?;
    let mut workshops = vec![first];
    for number in 1..options.workers {
        workshops.push(Workshop::open(root, &from, forge, number)?);
    }
    for workshop in &mut workshops {
        eprintln!(
            "==> building and testing the copy in {}",
            workshop.contracts.display()
        );
        workshop.prepare(&plan.files())?;
    }
    let path = root.join("target/xtask/mutate/results.ndjson");
    let mut results = Results::open(&path, options.fresh)?;
    run::all(&plan, &mut results, &path, workshops, options.minutes)?;
    report::show(&plan, &results, &known, options.json)
}
