//! `cargo xtask bench index`: a chain full of our events, read by us and by ponder into the same
//! PostgreSQL, one after the other.

mod machine;
mod node;
mod peer;
mod run;
mod table;

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::{postgres::Postgres, process::run as run_step, setup::cargo};
use node::Anvil;
use run::{Ground, measure};

const EXAMPLE: &str = "bench_index";
/// Events that are made unless another number is named.
const EVENTS: u64 = 1_000_000;

/// What was asked for.
pub(super) struct Asked {
    json: bool,
    release: bool,
    events: u64,
}

impl Asked {
    /// The words after `bench index`; nothing if they are others.
    pub(super) fn read(words: &[&str]) -> Option<Self> {
        let mut asked = Self {
            json: false,
            release: false,
            events: EVENTS,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--release" => asked.release = true,
                "--events" => asked.events = words.next()?.parse().ok()?,
                "-o" => match *words.next()? {
                    "json" => asked.json = true,
                    "table" => asked.json = false,
                    _ => return None,
                },
                _ => return None,
            }
        }
        Some(asked)
    }
}

/// Fills the chain, lets both read it, and compares what they stored.
pub(super) fn index(root: &Path, asked: &Asked) -> Result<()> {
    let programs = build(root, asked.release)?;
    let project = peer::install(root)?;
    let folder = root.join("target/xtask/index");
    if folder.exists() {
        fs::remove_dir_all(&folder).context("the earlier chain's folder")?;
    }
    fs::create_dir_all(&folder)?;

    let anvil = Anvil::start(root, &folder)?;
    eprintln!("==> chain of {} events", asked.events);
    let events = asked.events.to_string();
    let words = ["fill", &anvil.url(), &folder.display().to_string(), &events];
    let chain = say(&programs.example, &words)?;
    let database = Postgres::start(root)?;
    let ground = Ground {
        folder: &folder,
        anvil: &anvil,
        database: &database,
        chain: &chain,
    };
    let mut rows = Vec::new();
    let ours = run::ours(&ground, &programs.guerdon)?;
    let peers = peer::command(&ground, &project)?;
    for (task, schema) in [(ours, "public"), (peers, peer::SCHEMA)] {
        let mut row = measure(&ground, task)?;
        row["stored"] = say(&programs.example, &["count", &database.url(), schema])?;
        rows.push(row);
    }
    database.stop()?;
    let profile = if asked.release { "release" } else { "debug" };
    let answer = json!({ "profile": profile, "chain": chain, "runs": rows });
    let shown = if asked.json {
        format!("{answer:#}\n")
    } else {
        table::table(&answer)
    };
    super::show(&shown)?;
    table::agreed(&answer)
}

struct Programs {
    guerdon: std::path::PathBuf,
    example: std::path::PathBuf,
}

fn build(root: &Path, release: bool) -> Result<Programs> {
    let mut build = cargo(root);
    build.args(["build", "--quiet", "--locked", "--package", "guerdon"]);
    build.args(["--bin", "guerdon", "--package", "guerdon-indexer"]);
    build.args(["--example", EXAMPLE]);
    if release {
        build.arg("--release");
    }
    run_step("build", &mut build)?;
    let profile = if release { "release" } else { "debug" };
    let folder = root.join("target").join(profile);
    Ok(Programs {
        guerdon: folder.join("guerdon"),
        example: folder.join("examples").join(EXAMPLE),
    })
}

/// What the example answers.
fn say(program: &Path, words: &[&str]) -> Result<Value> {
    let answer = Command::new(program)
        .args(words)
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("{} did not start", program.display()))?;
    if !answer.status.success() {
        bail!("{EXAMPLE} {} failed, see above", words.join(" "));
    }
    serde_json::from_slice(&answer.stdout).with_context(|| format!("{EXAMPLE} answered no JSON"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_say_how_many_events_in_which_profile() {
        let asked = Asked::read(&["--release", "--events", "20000", "-o", "json"]).unwrap();
        assert_eq!(
            (asked.release, asked.events, asked.json),
            (true, 20_000, true)
        );
        let asked = Asked::read(&[]).unwrap();
        assert_eq!(
            (asked.release, asked.events, asked.json),
            (false, EVENTS, false)
        );
        for wrong in [&["--events"][..], &["--events", "many"], &["-o", "csv"]] {
            assert!(Asked::read(wrong).is_none(), "{wrong:?}");
        }
    }
}
