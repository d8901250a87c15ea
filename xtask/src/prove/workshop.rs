//! Where halmos and slither run: a copy of the contracts and an environment of their own.

use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use super::{copy, python};

/// What halmos and slither run in.
#[derive(Debug)]
pub(super) struct Workshop {
    pub(super) contracts: PathBuf,
    /// Programs of the virtual environment.
    pub(super) bin: PathBuf,
    home: PathBuf,
    path: OsString,
}

impl Workshop {
    pub(super) fn open(root: &Path, forge: &Path) -> Result<Self> {
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
    pub(super) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.bin.join(name));
        command
            .current_dir(&self.contracts)
            .env("PATH", &self.path)
            .env("HOME", &self.home)
            .env("NO_COLOR", "1");
        command
    }

    /// Where a program leaves its answer; there is none yet.
    pub(super) fn report(&self, name: &str) -> Result<PathBuf> {
        let path = self.contracts.join("..").join(name);
        if path.exists() {
            fs::remove_file(&path)?;
        }
        Ok(path)
    }
}

/// A program's answer in JSON.
pub(super) fn read(path: &Path) -> Result<serde_json::Value> {
    let Ok(text) = fs::read(path) else {
        bail!("{} was not written: see what is said above", path.display());
    };
    Ok(serde_json::from_slice(&text)?)
}
