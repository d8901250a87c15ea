//! `cargo xtask bench gas`: whole-transaction gas of the committed bytecode, beside its targets,
//! the best peer and the floor.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::{
    operations::{OPERATIONS, Operation},
    peers::{Peers, peers},
    show, sizes,
};
use crate::{setup, test::native};

/// Gas by sentence or operation.
pub(super) type Figures = BTreeMap<String, u64>;

/// Measures ours and the peers', and shows one table.
pub(super) fn gas(root: &Path, json: bool) -> Result<()> {
    setup::setup(root)?;
    ours(root, "out/gas")?;
    let ours = read(&root.join("contracts/out/gas/gas.json"))?;
    let peers = peers(root)?;
    let rows = OPERATIONS
        .iter()
        .map(|operation| row(operation, &ours, &peers))
        .collect::<Result<Vec<Value>>>()?;
    if json {
        return show(&format!("{:#}\n", json!({ "operations": rows })));
    }
    show(&table(&rows))
}

/// Writes contracts/snapshots: what `forge test` compares with, and the sizes of the bytecode.
pub(super) fn write(root: &Path) -> Result<()> {
    setup::setup(root)?;
    ours(root, "snapshots")?;
    sizes::write(root)
}

fn ours(root: &Path, folder: &str) -> Result<()> {
    let home = root.join("contracts");
    measure(root, &home, folder, &["--match-path", "test/gas/*"])
}

/// Runs the tests of a folder that has a foundry.toml; they write their figures to `snapshots`.
pub(super) fn measure(root: &Path, home: &Path, snapshots: &str, args: &[&str]) -> Result<()> {
    fs::create_dir_all(home.join(snapshots))?;
    eprintln!("==> gas in {}", home.display());
    let answer = Command::new(native(root, "forge")?)
        .current_dir(home)
        .arg("test")
        .args(args)
        .env("FOUNDRY_SNAPSHOTS", snapshots)
        .env("FORGE_SNAPSHOT_CHECK", "false")
        .env("FORGE_SNAPSHOT_EMIT", "true")
        .stdin(Stdio::null())
        .output()
        .context("forge did not start")?;
    if !answer.status.success() {
        let said = String::from_utf8_lossy(&answer.stdout).into_owned();
        let talk = String::from_utf8_lossy(&answer.stderr).into_owned();
        bail!("the tests of {} failed\n{said}{talk}", home.display());
    }
    Ok(())
}

/// The figures of one group, as forge writes them: numbers in quotes.
pub(super) fn read(path: &Path) -> Result<Figures> {
    let text =
        fs::read_to_string(path).with_context(|| format!("{} is missing", path.display()))?;
    let quoted: BTreeMap<String, String> =
        serde_json::from_str(&text).with_context(|| format!("{}", path.display()))?;
    quoted
        .into_iter()
        .map(|(name, gas)| {
            let gas = gas.parse().with_context(|| format!("{name}: {gas}"))?;
            Ok((name, gas))
        })
        .collect()
}

fn row(operation: &Operation, ours: &Figures, peers: &Peers) -> Result<Value> {
    let gas = *ours
        .get(operation.sentence)
        .with_context(|| format!("contracts/test/gas measures no `{}`", operation.sentence))?;
    let best = peers.best(operation.name);
    Ok(json!({
        "operation": operation.name,
        "gas": gas,
        "target": operation.target,
        "met": gas <= operation.target,
        "best_peer": best.map(|(_, gas)| gas),
        "best_peer_name": best.map(|(name, _)| name),
        "floor": peers.floor.get(operation.name),
        "note": operation.note,
    }))
}

fn table(rows: &[Value]) -> String {
    let number = |value: &Value| {
        value
            .as_u64()
            .map_or_else(|| "-".to_owned(), |number| number.to_string())
    };
    let mut text = "gas of whole transactions\n".to_owned();
    text.push_str(
        "| operation               |   ours | target |        | floor | best peer                            |\n\
         |-------------------------|-------:|-------:|--------|------:|--------------------------------------|\n",
    );
    for row in rows {
        let verdict = if row["met"] == true { "met" } else { "missed" };
        let peer = match row["best_peer_name"].as_str() {
            Some(name) => format!("{} {name}", number(&row["best_peer"])),
            None => "-".to_owned(),
        };
        text.push_str(&format!(
            "| {:<23} | {:>6} | {:>6} | {verdict:<6} | {:>5} | {peer:<36} |\n",
            row["operation"].as_str().unwrap_or_default(),
            number(&row["gas"]),
            number(&row["target"]),
            number(&row["floor"]),
        ));
    }
    for row in rows {
        let note = row["note"].as_str().unwrap_or_default();
        if !note.is_empty() {
            let name = row["operation"].as_str().unwrap_or_default();
            text.push_str(&format!("{name}: {note}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers_with(gas: u64) -> Peers {
        let figures = Figures::from([("later claim".to_owned(), gas)]);
        Peers {
            floor: figures.clone(),
            named: BTreeMap::from([("Somebody".to_owned(), figures)]),
        }
    }

    #[test]
    fn every_operation_has_a_committed_figure() {
        let root = setup::root().unwrap();
        let committed = read(&root.join("contracts/snapshots/gas.json")).unwrap();
        for operation in &OPERATIONS {
            assert!(
                row(operation, &committed, &peers_with(1)).is_ok(),
                "{} is not in contracts/snapshots/gas.json",
                operation.name
            );
        }
    }

    #[test]
    fn a_figure_above_its_target_is_called_missed() {
        let later = OPERATIONS
            .iter()
            .find(|operation| operation.name == "later claim")
            .unwrap();
        for (gas, verdict) in [(48_500, "| met "), (48_501, "| missed ")] {
            let ours = Figures::from([(later.sentence.to_owned(), gas)]);
            let found = row(later, &ours, &peers_with(50_000)).unwrap();
            let text = table(&[found]);
            assert!(text.contains(verdict), "{text}");
            assert!(text.contains("50000 Somebody"), "{text}");
        }
    }

    #[test]
    fn an_operation_nobody_else_has_shows_no_peer() {
        let ours = Figures::from([(OPERATIONS[8].sentence.to_owned(), 1)]);
        let found = row(&OPERATIONS[8], &ours, &peers_with(2)).unwrap();
        assert_eq!(found["best_peer"], Value::Null);
        assert!(row(&OPERATIONS[7], &ours, &peers_with(2)).is_err());
    }
}
