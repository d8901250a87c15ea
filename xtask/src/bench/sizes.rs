//! Sizes of the committed bytecode: recorded in contracts/snapshots/sizes.json, and never above the
//! budget.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Bytes of runtime code that a contract may have (16 KiB; the chain's own limit is 24 KiB).
const BYTES_MAX: u64 = 16_384;

type Sizes = BTreeMap<String, u64>;

/// Compares the artifacts with what is recorded.
pub(crate) fn check(root: &Path) -> Result<()> {
    let path = root.join("contracts/snapshots/sizes.json");
    let text = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let recorded = serde_json::from_str(&text).with_context(|| format!("{}", path.display()))?;
    let findings = differences(&measured(root)?, &recorded);
    if findings.is_empty() {
        return Ok(());
    }
    bail!(
        "{}\nhint: if that is meant, run `cargo xtask bench gas --write` and commit the snapshots",
        findings.join("\n")
    )
}

/// Records the sizes of the artifacts.
pub(super) fn write(root: &Path) -> Result<()> {
    let text = serde_json::to_string_pretty(&measured(root)?)?;
    fs::write(root.join("contracts/snapshots/sizes.json"), text + "\n")?;
    Ok(())
}

fn measured(root: &Path) -> Result<Sizes> {
    let mut sizes = Sizes::new();
    for entry in root.join("contracts/artifacts").read_dir()? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let artifact: Value = serde_json::from_slice(&fs::read(&path)?)
            .with_context(|| format!("{} is not JSON", path.display()))?;
        let code = artifact["deployedBytecode"]
            .as_str()
            .with_context(|| format!("{} has no code", path.display()))?;
        let name = artifact["contract"].as_str().unwrap_or_default();
        let digits = code.trim_start_matches("0x").len();
        sizes.insert(name.to_owned(), u64::try_from(digits / 2)?);
    }
    Ok(sizes)
}

fn differences(measured: &Sizes, recorded: &Sizes) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, size) in measured {
        if *size > BYTES_MAX {
            findings.push(format!(
                "{name} has {size} bytes of code, at most {BYTES_MAX}"
            ));
        }
        match recorded.get(name) {
            Some(was) if was == size => {}
            Some(was) => findings.push(format!("{name} has {size} bytes of code, was {was}")),
            None => findings.push(format!("the size of {name}, {size} bytes, is not recorded")),
        }
    }
    for name in recorded.keys().filter(|name| !measured.contains_key(*name)) {
        findings.push(format!("{name} is recorded and has no artifact"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(list: &[(&str, u64)]) -> Sizes {
        list.iter()
            .map(|(name, size)| ((*name).to_owned(), *size))
            .collect()
    }

    #[test]
    fn the_recorded_sizes_are_those_of_the_artifacts() {
        check(&crate::setup::root().unwrap()).unwrap();
    }

    #[test]
    fn a_byte_more_or_less_a_new_and_a_lost_contract_are_found() {
        let recorded = sizes(&[("A", 100), ("B", 100), ("D", 1)]);
        let measured = sizes(&[("A", 101), ("B", 99), ("C", 5)]);
        assert_eq!(
            differences(&measured, &recorded),
            [
                "A has 101 bytes of code, was 100",
                "B has 99 bytes of code, was 100",
                "the size of C, 5 bytes, is not recorded",
                "D is recorded and has no artifact",
            ]
        );
    }

    #[test]
    fn code_above_the_budget_is_refused_even_if_recorded() {
        let large = sizes(&[("A", 16_385)]);
        assert_eq!(
            differences(&large, &large),
            ["A has 16385 bytes of code, at most 16384"]
        );
        let full = sizes(&[("A", 16_384)]);
        assert!(differences(&full, &full).is_empty());
    }
}
