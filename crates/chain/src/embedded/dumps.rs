//! Dumps of the chain's state: `state-<sequence>-<head number>-<head hash>.json.gz`, the last two.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use alloy::primitives::B256;
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::error::EmbeddedError;
use super::files::{failed, write_durably};
use crate::files::TEMPORARY;

/// How many dumps are kept.
const KEPT: usize = 2;

/// A dump on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dump {
    pub(super) path: PathBuf,
    sequence: u64,
    /// Number of its newest block.
    pub(super) number: u64,
    /// The first eight bytes of that block's hash, in hex.
    hash: String,
}

impl Dump {
    pub(super) fn is_of(&self, number: u64, hash: &B256) -> bool {
        self.number == number && self.hash == short(hash)
    }

    /// Damaged dumps keep their bytes and no longer count.
    pub(super) fn set_aside(&self) {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let _ = fs::rename(
            &self.path,
            self.path.with_file_name(format!("damaged-{name}")),
        );
    }

    /// The state as anvil loads it.
    pub(super) fn unpack(&self) -> Result<Vec<u8>, String> {
        let packed = fs::read(&self.path).map_err(|error| error.to_string())?;
        let mut plain = Vec::new();
        GzDecoder::new(packed.as_slice())
            .read_to_end(&mut plain)
            .map_err(|error| format!("it is cut short or damaged ({error})"))?;
        let state: State = serde_json::from_slice(&plain)
            .map_err(|error| format!("it is no state of anvil ({error})"))?;
        if state.blocks.is_empty() {
            return Err("it holds no block".to_owned());
        }
        Ok(plain)
    }
}

#[derive(Deserialize)]
struct State {
    blocks: Vec<IgnoredAny>,
    #[serde(rename = "accounts")]
    _accounts: IgnoredAny,
}

/// All dumps, newest first.
pub(super) fn list(dir: &Path) -> Vec<Dump> {
    let mut dumps: Vec<Dump> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| parse(entry.path()))
        .collect();
    dumps.sort_by_key(|dump| std::cmp::Reverse(dump.sequence));
    dumps
}

/// Stores a dump as the newest and drops all but the last two. The caller holds the folder's lock.
pub(super) fn store(
    dir: &Path,
    packed: &[u8],
    number: u64,
    hash: &B256,
) -> Result<(), EmbeddedError> {
    let sequence = list(dir).first().map_or(0, |newest| newest.sequence + 1);
    let name = format!("state-{sequence:08}-{number}-{}.json.gz", short(hash));
    write_durably(&dir.join(name), packed)?;

    for old in list(dir).into_iter().skip(KEPT) {
        fs::remove_file(&old.path).map_err(|source| failed(&old.path, "removed", source))?;
    }
    Ok(())
}

/// Removes what killed writers left behind. The caller holds the folder's lock.
pub(super) fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn parse(path: PathBuf) -> Option<Dump> {
    let name = path.file_name()?.to_str()?;
    let mut parts = name
        .strip_prefix("state-")?
        .strip_suffix(".json.gz")?
        .splitn(3, '-');
    let sequence = parts.next()?.parse().ok()?;
    let number = parts.next()?.parse().ok()?;
    let hash = parts.next()?.to_owned();
    Some(Dump {
        path,
        sequence,
        number,
        hash,
    })
}

fn short(hash: &B256) -> String {
    hash[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &str) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn the_last_two_dumps_are_kept() {
        let dir = tempfile::tempdir().unwrap();
        for number in 1..=4 {
            store(dir.path(), b"x", number, &B256::repeat_byte(number as u8)).unwrap();
        }
        let numbers: Vec<u64> = list(dir.path()).iter().map(|dump| dump.number).collect();
        assert_eq!(numbers, [4, 3]);
        assert!(list(dir.path())[0].is_of(4, &B256::repeat_byte(4)));
    }

    #[test]
    fn only_whole_dumps_unpack() {
        let dir = tempfile::tempdir().unwrap();
        let good = packed(r#"{"accounts":{},"blocks":[{}]}"#);
        for (bytes, ok) in [
            (good.as_slice(), true),
            (&good[..good.len() - 5], false),
            (packed(r#"{"accounts":{},"blocks":[]}"#).as_slice(), false),
            (packed("{}").as_slice(), false),
            (b"".as_slice(), false),
        ] {
            store(dir.path(), bytes, 1, &B256::ZERO).unwrap();
            assert_eq!(list(dir.path())[0].unpack().is_ok(), ok);
        }
    }

    #[test]
    fn what_killed_writers_left_is_swept() {
        let dir = tempfile::tempdir().unwrap();
        let left = dir.path().join(format!("{TEMPORARY}1-0"));
        fs::write(&left, b"torn").unwrap();
        sweep(dir.path());
        assert!(!left.exists());
    }
}
