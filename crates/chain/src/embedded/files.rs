//! The small files of the chain's folder, and its locks.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use alloy::primitives::B256;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep};

use super::error::EmbeddedError;

const LOCK_TIMEOUT: Duration = Duration::from_secs(60);

/// `anvil.json`: the process that runs the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Running {
    pub(super) pid: u32,
    pub(super) port: u16,
    pub(super) chain_id: u64,
    pub(super) genesis_hash: B256,
    /// Drawn by anvil at its start: tells this process from any other on the same port.
    pub(super) instance: B256,
    /// Whether it stays when its last user leaves.
    pub(super) keep: bool,
}

/// `genesis.json`: what the chain is, for as long as its folder exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Genesis {
    pub(super) chain_id: u64,
    pub(super) genesis_hash: B256,
    /// Unix seconds.
    pub(super) start_time: u64,
}

pub(super) fn running_path(dir: &Path) -> PathBuf {
    dir.join("anvil.json")
}

pub(super) fn pid_path(dir: &Path) -> PathBuf {
    dir.join("anvil.pid")
}

pub(super) fn genesis_path(dir: &Path) -> PathBuf {
    dir.join("genesis.json")
}

/// The exclusive lock of the folder.
pub(super) async fn lock(dir: &Path) -> Result<File, EmbeddedError> {
    let path = dir.join("lock");
    let file = open_lock(&path)?;
    let deadline = Instant::now() + LOCK_TIMEOUT;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                sleep(Duration::from_millis(10)).await;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(EmbeddedError::Busy {
                    path,
                    seconds: LOCK_TIMEOUT.as_secs(),
                });
            }
            Err(TryLockError::Error(source)) => return Err(failed(&path, "locked", source)),
        }
    }
}

/// Joins the users of the chain. The caller holds the folder's lock.
pub(super) fn join_users(dir: &Path) -> Result<File, EmbeddedError> {
    let path = dir.join("users");
    let file = open_lock(&path)?;
    file.try_lock_shared()
        .map_err(|error| failed(&path, "locked", error.into()))?;
    Ok(file)
}

/// Whether nobody else uses the chain. The caller's own place among the users is gone with it.
pub(super) fn nobody_else(dir: &Path, mine: &File) -> Result<bool, EmbeddedError> {
    let path = dir.join("users");
    mine.unlock()
        .map_err(|source| failed(&path, "unlocked", source))?;
    match open_lock(&path)?.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => Err(failed(&path, "locked", source)),
    }
}

fn open_lock(path: &Path) -> Result<File, EmbeddedError> {
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(|source| failed(path, "opened", source))
}

/// `None` when the file is absent or no such record: a torn record counts as none.
pub(super) fn read_record<T: DeserializeOwned>(path: &Path) -> Option<T> {
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

pub(super) fn write_record(path: &Path, record: &impl Serialize) -> Result<(), EmbeddedError> {
    let mut bytes =
        serde_json::to_vec_pretty(record).map_err(|error| failed(path, "written", error.into()))?;
    bytes.push(b'\n');
    write_durably(path, &bytes)
}

/// Writes a file whole, or not at all.
pub(super) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), EmbeddedError> {
    crate::files::write_durably(path, bytes).map_err(|source| failed(path, "written", source))
}

pub(super) fn remove(path: &Path) {
    let _ = fs::remove_file(path);
}

pub(super) fn failed(path: &Path, action: &'static str, source: std::io::Error) -> EmbeddedError {
    EmbeddedError::File {
        path: path.to_owned(),
        action,
        source,
    }
}
