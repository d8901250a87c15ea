//! `cargo xtask test`: everything that must hold, on a fresh machine.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    bench, browser,
    postgres::Postgres,
    process::{Background, output, run},
    setup::{self, cargo},
    tidy,
};

/// Sets up, then runs tidy, formatting, lints, the contracts' tests, the workspace's tests on both
/// databases, and the tests of the pages in a browser. The contracts' tests run beside the Rust
/// build; the first failure ends it.
pub(crate) fn test(root: &Path) -> Result<()> {
    setup::setup(root)?;
    tidy::tidy(root)?;
    bench::check_sizes(root)?;
    run(
        "formatting (Rust)",
        cargo(root).args(["fmt", "--all", "--check"]),
    )?;
    run(
        "formatting (Solidity)",
        forge(root)?.args(["fmt", "--check"]),
    )?;
    browser::types(root)?;
    let contracts = Background::start(root, "contract tests", forge(root)?.arg("test"))?;
    let mut lint = cargo(root);
    lint.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--quiet",
    ]);
    run("lints", lint.args(["--", "-D", "warnings"]))?;
    let mut build = cargo(root);
    build.args(["test", "--workspace", "--locked", "--no-run", "--quiet"]);
    run("build", &mut build)?;
    contracts.finish()?;
    artifacts_and_vectors(root)?;
    let postgres = Postgres::start(root)?;
    let mut tests = cargo(root);
    tests
        .args(["test", "--workspace", "--locked"])
        .env("GUERDON_TEST_POSTGRES", postgres.url());
    let outcome = run("tests", &mut tests);
    postgres.stop()?;
    outcome?;
    browser::test(root)
}

/// The committed bytecode is what the sources compile to, and the vectors are what the oracles
/// say. Without Python the second is left out in one visible line, but never in CI.
fn artifacts_and_vectors(root: &Path) -> Result<()> {
    setup::artifacts(root, &["--check", "--build"])?;
    let ci = std::env::var_os("CI").is_some();
    if ci || output("python3", &["--version"]).is_some() {
        return setup::vectors(root, &["--check"]);
    }
    eprintln!("    no Python here: the vectors were replayed but not written again");
    Ok(())
}

/// The pinned forge, started in contracts/.
fn forge(root: &Path) -> Result<Command> {
    let mut command = Command::new(native(root, "forge")?);
    command.current_dir(root.join("contracts"));
    Ok(command)
}

/// The native binary of a Foundry tool for this platform.
pub(crate) fn native(root: &Path, tool: &str) -> Result<PathBuf> {
    let folder = root.join("node_modules/@foundry-rs");
    let entries = folder
        .read_dir()
        .with_context(|| format!("{} is missing", folder.display()))?;
    entries
        .flatten()
        .filter(|entry| {
            entry
                .file_name()
                .to_string_lossy()
                .starts_with(&format!("{tool}-"))
        })
        .map(|entry| entry.path().join("bin").join(tool))
        .find(|path| path.is_file())
        .with_context(|| format!("npm has no {tool} for this platform"))
}
