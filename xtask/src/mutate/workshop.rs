//! A scratch copy of the contracts whose compiled bytecode is exchanged under forge's hands.
//!
//! The tests make every contract under test by its name, which forge looks up in its output
//! folder: nothing is compiled again for a mutant but the contracts that hold it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::compiler::{Code, Compiler};
use crate::process::run;

/// Folders of contracts/ that the copy does without: forge's own, and tests that measure gas or
/// take minutes.
const LEFT_OUT: [&str; 6] = [
    "out",
    "cache",
    "node_modules",
    "test/gas",
    "test/invariant",
    "test/symbolic",
];

/// Without optimizer the compiler takes a third of the time. An endless loop runs out of gas.
const SETTINGS: [(&str, &str); 4] = [
    ("FOUNDRY_OPTIMIZER", "false"),
    ("FOUNDRY_ISOLATE", "false"),
    ("FOUNDRY_FUZZ_RUNS", "8"),
    ("FOUNDRY_GAS_LIMIT", "3000000000"),
];

/// The fast tests, then the slow ones.
const ROUNDS: [&str; 2] = ["test/unit/**", "test/vectors/**"];

const PATIENCE: Duration = Duration::from_secs(90);

/// What the tests said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Passed,
    /// The first test that failed.
    Failed(String),
    TimedOut,
}

#[derive(Debug)]
pub(super) struct Workshop {
    pub(super) contracts: PathBuf,
    forge: PathBuf,
    pub(super) compiler: Compiler,
    /// The code of the unchanged sources.
    pub(super) code: Code,
    /// What lies in forge's output now, where it is not `code`.
    exchanged: Code,
}

impl Workshop {
    /// Copies contracts/ of the tree `from`.
    pub(super) fn open(root: &Path, from: &Path, forge: &Path, number: usize) -> Result<Self> {
        let base = root.join(format!("target/xtask/mutate/{number}"));
        let contracts = base.join("contracts");
        fs::create_dir_all(&contracts)?;
        copy(&from.join("contracts"), &contracts, "")?;
        link(&from.join("vectors"), &base.join("vectors"))?;
        link(&root.join("node_modules"), &contracts.join("node_modules"))?;
        hasten_version(&contracts)?;
        let compiler = Compiler::start(root, &contracts)?;
        Ok(Self {
            contracts,
            forge: forge.to_path_buf(),
            compiler,
            code: Code::new(),
            exchanged: Code::new(),
        })
    }

    /// Builds, and sees all tests pass on the code that `files` compile to here.
    pub(super) fn prepare(&mut self, files: &[String]) -> Result<()> {
        let built = self.forge("build", &[], Duration::from_secs(600))?;
        if built.is_none_or(|(ok, _)| !ok) {
            bail!(
                "forge does not build the copy in {}",
                self.contracts.display()
            );
        }
        let code = self.compiler.compile(files, None, false)?;
        self.code = code.context("the unchanged sources do not compile")?;
        for (name, hex) in self.code.clone() {
            self.write(&name, &hex)?;
        }
        match self.test(None)? {
            Verdict::Passed => Ok(()),
            Verdict::Failed(test) => bail!("{test} fails before anything is changed"),
            Verdict::TimedOut => bail!("the tests do not end before anything is changed"),
        }
    }

    /// Runs the tests on this code in the place of the unchanged one, those of one file first.
    pub(super) fn judge(&mut self, changed: Code, first: Option<&str>) -> Result<Verdict> {
        for name in std::mem::take(&mut self.exchanged).into_keys() {
            if !changed.contains_key(&name) {
                let code = self.code.get(&name).context("no such contract")?.clone();
                self.write(&name, &code)?;
            }
        }
        for (name, hex) in &changed {
            self.write(name, hex)?;
        }
        self.exchanged = changed;
        self.test(first)
    }

    fn write(&self, name: &str, hex: &str) -> Result<()> {
        let path = self.contracts.join(format!("out/{name}.sol/{name}.json"));
        let text = fs::read(&path).with_context(|| format!("{} is missing", path.display()))?;
        let mut artifact: Value = serde_json::from_slice(&text)?;
        artifact["bytecode"]["object"] = json!(format!("0x{hex}"));
        Ok(fs::write(&path, artifact.to_string())?)
    }

    fn test(&self, first: Option<&str>) -> Result<Verdict> {
        for round in first.into_iter().chain(ROUNDS) {
            let args = ["--fail-fast", "--match-path", round];
            match self.forge("test", &args, PATIENCE)? {
                None => return Ok(Verdict::TimedOut),
                Some((true, _)) => {}
                Some((false, log)) => return Ok(Verdict::Failed(first_failure(&log)?)),
            }
        }
        Ok(Verdict::Passed)
    }

