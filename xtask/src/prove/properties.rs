//! What halmos says of each property in `contracts/test/symbolic`.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::workshop::{Workshop, read};
use crate::process::run;

/// Seconds that one question to the solver may take, of which it may ask hundreds. All are answered
/// in seconds on a machine at rest.
const SECONDS: u32 = 600;

/// One property and what came of it.
#[derive(Debug, PartialEq)]
struct Outcome {
    contract: String,
    property: String,
    verdict: Verdict,
    seconds: f64,
    paths: u64,
}

/// Ordered as halmos numbers its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Proved,
    Counterexample,
    Timeout,
    /// halmos met what it cannot follow.
    Stuck,
    /// No input reaches the end: nothing was shown.
    Vacuous,
    Error,
    /// A loop was cut short: not all paths were seen.
    Incomplete,
}

impl Verdict {
    fn words(self) -> &'static str {
        match self {
            Self::Proved => "proved",
            Self::Counterexample => "COUNTEREXAMPLE",
            Self::Timeout => "TIMEOUT",
            Self::Stuck => "STUCK",
            Self::Vacuous => "VACUOUS",
            Self::Error => "ERROR",
            Self::Incomplete => "INCOMPLETE",
        }
    }
}

/// Runs halmos over all properties and prints a table; fails unless each is proven.
pub(super) fn check(workshop: &Workshop) -> Result<()> {
    let report = workshop.report("halmos.json")?;
    let python = workshop.bin.join("python");
    let solver = workshop.contracts.join("tools/prover/smt.py");
    let solver = format!(
        "{} {} --seconds {SECONDS}",
        python.display(),
        solver.display()
    );
    let mut command = workshop.program("halmos");
    command
        .env("FOUNDRY_PROFILE", "symbolic")
        .args(["--forge-build-out", "out/symbolic"])
        .args(["--solver-command", &solver])
        .args(["--solver-timeout-assertion", &format!("{}s", SECONDS + 30)])
        // an arithmetic overflow in what is proven is a failure, too
        .args(["--panic-error-codes", "*"])
        .args(["--loop", "32", "--no-status", "--json-output"])
        .arg(&report);
    // ends with an error when a property is not proven: the table says which
    let told = run("symbolic proofs (halmos)", &mut command);
    let outcomes = outcomes(&read(&report)?)?;
    eprint!("{}", table(&outcomes));
    let open = outcomes
        .iter()
        .filter(|outcome| outcome.verdict != Verdict::Proved)
        .count();
    if open > 0 {
        bail!("{open} of {} properties are not proven", outcomes.len());
    }
    if outcomes.is_empty() {
        bail!("halmos found no property in contracts/test/symbolic");
    }
    told
}

/// The outcomes in halmos's report.
fn outcomes(report: &Value) -> Result<Vec<Outcome>> {
    let contracts = report["test_results"].as_object();
    let mut outcomes = Vec::new();
    for (contract, tests) in contracts.context("halmos's report names no results")? {
        let contract = contract.rsplit(':').next().unwrap_or_default();
        for test in tests.as_array().into_iter().flatten() {
            let name = test["name"].as_str().unwrap_or_default();
            let property = name.split('(').next().unwrap_or_default();
            outcomes.push(Outcome {
                contract: contract.to_owned(),
                property: property.trim_start_matches("check_").replace('_', " "),
                verdict: verdict(test),
                seconds: test["time"][0].as_f64().unwrap_or_default(),
                paths: test["num_paths"][0].as_u64().unwrap_or_default(),
            });
        }
    }
    Ok(outcomes)
}

fn verdict(test: &Value) -> Verdict {
    match test["exitcode"].as_u64() {
        Some(0) if test["num_bounded_loops"].as_u64() == Some(0) => Verdict::Proved,
        Some(0) => Verdict::Incomplete,
        Some(1) => Verdict::Counterexample,
        Some(2) => Verdict::Timeout,
        Some(3) => Verdict::Stuck,
        Some(4) => Verdict::Vacuous,
        _ => Verdict::Error,
    }
}

fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::from(
        "\n| contract             | property                                                         \
         | outcome        | seconds | paths |\n\
         |----------------------|------------------------------------------------------------------\
         |----------------|---------|-------|\n",
    );
    for outcome in outcomes {
        let Outcome {
            contract,
            property,
            verdict,
            seconds,
            paths,
        } = outcome;
        let verdict = verdict.words();
        text += &format!(
            "| {contract:<20} | {property:<64} | {verdict:<14} | {seconds:>7.1} | {paths:>5} |\n"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Verdict;

    #[test]
    fn only_a_whole_look_without_counterexample_is_a_proof() {
        let test = |exitcode: u32, cut: u32| {
            json!({ "name": "check_a_sum_fits(uint256)", "exitcode": exitcode,
                    "num_bounded_loops": cut, "num_paths": [3, 2, 0], "time": [1.5, 1.0, 0.5] })
        };
        let report = json!({ "test_results": { "test/symbolic/Sums.t.sol:SumProofs":
            [test(0, 0), test(0, 1), test(1, 0), test(2, 0), test(3, 0), test(4, 0), test(5, 0)] } });
        let outcomes = super::outcomes(&report).expect("the report is whole");
        let verdicts: Vec<Verdict> = outcomes.iter().map(|outcome| outcome.verdict).collect();
        use Verdict::{Counterexample, Error, Incomplete, Proved, Stuck, Timeout, Vacuous};
        assert_eq!(
            verdicts,
            [
                Proved,
                Incomplete,
                Counterexample,
                Timeout,
                Stuck,
                Vacuous,
                Error
            ]
        );
        assert_eq!(outcomes[0].property, "a sum fits");
        assert_eq!(outcomes[0].contract, "SumProofs");
    }
}
