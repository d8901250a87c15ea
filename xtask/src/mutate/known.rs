//! Survivors that are explained: `contracts/test/mutants.toml`.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use toml::{Table, Value};

/// Reasons by mutant.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// No test could tell them from the original: they are out of the score.
    pub(super) equivalent: BTreeMap<String, String>,
    /// A test could, and none does: they count against the score.
    pub(super) harmless: BTreeMap<String, String>,
}

impl Known {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let path = root.join("contracts/test/mutants.toml");
        let text =
            fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))?;
        let table: Table = text
            .parse()
            .with_context(|| format!("{} is no TOML", path.display()))?;
        let section = |name: &str| {
            let rows = table.get(name).and_then(Value::as_table);
            rows.into_iter()
                .flatten()
                .map(|(mutant, why)| {
                    let why = why.as_str().unwrap_or_default().to_owned();
                    (mutant.clone(), why)
                })
                .collect()
        };
        Ok(Self {
            equivalent: section("equivalent"),
            harmless: section("harmless"),
        })
    }

    pub(super) fn reason(&self, mutant: &str) -> Option<(&'static str, &str)> {
        let equivalent = self.equivalent.get(mutant).map(|why| ("equivalent", why));
        let harmless = self.harmless.get(mutant).map(|why| ("harmless", why));
        equivalent
            .or(harmless)
            .map(|(kind, why)| (kind, why.as_str()))
    }
}
