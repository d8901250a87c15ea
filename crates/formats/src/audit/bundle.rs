use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use sha2::{Digest, Sha256};
use thiserror::Error;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::archive::Archive;
use super::manifest::{FileHash, Manifest};
use crate::json::FileError;

/// Path of the manifest in the archive.
pub(super) const MANIFEST: &str = "manifest.json";
/// Path of the seal: sha256 of the manifest.
pub(super) const SEAL: &str = "seal.txt";

/// Why a bundle is refused. Each message is a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BundleError {
    /// No archive, or a damaged one.
    #[error("the bundle is no whole archive: {0}")]
    Archive(String),
    /// A file that the manifest names is not there.
    #[error("`{path}` is missing from the bundle")]
    Missing {
        /// Its path.
        path: String,
    },
    /// A file that the manifest does not name.
    #[error("`{path}` is in the bundle and not in its manifest: somebody added it")]
    Extra {
        /// Its path.
        path: String,
    },
    /// A file of another content.
    #[error("`{path}` was changed: its bytes are not those that the manifest names")]
    Changed {
        /// Its path.
        path: String,
    },
    /// The manifest cannot be read.
    #[error("the manifest of the bundle is wrong: {0}")]
    Manifest(#[from] FileError),
    /// The manifest is not the one that was sealed.
    #[error("the manifest was changed: it is not the one that `seal.txt` names")]
    Seal,
    /// Right in content, but not the bytes that writing it gives.
    #[error("the archive was changed at byte {at}, outside of its files")]
    NotCanonical {
        /// Offset of the first difference.
        at: u64,
    },
    /// A file that is read whole, of a length that no bundle needs.
    #[error("`{path}` is longer than {most} bytes, which no bundle needs")]
    TooLong {
        /// Its path.
        path: String,
        /// The most that is read.
        most: u64,
    },
}

/// Evidence about one block: files, and the manifest that holds them together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// What it is about, with the hash of every file.
    pub manifest: Manifest,
    /// The files by path.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    /// Puts files together; the manifest's list of them is made here.
    #[must_use]
    pub fn new(manifest: Manifest, files: BTreeMap<String, Vec<u8>>) -> Self {
        let hashes = files.iter().map(|(path, bytes)| FileHash {
            path: path.clone(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
        });
        let manifest = Manifest {
            files: hashes.collect(),
            ..manifest
        };
        Self { manifest, files }
    }

    /// sha256 of the manifest: whoever knows these 64 digits knows every byte of the bundle.
    #[must_use]
    pub fn seal(&self) -> String {
        self.manifest.seal()
    }

    /// The archive: the same bundle is the same bytes.
    ///
    /// # Errors
    /// [`BundleError::Archive`] when it does not fit an archive.
    pub fn encode(&self) -> Result<Vec<u8>, BundleError> {
        let manifest = self.manifest.encode();
        let seal = seal_line(&sha256(&manifest));
        let first = [(MANIFEST, manifest.as_slice()), (SEAL, seal.as_bytes())];
        let files = self.files.iter();
        let files = files.map(|(path, bytes)| (path.as_str(), bytes.as_slice()));
        archive(first.into_iter().chain(files))
            .map_err(|error| BundleError::Archive(error.to_string()))
    }

    /// Reads an archive that is exactly what [`Self::encode`] writes.
    ///
    /// # Errors
    /// [`BundleError`] with the first thing that is not as it was written.
    pub fn decode(bytes: &[u8]) -> Result<Self, BundleError> {
        let (manifest, mut archive) = Archive::open(|| Ok(Cursor::new(bytes)))?;
        let named = manifest.files.iter().map(|file| &file.path);
        let files = named.map(|path| Ok((path.clone(), archive.file(path)?)));
        let files = files.collect::<Result<_, BundleError>>()?;
        Ok(Self { manifest, files })
    }

    /// A file by its path.
    ///
    /// # Errors
    /// [`BundleError::Missing`].
    pub fn file(&self, path: &str) -> Result<&[u8], BundleError> {
        let file = self.files.get(path).map(Vec::as_slice);
        file.ok_or_else(|| BundleError::Missing {
            path: path.to_owned(),
        })
    }
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub(super) fn seal_line(hash: &str) -> String {
    format!("sha256 of manifest.json: {hash}\n")
}

/// Nothing is compressed: any reader gives the same bytes back, and the file's own form is fixed.
pub(super) fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
}

fn archive<'a>(
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
) -> Result<Vec<u8>, zip::result::ZipError> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        writer.start_file(path, options())?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
