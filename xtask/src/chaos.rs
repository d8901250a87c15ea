//! `cargo xtask chaos`: copies that index, pay and serve are killed at random under load.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{
    postgres::Postgres,
    process::run,
    setup::{self, cargo},
};

const MINUTES: u64 = 10;
const SEED: u64 = 7;

/// Runs the short test of `cargo xtask test` for longer, on a PostgreSQL of its own.
pub(crate) fn chaos(root: &Path, words: &[String]) -> Result<()> {
    let (minutes, seed) = options(words)?;
    setup::setup(root)?;
    let mut build = cargo(root);
    build.args([
        "test", "-p", "guerdon", "--test", "it", "--locked", "--no-run", "--quiet",
    ]);
    run("build", &mut build)?;
    let postgres = Postgres::start(root)?;
    let mut test = cargo(root);
    test.args([
        "test", "-p", "guerdon", "--test", "it", "--locked", "--quiet", "chaos::",
    ])
    .args(["--", "--nocapture"])
    .env("GUERDON_TEST_POSTGRES", postgres.url())
    .env("GUERDON_CHAOS_SECONDS", (minutes * 60).to_string())
    .env("GUERDON_CHAOS_SEED", seed.to_string());
    let outcome = run("chaos", &mut test);
    postgres.stop()?;
    outcome
}

fn options(words: &[String]) -> Result<(u64, u64)> {
    let (mut minutes, mut seed) = (MINUTES, SEED);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words
            .next()
            .with_context(|| format!("{word} needs a number"))?;
        let value = value
            .parse()
            .with_context(|| format!("{value} is no number"))?;
        match word.as_str() {
            "--minutes" => minutes = value,
            "--seed" => seed = value,
            other => bail!("chaos takes --minutes N and --seed S, not {other}"),
        }
    }
    if minutes == 0 {
        bail!("--minutes must be at least 1");
    }
    Ok((minutes, seed))
}

#[cfg(test)]
mod tests {
    use super::options;

    #[test]
    fn minutes_and_seed_are_read_and_nothing_else() {
        let read = |text: &str| {
            let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
            options(&words).ok()
        };
        assert_eq!(read(""), Some((10, 7)));
        assert_eq!(read("--minutes 3 --seed 5"), Some((3, 5)));
        for wrong in ["--minutes", "--minutes 0", "--minutes x", "--hours 1"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
