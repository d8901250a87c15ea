//! A copy of the contracts, so that nothing is compiled under anybody's hands.

use std::{fs, path::Path};

use anyhow::{Context, Result};

/// What of contracts/ the proofs need.
const PARTS: [&str; 5] = [
    "src",
    "tools",
    "test/symbolic",
    "test/Vm.sol",
    "foundry.toml",
];

/// Copies what the proofs need to `to`; forge's own folders there stay, for the next time.
pub(super) fn contracts(root: &Path, to: &Path) -> Result<()> {
    for part in PARTS {
        let target = to.join(part);
        if target.is_dir() {
            fs::remove_dir_all(&target)?;
        }
        copy(&root.join("contracts").join(part), &target)?;
    }
    let modules = to.join("node_modules");
    if !modules.exists() {
        std::os::unix::fs::symlink(root.join("node_modules"), &modules)?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if from.is_dir() {
        for entry in from.read_dir()? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("{} cannot be copied", from.display()))?;
    Ok(())
}
