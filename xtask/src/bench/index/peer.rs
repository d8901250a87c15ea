//! ponder, of npm: our small project for it stands in xtask/peers/ponder.

use std::{fs, path::Path, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use super::node::{free_port, get};
use super::run::{Ground, Task};
use crate::process::run;

/// Where its tables stand.
pub(super) const SCHEMA: &str = "peer";
const FILES: [&str; 7] = [
    ".npmrc",
    "package.json",
    "tsconfig.json",
    "ponder.config.ts",
    "ponder.schema.ts",
    "src/index.ts",
    "src/api/index.ts",
];

/// Copies the project below target and installs its packages there, if they are not there yet.
pub(super) fn install(root: &Path) -> Result<PathBuf> {
    let (from, home) = (
        root.join("xtask/peers/ponder"),
        root.join("target/xtask/ponder"),
    );
    for file in FILES {
        let to = home.join(file);
        fs::create_dir_all(to.parent().context("a folder")?)?;
        fs::copy(from.join(file), to).with_context(|| format!("xtask/peers/ponder/{file}"))?;
    }
    for name in ["Grants", "Goals", "Succession", "AccessManager"] {
        let file = format!("{name}.json");
        fs::copy(
            root.join("contracts/artifacts").join(&file),
            home.join(&file),
        )
        .with_context(|| format!("contracts/artifacts/{file}"))?;
    }
    let manifest = fs::read(home.join("package.json"))?;
    let stamp = home.join("node_modules/.guerdon-installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == manifest) {
        return Ok(home);
    }
    let mut install = Command::new("npm");
    install
        .current_dir(&home)
        .args(["install", "--ignore-scripts", "--no-package-lock"]);
    run(
        "ponder (npm)",
        install.args(["--no-audit", "--no-fund", "--loglevel=error"]),
    )?;
    fs::write(&stamp, manifest)?;
    Ok(home)
}

/// `ponder start`: it reads everything that is final, and says when it has.
pub(super) fn command(ground: &Ground<'_>, project: &Path) -> Result<Task> {
    let port = free_port()?;
    let chain = fs::canonicalize(ground.folder)?.join("chain.json");
    fs::write(&chain, ground.chain.to_string())?;
    let mut command = Command::new("node");
    command
        .current_dir(project)
        .arg("node_modules/ponder/dist/esm/bin/ponder.js")
        .args(["start", "--schema", SCHEMA, "--hostname", "127.0.0.1"])
        .args(["--port", &port.to_string()])
        .env("DATABASE_URL", ground.database.url())
        .env("BENCH_RPC_URL", ground.anvil.url())
        .env("BENCH_CHAIN", chain)
        .env("PONDER_TELEMETRY_DISABLED", "true");
    Ok(Task {
        name: "ponder".to_owned(),
        command,
        is_done: Box::new(move || {
            let answer = get(port, "/ready").unwrap_or_default();
            let first = answer.lines().next().unwrap_or_default();
            first.split_whitespace().nth(1) == Some("200")
        }),
    })
}
