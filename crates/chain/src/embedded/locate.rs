//! Where the anvil program is.

use std::path::{Path, PathBuf};

/// The native program of the npm package, in the nearest `node_modules` at or above one of the
/// starting points; else the bare name, which the system looks up on its path.
#[must_use]
pub fn find_anvil(starts: &[&Path]) -> PathBuf {
    starts
        .iter()
        .flat_map(|start| start.ancestors())
        .find_map(|folder| native_program(&folder.join("node_modules").join("@foundry-rs")))
        .unwrap_or_else(|| PathBuf::from("anvil"))
}

/// The script in `.bin` would do as well but for its process id, which is not anvil's.
fn native_program(packages: &Path) -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(packages)
        .ok()?
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("anvil-"))
        .map(|entry| entry.path().join("bin").join("anvil"))
        .filter(|program| program.is_file())
        .collect();
    found.sort();
    found.into_iter().next()
}
