//! The data directory: where things lie, and how a file is written so that a kill leaves the
//! old one or the new one, never half.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use alloy_primitives::B256;
use tempfile::NamedTempFile;

use crate::error::{Failure, Outcome, file_error};

/// Paths of the data directory.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(pub(crate) PathBuf);

impl DataDir {
    pub(crate) fn chain(&self) -> PathBuf {
        self.0.join("chain")
    }

    pub(crate) fn deployments(&self) -> PathBuf {
        self.0.join("deployments")
    }

    pub(crate) fn rounds(&self) -> PathBuf {
        self.0.join("rounds")
    }

    pub(crate) fn round(&self, root: B256) -> PathBuf {
        self.rounds().join(format!("{root}.ndjson.zst"))
    }

    pub(crate) fn grants(&self) -> PathBuf {
        self.0.join("grants")
    }

    pub(crate) fn goals(&self) -> PathBuf {
        self.0.join("goals")
    }

    pub(crate) fn signatures(&self) -> PathBuf {
        self.0.join("signatures")
    }

    pub(crate) fn replacements(&self) -> PathBuf {
        self.0.join("replacements")
    }

    /// The replacement of the grant with this name.
    pub(crate) fn replacement(&self, name: &str) -> PathBuf {
        self.replacements()
            .join(format!("{}.json", file_name(name)))
    }

    /// E-mails that a demonstration does not send.
    pub(crate) fn mail(&self) -> PathBuf {
        self.0.join("mail")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("guerdon.db")
    }
}

/// A name that is safe as a file's: letters, digits and `-_.@` stay, everything else becomes `_`.
pub(crate) fn file_name(name: &str) -> String {
    let safe = |c: char| {
        if c.is_alphanumeric() || "-_.@".contains(c) {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(safe).collect();
    if name.starts_with('.') {
        format!("_{name}")
    } else {
        name
    }
}

pub(crate) fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| file_error("read", path, &error))
}

/// A secret in a file: its text without the line end.
pub(crate) fn read_secret(path: &Path) -> Outcome<String> {
    let text = String::from_utf8(read(path)?)
        .map_err(|_| Failure::input(format!("{} is not text in UTF-8", path.display())))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Writes beside the file, syncs, renames. Makes missing folders.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Outcome {
    write_as(path, bytes, 0o666)
}

/// The same, readable by its owner alone.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> Outcome {
    write_as(path, bytes, 0o600)
}

/// The same for a secret that must not take another's place: a file that is there stays as it is,
/// whoever was faster.
pub(crate) fn write_first_secret(path: &Path, bytes: &[u8]) -> Outcome {
    let written = written_beside(path, bytes, 0o600)?.persist_noclobber(path);
    match written.map_err(|error| error.error) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(file_error("write", path, &error))
        }
        _ => Ok(()),
    }
}

/// Writes with at most these rights; the process's mask takes away what it takes from all files.
fn write_as(path: &Path, bytes: &[u8], rights: u32) -> Outcome {
    let written = written_beside(path, bytes, rights)?.persist(path);
    written
        .map(drop)
        .map_err(|error| file_error("write", path, &error.error))
}

fn written_beside(path: &Path, bytes: &[u8], rights: u32) -> Outcome<NamedTempFile> {
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(|error| file_error("make the folder", folder, &error))?;
    let mut beside = beside(path, rights)?;
    let file = beside.as_file_mut();
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| file_error("write", path, &error))?;
    Ok(beside)
}

/// A new file in the folder of another, under a name that nobody can foresee: in a folder that
/// others share, none of theirs is written to. Dropped before it has its name, it is gone.
pub(crate) fn beside(path: &Path, rights: u32) -> Outcome<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".guerdon-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(rights));
    #[cfg(not(unix))]
    let _ = rights;
    let folder = folder_of(path);
    let made = builder.tempfile_in(folder);
    made.map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::not_found(format!("there is no folder {}", folder.display()))
                .hint("make it first, or name another file")
        }
        kind => file_error("write", path, &kind.into()),
    })
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent();
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Files of a folder whose name ends so, sorted by name; no folder is no files.
pub(crate) fn list(folder: &Path, ending: &str) -> Outcome<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(file_error("read the folder", folder, &error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| file_error("read the folder", folder, &error))?;
        if entry.file_name().to_string_lossy().ends_with(ending) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// The one file that an argument names: a path, or a name in the folder.
pub(crate) fn find(argument: &str, folder: &Path, ending: &str) -> Outcome<Option<PathBuf>> {
    let path = PathBuf::from(argument);
    if path.is_file() {
        return Ok(Some(path));
    }
    if argument.contains(std::path::MAIN_SEPARATOR) {
        return Err(Failure::not_found(format!("there is no file {argument}")));
    }
    let named = folder.join(format!("{}{ending}", file_name(argument)));
    Ok(named.is_file().then_some(named))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_leave_the_folder() {
        assert_eq!(file_name("../../etc/passwd"), "_.._.._etc_passwd");
        assert_eq!(
            file_name("product_500@0.80..0.90"),
            "product_500@0.80..0.90"
        );
        assert_eq!(file_name("G-1001"), "G-1001");
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.json");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap(), b"two");
        assert_eq!(list(&folder.path().join("a"), ".json").unwrap(), vec![path]);
        assert_eq!(
            list(&folder.path().join("a"), ".tmp").unwrap(),
            Vec::<PathBuf>::new()
        );
    }

    #[test]
    fn the_first_secret_stays_whoever_writes_after_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/data.key");
        write_first_secret(&path, b"one").unwrap();
        write_first_secret(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap(), b"one");
        let left = fs::read_dir(folder.path().join("a")).unwrap().count();
        assert_eq!(left, 1, "the other one is gone");
    }

    #[cfg(unix)]
    #[test]
    fn a_planted_link_is_replaced_and_not_followed() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let victim = folder.path().join("victim");
        fs::write(&victim, "hers").unwrap();
        let path = folder.path().join("key.json");
        let foreseen = format!("key.json.{}.tmp", std::process::id());
        for name in ["key.json", &foreseen] {
            symlink(&victim, folder.path().join(name)).unwrap();
        }
        write_secret(&path, b"ours").unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "hers");
        let found = fs::symlink_metadata(&path).unwrap();
        assert!(found.is_file());
        assert_eq!(found.permissions().mode() & 0o777, 0o600);
        write(&path, b"all may read").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & !0o666, 0);
        assert_ne!(mode & 0o400, 0);
    }
}
