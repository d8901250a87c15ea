//! The anvil process: starting it, finding it again, ending it.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::attach::Options;
use super::error::EmbeddedError;
use super::files::{failed, pid_path, remove};
use super::locate::find_anvil;

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// A process we started, and the port it listens on.
#[derive(Debug)]
pub(super) struct Started {
    pub(super) child: Child,
    pub(super) port: u16,
}

/// Starts anvil in its own process group and waits until it listens. Its process id is on disk
/// before it runs, and until then it holds the folder's `lock` as its input: so a parent killed at
/// any moment leaves no process nobody knows of.
pub(super) async fn start(
    dir: &Path,
    lock: &File,
    options: &Options,
    load: Option<&Path>,
) -> Result<Started, EmbeddedError> {
    let program = program(options);
    let log_path = dir.join("anvil.log");
    let log = File::create(&log_path).map_err(|source| failed(&log_path, "written", source))?;
    let errors = log
        .try_clone()
        .map_err(|source| failed(&log_path, "written", source))?;
    let lock = lock
        .try_clone()
        .map_err(|source| failed(dir, "locked", source))?;
    // Old states that anvil swaps out; worthless to the next process.
    let _ = fs::remove_dir_all(cache_path(dir));

    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", "echo $$ > \"$0\" && exec \"$@\" < /dev/null"])
        .arg(pid_path(dir))
        .arg(&program)
        .args(arguments(dir, options, load))
        .stdin(lock)
        .stdout(log)
        .stderr(errors)
        .process_group(0);
    let mut child = command.spawn().map_err(|error| EmbeddedError::NoProgram {
        program: program.clone(),
        reason: error.to_string(),
    })?;

    match wait_for_port(&log_path, &mut child, &program).await {
        Ok(port) => Ok(Started { child, port }),
        Err(error) => {
            let _ = child.kill();
            let _ = child.wait();
            remove(&pid_path(dir));
            Err(error)
        }
    }
}

fn program(options: &Options) -> PathBuf {
    options.anvil.clone().unwrap_or_else(|| {
        let here = std::env::current_dir().unwrap_or_default();
        let ours = std::env::current_exe().unwrap_or_default();
        find_anvil(&[&here, &ours])
    })
}

fn arguments(dir: &Path, options: &Options, load: Option<&Path>) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--host",
        "127.0.0.1",
        "--port",
        &options.port.to_string(),
        "--accounts",
        &options.accounts.to_string(),
        "--chain-id",
        &options.chain_id.to_string(),
        "--enable-tx-gas-limit",
        // Its accounts sign for whoever asks: no page in a browser may.
        "--no-cors",
        "--cache-path",
        &cache_path(dir).to_string_lossy(),
    ]
    .into_iter()
    .map(str::to_owned)
    .collect();
    if let Some(start_time) = options.start_time {
        arguments.extend(["--timestamp".to_owned(), start_time.to_string()]);
    }
    if let Some(load) = load {
        arguments.extend([
            "--load-state".to_owned(),
            load.to_string_lossy().into_owned(),
        ]);
    }
    arguments
}

/// Also what tells our process from others: no other program names this folder.
fn cache_path(dir: &Path) -> PathBuf {
    dir.join("cache")
}

async fn wait_for_port(
    log_path: &Path,
    child: &mut Child,
    program: &Path,
) -> Result<u16, EmbeddedError> {
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        let log = fs::read_to_string(log_path).unwrap_or_default();
        if let Some(port) = listening_port(&log) {
            return Ok(port);
        }
        if let Ok(Some(status)) = child.try_wait() {
            return Err(match status.code() {
                Some(126 | 127) => EmbeddedError::NoProgram {
                    program: program.to_owned(),
                    reason: last_line(&log),
                },
                _ => EmbeddedError::NotStarted {
                    reason: last_line(&log),
                },
            });
        }
        if Instant::now() > deadline {
            let seconds = START_TIMEOUT.as_secs();
            let reason = format!("it does not listen after {seconds} seconds");
            return Err(EmbeddedError::NotStarted { reason });
        }
        sleep(Duration::from_millis(10)).await;
    }
}

fn listening_port(log: &str) -> Option<u16> {
    let (_, after) = log.rsplit_once("Listening on ")?;
    let (address, _) = after.split_once('\n')?;
    address.rsplit_once(':')?.1.trim().parse().ok()
}

fn last_line(log: &str) -> String {
    let line = log.lines().rev().find(|line| !line.trim().is_empty());
    line.unwrap_or("it ended without a word")
        .trim()
        .chars()
        .take(300)
        .collect()
}

/// The process id that the last start wrote.
pub(super) fn recorded_pid(dir: &Path) -> Option<u32> {
    fs::read_to_string(pid_path(dir)).ok()?.trim().parse().ok()
}

/// Whether the process lives and is the anvil of this folder; ids are used again.
pub(super) fn is_ours(pid: u32, dir: &Path) -> bool {
    let marker = cache_path(dir).to_string_lossy().into_owned();
    command_line(pid).is_some_and(|line| line.contains(&marker))
}

fn command_line(pid: u32) -> Option<String> {
    if Path::new("/proc/self/cmdline").exists() {
        let bytes = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        return Some(String::from_utf8_lossy(&bytes).into_owned());
    }
    let listed = Command::new("ps")
        .args(["-ww", "-o", "command=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&listed.stdout).into_owned())
}

/// Asks the process to end, waits, and ends it by force when it does not.
pub(super) async fn end(pid: u32, dir: &Path, child: Option<Child>) {
    signal("TERM", pid);
    let gone = wait_until_gone(pid, dir).await;
    if !gone {
        signal("KILL", pid);
        wait_until_gone(pid, dir).await;
    }
    if let Some(mut child) = child {
        let _ = child.wait();
    }
}

async fn wait_until_gone(pid: u32, dir: &Path) -> bool {
    let deadline = Instant::now() + STOP_TIMEOUT;
    while is_ours(pid, dir) {
        if Instant::now() > deadline {
            return false;
        }
        sleep(Duration::from_millis(5)).await;
    }
    true
}

/// Through the shell, which every Unix has; a library call would need unsafe code.
fn signal(name: &str, pid: u32) {
    let sent = Command::new("/bin/sh")
        .args(["-c", "kill -s \"$0\" \"$1\"", name, &pid.to_string()])
        .stderr(Stdio::null())
        .status();
    if let Err(error) = sent {
        tracing::warn!(pid, %error, "the embedded chain's process could not be signalled");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_a_whole_line_only() {
        for (log, want) in [
            ("x\nListening on 127.0.0.1:44131\n", Some(44131)),
            ("x\nListening on 127.0.0.1:441", None),
            ("x\n", None),
        ] {
            assert_eq!(listening_port(log), want);
        }
    }

    #[test]
    fn a_process_that_is_not_anvil_is_not_ours() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!is_ours(std::process::id(), dir.path()));
        assert!(!is_ours(u32::MAX - 1, dir.path()));
    }
}
