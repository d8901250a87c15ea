//! Virtual environments of pinned packages: halmos, its solvers and slither; schemathesis.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::process::{output, run};

const NAMES: [&str; 5] = [
    "python3",
    "python3.14",
    "python3.13",
    "python3.12",
    "python3.11",
];

/// Makes the environment `venv` hold exactly `requirements`; gives its folder of programs.
pub(crate) fn environment(venv: &Path, requirements: &Path) -> Result<PathBuf> {
    let bin = venv.join("bin");
    let wanted =
        fs::read(requirements).with_context(|| format!("{} is missing", requirements.display()))?;
    let stamp = venv.join("installed.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    let Some(python) = NAMES.into_iter().find(|name| is_new_enough(name)) else {
        bail!("this needs Python 3.11 or newer as `python3`: install it and run again");
    };
    run(
        "virtual environment (Python)",
        Command::new(python)
            .args(["-m", "venv", "--clear"])
            .arg(venv),
    )?;
    let mut install = Command::new(bin.join("python"));
    install
        .args(["-m", "pip", "install", "--quiet", "--require-hashes"])
        .args(["--disable-pip-version-check", "--requirement"])
        .arg(requirements);
    run("pinned packages (pip)", &mut install)?;
    fs::write(&stamp, wanted)?;
    Ok(bin)
}

fn is_new_enough(python: &str) -> bool {
    let test = "import sys, venv; print(sys.version_info >= (3, 11))";
    output(python, &["-c", test]).is_some_and(|answer| answer == "True")
}
