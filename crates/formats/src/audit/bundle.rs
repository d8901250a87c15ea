use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use sha2::{Digest, Sha256};
use thiserror::Error;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

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
        at: usize,
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
        let mut files = entries(bytes)?;
        let missing = |path: &str| BundleError::Missing {
            path: path.to_owned(),
        };
        let manifest = files.remove(MANIFEST).ok_or_else(|| missing(MANIFEST))?;
        let seal = files.remove(SEAL).ok_or_else(|| missing(SEAL))?;
        if seal != seal_line(&sha256(&manifest)).into_bytes() {
            return Err(BundleError::Seal);
        }
        let manifest = Manifest::decode(&manifest)?;
        for named in &manifest.files {
            let file = files.get(&named.path).ok_or_else(|| missing(&named.path))?;
            if sha256(file) != named.sha256 || file.len() as u64 != named.bytes {
                return Err(BundleError::Changed {
                    path: named.path.clone(),
                });
            }
        }
        let is_named = |path: &String| manifest.files.iter().any(|file| file.path == *path);
        if let Some(path) = files.keys().find(|path| !is_named(path)) {
            return Err(BundleError::Extra { path: path.clone() });
        }
        let bundle = Self { manifest, files };
        let canonical = bundle.encode()?;
        if canonical != bytes {
            let pairs = canonical.iter().zip(bytes);
            return Err(BundleError::NotCanonical {
                at: pairs.take_while(|(left, right)| left == right).count(),
            });
        }
        Ok(bundle)
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

fn entries(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, BundleError> {
    let broken = |error: &dyn ToString| BundleError::Archive(error.to_string());
    let archive = ZipArchive::new(Cursor::new(bytes));
    let mut archive = archive.map_err(|error| broken(&error))?;
    let mut files = BTreeMap::new();
    // What is not compressed cannot be longer than the archive, unless files lie in one another.
    let mut left = bytes.len() as u64;
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).map_err(|error| broken(&error))?;
        let path = entry.name().map_err(|error| broken(&error))?.into_owned();
        if entry.compression() != CompressionMethod::Stored {
            return Err(broken(&format!("`{path}` is compressed")));
        }
        let mut content = Vec::new();
        let mut entry = entry.by_ref().take(left.saturating_add(1));
        if entry.read_to_end(&mut content).is_err() {
            return Err(BundleError::Changed { path });
        }
        let rest = left.checked_sub(content.len() as u64);
        left = rest.ok_or_else(|| broken(&format!("`{path}` lies inside of other files")))?;
        if files.insert(path.clone(), content).is_some() {
            return Err(BundleError::Extra { path });
        }
    }
    Ok(files)
}
