//! The peers of contracts/bench: published packages, measured by our own small tests in the same
//! way. Installed when first asked for; nothing else needs them.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use anyhow::{Context, Result};

use super::gas::{Figures, measure, read};
use crate::process::run;

/// The group in which contracts/bench/test/Floor.t.sol records.
const FLOOR: &str = "floor";

/// What others cost, by operation.
pub(super) struct Peers {
    /// What the chain itself asks.
    pub(super) floor: Figures,
    /// By the peer's name.
    pub(super) named: BTreeMap<String, Figures>,
}

impl Peers {
    /// The cheapest peer that has the operation.
    pub(super) fn best(&self, operation: &str) -> Option<(&str, u64)> {
        let all = self.named.iter();
        all.filter_map(|(name, figures)| Some((name.as_str(), *figures.get(operation)?)))
            .min_by_key(|(_, gas)| *gas)
    }
}

/// Installs the packages if they are not there, and measures them.
pub(super) fn peers(root: &Path) -> Result<Peers> {
    let home = root.join("contracts/bench");
    install(&home)?;
    let figures = home.join("out/gas");
    if figures.exists() {
        fs::remove_dir_all(&figures).context("the peers' earlier figures could not be removed")?;
    }
    measure(root, &home, "out/gas", &[])?;
    let mut named = BTreeMap::new();
    for entry in figures
        .read_dir()
        .context("the peers' tests wrote no figures")?
    {
        let path = entry?.path();
        let name = path
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        named.insert(name.unwrap_or_default(), read(&path)?);
    }
    let floor = named.remove(FLOOR).context("the floor was not measured")?;
    Ok(Peers { floor, named })
}

fn install(home: &Path) -> Result<()> {
    let manifest = fs::read(home.join("package.json")).context("contracts/bench/package.json")?;
    let stamp = home.join("node_modules/.guerdon-installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == manifest) {
        return Ok(());
    }
    let mut install = Command::new("npm");
    install
        .current_dir(home)
        .args(["install", "--ignore-scripts", "--no-package-lock"]);
    run(
        "peers (npm)",
        install.args(["--no-audit", "--no-fund", "--loglevel=error"]),
    )?;
    Ok(fs::write(&stamp, manifest)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_peer_is_the_cheapest_that_has_the_operation() {
        let figures = |gas: u64| Figures::from([("end".to_owned(), gas)]);
        let peers = Peers {
            floor: Figures::new(),
            named: BTreeMap::from([
                ("dear".to_owned(), figures(9)),
                ("cheap".to_owned(), figures(7)),
            ]),
        };
        assert_eq!(peers.best("end"), Some(("cheap", 7)));
        assert_eq!(peers.best("commit"), None);
    }
}
