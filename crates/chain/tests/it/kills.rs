//! Commands killed at random moments lose nothing that was dumped.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use alloy::primitives::B256;
use guerdon_chain::embedded::Embedded;

use crate::support::{Scratch, kill, options, processes_of, start};

const ROUNDS: u64 = 20;
/// Set for the processes that this test starts: its own program, with only `worker` to run.
const WORKER: &str = "GUERDON_CHAIN_TEST_WORKER";

/// Not a test of its own: what the killed processes do.
#[test]
fn worker() {
    let Some(dir) = std::env::var_os(WORKER) else {
        return;
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(work(Path::new(&dir)));
}

/// Attaches, mines, dumps, says what it dumped, and leaves, over and over until it is killed.
async fn work(dir: &Path) {
    loop {
        let Ok(chain) = Embedded::attach_or_start(dir, &options()).await else {
            continue;
        };
        for _ in 0..3 {
            // The other worker may stop the chain or mine in between; only a dump counts.
            if chain.mine().await.is_err() || !chain.snapshot().await.unwrap_or(false) {
                continue;
            }
            let Ok(head) = dumped_head(dir) else { continue };
            eprintln!("dumped {head}");
        }
        let _ = chain.release().await;
    }
}

/// "number-hash" in the name of the newest dump.
fn dumped_head(dir: &Path) -> Result<String, std::io::Error> {
    let mut names: Vec<String> = fs::read_dir(dir)?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("state-"))
        .collect();
    names.sort();
    let newest = names.pop().unwrap_or_default();
    let newest = newest
        .trim_start_matches("state-")
        .trim_end_matches(".json.gz");
    Ok(newest
        .split_once('-')
        .map(|(_, head)| head.to_owned())
        .unwrap_or_default())
}

fn spawn_worker(dir: &Path, log: &Path) -> Child {
    let log = File::options().create(true).append(true).open(log).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args([
            "kills::worker",
            "--exact",
            "--nocapture",
            "--test-threads=1",
        ])
        .env(WORKER, dir)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// The last dump that a worker told of, whole line only.
fn last_told(log: &Path) -> Option<(u64, String)> {
    let text = fs::read_to_string(log).unwrap_or_default();
    let whole = &text[..text.rfind('\n')?];
    let told = whole
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("dumped "))?;
    let (number, hash) = told.split_once('-')?;
    Some((number.parse().ok()?, hash.to_owned()))
}

#[tokio::test]
async fn twenty_kills_lose_nothing_that_was_dumped() {
    let dir = Scratch::new();
    let scratch = tempfile::tempdir().unwrap();
    let log = scratch.path().join("told");
    let mut told_rounds = 0;

    for round in 0..ROUNDS {
        let mut workers = [
            spawn_worker(dir.path(), &log),
            spawn_worker(dir.path(), &log),
        ];
        // Spread over starting, loading, mining, dumping and stopping.
        tokio::time::sleep(Duration::from_millis(60 + round * 97 % 700)).await;
        for worker in &mut workers {
            worker.kill().unwrap();
            worker.wait().unwrap();
        }
        assert!(
            processes_of(dir.path()).len() <= 1,
            "two processes in round {round}"
        );
        if round % 2 == 0 {
            // The chain's own process goes too, as when the machine goes down.
            for pid in processes_of(dir.path()) {
                kill(pid);
            }
        }

        let chain = start(dir.path()).await;
        assert_eq!(processes_of(dir.path()), [chain.process_id()]);
        assert_eq!(chain.notice(), None, "round {round}");
        if let Some((number, hash)) = last_told(&log) {
            let block = chain.chain().block(number).await.unwrap();
            let found = block.map(|block| block.hash).unwrap_or(B256::ZERO);
            assert!(
                format!("{found:x}").contains(&hash),
                "block {number} in round {round}"
            );
            told_rounds += 1;
        }
        chain.release().await.unwrap();
    }
    assert!(
        told_rounds > ROUNDS / 2,
        "only {told_rounds} rounds had a dump to lose"
    );
    start(dir.path()).await.stop().await.unwrap();
    assert!(processes_of(dir.path()).is_empty());
    let left = fs::read_dir(dir.path())
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name());
    let left: Vec<_> = left
        .filter(|name| name.to_string_lossy().starts_with(".tmp"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}
