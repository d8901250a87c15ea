//! Writing files that are never half there.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// How names of files that are not whole yet begin.
pub(crate) const TEMPORARY: &str = ".tmp-";

/// Writes beside, flushes to disk, renames: the file is the old one or the new one, never a part.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let beside = path.with_file_name(unique_name());
    let written = write_through(&beside, path, bytes);
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn write_through(beside: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(beside, path)?;
    match path.parent() {
        Some(folder) if folder != Path::new("") => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

/// No two writers share a name, whether in one process or in two.
fn unique_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{TEMPORARY}{}-{count}", std::process::id())
}
