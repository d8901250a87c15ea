//! Runs other programs: with their output shown, or kept in a log that is shown when they fail.

use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    time::Instant,
};

use anyhow::{Context, Result, bail};

/// Runs a program with its output shown; an error names the step.
pub(crate) fn run(step: &str, command: &mut Command) -> Result<()> {
    let begun = Instant::now();
    eprintln!("==> {step}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("{step}: {:?} did not start", command.get_program()))?;
    if !status.success() {
        bail!("{step} failed ({status})");
    }
    eprintln!("    {step}: {} s", begun.elapsed().as_secs());
    Ok(())
}

/// Runs a program with its output in `target/xtask/<name>.log`, for steps that run side by side.
#[derive(Debug)]
pub(crate) struct Background {
    step: &'static str,
    log: std::path::PathBuf,
    child: Child,
    begun: Instant,
}

impl Background {
    /// Starts the program.
    pub(crate) fn start(root: &Path, step: &'static str, command: &mut Command) -> Result<Self> {
        let dir = root.join("target/xtask");
        fs::create_dir_all(&dir)?;
        let log = dir.join(format!("{}.log", step.replace(' ', "-")));
        let file = File::create(&log)?;
        eprintln!("==> {step} (side by side, log in target/xtask)");
        let child = command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()
            .with_context(|| format!("{step}: {:?} did not start", command.get_program()))?;
        Ok(Self {
            step,
            log,
            child,
            begun: Instant::now(),
        })
    }

    /// Waits for the program and shows its log: the end of it when all is well, else the whole.
    pub(crate) fn finish(mut self) -> Result<()> {
        let status = self.child.wait()?;
        let log = String::from_utf8_lossy(&fs::read(&self.log)?).into_owned();
        let lines: Vec<&str> = log.lines().collect();
        let shown = if status.success() { 12 } else { lines.len() };
        for line in lines.iter().skip(lines.len().saturating_sub(shown)) {
            eprintln!("    {line}");
        }
        if !status.success() {
            bail!("{} failed ({status})", self.step);
        }
        eprintln!("    {}: {} s", self.step, self.begun.elapsed().as_secs());
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // An earlier step failed: nothing may run on behind its error.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program prints, or `None` when it is not there or fails.
pub(crate) fn output(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
