//! What came of it: counts by operator and by file, the score, and every survivor.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::{
    known::Known,
    mutant::{Mutant, Operator},
    plan::Plan,
    results::{Outcome, Results},
};

/// Counts of a group of mutants.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    made: u32,
    invalid: u32,
    equivalent: u32,
    killed: u32,
    survived: u32,
}

impl Counts {
    /// Killed of those that differ from the original, in per cent.
    fn score(&self) -> f64 {
        let judged = self.killed + self.survived;
        if judged == 0 {
            return 100.0;
        }
        f64::from(self.killed) * 100.0 / f64::from(judged)
    }

    fn json(&self) -> Value {
        json!({
            "mutants": self.made, "not_compiling": self.invalid, "equivalent": self.equivalent,
            "killed": self.killed, "survived": self.survived, "score": self.score(),
        })
    }
}

/// Prints it; an error if a survivor is not explained.
pub(super) fn show(plan: &Plan, results: &Results, known: &Known, json: bool) -> Result<()> {
    let mut all = Counts::default();
    let mut operators: BTreeMap<Operator, Counts> = BTreeMap::new();
    let mut files: BTreeMap<&str, Counts> = BTreeMap::new();
    let mut survivors = Vec::new();
    for mutant in &plan.mutants {
        let name = mutant.to_string();
        let outcome = results.get(&name, plan.version(mutant));
        let reason = known.reason(&name);
        if outcome == Some(&Outcome::Survived) {
            survivors.push((mutant, reason));
        }
        let equivalent = reason.is_some_and(|(kind, _)| kind == "equivalent");
        let groups = [
            &mut all,
            operators.entry(mutant.operator).or_default(),
            files.entry(&mutant.file).or_default(),
        ];
        for counts in groups {
            counts.made += u32::from(outcome.is_some());
            match outcome {
                Some(Outcome::Invalid) => counts.invalid += 1,
                Some(Outcome::SameCode) => counts.equivalent += 1,
                Some(Outcome::Survived) if equivalent => counts.equivalent += 1,
                Some(Outcome::Survived) => counts.survived += 1,
                Some(Outcome::Killed(_) | Outcome::TimedOut) => counts.killed += 1,
                None => {}
            }
        }
    }
    if json {
        print_json(&all, &operators, &files, &survivors, &plan.texts)?;
    } else {
        print_table(&all, &operators, &files, &survivors, &plan.texts)?;
    }
    let open = plan.mutants.len() - usize::try_from(all.made)?;
    if open > 0 {
        eprintln!(
            "    {open} of {} mutants wait for the next run",
            plan.mutants.len()
        );
    }
    judge(&survivors, plan, known)
}

type Survivor<'a> = (&'a Mutant, Option<(&'static str, &'a str)>);

/// No survivor may be unexplained, and no explanation without its survivor.
fn judge(survivors: &[Survivor<'_>], plan: &Plan, known: &Known) -> Result<()> {
    let names: BTreeSet<String> = plan.mutants.iter().map(Mutant::to_string).collect();
    let alive: BTreeSet<String> = survivors
        .iter()
        .map(|(mutant, _)| mutant.to_string())
        .collect();
    for name in known.equivalent.keys().chain(known.harmless.keys()) {
        if names.contains(name) && !alive.contains(name) {
            eprintln!("    explained, but no survivor: {name}");
        }
    }
    let unexplained = survivors.iter().filter(|(_, why)| why.is_none()).count();
    if unexplained > 0 {
        bail!("{unexplained} survivors are not explained in contracts/test/mutants.toml");
    }
    Ok(())
}

fn print_json(
    all: &Counts,
    operators: &BTreeMap<Operator, Counts>,
    files: &BTreeMap<&str, Counts>,
    survivors: &[Survivor<'_>],
    texts: &BTreeMap<String, String>,
) -> Result<()> {
    let operators: BTreeMap<&str, Value> = operators
        .iter()
        .map(|(operator, counts)| (operator.name(), counts.json()))
        .collect();
    let files: BTreeMap<&str, Value> = files
        .iter()
        .map(|(file, counts)| (*file, counts.json()))
        .collect();
    let survivors: Vec<Value> = survivors
        .iter()
        .map(|(mutant, reason)| {
            json!({
                "file": mutant.file, "line": mutant.line, "mutant": mutant.to_string(),
                "code": mutant.code(texts),
                "kind": reason.map(|(kind, _)| kind), "why": reason.map(|(_, why)| why),
            })
        })
        .collect();
    let report = json!({
        "all": all.json(), "operators": operators, "files": files, "survivors": survivors,
    });
    Ok(writeln!(std::io::stdout(), "{report:#}")?)
}

fn print_table(
    all: &Counts,
    operators: &BTreeMap<Operator, Counts>,
    files: &BTreeMap<&str, Counts>,
    survivors: &[Survivor<'_>],
    texts: &BTreeMap<String, String>,
) -> Result<()> {
    let mut out = std::io::stdout().lock();
    for (mutant, reason) in survivors {
        let (kind, why) = reason.unwrap_or(("not explained", ""));
        let (file, line, code) = (mutant.file_name(), mutant.line, mutant.code(texts));
        writeln!(
            out,
            "- {file}, line {line}, `{code}`: {}. {kind}: {why}",
            mutant.change()
        )?;
    }
    let rows = operators
        .iter()
        .map(|(operator, counts)| (operator.name(), counts));
    let rows = rows.chain(files.iter().map(|(file, counts)| (*file, counts)));
    writeln!(
        out,
        "\n| | mutants | not compiling | equivalent | killed | survived | score |"
    )?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for (name, counts) in rows.chain([("all", all)]) {
        writeln!(
            out,
            "| {name} | {} | {} | {} | {} | {} | {:.1} % |",
            counts.made,
            counts.invalid,
            counts.equivalent,
            counts.killed,
            counts.survived,
            counts.score()
        )?;
    }
    Ok(())
}
