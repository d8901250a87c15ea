//! The tests in a browser, and pictures of every page: `crates/web/tests/browser`, by Node.

use std::{path::Path, process::Command};

use anyhow::{Result, bail};

use crate::{
    process::run,
    setup::{self, cargo},
};

const FOLDER: &str = "crates/web/tests/browser";
/// What the tests start; the build of the workspace's tests makes it as well.
const BINARY: &str = "target/debug/guerdon";

/// Runs every browser test against the binary that is built.
pub(crate) fn test(root: &Path) -> Result<()> {
    let mut node = node(root, "all.mjs")?;
    run("browser tests", &mut node)
}

/// Checks the types of the scripts of the pages, which the bundler only strips.
pub(crate) fn types(root: &Path) -> Result<()> {
    let mut tsc = Command::new("node");
    tsc.current_dir(root)
        .args(["node_modules/typescript/bin/tsc", "--noEmit", "--project"])
        .arg("crates/web/tsconfig.json");
    run("types (TypeScript)", &mut tsc)
}

/// Builds the binary and writes pictures of every page to target/screenshots.
pub(crate) fn screenshots(root: &Path) -> Result<()> {
    setup::setup(root)?;
    let mut build = cargo(root);
    build.args(["build", "--quiet", "--locked", "--package", "guerdon"]);
    run("build", &mut build)?;
    let mut node = node(root, "screenshots.mjs")?;
    run("screenshots", &mut node)
}

fn node(root: &Path, script: &str) -> Result<Command> {
    let binary = root.join(BINARY);
    if !binary.is_file() {
        bail!(
            "{} is missing: build it with `cargo build --package guerdon`",
            binary.display()
        );
    }
    let mut command = Command::new("node");
    command
        .current_dir(root)
        .env("GUERDON_BINARY", binary)
        .arg("--test-reporter=spec")
        .arg(Path::new(FOLDER).join(script));
    Ok(command)
}
