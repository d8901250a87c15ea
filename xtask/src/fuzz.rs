//! `cargo xtask fuzz`: the committed bytecode against core, for as long as asked; or the contracts
//! alone, by their own tests.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::{fuzz_api, process::run, setup::cargo, test};

const USAGE: &str = "usage: cargo xtask fuzz [--minutes N] [--seed S] | --contracts | api";

/// Runs the differential test for some minutes (10), from a seed (that of the clock).
///
/// What it prints on failure names the seed of the failing sequence: `--minutes 0 --seed S` takes
/// that one alone.
pub(crate) fn fuzz(root: &Path, words: &[String]) -> Result<()> {
    if let Some(("api", rest)) = words
        .split_first()
        .map(|(word, rest)| (word.as_str(), rest))
    {
        return fuzz_api::api(root, rest);
    }
    if words == ["--contracts"] {
        return contracts(root);
    }
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

/// The contracts' own tests in the profile `deep`: every fuzz test 10,000 times, then plays of
/// 1000 runs by 500 calls that are asked for all sentences.
fn contracts(root: &Path) -> Result<()> {
    let forge = test::native(root, "forge")?;
    let deep = |words: [&str; 4]| {
        let mut tests = Command::new(&forge);
        tests
            .current_dir(root.join("contracts"))
            .arg("test")
            .args(words)
            .env("FOUNDRY_PROFILE", "deep");
        tests
    };
    let fuzzed = "test/{unit,regression,invariant}/*";
    let random = r"\(.*(uint|bytes|bool|address)";
    run(
        "fuzz",
        &mut deep(["--match-path", fuzzed, "--match-test", random]),
    )?;
    let plays = [
        "--match-path",
        "test/invariant/*",
        "--match-test",
        "AllSentences",
    ];
    run("plays", &mut deep(plays))
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
