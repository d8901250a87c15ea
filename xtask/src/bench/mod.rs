//! `cargo xtask bench <what> [-o table|json]`: measures, and shows the figures in one table beside
//! what they should be.

mod gas;
mod index;
mod load;
mod operations;
mod peers;
mod sizes;
mod tree;

use std::{io::Write, path::Path};

use anyhow::{Context, Result, bail};

pub(crate) use sizes::check as check_sizes;

const USAGE: &str = "\
usage: cargo xtask bench tree [-o table|json]
       cargo xtask bench gas [-o table|json] | --write
       cargo xtask bench load [-o table|json] [--release]
       cargo xtask bench index [-o table|json] [--release] [--events N]

  tree    a tree of a million grants with all its proofs: processor time and memory
  gas     whole transactions: ours, their targets, the best peer and what the chain itself asks
          --write writes contracts/snapshots again: gas, and sizes of the bytecode
  load    the list of grants and a grant's page under wrk, with 10,000 grants and 1,000,000 events,
          on SQLite and PostgreSQL; --release builds as what is installed is built
  index   a million events (or N) on a chain of its own, read by us and by ponder into one
          PostgreSQL, compared row by row; ponder is installed from npm when first asked for";

pub(crate) fn bench(root: &Path, args: &[String]) -> Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    if let ["index", rest @ ..] = words.as_slice() {
        return index::index(root, &index::Asked::read(rest).context(USAGE)?);
    }
    let release = words.contains(&"--release");
    let words: Vec<&str> = words
        .into_iter()
        .filter(|word| *word != "--release")
        .collect();
    let (what, json) = match words.as_slice() {
        ["gas", "--write"] => return gas::write(root),
        [what] | [what, "-o", "table"] => (*what, false),
        [what, "-o", "json"] => (*what, true),
        _ => bail!("{USAGE}"),
    };
    match what {
        "load" => load::load(root, (json, release)),
        _ if release => bail!("{USAGE}"),
        "tree" => tree::tree(root, json),
        "gas" => gas::gas(root, json),
        _ => bail!("there is no bench `{what}`\n\n{USAGE}"),
    }
}

/// Puts an answer on standard output.
fn show(text: &str) -> Result<()> {
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}