    /// Whether forge is content, and what it wrote; `None` if it took too long.
    fn forge(&self, verb: &str, args: &[&str], most: Duration) -> Result<Option<(bool, String)>> {
        let log = self.contracts.join("../forge.log");
        let file = File::create(&log)?;
        let mut child = Command::new(&self.forge)
            .current_dir(&self.contracts)
            .arg(verb)
            .args(args)
            .envs(SETTINGS)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .context("forge did not start")?;
        let begun = Instant::now();
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(Some((status.success(), fs::read_to_string(&log)?)));
            }
            if begun.elapsed() > most {
                child.kill()?;
                child.wait()?;
                return Ok(None);
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The file and name of the first test that failed; without one, forge itself did.
fn first_failure(log: &str) -> Result<String> {
    let mut suite = "";
    for line in log.lines() {
        if let Some((_, name)) = line
            .split_once(" for ")
            .filter(|_| line.starts_with("Ran "))
        {
            suite = name;
        }
        if line.starts_with("[FAIL") {
            let named = after_reason(line);
            return Ok(format!("{suite} {named}"));
        }
    }
    bail!("forge failed without a failing test:\n{log}")
}

/// `[FAIL: reason] test_Name() (gas: 1)` without reason and gas.
fn after_reason(line: &str) -> &str {
    let tail = line.rsplit_once("] ").map_or(line, |(_, tail)| tail);
    tail.split_once('(').map_or(tail, |(name, _)| name)
}

/// forge asks the compiler for its version before every run, and Node takes its time to say it:
/// in the copy, a shell script answers.
#[cfg(unix)]
fn hasten_version(contracts: &Path) -> Result<()> {
    let slow = contracts.join("tools/solc");
    let answer = Command::new(&slow).arg("--version").output()?;
    let answer = String::from_utf8(answer.stdout)?;
    fs::rename(&slow, contracts.join("tools/slow-solc"))?;
    let script = format!(
        "#!/bin/sh\n[ \"$1\" != --version ] && exec tools/slow-solc \"$@\"\ncat <<END\n{answer}END\n"
    );
    fs::write(&slow, script)?;
    let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    Ok(fs::set_permissions(&slow, permissions)?)
}

#[cfg(windows)]
fn hasten_version(_: &Path) -> Result<()> {
    Ok(())
}

/// Takes contracts/ and vectors/ out of a commit, into the folder that is returned.
pub(super) fn checkout(root: &Path, commit: &str) -> Result<PathBuf> {
    let tree = root.join("target/xtask/mutate/tree");
    let _ = fs::remove_dir_all(&tree);
    fs::create_dir_all(&tree)?;
    let packed = tree.join("tree.tar");
    let mut archive = Command::new("git");
    archive
        .current_dir(root)
        .args(["archive", "--format=tar", "-o"])
        .arg(&packed)
        .args([commit, "contracts", "vectors"]);
    run("sources of the commit", &mut archive)?;
    let mut unpack = Command::new("tar");
    run(
        "unpacking",
        unpack.current_dir(&tree).args(["-xf", "tree.tar"]),
    )?;
    Ok(tree)
}

/// Makes `to` hold what `from` holds, touching only what differs.
fn copy(from: &Path, to: &Path, under: &str) -> Result<()> {
    let mut wanted = BTreeMap::new();
    for entry in from.read_dir()? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{under}{name}");
        if !LEFT_OUT.contains(&path.as_str()) {
            wanted.insert(name, path);
        }
    }
    for entry in to.read_dir()? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kept = under.is_empty() && ["out", "cache", "node_modules"].contains(&name.as_str());
        if !kept && !wanted.contains_key(&name) {
            let path = entry.path();
            if path.is_dir() {
                fs::remove_dir_all(&path)?;
            } else {
                fs::remove_file(&path)?;
            }
        }
    }
    for (name, path) in wanted {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            fs::create_dir_all(&to)?;
            copy(&from, &to, &format!("{path}/"))?;
        } else if fs::read(&from)? != fs::read(&to).unwrap_or_default() {
            fs::copy(&from, &to)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> Result<()> {
    if fs::read_link(at).ok().as_deref() != Some(target) {
        let _ = fs::remove_file(at);
        std::os::unix::fs::symlink(target, at)?;
    }
    Ok(())
}

#[cfg(windows)]
fn link(target: &Path, at: &Path) -> Result<()> {
    if fs::read_link(at).ok().as_deref() != Some(target) {
        let _ = fs::remove_dir(at);
        std::os::windows::fs::symlink_dir(target, at)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_failing_test_is_named_with_its_file() {
        let log = "Ran 2 tests for test/unit/A.t.sol:ATest\n[PASS] test_One() (gas: 1)\n\
                   [FAIL: Wrong(1) != [2] (no)] test_Two(uint256) (runs: 3)\n";
        assert_eq!(
            first_failure(log).unwrap(),
            "test/unit/A.t.sol:ATest test_Two"
        );
        assert!(first_failure("Error: no space left").is_err());
    }
}
