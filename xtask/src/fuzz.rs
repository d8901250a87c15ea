//! `cargo xtask fuzz`: the committed bytecode against core, for as long as asked.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{process::run, setup::cargo};

const USAGE: &str = "usage: cargo xtask fuzz [--minutes N] [--seed S]";

/// Runs the differential test for some minutes (10), from a seed (that of the clock).
///
/// What it prints on failure names the seed of the failing sequence: `--minutes 0 --seed S` takes
/// that one alone.
pub(crate) fn fuzz(root: &Path, words: &[String]) -> Result<()> {
    let (mut minutes, mut seed) = (10, from_clock()?);
    for pair in words.chunks(2) {
        let [name, value] = pair else {
            bail!("{} has no value\n\n{USAGE}", pair.join(" "));
        };
        let number: u64 = value
            .parse()
            .with_context(|| format!("{name} takes a number, not `{value}`"))?;
        match name.as_str() {
            "--minutes" => minutes = number,
            "--seed" => seed = number,
            _ => bail!("fuzz knows no {name}\n\n{USAGE}"),
        }
    }
    eprintln!("    {minutes} minutes from seed {seed}");
    let mut tests = cargo(root);
    tests
        .args(["test", "--locked", "--package", "guerdon-chain"])
        .args(["--test", "differential", "--", "--nocapture"])
        .env("GUERDON_FUZZ_MINUTES", minutes.to_string())
        .env("GUERDON_FUZZ_SEED", seed.to_string());
    run("fuzz", &mut tests)
}

/// Another place to begin each time.
fn from_clock() -> Result<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "a tool at the edge: the seed is shown and can be given"
    )]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH)?;
    Ok(since.as_secs())
}
