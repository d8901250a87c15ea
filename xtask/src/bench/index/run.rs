//! One indexer at its work: started on an empty database, watched until it has read everything.

use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use super::machine::{cpu_seconds, family_cpu_seconds, peak_mib};
use super::node::{Anvil, free_port, get};
use crate::postgres::Postgres;

/// Wait between two looks at how far it is.
const LOOK: Duration = Duration::from_millis(200);
/// Longer than this nobody waits for.
const PATIENCE: Duration = Duration::from_secs(3 * 3_600);

/// What both indexers have in common.
pub(super) struct Ground<'a> {
    pub(super) folder: &'a Path,
    pub(super) anvil: &'a Anvil,
    pub(super) database: &'a Postgres,
    /// What the filler said of the chain.
    pub(super) chain: &'a Value,
}

/// An indexer, and how to see that it has read everything.
pub(super) struct Task {
    pub(super) name: String,
    pub(super) command: Command,
    pub(super) is_done: Box<dyn Fn() -> bool>,
}

/// `guerdon serve`, as it runs in production.
pub(super) fn ours(ground: &Ground<'_>, program: &Path) -> Result<Task> {
    let port = free_port()?;
    let metrics = format!("127.0.0.1:{port}");
    let mut command = Command::new(program);
    command
        .args(["serve", "--port", "0", "--metrics", &metrics])
        .args(["--rpc-url", &ground.anvil.url()])
        .args(["--database-url", &ground.database.url()])
        .arg("--data-dir")
        .arg(ground.folder);
    let head = ground.chain["head"].as_u64().context("the chain's head")?;
    Ok(Task {
        name: "guerdon".to_owned(),
        command,
        is_done: Box::new(move || {
            let numbers = get(port, "/metrics").unwrap_or_default();
            block_of(&numbers).is_some_and(|block| block >= head)
        }),
    })
}

/// The last block read, in the numbers of operation.
fn block_of(numbers: &str) -> Option<u64> {
    let mut lines = numbers.lines();
    let value = lines.find_map(|line| line.strip_prefix("guerdon_index{what=\"block\"} "))?;
    value.trim().parse().ok()
}

/// Seconds from its start until everything was read, and what it cost.
pub(super) fn measure(ground: &Ground<'_>, mut task: Task) -> Result<Value> {
    eprintln!("==> {}", task.name);
    let log = ground.folder.join(format!("{}.log", task.name));
    let output = File::create(&log)?;
    task.command
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output);
    let server = ground.database.pid()?;
    let used = || (family_cpu_seconds(server), cpu_seconds(ground.anvil.pid()));
    let (database, node) = used();
    let began = Instant::now();
    let mut running = Running(task.command.spawn()?);
    while !(task.is_done)() {
        if let Some(status) = running.0.try_wait()? {
            let said = fs::read_to_string(&log).unwrap_or_default();
            bail!("{} ended ({status}): {said}", task.name);
        }
        if began.elapsed() > PATIENCE {
            bail!("{} is not done, see {}", task.name, log.display());
        }
        sleep(LOOK);
    }
    let seconds = began.elapsed().as_secs_f64();
    let pid = running.0.id();
    let (cpu, peak) = (cpu_seconds(pid), peak_mib(pid));
    let (database_after, node_after) = used();
    drop(running);
    let more = |before: Option<f64>, after: Option<f64>| Some(after? - before?);
    let events = ground.chain["events"].as_f64().context("the events")?;
    Ok(json!({
        "name": task.name,
        "seconds": seconds,
        "events_per_second": events / seconds,
        "cpu_seconds": cpu,
        "peak_mib": peak,
        "database_cpu_seconds": more(database, database_after),
        "node_cpu_seconds": more(node, node_after),
    }))
}

/// Dropped, it ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_block_is_read_from_the_numbers() {
        let numbers = "guerdon_index{what=\"head\"} 9\nguerdon_index{what=\"block\"} 7\n";
        assert_eq!(block_of(numbers), Some(7));
        assert_eq!(block_of("guerdon_index{what=\"head\"} 9\n"), None);
    }
}
