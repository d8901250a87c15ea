//! What is known of each mutant, kept in a file so that an interrupted run goes on.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};
use serde_json::{Value, json};

/// How a mutant fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// By this test.
    Killed(String),
    TimedOut,
    Survived,
    /// Its bytecode is that of the original, as compiled for the tests or with the optimizer.
    SameCode,
    /// It does not compile.
    Invalid,
}

impl Outcome {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Killed(_) => "killed",
            Self::TimedOut => "timed out",
            Self::Survived => "survived",
            Self::SameCode => "same code",
            Self::Invalid => "does not compile",
        }
    }

    fn read(name: &str, by: &str) -> Result<Self> {
        Ok(match name {
            "killed" => Self::Killed(by.to_owned()),
            "timed out" => Self::TimedOut,
            "survived" => Self::Survived,
            "same code" => Self::SameCode,
            "does not compile" => Self::Invalid,
            _ => bail!("`{name}` is no outcome of a mutant"),
        })
    }
}

/// Which sources and which tests an outcome is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Version {
    pub(super) sources: u64,
    pub(super) tests: u64,
}

#[derive(Debug)]
pub(super) struct Results {
    path: PathBuf,
    file: File,
    known: BTreeMap<(String, u64), (Outcome, u64)>,
}

impl Results {
    /// Opens the file of results, or begins it anew.
    pub(super) fn open(path: &Path, fresh: bool) -> Result<Self> {
        if fresh && path.exists() {
            fs::remove_file(path)?;
        }
        let mut known = BTreeMap::new();
        for line in fs::read_to_string(path).unwrap_or_default().lines() {
            // A torn last line is of a mutant whose turn comes again.
            let Ok(row) = serde_json::from_str::<Value>(line) else {
                continue;
            };
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let number = |key: &str| row[key].as_u64().unwrap_or_default();
            let outcome = Outcome::read(&text("outcome"), &text("by"))?;
            known.insert(
                (text("mutant"), number("sources")),
                (outcome, number("tests")),
            );
        }
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self {
            path: path.to_path_buf(),
            file,
            known,
        })
    }

    /// What is known. A survivor is known only to the tests that it survived; what they killed
    /// stays dead, since tests are added and not taken away.
    pub(super) fn get(&self, mutant: &str, version: Version) -> Option<&Outcome> {
        let (outcome, tests) = self.known.get(&(mutant.to_owned(), version.sources))?;
        (*outcome != Outcome::Survived || *tests == version.tests).then_some(outcome)
    }

    pub(super) fn put(&mut self, mutant: &str, version: Version, outcome: Outcome) -> Result<()> {
        let by = match &outcome {
            Outcome::Killed(test) => test.as_str(),
            _ => "",
        };
        let row = json!({
            "mutant": mutant, "sources": version.sources, "tests": version.tests,
            "outcome": outcome.name(), "by": by,
        });
        if let Err(error) = writeln!(self.file, "{row}") {
            bail!("{}: {error}", self.path.display());
        }
        self.known.insert(
            (mutant.to_owned(), version.sources),
            (outcome, version.tests),
        );
        Ok(())
    }
}

/// A number that changes with any of the texts.
pub(super) fn fingerprint<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let mut hasher = DefaultHasher::new();
    texts.into_iter().for_each(|text| text.hash(&mut hasher));
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_survivor_is_forgotten_with_its_tests_and_all_with_their_sources() {
        let path = std::env::temp_dir().join(format!("mutants-{}.ndjson", std::process::id()));
        let old = Version {
            sources: 1,
            tests: 1,
        };
        let mut results = Results::open(&path, true).unwrap();
        results.put("a", old, Outcome::Survived).unwrap();
        let killed = Outcome::Killed("test/unit/A.t.sol:A test_A".to_owned());
        results.put("b", old, killed.clone()).unwrap();
        fs::write(
            &path,
            fs::read_to_string(&path).unwrap() + "{\"mutant\":\"c",
        )
        .unwrap();

        let results = Results::open(&path, false).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(results.get("a", old), Some(&Outcome::Survived));
        let tests = Version { tests: 2, ..old };
        assert_eq!(results.get("a", tests), None);
        assert_eq!(results.get("b", tests), Some(&killed));
        assert_eq!(results.get("b", Version { sources: 2, ..old }), None);
        assert_eq!(results.get("c", old), None);
    }
}
