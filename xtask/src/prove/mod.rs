//! `cargo xtask prove`: symbolic proofs of the contracts with halmos, and slither's findings.
//!
//! Not part of `cargo xtask test`: it needs Python and some minutes. Works on a copy of the
//! contracts in `target/prove`, in a virtual environment of the versions pinned, with their hashes,
//! in `contracts/tools/prover/requirements.txt`.

mod copy;
mod findings;
mod properties;
mod python;

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::process::run;

/// Seconds that one question to the solver may take, of which it may ask hundreds. All are answered
/// in seconds on a machine at rest.
const SECONDS: u32 = 600;

/// What halmos and slither run in.
#[derive(Debug)]
struct Workshop {
    contracts: PathBuf,
    /// Programs of the virtual environment.
    bin: PathBuf,
    home: PathBuf,
    path: OsString,
}

/// Proves what `contracts/test/symbolic` states and reads slither's findings; fails unless every
/// property is proven and every finding is answered in `contracts/tools/prover/answers.toml`.
pub(crate) fn prove(root: &Path, forge: &Path) -> Result<()> {
    let workshop = Workshop::open(root, forge)?;
    run(
        "translation of the solver's questions, against bit vectors",
        workshop.program("python").arg("tools/prover/selftest.py"),
    )?;
    let answered = findings::check(&workshop);
    let proven = properties::check(&workshop);
    proven.and(answered)
}

impl Workshop {
    fn open(root: &Path, forge: &Path) -> Result<Self> {
        let base = root.join("target/prove");
        let home = base.join("home");
        fs::create_dir_all(&home)?;
        let requirements = root.join("contracts/tools/prover/requirements.txt");
        let bin = python::environment(&base.join("venv"), &requirements)?;
        let contracts = base.join("contracts");
        copy::contracts(root, &contracts)?;
        let forge = forge.parent().context("forge lies in a folder")?;
        let before = env::var_os("PATH").unwrap_or_default();
        let folders = [bin.clone(), forge.to_path_buf()];
        let path = env::join_paths(folders.into_iter().chain(env::split_paths(&before)))?;
        Ok(Self {
            contracts,
            bin,
            home,
            path,
        })
    }

    /// A program of the environment, in the copy. What it keeps for itself stays in `target`.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command
            .current_dir(&self.contracts)
            .env("PATH", &self.path)
            .env("HOME", &self.home)
            .env("NO_COLOR", "1");
        command
    }

    /// Where a program leaves its answer; there is none yet.
    fn report(&self, name: &str) -> Result<PathBuf> {
        let path = self.contracts.join("..").join(name);
        if path.exists() {
            fs::remove_file(&path)?;
        }
        Ok(path)
    }
}

/// A program's answer in JSON.
fn read(path: &Path) -> Result<serde_json::Value> {
    let Ok(text) = fs::read(path) else {
        bail!("{} was not written: see what is said above", path.display());
    };
    Ok(serde_json::from_slice(&text)?)
}
