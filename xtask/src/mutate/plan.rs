//! What is to be tried: the mutants of a copy of the sources, as they stand now.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};

use super::{
    compiler::Description,
    mutant::Mutant,
    options::Options,
    results::{Version, fingerprint},
    run::holders,
    sites,
    workshop::Workshop,
};

/// The libraries' tests reach them through this contract.
const LIBRARIES: &str = "test/mocks/Libraries.sol";

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) mutants: Vec<Mutant>,
    pub(super) texts: BTreeMap<String, String>,
    pub(super) description: Description,
    tests: u64,
    /// Of a file: a number for all that its contracts are made of.
    sources: BTreeMap<String, u64>,
}

impl Plan {
    pub(super) fn make(workshop: &mut Workshop, options: &Options) -> Result<Self> {
        let home = workshop.contracts.clone();
        let mut files = contracts(&home)?;
        files.push(LIBRARIES.to_owned());
        let description = workshop.compiler.describe(&files)?;
        let mut texts = BTreeMap::new();
        for file in description.asts.keys() {
            if file.starts_with("src/") && !file.starts_with("src/interfaces/") {
                texts.insert(file.clone(), read(&home, file)?);
            }
        }
        let mutants = options.choose(sites::all(&description.asts, &texts))?;
        let mut sources = BTreeMap::new();
        for file in texts.keys() {
            let mut parts = Vec::new();
            for holder in holders(&description, file) {
                for needed in description.needs.get(&holder).into_iter().flatten() {
                    parts.push(read(&home, needed)?);
                }
            }
            sources.insert(file.clone(), fingerprint(parts.iter().map(String::as_str)));
        }
        Ok(Self {
            mutants,
            texts,
            description,
            tests: tests(&home)?,
            sources,
        })
    }

    /// The deployed files.
    pub(super) fn files(&self) -> Vec<String> {
        self.description.needs.keys().cloned().collect()
    }

    /// Which sources and tests an outcome of this mutant is about.
    pub(super) fn version(&self, mutant: &Mutant) -> Version {
        Version {
            sources: self.sources.get(&mutant.file).copied().unwrap_or_default(),
            tests: self.tests,
        }
    }
}

/// The files of src/ that hold a contract to deploy.
fn contracts(home: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for name in names(&home.join("src"))? {
        let file = format!("src/{name}");
        if name.ends_with(".sol") && read(home, &file)?.contains("\ncontract ") {
            found.push(file);
        }
    }
    Ok(found)
}

fn tests(home: &Path) -> Result<u64> {
    let mut texts = Vec::new();
    for folder in ["test", "test/unit", "test/vectors", "test/mocks"] {
        for name in names(&home.join(folder))? {
            if name.ends_with(".sol") {
                texts.push(read(home, &format!("{folder}/{name}"))?);
            }
        }
    }
    Ok(fingerprint(texts.iter().map(String::as_str)))
}

/// What a folder holds, sorted.
fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = folder
        .read_dir()
        .with_context(|| format!("{} is missing", folder.display()))?;
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// A file of the copy, or of the packages it imports.
fn read(home: &Path, file: &str) -> Result<String> {
    let path = home.join(file);
    let path = if path.exists() {
        path
    } else {
        home.join("node_modules").join(file)
    };
    fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))
}
