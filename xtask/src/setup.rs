//! Makes a fresh machine ready: checks the three tools it must have, installs the rest.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::process::{output, run};

/// The folder of the workspace.
pub(crate) fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here
        .parent()
        .context("xtask lies in the workspace")?
        .to_path_buf())
}

/// The cargo that runs us.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.current_dir(root);
    command
}

/// Checks for a C compiler and Node, and installs what package-lock.json pins.
pub(crate) fn setup(root: &Path) -> Result<()> {
    if output("cc", &["--version"]).is_none() {
        bail!("no C compiler: install gcc or clang so that `cc` runs (Debian: gcc)");
    }
    let node = output("node", &["--version"]).unwrap_or_default();
    if major(&node) < 20 {
        bail!("Node 20 or newer is needed and `node --version` says {node:?}: install Node.js");
    }
    if output("npm", &["--version"]).is_none() {
        bail!("no npm beside Node: install npm");
    }
    let lock = fs::read(root.join("package-lock.json")).context("package-lock.json is missing")?;
    let stamp = root.join("node_modules/.guerdon-installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut install = Command::new("npm");
    install
        .current_dir(root)
        .args(["install", "--no-save", "--ignore-scripts"]);
    run(
        "pinned tools (npm)",
        install.args(["--no-audit", "--no-fund", "--loglevel=error"]),
    )?;
    fs::write(&stamp, lock)?;
    Ok(())
}

fn major(version: &str) -> u32 {
    let digits = version.trim_start_matches('v').split('.').next();
    digits.and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Builds the binary and hands over to `guerdon demo`.
pub(crate) fn demo(root: &Path, args: &[String]) -> Result<()> {
    run(
        "build",
        cargo(root).args(["build", "--quiet", "--locked", "--package", "guerdon"]),
    )?;
    let status = Command::new(root.join("target/debug/guerdon"))
        .current_dir(root)
        .arg("demo")
        .args(args)
        .status()
        .context("guerdon demo did not start")?;
    if !status.success() {
        bail!("guerdon demo ended with {status}");
    }
    Ok(())
}

/// Compiles the contracts and writes, or with `--check` compares, contracts/artifacts.
pub(crate) fn artifacts(root: &Path, args: &[&str]) -> Result<()> {
    let mut command = Command::new("node");
    command
        .current_dir(root.join("contracts"))
        .arg("tools/artifacts.mjs")
        .args(args);
    run("contract artifacts", &mut command)
}

/// Writes, or with `--check` compares, vectors/*.json by the independent oracles.
pub(crate) fn vectors(root: &Path, args: &[&str]) -> Result<()> {
    let python = output("python3", &["--version"]).unwrap_or_default();
    let minor: u32 = python
        .split('.')
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    if minor < 11 {
        bail!("the oracle needs Python 3.11 or newer as `python3`, which says {python:?}");
    }
    for oracle in ["oracle.py", "sheet_oracle.py", "calibrate_oracle.py"] {
        let mut command = Command::new("python3");
        command
            .current_dir(root.join("vectors"))
            .arg("-B")
            .arg(oracle)
            .args(args);
        run(&format!("vectors by {oracle}"), &mut command)?;
    }
    Ok(())
}
