//! `cargo xtask bench <what> [-o table|json]`: measures, and shows the figures in one table beside
//! what they should be.

mod gas;
mod operations;
mod peers;
mod sizes;
mod tree;

use std::{io::Write, path::Path};

use anyhow::{Result, bail};

pub(crate) use sizes::check as check_sizes;

const USAGE: &str = "\
usage: cargo xtask bench tree [-o table|json]
       cargo xtask bench gas [-o table|json] | --write

  tree    a tree of a million grants with all its proofs: processor time and memory
  gas     whole transactions: ours, their targets, the best peer and what the chain itself asks
          --write writes contracts/snapshots again: gas, and sizes of the bytecode";

pub(crate) fn bench(root: &Path, args: &[String]) -> Result<()> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let (what, json) = match words.as_slice() {
        ["gas", "--write"] => return gas::write(root),
        [what] | [what, "-o", "table"] => (*what, false),
        [what, "-o", "json"] => (*what, true),
        _ => bail!("{USAGE}"),
    };
    match what {
        "tree" => tree::tree(root, json),
        "gas" => gas::gas(root, json),
        _ => bail!("there is no bench `{what}`\n\n{USAGE}"),
    }
}

/// Puts an answer on standard output.
fn show(text: &str) -> Result<()> {
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}
