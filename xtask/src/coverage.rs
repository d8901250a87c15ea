//! `cargo xtask coverage`: which lines and branches of the contracts the tests reach.
//!
//! Counted are the unit tests, the regression tests and the vectors; random plays are not asked, so
//! that nothing is covered by luck. forge compiles without the optimizer for it.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::process::run;

/// Left out: random plays, gas figures, proofs.
const NOT_ASKED: &str = "test/{invariant,gas,symbolic}/*";

/// Branches that no test can reach: file, a part of the line, why. Shown in the table, not counted.
const UNREACHABLE: &[(&str, &str, &str)] = &[];

/// What one source file has, and what of it was never reached.
#[derive(Debug, Default, PartialEq, Eq)]
struct Covered {
    lines: usize,
    branches: usize,
    missed_lines: Vec<usize>,
    missed_branches: Vec<usize>,
}

/// Prints a table and fails below 100 % of the lines and branches of `contracts/src`.
pub(crate) fn coverage(root: &Path, forge: &Path) -> Result<()> {
    let report = root.join("target/xtask/coverage.info");
    fs::create_dir_all(root.join("target/xtask"))?;
    let mut tests = Command::new(forge);
    tests
        .current_dir(root.join("contracts"))
        .args(["coverage", "--no-match-path", NOT_ASKED])
        .args(["--report", "lcov", "--report-file"])
        .arg(&report)
        // without the optimizer some tests come close to the gas of a whole test; and it is quicker
        .env("FOUNDRY_ISOLATE", "false");
    run("coverage", &mut tests)?;
    let text = fs::read_to_string(&report).context("forge wrote no report")?;
    let files = read(&text)?;
    if files.is_empty() {
        bail!("the report names no file of contracts/src");
    }
    let missed = print(root, &files)?;
    if missed > 0 {
        bail!("{missed} lines or branches of contracts/src are reached by no test");
    }
    Ok(())
}

/// The files of `src` in an lcov report.
fn read(report: &str) -> Result<BTreeMap<String, Covered>> {
    let mut files = BTreeMap::new();
    let mut name = String::new();
    let mut file = Covered::default();
    for line in report.lines() {
        let (kind, rest) = line.split_once(':').unwrap_or((line, ""));
        let fields: Vec<&str> = rest.split(',').collect();
        match (kind, fields.as_slice()) {
            ("SF", [path]) => name = (*path).to_owned(),
            ("DA", [number, hits, ..]) => {
                file.lines += 1;
                if *hits == "0" {
                    file.missed_lines
                        .push(number.parse().context("a line number")?);
                }
            }
            ("BRDA", [number, _, _, hits]) => {
                file.branches += 1;
                if ["0", "-"].contains(hits) {
                    file.missed_branches
                        .push(number.parse().context("a line number")?);
                }
            }
            ("end_of_record", _) => {
                let done = std::mem::take(&mut file);
                if name.starts_with("src/") {
                    files.insert(std::mem::take(&mut name), done);
                }
            }
            _ => {}
        }
    }
    Ok(files)
}

/// The table; returns how many lines and branches count and were missed.
#[expect(
    clippy::print_stdout,
    reason = "the table is what the verb is asked for"
)]
fn print(root: &Path, files: &BTreeMap<String, Covered>) -> Result<usize> {
    let mut missed = 0;
    let (mut lines, mut branches) = (0, 0);
    let mut below = Vec::new();
    println!("{:<32} {:>11} {:>11}", "contracts/src", "lines", "branches");
    for (name, file) in files {
        let source = fs::read_to_string(root.join("contracts").join(name))?;
        lines += file.lines;
        branches += file.branches;
        println!(
            "{:<32} {:>5}/{:<5} {:>5}/{:<5}",
            name.trim_start_matches("src/"),
            file.lines - file.missed_lines.len(),
            file.lines,
            file.branches - file.missed_branches.len(),
            file.branches
        );
        let both = [
            ("line", &file.missed_lines),
            ("branch", &file.missed_branches),
        ];
        for (what, number) in both
            .iter()
            .flat_map(|(what, all)| all.iter().map(move |n| (what, n)))
        {
            let code = source.lines().nth(number - 1).unwrap_or_default().trim();
            let why = reason(name, code);
            missed += usize::from(why.is_none());
            below.push(format!(
                "{name}:{number}: {what}: {code}\n    {}",
                why.unwrap_or("no test reaches it")
            ));
        }
    }
    println!("{:<32} {lines:>11} {branches:>11}", "in all");
    for line in below {
        println!("{line}");
    }
    Ok(missed)
}

/// Why this line can be reached by nothing.
fn reason(name: &str, code: &str) -> Option<&'static str> {
    let known = UNREACHABLE
        .iter()
        .find(|(file, part, _)| name.ends_with(file) && code.contains(part));
    known.map(|(_, _, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_report_is_read() {
        let report = "TN:\nSF:src/A.sol\nDA:3,7\nDA:5,0\nBRDA:3,0,0,2\nBRDA:3,0,1,-\nLF:2\n\
                      end_of_record\nSF:test/T.sol\nDA:1,0\nend_of_record\n";
        let files = read(report).unwrap();
        assert_eq!(files.len(), 1);
        let file = &files["src/A.sol"];
        assert_eq!((file.lines, file.branches), (2, 2));
        assert_eq!(
            (&file.missed_lines, &file.missed_branches),
            (&vec![5], &vec![3])
        );
    }
}
