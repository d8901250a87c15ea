//! `cargo xtask bench tree`: a tree of a million grants with all its proofs.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process::run;
use crate::setup::cargo;

/// Targets of a tree of a million grants: seconds of processor time, and MiB.
const TREE_CPU_SECONDS: f64 = 1.0;
const TREE_PEAK_MIB: f64 = 400.0;

/// Runs the example of the core crate in a process of its own, so that what it measures is the tree
/// alone. In the one profile everything is built and tested in.
pub(super) fn tree(root: &Path, json: bool) -> Result<()> {
    const EXAMPLE: &str = "bench_tree";
    let mut build = cargo(root);
    build.args(["build", "--quiet", "--locked", "--package", "guerdon-core"]);
    run("build", build.args(["--example", EXAMPLE]))?;
    let program = root.join("target/debug/examples").join(EXAMPLE);
    let answer = Command::new(&program)
        .output()
        .with_context(|| format!("{} did not start", program.display()))?;
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stderr).into_owned();
        bail!("{EXAMPLE} failed: {said}");
    }
    let answer = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    let shown = if json {
        format!("{answer}\n")
    } else {
        tree_table(&serde_json::from_str(&answer)?)
    };
    super::show(&shown)
}

fn tree_table(answer: &Value) -> String {
    let figure = |name: &str| answer[name].as_f64().unwrap_or(f64::NAN);
    let row = |what: &str, found: f64, most: f64, unit: &str| {
        let verdict = if found <= most { "met" } else { "missed" };
        format!("| {what:<14} | {found:>8.2} {unit:<3} | {most:>8.2} {unit:<3} | {verdict:<7} |\n")
    };
    format!(
        "a tree of {} grants, with all proofs\n\
         | figure         | measured     | at most      |         |\n\
         |----------------|--------------|--------------|---------|\n{}{}",
        answer["grants"],
        row(
            "processor time",
            figure("cpu_seconds"),
            TREE_CPU_SECONDS,
            "s"
        ),
        row("peak memory", figure("peak_mib"), TREE_PEAK_MIB, "MiB"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn a_figure_above_its_target_is_called_missed() {
        let answer = json!({ "grants": 1_000_000, "cpu_seconds": 0.7, "peak_mib": 401 });
        let table = super::tree_table(&answer);
        let verdicts: Vec<&str> = table
            .lines()
            .skip(3)
            .map(|line| {
                line.trim_end_matches(" |")
                    .rsplit("| ")
                    .next()
                    .unwrap_or("")
                    .trim()
            })
            .collect();
        assert_eq!(verdicts, ["met", "missed"], "{table}");
    }
}
