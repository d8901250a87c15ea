use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use sha2::{Digest, Sha256};
use zip::ZipWriter;

use super::archive::MANIFEST_MAX;
use super::bundle::{BundleError, MANIFEST, SEAL, options, seal_line, sha256};
use super::manifest::{FileHash, Manifest};

/// The files of a bundle as they come, in any order, without holding them: hashed, and written one
/// after the other to `S`.
#[derive(Debug)]
pub struct Gathering<S> {
    spool: S,
    files: BTreeMap<String, File>,
    open: Option<Open>,
    /// Bytes that were written in all.
    written: u64,
}

/// A file that was written whole.
#[derive(Debug)]
struct File {
    hash: FileHash,
    /// Where it begins.
    from: u64,
}

/// The file that is being written.
#[derive(Debug)]
struct Open {
    path: String,
    hasher: Sha256,
    from: u64,
}

impl<S: Write> Gathering<S> {
    /// Nothing yet; what comes is written to `spool`, which is at its beginning.
    pub const fn new(spool: S) -> Self {
        Self {
            spool,
            files: BTreeMap::new(),
            open: None,
            written: 0,
        }
    }

    /// Begins a file; the one before has ended.
    pub fn begin(&mut self, path: &str) {
        self.end();
        self.open = Some(Open {
            path: path.to_owned(),
            hasher: Sha256::new(),
            from: self.written,
        });
    }

    /// Writes more of the file that was begun last; nothing, if none was.
    ///
    /// # Errors
    /// What the spool says.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        open.hasher.update(bytes);
        self.spool.write_all(bytes)?;
        self.written = self.written.saturating_add(bytes.len() as u64);
        Ok(())
    }

    /// The manifest with the list of all files.
    #[must_use]
    pub fn manifest(mut self, manifest: Manifest) -> Manifest {
        self.end();
        self.listed(manifest)
    }

    fn listed(&self, manifest: Manifest) -> Manifest {
        Manifest {
            files: self.files.values().map(|file| file.hash.clone()).collect(),
            ..manifest
        }
    }

    fn end(&mut self) {
        let Some(Open { path, hasher, from }) = self.open.take() else {
            return;
        };
        let hash = FileHash {
            path: path.clone(),
            bytes: self.written.saturating_sub(from),
            sha256: hex::encode(hasher.finalize()),
        };
        self.files.insert(path, File { hash, from });
    }
}

impl<S: Read + Write + Seek> Gathering<S> {
    /// Writes the archive, to the byte as [`super::Bundle::encode`] does, and answers its manifest.
    ///
    /// # Errors
    /// [`BundleError::Archive`] when a file cannot be read or written, or does not fit an archive;
    /// [`BundleError::TooLong`] when there are more files than a manifest may name.
    pub fn archive(
        mut self,
        manifest: Manifest,
        to: impl Write + Seek,
    ) -> Result<Manifest, BundleError> {
        self.end();
        let manifest = self.listed(manifest);
        let encoded = manifest.encode();
        // Who reads the archive could not read such a manifest.
        if encoded.len() as u64 > MANIFEST_MAX {
            return Err(BundleError::TooLong {
                path: MANIFEST.to_owned(),
                most: MANIFEST_MAX,
            });
        }
        let written = self.written_to(&encoded, to);
        written.map_err(|error| BundleError::Archive(error.to_string()))?;
        Ok(manifest)
    }

    fn written_to(
        &mut self,
        manifest: &[u8],
        to: impl Write + Seek,
    ) -> Result<(), zip::result::ZipError> {
        let mut writer = ZipWriter::new(to);
        let seal = seal_line(&sha256(manifest));
        for (path, bytes) in [(MANIFEST, manifest), (SEAL, seal.as_bytes())] {
            writer.start_file(path, options())?;
            writer.write_all(bytes)?;
        }
        self.spool.flush()?;
        for (path, file) in &self.files {
            writer.start_file(path.as_str(), options())?;
            self.spool.seek(SeekFrom::Start(file.from))?;
            let mut rest = Read::by_ref(&mut self.spool).take(file.hash.bytes);
            io::copy(&mut rest, &mut writer)?;
        }
        writer.finish()?.flush()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use alloy_primitives::B256;

    use super::*;
    use crate::audit::{Bundle, Pin};

    fn manifest() -> Manifest {
        Manifest {
            company: "Acme".to_owned(),
            pin: Pin {
                date: "2026-07-01".to_owned(),
                block: 9,
                hash: B256::ZERO,
                time: 1_782_864_000,
            },
            chain_id: 31_337,
            genesis_hash: B256::ZERO,
            start_block: 1,
            symbol: "ACC".to_owned(),
            decimals: 18,
            contracts: Vec::new(),
            files: Vec::new(),
        }
    }

    #[test]
    fn what_is_gathered_in_pieces_is_the_same_archive() {
        let files = [
            ("terms.ndjson", vec!["one\n", "two\n"]),
            ("README.txt", vec![]),
            ("logs.ndjson", vec!["", "a", "b\n"]),
        ];
        let whole = files.iter().map(|(path, pieces)| {
            let bytes = pieces.concat().into_bytes();
            ((*path).to_owned(), bytes)
        });
        let whole = Bundle::new(manifest(), whole.collect());
        let fill = |pieces: &[(&str, Vec<&str>)], spool| {
            let mut gathering = Gathering::new(spool);
            gathering.write(b"of no file").unwrap();
            for (path, pieces) in pieces {
                gathering.begin(path);
                for piece in pieces {
                    gathering.write(piece.as_bytes()).unwrap();
                }
            }
            gathering
        };
        let mut archive = Cursor::new(Vec::new());
        let gathered = fill(&files, Cursor::new(Vec::new()));
        let made = gathered.archive(manifest(), &mut archive).unwrap();
        assert_eq!(made, whole.manifest);
        assert_eq!(archive.into_inner(), whole.encode().unwrap());
        assert_eq!(made.seal(), whole.seal());
        let listed = fill(&files, Cursor::new(Vec::new())).manifest(manifest());
        assert_eq!(listed, whole.manifest);
    }
}
