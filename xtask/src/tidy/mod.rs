//! The mechanical promises of the documents, as checks: run by `cargo xtask tidy` and, being tests,
//! by `cargo test` as well.

mod dependencies;
mod documents;
mod files;
mod licences;
mod threats;
mod trees;

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, bail};

/// Runs every check and reports all findings at once.
pub(crate) fn tidy(root: &Path) -> Result<()> {
    let tree = Tree::read(root)?;
    let metadata = metadata(root)?;
    let mut findings = Vec::new();
    dependencies::check(&metadata, &mut findings);
    licences::check(root, &metadata, &mut findings)?;
    documents::check(&tree, &mut findings);
    files::check(&tree, &mut findings);
    trees::check(&tree, &mut findings);
    threats::check(&tree, &mut findings);
    if findings.is_empty() {
        eprintln!("==> tidy: {} files in order", tree.files.len());
        return Ok(());
    }
    for finding in &findings {
        eprintln!("tidy: {finding}");
    }
    bail!("tidy found {} things to mend", findings.len())
}

/// The text files git tracks, or would track, as path and content.
#[derive(Debug)]
struct Tree {
    root: std::path::PathBuf,
    files: Vec<(String, String)>,
}

impl Tree {
    fn read(root: &Path) -> Result<Self> {
        let mut git = Command::new("git");
        git.current_dir(root)
            .args(["ls-files", "--cached", "--others", "--exclude-standard"]);
        let listed = git.output().context("git did not answer")?;
        let names = String::from_utf8_lossy(&listed.stdout).into_owned();
        let mut files = Vec::new();
        for name in names.lines() {
            // Binary files and files just deleted have no text to check.
            if let Ok(text) = fs::read_to_string(root.join(name)) {
                files.push((name.to_owned(), text));
            }
        }
        Ok(Self {
            root: root.to_path_buf(),
            files,
        })
    }

    fn with(&self, ending: &str) -> impl Iterator<Item = &(String, String)> {
        let ending = ending.to_owned();
        self.files
            .iter()
            .filter(move |(name, _)| name.ends_with(&ending))
    }
}

fn metadata(root: &Path) -> Result<serde_json::Value> {
    let mut cargo = crate::setup::cargo(root);
    let output = cargo
        .args(["metadata", "--format-version", "1", "--locked"])
        .output()
        .context("cargo metadata did not start")?;
    if !output.status.success() {
        bail!(
            "cargo metadata failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        super::tidy(&crate::setup::root().unwrap()).unwrap();
    }
}
